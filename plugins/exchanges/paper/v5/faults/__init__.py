"""Bad weather on demand: by a file, by the control surface, or by a seed."""
