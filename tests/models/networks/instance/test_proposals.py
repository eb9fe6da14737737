from __future__ import annotations

import torch

from models.networks.instance.boxes import area, encode, iou
from models.networks.instance.proposals import ASPECTS, ProposalHead, anchors, propose
from models.networks.instance.pyramid import STRIDES


def test_anchors_of_a_frame_are_three_per_cell_of_each_level() -> None:
    cells = sum((64 // stride) * (96 // stride) for stride in STRIDES)
    assert anchors(64, 96).shape == (3 * cells, 4)


def test_anchors_of_the_first_cell_have_the_values_of_eight_strides() -> None:
    first = anchors(64, 96)[:3]
    torch.testing.assert_close(first[0], torch.tensor([-14.0, -14, 18, 18]))
    torch.testing.assert_close(area(first), torch.full((3,), 32.0**2))
    size = first[:, 2:] - first[:, :2]
    torch.testing.assert_close(size[:, 1] / size[:, 0], torch.tensor(ASPECTS))


def test_anchors_go_along_the_row_first() -> None:
    every = anchors(64, 96)
    middle = (every[:, :2] + every[:, 2:]) / 2
    assert middle[0].tolist() == [2, 2] and middle[3].tolist() == [6, 2] and middle[3 * 24].tolist() == [2, 6]


def test_proposal_head_gives_each_anchor_its_score_and_offsets() -> None:
    torch.manual_seed(0)
    levels = [torch.randn(2, 16, 64 // stride, 96 // stride) for stride in STRIDES]
    head = ProposalHead(16)
    scores, offsets = head(levels)
    count = len(anchors(64, 96))
    assert scores.shape == (2, count) and offsets.shape == (2, count, 4)
    # The second aspect of the cell in row 1, column 2 of the finest level.
    index = (1 * 24 + 2) * 3 + 1
    mixed = head.mix(levels[0])
    torch.testing.assert_close(scores[:, index], head.score(mixed)[:, 1, 1, 2])
    torch.testing.assert_close(offsets[:, index], head.offset(mixed)[:, 4:8, 1, 2])


def test_propose_puts_the_two_surest_boxes_first_and_not_their_neighbours() -> None:
    every = anchors(64, 96)
    true = torch.tensor([[10.0, 10, 40, 60], [50.0, 5, 90, 60]])
    overlaps = iou(every, true)
    scores = overlaps.amax(1)[None] * 8 - 4
    # Anchors near a person are moved onto it; the others stay.
    moved = encode(true[overlaps.argmax(1)], every)
    offsets = torch.where(overlaps.amax(1, keepdim=True) > 0.2, moved, torch.zeros(()))[None]
    found = propose(scores, offsets, (64, 96), before=64, after=2)[0]
    assert sorted(found.round().tolist()) == true.tolist()
