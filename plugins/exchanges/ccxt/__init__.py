"""Any venue that ccxt.pro serves and that can keep a stop for a whole position."""
