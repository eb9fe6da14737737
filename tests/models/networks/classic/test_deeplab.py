"""DeepLab: published structure, outputs, export."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch
from torch import nn

from models import BuildError, build
from models.networks.classic.deeplab import VGG16, DeepLab
from tests.models import checks

if TYPE_CHECKING:
    from models.networks.layers import Network

BACKBONES = ("efficientnet_lite0", "vgg16")


def small(backbone: str, scales: int = 8) -> Network:
    torch.manual_seed(0)
    return build("deeplab", backbone=backbone, width=0.125, field=16, scales=scales)


@pytest.mark.slow_after_first
@pytest.mark.parametrize("backbone", BACKBONES)
def test_deeplab_does_what_every_network_must(backbone: str) -> None:
    checks.check_outputs(small(backbone), [], None)
    checks.check_every_parameter_gets_a_gradient(small(backbone))
    checks.check_export(small(backbone))


def test_deeplab_with_an_unknown_backbone_is_refused() -> None:
    with pytest.raises(BuildError, match="no backbone named 'vgg'"):
        build("deeplab", backbone="vgg")


def test_vgg16_has_the_published_parameters_and_output_stride_8() -> None:
    with torch.device("meta"):
        encoder = VGG16()
        features = encoder(torch.zeros(1, 3, 64, 96))
    assert sum(p.numel() for p in encoder.parameters()) == 14_714_688
    assert [64 // f.shape[2] for f in features] == [2, 4, 8, 8, 8] == list(encoder.strides)
    assert [f.shape[1] for f in features] == [64, 128, 256, 512, 512] == list(encoder.channels)


def test_deeplab_published_has_large_field_of_view_and_predicts_from_the_frame_and_four_pools() -> None:
    with torch.device("meta"):
        network = build("deeplab_published")
    assert isinstance(network, DeepLab)
    assert len(network.scales) == 5 and network.classify.in_channels == 1024 + 5 * 128
    (wide,) = [m for m in network.field.modules() if isinstance(m, nn.Conv2d) and m.kernel_size == (3, 3)]
    assert wide.dilation == (12, 12)


def test_deeplab_without_scales_is_the_plain_large_field_of_view() -> None:
    with torch.device("meta"):
        network = build("deeplab", backbone="vgg16", field=1024, scales=0)
    assert network.count_parameters() / 1e6 == pytest.approx(20.5, abs=0.05), "as table 4 of the paper"
