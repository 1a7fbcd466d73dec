"""The conservative strategy: entries by market and limits, a ladder of take-profits, one stop (trading.md B)."""

from plugins.strategies.conservative.strategy import Conservative, tandem_strategies

__all__ = ["Conservative", "tandem_strategies"]
