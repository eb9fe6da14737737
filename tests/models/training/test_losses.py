"""The losses: values, weights, gradients."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from models.evaluation.metrics import iou
from models.networks.layers import Outputs
from models.training.losses import LossWeights, boundary_band, compute_losses, cross_entropy, dice, lovasz

ALL = LossWeights(1.0, 0.9, 0.5, 0.4, 7)


def square(side: int = 32) -> Tensor:
    alpha = torch.zeros(1, side, side)
    alpha[:, side // 4 : 3 * side // 4, side // 4 : 3 * side // 4] = 1
    return alpha


def logits_for(alpha: Tensor, strength: float = 8.0) -> Tensor:
    return torch.stack([(1 - alpha) * strength, alpha * strength], 1)


@settings(max_examples=25)
@given(seed=st.integers(0, 999), width=st.sampled_from([1, 3, 7, 15]))
def test_boundary_band_is_dilation_minus_erosion(seed: int, width: int) -> None:
    rng = np.random.default_rng(seed)
    mask = cv2.resize(
        rng.integers(0, 2, (5, 6)).astype(np.float32), (40, 33), interpolation=cv2.INTER_NEAREST
    )
    kernel = np.ones((width, width), np.uint8)
    true = cv2.dilate(mask, kernel) - cv2.erode(mask, kernel)
    assert np.array_equal(boundary_band(torch.from_numpy(mask)[None], width)[0].numpy(), true)


def test_boundary_band_is_0_to_1_and_rejects_even_widths() -> None:
    band = boundary_band(torch.rand(2, 20, 30), 5)
    assert band.min() >= 0 and band.max() <= 1
    with pytest.raises(ValueError, match="odd"):
        boundary_band(square(), 4)


def test_losses_are_near_0_for_truth_and_high_for_its_inverse() -> None:
    alpha = square()
    coarse = torch.nn.functional.interpolate(alpha[:, None], scale_factor=0.25, mode="area")[:, 0]
    right = compute_losses(Outputs(logits_for(alpha, 30), (logits_for(coarse, 30),)), alpha, ALL)
    wrong = compute_losses(Outputs(logits_for(1 - alpha, 30), (logits_for(1 - coarse, 30),)), alpha, ALL)
    assert list(right) == ["segmentation", "boundary", "dice", "auxiliary"]
    assert all(float(value) < 0.02 for value in right.values())
    assert all(float(wrong[name]) > 0.3 for name in wrong)


def test_boundary_loss_is_higher_for_errors_at_the_outline() -> None:
    alpha = square()
    near, far = alpha.clone(), alpha.clone()
    near[0, 8, 8:24] = 0  # the square's edge
    far[0, 0, 8:24] = 1  # the frame's edge, as many pixels
    costs = [compute_losses(Outputs(logits_for(mask)), alpha, ALL) for mask in (near, far)]
    assert torch.isclose(costs[0]["segmentation"], costs[1]["segmentation"])
    assert costs[0]["boundary"] > 2 * costs[1]["boundary"]


def test_weights_scale_losses_and_0_removes_them() -> None:
    alpha, outputs = square(), Outputs(torch.randn(1, 2, 32, 32), (torch.randn(1, 2, 4, 4),))
    once = compute_losses(outputs, alpha, LossWeights(1, 1, 1, 1, 7, lovasz=1))
    twice = compute_losses(outputs, alpha, LossWeights(2, 2, 2, 2, 7, lovasz=2))
    assert all(torch.isclose(twice[name], 2 * once[name]) for name in once)
    assert list(compute_losses(outputs, alpha, LossWeights(1, 0, 0, 0))) == ["segmentation"]
    assert "auxiliary" not in compute_losses(Outputs(outputs.logits), alpha, ALL)


def test_cross_entropy_of_soft_target_is_minimal_at_the_target() -> None:
    target = torch.full((1, 1, 1), 0.3)
    margins = torch.linspace(-4, 4, 801)
    costs = torch.stack([cross_entropy(m.reshape(1, 1, 1), target)[0, 0, 0] for m in margins])
    assert abs(float(margins[costs.argmin()].sigmoid()) - 0.3) < 0.01


def test_dice_weights_photos_equally_and_handles_empty_ones() -> None:
    alpha = torch.stack([square()[0], torch.zeros(32, 32)])
    assert float(dice(alpha, alpha)) == pytest.approx(0, abs=1e-6)
    small = torch.zeros(1, 32, 32)
    small[0, 4:8, 4:8] = 1
    missed_small = float(dice(torch.zeros_like(small), small))
    assert 0.5 < missed_small < float(dice(torch.zeros(1, 32, 32), square())) <= 1
    probability = torch.full((1, 32, 32), 0.4, requires_grad=True)
    dice(probability, torch.zeros(1, 32, 32)).backward()  # type: ignore[no-untyped-call]
    assert probability.grad is not None and bool((probability.grad > 0).all())


@settings(max_examples=25)
@given(seed=st.integers(0, 999))
def test_lovasz_of_a_mask_is_1_minus_iou(seed: int) -> None:
    rng = np.random.default_rng(seed)
    predicted, true = (rng.random((2, 1, 6, 7)) < rng.choice([0, 0.1, 0.5, 0.9, 1], (2, 1, 1, 1))).astype(
        np.float32
    )
    ious = [iou(f > 0.5, t > 0.5) for f, t in ((predicted, true), (1 - predicted, 1 - true)) if t.any()]
    loss = float(lovasz(torch.from_numpy(predicted), torch.from_numpy(true)))
    assert loss == pytest.approx(1 - sum(ious) / len(ious), abs=1e-6)


def test_lovasz_of_soft_values_equals_a_computation_by_hand() -> None:
    # Three pixels, the first of the person; errors 0.2, 0.6 and 0.1, sorted in the order 2, 1, 3.
    probability, alpha = torch.tensor([[[0.8, 0.6, 0.1]]]), torch.tensor([[[0.9, 0.2, 0.0]]])
    person = 0.6 * (1 / 2) + 0.2 * (1 - 1 / 2) + 0.1 * (1 - 1)
    background = 0.6 * (1 / 2) + 0.2 * (2 / 3 - 1 / 2) + 0.1 * (1 - 2 / 3)
    assert float(lovasz(probability, alpha)) == pytest.approx((person + background) / 2)


def test_lovasz_is_0_for_truth_and_handles_missing_classes() -> None:
    alpha = torch.stack([square()[0], torch.zeros(32, 32), torch.ones(32, 32)])
    outputs = Outputs(logits_for(alpha, 30))
    assert float(compute_losses(outputs, alpha, LossWeights(lovasz=1))["lovasz"]) == pytest.approx(
        0, abs=1e-6
    )
    margin = torch.zeros(3, 32, 32, requires_grad=True)
    lovasz(margin.sigmoid(), alpha).backward()  # type: ignore[no-untyped-call]
    assert margin.grad is not None and bool(margin.grad.isfinite().all())
    assert all(float(photo.abs().sum()) > 0 for photo in margin.grad), "a photo has no gradient"


def test_target_of_another_size_is_rejected() -> None:
    with pytest.raises(ValueError, match="do not fit"):
        compute_losses(Outputs(torch.zeros(1, 2, 8, 8)), torch.zeros(1, 8, 16), ALL)
