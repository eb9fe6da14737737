"""How much of a damaged file could not be read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.engine.core.errors import BackdropError

if TYPE_CHECKING:
    from pathlib import Path


@dataclass
class Damage:
    """What could not be read of a file, in seconds."""

    pictures_s: float = 0.0
    sound_s: float = 0.0
    end_s: float = 0.0
    """When the last packet ends, on the file's clock."""
    expected_s: float = 0.0
    """When the file says that it ends; 0 if it does not say so."""
    is_cut: bool = False
    """Whether the file could not be read to its end."""
    reason: str = ""
    """The error that ended it."""

    def add(self, is_picture: bool, seconds: float) -> None:
        """Count a part that could not be read."""
        if is_picture:
            self.pictures_s += seconds
        else:
            self.sound_s += seconds

    def error(self, path: Path | str) -> BackdropError | None:
        """One sentence about it; None if the file is intact."""
        if self.pictures_s or self.sound_s:
            missing_s = max(0.0, self.expected_s - self.end_s) if self.is_cut else 0.0
            return BackdropError(
                "'{path}' is damaged: of {length_s} seconds, {pictures_s} s of the pictures and "
                "{sound_s} s of the sound could not be read.",
                path=path,
                length_s=f"{max(self.end_s, self.expected_s):.1f}",
                pictures_s=f"{self.pictures_s + missing_s:.2f}",
                sound_s=f"{self.sound_s + missing_s:.2f}",
            )
        if self.reason:
            return BackdropError("'{path}' is broken in the middle: {reason}.", path=path, reason=self.reason)
        if self.is_cut:
            return BackdropError(
                "'{path}' is not complete: it ends after {end_s} of {expected_s} seconds.",
                path=path,
                end_s=f"{self.end_s:.1f}",
                expected_s=f"{self.expected_s:.1f}",
            )
        return None
