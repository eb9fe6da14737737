"""UnityCapture's virtual camera on Windows, through its named objects. Not yet seen on a real machine."""

from __future__ import annotations

import struct
import time
from typing import TYPE_CHECKING

import cv2

from app.engine.core.errors import BackdropError
from app.engine.devices.spa_pod import PixelFormat, VideoFormat
from app.engine.devices.windows_objects import UNITY_CAPTURE_CLASS, named_objects
from app.engine.output.pipewire_camera import planes
from app.engine.output.sinks import Sink

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.engine.core.types import Composite
    from app.engine.devices.windows_objects import Handle, NamedObjects

MUTEX, WANT, SENT, DATA = (f"UnityCapture_{part}" for part in ("Mutx", "Want", "Sent", "Data"))
# Behind the size of the pixels' room: width, height, stride in pixels, format, resize, mirror, timeout in ms.
_FIELDS = struct.Struct("<7i")
_SIZE = struct.Struct("<I")
PIXELS_AT = _SIZE.size + _FIELDS.size
_RGBA, _RESIZE, _NO_MIRROR, _TIMEOUT_MS = 0, 1, 0, 5000
_LARGEST = 3840, 2160
_LOCK_MS = 200
# A reader asks for the next frame at the latest 0.2 s after the one before.
_WATCHED_S = 1.0


class UnityCaptureCamera(Sink):
    """The camera "Unity Video Capture". A program that reads it makes its objects, and asks for each frame.

    The size of the first picture stays until it is closed; a reader with another size scales.
    """

    title = "Unity Video Capture"

    has_fixed_size = True

    def __init__(self, objects: Callable[[], NamedObjects] = named_objects) -> None:
        self._get_objects = objects
        self._objects: NamedObjects | None = None
        self._handles: tuple[Handle, Handle, Handle, Handle] | None = None
        self._format = VideoFormat(PixelFormat.RGBA, 2, 2, 30)
        self._asked_at = 0.0
        self._has_sent = False

    def missing(self) -> BackdropError | None:
        try:
            if self._get_objects().is_registered(UNITY_CAPTURE_CLASS):
                return None
        except BackdropError as error:
            return error
        return BackdropError("UnityCapture is not installed: run its Install.bat as administrator.")

    def open(self, height_px: int, width_px: int) -> None:
        missing = self.missing()
        if missing:
            raise missing
        scale = min(1.0, _LARGEST[0] / width_px, _LARGEST[1] / height_px)
        self._format = VideoFormat(PixelFormat.RGBA, int(width_px * scale), int(height_px * scale), 30)
        self._objects, self._has_sent = self._get_objects(), False

    def send(self, composite: Composite) -> None:
        objects, handles = self._connected()
        if handles is None:
            return  # No program has opened the camera yet.
        mutex, _, sent, data = handles
        # The filter hands the rows to DirectShow as they come, and there the lowest is the first.
        pixels = cv2.flip(planes(composite.picture, self._format), 0)
        room_bytes = min(_SIZE.unpack_from(data.memory)[0], len(data.memory) - PIXELS_AT)
        if pixels.nbytes > room_bytes or not objects.wait(mutex, _LOCK_MS):
            return
        try:
            size = self._format.width_px, self._format.height_px
            _FIELDS.pack_into(data.memory, 4, *size, size[0], _RGBA, _RESIZE, _NO_MIRROR, _TIMEOUT_MS)
            data.memory[PIXELS_AT : PIXELS_AT + pixels.nbytes] = pixels.reshape(-1).data
        finally:
            objects.unlock(mutex)
        objects.signal(sent)
        self._has_sent = True

    def close(self) -> None:
        handles, self._handles, self._objects = self._handles, None, None
        for handle in handles or ():
            handle.close()

    def consumers(self) -> int | None:
        """1 while there are any: their requests do not say from how many they come."""
        objects, handles = self._connected()
        if handles is None:
            return 0
        now = time.monotonic()
        if objects.wait(handles[1], 0):
            self._asked_at = now
        # Readers ask only once there has been a frame.
        return int(not self._has_sent or now - self._asked_at < _WATCHED_S)

    def _connected(self) -> tuple[NamedObjects, tuple[Handle, Handle, Handle, Handle] | None]:
        """The objects, and those of the readers: mutex, Want, Sent, Data; None before there is a reader."""
        if self._objects is None:
            raise BackdropError("The virtual camera '{title}' is not open.", title=self.title)
        objects = self._objects
        if self._handles is None:
            opened: list[Handle] = []
            for make, name in (
                (objects.open_mutex, MUTEX),
                (objects.create_event, WANT),
                (objects.open_event, SENT),
                (objects.open_memory, DATA),
            ):
                handle = make(name)
                if handle is None:
                    break
                opened.append(handle)
            if len(opened) == 4:
                self._handles = opened[0], opened[1], opened[2], opened[3]
                self._asked_at, self._has_sent = time.monotonic(), False
            else:
                for handle in opened:
                    handle.close()
        return objects, self._handles
