"""The loopback devices of v4l2loopback: which of them are cameras, and which ones Backdrop may write to.

A program writes pictures into such a device and others read them from it as from a camera. Some belong to
other programs: OBS, a phone's camera, the relay of a MIPI camera.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from app.engine.devices import v4l2
from app.engine.devices.open_files import open_modes_of_others

if TYPE_CHECKING:
    from app.engine.devices.v4l2 import VideoDevice

if sys.platform == "linux":
    import fcntl

OUR_NAME = "Backdrop"
"""The label of the loopback that our advice makes."""


def is_ours(device: VideoDevice) -> bool:
    """Whether a loopback is Backdrop's own output: it has our label, or some Backdrop writes to it."""
    return device.is_loopback and (has_our_name(device) or not _can_be_claimed(device.path))


def has_our_name(device: VideoDevice) -> bool:
    """Whether a loopback has the label that our advice gives it."""
    return device.name.casefold().startswith(OUR_NAME.casefold())


def is_fed(device: VideoDevice) -> bool:
    """Whether some program writes pictures into a loopback, as far as this user may see."""
    if device.can_capture != device.can_output:
        return device.can_capture  # With exclusive_caps it is a camera only while a program writes.
    others = open_modes_of_others(device.path)
    if has_our_name(device):
        return os.O_WRONLY in others  # A call that waits for our pictures opens it for both.
    return os.O_WRONLY in others or os.O_RDWR in others or v4l2.has_fixed_format(device.path)


def outputs() -> list[VideoDevice]:
    """The loopbacks that Backdrop uses or may use."""
    found = [device for device in v4l2.list_devices() if device.is_loopback]
    return [d for d in found if is_ours(d) or (d.can_output and not is_fed(d))]


def usable_outputs() -> list[VideoDevice]:
    """The loopbacks that Backdrop may write to, those with our label first."""
    found = [d for d in v4l2.list_devices() if d.is_loopback and d.can_output and not is_fed(d)]
    return sorted(found, key=lambda device: not has_our_name(device))


def output_path(wanted: str) -> str:
    """The device file of an output that is given by number, by name, or by a path or link."""
    if wanted.isdigit():
        return v4l2.node(wanted)
    if "/" not in wanted:
        named = [
            d.path for d in v4l2.list_devices() if d.is_loopback and d.name.casefold() == wanted.casefold()
        ]
        return named[0] if named else wanted
    return wanted


def is_fed_by_others(path: str) -> bool:
    """Whether another program certainly writes into this device."""
    device = v4l2.query(path)
    if device is None or not device.is_loopback or not is_fed(device):
        return False
    # v4l2loopback 0.12 goes on claiming a writer that has ended.
    others = open_modes_of_others(path)
    return os.O_WRONLY in others or os.O_RDWR in others


def claim(path: str, for_writing: bool) -> int | None:
    """Mark a device as our output or our source; return a descriptor to close later, or None if refused.

    No device is a source and an output of Backdrop at once, and none is the output of two.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_EX if for_writing else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor


def _can_be_claimed(path: str) -> bool:
    descriptor = claim(path, for_writing=False)
    if descriptor is not None:
        with suppress(OSError):
            os.close(descriptor)
    return descriptor is not None
