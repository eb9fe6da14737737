"""Read still pictures."""
