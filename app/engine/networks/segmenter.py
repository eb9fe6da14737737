"""Run a network: from a frame to raw alpha. All facts about a network come from its .onnx file."""

from __future__ import annotations

import hashlib
import logging
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import onnxruntime as ort

from app.engine.core.errors import NO_MESSAGE, BackdropError, Message, any_reason, disk_reason
from app.engine.core.pyramid import shrunk
from app.engine.networks.provider_trial import fastest_session
from app.engine.networks.providers import BY_KEY, CPU, candidates, problem_of, requested

if TYPE_CHECKING:
    from pathlib import Path

    from app.engine.core.settings import Provider
    from app.engine.core.types import Alpha, Frame

log = logging.getLogger(__name__)

_STRIDE_PX = 32
_LARGEST_FILE_BYTES = 200_000_000
_EXTERNAL_DATA = b"\n\x08location\x12"  # How external_data of onnx.proto names another file.
_NO_FOLDER = "/nonexistent"
_ALL_PERSON = 0.999


@dataclass(frozen=True, slots=True)
class NetworkInfo:
    """The metadata of a network."""

    name: str
    title: str
    version: str
    license: str
    trained_on: str
    working_pixels: int
    fgiou_val: float | None
    parameters: int


def working_size(height_px: int, width_px: int, working_pixels: int) -> tuple[int, int]:
    """Height and width of the input: the frame's shape, about this many pixels, multiples of 32."""
    height = math.sqrt(working_pixels * height_px / width_px)
    width = math.sqrt(working_pixels * width_px / height_px)
    return max(1, round(height / _STRIDE_PX)) * _STRIDE_PX, max(1, round(width / _STRIDE_PX)) * _STRIDE_PX


class Segmenter:
    """One network, loaded and checked against the contract."""

    def __init__(self, path: Path, provider: Provider = "auto", threads: int = 1) -> None:
        """Load a network. Raises BackdropError if the file is missing, changed or breaks the contract."""
        data = _read_verified(path)
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 4
        # Spinning threads use a whole core between frames.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        # External data that the check misses is looked for in a folder that does not exist.
        options.add_session_config_entry("session.model_external_initializers_file_folder_path", _NO_FOLDER)
        try:
            self._session = _session(data, options, provider)
        except Exception as error:  # onnxruntime raises its own types, without a common base
            raise BackdropError(
                "'{name}' cannot be loaded: it is damaged, or not a network.", name=path.name
            ) from error
        self.provider = str(self._session.get_providers()[0]).removesuffix("ExecutionProvider")
        self.notice = NO_MESSAGE
        """Why the network runs on the CPU although another provider was chosen; empty otherwise."""
        if provider in BY_KEY and self.provider == "CPU":
            chosen = BY_KEY[provider]
            reason = problem_of(chosen) or Message("the graphics card has no room for this network")
            self.notice = Message(
                "{provider} cannot be used, so the network runs on the CPU: {reason}.",
                provider=chosen.title,
                reason=reason,
            )
        self.info = _checked_info(self._session, path.name)

    def infer(self, frame: Frame) -> Alpha:
        """Raw alpha of a frame of any size: h x w, 0..1, at the working size of the network.

        Raises BackdropError if the network fails or gives another size or values that are not numbers.
        """
        height, width = working_size(frame.bgr.shape[0], frame.bgr.shape[1], self.info.working_pixels)
        small = shrunk(frame, height, width)
        try:
            (alpha,) = self._session.run(["alpha"], {"frame": small[None]})
        except Exception as error:  # onnxruntime raises its own types, without a common base
            raise BackdropError(
                "The network '{name}' cannot be run: {reason}.", name=self.info.name, reason=any_reason(error)
            ) from error
        # NaN anywhere makes both the minimum and the maximum NaN.
        least, most = (float(alpha.min()), float(alpha.max())) if alpha.size else (math.nan, math.nan)
        if alpha.shape != (1, height, width) or not (math.isfinite(least) and math.isfinite(most)):
            raise BackdropError("The network '{name}' gave a broken matte.", name=self.info.name)
        if (
            least > _ALL_PERSON
        ):  # Every person has an outline; alpha of 1 everywhere would show the whole room.
            raise BackdropError(
                "The network '{name}' took the whole picture for the person.", name=self.info.name
            )
        return np.asarray(np.clip(alpha[0], 0.0, 1.0) if least < 0 or most > 1 else alpha[0], np.float32)


def _session(data: bytes, options: ort.SessionOptions, provider: Provider) -> ort.InferenceSession:
    """A session on the chosen provider, or for 'auto' on the fastest; the CPU's if none takes the network."""
    sessions = []
    for accelerator in candidates(provider):
        try:
            # Not onnxruntime's own fallback, which prints; it stays for a GPU that fails later.
            session = ort.InferenceSession(data, options, providers=requested(accelerator), enable_fallback=0)
            session.enable_fallback()
            sessions.append(session)
        except Exception:
            log.info("%s does not take the network", accelerator.title, exc_info=True)
    if sessions and provider != "auto":
        return sessions[0]
    on_cpu = ort.InferenceSession(data, options, providers=[CPU], enable_fallback=0)
    return fastest_session([on_cpu, *sessions]) if sessions else on_cpu


def _read_verified(path: Path) -> bytes:
    """The bytes of the file, after comparing their sha256 with the model card beside it, if there is one."""
    try:
        if path.stat().st_size > _LARGEST_FILE_BYTES:
            limit_mb = _LARGEST_FILE_BYTES // 1_000_000
            raise BackdropError(
                "'{name}' is too large for a network: Backdrop takes up to {limit_mb} MB.",
                name=path.name,
                limit_mb=limit_mb,
            )
        data = path.read_bytes()
    except OSError as error:
        raise BackdropError(
            "The network '{path}' cannot be read: {reason}.", path=path, reason=disk_reason(error)
        ) from error
    card = path.with_suffix(".md")
    if card.is_file():
        expected = [
            line.split(":", 1)[1].strip().strip("`")
            for line in card.read_text(encoding="utf-8", errors="replace").splitlines()
            if line.lower().startswith("sha256:")
        ]
        if expected != [hashlib.sha256(data).hexdigest()]:
            raise BackdropError(
                "'{name}' is not what its model card describes: please install it again.", name=path.name
            )
    if _EXTERNAL_DATA in data:
        raise BackdropError(
            "'{name}' keeps its weights in another file: export it as a single one.", name=path.name
        )
    return data


def _checked_info(session: ort.InferenceSession, file_name: str) -> NetworkInfo:
    """Check inputs and outputs against the contract; return the metadata."""
    try:
        inputs = [(i.name, i.type, len(i.shape)) for i in session.get_inputs()]
        outputs = [(o.name, o.type, len(o.shape)) for o in session.get_outputs()]
        said = session.get_modelmeta().custom_metadata_map
    except UnicodeDecodeError as error:
        raise BackdropError(
            "'{name}' cannot be loaded: it is damaged, or not a network.", name=file_name
        ) from error
    if inputs != [("frame", "tensor(uint8)", 4)]:
        raise BackdropError(
            "'{file_name}' must have one input 'frame' (uint8, 1 x H x W x 3), not {inputs}.",
            file_name=file_name,
            inputs=inputs,
        )
    if outputs != [("alpha", "tensor(float)", 3)]:
        raise BackdropError(
            "'{file_name}' must have one output 'alpha' (float, 1 x H x W), not {outputs}.",
            file_name=file_name,
            outputs=outputs,
        )
    try:
        return NetworkInfo(
            name=said["name"],
            title=said["title"],
            version=said["version"],
            license=said["license"],
            trained_on=said["trained_on"],
            working_pixels=_in_range(int(said["working_pixels"]), 1024, 4_000_000),
            fgiou_val=float(said["fgiou_val"]) if said["fgiou_val"] else None,
            parameters=int(said["parameters"]),
        )
    except KeyError as missing:
        raise BackdropError(
            "'{file_name}' does not say its {fields} in its metadata.",
            file_name=file_name,
            fields=missing.args[0],
        ) from missing
    except ValueError as error:
        raise BackdropError(
            "'{file_name}' has a bad number in its metadata: {error}.", file_name=file_name, error=error
        ) from error


def _in_range(value: int, low: int, high: int) -> int:
    if not low <= value <= high:
        raise ValueError(f"working_pixels is {value}, not {low} to {high}")
    return value
