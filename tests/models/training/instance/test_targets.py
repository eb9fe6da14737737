from __future__ import annotations

import torch
from torch import Tensor

from models.networks.instance.boxes import iou
from models.training.instance.targets import (
    ANCHORS,
    POSITIVES,
    REGIONS,
    Truth,
    anchor_targets,
    direction_target,
    draw_regions,
    mask_targets,
    moved_boxes,
    semantic_target,
    true_people,
)


def _people() -> Tensor:
    """Two frames of 32x48: person 1 left, person 2 right of it; and an empty frame."""
    people = torch.zeros(2, 32, 48, dtype=torch.uint8)
    people[0, 8:32, 4:20] = 1
    people[0, 4:32, 24:40] = 2
    return people


def _truth() -> Truth:
    return true_people(_people(), 3)


def test_true_people_have_tight_boxes() -> None:
    truth = _truth()
    assert truth.boxes[0, :2].tolist() == [[4, 8, 20, 32], [24, 4, 40, 32]]
    assert truth.valid.tolist() == [[True, True, False], [False, False, False]]
    assert truth.boxes[1].abs().sum() == 0
    assert truth.masks.sum((2, 3)).tolist() == [[16 * 24, 16 * 28, 0], [0, 0, 0]]


def test_anchor_targets_are_positive_at_0_7_or_the_closest_and_negative_below_0_3() -> None:
    torch.manual_seed(0)
    near = torch.tensor([[4.0, 8, 20, 32], [4, 8, 20, 30], [4, 8, 14, 32], [30, 4, 44, 32], [0, 0, 3, 3]])
    anchors = torch.cat([near, torch.tensor([[46.0, 0, 48, 2]]).expand(ANCHORS, 4)])
    index, label, person = anchor_targets(anchors, _truth())
    assert index.shape == label.shape == person.shape == (2, ANCHORS)
    labels = {int(i): int(value) for i, value in zip(index[0], label[0], strict=True) if value >= 0}
    # 0 and 1 overlap the first person by 0.7; 2 by 0.62, which counts neither way; 3 is the second's closest.
    assert {i for i, value in labels.items() if value == 1} == {0, 1, 3}
    assert 2 not in labels
    assert int(person[0][(index[0] == 3) & (label[0] == 1)]) == 1
    assert not (label[1] == 1).any(), "a frame without people has no positive anchor"


def test_moved_boxes_begin_with_the_true_ones() -> None:
    torch.manual_seed(0)
    truth = _truth()
    moved = moved_boxes(truth, (32, 48))
    assert torch.equal(moved[:, :3], truth.boxes)
    assert moved.shape[1] == 15 and moved.amin() >= 0
    assert iou(moved[0, 3::3], truth.boxes[0, :1]).amin() > 0.4


def test_draw_regions_puts_those_with_a_person_first() -> None:
    torch.manual_seed(0)
    truth = _truth()
    far = torch.tensor([0.0, 0, 4, 4]).expand(2, 40, 4)
    regions = draw_regions(torch.cat([far, truth.boxes[:, :2]], 1), truth)
    assert regions.boxes.shape == (2, REGIONS, 4)
    assert regions.positive[0, :POSITIVES].sum() == 2 and not regions.positive[0, POSITIVES:].any()
    shown = regions.positive[0]
    assert {tuple(box) for box in regions.boxes[0, shown].tolist()} == {(4, 8, 20, 32), (24, 4, 40, 32)}
    own = truth.boxes[0, regions.person[0, shown]]
    assert torch.equal(regions.boxes[0, shown], own)
    assert not regions.positive[1].any() and regions.counted[1].sum() == REGIONS - POSITIVES


def test_mask_targets_of_a_box_twice_as_wide_fill_its_left_half() -> None:
    boxes = torch.tensor([[[4.0, 8, 36, 32]], [[0.0, 0, 8, 8]]])
    targets = mask_targets(_truth(), boxes, torch.zeros(2, 1, dtype=torch.long), (8, 16))
    assert [tuple(target.shape) for target in targets] == [(2, 1, 8, 8), (2, 1, 16, 16)]
    for target in targets:
        side = target.shape[-1]
        assert target[0, 0, :, : side // 2].all() and not target[0, 0, :, side // 2 :].any()
        assert not target[1].any()


def test_semantic_target_is_the_union_of_people() -> None:
    target = semantic_target(_truth())
    assert target.shape == (2, 1, 8, 12)
    assert target[0].sum() == 4 * 6 + 4 * 7 and not target[1].any()


def test_direction_target_points_to_the_centre_of_each_persons_box() -> None:
    target = direction_target(_truth())
    assert target.shape == (2, 8, 12)
    assert (target[1] == -1).all() and target[0, 0, 0] == -1
    # Left and right pixels near the middle row of the first person, whose box is 4 to 20, 8 to 32.
    assert target[0, 4, 1:5:3].tolist() == [0, 4]
    assert target[0, 2:8:5, 2].tolist() == [2, 6]
