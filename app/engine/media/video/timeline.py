"""One continuous clock for the packets of a file, also where the file's own clock starts again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import av

AnyPacket: TypeAlias = "av.Packet[Any]"

_BACK_S = 0.1  # Decoding times never decrease; some files are off by a frame or two.
_AHEAD_S = 10.0  # The limit of ffmpeg: a shorter gap is one of reception, and the film stands still for it.
_SKEW_S = 1.0  # Within this time the other streams of a file follow a jump of the first one.
_HELD = 200


class Timeline:
    """Shifts the times of packets so that the film starts at 0 and each part follows the one before.

    The clock starts again where transport streams were joined, where a recorder was restarted, and where
    a counter of 33 bits was at its end. All streams are shifted by the same time, so that they stay in step.
    """

    def __init__(self, start_s: float, has_jumps_ahead: bool) -> None:
        """The film starts at start_s of the file's clock.

        has_jumps_ahead: whether a jump by more than 10 s is one of the clock, and not a gap in the film.
        """
        self._shift_s = -start_s
        self._has_jumps_ahead = has_jumps_ahead
        self.parts = 1
        """How many parts with a clock of their own there were."""
        self._last_s: dict[int, float] = {}  # The last decoding time by stream, on the clock of this part.
        self._end_s = 0.0
        self._restart_s: float | None = None  # The first decoding time of the next part.
        self._held: list[AnyPacket] = []
        self._crossed: set[int] = set()

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
                yield self._placed(packet)
            return
        if self._restart_s is None and self._is_jump(packet.stream_index, at_s):
            self._restart_s = at_s
        if self._restart_s is None or not self._is_beyond(packet.stream_index, at_s, self._restart_s):
            self._note(packet, at_s)
            yield self._placed(packet)
            return
        self._held.append(packet)
        self._crossed.add(packet.stream_index)
        is_long = at_s > self._restart_s + _SKEW_S or len(self._held) >= _HELD
        if is_long or self._crossed >= self._last_s.keys():
            yield from self._begin_part()

    def _is_jump(self, stream: int, at_s: float) -> bool:
        last_s = self._last_s.get(stream)
        if last_s is not None and at_s < last_s - _BACK_S:
            return True
        return self._has_jumps_ahead and bool(self._last_s) and at_s > self._end_s + _AHEAD_S

    def _is_beyond(self, stream: int, at_s: float, restart_s: float) -> bool:
        """Whether a packet is of the next part: the streams of a file do not cross its seam at once."""
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
        self._crossed = set()
        for packet in held:
            yield from self._step(packet)

    def _note(self, packet: AnyPacket, at_s: float) -> None:
        shown_s = seconds(packet, packet.pts)
        end_s = (at_s if shown_s is None else shown_s) + (seconds(packet, packet.duration) or 0.0)
        self._end_s = max(self._end_s, end_s) if self._last_s else end_s
        self._last_s[packet.stream_index] = at_s

    def _placed(self, packet: AnyPacket) -> AnyPacket:
        shift = round(self._shift_s / packet.time_base)
        packet.pts = None if packet.pts is None else packet.pts + shift
        packet.dts = None if packet.dts is None else packet.dts + shift
        return packet


def seconds(packet: AnyPacket, ticks: int | None) -> float | None:
    """A time or duration of a packet in seconds."""
    return None if ticks is None else float(ticks * packet.time_base)
