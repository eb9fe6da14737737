"""A camera as source."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import cv2
import numpy as np

from app.engine.capture.source import Source
from app.engine.core.errors import BackdropError
from app.engine.devices import loopbacks
from app.engine.devices.cameras import (
    asked_format,
    cannot_open,
    find_camera,
    got_format,
    is_unplugged,
    open_capture,
)

if TYPE_CHECKING:
    from app.engine.core.settings import SourceSettings
    from app.engine.core.types import Picture
    from app.engine.devices.cameras import CameraDevice


class CameraSource(Source):
    """A camera by id, name, number or device file; '' is the first one."""

    is_live = True

    def __init__(self, wanted: str, settings: SourceSettings) -> None:
        self._camera = find_camera(wanted)
        self.title = self._camera.name
        self._claim = _claimed(self._camera)
        self.may_stand_still = self._camera.is_virtual  # It may show a still picture.
        self.asked = asked_format(self._camera, settings)
        try:
            self._capture = open_capture(self._camera, self.asked)
        except BackdropError:
            self._release_claim()
            raise
        self._stamp_ms = 0.0

    def read(self) -> Picture:
        while not is_unplugged(self._camera):
            is_read, bgr = self._capture.read()
            if not is_read:
                break
            stamp_ms = self._capture.get(cv2.CAP_PROP_POS_MSEC)
            if stamp_ms and stamp_ms == self._stamp_ms:
                time.sleep(0.005)  # The driver returned the last picture again.
                continue
            self._stamp_ms = stamp_ms
            if self.got is None:
                self.got = got_format(self._capture)
            return np.asarray(bgr, np.uint8)
        if is_unplugged(self._camera):
            raise BackdropError("The camera '{title}' was unplugged.", title=self.title)
        if self.got is None:
            raise cannot_open(self._camera)
        raise BackdropError(
            "The camera '{title}' gives no more pictures: is it still plugged in?", title=self.title
        )

    def close(self) -> None:
        self._capture.release()
        self._release_claim()

    def _release_claim(self) -> None:
        claim, self._claim = self._claim, None
        if claim is not None:
            os.close(claim)


def _claimed(camera: CameraDevice) -> int | None:
    """Keep Backdrop from writing into a virtual camera that it reads; a descriptor to close."""
    if not camera.is_virtual or not camera.node:
        return None
    claim = loopbacks.claim(camera.node, for_writing=False)
    if claim is None:
        raise cannot_open(camera)
    return claim
