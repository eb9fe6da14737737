"""Baselines: networks by others. One table describes the input and output of each."""

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

# Where the person is: the second of two channels, last or first axis, as logits or softmax; or the only one.
Reading = Literal["logits last", "softmax first", "probability last"]


class BaselineError(Exception):
    """The file is not a network in `BASELINES`, or does not match the table."""


@dataclass(frozen=True)
class Baseline:
    """The input and output of one network.

    size: height, width. order: of colours. layout: of its input. mean, std: in units of a uint8 pixel, one
    per channel in the network's own order. letterbox: the photo keeps its shape, mean colour fills the rest.
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


def find_peer(path: Path) -> Baseline:
    """The row of the table for a file name. Raises BaselineError with the list of names."""
    if path.stem not in BASELINES:
        raise BaselineError(f"{path} is no network described here; there are: {', '.join(sorted(BASELINES))}")
    return BASELINES[path.stem]


def open_session(model: Path | bytes, threads: int = 1) -> ort.InferenceSession:
    """An onnxruntime session on the CPU without spinning threads, as in the app. Raises BaselineError."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3  # One baseline prints a warning for each weight.
    source = model if isinstance(model, bytes) else str(model)
    try:
        return ort.InferenceSession(source, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's exceptions have no common base class.
        name = "the graph" if isinstance(model, bytes) else model
        raise BaselineError(f"cannot load {name}: {str(error).splitlines()[0]}") from None


def feed(peer: Baseline, photo: NDArray[np.uint8]) -> NDArray[np.float32]:
    """uint8 BGR [H, W, 3] to the network's input, float32 with a batch of one."""
    picture = photo if peer.order == "BGR" else photo[..., ::-1]
    mean, std = (np.array(values, np.float32) for values in (peer.mean, peer.std))
    top, left, height, width = _place(peer, photo.shape[:2])
    inside = (resized(np.ascontiguousarray(picture), (height, width)) - mean) / std
    full = np.zeros((*peer.size, 3), np.float32)
    full[top : top + height, left : left + width] = inside
    return full[None] if peer.layout == "NHWC" else np.ascontiguousarray(full.transpose(2, 0, 1)[None])


def read(peer: Baseline, output: NDArray[np.float32], shape: tuple[int, int]) -> Alpha:
    """The network's output to alpha, float32 0 to 1, of a photo of `shape`, enlarged bilinearly."""
    if peer.reading == "logits last":
        margin = np.clip(output[0, ..., 1] - output[0, ..., 0], -50, 50)
        alpha = 1 / (1 + np.exp(-margin))
    elif peer.reading == "softmax first":
        alpha = output[0, 1]
    else:
        alpha = output[0, ..., 0]
    if alpha.shape != peer.size:
        raise BaselineError(f"the network gives {alpha.shape} where the table says {peer.size}")
    top, left, height, width = _place(peer, shape)
    inside = np.clip(alpha[top : top + height, left : left + width], 0, 1)
    return np.asarray(cv2.resize(inside, shape[::-1], interpolation=cv2.INTER_LINEAR), np.float32)


def _place(peer: Baseline, shape: tuple[int, ...]) -> tuple[int, int, int, int]:
    """Where the photo lies in the network's input: top, left, height, width."""
    full = peer.size
    if not peer.letterbox:
        return 0, 0, *full
    scale = min(full[0] / shape[0], full[1] / shape[1])
    height, width = (max(1, min(side, round(part * scale))) for side, part in zip(full, shape, strict=False))
    return (full[0] - height) // 2, (full[1] - width) // 2, height, width


def peer_predictor(path: Path, threads: int = 1) -> Predictor:
    """A baseline as a function from uint8 BGR [H, W, 3] to alpha, float32 [H, W]. Raises BaselineError."""
    peer = find_peer(path)
    session = open_session(path, threads)
    name = session.get_inputs()[0].name

    def run(photo: NDArray[np.uint8]) -> Alpha:
        (output,) = session.run(None, {name: feed(peer, photo)})
        return read(peer, output, (photo.shape[0], photo.shape[1]))

    return run
