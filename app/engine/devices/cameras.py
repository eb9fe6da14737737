"""List, find and open cameras."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import cv2
from cv2_enumerate_cameras import enumerate_cameras

from app.engine.core.errors import BackdropError, Message
from app.engine.core.types import CaptureFormat
from app.engine.devices import v4l2

if TYPE_CHECKING:
    from cv2_enumerate_cameras.camera_info import CameraInfo

    from app.engine.core.settings import SourceSettings

# Best first. Only DirectShow knows some virtual cameras of Windows.
_BACKENDS = {
    "linux": [cv2.CAP_V4L2],
    "win32": [cv2.CAP_MSMF, cv2.CAP_DSHOW],
    "darwin": [cv2.CAP_AVFOUNDATION],
}
_USUAL_REASONS = {
    "darwin": "allow it in System Settings, Privacy and Security, Camera",
    "win32": "another program may be using it, or Settings, Privacy and security, Camera forbids it",
}
_LARGEST_UNCOMPRESSED_PX = 640 * 480
NO_CAMERA = Message("No camera was found: plug one in, or close the program that uses it.")


@dataclass(frozen=True, slots=True)
class CameraDevice:
    """One camera. `id` is stable; `index` is OpenCV's current number for it."""

    id: str
    name: str
    index: int
    backend: int
    sizes: list[tuple[int, int]] = field(default_factory=list)
    """Width and height in pixels, largest first; empty if unknown."""
    is_virtual: bool = False
    pixel_formats: list[str] = field(default_factory=list)
    """The four-letter code of each format; empty if unknown."""

    @property
    def node(self) -> str:
        """The device file on Linux, '' elsewhere."""
        return f"/dev/video{self.index}" if sys.platform == "linux" else ""


def list_cameras() -> list[CameraDevice]:
    """The readable cameras, real ones before virtual ones."""
    found: list[CameraDevice] = []
    for info in _enumerated():
        offered: dict[str, list[tuple[int, int]]] = {}
        is_virtual = False
        identity = str(info.path or info.name)
        if sys.platform == "linux":
            device = v4l2.query(str(info.path))
            if device is None or not device.can_capture:
                continue
            offered, is_virtual = v4l2.pixel_formats(device.path), device.is_loopback
            identity = v4l2.stable_id(device.path)
        sizes = sorted({s for of in offered.values() for s in of}, key=lambda s: s[0] * s[1], reverse=True)
        camera = CameraDevice(identity, info.name, info.index, info.backend, sizes, is_virtual, list(offered))
        found.append(camera)
    return sorted(found, key=lambda camera: camera.is_virtual)


def _enumerated() -> list[CameraInfo]:
    """The cameras of the system, each by the best backend that lists it."""
    told: list[CameraInfo] = []
    for backend in _BACKENDS.get(sys.platform, [cv2.CAP_ANY]):
        known = {info.name for info in told}
        told += [info for info in enumerate_cameras(backend) if info.name not in known]
    return told


def real_cameras() -> list[CameraDevice]:
    """The readable cameras without the virtual ones."""
    return [camera for camera in list_cameras() if not camera.is_virtual]


def find_camera(wanted: str) -> CameraDevice:
    """A camera by id, name, index or device path; '' is the first. Raises BackdropError if there is none."""
    cameras = list_cameras()
    for camera in cameras:
        if wanted in ("", camera.id, camera.name, str(camera.index), f"/dev/video{camera.index}"):
            return camera
    if not cameras:
        raise BackdropError(NO_CAMERA)
    names = ", ".join(f"'{camera.name}'" for camera in cameras)
    raise BackdropError("There is no camera '{name}': the ones found are {names}.", name=wanted, names=names)


def asked_format(camera: CameraDevice, settings: SourceSettings) -> CaptureFormat:
    """The format to request from a camera; `pixel_format` is '' if its default is as good."""
    pixel_format = "" if settings.pixel_format == "auto" else settings.pixel_format
    if not pixel_format and settings.width_px * settings.height_px > _LARGEST_UNCOMPRESSED_PX:
        offered = camera.pixel_formats or ["MJPG"]
        pixel_format = next((letters for letters in ("MJPG", "YUYV") if letters in offered), "")
    return CaptureFormat(settings.width_px, settings.height_px, settings.fps, pixel_format)


def open_capture(camera: CameraDevice, asked: CaptureFormat) -> cv2.VideoCapture:
    """Open a camera with a format close to the requested one. Raises BackdropError if it cannot be opened."""
    capture = cv2.VideoCapture(camera.index, camera.backend)
    if not capture.isOpened():
        capture.release()
        raise cannot_open(camera)
    if asked.pixel_format:
        # Before the size; later it has no effect.
        capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*asked.pixel_format))
    capture.set(cv2.CAP_PROP_FRAME_WIDTH, asked.width_px)
    capture.set(cv2.CAP_PROP_FRAME_HEIGHT, asked.height_px)
    capture.set(cv2.CAP_PROP_FPS, asked.fps)
    capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
    return capture


def got_format(capture: cv2.VideoCapture) -> CaptureFormat:
    """The actual format of an open camera, as its driver reports it."""
    letters = int(capture.get(cv2.CAP_PROP_FOURCC)).to_bytes(4, "little", signed=True)
    return CaptureFormat(
        int(capture.get(cv2.CAP_PROP_FRAME_WIDTH)),
        int(capture.get(cv2.CAP_PROP_FRAME_HEIGHT)),
        round(capture.get(cv2.CAP_PROP_FPS), 2),
        letters.decode("ascii", "replace").strip() if letters.isalnum() else "",
    )


def cannot_open(camera: CameraDevice) -> BackdropError:
    """The error for a camera that cannot be opened."""
    reason = v4l2.why_no_pictures(camera.node) if camera.node else ""
    usual = _USUAL_REASONS.get(sys.platform, Message("another program may be using it"))
    return BackdropError(
        "The camera '{name}' cannot be opened: {reason}.", name=camera.name, reason=reason or usual
    )


def is_unplugged(camera: CameraDevice) -> bool:
    """Whether a camera is certainly gone. OpenCV may keep returning its last picture."""
    return bool(camera.node) and not os.path.exists(camera.node)  # noqa: PTH110  # asked for every frame
