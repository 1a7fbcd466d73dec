"""The embedded venue: a deterministic exchange that needs no key and no network."""
