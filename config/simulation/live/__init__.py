"""Ring B: the real asyncio service on a virtual event loop, around the same venue, roads, stories and verdicts."""
