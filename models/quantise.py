"""Weights and activations of 8 bits: half the time on processors that multiply bytes, a third of the file.

Post-training and static: ranges are measured on photos, nothing is trained. Each channel of a convolution has
a scale of its own. Source: Jacob et al., CVPR 2018 (arXiv 1712.05877), section 2.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import onnx
from numpy.typing import NDArray
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Pixels = NDArray[np.uint8]  # [H, W, 3] BGR

# Activations are included so that they fuse into the preceding convolution.
_OPERATORS = ["Conv", "Clip", "Relu", "Add"]
_COLOURS = 3


def quantise(model: onnx.ModelProto, frames: Iterable[Pixels]) -> onnx.ModelProto:
    """The same network in 8 bits, with its metadata; `frames` calibrate the ranges.

    Convolutions of the input picture stay in floating point: with three channels they are slower in 8 bits.
    Only operators of ONNX's own domain are used, so that the file keeps the contract.
    """
    with tempfile.TemporaryDirectory() as folder:
        given, prepared, quantised = (Path(folder) / f"{name}.onnx" for name in ("given", "prepared", "made"))
        onnx.save(model, given)
        quant_pre_process(given, prepared, skip_symbolic_shape=True)
        quantize_static(
            prepared,
            quantised,
            _Reader(frames),
            quant_format=QuantFormat.QDQ,
            op_types_to_quantize=_OPERATORS,
            nodes_to_exclude=_of_the_picture(onnx.load(prepared)),
            per_channel=True,
            # Some processors without VNNI add pairs of products with saturation: on an emulated
            # Haswell this costs 0.0006 of fgIoU; 7 bits, which cannot saturate, cost 0.0009 everywhere.
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
        )
        made = onnx.load(quantised)
    own_domain = [opset for opset in made.opset_import if opset.domain in ("", "ai.onnx")]
    del made.opset_import[:]
    made.opset_import.extend(own_domain)
    del made.metadata_props[:]
    made.metadata_props.extend(model.metadata_props)
    onnx.checker.check_model(made, full_check=True)
    return made


class _Reader(CalibrationDataReader):  # type: ignore[misc]  # onnxruntime has no types
    def __init__(self, frames: Iterable[Pixels]) -> None:
        self._frames: Iterator[Pixels] = iter(frames)

    def get_next(self) -> dict[str, Pixels] | None:
        frame = next(self._frames, None)
        return None if frame is None else {"frame": frame[None]}


def _of_the_picture(model: onnx.ModelProto) -> list[str]:
    """Names of the convolutions that read the input picture."""
    shapes = {tensor.name: tensor.dims for tensor in model.graph.initializer}
    convolutions = [node for node in model.graph.node if node.op_type == "Conv"]
    return [node.name for node in convolutions if shapes[node.input[1]][1] == _COLOURS]
