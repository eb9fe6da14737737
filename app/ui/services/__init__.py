"""Work that is not done on the window's thread."""
