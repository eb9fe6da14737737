"""OBS's camera extension on macOS. Not yet seen on a real machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import cv2
import numpy as np

from app.engine.core.errors import BackdropError
from app.engine.devices.core_media_io import SinkStream, find_extension
from app.engine.output.sinks import Sink, fitted

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.engine.core.types import Composite, Picture


class Stream(Protocol):
    """What takes the pictures, of a size of its own."""

    width_px: int
    height_px: int

    def send(self, uyvy: Picture) -> bool:
        """Queue one picture, H x W x 2; False if the queue is full."""

    def close(self) -> None:
        """Stop the stream."""


class ObsExtensionCamera(Sink):
    """The camera "OBS Virtual Camera" of OBS 30 and later, on macOS 13 and later.

    The extension has one size; pictures are fitted into it. It does not tell whether somebody watches.
    """

    title = "OBS Virtual Camera"

    has_fixed_size = True

    def __init__(self, connect: Callable[[], Stream] = SinkStream) -> None:
        self._connect = connect
        self._stream: Stream | None = None

    def missing(self) -> BackdropError | None:
        try:
            find_extension()
        except BackdropError as error:
            return error
        return None

    def open(self, height_px: int, width_px: int) -> None:
        self._stream = self._connect()

    def send(self, composite: Composite) -> None:
        if self._stream is None:
            raise BackdropError("The virtual camera '{title}' is not open.", title=self.title)
        picture = fitted(composite.picture, self._stream.width_px, self._stream.height_px)
        uyvy = np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2YUV_UYVY), np.uint8)
        self._stream.send(np.ascontiguousarray(uyvy))  # One that finds the queue full is dropped.

    def close(self) -> None:
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.close()
