"""Make tiny networks that keep the contract, or break it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import onnx
from onnx import TensorProto, helper

if TYPE_CHECKING:
    from pathlib import Path

METADATA: dict[str, str | None] = {
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
    return _save(graph, path, METADATA | metadata)


def write_parts_network(
    path: Path, *, scale: float = 1 / 255, output_name: str = "parts", **metadata: str | None
) -> Path:
    """A network that takes blue for eyes, green for lips and red for skin, at half of the crop's size."""
    nodes = [
        helper.make_node("Cast", ["frame"], ["pixels"], to=TensorProto.FLOAT),
        helper.make_node("Transpose", ["pixels"], ["planes"], perm=[0, 3, 1, 2]),
        helper.make_node("AveragePool", ["planes"], ["halved"], kernel_shape=[2, 2], strides=[2, 2]),
        helper.make_node("Mul", ["halved", "scale"], [output_name]),
    ]
    graph = helper.make_graph(
        nodes,
        "tiny_parts",
        [helper.make_tensor_value_info("frame", TensorProto.UINT8, [1, "H", "W", 3])],
        [helper.make_tensor_value_info(output_name, TensorProto.FLOAT, [1, 3, "h", "w"])],
        [helper.make_tensor("scale", TensorProto.FLOAT, [], [scale])],
    )
    parts = {"kind": "parts", "classes": "eyes,lips,skin", "working_pixels": "36864"}
    return _save(graph, path, METADATA | parts | metadata)


def write_people_network(path: Path, *, scale: float = 1 / 255, **metadata: str | None) -> Path:
    """A network for which red is a centre; green and blue are the offset (x, y) plus 128, in pixels."""
    nodes = [
        helper.make_node("Cast", ["frame"], ["pixels"], to=TensorProto.FLOAT),
        helper.make_node("Transpose", ["pixels"], ["planes"], perm=[0, 3, 1, 2]),
        helper.make_node("AveragePool", ["planes"], ["cells"], kernel_shape=[8, 8], strides=[8, 8]),
        helper.make_node("Split", ["cells", "sizes"], ["blue", "green", "red"], axis=1),
        helper.make_node("Mul", ["red", "scale"], ["centres"]),
        helper.make_node("Concat", ["green", "blue"], ["moved"], axis=1),
        helper.make_node("Sub", ["moved", "middle"], ["offsets"]),
    ]
    graph = helper.make_graph(
        nodes,
        "tiny_people",
        [helper.make_tensor_value_info("frame", TensorProto.UINT8, [1, "H", "W", 3])],
        [
            helper.make_tensor_value_info("centres", TensorProto.FLOAT, [1, 1, "h", "w"]),
            helper.make_tensor_value_info("offsets", TensorProto.FLOAT, [1, 2, "h", "w"]),
        ],
        [
            helper.make_tensor("sizes", TensorProto.INT64, [3], [1, 1, 1]),
            helper.make_tensor("scale", TensorProto.FLOAT, [], [scale]),
            helper.make_tensor("middle", TensorProto.FLOAT, [], [128.0]),
        ],
    )
    people = {"kind": "people", "stride": "8", "working_pixels": "36864"}
    return _save(graph, path, METADATA | people | metadata)


def _save(graph: onnx.GraphProto, path: Path, metadata: dict[str, str | None]) -> Path:
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    helper.set_model_props(model, {k: v for k, v in metadata.items() if v is not None})
    path.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(model, str(path))
    return path
