"""The first virtual camera that can be opened, as one output."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.engine.core.errors import BackdropError, Message
from app.engine.output.sinks import Sink

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.engine.core.types import Composite


class FirstCamera(Sink):
    """Sends to the first camera that opens, in the given order; if none does, it says why of each."""

    title = "auto"

    has_fixed_size = True

    def __init__(self, cameras: Sequence[Sink]) -> None:
        self._cameras = cameras
        self._camera: Sink | None = None

    def open(self, height_px: int, width_px: int) -> None:
        reasons = []
        for camera in self._cameras:
            try:
                camera.open(height_px, width_px)
            except BackdropError as error:
                reasons.append(error.message)
                continue
            self._camera, self.title = camera, camera.title
            return
        raise BackdropError(Message.sequence(list(dict.fromkeys(reasons))))

    def send(self, composite: Composite) -> None:
        if self._camera is None:
            raise BackdropError("The virtual camera '{title}' is not open.", title=self.title)
        self._camera.send(composite)

    def close(self) -> None:
        camera, self._camera = self._camera, None
        if camera is not None:
            camera.close()

    def problem(self) -> BackdropError | None:
        return self._camera.problem() if self._camera else None

    def consumers(self) -> int | None:
        return self._camera.consumers() if self._camera else None

    def consumer_names(self) -> tuple[str, ...]:
        return self._camera.consumer_names() if self._camera else ()
