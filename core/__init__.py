"""The words and rules of the trade: pure functions and values, standard library only."""
