"""The section of the panel for looks."""
