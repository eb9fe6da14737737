"""Decode pictures, past those that are damaged."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, cast

import av
from av.codec.context import Flags

from app.engine.media.video.deinterlacer import Deinterlacer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.engine.media.video.damage import Damage

    VideoPacket = av.Packet[av.VideoStream]

_ALL_SHOWN = {"h264", "hevc"}  # Codecs without packets that only serve others.
_KEPT_BYTES = 64 << 20


def codec_of(stream: av.VideoStream) -> av.VideoCodecContext:
    """What decodes a stream: for transparent VP8 and VP9 not libav's own codec, which leaves alpha out."""
    name = {"vp8": "libvpx", "vp9": "libvpx-vp9"}.get(stream.codec_context.name)
    if stream.metadata.get("alpha_mode") != "1" or name not in av.codecs_available:
        return stream.codec_context
    return cast("av.VideoCodecContext", av.CodecContext.create(name, "r"))


class PictureDecoder:
    """Decodes the packets of a video stream."""

    def __init__(
        self,
        stream: av.VideoStream,
        codec: av.VideoCodecContext,
        may_begin_anywhere: bool,
        damage: Damage,
    ) -> None:
        """codec: `codec_of` the stream. damage: gets what cannot be decoded.

        may_begin_anywhere: as broadcasts do, so that the first pictures may lack those before them.
        """
        self._stream, self._codec = stream, codec
        self._deinterlacer = Deinterlacer()
        self._codec.flags |= Flags.output_corrupt  # As players do: they may lack another picture.
        self._damage = damage
        self._has_begun = not may_begin_anywhere
        self._end_s: float | None = None
        self.errors = 0
        """Packets in a row that could not be decoded."""
        self._recent: list[VideoPacket] = []
        self._recent_bytes = 0
        self._recent_shown: set[int] = set()
        self._shown: int | None = None
        """The time of the newest frame, in ticks of the stream."""

    def decode(self, packet: VideoPacket) -> Iterator[av.VideoFrame]:
        """The whole frames that a packet completes, deinterlaced; one of size 0 completes the last ones."""
        for frame in self._decoded(packet):
            yield from self._deinterlacer.apply(frame)
        if not packet.size:
            yield from self._deinterlacer.finish()

    def _decoded(self, packet: VideoPacket) -> Iterator[av.VideoFrame]:
        if packet.size:
            self._keep(packet)
        frames: list[av.VideoFrame] = []
        try:
            frames = self._codec.decode(packet)
        except av.FFmpegError:
            self.errors += 1
            if self._has_begun and packet.size:
                self._damage.add_fault(_at_s(packet))
        for frame in frames:
            if self._has_begun or not frame.is_corrupt:
                yield self._noted(frame)
        if not packet.size:
            yield from self._rest()

    def _noted(self, frame: av.VideoFrame) -> av.VideoFrame:
        self.errors, self._has_begun = 0, True
        if frame.pts is None or frame.time is None:
            return frame
        self._shown = max(frame.pts, self._shown or frame.pts)
        self._recent_shown.add(frame.pts)
        usual_s = self._usual_s()
        if self._end_s is not None and frame.time > self._end_s + usual_s / 2:
            self._damage.add_gap(self._end_s, frame.time)
        shown_s = float(frame.duration * (frame.time_base or 0)) if frame.duration else usual_s
        self._end_s = max(frame.time + shown_s, self._end_s or 0.0)
        return frame

    def _keep(self, packet: VideoPacket) -> None:
        """Keep the packets from the last key frame on."""
        if packet.is_keyframe or self._recent_bytes > _KEPT_BYTES:
            self._recent, self._recent_bytes = [], 0
            self._recent_shown.clear()
        if self._has_begun and self._end_s is None and not packet.is_discard:
            self._end_s = _at_s(packet)
        self._recent.append(packet)
        self._recent_bytes += packet.size

    def _rest(self) -> Iterator[av.VideoFrame]:
        """The frames behind a damaged one near the end: libav's threads then give up."""
        if self._codec.name in _ALL_SHOWN:  # PyAV hides an error at the end behind the frames before it.
            for kept in self._recent:
                if kept.pts is not None and not kept.is_discard and kept.pts not in self._recent_shown:
                    self._damage.add_fault(_at_s(kept))
        if not self._not_shown():
            return
        with suppress(av.FFmpegError, ValueError):
            again = av.CodecContext.create(self._codec.codec, "r")
            assert isinstance(again, av.VideoCodecContext)
            again.extradata = self._stream.codec_context.extradata
            again.thread_count = 1
            shown = self._shown
            for packet in [*self._recent, None]:
                frames: list[av.VideoFrame] = []
                with suppress(av.InvalidDataError):
                    frames = again.decode(packet)
                for frame in frames:
                    frame.time_base = self._stream.time_base
                    if frame.pts is not None and (shown is None or frame.pts > shown):
                        yield self._noted(frame)
        self._damage.add_tail(sum(self._duration_s(packet) for packet in self._not_shown()))

    def _not_shown(self) -> list[VideoPacket]:
        """The packets after the newest frame."""
        shown = self._shown
        if shown is None:
            return []
        return [p for p in self._recent if p.pts is not None and p.pts > shown and not p.is_discard]

    def _duration_s(self, packet: VideoPacket) -> float:
        return float(packet.duration * packet.time_base) if packet.duration else self._usual_s()

    def _usual_s(self) -> float:
        return float(1 / (self._stream.average_rate or self._stream.guessed_rate or 25))


def _at_s(packet: VideoPacket) -> float:
    ticks = packet.dts if packet.pts is None else packet.pts
    return float((ticks or 0) * packet.time_base)
