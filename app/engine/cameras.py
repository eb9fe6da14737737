"""Which cameras are there, by name, and opening one."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field

import cv2
from cv2_enumerate_cameras import enumerate_cameras

from app.engine import v4l2
from app.engine.errors import BackdropError
from app.engine.types import SourceSettings

_BACKENDS = {"linux": cv2.CAP_V4L2, "win32": cv2.CAP_MSMF, "darwin": cv2.CAP_AVFOUNDATION}


@dataclass(frozen=True, slots=True)
class CameraDevice:
    """One camera. `id` stays the same when others come and go; `index` is what OpenCV opens it by today."""

    id: str
    name: str
    index: int
    backend: int
    sizes: list[tuple[int, int]] = field(default_factory=list)
    """Width and height in pixels, largest first; empty where the system does not tell."""
    is_virtual: bool = False


def list_cameras() -> list[CameraDevice]:
    """The cameras that can be read now, real ones first."""
    found = []
    for info in enumerate_cameras(_BACKENDS.get(sys.platform, cv2.CAP_ANY)):
        sizes: list[tuple[int, int]] = []
        is_virtual = False
        identity = str(info.path or info.name)
        if sys.platform == "linux":
            device = v4l2.query(str(info.path))
            if device is None or not device.can_capture:
                continue
            sizes, is_virtual = v4l2.frame_sizes(device.path), device.is_loopback
            identity = v4l2.stable_id(device.path)
        found.append(CameraDevice(identity, info.name, info.index, info.backend, sizes, is_virtual))
    return sorted(found, key=lambda camera: camera.is_virtual)


def find_camera(wanted: str) -> CameraDevice:
    """A camera by id, name, index or device path; '' is the first. Raises BackdropError if there is none."""
    cameras = list_cameras()
    for camera in cameras:
        if wanted in ("", camera.id, camera.name, str(camera.index), f"/dev/video{camera.index}"):
            return camera
    if not cameras:
        raise BackdropError("No camera was found: plug one in, or close the program that uses it.")
    names = ", ".join(f"'{camera.name}'" for camera in cameras)
    raise BackdropError(f"There is no camera '{wanted}': the ones found are {names}.")


def open_capture(camera: CameraDevice, settings: SourceSettings) -> cv2.VideoCapture:
    """Open a camera near the wanted size and rate. Raises BackdropError if it cannot be had."""
    capture = cv2.VideoCapture(camera.index, camera.backend)
    if not capture.isOpened():
        capture.release()
        raise BackdropError(f"The camera '{camera.name}' cannot be opened: another program may be using it.")
    if settings.width_px > 640:
        # Uncompressed pictures this large do not fit through USB 2. Before the size, or it has no effect.
        capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
    capture.set(cv2.CAP_PROP_FRAME_WIDTH, settings.width_px)
    capture.set(cv2.CAP_PROP_FRAME_HEIGHT, settings.height_px)
    capture.set(cv2.CAP_PROP_FPS, settings.fps)
    capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
    return capture
