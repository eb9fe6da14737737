"""Looks: what improves the picture of the person and of the room between the matte and the composite."""
