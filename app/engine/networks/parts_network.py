"""Run a network that finds the parts of a face. All facts about it come from its .onnx file."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from app.engine.core.errors import BackdropError, any_reason
from app.engine.networks.catalogue import network_files
from app.engine.networks.session import open_session

if TYPE_CHECKING:
    from pathlib import Path

    from app.engine.core.face import Shares
    from app.engine.core.types import Picture

_STRIDE_PX = 32
_SIDES_PX = 64, 512


class PartsNetwork:
    """One network, loaded on the processor and checked against the contract."""

    def __init__(self, path: Path, threads: int = 1) -> None:
        """Load a network. Raises BackdropError if the file is missing, changed or breaks the contract."""
        self._session = open_session(path, "cpu", threads)
        about = self._session.get_modelmeta().custom_metadata_map
        inputs = [(i.name, i.type, len(i.shape)) for i in self._session.get_inputs()]
        outputs = [(o.name, o.type, len(o.shape)) for o in self._session.get_outputs()]
        if inputs != [("frame", "tensor(uint8)", 4)] or outputs != [("parts", "tensor(float)", 4)]:
            raise BackdropError("'{name}' is not a network for the parts of a face.", name=path.name)
        self.name = path.stem
        self.classes = tuple(about.get("classes", "").split(","))
        """The names of the parts, in the order of the network's output."""
        try:
            side = round(math.sqrt(int(about["working_pixels"])) / _STRIDE_PX) * _STRIDE_PX
        except (KeyError, ValueError):
            side = 0
        if not _SIDES_PX[0] <= side <= _SIDES_PX[1]:
            raise BackdropError(
                "'{file_name}' does not say its {fields} in its metadata.",
                file_name=path.name,
                fields="working_pixels",
            )
        self.side_px = side
        """Height and width of the crops that it takes."""

    def infer(self, crop: Picture) -> Shares:
        """The share of each part in a crop, side x side x 3: C x h x w, 0..1, h and w a part of the side.

        Raises BackdropError if the network fails, or gives another size or values that are not numbers.
        """
        try:
            (parts,) = self._session.run(["parts"], {"frame": crop[None]})
        except Exception as error:  # onnxruntime raises its own types, without a common base
            raise BackdropError(
                "The network '{name}' cannot be run: {reason}.", name=self.name, reason=any_reason(error)
            ) from error
        is_usable = parts.ndim == 4 and parts.shape[:2] == (1, len(self.classes)) and parts.size
        if not is_usable or not math.isfinite(float(parts.sum())):
            raise BackdropError("The network '{name}' gave broken parts of the face.", name=self.name)
        return np.asarray(parts[0], np.float32)


def open_parts_network() -> PartsNetwork:
    """The network for the parts of a face; the user's own before ours. Raises BackdropError without one."""
    paths = list(network_files("parts").values())
    if not paths:
        raise BackdropError("There is no network for the parts of a face: please install Backdrop again.")
    return PartsNetwork(paths[-1])
