from __future__ import annotations

import pytest
import torch
from torch import Tensor

from models.networks.instance.boxes import area, clip, decode, encode, iou, suppress


def _random_boxes(count: int, seed: int) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    corner = torch.rand(count, 2, generator=generator) * 100
    return torch.cat([corner, corner + 5 + torch.rand(count, 2, generator=generator) * 60], 1)


def _suppress_one_by_one(boxes: Tensor, scores: Tensor, threshold: float) -> list[bool]:
    stays: list[int] = []
    for index in scores.argsort(descending=True).tolist():
        if all(iou(boxes[index][None], boxes[other][None]).item() <= threshold for other in stays):
            stays.append(index)
    return [index in stays for index in range(len(boxes))]


def test_iou_of_half_covered_boxes_is_a_third() -> None:
    boxes = torch.tensor([[0.0, 0, 10, 10], [5, 0, 15, 10], [20, 20, 30, 30]])
    expected = torch.tensor([[1, 1 / 3, 0], [1 / 3, 1, 0], [0, 0, 1]])
    torch.testing.assert_close(iou(boxes, boxes), expected)


def test_area_of_a_box_without_extent_is_0() -> None:
    assert area(torch.tensor([[3.0, 3, 3, 9], [5, 5, 2, 9]])).tolist() == [0, 0]


def test_clip_keeps_boxes_within_the_frame() -> None:
    clipped = clip(torch.tensor([-4.0, 2, 70, 90]), 60, 50)
    assert clipped.tolist() == [0, 2, 50, 60]


def test_encode_of_a_moved_and_doubled_box_has_the_values_of_the_paper() -> None:
    offsets = encode(torch.tensor([10.0, 10, 30, 50]), torch.tensor([10.0, 10, 20, 30]))
    expected = torch.tensor([0.5 * 10, 0.5 * 10, 0.6931472 * 5, 0.6931472 * 5])
    torch.testing.assert_close(offsets, expected)


def test_decode_inverts_encode() -> None:
    boxes, references = _random_boxes(40, 1), _random_boxes(40, 2)
    torch.testing.assert_close(decode(encode(boxes, references), references), boxes, atol=1e-3, rtol=0)


def test_suppress_keeps_the_best_of_a_chain_and_what_only_the_fallen_one_overlaps() -> None:
    boxes = torch.tensor([[0.0, 0, 10, 10], [4, 0, 14, 10], [8, 0, 18, 10]])
    assert suppress(boxes, torch.tensor([0.9, 0.8, 0.7]), 0.3).tolist() == [True, False, True]
    assert suppress(boxes, torch.tensor([0.7, 0.9, 0.8]), 0.3).tolist() == [False, True, False]


@pytest.mark.parametrize("threshold", [0.3, 0.6])
def test_suppress_of_random_boxes_equals_the_loop_over_boxes(threshold: float) -> None:
    for seed in range(5):
        boxes = _random_boxes(80, seed)
        scores = torch.rand(80, generator=torch.Generator().manual_seed(seed))
        assert suppress(boxes, scores, threshold).tolist() == _suppress_one_by_one(boxes, scores, threshold)


def test_suppress_of_a_batch_treats_each_frame_alone() -> None:
    boxes = torch.stack([_random_boxes(30, 3), _random_boxes(30, 4)])
    scores = torch.rand(2, 30, generator=torch.Generator().manual_seed(5))
    both = suppress(boxes, scores, 0.4)
    assert torch.equal(both, torch.stack([suppress(boxes[n], scores[n], 0.4) for n in range(2)]))
