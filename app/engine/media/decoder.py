"""Decode pictures, past those that are damaged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import av

if TYPE_CHECKING:
    from collections.abc import Iterator

_KEPT_BYTES = 64 << 20


class PictureDecoder:
    """Decodes the packets of a video stream."""

    def __init__(self, stream: av.VideoStream) -> None:
        self._stream = stream
        self.errors = 0
        """Packets in a row that could not be decoded."""
        self.missing_s = 0.0
        """The duration of all packets that could not be decoded, in seconds."""
        self._recent: list[bytes] = []

    def decode(self, packet: av.Packet[av.VideoStream]) -> Iterator[av.VideoFrame]:
        """The frames that a packet completes. Damage is counted."""
        try:
            frames = self._stream.decode(packet)
        except av.FFmpegError:
            self.errors += 1
            self.missing_s += self._interval_s(packet)
            return
        if frames:
            self.errors = 0
        yield from frames

    def _interval_s(self, packet: av.Packet[av.VideoStream]) -> float:
        rate = self._stream.average_rate or self._stream.guessed_rate or 25
        return float(packet.duration * packet.time_base) if packet.duration else float(1 / rate)
