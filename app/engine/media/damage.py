"""How much of a damaged file could not be read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from app.engine.core.errors import BackdropError

if TYPE_CHECKING:
    from pathlib import Path

    from app.engine.media.timeline import AnyPacket


_CUT_PACKET_S = 0.5  # The last packet of a cut file, and what depends on it.


@dataclass
class Damage:
    """What could not be read of a file, in seconds."""

    pictures_s: float = 0.0
    sounds_s: dict[int, float] = field(default_factory=dict)
    """By stream index."""
    has_sound: bool = False
    """Whether sound was read."""
    end_s: float = 0.0
    """When the last packet ends, on the file's clock."""
    expected_s: float = 0.0
    """When the file says that it ends; 0 if it does not say so."""
    is_cut: bool = False
    """Whether the file could not be read to its end."""
    reason: str = ""
    """The error that ended it."""

    @property
    def sound_s(self) -> float:
        """The most that a sound track lacks, in seconds."""
        return max(self.sounds_s.values(), default=0.0)

    def add(self, packet: AnyPacket, seconds: float) -> None:
        """Count a part of a packet's stream that could not be read."""
        if packet.stream.type == "video":
            self.pictures_s += seconds
        else:
            index = packet.stream_index
            self.sounds_s[index] = self.sounds_s.get(index, 0.0) + seconds

    def error(self, path: Path | str) -> BackdropError | None:
        """One sentence about it; None if the file is intact."""
        is_end_alone = self.is_cut and max(self.pictures_s, self.sound_s) <= _CUT_PACKET_S
        if (self.pictures_s or self.sound_s) and not is_end_alone:
            missing_s = max(0.0, self.expected_s - self.end_s) if self.is_cut else 0.0
            return BackdropError(
                "'{path}' is damaged: of {length_s} seconds, {pictures_s} s of the pictures and "
                "{sound_s} s of the sound could not be read.",
                path=path,
                length_s=f"{max(self.end_s, self.expected_s):.1f}",
                pictures_s=f"{self.pictures_s + missing_s:.2f}",
                sound_s=f"{self.sound_s + (missing_s if self.has_sound else 0.0):.2f}",
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
