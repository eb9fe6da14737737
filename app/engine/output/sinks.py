"""The sinks: the contract of an output, and virtual cameras."""

from __future__ import annotations

import errno
import importlib
import os
import sys
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from app.engine.core.errors import BackdropError, Message, disk_reason
from app.engine.core.image_ops import contain, cover
from app.engine.devices import loopbacks, v4l2
from app.engine.devices.distributions import how_to_get_loopback
from app.engine.devices.open_files import programs_with
from app.engine.output.consumers import Consumers, consumers_of

if TYPE_CHECKING:
    from app.engine.core.types import Composite, Picture
    from app.engine.devices.microphones import Microphone


def how_to_get_one(platform: str = sys.platform) -> Message:
    """What to do for a virtual camera on this computer, as the end of a sentence."""
    if platform == "linux":
        return how_to_get_loopback()
    if platform == "darwin":
        return Message(
            "install OBS 30 or later in Applications, start its virtual camera once, allow it in System "
            "Settings, and stop it again"
        )
    return Message("install OBS Studio, or run UnityCapture's Install.bat as administrator")


_SAME_SHAPE = (
    0.02  # Largest difference of two ratios of width to height that are one shape, as 16:9 and 854x480.
)


class SinkEndedError(BackdropError):
    """An output has ended for good: opening it again would not help or would lose data."""


class Sink(ABC):
    """An output. Each method may block and may raise BackdropError: a SinkThread runs it."""

    title: str
    slots: int = 1
    """The length of the queue; if it is full, the oldest composite is dropped."""
    has_fixed_size: bool = False
    """Whether consumers do not follow a change of size: it is opened with a composite, not a placeholder."""

    @abstractmethod
    def open(self, height_px: int, width_px: int) -> None:
        """Open for pictures of about this size."""

    @abstractmethod
    def send(self, composite: Composite) -> None:
        """Send one picture: H x W x 3 BGR or H x W x 4 BGRA, of any size; not written, not kept."""

    @abstractmethod
    def close(self) -> None:
        """Close; does nothing if it is not open."""

    def missing(self) -> BackdropError | None:
        """What must be installed before it can be opened; None if nothing is known to be missing."""
        return None

    def hear(self, microphone: Microphone) -> None:  # noqa: B027  # most sinks have no sound
        """Use a microphone, unless it has one already; before it is opened."""

    def sound_level(self) -> float | None:
        """How loud its sound is (root mean square, 0 to 1); None if it has none now. Returns at once."""
        return None

    def problem(self) -> BackdropError | None:
        """What is wrong with the output although it takes pictures; None if nothing is."""
        return None

    def consumers(self) -> int | None:
        """The number of consumers while it is open; None if unknown."""
        return None

    def consumer_names(self) -> tuple[str, ...]:
        """The names of the consumers, as far as this user may see them."""
        return ()


class VirtualCamera(Sink):
    """A v4l2loopback device on Linux, which call programs see as a camera.

    'auto' takes the first usable one. Pictures of other sizes than the first are fitted.
    """

    has_fixed_size = True

    def __init__(self, device: str = "auto") -> None:
        self._wanted = device
        self._descriptor: int | None = None
        self._claim: int | None = None
        self._readers: Consumers | None = None
        self._size = 0, 0
        self.title = device

    def open(self, height_px: int, width_px: int) -> None:
        self._size = height_px // 2 * 2, width_px // 2 * 2
        reasons = []
        for path in self._candidates():
            try:
                self._descriptor = self._opened(path)
            except OSError as error:
                reasons.append(
                    Message(
                        "The virtual camera '{path}' cannot be used: {reason}.",
                        path=path,
                        reason=disk_reason(error),
                    )
                )
                continue
            self.title = path
            self._readers = consumers_of(self._descriptor, path)
            return
        raise BackdropError(Message.sequence(reasons))

    def send(self, composite: Composite) -> None:
        if self._descriptor is None:
            raise BackdropError("The virtual camera '{title}' is not open.", title=self.title)
        picture = fitted(composite.picture, self._size[1], self._size[0])
        yuyv = np.ascontiguousarray(cv2.cvtColor(picture, cv2.COLOR_BGR2YUV_YUY2))
        try:
            os.write(self._descriptor, yuyv.data)
        except OSError as error:
            raise BackdropError(
                "The virtual camera '{title}' is gone: {reason}.", title=self.title, reason=disk_reason(error)
            ) from error

    def close(self) -> None:
        if self._readers is not None:
            self._readers.close()
            self._readers = None
        for descriptor in (self._descriptor, self._claim):
            if descriptor is not None:
                os.close(descriptor)
        self._descriptor = self._claim = None

    def consumers(self) -> int | None:
        try:
            return self._readers.count() if self._readers else None
        except OSError as error:
            raise BackdropError(
                "The virtual camera '{title}' is gone: {reason}.", title=self.title, reason=disk_reason(error)
            ) from error

    def consumer_names(self) -> tuple[str, ...]:
        return tuple(sorted({name for _, name in programs_with(self.title)}))

    def _candidates(self) -> list[str]:
        if self._wanted != "auto":
            return [loopbacks.output_path(self._wanted)]
        found = [device.path for device in loopbacks.usable_outputs()]
        if not found:
            raise BackdropError("No virtual camera was found: {advice}.", advice=how_to_get_one())
        return found

    def _opened(self, path: str) -> int:
        """Open a device that no other program writes to. Raises OSError."""
        if loopbacks.is_fed_by_others(path):
            raise OSError(errno.EBUSY, "another program uses it")
        self._claim = loopbacks.claim(path, for_writing=True)
        try:
            if self._claim is None and os.access(path, os.W_OK):
                raise OSError(errno.EBUSY, "another program uses it")
            return v4l2.open_output(path, self._size[1], self._size[0])
        except OSError:
            self.close()
            raise


class OtherVirtualCamera(Sink):
    """OBS's or Unity Capture's virtual camera on Windows and macOS, through pyvirtualcam if it is installed.

    pyvirtualcam is GPLv2 and therefore not part of Backdrop: the user installs it.
    """

    has_fixed_size = True

    def __init__(self, device: str = "auto") -> None:
        self._wanted = None if device == "auto" else device
        self._camera: Any = None
        self.title = device

    def open(self, height_px: int, width_px: int) -> None:
        try:
            pyvirtualcam = importlib.import_module("pyvirtualcam")
        except ImportError:
            raise BackdropError("No virtual camera was found: {advice}.", advice=how_to_get_one()) from None
        try:
            self._camera = pyvirtualcam.Camera(
                width_px // 2 * 2,
                height_px // 2 * 2,
                fps=30,
                fmt=pyvirtualcam.PixelFormat.BGR,
                device=self._wanted,
            )
        except (RuntimeError, ValueError) as error:
            raise BackdropError(
                "The virtual camera cannot be used: {advice}.", advice=how_to_get_one()
            ) from error
        self.title = str(self._camera.device)

    def send(self, composite: Composite) -> None:
        picture = fitted(composite.picture, self._camera.width, self._camera.height)
        try:
            self._camera.send(picture)
        except RuntimeError as error:
            raise BackdropError("The virtual camera '{title}' is gone.", title=self.title) from error

    def close(self) -> None:
        if self._camera is not None:
            self._camera.close()
            self._camera = None


def fitted(picture: Picture, width_px: int, height_px: int) -> Picture:
    """Fit a picture into an output of a fixed size without transparency: H x W x 3."""
    picture = fitted_with_alpha(picture, width_px, height_px)
    return over_black(picture) if picture.shape[2] == 4 else picture


def fitted_with_alpha(picture: Picture, width_px: int, height_px: int) -> Picture:
    """Fit a picture into an output of a fixed size: with bars, or scaled if it has about the same shape."""
    height, width = picture.shape[:2]
    if (width, height) == (width_px, height_px):
        return picture
    is_same_shape = abs(width * height_px / (height * width_px) - 1) < _SAME_SHAPE
    return (cover if is_same_shape else contain)(picture, width_px, height_px)


def over_black(bgra: Picture) -> Picture:
    """Composite a transparent picture over black: H x W x 3."""
    alpha = cv2.cvtColor(bgra[..., 3], cv2.COLOR_GRAY2BGR)
    return np.asarray(cv2.multiply(np.ascontiguousarray(bgra[..., :3]), alpha, scale=1 / 255), np.uint8)
