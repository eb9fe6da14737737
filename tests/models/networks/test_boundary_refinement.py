"""Boundary refinement: initial behaviour and the reach of its corrections."""

from __future__ import annotations

import torch

from models import build
from models.networks.bisenet import BiSeNet
from models.networks.blocks import enlarge
from models.networks.boundary_refinement import Refinement, Stage


def test_untrained_refinement_only_enlarges() -> None:
    refinement = Refinement(8, (6, 4), 16).eval()
    margin = torch.randn(2, 1, 5, 7)
    features = torch.randn(2, 8, 5, 7), (torch.randn(2, 6, 10, 14), torch.randn(2, 4, 20, 28))
    torch.testing.assert_close(refinement(margin, *features), enlarge(enlarge(margin, 2), 2))


def test_correction_uses_fine_and_coarse_features() -> None:
    stage = Stage(3, 5, 8).eval()
    torch.nn.init.ones_(stage.correction.weight)
    margin, coarse, fine = torch.zeros(1, 1, 4, 4), torch.zeros(1, 3, 4, 4), torch.zeros(1, 5, 8, 8)
    base, _ = stage(margin, coarse, fine)
    fine[0, :, 2, 2] = 3.0
    one, _ = stage(margin, coarse, fine)
    changed = (one - base)[0, 0].abs() > 1e-6
    assert changed[1:4, 1:4].any() and not changed[:, 4:].any() and not changed[4:].any()
    coarse[0, :, 3, 3] = 3.0
    assert ((stage(margin, coarse, fine)[0] - one)[0, 0, 6:, 6:].abs() > 1e-6).any()


def test_refined_network_resolves_detail_below_stride_8() -> None:
    network = build("bisenet").eval()
    assert isinstance(network, BiSeNet) and network.refine is not None
    for stage in network.refine.stages:
        torch.nn.init.normal_(stage.correction.weight)  # type: ignore[union-attr, arg-type]
    frame = torch.randn(1, 3, 64, 96)
    with torch.no_grad():
        logits = network(frame).logits
        changed = frame.clone()
        changed[..., 30:32, 40:42] += 4.0
        difference = (network(changed).logits - logits)[0, 1].abs()
    assert logits.shape == (1, 2, 64, 96)
    near = difference[28:34, 38:44].max()
    assert near > 3 * difference[:8, :8].max()  # attention changes the whole frame a little
