"""Run a network that tells people apart. All facts about it come from its .onnx file."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from app.engine.core.errors import BackdropError, any_reason
from app.engine.core.pyramid import shrunk
from app.engine.networks.catalogue import network_files
from app.engine.networks.segmenter import working_size
from app.engine.networks.session import open_session

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

    from app.engine.core.types import Frame

_PIXELS = 1024, 1_000_000
_STRIDES_PX = 1, 32
_OUTPUTS = ["centres", "offsets"]


class PeopleMaps(NamedTuple):
    """Where people's centres are, and which centre each cell belongs to.

    centres: h x w, 0..1. offsets: 2 x h x w, from the middle of each cell to its person's centre (x, y), in
    cells.
    """

    centres: npt.NDArray[np.float32]
    offsets: npt.NDArray[np.float32]


class PeopleNetwork:
    """One network, loaded on the processor and checked against the contract."""

    def __init__(self, path: Path, threads: int = 1) -> None:
        """Load a network. Raises BackdropError if the file is missing, changed or breaks the contract."""
        self._session = open_session(path, "cpu", threads)
        about = self._session.get_modelmeta().custom_metadata_map
        inputs = [(i.name, i.type, len(i.shape)) for i in self._session.get_inputs()]
        outputs = [(o.name, o.type, len(o.shape)) for o in self._session.get_outputs()]
        wanted = [(name, "tensor(float)", 4) for name in _OUTPUTS]
        if inputs != [("frame", "tensor(uint8)", 4)] or outputs != wanted:
            raise BackdropError("'{name}' is not a network that tells people apart.", name=path.name)
        self.name = path.stem
        self.working_pixels = _number(about, "working_pixels", _PIXELS, path.name)
        self._stride_px = _number(about, "stride", _STRIDES_PX, path.name)

    def infer(self, frame: Frame) -> PeopleMaps:
        """The maps of a frame of any size.

        Raises BackdropError if the network fails, or gives another size or values that are not numbers.
        """
        height, width = working_size(frame.bgr.shape[0], frame.bgr.shape[1], self.working_pixels)
        small = shrunk(frame, height, width)
        try:
            centres, offsets = self._session.run(_OUTPUTS, {"frame": small[None]})
        except Exception as error:  # onnxruntime raises its own types, without a common base
            raise BackdropError(
                "The network '{name}' cannot be run: {reason}.", name=self.name, reason=any_reason(error)
            ) from error
        cells = height // self._stride_px, width // self._stride_px
        is_usable = centres.shape == (1, 1, *cells) and offsets.shape == (1, 2, *cells)
        if not is_usable or not math.isfinite(float(centres.sum()) + float(offsets.sum())):
            raise BackdropError("The network '{name}' gave broken maps of people.", name=self.name)
        return PeopleMaps(
            np.asarray(centres[0, 0], np.float32),
            np.asarray(offsets[0] * np.float32(1 / self._stride_px), np.float32),
        )


def open_people_network() -> PeopleNetwork:
    """The network that tells people apart; the user's own before ours. Raises BackdropError without one."""
    paths = list(network_files("people").values())
    if not paths:
        raise BackdropError("There is no network that tells people apart: please install Backdrop again.")
    return PeopleNetwork(paths[-1])


def _number(about: dict[str, str], key: str, limits: tuple[int, int], file_name: str) -> int:
    try:
        value = int(about[key])
    except (KeyError, ValueError):
        value = -1
    if not limits[0] <= value <= limits[1]:
        raise BackdropError(
            "'{file_name}' does not say its {fields} in its metadata.", file_name=file_name, fields=key
        )
    return value
