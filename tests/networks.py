"""Make tiny networks that keep the contract, or break it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import onnx
from onnx import TensorProto, helper

if TYPE_CHECKING:
    from pathlib import Path

METADATA = {
    "name": "tiny",
    "title": "Tiny",
    "version": "1",
    "license": "MIT",
    "trained_on": "nothing",
    "working_pixels": "9216",
    "fgiou_val": "",
    "parameters": "0",
}


def write_network(
    path: Path,
    *,
    scale: float = 1 / 255,
    input_name: str = "frame",
    output_name: str = "alpha",
    **metadata: str | None,
) -> Path:
    """A network whose alpha is the red channel times `scale`; metadata given as None is left out."""
    nodes = [
        helper.make_node("Cast", [input_name], ["pixels"], to=TensorProto.FLOAT),
        helper.make_node("Gather", ["pixels", "red"], ["plane"], axis=3),
        helper.make_node("Mul", ["plane", "scale"], [output_name]),
    ]
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info(input_name, TensorProto.UINT8, [1, "H", "W", 3])],
        [helper.make_tensor_value_info(output_name, TensorProto.FLOAT, [1, "H", "W"])],
        [
            helper.make_tensor("red", TensorProto.INT64, [], [2]),
            helper.make_tensor("scale", TensorProto.FLOAT, [], [scale]),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    helper.set_model_props(model, {k: v for k, v in (METADATA | metadata).items() if v is not None})
    path.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(model, str(path))
    return path
