"""Every screen but the trade wizard: what is, what can be done with it, and what it came to."""
