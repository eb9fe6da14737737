"""EfficientNet-Lite0: published structure and conversion of the published weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch.nn import functional

from models import build, convert
from models.networks.bisenet import BiSeNet
from models.networks.efficientnet import EfficientNetLite0
from models.training import checkpoint
from models.training.config import TrainingConfig
from models.training.trainer import Trainer

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def published(seed: int = 0) -> dict[str, torch.Tensor]:
    """Random weights under the published names, including the classifier."""
    torch.manual_seed(seed)
    state: dict[str, torch.Tensor] = {}

    def norm(name: str, channels: int) -> None:
        for part in ("weight", "bias", "running_mean", "running_var"):
            state[f"{name}.{part}"] = torch.rand(channels) + 0.5
        state[f"{name}.num_batches_tracked"] = torch.tensor(0)

    state["_conv_stem.weight"] = torch.randn(32, 3, 3, 3)
    norm("_bn0", 32)
    for index, block in enumerate(EfficientNetLite0().blocks):
        shapes = [p.shape for p in block.parameters() if p.ndim == 4]
        names = ["_expand_conv", "_depthwise_conv", "_project_conv"][-len(shapes) :]
        norms = ["_bn0", "_bn1", "_bn2"][-len(shapes) :]
        for shape, conv, after in zip(shapes, names, norms, strict=True):
            state[f"_blocks.{index}.{conv}.weight"] = torch.randn(shape) * 0.1
            norm(f"_blocks.{index}.{after}", shape[0])
    state["_conv_head.weight"] = torch.randn(1280, 320, 1, 1)
    norm("_bn1", 1280)
    state["_fc.weight"], state["_fc.bias"] = torch.randn(1000, 1280), torch.randn(1000)
    return state


def test_number_of_parameters_is_the_published_one() -> None:
    head = 320 * 1280 + 2 * 1280 + 1280 * 1000 + 1000
    assert sum(p.numel() for p in EfficientNetLite0().parameters()) + head == 4_652_008


def test_features_are_at_strides_8_16_and_32() -> None:
    shapes = [tuple(f.shape[1:]) for f in EfficientNetLite0(0.5).eval()(torch.zeros(1, 3, 64, 96))]
    assert shapes == [(24, 8, 12), (56, 4, 6), (160, 2, 3)]


def test_strided_layers_use_tensorflow_padding() -> None:
    network = EfficientNetLite0().eval()
    frame = torch.randn(1, 3, 8, 8)
    convolution = network.get_submodule("stem.0")
    weight = network.get_parameter("stem.0.1.weight")
    expected = functional.conv2d(functional.pad(frame, (0, 1, 0, 1)), weight, stride=2)
    torch.testing.assert_close(convolution(frame), expected)
    five = network.get_submodule("blocks.3.body.3")
    wide = torch.randn(1, 144, 8, 8)
    expected = functional.conv2d(
        functional.pad(wide, (1, 2, 1, 2)),
        five.get_parameter("1.weight"),
        stride=2,
        groups=144,
    )
    torch.testing.assert_close(five(wide), expected)


def test_converted_weights_initialise_training(tmp_path: Path) -> None:
    state = published()
    torch.save(state, tmp_path / "lite0.pth")
    assert convert.main([str(tmp_path / "lite0.pth"), str(tmp_path / "start.pt")]) == 0
    trainer = Trainer(TrainingConfig(network="bisenet", steps=10))
    trainer.start_from(checkpoint.load(tmp_path / "start.pt"))
    network = trainer.network.eval()
    assert isinstance(network, BiSeNet)
    rgb = torch.randn(1, 3, 32, 32)
    with torch.no_grad():
        stem = functional.conv2d(functional.pad(rgb, (0, 1, 0, 1)), state["_conv_stem.weight"], stride=2)
        norm = {part: state[f"_bn0.{part}"] for part in ("running_mean", "running_var", "weight", "bias")}
        stem = functional.batch_norm(stem, **norm, eps=1e-3).clamp(0, 6)  # type: ignore[arg-type]
        torch.testing.assert_close(network.backbone.stem(rgb.flip(1)), stem)
    last = network.get_buffer("backbone.blocks.15.body.7.running_var")
    assert torch.equal(last, state["_blocks.15._bn2.running_var"])


def test_convert_rejects_incomplete_weights_and_onnx_output(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state = published()
    torch.save(state, tmp_path / "lite0.pth")
    assert convert.main([str(tmp_path / "lite0.pth"), str(tmp_path / "out.onnx")]) == 1
    assert "only a start for training" in capsys.readouterr().err
    del state["_blocks.15._bn2.bias"]
    torch.save(state, tmp_path / "less.pth")
    assert convert.main([str(tmp_path / "less.pth"), str(tmp_path / "out.pt")]) == 1
    assert "is not the published EfficientNet-Lite0" in capsys.readouterr().err
    assert not (tmp_path / "out.onnx").exists() and not (tmp_path / "out.pt").exists()


def test_frozen_parameters_do_not_change() -> None:
    import numpy as np

    from models.data.loader import Batch

    frozen = "backbone.stem,backbone.blocks.0."
    # Without refinement: in its first step only the correction weights change.
    trainer = Trainer(
        TrainingConfig(network="bisenet", options={"refined": 0}, steps=10, batch=2, freeze=frozen)
    )
    before = {name: value.clone() for name, value in trainer.network.named_parameters()}
    rng = np.random.default_rng(0)
    frames = rng.integers(0, 256, (2, 64, 64, 3), np.uint8)
    trainer.learn(Batch(0, frames, rng.integers(0, 2, (2, 64, 64), np.uint8) * 255))
    changed = {
        name for name, value in trainer.network.named_parameters() if not torch.equal(value, before[name])
    }
    unchanged = set(before) - changed
    assert unchanged == {n for n in before if n.startswith(("backbone.stem", "backbone.blocks.0."))}


def test_bisenet_uses_imagenet_normalisation() -> None:
    network = build("bisenet")
    grey = torch.full((1, 1, 1, 3), 116.28)
    assert network.normalise(grey)[0, 1].abs().max() < 1e-5
