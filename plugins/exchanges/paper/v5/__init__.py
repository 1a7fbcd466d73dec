"""The embedded venue behind Bybit's V5 protocol: HTTP and WebSocket on loopback, for clients that know only Bybit."""
