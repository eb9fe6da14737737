"""Write the subtitle tracks of a video: copied if the file can hold them, converted if they are text."""

from __future__ import annotations

from contextlib import suppress
from fractions import Fraction
from heapq import merge
from typing import TYPE_CHECKING, cast

import av

from app.engine.media.writing.track_tags import copy_tags

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from av.container import InputContainer, OutputContainer
    from av.subtitles.stream import SubtitleStream

    from app.engine.media.writing.survey import SubtitlePacket

_HOLDS: dict[str, set[str]] = {
    ".mp4": {"mov_text"},
    ".mov": {"mov_text"},
    ".mkv": {"subrip", "ass", "webvtt", "dvd_subtitle", "dvb_subtitle", "hdmv_pgs_subtitle"},
    ".webm": {"webvtt"},
}
_TEXT_CODEC = {".mp4": "mov_text", ".mov": "mov_text", ".mkv": "subrip", ".webm": "webvtt"}
_TICK = Fraction(1, 1000)
_USUAL_DURATION_MS = 4000
_EMPTY_TEXT_BYTES = 2  # mov_text writes an empty text where nothing is said.


class SubtitleTracks:
    """All subtitle tracks of a file that is being written."""

    def __init__(
        self,
        container: OutputContainer,
        suffix: str,
        source: InputContainer,
        packets: dict[int, list[SubtitlePacket]],
        start_s: float,
    ) -> None:
        """packets: of each track, by its index in the source. start_s: the source's time that becomes 0."""
        self.notes: list[str] = []
        """What became of tracks that are not copied: one sentence each."""
        self._container = container
        self._start = Fraction(start_s).limit_denominator(1_000_000)
        streams = list(source.streams.subtitles)
        kept: list[Iterator[SubtitlePacket]] = []
        for number, stream in enumerate(streams, start=1):
            name = "The subtitles were" if len(streams) == 1 else f"Subtitle track {number} was"
            if not stream.codec_context:
                self.notes.append(f"{name} left out, because their kind is unknown.")
                continue
            codec = stream.codec_context.codec.canonical_name
            if codec in _HOLDS[suffix]:
                target = container.add_stream_from_template(stream, opaque=True)
                kept.append(self._copied(packets.get(stream.index, ()), target))
            elif stream.codec_context.codec.text_sub:
                target = cast("SubtitleStream", container.add_stream(_TEXT_CODEC[suffix]))
                kept.append(self._converted(packets.get(stream.index, ()), target))
                self.notes.append(
                    f"{name} converted to {_TEXT_CODEC[suffix]}, because {suffix} cannot hold {codec}."
                )
            else:
                self.notes.append(f"{name} left out, because {suffix} cannot hold {codec}.")
                continue
            copy_tags(stream, target)
        self._waiting = merge(*kept, key=lambda packet: packet.pts or 0)
        self._next: SubtitlePacket | None = None

    def write_until(self, time_s: float) -> None:
        """Write what is shown up to a time in seconds. The header of the file must be complete."""
        while True:
            self._next = self._next or next(self._waiting, None)
            if self._next is None or (self._next.pts or 0) * _TICK > time_s:
                return
            with suppress(av.InvalidDataError, av.ArgumentError):
                self._container.mux(self._next)
            self._next = None

    def _copied(self, packets: Iterable[SubtitlePacket], target: SubtitleStream) -> Iterator[SubtitlePacket]:
        for packet in packets:
            if packet.size > _EMPTY_TEXT_BYTES:
                yield self._placed(packet, packet, target)

    def _converted(
        self, packets: Iterable[SubtitlePacket], target: SubtitleStream
    ) -> Iterator[SubtitlePacket]:
        for packet in packets:
            with suppress(av.FFmpegError):
                texts = packet.stream.decode2(packet)
                if not texts:
                    continue
                encoder = target.codec_context
                if encoder.subtitle_header is None:
                    encoder.subtitle_header = packet.stream.codec_context.subtitle_header
                yield self._placed(encoder.encode_subtitle(texts), packet, target)

    def _placed(
        self, packet: SubtitlePacket, source: SubtitlePacket, target: SubtitleStream
    ) -> SubtitlePacket:
        """A packet with the times of `source` on the clock of the result."""
        unit = source.time_base
        at = Fraction(source.pts if source.pts is not None else source.dts or 0) * unit - self._start
        duration = (source.duration or 0) * unit / _TICK or _USUAL_DURATION_MS
        packet.pts = packet.dts = max(0, round(at / _TICK))
        packet.duration = round(duration)
        packet.time_base = _TICK
        packet.stream = target
        return packet
