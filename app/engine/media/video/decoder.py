"""Decode the pictures of a video; continue after damaged ones."""

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

_ALL_SHOWN = {"h264", "hevc"}  # Codecs without hidden frames, which VP9 and AV1 have for reference only.
_LARGEST_RECENT_BYTES = 64 << 20


def codec_of(stream: av.VideoStream) -> av.VideoCodecContext:
    """The codec context for a stream: for VP8 and VP9 with alpha libvpx, as FFmpeg's own ignores alpha."""
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
        """codec: from `codec_of`. damage: records what cannot be decoded.

        may_begin_anywhere: whether the stream may start without a key frame, as a broadcast does: what
        comes before the first whole frame is then left out and is no damage.
        """
        self._stream, self._codec = stream, codec
        self._deinterlacer = Deinterlacer()
        # As players do: a frame that is called corrupt may be whole and only refer to a missing one.
        self._codec.flags |= Flags.output_corrupt
        self._damage = damage
        self._has_begun = not may_begin_anywhere
        self._end_s: float | None = None
        self.errors = 0
        """Packets in a row that could not be decoded."""
        self._recent: list[VideoPacket] = []
        self._recent_bytes = 0
        self._recent_shown: set[int] = set()
        self._shown: int | None = None
        """The latest time of a frame so far, in ticks of the stream."""

    def decode(self, packet: VideoPacket) -> Iterator[av.VideoFrame]:
        """The frames that a packet completes, deinterlaced. An empty packet flushes the decoder."""
        for frame in self._decoded(packet):
            yield from self._deinterlacer.apply(frame)
        if not packet.size:
            yield from self._deinterlacer.finish()

    def _decoded(self, packet: VideoPacket) -> Iterator[av.VideoFrame]:
        if packet.size:
            self._store(packet)
        frames: list[av.VideoFrame] = []
        try:
            frames = self._codec.decode(packet)
        except av.FFmpegError:
            self.errors += 1
            if self._has_begun and packet.size:
                self._damage.add_fault(_at_s(packet))
        for frame in frames:
            if self._has_begun or not frame.is_corrupt:
                yield self._recorded(frame)
        if not packet.size:
            yield from self._last_frames()

    def _recorded(self, frame: av.VideoFrame) -> av.VideoFrame:
        """The frame, after its time and a gap before it were recorded."""
        self.errors, self._has_begun = 0, True
        if frame.pts is None or frame.time is None:
            return frame
        self._shown = max(frame.pts, self._shown or frame.pts)
        self._recent_shown.add(frame.pts)
        interval_s = self._frame_interval_s()
        if self._end_s is not None and frame.time > self._end_s + interval_s / 2:
            self._damage.add_gap(self._end_s, frame.time)
        shown_s = float(frame.duration * (frame.time_base or 0)) if frame.duration else interval_s
        self._end_s = max(frame.time + shown_s, self._end_s or 0.0)
        return frame

    def _store(self, packet: VideoPacket) -> None:
        """Store the packet; forget those before it if it is a key frame, or if they take too much memory."""
        if packet.is_keyframe or self._recent_bytes > _LARGEST_RECENT_BYTES:
            self._recent, self._recent_bytes = [], 0
            self._recent_shown.clear()
        if self._has_begun and self._end_s is None and not packet.is_discard:
            self._end_s = _at_s(packet)
        self._recent.append(packet)
        self._recent_bytes += packet.size

    def _last_frames(self) -> Iterator[av.VideoFrame]:
        """The frames after a damaged one near the end, which FFmpeg's threaded decoder does not return.

        The packets since the last key frame are decoded again in one thread.
        """
        if self._codec.name in _ALL_SHOWN:  # PyAV reports no error at the end if it has earlier frames.
            for old in self._recent:
                if old.pts is not None and not old.is_discard and old.pts not in self._recent_shown:
                    self._damage.add_fault(_at_s(old))
        if not self._undecoded():
            return
        with suppress(av.FFmpegError, ValueError):
            decoder = av.CodecContext.create(self._codec.codec, "r")
            assert isinstance(decoder, av.VideoCodecContext)
            decoder.extradata = self._stream.codec_context.extradata
            decoder.thread_count = 1
            shown = self._shown
            for packet in [*self._recent, None]:
                frames: list[av.VideoFrame] = []
                with suppress(av.InvalidDataError):
                    frames = decoder.decode(packet)
                for frame in frames:
                    frame.time_base = self._stream.time_base
                    if frame.pts is not None and (shown is None or frame.pts > shown):
                        yield self._recorded(frame)
        self._damage.add_tail(sum(self._duration_s(packet) for packet in self._undecoded()))

    def _undecoded(self) -> list[VideoPacket]:
        """The stored packets whose time is after the latest frame."""
        shown = self._shown
        if shown is None:
            return []
        return [p for p in self._recent if p.pts is not None and p.pts > shown and not p.is_discard]

    def _duration_s(self, packet: VideoPacket) -> float:
        return float(packet.duration * packet.time_base) if packet.duration else self._frame_interval_s()

    def _frame_interval_s(self) -> float:
        return float(1 / (self._stream.average_rate or self._stream.guessed_rate or 25))


def _at_s(packet: VideoPacket) -> float:
    ticks = packet.dts if packet.pts is None else packet.pts
    return float((ticks or 0) * packet.time_base)
