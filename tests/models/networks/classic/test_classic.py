"""PSPNet, DeepLabv3 and RefineNet: published structure, outputs, export."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch
from torch import nn
from torch.nn import functional

from models import BuildError, build
from models.networks.classic.deeplabv3 import AtrousPyramid, DeepLabV3
from models.networks.classic.encoders import RESNET50, RESNET101, LiteEncoder, ResNet
from models.networks.classic.pspnet import BINS, PSPNet, pool
from models.networks.classic.refinenet import ChainedPooling, RefineNet
from tests.models import checks

if TYPE_CHECKING:
    from models.networks.layers import Network

BACKBONES = ("efficientnet_lite0", "resnet50")


@pytest.fixture(autouse=True)
def seed() -> None:
    torch.manual_seed(0)


def small(name: str, backbone: str) -> Network:
    options = {"backbone": backbone, "width": 0.125, "inner": 16}
    return build(name, **options)


@pytest.mark.slow_after_first
@pytest.mark.parametrize("backbone", BACKBONES)
@pytest.mark.parametrize("name", ["pspnet", "deeplabv3", "refinenet"])
def test_network_does_what_every_network_must(name: str, backbone: str) -> None:
    checks.check_outputs(small(name, backbone), [16], None)
    checks.check_every_parameter_gets_a_gradient(small(name, backbone))
    checks.check_export(small(name, backbone))


@pytest.mark.parametrize("name", ["pspnet", "deeplabv3", "refinenet"])
def test_unknown_backbone_is_refused(name: str) -> None:
    with pytest.raises(BuildError, match="no backbone named 'vgg'"):
        build(name, backbone="vgg")


@pytest.mark.parametrize("stride", [0, 4, 64])
def test_output_stride_other_than_8_16_and_32_is_refused(stride: int) -> None:
    with pytest.raises(BuildError, match="must be 8, 16 or 32"):
        build("pspnet", output_stride=stride)


@pytest.mark.slow
def test_resnets_have_the_published_parameters() -> None:
    with torch.device("meta"):
        fifty, hundred = ResNet(RESNET50), ResNet(RESNET101)
    # With their classifier of 2,049,000 parameters: 25,557,032 and 44,549,160.
    assert sum(p.numel() for p in fifty.parameters()) == 23_508_032
    assert sum(p.numel() for p in hundred.parameters()) == 42_500_160
    assert fifty.channels == (256, 512, 1024, 2048)


@pytest.mark.parametrize("stride", [8, 16, 32])
@pytest.mark.parametrize("backbone", [ResNet, LiteEncoder])
def test_encoder_keeps_its_output_stride(backbone: type[ResNet | LiteEncoder], stride: int) -> None:
    encoder = backbone(width=0.125, output_stride=stride).eval()
    with torch.no_grad():
        features = encoder(torch.randn(1, 3, 64, 96))
    strides = [min(s, stride) for s in (4, 8, 16, 32)]
    assert [tuple(f.shape[1:]) for f in features] == [
        (c, 64 // s, 96 // s) for c, s in zip(encoder.channels, strides, strict=True)
    ]


@pytest.mark.parametrize("backbone", [ResNet, LiteEncoder])
def test_rates_see_as_far_as_the_strides_they_replace(backbone: type[ResNet | LiteEncoder]) -> None:
    """Every second place of the atrous encoder equals the strided encoder, as rates replace strides."""
    strided = backbone(width=0.125, output_stride=32).eval()
    atrous = backbone(width=0.125, output_stride=16).eval()
    atrous.load_state_dict(strided.state_dict())
    frame = torch.randn(1, 3, 256, 256)
    with torch.no_grad():
        coarse, fine = strided(frame)[3], atrous(frame)[3]
    # TensorFlow's padding puts the strided places of EfficientNet-Lite0 half a place further.
    shift = 1 if backbone is LiteEncoder else 0
    middle = fine[..., shift::2, shift::2][..., 2:6, 2:6]
    if backbone is ResNet:
        torch.testing.assert_close(coarse[..., 2:6, 2:6], middle, atol=1e-4, rtol=1e-3)
    else:
        assert middle.shape == coarse[..., 2:6, 2:6].shape


@pytest.mark.parametrize("size", [(2, 4), (6, 6), (10, 18), (20, 36)])
@pytest.mark.parametrize("bins", BINS)
def test_pool_equals_adaptive_average_pooling(size: tuple[int, int], bins: int) -> None:
    x = torch.randn(2, 5, *size)
    torch.testing.assert_close(pool(x, bins), functional.adaptive_avg_pool2d(x, bins), atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize(("stride", "rates"), [(16, [6, 12, 18]), (8, [12, 24, 36])])
def test_pyramid_has_the_published_rates(stride: int, rates: list[int]) -> None:
    convolutions = [m for m in AtrousPyramid(16, 8, stride).modules() if isinstance(m, nn.Conv2d)]
    assert [m.dilation[0] for m in convolutions if m.kernel_size == (3, 3)] == rates


def test_last_stage_of_deeplabv3_has_the_published_grid() -> None:
    backbone = DeepLabV3("resnet50", 0.125, 16, 16, False).backbone
    assert isinstance(backbone, ResNet)
    rates = [
        m.dilation[0]
        for m in backbone.stages[-1].modules()
        if isinstance(m, nn.Conv2d) and m.kernel_size == (3, 3)
    ]
    assert rates == [2, 4, 8]


def test_decoder_sees_stride_4() -> None:
    network = DeepLabV3("efficientnet_lite0", 0.125, 16, 16, True).eval()
    assert network.low is not None
    with torch.no_grad():
        plain = network(torch.zeros(1, 3, 64, 64)).logits
        changed = torch.zeros(1, 3, 64, 64)
        changed[..., 30:34, 30:34] = 3
        difference = (network(changed).logits - plain).abs().amax(1)[0]
    assert difference[28:36, 28:36].max() > difference[:8, :8].max()


def test_chained_pooling_of_negative_features_is_nothing() -> None:
    pooling = ChainedPooling(4).eval()
    with torch.no_grad():
        assert pooling(-torch.rand(1, 4, 8, 8)).abs().max() == 0


def test_gradient_reaches_the_encoder_through_identity_paths() -> None:
    """Long paths: without the weights of the residual units, the encoder still learns (section 3.1)."""
    network = RefineNet("efficientnet_lite0", 0.125, 16)
    for name, parameter in network.named_parameters():
        if ".body." in name and name.startswith("blocks"):
            nn.init.zeros_(parameter)
    network(torch.randn(2, 3, 64, 64)).logits.square().mean().backward()
    stem = next(network.backbone.parameters())
    assert stem.grad is not None and stem.grad.abs().sum() > 0


def test_pspnet_pools_to_a_quarter_of_the_channels_each() -> None:
    network = PSPNet("resnet50", 0.125, 16, 8)
    assert [part[0].out_channels for part in network.pyramid.parts] == [64] * 4  # type: ignore[index]
