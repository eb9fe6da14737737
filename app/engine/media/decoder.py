"""Decode pictures, past those that are damaged."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, cast

import av

from app.engine.media.deinterlacer import Deinterlacer

if TYPE_CHECKING:
    from collections.abc import Iterator

    VideoPacket = av.Packet[av.VideoStream]

_KEPT_BYTES = 64 << 20


def codec_of(stream: av.VideoStream) -> av.VideoCodecContext:
    """What decodes a stream: for transparent VP8 and VP9 not libav's own codec, which leaves alpha out."""
    name = {"vp8": "libvpx", "vp9": "libvpx-vp9"}.get(stream.codec_context.name)
    if stream.metadata.get("alpha_mode") != "1" or name not in av.codecs_available:
        return stream.codec_context
    return cast("av.VideoCodecContext", av.CodecContext.create(name, "r"))


class PictureDecoder:
    """Decodes the packets of a video stream."""

    def __init__(self, stream: av.VideoStream, codec: av.VideoCodecContext, may_begin_anywhere: bool) -> None:
        """codec: `codec_of` the stream.

        may_begin_anywhere: as broadcasts do, so that the first pictures may lack those before them.
        """
        self._stream, self._codec = stream, codec
        self._deinterlacer = Deinterlacer()
        self._has_begun = not may_begin_anywhere
        self.errors = 0
        """Packets in a row that could not be decoded."""
        self.missing_s = 0.0
        """The duration of all packets that could not be decoded, in seconds."""
        self._recent: list[VideoPacket] = []
        self._recent_bytes = 0
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
                self.missing_s += self._duration_s(packet)
        for frame in frames:
            yield self._noted(frame)
        if not packet.size:
            yield from self._rest()

    def _noted(self, frame: av.VideoFrame) -> av.VideoFrame:
        self.errors, self._has_begun = 0, True
        if frame.pts is not None:
            self._shown = max(frame.pts, self._shown or frame.pts)
        return frame

    def _keep(self, packet: VideoPacket) -> None:
        """Keep the packets from the last key frame on."""
        if packet.is_keyframe or self._recent_bytes > _KEPT_BYTES:
            self._recent, self._recent_bytes = [], 0
        self._recent.append(packet)
        self._recent_bytes += packet.size

    def _rest(self) -> Iterator[av.VideoFrame]:
        """The frames behind a damaged one near the end: libav's threads then give up."""
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
        self.missing_s += sum(self._duration_s(packet) for packet in self._not_shown())

    def _not_shown(self) -> list[VideoPacket]:
        """The packets after the newest frame."""
        shown = self._shown
        if shown is None:
            return []
        return [p for p in self._recent if p.pts is not None and p.pts > shown and not p.is_discard]

    def _duration_s(self, packet: VideoPacket) -> float:
        rate = self._stream.average_rate or self._stream.guessed_rate or 25
        return float(packet.duration * packet.time_base) if packet.duration else float(1 / rate)
