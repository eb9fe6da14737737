"""Baselines: networks by others that we compare with, and how each is fed and read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import cv2
import numpy as np
import onnxruntime as ort

from models.evaluation.predict import Alpha, Predictor, resized

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

# Form of the output: two channels (background, person) on the last or first axis, or person only.
Reading = Literal["logits last", "softmax first", "probability last"]


class BaselineError(Exception):
    """The file is not a baseline in `BASELINES`, cannot be loaded, or differs from its description."""


@dataclass(frozen=True)
class Baseline:
    """Input and output of one baseline.

    size: height, width of the input. order: of the colour channels. layout: of the input. mean, std: in units
    of a uint8 pixel, one per channel, in the network's channel order. letterbox: the photo keeps its aspect
    ratio, and the mean colour fills the rest.
    """

    size: tuple[int, int]
    order: Literal["BGR", "RGB"]
    layout: Literal["NHWC", "NCHW"]
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    reading: Reading
    letterbox: bool = False


_UNIT = ((0.0, 0.0, 0.0), (255.0, 255.0, 255.0))
_SYMMETRIC = ((127.5, 127.5, 127.5), (127.5, 127.5, 127.5))
_SINET = ((102.890434, 111.25247, 126.91212), (62.93292 * 255, 62.82138 * 255, 66.355705 * 255))
BASELINES = {
    "mediapipe_landscape": Baseline((144, 256), "RGB", "NHWC", *_UNIT, "logits last"),
    "mediapipe_selfie": Baseline((256, 256), "RGB", "NHWC", *_UNIT, "probability last"),
    "pphumanseg_lite": Baseline((224, 398), "RGB", "NCHW", *_SYMMETRIC, "softmax first", letterbox=True),
    "sinet_published_320": Baseline((320, 320), "BGR", "NCHW", *_SINET, "softmax first"),
}


def find_baseline(path: Path) -> Baseline:
    """Find the baseline by the name of its file. Raises BaselineError."""
    if path.stem not in BASELINES:
        raise BaselineError(f"{path} is not a baseline; there are: {', '.join(sorted(BASELINES))}")
    return BASELINES[path.stem]


def open_session(model: Path | bytes, threads: int = 1) -> ort.InferenceSession:
    """An onnxruntime session on the CPU with the app's options (no spinning). Raises BaselineError."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3  # one baseline gives a warning per weight
    source = model if isinstance(model, bytes) else str(model)
    try:
        return ort.InferenceSession(source, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's exceptions have no common base class
        name = "the graph" if isinstance(model, bytes) else model
        raise BaselineError(f"cannot load {name}: {str(error).splitlines()[0]}") from None


def feed(baseline: Baseline, photo: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Convert a photo, uint8 [H, W, 3] BGR, to the network's input, float32 with a batch of one."""
    pixels = photo if baseline.order == "BGR" else photo[..., ::-1]
    mean, std = (np.array(values, np.float32) for values in (baseline.mean, baseline.std))
    top, left, height, width = _place(baseline, photo.shape[:2])
    inside = (resized(np.ascontiguousarray(pixels), (height, width)) - mean) / std
    full = np.zeros((*baseline.size, 3), np.float32)
    full[top : top + height, left : left + width] = inside
    return full[None] if baseline.layout == "NHWC" else np.ascontiguousarray(full.transpose(2, 0, 1)[None])


def read(baseline: Baseline, output: NDArray[np.float32], shape: tuple[int, int]) -> Alpha:
    """Convert the output to alpha, float32 0 to 1, enlarged bilinearly to `shape`. Raises BaselineError."""
    if baseline.reading == "logits last":
        margin = np.clip(output[0, ..., 1] - output[0, ..., 0], -50, 50)
        alpha = 1 / (1 + np.exp(-margin))
    elif baseline.reading == "softmax first":
        alpha = output[0, 1]
    else:
        alpha = output[0, ..., 0]
    if alpha.shape != baseline.size:
        raise BaselineError(f"the output is {alpha.shape}, expected {baseline.size}")
    top, left, height, width = _place(baseline, shape)
    inside = np.clip(alpha[top : top + height, left : left + width], 0, 1)
    return np.asarray(cv2.resize(inside, shape[::-1], interpolation=cv2.INTER_LINEAR), np.float32)


def _place(baseline: Baseline, shape: tuple[int, ...]) -> tuple[int, int, int, int]:
    """Position of the photo in the network's input: top, left, height, width."""
    full = baseline.size
    if not baseline.letterbox:
        return 0, 0, *full
    scale = min(full[0] / shape[0], full[1] / shape[1])
    height, width = (max(1, min(side, round(part * scale))) for side, part in zip(full, shape, strict=False))
    return (full[0] - height) // 2, (full[1] - width) // 2, height, width


def baseline_predictor(path: Path, threads: int = 1) -> Predictor:
    """A baseline as a function from photo to alpha of the same size. Raises BaselineError."""
    baseline = find_baseline(path)
    session = open_session(path, threads)
    name = session.get_inputs()[0].name

    def run(photo: NDArray[np.uint8]) -> Alpha:
        (output,) = session.run(None, {name: feed(baseline, photo)})
        return read(baseline, output, (photo.shape[0], photo.shape[1]))

    return run
