"""All that a plugin author imports: protocols, hook specifications, adapters, errors and secrets."""
