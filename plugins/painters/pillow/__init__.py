"""Pictures drawn with Pillow, made for a phone: large words, exact prices, nothing on top of anything else."""
