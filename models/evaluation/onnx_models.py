"""Load a network to measure it: an exported .onnx file or a checkpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import onnxruntime as ort
from onnxruntime.capi import onnxruntime_pybind11_state as ort_errors

from models.evaluation.predict import Alpha, Predictor, torch_predictor
from models.training import checkpoint

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

_LOAD_ERRORS = (ort_errors.NoSuchFile, ort_errors.InvalidProtobuf, ort_errors.Fail, ort_errors.InvalidGraph)


class ModelError(Exception):
    """The file does not follow the contract of exported networks (README.md); the message names it."""


def onnx_predictor(model: str | bytes, threads: int = 1) -> Predictor:
    """An exported network (path or bytes) as a function from frame to alpha."""
    return _predictor(open_session(model, threads))


def open_session(model: str | bytes, threads: int = 1) -> ort.InferenceSession:
    """An onnxruntime session on the CPU. Idle threads spin, so more of them slow other programs down."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    return ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def _predictor(session: ort.InferenceSession) -> Predictor:
    def run(frame: NDArray[np.uint8]) -> Alpha:
        (alpha,) = session.run(["alpha"], {"frame": frame[None]})
        return np.asarray(alpha[0], np.float32)

    return run


def open_model(path: Path, threads: int = 1) -> tuple[Predictor, int]:
    """Load an .onnx file or a checkpoint; return its predictor and working pixels. Raises ModelError."""
    try:
        if path.suffix == ".onnx":
            session = open_session(str(path), threads)
            return _predictor(session), int(session.get_modelmeta().custom_metadata_map["working_pixels"])
        network = checkpoint.restore(checkpoint.load(path))
        return torch_predictor(network), network.working_pixels
    except checkpoint.CheckpointError as error:
        raise ModelError(str(error)) from None
    except KeyError as error:
        raise ModelError(f"{path} does not follow the contract: it lacks {error}") from None
    except _LOAD_ERRORS as error:
        raise ModelError(f"cannot load {path}: {str(error).splitlines()[0]}") from None
