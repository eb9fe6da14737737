"""What can be shown, and what takes its pictures."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from app.engine.core.types import Picture


class Target(NamedTuple):
    """Something that can be shown. `spec`: 'screen:N', N from 1, or 'window:TITLE'."""

    spec: str
    title: str
    """The name of a screen, such as 'HDMI-1', or a window's title."""


class Grabber(ABC):
    """Takes pictures of one screen or window. Not for several threads at once."""

    @abstractmethod
    def grab(self) -> Picture:
        """What it shows now, H x W x 3 BGR.

        Raises BackdropError if it cannot be seen, OSError if the connection is broken.
        """

    @abstractmethod
    def close(self) -> None:
        """Give everything back."""
