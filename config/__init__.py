"""Configuration: reads YAML, checks it, chooses plugins and builds the object graph."""

VERSION = "0.1.0"
