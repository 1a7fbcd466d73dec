"""Bybit through pybit: main, mirror, demo, testnet and loopback are one adapter with different settings."""
