"""Which execution providers of onnxruntime really work on this computer: one table, one test for all.

To add a provider, add a row to ACCELERATORS, its key to `Provider` in core/settings.py, and its title.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib.util
import io
import sys
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import onnxruntime as ort

from app.engine.core.errors import NO_MESSAGE, Message

CPU = "CPUExecutionProvider"

# onnxruntime prints in red which library of CUDA is missing. `problem_of` tells it.
ort.set_default_logger_severity(4)

# A network of one Identity node, made with onnx.helper.
_SMALLEST_NETWORK = (
    b'\x08\x08\x12\x00:7\n\x10\n\x01x\x12\x01y"\x08Identity\x12\x01pZ\x0f\n\x01x\x12\n\n\x08\x08\x01\x12\x04\n\x02'
    b"\x08\x01b\x0f\n\x01y\x12\n\n\x08\x08\x01\x12\x04\n\x02\x08\x01B\x04\n\x00\x10\r"
)


@dataclass(frozen=True, eq=False)
class Accelerator:
    """An execution provider besides the CPU's."""

    key: str
    """Its name in the settings."""
    provider: str
    """Its name in onnxruntime."""
    title: str
    options: dict[str, str] = field(default_factory=dict)
    driver: dict[str, str] = field(default_factory=dict)
    """By sys.platform, a library of the driver; a platform that is not named needs none."""
    maker: str = ""
    """Whose driver it is."""
    is_automatic: bool = True
    """Whether 'auto' tries it."""


# Best first. Options: one stream and no large arena, because the window and the call share the card.
ACCELERATORS = (
    Accelerator(
        "cuda",
        "CUDAExecutionProvider",
        "CUDA",
        {"cudnn_conv_algo_search": "HEURISTIC", "arena_extend_strategy": "kSameAsRequested"},
        {"linux": "libcuda.so.1", "win32": "nvcuda.dll"},
        "NVIDIA",
    ),
    # Building an engine takes minutes at each start, so only on request.
    Accelerator(
        "tensorrt",
        "TensorrtExecutionProvider",
        "TensorRT",
        {"trt_fp16_enable": "1"},
        {"linux": "libcuda.so.1", "win32": "nvcuda.dll"},
        "NVIDIA",
        is_automatic=False,
    ),
    Accelerator("migraphx", "MIGraphXExecutionProvider", "MIGraphX", {}, {"linux": "libamdhip64.so"}, "AMD"),
    Accelerator("directml", "DmlExecutionProvider", "DirectML", {}, {"win32": "DirectML.dll"}, "Microsoft"),
    Accelerator("coreml", "CoreMLExecutionProvider", "CoreML", {"ModelFormat": "MLProgram"}),
    Accelerator("openvino", "OpenVINOExecutionProvider", "OpenVINO", {"device_type": "AUTO"}),
)
BY_KEY = {accelerator.key: accelerator for accelerator in ACCELERATORS}
CUDA = BY_KEY["cuda"]


def driver_present(accelerator: Accelerator) -> bool:
    """Whether the driver can be loaded, or none is needed on this system."""
    name = accelerator.driver.get(sys.platform)
    if name is None:
        return True
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


@lru_cache(maxsize=len(ACCELERATORS))
def problem_of(accelerator: Accelerator) -> Message:
    """Why it cannot be used, as the end of a sentence; empty if it can. Tried once, which takes a second.

    onnxruntime lists a provider wherever its library was built with it, so this runs a small network.
    """
    if accelerator.provider not in ort.get_available_providers():
        return Message("this onnxruntime is built without it")
    if not driver_present(accelerator):
        return Message("{maker}'s driver is not installed", maker=accelerator.maker)
    if accelerator is CUDA:
        _load_nvidia_packages()
    options = ort.SessionOptions()
    options.log_severity_level = 4
    try:
        # Not onnxruntime's own fallback, which prints.
        providers = requested(accelerator)
        session = ort.InferenceSession(_SMALLEST_NETWORK, options, providers=providers, enable_fallback=0)
        session.run(None, {"x": np.zeros(1, np.float32)})
    except Exception:  # onnxruntime raises its own types, without a common base.
        return Message("the driver and the graphics card refuse it")
    if session.get_providers()[0] == accelerator.provider:
        return NO_MESSAGE
    if accelerator is not CUDA:
        return Message("its libraries cannot be loaded")
    version = getattr(ort, "cuda_version", "") or "12"
    return Message("its libraries cannot be loaded: install CUDA {version} and cuDNN 9", version=version)


def _load_nvidia_packages() -> None:
    """Load CUDA's libraries from NVIDIA's packages on PyPI, which `pip install 'backdrop[cuda]'` brings."""
    if hasattr(ort, "preload_dlls") and importlib.util.find_spec("nvidia"):
        with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(Exception):
            ort.preload_dlls()


def requested(accelerator: Accelerator) -> list[str | tuple[str, dict[str, str]]]:
    """What a session is asked for: the accelerator with its options, then the CPU."""
    return [(accelerator.provider, accelerator.options), CPU]


def candidates(key: str) -> list[Accelerator]:
    """The accelerators to try for 'auto', 'cpu' or the key of one, best first; only such as work."""
    if key == "cpu":
        return []
    wanted = [one for one in ACCELERATORS if one.key == key or (key == "auto" and one.is_automatic)]
    return [one for one in wanted if not problem_of(one)]


def built_in() -> list[str]:
    """The keys of the accelerators that this onnxruntime is built with, whether they work or not."""
    available = ort.get_available_providers()
    return [one.key for one in ACCELERATORS if one.provider in available]


def usable_providers() -> list[str]:
    """The execution providers of this computer by their short names, best first."""
    return [one.provider.removesuffix("ExecutionProvider") for one in candidates("auto")] + ["CPU"]


def installed_runtimes() -> list[str]:
    """The packages that install onnxruntime. More than one overwrite each other's files."""
    from importlib import metadata  # Here, because it takes 30 ms to load, and only `doctor` needs it.

    names = {str(one.metadata["Name"]).lower().replace("_", "-") for one in metadata.distributions()}
    return sorted(name for name in names if name.split("-")[0] == "onnxruntime" and name not in _ADDITIONS)


_ADDITIONS = {"onnxruntime-extensions", "onnxruntime-genai", "onnxruntime-tools", "onnxruntime-training-api"}
