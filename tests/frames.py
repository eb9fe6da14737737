"""Frames for tests."""

from __future__ import annotations

from app.engine.core.types import Frame, Picture


def still(bgr: Picture) -> Frame:
    """A frame of a picture, where neither its number nor its moment matters."""
    return Frame(0, 0.0, bgr)
