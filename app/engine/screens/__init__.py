"""Pictures of a screen or of a window, for the background."""
