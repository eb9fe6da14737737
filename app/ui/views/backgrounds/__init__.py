"""The backgrounds and effects in the panel, with their controls."""
