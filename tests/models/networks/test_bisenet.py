"""BiSeNet: published structure, outputs, widths."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from models import build
from models.data.loader import Batch
from models.networks.bisenet import CONTEXTS, BiSeNet, resnet18, xception39
from models.networks.blocks import (
    AttentionRefinement,
    Context,
    FeatureFusion,
    enlarge,
    margin_to_frame,
    scaled,
)
from models.training.config import TrainingConfig
from models.training.trainer import Trainer
from tests.models import checks


@pytest.fixture(autouse=True)
def seed() -> None:
    torch.manual_seed(0)


@pytest.mark.parametrize("context", sorted(CONTEXTS))
def test_outputs_have_frame_size_and_two_auxiliaries_in_training(context: str) -> None:
    checks.check_outputs(BiSeNet(context, 0.125), [16, 8], None)


@pytest.mark.parametrize("context", sorted(CONTEXTS))
def test_every_parameter_gets_a_gradient(context: str) -> None:
    checks.check_every_parameter_gets_a_gradient(BiSeNet(context, 0.125))


@pytest.mark.slow_after_first
@pytest.mark.parametrize("name", ["bisenet", "bisenet_resnet18", "bisenet_xception39"])
def test_exported_graph_equals_pytorch(name: str) -> None:
    checks.check_export(build(name, width=0.125))


@pytest.mark.slow
def test_backbones_have_published_parameters_and_channels() -> None:
    with torch.device("meta"):
        resnet, xception = resnet18(), xception39()
    # ResNet-18 has 11,689,512 parameters; its classifier has 513,000 of them.
    assert sum(p.numel() for p in resnet.parameters()) == 11_176_512
    assert resnet.channels == (128, 256, 512) and xception.channels == (64, 128, 256)
    frame = torch.zeros(1, 3, 64, 96, device="meta")
    for backbone in (resnet, xception):
        shapes = [tuple(feature.shape[1:]) for feature in backbone(frame)]
        assert shapes == [(c, 64 // s, 96 // s) for c, s in zip(backbone.channels, (8, 16, 32), strict=True)]


def test_xception39_has_stages_of_4_8_and_4_blocks() -> None:
    stages = xception39(0.125).stages
    assert [len(list(stage.children())) for stage in stages] == [4, 8, 4]


def test_scaled_channels_are_multiples_of_8_and_at_least_8() -> None:
    assert [scaled(64, width) for width in (1, 0.5, 0.375, 0.3, 0.01)] == [64, 32, 24, 16, 8]
    for width in (0, -1, float("nan")):
        with pytest.raises(ValueError, match="above 0"):
            scaled(64, width)


def test_unknown_context_path_lists_the_valid_ones() -> None:
    with pytest.raises(ValueError, match="'vgg'; there are: xception39, resnet18"):
        BiSeNet("vgg")


def test_attention_refinement_scales_channels_by_a_sigmoid() -> None:
    module = AttentionRefinement(8, 8).eval()
    x = torch.randn(1, 8, 6, 6)
    with torch.no_grad():
        refined = module.conv(x)
        module.get_parameter("gate.1.weight").zero_()
        assert torch.allclose(module(x), refined / 2)
        module.get_parameter("gate.2.bias").fill_(2.0)
        assert torch.allclose(module(x), refined * torch.tensor(2.0).sigmoid())


def test_feature_fusion_adds_gated_channels() -> None:
    module = FeatureFusion(16, 8, 1).eval()
    x = torch.randn(1, 16, 6, 6)
    with torch.no_grad():
        mixed = module.mix(x)
        module.get_parameter("gate.3.weight").zero_()
        assert torch.allclose(module(x), mixed * 1.5)


def test_global_context_reaches_every_pixel() -> None:
    module = Context(8, 8, 8)
    torch.manual_seed(0)
    module.eval()
    at16, at32 = torch.randn(1, 8, 16, 16), torch.randn(1, 8, 8, 8)
    changed = at32.clone()
    changed[..., 7, 7] += 50
    with torch.no_grad():
        corner = (module(at16, changed)[1] - module(at16, at32)[1])[..., 0, 0]
    assert corner.abs().max() > 1e-4


def test_spatial_and_context_path_change_the_logits() -> None:
    network = BiSeNet("resnet18", 0.125)
    checks.randomise_norms(network)
    frame = torch.randn(1, 3, 64, 64)
    with torch.no_grad():
        whole = network(frame).logits
        weight = network.get_parameter("spatial.3.0.weight")
        original = weight.clone()
        weight.zero_()
        assert (network(frame).logits - whole).abs().max() > 1e-2
        weight.copy_(original)
        network.get_parameter("context.smooth8.0.weight").zero_()
        assert (network(frame).logits - whole).abs().max() > 1e-2


def test_enlarge_shift_is_independent_of_size() -> None:
    features = torch.randn(1, 2, 12, 12)
    large, small = enlarge(features), enlarge(features[..., :6, :6])
    assert large.shape == (1, 2, 96, 96)
    # Without the last rows and columns, which depend on neighbours that the small input lacks.
    assert torch.allclose(large[..., :40, :40], small[..., :40, :40], atol=1e-6)


def test_margin_to_frame_keeps_probabilities() -> None:
    logits = 5 * torch.randn(2, 2, 6, 9)
    torch.testing.assert_close(margin_to_frame(logits).softmax(1), enlarge(logits).softmax(1))


def test_bisenet_large_is_bisenet_with_more_working_pixels() -> None:
    large, usual = build("bisenet_large"), build("bisenet")
    assert large.working_pixels > 1.8 * usual.working_pixels
    large.load_state_dict(usual.state_dict())


def test_training_step_needs_only_the_name() -> None:
    trainer = Trainer(TrainingConfig(network="bisenet", steps=10, batch=2))
    rng = np.random.default_rng(0)
    batch = Batch(
        0, rng.integers(0, 256, (2, 64, 96, 3), np.uint8), rng.integers(0, 2, (2, 64, 96), np.uint8) * 255
    )
    losses = trainer.learn(batch)
    assert losses["auxiliary"] > 0 and "detail" not in losses
