"""STDC: published structure and the detail loss."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional

from models import build
from models.data.loader import Batch
from models.networks.layers import Outputs
from models.networks.stdc import STDC1, STDC2, Backbone, ShortTermConcatenate, Stdc
from models.training.checkpoint import describe, restore
from models.training.config import TrainingConfig
from models.training.detail_loss import detail_loss, detail_target
from models.training.losses import LossWeights, boundary_band, compute_losses
from models.training.trainer import Trainer
from tests.models import checks


@pytest.fixture(autouse=True)
def seed() -> None:
    torch.manual_seed(0)


def square(low: int = 16, high: int = 48, side: int = 64) -> Tensor:
    alpha = torch.zeros(1, side, side)
    alpha[:, low:high, low:high] = 1
    return alpha


@pytest.mark.parametrize("modules", [STDC1, STDC2])
def test_outputs_have_frame_size_and_an_outline_in_training(modules: tuple[int, int, int]) -> None:
    checks.check_outputs(Stdc(modules, 0.125), [16, 8], 8)


def test_every_parameter_gets_a_gradient() -> None:
    checks.check_every_parameter_gets_a_gradient(Stdc(STDC1, 0.125))


def test_the_refined_network_does_what_every_network_must() -> None:
    checks.check_outputs(Stdc(STDC1, 0.125, refined=8), [16, 8], 8)
    network = Stdc(STDC1, 0.125, refined=8)
    assert network.refine is not None
    for stage in network.refine.stages:  # at first a correction is 0, and what is before it learns nothing
        torch.nn.init.normal_(stage.correction.weight)  # type: ignore[union-attr, arg-type]
    checks.check_every_parameter_gets_a_gradient(network)
    checks.check_export(network)


def test_refinement_is_an_option_that_older_checkpoints_need_not_have() -> None:
    plain = build("stdc", width=0.125)
    assert not any(name.startswith("refine") for name in plain.state_dict())
    assert any(name.startswith("refine") for name in build("stdc", width=0.125, refined=8).state_dict())
    state = {**describe("stdc", plain), "options": {"width": 0.125}, "weights": plain.state_dict()}
    assert restore(state).count_parameters() == plain.count_parameters()


def test_the_refinement_sees_detail_finer_than_stride_eight() -> None:
    network = Stdc(STDC1, 0.125, refined=8).eval()
    assert network.refine is not None
    for stage in network.refine.stages:
        torch.nn.init.normal_(stage.correction.weight)  # type: ignore[union-attr, arg-type]
    frame = torch.randn(1, 3, 64, 96)
    changed = frame.clone()
    changed[..., 30:32, 40:42] += 4.0
    with torch.no_grad():
        difference = (network(changed).logits - network(frame).logits)[0, 1].abs()
    assert difference[28:34, 38:44].max() > 3 * difference[:8, :8].max()


@pytest.mark.slow_after_first
@pytest.mark.parametrize("name", ["stdc", "stdc1", "stdc2"])
def test_exported_graph_equals_pytorch(name: str) -> None:
    checks.check_export(build(name, width=0.125))


@pytest.mark.parametrize("modules", [STDC1, STDC2])
def test_stages_have_published_modules_and_channels(modules: tuple[int, int, int]) -> None:
    with torch.device("meta"):
        backbone = Backbone(modules)
        features = backbone(torch.zeros(1, 3, 64, 96, device="meta"))
    assert [tuple(f.shape[1:]) for f in features[2:]] == [(256, 8, 12), (512, 4, 6), (1024, 2, 3)]
    assert tuple(len(list(stage.children())) for stage in backbone.stages) == modules


def test_parts_of_a_module_have_growing_receptive_fields() -> None:
    module = ShortTermConcatenate(8, 32, 1).eval()
    for parameter in module.parameters():
        torch.nn.init.constant_(parameter, 1.0)
    spot = torch.zeros(1, 8, 15, 15)
    spot[..., 7, 7] = 1
    with torch.no_grad():
        # The difference to an empty input removes the constant that the batch norms add.
        changed = (module(spot) - module(torch.zeros_like(spot))).abs() > 1e-6
    reach = [int(changed[0, channel, 7].sum()) for channel in (0, 15, 16, 23, 24, 27, 28, 31)]
    assert reach == [1, 1, 3, 3, 5, 5, 7, 7]


def test_strided_module_pools_its_first_part() -> None:
    module = ShortTermConcatenate(8, 32, 2).eval()
    x = torch.randn(1, 8, 12, 16)
    with torch.no_grad():
        out, first = module(x), module.first(x)
    assert out.shape == (1, 32, 6, 8)
    assert torch.allclose(out[:, :16], functional.avg_pool2d(first, 3, 2, 1))


def test_detail_target_is_the_outline_only() -> None:
    alpha = square()
    target = detail_target(alpha)
    assert target.shape == alpha.shape and set(target.flatten().tolist()) == {0.0, 1.0}
    inner = alpha - square(17, 47)
    assert bool((target[inner > 0] == 1).all()), "the outermost pixels of the person are missing"
    near = boundary_band(alpha, 5) > 0
    assert bool((target[~near] == 0).all()), "the target reaches farther than two pixels"
    for empty in (torch.zeros(1, 64, 64), torch.ones(1, 64, 64)):
        assert float(detail_target(empty).sum()) == 0


def test_detail_target_excludes_the_frame_border() -> None:
    alpha = torch.zeros(1, 64, 64)
    alpha[:, 32:, 20:44] = 1
    target = detail_target(alpha)
    assert float(target[0, -2:, 24:40].sum()) == 0
    assert float(target[0, 40:60, 20].sum()) == 20


def test_detail_target_of_soft_alpha_equals_hard_mask() -> None:
    soft = functional.avg_pool2d(square(), 5, 1, 2)
    hard = (soft > 0.5).float()
    assert torch.equal(detail_target(soft), detail_target(hard))
    assert float(detail_target(soft).sum()) > 80


def test_detail_loss_is_near_0_for_truth_and_high_without_outline() -> None:
    alpha = square()
    truth = (detail_target(alpha) * 2 - 1)[:, None] * 30
    assert float(detail_loss(truth, alpha)) < 0.02
    # Cross-entropy alone would be low: only a few percent of the pixels are outline.
    assert float(detail_loss(torch.full((1, 1, 64, 64), -6.0), alpha)) > 0.9
    assert float(detail_loss(-truth, alpha)) > 10


def test_detail_loss_has_a_useful_gradient_at_stride_8() -> None:
    alpha = square().repeat(2, 1, 1)
    logits = torch.zeros(2, 1, 8, 8, requires_grad=True)
    before = detail_loss(logits, alpha)
    before.backward()  # type: ignore[no-untyped-call]
    assert logits.grad is not None
    with torch.no_grad():
        assert detail_loss(logits - 5 * logits.grad, alpha) < before


def test_detail_weight_scales_the_loss_and_0_removes_it() -> None:
    alpha = square()
    outputs = Outputs(torch.randn(1, 2, 64, 64), (), torch.randn(1, 1, 8, 8))
    once, twice = (compute_losses(outputs, alpha, LossWeights(detail=weight)) for weight in (1, 2))
    assert float(twice["detail"]) == pytest.approx(2 * float(once["detail"]))
    assert float(once["detail"]) == pytest.approx(float(detail_loss(outputs.outline, alpha)))  # type: ignore[arg-type]
    assert "detail" not in compute_losses(outputs, alpha, LossWeights(detail=0))
    assert "detail" not in compute_losses(Outputs(outputs.logits), alpha, LossWeights())


def test_training_step_needs_only_the_name() -> None:
    trainer = Trainer(TrainingConfig(network="stdc", steps=10, batch=2))
    rng = np.random.default_rng(0)
    batch = Batch(
        0, rng.integers(0, 256, (2, 64, 96, 3), np.uint8), rng.integers(0, 2, (2, 64, 96), np.uint8) * 255
    )
    losses = trainer.learn(batch)
    assert losses["auxiliary"] > 0 and losses["detail"] > 0
