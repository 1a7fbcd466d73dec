"""The terminal: pure renderers from plain data (core.view as JSON) to rich renderables, 80 columns wide."""
