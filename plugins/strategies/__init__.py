"""Strategies: what a trade wants at the venue, as pure functions."""
