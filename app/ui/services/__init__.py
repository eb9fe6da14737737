"""Services: work that must not block the window's thread."""
