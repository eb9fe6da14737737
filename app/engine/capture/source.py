"""What every source of frames is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.engine.capture.source_sound import SourceSound
    from app.engine.core.types import CaptureFormat, Picture


class Source(ABC):
    """A source of frames, at its own rate."""

    title: str
    is_demo: bool = False
    is_live: bool = False
    """True if a pause between frames is a fault; a file may pause."""
    may_stand_still: bool = True
    """False if frames that are equal to the last bit mean that the source is frozen."""
    sound: SourceSound | None = None
    """Its own sound."""
    asked: CaptureFormat | None = None
    got: CaptureFormat | None = None

    @abstractmethod
    def read(self) -> Picture:
        """Wait for the next frame, H x W x 3 BGR. Raises BackdropError if there are no more."""

    def close(self) -> None:  # noqa: B027  # most sources have nothing to close
        """Close the device or file."""
