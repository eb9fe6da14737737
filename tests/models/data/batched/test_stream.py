"""Batches by step: a stream that begins later gives the same batches."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import torch

from models import train
from models.data.batched.stream import BatchedStream
from models.data.loader import BatchShape
from models.training import checkpoint

if TYPE_CHECKING:
    from pathlib import Path


def plan(step: int) -> BatchShape:
    return BatchShape(4, 32, 64) if step % 2 else BatchShape(4, 64, 32)


def test_stream_from_a_later_step_gives_the_same_batches(data: Path) -> None:
    device = torch.device("cpu")
    whole = list(islice(BatchedStream(data, plan, 5, 0, 0, device, 96), 3))
    later = next(iter(BatchedStream(data, plan, 5, 2, 0, device, 96)))
    assert [batch.step for batch in whole] == [0, 1, 2] and later.step == 2
    assert torch.equal(torch.as_tensor(later.frames), torch.as_tensor(whole[2].frames))
    assert tuple(whole[1].frames.shape) == (4, 32, 64, 3)
    other_rank = next(iter(BatchedStream(data, plan, 5, 2, 1, device, 96)))
    assert not torch.equal(torch.as_tensor(later.frames), torch.as_tensor(other_rank.frames))


def test_training_with_batched_frames_writes_a_checkpoint(data: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    arguments = ["sinet", "--data", str(data), "--run", str(run), "--steps", "3", "--batch", "4"]
    assert train.main([*arguments, "--photo-px", "96", "--check-every", "0", "--device", "cpu"]) == 0
    state = checkpoint.load(run / "last.pt")
    assert state["step"] == 3 and state["samples"] == 12
