"""The WebSocket side of the embedded venue: private, public and trade streams."""
