"""The errors a plugin raises, re-exported for its author. The tree is drawn in `core.errors`."""

from core.errors import ConfigError, Declined, RateLimited, Stopped, TandemError, Unavailable, Unreached

__all__ = ["ConfigError", "Declined", "RateLimited", "Stopped", "TandemError", "Unavailable", "Unreached"]
