"""Exchanges: where orders go."""
