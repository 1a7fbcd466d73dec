"""The tests that every adapter of a port must pass, ready to be run by a plugin's own tests."""
