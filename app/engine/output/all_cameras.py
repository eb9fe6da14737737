"""Every virtual camera that this computer has, as one output."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from app.engine.core.errors import BackdropError
from app.engine.output.sinks import Sink

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.engine.core.types import Composite

_RETRY_S = 5.0


class AllCameras(Sink):
    """Sends to each virtual camera that can be opened; tries the others again every few seconds.

    It fails only if none works, with the error of the first.
    """

    title = "auto"
    has_fixed_size = True

    def __init__(self, cameras: Sequence[Sink]) -> None:
        self._cameras = cameras
        self._open: list[Sink] = []
        self._size = 0, 0
        self._tried_at = 0.0

    def open(self, height_px: int, width_px: int) -> None:
        self._size = height_px, width_px
        errors = self._open_missing()
        if not self._open:
            raise errors[0]

    def send(self, composite: Composite) -> None:
        if time.monotonic() - self._tried_at > _RETRY_S:
            self._open_missing()
        for camera in tuple(self._open):
            try:
                camera.send(composite)
            except BackdropError as error:
                self._lose(camera, error)

    def close(self) -> None:
        for camera in self._cameras:
            camera.close()
        self._open = []

    def consumers(self) -> int | None:
        """The sum; None if one of them does not know and no other has consumers."""
        counts = []
        for camera in tuple(self._open):
            try:
                counts.append(camera.consumers())
            except BackdropError as error:
                self._lose(camera, error)
        total = sum(count or 0 for count in counts)
        return None if None in counts and not total else total

    def consumer_names(self) -> tuple[str, ...]:
        return tuple(name for camera in self._open for name in camera.consumer_names())

    def _open_missing(self) -> list[BackdropError]:
        errors = []
        for camera in self._cameras:
            if camera not in self._open:
                try:
                    camera.open(*self._size)
                    self._open.append(camera)
                except BackdropError as error:
                    errors.append(error)
        self._tried_at = time.monotonic()
        self.title = ", ".join(camera.title for camera in self._open) or "auto"
        return errors

    def _lose(self, camera: Sink, error: BackdropError) -> None:
        """Close one of them; if it was the last, raise its error."""
        camera.close()
        self._open.remove(camera)
        if not self._open:
            raise error
