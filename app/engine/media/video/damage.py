"""How much of a damaged file could not be read."""

from __future__ import annotations

from bisect import bisect_left, insort
from typing import TYPE_CHECKING

from app.engine.core.errors import BackdropError

if TYPE_CHECKING:
    from pathlib import Path

_SHORTEST_S = 0.005
_ROUNDING_S = 0.05  # Of times that are told with one decimal place.
_SHORTEST_COMMON_GAP_S = 0.1  # Longer than the times of sound packets are off.
_INTERLEAVED_S = 1.0  # How far apart in time pictures and sound stand at the same place of a file.
_CUT_PACKET_S = 0.5  # The last packet of a cut file, and what depends on it.
# A decoder with several threads reports an error up to this much later than the gap in its frames.
_BEFORE_S, _AFTER_S = 0.3, 1.0


class Damage:
    """Records what could not be read of a file. Times are in seconds from the start of the video."""

    def __init__(self) -> None:
        self.has_sound = False
        """Whether sound tracks are read too."""
        self.is_silent = False
        """Whether FFmpeg skips damaged data of this format without a word: a gap in both pictures and
        sound is then damage, although there is no fault."""
        self.end_s = 0.0
        """When the last packet ends, on the file's clock."""
        self.expected_s = 0.0
        """The end that the file states, on its clock; 0 if it states none."""
        self.is_cut = False
        """Whether the file could not be read to its end."""
        self.reason = ""
        """The error that ended the reading; empty if none did."""
        self._faults_s: list[float] = []
        self._joints_s: list[float] = []
        self._gaps_s: list[tuple[float, float]] = []
        self._sounds_s: dict[int, float] = {}
        self._sound_gaps_s: list[tuple[int, float, float]] = []
        self.start_s = 0.0
        """When the video starts on the file's clock."""
        self._tail_s = 0.0

    def add_fault(self, at_s: float) -> None:
        """Something near this time could not be read or decoded."""
        insort(self._faults_s, at_s)

    def add_joint(self, at_s: float) -> None:
        """Two recordings were joined here, so that a gap is no damage."""
        insort(self._joints_s, at_s)

    def add_gap(self, from_s: float, to_s: float) -> None:
        """No picture was shown between these times; damage only if there is a fault."""
        self._gaps_s.append((from_s, to_s))

    def add_tail(self, seconds: float) -> None:
        """The last pictures could not be decoded."""
        self._tail_s += seconds

    def add_sound(self, index: int, seconds: float) -> None:
        """A part of a sound track, by its stream index, could not be read."""
        self._sounds_s[index] = self._sounds_s.get(index, 0.0) + seconds

    def add_sound_gap(self, index: int, from_s: float, to_s: float) -> None:
        """A sound track has nothing between these times; damage only if there is a fault."""
        self._sound_gaps_s.append((index, from_s, to_s))

    @property
    def pictures_s(self) -> float:
        """The total length of missing pictures, in seconds."""
        sound_gaps_s = [(from_s, to_s) for _, from_s, to_s in self._sound_gaps_s]
        return self._tail_s + sum(self._missing_s(*gap_s, sound_gaps_s) for gap_s in self._gaps_s)

    @property
    def sound_s(self) -> float:
        """The length of missing sound in the most damaged track, in seconds."""
        missing_s = dict(self._sounds_s)
        for index, from_s, to_s in self._sound_gaps_s:
            missing_s[index] = missing_s.get(index, 0.0) + self._missing_s(from_s, to_s, self._gaps_s)
        return max(missing_s.values(), default=0.0)

    def _missing_s(self, from_s: float, to_s: float, others_s: list[tuple[float, float]]) -> float:
        """The length of a gap if a fault is near and no joint, else 0. others_s: gaps of the other kind."""
        is_fault = _has_one(self._faults_s, from_s - _BEFORE_S, to_s + _AFTER_S)
        if self.is_silent and not is_fault:
            is_fault = to_s - from_s > _SHORTEST_COMMON_GAP_S and any(
                end_s - start_s > _SHORTEST_COMMON_GAP_S
                and start_s - _INTERLEAVED_S < to_s
                and from_s < end_s + _INTERLEAVED_S
                for start_s, end_s in others_s
            )
        is_joint = _has_one(self._joints_s, from_s - _BEFORE_S, to_s + _BEFORE_S)
        return to_s - from_s if is_fault and not is_joint else 0.0

    def error(self, path: Path | str) -> BackdropError | None:
        """One sentence about the damage; None if the file is intact."""
        pictures_s, sound_s = self.pictures_s, self.sound_s
        is_end_read = 0 < self.expected_s <= self.end_s + _ROUNDING_S
        is_end_alone = self.is_cut and not is_end_read and max(pictures_s, sound_s) <= _CUT_PACKET_S
        if max(pictures_s, sound_s) >= _SHORTEST_S and not is_end_alone:
            missing_s = max(0.0, self.expected_s - self.end_s) if self.is_cut else 0.0
            return BackdropError(
                "'{path}' is damaged: of {length_s} seconds, {pictures_s} s of the pictures and "
                "{sound_s} s of the sound could not be read.",
                path=path,
                length_s=f"{max(self.end_s, self.expected_s) - self.start_s:.1f}",
                pictures_s=f"{pictures_s + missing_s:.2f}",
                sound_s=f"{sound_s + (missing_s if self.has_sound else 0.0):.2f}",
            )
        if self.reason:
            return BackdropError("'{path}' is broken in the middle: {reason}.", path=path, reason=self.reason)
        if self.is_cut and self.expected_s > self.end_s + _ROUNDING_S:
            return BackdropError(
                "'{path}' is not complete: it ends after {end_s} of {expected_s} seconds.",
                path=path,
                end_s=f"{self.end_s:.1f}",
                expected_s=f"{self.expected_s:.1f}",
            )
        if self.is_cut:
            return BackdropError("'{path}' is not complete: its end is missing.", path=path)
        return None


def _has_one(times_s: list[float], from_s: float, to_s: float) -> bool:
    """Whether one of the sorted times is in this range."""
    index = bisect_left(times_s, from_s)
    return index < len(times_s) and times_s[index] <= to_s
