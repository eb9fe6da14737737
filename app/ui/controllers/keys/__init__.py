"""What keys do in the window."""
