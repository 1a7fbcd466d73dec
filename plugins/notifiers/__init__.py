"""Notifiers: where alerts go."""
