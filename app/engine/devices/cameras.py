"""List, find and open cameras."""

from __future__ import annotations

import os
import re
import stat
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import cv2
from cv2_enumerate_cameras import enumerate_cameras

from app.engine.core.errors import BackdropError, Message
from app.engine.core.types import CaptureFormat
from app.engine.devices import loopbacks, v4l2

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
# Cameras for unlocking by face; some drivers cut the name.
_INFRARED_NAME = re.compile(r"(?<![A-Za-z])IR(?![a-z])|[Ii]nfra-?[Rr]ed|: Integrated I$")
_GREY_FORMATS = re.compile(r"GREY|Y\d+[BIP]?|Z16|IN[VZ][IZR]|L\d+|Y16 -BE")
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
    is_fed: bool = False
    """Whether a program sends pictures to a virtual camera."""

    @property
    def gives_pictures(self) -> bool:
        """False for a virtual camera that no program sends to."""
        return self.is_fed or not self.is_virtual

    @property
    def is_infrared(self) -> bool:
        """Whether it gives grey pictures alone, as the cameras for unlocking by face do."""
        is_grey = bool(self.pixel_formats) and all(map(_GREY_FORMATS.fullmatch, self.pixel_formats))
        return is_grey or bool(_INFRARED_NAME.search(self.name))

    @property
    def node(self) -> str:
        """The device file on Linux, '' elsewhere."""
        return v4l2.node(self.index) if sys.platform == "linux" else ""


def list_cameras() -> list[CameraDevice]:
    """The readable cameras, best first: colour, virtual ones that a program sends to, infrared, others.

    Backdrop's own virtual camera is not among them.
    """
    if sys.platform == "linux":
        found = [_camera(device) for device in v4l2.list_devices() if _is_choice(device)]
    else:
        found = [CameraDevice(str(i.path or i.name), i.name, i.index, i.backend) for i in _enumerated()]
    return sorted(
        found, key=lambda camera: (not camera.gives_pictures, camera.is_infrared, camera.is_virtual)
    )


def _is_choice(device: v4l2.VideoDevice) -> bool:
    return device.can_capture and not loopbacks.is_ours(device)


def _camera(device: v4l2.VideoDevice) -> CameraDevice:
    """A camera of Linux."""
    offered = v4l2.pixel_formats(device.path)
    sizes = sorted({s for of in offered.values() for s in of}, key=lambda s: s[0] * s[1], reverse=True)
    return CameraDevice(
        v4l2.stable_id(device.path),
        v4l2.driver_name(device.path) or device.name,
        int(device.path.rpartition("video")[2]),
        cv2.CAP_V4L2,
        sizes,
        device.is_loopback,
        list(offered),
        device.is_loopback and loopbacks.is_fed(device),
    )


def _enumerated() -> list[CameraInfo]:
    """The cameras of the system, each by the best backend that lists it."""
    told: list[CameraInfo] = []
    for backend in _BACKENDS.get(sys.platform, [cv2.CAP_ANY]):
        known = {info.name for info in told}
        told += [info for info in enumerate_cameras(backend) if info.name not in known]
    return told


def real_cameras() -> list[CameraDevice]:
    """The cameras that give pictures, best first: without virtual ones that no program sends to."""
    return [camera for camera in list_cameras() if camera.gives_pictures]


def names_device(spec: str) -> bool:
    """Whether a source is the number or the file of a device, even a missing one: 0, /dev/video0, a link."""
    if spec.isdigit() or spec.startswith((v4l2.node(""), f"{v4l2.DEV}/v4l/")):
        return True
    try:
        return stat.S_ISCHR(os.stat(spec).st_mode)  # noqa: PTH116  # a URL is no path
    except (OSError, ValueError):
        return False


def find_camera(wanted: str) -> CameraDevice:
    """A camera by id, name, number, device file or link to it; '' is the first. Raises BackdropError."""
    cameras = list_cameras()
    node = os.path.realpath(wanted) if "/" in wanted else ""
    for camera in cameras:
        if wanted in ("", camera.id, camera.name, str(camera.index)) or (node and node == camera.node):
            return camera
    for camera in cameras:
        if wanted.casefold() == camera.name.casefold():
            return camera
    raise _not_found(wanted, cameras)


def _not_found(wanted: str, cameras: list[CameraDevice]) -> BackdropError:
    path = v4l2.node(wanted) if wanted.isdigit() else wanted
    is_there = "/" in path and os.path.lexists(path)
    if is_there and not os.access(path, os.R_OK | os.W_OK):
        reason = Message("you do not have permission to read it: {advice}", advice=v4l2.HOW_TO_GET_PERMISSION)
        return BackdropError("The camera '{name}' cannot be opened: {reason}.", name=path, reason=reason)
    for device in v4l2.list_devices():
        if device.is_loopback and (os.path.realpath(path) == device.path or wanted == device.name):
            if loopbacks.is_ours(device):
                return BackdropError(
                    "'{name}' is Backdrop's own virtual camera: choose another source.", name=wanted
                )
            return BackdropError("No program sends pictures to the virtual camera '{name}'.", name=wanted)
    is_file = wanted.isdigit() or "/" in wanted
    names = ", ".join(f"'{c.name}' ({c.node})" if is_file and c.node else f"'{c.name}'" for c in cameras)
    if is_there and cameras:
        return BackdropError("'{path}' is not a camera: the ones found are {names}.", path=path, names=names)
    if is_there:
        return BackdropError("'{path}' is not a camera, and no other was found.", path=path)
    if not cameras:
        return BackdropError(NO_CAMERA)
    return BackdropError("There is no camera '{name}': the ones found are {names}.", name=wanted, names=names)


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
