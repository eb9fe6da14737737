"""Run a network: from a frame to raw alpha. All facts about a network come from its .onnx file."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from app.engine.core.errors import NO_MESSAGE, BackdropError, Message, any_reason
from app.engine.core.pyramid import shrunk
from app.engine.networks.providers import BY_KEY, problem_of
from app.engine.networks.session import open_session

if TYPE_CHECKING:
    from pathlib import Path

    import onnxruntime as ort

    from app.engine.core.settings import Provider
    from app.engine.core.types import Alpha, Frame

_STRIDE_PX = 32
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
        self._session = open_session(path, provider, threads)
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
