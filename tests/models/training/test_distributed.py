"""Training with two CPU processes, and the choice of device."""

from __future__ import annotations

import csv
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.multiprocessing.spawn import spawn as spawn_processes

import models
from models import train
from models.data.loader import Batch
from models.networks.layers import Network, Outputs, conv
from models.training import checkpoint
from models.training.config import TrainingConfig
from models.training.distributed import Group, GroupError, join
from models.training.trainer import Trainer

ROOT = Path(__file__).resolve().parents[3]
SINGLE_PROCESS = {"RANK": "0", "WORLD_SIZE": "1", "LOCAL_RANK": "0"}


class Plain(Network):
    """Two convolutions without batch norm, so that the gradient is a mean over the frames."""

    def __init__(self) -> None:
        super().__init__()
        self.classify = conv(3, 2, 3)
        self.spare = conv(3, 2)

    def forward(self, frame: Tensor) -> Outputs:
        return Outputs(self.classify(frame), (self.spare(frame),))


def plain_trainer(group: Group, **more: Any) -> Trainer:
    """A trainer of `Plain` with the main loss only, so that one head has no gradient."""
    models.REGISTRY["plain"] = "tests.models.training.test_distributed:Plain"
    numbers: dict[str, Any] = {"optimiser": "sgd", "learning_rate": 0.1, "warmup_steps": 1, "steps": 10}
    losses: dict[str, Any] = {"boundary": 0.0, "dice": 0.0, "auxiliary": 0.0}
    return Trainer(TrainingConfig(network="plain", **numbers, **losses, **more), None, group)


def make_batch(step: int, rank: int) -> Batch:
    rng = np.random.default_rng([step, rank])
    return Batch(
        step, rng.integers(0, 256, (2, 32, 32, 3), np.uint8), rng.integers(0, 256, (2, 32, 32), np.uint8)
    )


def spawn(function: Any, *arguments: Any) -> None:
    """Call function(rank, port, *arguments) in two processes."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    spawn_processes(function, (port, *arguments), nprocs=2)  # type: ignore[no-untyped-call]


def set_environment(rank: int, port: int) -> None:
    """Set the environment variables that torchrun sets."""
    torch.set_num_threads(1)
    os.environ |= {"RANK": str(rank), "WORLD_SIZE": "2", "LOCAL_RANK": str(rank)}
    os.environ |= {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port)}


def train_plain(rank: int, port: int, folder: Path) -> None:
    set_environment(rank, port)
    with join("cpu") as group:
        assert (group.rank, group.size, group.is_main) == (rank, 2, rank == 0)
        assert group.maximum(rank, -rank, 5) == [1, 0, 5]
        trainer = plain_trainer(group)
        for step in range(3):
            trainer.learn(make_batch(step, rank))
        assert trainer.samples == 12
        torch.save(trainer.state()["weights"], folder / f"{rank}.pt")


@pytest.mark.slow
def test_two_processes_equal_one_with_both_batches(tmp_path: Path) -> None:
    spawn(train_plain, tmp_path)
    first, second = (torch.load(tmp_path / f"{rank}.pt", weights_only=True) for rank in (0, 1))
    trainer, half = plain_trainer(Group()), plain_trainer(Group())
    for step in range(3):
        parts = [make_batch(step, rank) for rank in (0, 1)]
        half.learn(parts[0])
        trainer.learn(
            Batch(step, np.concatenate([p.frames for p in parts]), np.concatenate([p.alphas for p in parts]))
        )
    for name, value in trainer.state()["weights"].items():
        assert torch.equal(first[name], second[name]), name
        torch.testing.assert_close(first[name], value, atol=1e-6, rtol=1e-5)
    assert not torch.allclose(
        first["classify.weight"], half.network.state_dict()["classify.weight"], atol=1e-4
    )


def train_thrice(rank: int, port: int, data: Path, folder: Path) -> None:
    """A complete run, a run that SIGTERM to the second process stops, and the rest of that run."""
    set_environment(rank, port)
    frame_sums: list[float] = []
    learn, stop_at = Trainer.learn, [0]

    def learn_recorded(self: Trainer, batch: Batch) -> dict[str, Tensor]:
        frame_sums.append(float(batch.frames.sum()))
        if rank == 1 and self.step + 1 == stop_at[0]:
            signal.raise_signal(signal.SIGTERM)
        return learn(self, batch)

    Trainer.learn = learn_recorded  # type: ignore[method-assign]
    counters = []
    with join("cpu") as group:
        for name, stop_at[0] in (("whole", 0), ("halves", 2), ("halves", 0)):
            config = TrainingConfig(batch=2, steps=4)
            trainer = train.train(config, data, folder / name, 1e9, 0, 1, group=group)
            counters.append((trainer.step, trainer.samples, trainer.seconds))
    weights = {name: value.detach() for name, value in trainer.network.named_parameters()}
    torch.save({"counters": counters, "frame_sums": frame_sums, "weights": weights}, folder / f"{rank}.pt")


@pytest.mark.slow
def test_stopped_two_process_run_continues_bit_by_bit(data: Path, tmp_path: Path) -> None:
    spawn(train_thrice, data, tmp_path)
    first, second = (torch.load(tmp_path / f"{rank}.pt", weights_only=True) for rank in (0, 1))
    assert [counters[:2] for counters in first["counters"]] == [(4, 16), (2, 8), (4, 16)]
    assert first["counters"] == second["counters"], "the processes use different clocks"
    assert len(set(first["frame_sums"][:4] + second["frame_sums"][:4])) == 8, "two batches are the same"
    for result in (first, second):
        assert result["frame_sums"][:4] == result["frame_sums"][4:], "the second run has other frames"
    for name, value in first["weights"].items():
        assert torch.equal(value, second["weights"][name]), name
    whole, halves = (checkpoint.load(tmp_path / name / "last.pt") for name in ("whole", "halves"))
    for part in ("weights", "average"):
        assert all(torch.equal(value, halves[part][name]) for name, value in whole[part].items())


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_run_continues_with_another_number_of_processes(data: Path, tmp_path: Path) -> None:
    arguments = ["sinet", "--data", str(data), "--run", str(tmp_path), "--batch", "2", "--check-every", "0"]
    assert train.main([*arguments, "--steps", "2"]) == 0
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    several = [*arguments, "--minutes", "1", "--save-every", "0", "--device", "cpu"]
    process = subprocess.Popen(
        [*torchrun, "-m", "--", "models.train", *several],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        end = time.monotonic() + 180
        while checkpoint.load(tmp_path / "last.pt")["step"] < 4:
            assert process.poll() is None and time.monotonic() < end
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=120)
    finally:
        process.terminate()
        process.wait(60)
    assert output.count("checkpoint") == 1 and output.count("total=") == 1, "both processes print"
    step = checkpoint.load(tmp_path / "last.pt")["step"]
    assert f"\n{step} steps, " in output, "the run ended before it was saved"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["curve.csv", "curve.png", "last.pt"]
    assert train.main([*arguments, "--steps", str(step + 1)]) == 0
    state = checkpoint.load(tmp_path / "last.pt")
    assert (state["step"], state["samples"]) == (step + 1, 2 * 2 + 4 * (step - 2) + 2)
    with (tmp_path / "curve.csv").open() as file:
        assert [int(row["step"]) for row in csv.DictReader(file)] == [2, step, step + 1]


def test_missing_gpu_gives_a_one_line_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    arguments = ["sinet", "--data", str(tmp_path), "--run", str(tmp_path), "--steps", "1", "--device", "cuda"]
    assert train.main(arguments) == 1
    error = capsys.readouterr().err
    assert "there is no GPU" in error and error.count("\n") == 1
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    monkeypatch.setenv("LOCAL_RANK", "1")
    with pytest.raises(GroupError, match="1 GPUs, too few for process 2"), join():
        pass


def test_device_auto_uses_a_gpu_if_present(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SINGLE_PROCESS.items():
        monkeypatch.setenv(name, value)
    for gpus, device, expected in (
        (0, "auto", "cpu"),
        (2, "auto", "cuda"),
        (2, "cuda", "cuda"),
        (2, "cpu", "cpu"),
    ):
        monkeypatch.setattr(torch.cuda, "is_available", lambda gpus=gpus: gpus > 0)
        monkeypatch.setattr(torch.cuda, "device_count", lambda gpus=gpus: gpus)
        with join(device) as group:
            assert group.device.type == expected and group.is_main


def test_not_finite_gradient_ends_the_run_unsaved(data: Path, tmp_path: Path) -> None:
    arguments = ["sinet", "--data", str(data), "--run", str(tmp_path), "--batch", "2", "--check-every", "0"]
    assert train.main([*arguments, "--steps", "20", "--save-every", "0", "--learning-rate", "1e30"]) == 1
    state = checkpoint.load(tmp_path / "last.pt")
    assert 0 < state["step"] < 20
