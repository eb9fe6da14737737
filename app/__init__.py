"""Backdrop: a virtual background for the webcam."""

__version__ = "0.1.0"
