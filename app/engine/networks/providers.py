"""Which execution providers of onnxruntime really work on this computer."""

from __future__ import annotations

import ctypes
import sys
from functools import lru_cache

import numpy as np
import onnxruntime as ort

from app.engine.core.errors import NO_MESSAGE, Message

CPU, CUDA = "CPUExecutionProvider", "CUDAExecutionProvider"

# onnxruntime prints in red which library of CUDA is missing. `cuda_problem` tells it.
ort.set_default_logger_severity(4)

# A network of one Identity node, made with onnx.helper.
_SMALLEST_NETWORK = (
    b'\x08\x08\x12\x00:7\n\x10\n\x01x\x12\x01y"\x08Identity\x12\x01pZ\x0f\n\x01x\x12\n\n\x08\x08\x01\x12\x04\n\x02'
    b"\x08\x01b\x0f\n\x01y\x12\n\n\x08\x08\x01\x12\x04\n\x02\x08\x01B\x04\n\x00\x10\r"
)


def cuda_driver_present() -> bool:
    """Whether NVIDIA's driver can be loaded."""
    try:
        ctypes.CDLL("nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1")
    except OSError:
        return False
    return True


@lru_cache(maxsize=1)
def cuda_problem() -> Message:
    """Why CUDA cannot be used, as the end of a sentence; empty if it can. Tried once, which takes a second.

    onnxruntime lists CUDA wherever its library was built with it, so this runs a small network.
    """
    if CUDA not in ort.get_available_providers():
        return Message("this onnxruntime is built without it")
    if not cuda_driver_present():
        return Message("NVIDIA's driver is not installed")
    options = ort.SessionOptions()
    options.log_severity_level = 4
    try:
        # Not onnxruntime's own fallback, which prints.
        session = ort.InferenceSession(_SMALLEST_NETWORK, options, providers=[CUDA, CPU], enable_fallback=0)
        session.run(None, {"x": np.zeros(1, np.float32)})
    except Exception:  # onnxruntime raises its own types, without a common base.
        return Message("the driver and the graphics card refuse it")
    if session.get_providers()[0] == CUDA:
        return NO_MESSAGE
    version = getattr(ort, "cuda_version", "") or "12"
    return Message("its libraries cannot be loaded: install CUDA {version} and cuDNN 9", version=version)


def wanted_providers(provider: str) -> list[str]:
    """The execution providers to request for 'auto', 'cpu' or 'cuda', best first; only such as work."""
    return [CPU] if provider == "cpu" or cuda_problem() else [CUDA, CPU]


def usable_providers() -> list[str]:
    """The execution providers of this computer by their short names, best first."""
    return [name.removesuffix("ExecutionProvider") for name in wanted_providers("auto")]
