"""A virtual camera in PipeWire, which browsers and portals see without a kernel module."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import cv2
import numpy as np

from app.engine.core.errors import BackdropError
from app.engine.devices.pipewire import PipeWireStream
from app.engine.devices.spa_pod import PixelFormat, VideoFormat
from app.engine.output.sinks import Sink, fitted, fitted_with_alpha

if TYPE_CHECKING:
    from app.engine.core.types import Composite, Picture

PIPEWIRE = "pipewire"
"""The value of the setting `virtual_camera` for this output."""

_RATES_FPS = 30, 25, 24, 20, 15, 10, 5
# Besides the picture's own size, for consumers that want a small one.
_SIZES = ((1920, 1080), (1280, 720), (640, 480), (640, 360), (320, 240))
_CONVERSIONS = {
    PixelFormat.I420: cv2.COLOR_BGR2YUV_I420,
    PixelFormat.NV12: cv2.COLOR_BGR2YUV_I420,
    PixelFormat.YUY2: cv2.COLOR_BGR2YUV_YUY2,
    PixelFormat.BGRX: cv2.COLOR_BGR2BGRA,
    PixelFormat.BGRA: cv2.COLOR_BGR2BGRA,
    PixelFormat.RGBA: cv2.COLOR_BGR2RGBA,
}
# A frame that comes a little early is still the next frame of a consumer's rate.
_EARLY = 0.75
# In PipeWire 0.3.65 the graph may stop for good. Its consumers then keep the last picture, even after
# the user has switched off.
_BLOCKED_S = 5.0


class PipeWireCamera(Sink):
    """A node called Backdrop in PipeWire's graph. Consumers choose format, size and rate.

    PipeWire gives all consumers of one node the format of the first; the others convert or are refused.
    """

    title = "PipeWire"
    has_fixed_size = True

    def __init__(self) -> None:
        self._stream: PipeWireStream | None = None
        self._sent_at = 0.0
        self._blocked_since: float | None = None
        """Since when no buffer has been free (time.monotonic, seconds)."""

    def open(self, height_px: int, width_px: int) -> None:
        own = width_px // 2 * 2, height_px // 2 * 2
        sizes = [own, *(size for size in _SIZES if size != own and size[0] <= max(own[0], 640))]
        self._stream = PipeWireStream(
            [VideoFormat(kind, *size, _RATES_FPS[0]) for size in sizes for kind in PixelFormat], _RATES_FPS
        )
        self._sent_at, self._blocked_since = 0.0, None

    def send(self, composite: Composite) -> None:
        stream = self._connected()
        agreed = stream.format
        if agreed is None or not stream.is_streaming or self._is_early(composite.captured_at, agreed.fps):
            return
        if stream.send(agreed, planes(composite.picture, agreed), round(composite.captured_at * 1e9)):
            self._sent_at, self._blocked_since = composite.captured_at, None
            return
        now = time.monotonic()
        self._blocked_since = self._blocked_since or now
        if now - self._blocked_since > _BLOCKED_S:
            raise BackdropError("PipeWire takes no more pictures; Backdrop connects again.")

    def close(self) -> None:
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.close()

    def consumers(self) -> int | None:
        """1 while there are any: PipeWire does not tell a node how many."""
        return int(self._connected().is_streaming)

    def _connected(self) -> PipeWireStream:
        if self._stream is None or self._stream.is_lost:
            raise BackdropError("PipeWire has ended; Backdrop connects again when it is back.")
        return self._stream

    def _is_early(self, captured_at: float, fps: float) -> bool:
        """Whether a consumer at this rate does not need a frame yet. Time stamps always rise."""
        passed_s = captured_at - self._sent_at
        return passed_s <= 0 or (fps > 0 and passed_s < _EARLY / fps)


def planes(picture: Picture, wanted: VideoFormat) -> Picture:
    """A picture in a format's size and pixels, contiguous; over black unless the format has alpha."""
    kind, size = wanted.pixel_format, (wanted.width_px, wanted.height_px)
    if picture.shape[2] == 4 and kind in (PixelFormat.RGBA, PixelFormat.BGRA):
        bgra = fitted_with_alpha(picture, *size)
        if kind == PixelFormat.RGBA:
            bgra = np.asarray(cv2.cvtColor(bgra, cv2.COLOR_BGRA2RGBA), np.uint8)
        return np.ascontiguousarray(bgra)
    converted = np.asarray(cv2.cvtColor(fitted(picture, *size), _CONVERSIONS[kind]), np.uint8)
    if kind == PixelFormat.NV12:
        chroma = converted[wanted.height_px :].reshape(2, -1)
        converted[wanted.height_px :] = chroma.T.reshape(-1, wanted.width_px)
    return np.ascontiguousarray(converted)
