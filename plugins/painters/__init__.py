"""What draws the pictures that people look at."""
