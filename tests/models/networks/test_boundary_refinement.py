import torch

from models import build
from models.networks.bisenet import BiSeNet
from models.networks.blocks import enlarge
from models.networks.boundary_refinement import Refinement, Stage


def test_a_new_refinement_changes_nothing_but_the_size() -> None:
    refinement = Refinement(8, (6, 4), 16).eval()
    margin = torch.randn(2, 1, 5, 7)
    features = torch.randn(2, 8, 5, 7), (torch.randn(2, 6, 10, 14), torch.randn(2, 4, 20, 28))
    torch.testing.assert_close(refinement(margin, *features), enlarge(enlarge(margin, 2), 2))


def test_a_correction_comes_from_fine_features_and_from_coarse_ones() -> None:
    stage = Stage(3, 5, 8).eval()
    torch.nn.init.ones_(stage.correction.weight)
    margin, coarse, fine = torch.zeros(1, 1, 4, 4), torch.zeros(1, 3, 4, 4), torch.zeros(1, 5, 8, 8)
    nothing, _ = stage(margin, coarse, fine)
    fine[0, :, 2, 2] = 3.0
    one, _ = stage(margin, coarse, fine)
    changed = (one - nothing)[0, 0].abs() > 1e-6
    assert changed[1:4, 1:4].any() and not changed[:, 4:].any() and not changed[4:].any()
    coarse[0, :, 3, 3] = 3.0
    assert ((stage(margin, coarse, fine)[0] - one)[0, 0, 6:, 6:].abs() > 1e-6).any()


def test_a_refined_network_finds_outlines_finer_than_stride_eight() -> None:
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
    assert near > 3 * difference[:8, :8].max()  # attention weighs the whole frame anew: a little everywhere
