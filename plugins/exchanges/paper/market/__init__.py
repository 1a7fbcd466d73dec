"""Price paths for the embedded venue: explicit steps, recorded candles, a seeded walk; and the candle reader."""
