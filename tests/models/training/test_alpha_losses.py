"""The losses for soft alphas."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from models.training.alpha_losses import band_l1, laplacian
from models.training.losses import LossWeights, compute_losses

Loss = Callable[[Tensor, Tensor], Tensor]


def ramp() -> torch.Tensor:
    """Two alphas, [2, 32, 48], that rise from 0 to 1 from left to right."""
    return torch.linspace(0, 1, 48).expand(2, 32, 48).contiguous()


@pytest.mark.parametrize("loss", [laplacian, lambda p, a: band_l1(p, a, torch.ones_like(a))])
def test_loss_of_equal_alphas_is_zero(loss: Loss) -> None:
    assert loss(ramp(), ramp()) == 0


def test_band_l1_ignores_errors_outside_the_band() -> None:
    band = torch.zeros(2, 32, 48)
    band[:, :, 20:28] = 1
    wrong = ramp()
    wrong[:, :, :10] += 0.5
    assert band_l1(wrong, ramp(), band) == 0
    wrong[:, :, 20:28] += 0.25
    assert band_l1(wrong, ramp(), band) == pytest.approx(0.25)


def test_band_l1_of_empty_band_is_finite() -> None:
    assert band_l1(ramp(), ramp() * 0, torch.zeros(2, 32, 48)) == 0


def test_laplacian_of_error_in_mean_alone_counts_coarsest_level() -> None:
    assert laplacian(ramp() * 0 + 0.25, ramp() * 0) == pytest.approx(16 * 0.25, rel=1e-4)


def test_laplacian_is_larger_for_blurred_edge_than_for_sharp_one() -> None:
    edge = (ramp() > 0.5).float()
    blurred = torch.nn.functional.avg_pool2d(edge[:, None], 5, 1, 2, count_include_pad=False)[:, 0]
    more_blurred = torch.nn.functional.avg_pool2d(edge[:, None], 11, 1, 5, count_include_pad=False)[:, 0]
    assert 0 < laplacian(blurred, edge) < laplacian(more_blurred, edge)


def test_laplacian_of_tiny_alpha_is_finite() -> None:
    assert torch.isfinite(laplacian(torch.rand(1, 3, 3), torch.rand(1, 3, 3)))


def test_compute_losses_with_alpha_weights_has_both_and_their_gradients() -> None:
    from models.networks.layers import Outputs

    logits = torch.zeros(2, 2, 32, 48, requires_grad=True)
    losses = compute_losses(Outputs(logits), ramp(), LossWeights(boundary=0, band_l1=0.5, laplacian=0.25))
    assert {"band_l1", "laplacian"} <= losses.keys() and "boundary" not in losses
    torch.stack(list(losses.values())).sum().backward()  # type: ignore[no-untyped-call]
    assert logits.grad is not None and logits.grad.abs().sum() > 0
