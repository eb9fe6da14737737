"""The two reference pipelines of `bench`, written from their documented steps.

Both run under Backdrop's conditions: one OpenCV thread, the network on the CPU.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import cv2
import numpy as np
import onnxruntime as ort

from app.engine.core.errors import BackdropError
from app.engine.core.pyramid import shrunk
from app.engine.core.types import Alpha, Frame, Picture

if TYPE_CHECKING:
    from pathlib import Path

    from app.engine.pipeline.pipeline import OnStage

Infer = Callable[[Frame], Alpha]

_LANDSCAPE_SIZE = 144, 256


class LinuxFakeBackground:
    """The steps of Linux-Fake-Background-Webcam (fakecam.py): blur all, smooth the mask, blend all."""

    name = "LF-like"

    def __init__(self, infer: Infer) -> None:
        """infer: a frame to raw alpha of any size."""
        self._infer = infer

    def __call__(self, frame: Frame, on_stage: OnStage) -> Picture:
        bgr = frame.bgr
        height, width = bgr.shape[:2]
        raw = self._infer(frame)
        on_stage("network")
        mask = cv2.resize(raw, (width, height), interpolation=cv2.INTER_LINEAR)
        mask = cv2.GaussianBlur(mask, (7, 7), 0)
        mask = cv2.dilate(mask, np.ones((5, 5), np.uint8))
        mask = cv2.blur(mask, (10, 10))
        on_stage("mask")
        background = cv2.GaussianBlur(bgr, (21, 21), 0)
        on_stage("blur")
        picture = cv2.blendLinear(bgr, background, mask, 1.0 - mask)
        on_stage("blend")
        return np.asarray(picture, np.uint8)


class Floor:
    """The minimum of any pipeline on a CPU: shrink, network, enlarge, one blend."""

    name = "floor"

    def __init__(self, infer: Infer, background: Picture) -> None:
        """background: of the size of the frames."""
        self._infer = infer
        self._background = background

    def __call__(self, frame: Frame, on_stage: OnStage) -> Picture:
        raw = self._infer(frame)
        on_stage("network")
        alpha = cv2.resize(raw, frame.bgr.shape[1::-1], interpolation=cv2.INTER_LINEAR)
        on_stage("enlarge")
        picture = cv2.blendLinear(frame.bgr, self._background, alpha, 1.0 - alpha)
        on_stage("blend")
        return np.asarray(picture, np.uint8)


def landscape_network(path: Path, threads: int) -> Infer:
    """MediaPipe's landscape network: float RGB of 256x144 in, two logits per pixel out.

    Raises BackdropError for any other file.
    """
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 4
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        session = ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        shapes = [list(end.shape) for end in (*session.get_inputs(), *session.get_outputs())]
    except Exception as error:  # onnxruntime's exceptions have no common base class.
        raise BackdropError(
            "'{path}' cannot be loaded: it is missing, or not a network.", path=path
        ) from error
    if shapes != [[1, *_LANDSCAPE_SIZE, 3], [1, *_LANDSCAPE_SIZE, 2]]:
        raise BackdropError(
            "'{path}' is not MediaPipe's landscape network: its ends are {shapes}.", path=path, shapes=shapes
        )
    name = session.get_inputs()[0].name

    def infer(frame: Frame) -> Alpha:
        rgb = cv2.cvtColor(shrunk(frame, *_LANDSCAPE_SIZE), cv2.COLOR_BGR2RGB)
        (logits,) = session.run(None, {name: np.float32(rgb[None]) / np.float32(255)})
        # The softmax of two logits is the sigmoid of their difference.
        return np.asarray(1 / (1 + np.exp(logits[0, ..., 0] - logits[0, ..., 1])), np.float32)

    return infer
