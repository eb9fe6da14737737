"""What an X display consists of."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from app.engine.core.types import Picture


class Area(NamedTuple):
    """A rectangle in pixels of the display."""

    x: int
    y: int
    width: int
    height: int


class Screen(NamedTuple):
    """One screen of the display."""

    name: str
    area: Area


class Pointer(NamedTuple):
    """The mouse pointer."""

    x: int
    y: int
    """Of its left upper corner on the display."""
    bgra: Picture
    """h x w x 4, colours multiplied by alpha."""


class SeenWindow(NamedTuple):
    """A child of the root that is on the screen, unless others cover it."""

    window: int
    area: Area
    """With its border."""
    depth: int
    border_px: int
