from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from models import INSTANCE_NETWORKS, build
from models.instance.export import OUTPUTS, difference, run_graph, to_onnx
from models.networks.instance.network import DETECTIONS, InstanceNetwork
from models.networks.instance.pyramid import STRIDES, Pyramid
from models.networks.instance.refinemask import RefineMaskHead, SemanticFusion
from tests.models.checks import randomise_norms

SIZE = (64, 96)


def _network(name: str) -> InstanceNetwork:
    torch.manual_seed(0)
    network = build(name)
    assert isinstance(network, InstanceNetwork)
    return network


def test_pyramid_has_its_channels_at_every_stride() -> None:
    features = Pyramid(16).eval()(torch.randn(2, 3, *SIZE))
    assert [tuple(level.shape) for level in features.levels] == [
        (2, 16, 64 // stride, 96 // stride) for stride in STRIDES
    ]
    assert [tuple(low.shape) for low in features.low] == [(2, 16, 32, 48), (2, 24, 16, 24)]


def test_pyramid_in_training_keeps_the_statistics_of_the_backbone() -> None:
    pyramid = Pyramid(16).train()
    before = [buffer.clone() for buffer in pyramid.backbone.buffers()]
    pyramid(torch.randn(2, 3, *SIZE))
    assert all(map(torch.equal, pyramid.backbone.buffers(), before))


@pytest.mark.parametrize("name", INSTANCE_NETWORKS)
def test_network_finds_boxes_within_the_frame_in_the_order_of_scores(name: str) -> None:
    network = _network(name)
    randomise_norms(network)
    with torch.inference_mode():
        found = network(torch.randn(2, 3, *SIZE))
    side = network.mask.sizes[-1]
    assert found.masks.shape == (2, DETECTIONS, side, side)
    assert found.masks.amin() >= 0 and found.masks.amax() <= 1
    assert found.boxes.amin() >= 0 and (found.boxes <= torch.tensor([96, 64, 96, 64])).all()
    assert (found.scores.diff(dim=1) <= 0).all()


@pytest.mark.parametrize("name", INSTANCE_NETWORKS)
def test_mask_head_gives_every_stage_its_size(name: str) -> None:
    network = _network(name)
    features = network.pyramid(torch.randn(2, 3, *SIZE))
    boxes = torch.tensor([[5.0, 5, 40, 60]]).expand(2, 3, 4)
    outputs = network.mask(features, boxes)
    assert [tuple(stage.shape) for stage in outputs.stages] == [(6, 1, s, s) for s in network.mask.sizes]
    torch.stack([stage.square().mean() for stage in outputs.stages]).sum().backward()  # type: ignore[no-untyped-call]
    without = [n for n, p in network.mask.named_parameters() if p.grad is None or not p.grad.abs().sum() > 0]
    assert without == []


def test_semantic_fusion_ends_with_both_masks() -> None:
    fusion = SemanticFusion(8, 4, 6).eval()
    masks = torch.rand(2, 1, 14, 14), torch.rand(2, 1, 14, 14)
    fused = fusion(torch.randn(2, 8, 14, 14), masks[0], torch.randn(2, 4, 14, 14), masks[1])
    assert fused.shape == (2, 6, 14, 14)
    assert torch.equal(fused[:, -2:], torch.cat(masks, 1))
    dilations = [layer.dilation for layer in fusion.branches.modules() if isinstance(layer, nn.Conv2d)]
    assert dilations == [(1, 1), (3, 3), (5, 5)]


def test_refinemask_far_from_edges_keeps_the_mask_of_28() -> None:
    outputs = RefineMaskHead(16, 8)(
        Pyramid(16).eval()(torch.randn(1, 3, *SIZE)), torch.tensor([[[0.0, 0, 90, 60]]])
    )
    solid = torch.full((1, 1, 28, 28), 5.0)
    stages = (outputs.stages[0], solid, *outputs.stages[2:])
    masks = RefineMaskHead(16, 8).masks(outputs._replace(stages=stages))
    torch.testing.assert_close(masks, torch.full((1, 1, 112, 112), torch.tensor(5.0).sigmoid().item()))


def test_frozen_detector_keeps_weights_and_statistics_but_the_mask_head_learns() -> None:
    network = _network("mask_rcnn")
    network.freeze_detector()
    network.train()
    assert not network.detector_learns()
    assert network.mask.training and not network.pyramid.training and not network.box.training
    learning = {name.split(".")[0] for name, p in network.named_parameters() if p.requires_grad}
    assert learning == {"mask"}


@pytest.mark.slow
@pytest.mark.parametrize("name", INSTANCE_NETWORKS)
def test_exported_graph_finds_the_same_persons_with_standard_operators(name: str) -> None:
    network = _network(name)
    randomise_norms(network)
    model = to_onnx(network, SIZE)
    assert {node.domain for node in model.graph.node} == {""}
    blocks = np.random.default_rng(1).integers(0, 256, (4, 6, 3), np.uint8)
    frame = blocks.repeat(16, 0).repeat(16, 1)
    assert difference(model, network, frame) < 1e-3
    boxes, scores, masks = run_graph(model, frame)
    assert boxes.shape == (DETECTIONS, 4) and scores.shape == (DETECTIONS,)
    assert masks.shape == (DETECTIONS, *SIZE) and masks.max() > 0
    assert [output.name for output in model.graph.output] == list(OUTPUTS)
