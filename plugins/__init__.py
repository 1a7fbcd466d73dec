"""The adapters that ship with Tandem: each port's ways to the outside."""
