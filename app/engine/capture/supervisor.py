"""Keep a source open while it is needed: detect stalls and errors, report them, retry."""

from __future__ import annotations

import threading
import time
from functools import partial
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from app.engine.capture.freeze_detector import FreezeDetector
from app.engine.capture.reader_thread import ReaderThread
from app.engine.core.errors import BackdropError
from app.engine.core.poller import Poller
from app.engine.core.types import Frame, Picture
from app.engine.devices.cameras import real_cameras

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.engine.capture.source import Source
    from app.engine.core.settings import SourceSettings

# Intervals and limits in seconds.
_POLL_S = 0.1
_OPENING_S = 5.0  # Cameras on a slow hub need up to 3 s.
_FIRST_PICTURE_S = 5.0
_STALLED_S = 0.8  # Together with the poll interval, a stall is reported within a second.
_FROZEN_S = 5.0  # The same frame for this long: the camera is frozen.
_RETRY_FIRST_S, _RETRY_LONGEST_S = 0.25, 2.0  # The interval doubles from the first to the longest.
_CAMERA_POLL_S = 2.0  # Between two searches for a camera while the demo plays.
_CLOSING_S = 1.0


class CaptureSupervisor:
    """Delivers frames of the source in the settings. Every method returns at once."""

    def __init__(
        self,
        settings: SourceSettings,
        open_source: Callable[[SourceSettings], Source],
        deliver: Callable[[Frame], None],
        report_error: Callable[[Exception | None], None],
        is_wanted: Callable[[], bool] = lambda: True,
        is_camera_there: Callable[[], bool] = lambda: bool(real_cameras()),
    ) -> None:
        """`report_error` gets errors, None once it works. While `is_wanted` is false, no source is open."""
        self._settings = settings
        self._open_source = open_source
        self._deliver = deliver
        self._report_error = report_error
        self._is_wanted = is_wanted
        self._is_camera_there = is_camera_there
        self._stopping = threading.Event()
        self._freeze_detector = FreezeDetector()
        self._index = self._scene = 0
        self._had_camera = False
        self.source: Source | None = None
        """The open source, or the last one."""
        self.is_camera_released = False
        """Whether no source is open because none is needed."""
        self.thread = threading.Thread(target=self._run, name="backdrop-capture", daemon=True)

    def update(self, settings: SourceSettings) -> None:
        """Use another source or another camera format."""
        self._settings = settings

    def stop(self) -> None:
        """Start to stop; the thread ends within a second, whatever the source does."""
        self._stopping.set()

    def _run(self) -> None:
        retry_s = _RETRY_FIRST_S
        wanted = self._settings
        while not self._stopping.is_set():
            if self._settings != wanted:
                wanted, self._had_camera, retry_s = self._settings, False, _RETRY_FIRST_S
            self.is_camera_released = not self._is_wanted()
            if self.is_camera_released:
                self._report_error(None)
                self._stopping.wait(_POLL_S)
                continue
            asked = msgspec.structs.replace(wanted, spec="camera") if self._had_camera else wanted
            self._scene += 1
            before = self._index
            reader = ReaderThread(partial(self._open_source, asked), self._on_picture)
            try:
                self._watch(reader, wanted)
                reader.stop()
                reader.has_ended(_CLOSING_S)  # The same device can be opened again afterwards.
            except Exception as error:
                reader.stop()
                self._report_error(error)
                retry_s = _RETRY_FIRST_S if self._index > before else min(2 * retry_s, _RETRY_LONGEST_S)
                self._wait(retry_s, wanted)
                # A hanging source is not opened a second time.
                while not reader.has_ended(0.0) and self._goes_on(wanted):
                    self._stopping.wait(_POLL_S)

    def _goes_on(self, wanted: SourceSettings) -> bool:
        return not self._stopping.is_set() and self._settings == wanted and self._is_wanted()

    def _wait(self, seconds: float, wanted: SourceSettings) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until and self._goes_on(wanted):
            self._stopping.wait(min(_POLL_S, seconds))

    def _watch(self, reader: ReaderThread, wanted: SourceSettings) -> None:
        """Return when the settings change; raise when the source fails."""
        camera_poller: Poller | None = None
        try:
            while self._goes_on(wanted):
                if reader.has_ended(_POLL_S):
                    raise reader.error or BackdropError("The source has ended.")
                source = reader.source
                if source is None:
                    if time.monotonic() - reader.began_at > _OPENING_S:
                        self._report_error(_no_answer(wanted.spec))
                    continue
                self._check(reader, source)
                if source.is_demo and wanted.spec == "auto":
                    camera_poller = camera_poller or Poller(self._is_camera_there, _CAMERA_POLL_S)
                    if camera_poller.is_true:
                        return
                # During a call the demo does not replace a camera that was unplugged.
                self._had_camera = wanted.spec == "auto" and not source.is_demo
        finally:
            if camera_poller is not None:
                camera_poller.stop()

    def _check(self, reader: ReaderThread, source: Source) -> None:
        now = time.monotonic()
        if source.is_live:
            limit_s = _FIRST_PICTURE_S if reader.last_at is None else _STALLED_S
            if now - (reader.last_at or reader.opened_at) > limit_s:
                raise BackdropError("The camera '{title}' has stopped giving pictures.", title=source.title)
        if reader.last_at is not None and self._is_frozen(source):
            if now - reader.opened_at > _STALLED_S:
                raise BackdropError(
                    "The camera '{title}' gives the same picture again and again.", title=source.title
                )
        elif reader.last_at is not None:
            self._report_error(None)

    def _is_frozen(self, source: Source) -> bool:
        return not source.may_stand_still and self._freeze_detector.seconds > _FROZEN_S

    def _on_picture(self, source: Source, bgr: Picture) -> None:
        self.source = source
        if not _is_picture(bgr):
            raise BackdropError(
                "'{title}' gives pictures of a kind that Backdrop cannot use.", title=source.title
            )
        if not source.may_stand_still:
            self._freeze_detector.add(bgr)
            if self._is_frozen(source):
                return
        self._deliver(Frame(self._index, time.monotonic(), bgr, self._scene))
        self._index += 1


def _is_picture(bgr: object) -> bool:
    """Whether this is a valid frame; some drivers give less."""
    if not isinstance(bgr, np.ndarray) or bgr.dtype != np.uint8:
        return False
    return bgr.ndim == 3 and bgr.shape[2] == 3 and bgr.size > 0


def _no_answer(spec: str) -> BackdropError:
    if spec == "auto" or spec.split(":")[0] == "camera":
        return BackdropError("The camera does not answer: unplug it and plug it in again.")
    return BackdropError("'{spec}' does not answer; Backdrop goes on waiting.", spec=spec)
