"""Semantic networks that portrait networks are compared with: PSPNet, DeepLabv3, RefineNet."""
