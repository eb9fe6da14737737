"""The sink stream of OBS's camera extension on macOS, through ctypes. Not yet seen on a real machine."""

from __future__ import annotations

import ctypes as c
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.engine.core.errors import BackdropError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

DEVICE_UID = "7626645E-4425-469E-9D8B-97E0FA59AC75"
OBS_FOLDERS = Path("/Applications/OBS.app"), Path.home() / "Applications/OBS.app"

_FRAMEWORKS = "CoreFoundation", "CoreVideo", "CoreMedia", "CoreMediaIO"
_SYSTEM_OBJECT = 1
_UTF8 = 0x08000100
_UYVY = int.from_bytes(b"2vuy", "big")
_SINK_INDEX = 1


class _Time(c.Structure):
    _fields_ = [("value", c.c_int64), ("scale", c.c_int32), ("flags", c.c_uint32), ("epoch", c.c_int64)]


class _Timing(c.Structure):
    _fields_ = [("duration", _Time), ("shown_at", _Time), ("decoded_at", _Time)]


class _Address(c.Structure):
    _fields_ = [("selector", c.c_uint32), ("scope", c.c_uint32), ("element", c.c_uint32)]


class _Dimensions(c.Structure):
    _fields_ = [("width", c.c_int32), ("height", c.c_int32)]


_QueueAltered = c.CFUNCTYPE(None, c.c_uint32, c.c_void_p, c.c_void_p)
_P, _U32, _OUT = c.c_void_p, c.c_uint32, c.POINTER(c.c_void_p)
_FUNCTIONS: dict[str, tuple[Any, list[Any]]] = {
    "CFRelease": (None, [_P]),
    "CFStringGetCString": (c.c_bool, [_P, c.c_char_p, c.c_long, _U32]),
    "CFDictionaryCreate": (_P, [_P, _OUT, _OUT, c.c_long, _P, _P]),
    "CVPixelBufferCreate": (c.c_int32, [_P, c.c_size_t, c.c_size_t, _U32, _P, _OUT]),
    "CVPixelBufferLockBaseAddress": (c.c_int32, [_P, c.c_uint64]),
    "CVPixelBufferUnlockBaseAddress": (c.c_int32, [_P, c.c_uint64]),
    "CVPixelBufferGetBaseAddress": (_P, [_P]),
    "CVPixelBufferGetBytesPerRow": (c.c_size_t, [_P]),
    "CMClockGetHostTimeClock": (_P, []),
    "CMClockGetTime": (_Time, [_P]),
    "CMSimpleQueueGetCount": (c.c_int32, [_P]),
    "CMSimpleQueueGetCapacity": (c.c_int32, [_P]),
    "CMSimpleQueueEnqueue": (c.c_int32, [_P, _P]),
    "CMVideoFormatDescriptionCreateForImageBuffer": (c.c_int32, [_P, _P, _OUT]),
    "CMVideoFormatDescriptionGetDimensions": (_Dimensions, [_P]),
    "CMSampleBufferCreateReadyWithImageBuffer": (c.c_int32, [_P, _P, _P, c.POINTER(_Timing), _OUT]),
    "CMIOObjectGetPropertyDataSize": (c.c_int32, [_U32, c.POINTER(_Address), _U32, _P, c.POINTER(_U32)]),
    "CMIOObjectGetPropertyData": (
        c.c_int32,
        [_U32, c.POINTER(_Address), _U32, _P, _U32, c.POINTER(_U32), _P],
    ),
    "CMIOStreamCopyBufferQueue": (c.c_int32, [_U32, _QueueAltered, _P, _OUT]),
    "CMIODeviceStartStream": (c.c_int32, [_U32, _U32]),
    "CMIODeviceStopStream": (c.c_int32, [_U32, _U32]),
}


class SinkStream:
    """The stream that the extension shows to call programs: UYVY pictures of `width_px` x `height_px`."""

    def __init__(self, starts: bool = True) -> None:
        """Find the extension and start its stream. Raises BackdropError, which names the missing step."""
        self._call = _functions()
        self._altered = _QueueAltered(lambda *_: None)  # Without one there is no queue.
        self._queue: int | None = None
        self._attributes: int | None = None
        self._device = self._found_device()
        streams = self._ids(self._device, b"stm#")
        if len(streams) <= _SINK_INDEX:
            raise BackdropError("OBS's virtual camera is too old: install OBS 30 or later.")
        self._stream = streams[_SINK_INDEX]
        self.width_px, self.height_px = self._size()
        if not starts:
            return
        self._attributes = self._surface_attributes()
        queue = c.c_void_p()
        if self._call["CMIOStreamCopyBufferQueue"](self._stream, self._altered, None, c.byref(queue)) or not (
            queue.value
        ):
            raise BackdropError("OBS's virtual camera does not take pictures: stop it in OBS, then restart.")
        self._queue = queue.value
        if self._call["CMIODeviceStartStream"](self._device, self._stream):
            self.close()
            raise BackdropError("OBS's virtual camera does not take pictures: stop it in OBS, then restart.")

    def send(self, uyvy: npt.NDArray[np.uint8]) -> bool:
        """Queue one picture, H x W x 2; False if the queue is full. Raises BackdropError if it is gone."""
        call = self._call
        if call["CMSimpleQueueGetCount"](self._queue) >= call["CMSimpleQueueGetCapacity"](self._queue):
            return False
        pixels, description, sample = c.c_void_p(), c.c_void_p(), c.c_void_p()
        try:
            self._check(
                call["CVPixelBufferCreate"](
                    None, self.width_px, self.height_px, _UYVY, self._attributes, c.byref(pixels)
                )
            )
            self._copy(uyvy, pixels)
            self._check(
                call["CMVideoFormatDescriptionCreateForImageBuffer"](None, pixels, c.byref(description))
            )
            now = call["CMClockGetTime"](call["CMClockGetHostTimeClock"]())
            timing = _Timing(_Time(1, 30, 1, 0), now, _Time())
            self._check(
                call["CMSampleBufferCreateReadyWithImageBuffer"](
                    None, pixels, description, c.byref(timing), c.byref(sample)
                )
            )
            self._check(call["CMSimpleQueueEnqueue"](self._queue, sample))
            sample = c.c_void_p()  # The reader of the queue releases it.
        finally:
            for thing in (sample, description, pixels):
                if thing.value:
                    call["CFRelease"](thing)
        return True

    def close(self) -> None:
        """Stop the stream."""
        queue, self._queue = self._queue, None
        if queue is not None:
            self._call["CMIODeviceStopStream"](self._device, self._stream)
            self._call["CFRelease"](queue)
        attributes, self._attributes = self._attributes, None
        if attributes is not None:
            self._call["CFRelease"](attributes)

    def _copy(self, uyvy: npt.NDArray[np.uint8], pixels: c.c_void_p) -> None:
        call = self._call
        self._check(call["CVPixelBufferLockBaseAddress"](pixels, 0))
        base, row_bytes = (
            call["CVPixelBufferGetBaseAddress"](pixels),
            call["CVPixelBufferGetBytesPerRow"](pixels),
        )
        for y, row in enumerate(uyvy):
            c.memmove(base + y * row_bytes, row.ctypes.data, row.nbytes)
        call["CVPixelBufferUnlockBaseAddress"](pixels, 0)

    def _check(self, status: int) -> None:
        if status:
            raise BackdropError("The virtual camera '{title}' is gone.", title="OBS Virtual Camera")

    def _found_device(self) -> int:
        for device in self._ids(_SYSTEM_OBJECT, b"dev#"):
            text = self._pointer(device, b"uid ")
            if text:
                room = c.create_string_buffer(128)
                self._call["CFStringGetCString"](text, room, len(room), _UTF8)
                self._call["CFRelease"](text)
                if room.value.decode() == DEVICE_UID:
                    return device
        if not any(folder.exists() for folder in OBS_FOLDERS):
            raise BackdropError("OBS is not installed: install OBS 30 or later in Applications.")
        raise BackdropError(
            "OBS's camera extension is not active: press Start Virtual Camera in OBS once, allow it in "
            "System Settings, General, Login Items and Extensions, Camera Extensions, then restart the Mac."
        )

    def _size(self) -> tuple[int, int]:
        description = self._pointer(self._stream, b"pft ")
        if not description:
            return 1920, 1080
        size = self._call["CMVideoFormatDescriptionGetDimensions"](description)
        self._call["CFRelease"](description)
        return int(size.width), int(size.height)

    def _surface_attributes(self) -> int | None:
        """The attributes of a buffer that another process can read: an IOSurface."""
        foundation, video = (c.CDLL(_path(name)) for name in _FRAMEWORKS[:2])
        key_calls, value_calls = (
            c.addressof(c.c_char.in_dll(foundation, f"kCFTypeDictionary{kind}CallBacks"))
            for kind in ("Key", "Value")
        )
        create = self._call["CFDictionaryCreate"]
        empty = create(None, None, None, 0, key_calls, value_calls)
        key = c.c_void_p.in_dll(video, "kCVPixelBufferIOSurfacePropertiesKey").value
        one = c.c_void_p * 1
        attributes = create(None, one(key), one(empty), 1, key_calls, value_calls)
        self._call["CFRelease"](empty)
        return int(attributes) if attributes else None

    def _ids(self, owner: int, selector: bytes) -> list[int]:
        address, size = _address(selector), c.c_uint32()
        if self._call["CMIOObjectGetPropertyDataSize"](owner, c.byref(address), 0, None, c.byref(size)):
            return []
        found = (c.c_uint32 * (size.value // 4))()
        used = c.c_uint32()
        if self._call["CMIOObjectGetPropertyData"](
            owner, c.byref(address), 0, None, size, c.byref(used), found
        ):
            return []
        return list(found[: used.value // 4])

    def _pointer(self, owner: int, selector: bytes) -> int | None:
        """A property that is an object, which the caller releases."""
        address, used, value = _address(selector), c.c_uint32(), c.c_void_p()
        size = c.sizeof(value)
        refused = self._call["CMIOObjectGetPropertyData"](
            owner, c.byref(address), 0, None, size, c.byref(used), c.byref(value)
        )
        return None if refused else value.value


def find_extension() -> None:
    """Raise BackdropError, which names the missing step, if OBS's camera extension is not there."""
    SinkStream(starts=False)


def _address(selector: bytes) -> _Address:
    return _Address(int.from_bytes(selector, "big"), int.from_bytes(b"glob", "big"), 0)


def _path(framework: str) -> str:
    return f"/System/Library/Frameworks/{framework}.framework/{framework}"


def _functions() -> dict[str, Any]:
    """The system's functions by name. Raises BackdropError if this system lacks one."""
    if sys.platform != "darwin":
        raise BackdropError("This virtual camera exists on macOS only.")
    try:
        libraries = [c.CDLL(_path(name)) for name in _FRAMEWORKS]
        found = {}
        for name, (result, arguments) in _FUNCTIONS.items():
            function = next(getattr(library, name) for library in libraries if hasattr(library, name))
            function.restype, function.argtypes = result, arguments
            found[name] = function
    except (OSError, StopIteration):
        raise BackdropError("OBS's camera extension needs macOS 13 or later.") from None
    return found
