"""Decode pictures, past those that are damaged."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import av

from app.engine.media.deinterlacer import Deinterlacer

if TYPE_CHECKING:
    from collections.abc import Iterator

_KEPT_BYTES = 64 << 20


def codec_of(stream: av.VideoStream) -> av.VideoCodecContext:
    """What decodes a stream: for transparent VP8 and VP9 not libav's own codec, which leaves alpha out."""
    name = {"vp8": "libvpx", "vp9": "libvpx-vp9"}.get(stream.codec_context.name)
    if stream.metadata.get("alpha_mode") != "1" or name not in av.codecs_available:
        return stream.codec_context
    return cast("av.VideoCodecContext", av.CodecContext.create(name, "r"))


class PictureDecoder:
    """Decodes the packets of a video stream."""

    def __init__(self, stream: av.VideoStream, codec: av.VideoCodecContext) -> None:
        """codec: `codec_of` the stream."""
        self._stream, self._codec = stream, codec
        self._deinterlacer = Deinterlacer()
        self.errors = 0
        """Packets in a row that could not be decoded."""
        self.missing_s = 0.0
        """The duration of all packets that could not be decoded, in seconds."""
        self._recent: list[bytes] = []

    def decode(self, packet: av.Packet[av.VideoStream]) -> Iterator[av.VideoFrame]:
        """The whole frames that a packet completes, deinterlaced. Damage is counted."""
        try:
            frames = self._codec.decode(packet)
        except av.FFmpegError:
            self.errors += 1
            self.missing_s += self._interval_s(packet)
            return
        if frames:
            self.errors = 0
        for frame in frames:
            yield from self._deinterlacer.apply(frame)
        if packet.size == 0:  # The last one, which flushes the codec.
            yield from self._deinterlacer.finish()

    def _interval_s(self, packet: av.Packet[av.VideoStream]) -> float:
        rate = self._stream.average_rate or self._stream.guessed_rate or 25
        return float(packet.duration * packet.time_base) if packet.duration else float(1 / rate)
