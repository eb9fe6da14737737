"""Quantisation to 8 bits: half the time on processors with 8-bit dot products, a third of the file size.

Static quantisation after training: ranges are measured on photos, and each channel of a convolution has its
own scale. Source: Jacob et al., CVPR 2018 (arXiv 1712.05877), section 2.
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
    from collections.abc import Iterable, Iterator, Sequence

Pixels = NDArray[np.uint8]  # [H, W, 3] BGR

# Includes the activations, so that they fuse into the preceding convolution.
_OPERATORS = ["Conv", "Clip", "Relu", "Add"]
_COLOURS = 3  # channels of a frame


def quantise(
    model: onnx.ModelProto, frames: Iterable[Pixels], float_parts: Sequence[str] = ()
) -> onnx.ModelProto:
    """Return the model in 8 bits, with the same metadata. frames: typical inputs, to measure ranges on.

    Convolutions that read the frame stay in floating point: with three channels they are slower in 8 bits. So
    do those of `float_parts`, names of modules: see `Network`.
    Only operators of the standard ONNX domain are used, as the contract demands.
    """
    with tempfile.TemporaryDirectory() as folder:
        source, prepared, target = (
            Path(folder) / f"{name}.onnx" for name in ("source", "prepared", "target")
        )
        onnx.save(model, source)
        quant_pre_process(source, prepared, skip_symbolic_shape=True)
        quantize_static(
            prepared,
            target,
            _Reader(frames),
            quant_format=QuantFormat.QDQ,
            op_types_to_quantize=_OPERATORS,
            nodes_to_exclude=_float_convolutions(onnx.load(prepared), float_parts),
            per_channel=True,
            # Processors without VNNI add pairs of products with saturation. On an emulated Haswell that costs
            # 0.0006 of fgIoU; weights of 7 bits, which cannot saturate, cost 0.0009 on all processors.
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
        )
        quantised = onnx.load(target)
    standard = [opset for opset in quantised.opset_import if opset.domain in ("", "ai.onnx")]
    del quantised.opset_import[:]
    quantised.opset_import.extend(standard)
    del quantised.metadata_props[:]
    quantised.metadata_props.extend(model.metadata_props)
    onnx.checker.check_model(quantised, full_check=True)
    return quantised


class _Reader(CalibrationDataReader):  # type: ignore[misc]  # onnxruntime has no types
    def __init__(self, frames: Iterable[Pixels]) -> None:
        self._frames: Iterator[Pixels] = iter(frames)

    def get_next(self) -> dict[str, Pixels] | None:
        frame = next(self._frames, None)
        return None if frame is None else {"frame": frame[None]}


def _float_convolutions(model: onnx.ModelProto, float_parts: Sequence[str]) -> list[str]:
    """Names of the convolutions that read the frame or belong to one of the parts."""
    shapes = {tensor.name: tensor.dims for tensor in model.graph.initializer}
    paths = [f"/{part.replace('.', '/', 1)}/" for part in float_parts]
    return [
        node.name
        for node in model.graph.node
        if node.op_type == "Conv"
        and (shapes[node.input[1]][1] == _COLOURS or any(path in node.name for path in paths))
    ]
