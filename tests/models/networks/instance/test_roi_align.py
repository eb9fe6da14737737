from __future__ import annotations

import torch

from models.networks.instance.roi_align import level_of, paste, pyramid_align, roi_align


def test_roi_align_of_a_box_of_the_whole_map_is_the_map() -> None:
    features = torch.randn(2, 3, 8, 8)
    whole = torch.tensor([0.0, 0, 32, 32]).expand(2, 1, 4)
    pooled = roi_align(features, whole, 4, 8, samples=1)
    torch.testing.assert_close(pooled[:, 0], features)


def test_roi_align_of_two_cells_is_their_mean() -> None:
    features = torch.arange(16.0).reshape(1, 1, 4, 4)
    # Columns 1 and 2 of rows 2 and 3: 9, 10, 13, 14.
    pooled = roi_align(features, torch.tensor([[[1.0, 2, 3, 4]]]), 1, 1, samples=2)
    assert pooled.item() == 11.5


def test_roi_align_of_a_ramp_gives_the_middle_of_each_bin() -> None:
    ramp = (torch.arange(8.0) + 0.5).expand(8, 8)[None, None]  # the value at position x is x
    pooled = roi_align(ramp, torch.tensor([[[4.6, 4, 13.6, 12]]]), 2, 3)
    # The box reaches from 2.3 to 6.8 cells; its three bins are 1.5 wide.
    torch.testing.assert_close(pooled[0, 0, 0, 1], torch.tensor([3.05, 4.55, 6.05]))


def test_roi_align_moves_with_a_fraction_of_a_cell() -> None:
    features = torch.zeros(1, 1, 4, 4)
    features[0, 0, 1, 1] = 1
    pooled = roi_align(features, torch.tensor([[[1.25, 1.0, 2.25, 2.0]]]), 1, 1, samples=1)
    assert pooled.item() == 0.75


def test_level_of_a_box_doubles_its_stride_with_its_side() -> None:
    sides = torch.tensor([20.0, 60, 120, 230, 460])
    boxes = torch.stack([torch.zeros(5), torch.zeros(5), sides, sides], 1)
    assert level_of(boxes, 4).tolist() == [0, 0, 1, 2, 3]


def test_pyramid_align_pools_each_box_from_its_level() -> None:
    pyramid = [torch.full((1, 1, 64 // 2**n, 64 // 2**n), float(n)) for n in range(4)]
    boxes = torch.tensor([[[0.0, 0, 50, 50], [0, 0, 150, 150], [0, 0, 250, 250]]])
    pooled = pyramid_align(pyramid, boxes, 2)
    assert pooled[0, :, 0, 0, 0].tolist() == [0, 1, 2]


def test_paste_of_a_full_mask_fills_the_box_alone() -> None:
    pasted = paste(torch.ones(1, 1, 4, 4), torch.tensor([[[2.0, 1, 6, 4]]]), 6, 8)
    expected = torch.zeros(6, 8)
    expected[1:4, 2:6] = 1
    torch.testing.assert_close(pasted[0, 0], expected)


def test_paste_inverts_roi_align_of_a_smooth_mask() -> None:
    mask = torch.linspace(0, 1, 32).expand(32, 32)[None, None]
    box = torch.tensor([[[8.0, 4, 24, 20]]])
    pasted = paste(roi_align(mask, box, 1, 16)[:, :, 0], box, 32, 32)
    torch.testing.assert_close(pasted[0, 0, 4:20, 8:24], mask[0, 0, 4:20, 8:24], atol=1e-5, rtol=0)
