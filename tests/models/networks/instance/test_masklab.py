from __future__ import annotations

import torch

from models.networks.instance.masklab import DIRECTIONS, direction, directions_in_boxes, pool_directions


def test_direction_of_the_axes_and_diagonals() -> None:
    x = torch.tensor([1.0, 1, 0, -1, -1, -1, 0, 1])
    y = torch.tensor([0.0, 1, 1, 1, 0, -1, -1, -1])
    assert direction(x, y).tolist() == list(range(DIRECTIONS))


def test_directions_in_boxes_point_to_the_centre() -> None:
    inside = directions_in_boxes(torch.tensor([[0.0, 0, 30, 30]]), 3)[0]
    assert inside[0].tolist() == [1, 2, 3]
    assert inside[2].tolist() == [7, 6, 5]
    assert inside[1, 0::2].tolist() == [0, 4]


def test_directions_in_boxes_follow_the_shape_of_the_box() -> None:
    inside = directions_in_boxes(torch.tensor([[0.0, 0, 10, 100]]), 3)[0]
    assert inside[0].tolist() == [2, 2, 2], "in a narrow box the upper corners lie above the centre"


def test_pool_directions_takes_the_channel_of_each_cells_direction() -> None:
    channels = torch.arange(float(DIRECTIONS))[None, :, None, None].expand(1, DIRECTIONS, 3, 3)
    pooled = pool_directions(channels, torch.tensor([[0.0, 0, 30, 30]]))
    assert pooled.shape == (1, 1, 3, 3)
    assert pooled[0, 0, 0].tolist() == [1, 2, 3]


def test_pool_directions_is_low_where_the_pixels_belong_to_the_person_beside() -> None:
    # All pixels point right, to a person beyond the right side of the box.
    logits = torch.zeros(1, DIRECTIONS, 4, 4)
    logits[:, 0] = 5
    pooled = pool_directions(logits, torch.tensor([[0.0, 0, 40, 40]]))[0, 0]
    assert pooled[1, 0] == 5 and pooled[1, 3] == 0
