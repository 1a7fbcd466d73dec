"""The shell around the account machines: carries their effects out through ports, and knows no plugin."""
