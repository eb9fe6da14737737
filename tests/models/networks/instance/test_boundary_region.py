from __future__ import annotations

import torch
from torch import Tensor

from models.networks.instance.boundary_region import (
    boundary_region,
    double_region,
    refined,
    training_region,
)


def _half(columns: int, size: int = 8) -> Tensor:
    """A mask of the left `columns`, [1, 1, size, size]."""
    mask = torch.zeros(1, 1, size, size)
    mask[..., :columns] = 1
    return mask


def _columns(region: Tensor) -> list[int]:
    assert (region == region[:, :, :1]).all(), "every row is the same"
    return region[0, 0, 0].nonzero().flatten().tolist()


def test_boundary_region_has_its_width_on_both_sides_of_the_edge() -> None:
    assert _columns(boundary_region(_half(4), 1)) == [3, 4]
    assert _columns(boundary_region(_half(4), 2)) == [2, 3, 4, 5]


def test_boundary_region_of_a_full_or_empty_mask_is_empty() -> None:
    assert not boundary_region(_half(8), 2).any() and not boundary_region(_half(0), 2).any()


def test_boundary_region_ignores_where_between_0_and_a_half_the_mask_is() -> None:
    assert torch.equal(boundary_region(_half(4) * 0.6 + 0.1, 1), boundary_region(_half(4), 1))


def test_double_region_covers_the_same_cells() -> None:
    assert _columns(double_region(boundary_region(_half(4), 1))) == [6, 7, 8, 9]


def test_training_region_is_the_union_around_truth_and_prediction() -> None:
    assert _columns(training_region(_half(3), _half(6), 1)) == [4, 5, 6, 7, 10, 11, 12, 13]


def test_refined_takes_the_fine_mask_near_the_edge_and_the_coarse_one_elsewhere() -> None:
    fine = torch.full((1, 1, 16, 16), 0.25)
    result = refined(_half(4), fine, 1)
    assert result[0, 0, 0].tolist() == [1] * 6 + [0.25] * 4 + [0] * 6


def test_refined_is_the_formula_of_the_paper() -> None:
    generator = torch.Generator().manual_seed(0)
    coarse = torch.rand(3, 1, 14, 14, generator=generator)
    fine = torch.rand(3, 1, 28, 28, generator=generator)
    region = double_region(boundary_region(coarse, 1))
    up = torch.nn.functional.interpolate(coarse, scale_factor=2.0, mode="bilinear")
    torch.testing.assert_close(refined(coarse, fine, 1), torch.where(region > 0, fine, up))
