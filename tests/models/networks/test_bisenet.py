"""BiSeNet has the published parts, at any width."""

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
def test_outputs_have_their_sizes_and_training_adds_two(context: str) -> None:
    checks.check_outputs(BiSeNet(context, 0.125), [16, 8], None)


@pytest.mark.parametrize("context", sorted(CONTEXTS))
def test_every_parameter_learns(context: str) -> None:
    checks.check_every_parameter_learns(BiSeNet(context, 0.125))


@pytest.mark.parametrize("name", ["bisenet", "bisenet_resnet18", "bisenet_xception39"])
def test_the_exported_file_does_what_pytorch_does(name: str) -> None:
    checks.check_export(build(name, width=0.125))


def test_the_resnet_has_the_parameters_all_know_and_the_stages_their_channels() -> None:
    with torch.device("meta"):
        resnet, xception = resnet18(), xception39()
    # ResNet-18 has 11,689,512, of which the classifier has 513,000.
    assert sum(p.numel() for p in resnet.parameters()) == 11_176_512
    assert resnet.channels == (128, 256, 512) and xception.channels == (64, 128, 256)
    frame = torch.zeros(1, 3, 64, 96, device="meta")
    for backbone in (resnet, xception):
        shapes = [tuple(feature.shape[1:]) for feature in backbone(frame)]
        assert shapes == [(c, 64 // s, 96 // s) for c, s in zip(backbone.channels, (8, 16, 32), strict=True)]


def test_xception39_has_four_eight_and_four_blocks() -> None:
    stages = xception39(0.125).stages
    assert [len(list(stage.children())) for stage in stages] == [4, 8, 4]


def test_widths_are_multiples_of_8_and_at_least_8() -> None:
    assert [scaled(64, width) for width in (1, 0.5, 0.375, 0.3, 0.01)] == [64, 32, 24, 16, 8]
    for width in (0, -1, float("nan")):
        with pytest.raises(ValueError, match="above 0"):
            scaled(64, width)


def test_an_unknown_context_path_lists_the_known_ones() -> None:
    with pytest.raises(ValueError, match="'vgg'; there are: xception39, resnet18"):
        BiSeNet("vgg")


def test_refinement_scales_channels_by_a_sigmoid_of_their_means() -> None:
    module = AttentionRefinement(8, 8).eval()
    x = torch.randn(1, 8, 6, 6)
    with torch.no_grad():
        refined = module.conv(x)
        module.gate[1].weight.zero_()  # type: ignore[operator, union-attr]
        assert torch.allclose(module(x), refined / 2)
        module.gate[2].bias.fill_(2.0)  # type: ignore[operator, union-attr]
        assert torch.allclose(module(x), refined * torch.tensor(2.0).sigmoid())


def test_fusion_adds_the_weighed_channels_to_themselves() -> None:
    module = FeatureFusion(16, 8, 1).eval()
    x = torch.randn(1, 16, 6, 6)
    with torch.no_grad():
        mixed = module.mix(x)
        module.gate[3].weight.zero_()  # type: ignore[operator, union-attr]
        assert torch.allclose(module(x), mixed * 1.5)


def test_the_mean_of_the_whole_frame_reaches_every_pixel() -> None:
    module = Context(8, 8, 8)
    torch.manual_seed(0)
    module.eval()
    at16, at32 = torch.randn(1, 8, 16, 16), torch.randn(1, 8, 8, 8)
    changed = at32.clone()
    changed[..., 7, 7] += 50
    with torch.no_grad():
        corner = (module(at16, changed)[1] - module(at16, at32)[1])[..., 0, 0]
    assert corner.abs().max() > 1e-4


def test_both_paths_count() -> None:
    network = BiSeNet("resnet18", 0.125)
    checks.lively(network)
    frame = torch.randn(1, 3, 64, 64)
    with torch.no_grad():
        whole = network(frame).logits
        kept = network.spatial[3][0].weight.clone()  # type: ignore[index, operator, union-attr]
        network.spatial[3][0].weight.zero_()  # type: ignore[index, operator, union-attr]
        assert (network(frame).logits - whole).abs().max() > 1e-2
        network.spatial[3][0].weight.copy_(kept)  # type: ignore[index, operator, union-attr]
        network.context.smooth8[0].weight.zero_()  # type: ignore[operator, union-attr]
        assert (network(frame).logits - whole).abs().max() > 1e-2


def test_enlarging_shifts_alike_at_every_size() -> None:
    features = torch.randn(1, 2, 12, 12)
    large, small = enlarge(features), enlarge(features[..., :6, :6])
    assert large.shape == (1, 2, 96, 96)
    # Up to the last row and column, whose neighbours the small one lacks.
    assert torch.allclose(large[..., :40, :40], small[..., :40, :40], atol=1e-6)


def test_enlarging_the_margin_alone_changes_no_probability() -> None:
    logits = 5 * torch.randn(2, 2, 6, 9)
    torch.testing.assert_close(margin_to_frame(logits).softmax(1), enlarge(logits).softmax(1))


def test_the_large_one_is_the_same_network_that_sees_more_pixels() -> None:
    large, usual = build("bisenet_large"), build("bisenet")
    assert large.working_pixels > 1.8 * usual.working_pixels
    large.load_state_dict(usual.state_dict())


def test_it_trains_by_its_name_alone() -> None:
    run = Trainer(TrainingConfig(network="bisenet", steps=10, batch=2))
    rng = np.random.default_rng(0)
    batch = Batch(
        0, rng.integers(0, 256, (2, 64, 96, 3), np.uint8), rng.integers(0, 2, (2, 64, 96), np.uint8) * 255
    )
    losses = run.learn(batch)
    assert losses["auxiliary"] > 0 and "detail" not in losses
