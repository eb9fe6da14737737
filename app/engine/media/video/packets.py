"""Read the packets of a video file: continuous times, trimmed parts left out, damage skipped and recorded."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, cast

import av
from av.format import Flags

from app.engine.core.errors import disk_reason
from app.engine.media.video.damage import Damage
from app.engine.media.video.edit_list import CutPicture, cut_picture
from app.engine.media.video.file_layout import ends_inside_flv_tag, is_end_of_blocks, stated_size
from app.engine.media.video.mpeg_packets import ends_inside_packet
from app.engine.media.video.sound_check import SoundCheck
from app.engine.media.video.timeline import Timeline, seconds

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from app.engine.media.video.timeline import AnyPacket

_LARGEST_ERRORS = 1000  # In a row, without a packet between them.
_LARGEST_DISK_ERRORS = 3
_SILENT = {"asf", "mpeg"}  # Formats whose damaged parts FFmpeg skips without an error.
_SHORTEST_GAP_S = 0.01
_LARGEST_ROUNDING_S = 0.1  # Of a number of frames.
_LONGEST_CUT_S = 60.0  # Of the last picture.
_OVERHEAD_BYTES = 512  # More than Matroska writes between two packets.
_MAY_BE_DISCONTINUOUS = cast("int", Flags.ts_discont.value)
_LONGEST_PRIMING_S = 1.0  # A start before 0 by less than this is decoder delay (priming).


class Packets:
    """Reads the packets of one video stream and some sound tracks of an open file."""

    def __init__(
        self, container: av.container.InputContainer, video: av.VideoStream, path: Path | None
    ) -> None:
        """path: None for a network stream."""
        self._container = container
        self._video = video
        self._path = path
        self._damage = Damage()
        self._start_s = start_of(container)
        self._is_matroska = container.format.name.startswith("matroska")
        self._is_gapless = self._is_matroska or container.format.name == "flv"
        """Whether the file has only a few bytes between its packets."""
        self.may_begin_anywhere = bool(container.format.flags & _MAY_BE_DISCONTINUOUS)
        """Whether this is a broadcast format: it may start without a key frame, and its clock may jump."""

    def read(self, damage: Damage, sounds: Sequence[av.AudioStream] = ()) -> Iterator[AnyPacket]:
        """The packets of the pictures and of `sounds` from the present position on, in file order.

        Times count from the start of the video. Empty packets at the end flush the decoders. `damage` records
        what could not be read.
        """
        damage.has_sound, damage.start_s = bool(sounds), max(0.0, self._start_s)
        damage.is_silent = self._container.format.name in _SILENT
        self._damage = damage
        self._ends_s: dict[int, float] = {}
        self._suspects: set[int] = set()
        self._priming: dict[int, AnyPacket] = {}
        self._next_byte: int | None = None
        self._is_first = True
        self._cut: CutPicture | None = None
        timeline = Timeline(self._start_s, self.may_begin_anywhere)
        check = SoundCheck(self._path, sounds)
        parts = timeline.parts
        for packet in timeline.shifted(self._readable([self._video, *sounds])):
            if timeline.parts > parts:  # A joint of two recordings is no damage.
                parts = timeline.parts
                self._suspects.clear()
                damage.add_joint(seconds(packet, packet.pts) or 0.0)
            if packet.size:
                self._record_damage(packet)
            if packet.stream is self._video and packet.size:
                yield self._with_true_times(packet)
            elif packet.size == 0:
                yield packet
            elif check.is_intact(packet):
                yield from self._without_trimmed_sound(packet)
            elif check.has_begun or not self.may_begin_anywhere:
                damage.add_sound(packet.stream_index, seconds(packet, packet.duration) or 0.0)
        check.close()
        if self._path is not None:
            self._check_end(self._path, timeline.parts == 1)

    def true_end_s(self, end_s: float, damage: Damage) -> float:
        """When the last picture ends: `end_s` by its packet, unless the file trims or prolongs it."""
        duration = self._video.duration
        if duration and self._video.time_base and self._container.format.name.startswith("mov"):
            start_s = max(0.0, float((self._video.start_time or 0) * self._video.time_base) - self._start_s)
            stated_s = start_s + float(duration * self._video.time_base)
            if end_s - _LONGEST_CUT_S < stated_s < end_s:
                return stated_s
        if self._is_matroska and len(self._container.streams) == 1 and not damage.is_cut:
            return max(end_s, damage.expected_s - self._start_s)
        return end_s

    def _readable(self, streams: list[av.VideoStream | av.AudioStream]) -> Iterator[AnyPacket]:
        """The packets of these streams that can be read, also those after an error in the file."""
        errors = 0
        while True:
            try:
                for packet in self._container.demux():
                    if packet.size:
                        errors = 0
                        self._find_damage(packet)
                    if packet.stream not in streams:
                        continue
                    if not packet.size and packet.dts is not None:
                        continue  # An empty packet would flush the decoder.
                    yield packet
                self._damage.is_cut = errors > 0
                return
            except IndexError:  # PyAV at the end, if damaged data looks like a stream.
                return
            except av.FFmpegError as error:
                errors += 1
                self._suspects.update(stream.index for stream in streams)
                if isinstance(error, av.InvalidDataError):
                    if errors > _LARGEST_ERRORS:
                        self._damage.is_cut = True
                        return
                elif errors > _LARGEST_DISK_ERRORS:
                    self._damage.reason = disk_reason(error)
                    return

    def _find_damage(self, packet: AnyPacket) -> None:
        """Detect skipped data: the packet is marked as corrupt, or bytes of the file are in no packet."""
        if packet.is_corrupt:
            self._suspects.add(packet.stream_index)
        if not self._is_gapless or packet.pos is None:
            return
        if self._next_byte is not None and packet.pos > self._next_byte + _OVERHEAD_BYTES:
            self._suspects.update(range(len(self._container.streams)))
        has_more = packet.has_sidedata("matroska_block_additional")
        self._next_byte = None if has_more else packet.pos + packet.size

    def _record_damage(self, packet: AnyPacket) -> None:
        """Record the damage before this packet, and a gap in the sound."""
        index = packet.stream_index
        at_s = seconds(packet, packet.dts if packet.pts is None else packet.pts) or 0.0
        if index in self._suspects:
            self._damage.add_fault(at_s)
            self._suspects.discard(index)
        end_s = self._ends_s.get(index, at_s)
        if packet.stream is not self._video and at_s > end_s + _SHORTEST_GAP_S:
            self._damage.add_sound_gap(index, end_s, at_s)
        self._ends_s[index] = at_s + (seconds(packet, packet.duration) or 0.0)
        self._damage.end_s = max(self._damage.end_s, self._ends_s[index] + self._start_s)

    def _with_true_times(self, packet: AnyPacket) -> AnyPacket:
        """The packet with its true times if the file is trimmed; the rest of the first picture is shown."""
        if self._is_first and packet.is_discard and self._path is not None:
            self._cut = cut_picture(self._path, self._video.index)
        self._is_first = False
        if self._cut is None:
            return packet
        shift = round(self._cut.rest_s / packet.time_base)
        shown = packet
        if packet.is_discard and packet.pos == self._cut.position:
            shown = av.Packet(bytes(packet))  # A copy without the flag that the picture is not shown.
            shown.stream, shown.time_base = packet.stream, packet.time_base
            shown.pts, shown.dts, shown.duration = packet.pts, packet.dts, packet.duration
        shown.pts = None if shown.pts is None else shown.pts + shift
        shown.dts = None if shown.dts is None else shown.dts + shift
        return shown

    def _without_trimmed_sound(self, packet: AnyPacket) -> Iterator[AnyPacket]:
        """The packet, unless an edit list trims it. The decoder also needs the last trimmed packet."""
        index = packet.stream.index
        if packet.is_discard:
            self._priming[index] = packet
            return
        priming = self._priming.pop(index, None)
        if priming is not None:
            yield priming
        yield packet

    def _check_end(self, path: Path, is_continuous: bool) -> None:
        """Record whether the end of the file is missing.

        Times are on the file's clock: Matroska's duration counts from 0, wherever the recording starts.
        """
        damage, end_s, kind = self._damage, self._damage.end_s, self._container.format.name
        with suppress(OSError):
            if kind.startswith("mpeg"):
                damage.is_cut |= ends_inside_packet(path)
                return  # FFmpeg estimates their duration from the times near the end.
            if not is_continuous:
                return
            damage.expected_s = (self._container.duration or 0) / av.time_base
            damage.is_cut |= (stated_size(path) or 0) > self._container.size
            if self._is_matroska and self._next_byte is not None:
                damage.is_cut |= not is_end_of_blocks(path, self._next_byte)
            elif kind == "avi":  # Without times: a lost frame shortens what follows, and FFmpeg's duration.
                stated_s = float(self._video.frames * (self._video.time_base or 0))
                damage.expected_s = max(damage.expected_s, stated_s)
                damage.is_cut |= end_s + _LARGEST_ROUNDING_S < stated_s
            elif kind == "flv" and end_s < damage.expected_s:
                damage.is_cut |= ends_inside_flv_tag(path)
            else:
                damage.is_cut |= end_s + max(1.0, damage.expected_s / 20) < damage.expected_s


def start_of(container: av.container.InputContainer) -> float:
    """The time of a file that becomes 0, in seconds. Broadcast recordings start at any time."""
    start_s = (container.start_time or 0) / av.time_base
    return start_s if start_s > 0 or start_s < -_LONGEST_PRIMING_S else 0.0
