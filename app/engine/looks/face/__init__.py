"""Looks that change the face, by its parts."""
