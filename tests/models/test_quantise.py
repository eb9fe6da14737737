"""Quantisation: the contract and nearly the same alpha."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import onnx
import pytest
import torch
from onnx import numpy_helper

from models import build, export
from models.evaluation.onnx_models import onnx_predictor, open_session
from models.export import describe, to_onnx
from models.quantise import quantise
from models.training import checkpoint
from tests.models.checks import randomise_norms
from tests.models.people import draw_person

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray


def frames(count: int, first: int = 0) -> list[NDArray[np.uint8]]:
    return [draw_person(96, 160, seed)[0] for seed in range(first, first + count)]


@pytest.fixture(scope="module")
def floating() -> onnx.ModelProto:
    torch.manual_seed(0)
    network = randomise_norms(build("bisenet_resnet18", width=0.125))
    return to_onnx(network, describe("bisenet_resnet18", network))


@pytest.fixture(scope="module")
def eight_bit(floating: onnx.ModelProto) -> onnx.ModelProto:
    return quantise(floating, frames(12))


def test_alpha_is_nearly_the_same_on_other_frames(
    floating: onnx.ModelProto, eight_bit: onnx.ModelProto
) -> None:
    before, after = (onnx_predictor(model.SerializeToString()) for model in (floating, eight_bit))
    for frame in frames(4, first=50):
        alpha = before(frame)
        assert alpha.std() > 0.01, "the test network gives the same alpha everywhere"
        error = np.abs(after(frame) - alpha)
        assert 0 < error.mean() < alpha.std() / 4


def test_parts_that_stay_in_floating_point_have_no_eight_bit_weights() -> None:
    torch.manual_seed(0)
    network = randomise_norms(build("bisenet", width=0.125))
    model = to_onnx(network, describe("bisenet", network))
    counts = []
    for parts in ((), network.float_parts):
        stored = quantise(model, frames(4), parts).graph.initializer
        counts.append(sum(t.data_type == onnx.TensorProto.INT8 and len(t.dims) == 4 for t in stored))
    assert network.float_parts and counts[0] - counts[1] == 2, "its depthwise and its 1x1 convolution"


def test_quantised_file_follows_the_contract_and_is_smaller(
    floating: onnx.ModelProto, eight_bit: onnx.ModelProto
) -> None:
    assert {opset.domain for opset in eight_bit.opset_import} <= {"", "ai.onnx"}
    assert {node.domain for node in eight_bit.graph.node} <= {"", "ai.onnx"}
    old, new = (open_session(model.SerializeToString()) for model in (floating, eight_bit))
    for ends in ("get_inputs", "get_outputs"):
        kinds = [[(end.name, end.type, end.shape) for end in getattr(s, ends)()] for s in (old, new)]
        assert kinds[0] == kinds[1]
    assert new.get_modelmeta().custom_metadata_map == old.get_modelmeta().custom_metadata_map
    assert eight_bit.ByteSize() < floating.ByteSize() * 0.6
    for size in ((96, 160), (160, 288)):
        (alpha,) = new.run(None, {"frame": np.zeros((1, *size, 3), np.uint8)})
        assert alpha.shape == (1, *size)


def test_all_convolutions_except_those_of_the_frame_are_int8(eight_bit: onnx.ModelProto) -> None:
    weights = {tensor.name: numpy_helper.to_array(tensor) for tensor in eight_bit.graph.initializer}
    made_by = {name: node for node in eight_bit.graph.node for name in node.output}
    kinds: Counter[tuple[str, bool]] = Counter()
    for node in eight_bit.graph.node:
        if node.op_type == "Conv":
            source = node.input[1]
            weight = weights.get(source)
            if weight is None:
                weight = weights[made_by[source].input[0]]
            kinds[str(weight.dtype), weight.shape[1] == 3] += 1
    assert set(kinds) == {("int8", False), ("float32", True)}
    assert kinds["int8", False] > 10


@pytest.mark.slow
def test_command_writes_8_bits_and_needs_photos(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    torch.manual_seed(0)
    network = randomise_norms(build("bisenet_resnet18", width=0.125))
    source, out = tmp_path / "c.pt", tmp_path / "net.onnx"
    description = checkpoint.describe("bisenet_resnet18", network, {"width": 0.125})
    checkpoint.save(source, {**description, "weights": network.state_dict()})
    command = [str(source), str(out), "--eight-bit"]
    assert export.main(command) == 1 and not out.exists()
    error = capsys.readouterr().err
    assert "--data" in error and error.count("\n") == 1
    monkeypatch.setattr(export, "EIGHT_BIT_TOLERANCE", 0.0)
    assert export.main([*command, "--data", str(data)]) == 1 and not out.exists()
    assert "in 8 bits alpha differs by" in capsys.readouterr().err
    monkeypatch.setattr(export, "EIGHT_BIT_TOLERANCE", 0.05)
    assert export.main([*command, "--data", str(data)]) == 0
    operators = {node.op_type for node in onnx.load(out).graph.node}
    assert "DequantizeLinear" in operators
