"""Photos in, training frames out."""
