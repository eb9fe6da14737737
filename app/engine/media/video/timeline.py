"""One continuous clock for the packets of a file, also where the file's own clock starts again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import av

AnyPacket: TypeAlias = "av.Packet[Any]"

_BACK_S = 0.1  # Decoding times never decrease; some files are off by a frame or two.
_AHEAD_S = 10.0  # FFmpeg's limit. A shorter jump is a gap in reception, and the picture stands still.
_SKEW_S = 1.0  # Within this time the other streams of a file follow a jump of the first one.
_LARGEST_HELD = 200


class Timeline:
    """Shifts the times of packets so that the video starts at 0 and each part follows the one before.

    The clock starts again where transport streams were joined, where a recorder was restarted, and where
    the 33-bit counter of a transport stream wrapped around. All streams are shifted by the same time, so
    that they stay in sync.
    """

    def __init__(self, start_s: float, has_jumps_ahead: bool) -> None:
        """start_s: when the video starts on the file's clock.

        has_jumps_ahead: whether a jump by more than 10 s is one of the clock, not a gap in the video.
        """
        self._shift_s = -start_s
        self._has_jumps_ahead = has_jumps_ahead
        self.parts = 1
        """The number of parts so far, each with its own clock."""
        self._last_s: dict[int, float] = {}  # The last decoding time by stream, on the clock of this part.
        self._end_s = 0.0
        self._restart_s: float | None = None  # The first decoding time of the next part.
        self._held: list[AnyPacket] = []
        self._streams_in_next_part: set[int] = set()

    def shifted(self, packets: Iterable[AnyPacket]) -> Iterator[AnyPacket]:
        """The packets with their new times, in order. Those after a jump are held for a moment."""
        for packet in packets:
            yield from self._step(packet)
        yield from self._begin_part()

    def _step(self, packet: AnyPacket) -> Iterator[AnyPacket]:
        at_s = seconds(packet, packet.dts)
        if at_s is None:
            if packet.size == 0:  # The end of a stream.
                yield from self._begin_part()
            if self._held:
                self._held.append(packet)
            else:
                yield self._with_new_times(packet)
            return
        if self._restart_s is None and self._is_jump(packet.stream_index, at_s):
            self._restart_s = at_s
        if self._restart_s is None or not self._is_of_next_part(packet.stream_index, at_s, self._restart_s):
            self._record_times(packet, at_s)
            yield self._with_new_times(packet)
            return
        self._held.append(packet)
        self._streams_in_next_part.add(packet.stream_index)
        is_long = at_s > self._restart_s + _SKEW_S or len(self._held) >= _LARGEST_HELD
        if is_long or self._streams_in_next_part >= self._last_s.keys():
            yield from self._begin_part()

    def _is_jump(self, stream: int, at_s: float) -> bool:
        last_s = self._last_s.get(stream)
        if last_s is not None and at_s < last_s - _BACK_S:
            return True
        return self._has_jumps_ahead and bool(self._last_s) and at_s > self._end_s + _AHEAD_S

    def _is_of_next_part(self, stream: int, at_s: float, restart_s: float) -> bool:
        """Whether a packet belongs to the next part, which not all streams reach at the same packet."""
        last_s = self._last_s.get(stream)
        return last_s is None or _BACK_S < abs(at_s - last_s) > abs(at_s - restart_s)

    def _begin_part(self) -> Iterator[AnyPacket]:
        if not self._held:
            return
        held, self._held = self._held, []
        starts_s = [seconds(p, p.dts if p.pts is None else p.pts) for p in held]
        self._shift_s += self._end_s - min(s for s in starts_s if s is not None)
        self.parts += 1
        self._last_s, self._restart_s, self._end_s = {}, None, 0.0
        self._streams_in_next_part = set()
        for packet in held:
            yield from self._step(packet)

    def _record_times(self, packet: AnyPacket, at_s: float) -> None:
        shown_s = seconds(packet, packet.pts)
        end_s = (at_s if shown_s is None else shown_s) + (seconds(packet, packet.duration) or 0.0)
        self._end_s = max(self._end_s, end_s) if self._last_s else end_s
        self._last_s[packet.stream_index] = at_s

    def _with_new_times(self, packet: AnyPacket) -> AnyPacket:
        shift = round(self._shift_s / packet.time_base)
        packet.pts = None if packet.pts is None else packet.pts + shift
        packet.dts = None if packet.dts is None else packet.dts + shift
        return packet


def seconds(packet: AnyPacket, ticks: int | None) -> float | None:
    """A time or duration of a packet in seconds."""
    return None if ticks is None else float(ticks * packet.time_base)
