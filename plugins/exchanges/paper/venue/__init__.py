"""The embedded venue: a deterministic matching engine in Bybit's own terms, without clock, I/O or randomness.

`engine.Venue` is the way in: it takes orders like the exchange does and is moved along prices by whoever owns it.
`words` and `events` are its vocabulary, `policies` what Bybit leaves undocumented, `book` finds what a price touches.
Semantics and codes: Bybit V5 documentation (order, position, error pages).
"""
