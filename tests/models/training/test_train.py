"""Training runs: continuing after any stop, checkpoints, options, errors."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import torch

from models import build, evaluate, export, train
from models.training import checkpoint
from models.training.config import TrainingConfig
from models.training.trainer import Trainer

if TYPE_CHECKING:
    from models.data.loader import Batch

ROOT = Path(__file__).resolve().parents[3]
STEPS = 14


def command(data: Path, run: Path, *more: str) -> list[str]:
    return ["sinet", "--data", str(data), "--run", str(run), "--batch", "2", "--check-every", "0", *more]


def tensors(state: dict[str, object]) -> dict[str, torch.Tensor]:
    values_by_name = {}
    for part in ("weights", "average"):
        values = state[part]
        assert isinstance(values, dict)
        values_by_name.update({f"{part}.{name}": value for name, value in values.items()})
    return values_by_name


@pytest.fixture(scope="module")
def whole(data: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, torch.Tensor]:
    """The weights of a run without interruption."""
    run = tmp_path_factory.mktemp("whole")
    assert train.main(command(data, run, "--steps", str(STEPS))) == 0
    return tensors(checkpoint.load(run / "last.pt"))


def assert_same(weights: dict[str, torch.Tensor], whole: dict[str, torch.Tensor]) -> None:
    assert weights.keys() == whole.keys()
    different = [name for name in whole if not torch.equal(weights[name], whole[name])]
    assert different == []


@pytest.mark.slow
def test_killed_run_continues_bit_by_bit(data: Path, tmp_path: Path, whole: dict[str, torch.Tensor]) -> None:
    run = tmp_path / "run"
    arguments = command(data, run, "--steps", str(STEPS), "--save-every", "0")
    process = subprocess.Popen([sys.executable, "-m", "models.train", *arguments], cwd=ROOT)
    try:
        while not (run / "last.pt").exists():
            assert process.poll() is None
            time.sleep(0.01)
        workers = _children(process.pid)
        time.sleep(0.02)  # kill during a later step
    finally:
        process.send_signal(signal.SIGKILL if os.name != "nt" else signal.SIGTERM)
        process.wait()
    step = checkpoint.load(run / "last.pt")["step"]
    assert 0 < step < STEPS, "the run ended before it was killed"
    assert train.main(arguments) == 0
    state = checkpoint.load(run / "last.pt")
    assert state["step"] == STEPS and state["samples"] == 2 * STEPS
    assert_same(tensors(state), whole)
    end = time.monotonic() + 30
    while any(_alive(pid) for pid in workers) and time.monotonic() < end:
        time.sleep(0.1)
    assert not any(_alive(pid) for pid in workers), "a worker is still running"


def _children(pid: int) -> list[int]:
    path = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in path.read_text().split()] if path.exists() else []


def _alive(pid: int) -> bool:
    status = Path(f"/proc/{pid}/stat")
    return status.exists() and status.read_text().rsplit(")", 1)[1].split()[0] != "Z"


@pytest.mark.slow
def test_sigterm_saves_and_two_workers_give_the_same_weights(
    data: Path, tmp_path: Path, whole: dict[str, torch.Tensor], monkeypatch: pytest.MonkeyPatch
) -> None:
    learn = Trainer.learn

    def stop_at_five(self: Trainer, batch: Batch) -> dict[str, torch.Tensor]:
        if self.step == 4:
            signal.raise_signal(signal.SIGTERM)
        return learn(self, batch)

    arguments = command(data, tmp_path, "--steps", str(STEPS), "--workers", "2")
    with monkeypatch.context() as patch:
        patch.setattr(Trainer, "learn", stop_at_five)
        assert train.main(arguments) == 0
    assert checkpoint.load(tmp_path / "last.pt")["step"] == 5
    assert train.main(arguments) == 0
    assert_same(tensors(checkpoint.load(tmp_path / "last.pt")), whole)
    with (tmp_path / "curve.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [int(row["step"]) for row in rows] == [5, STEPS]
    assert float(rows[1]["total"]) > 0


@pytest.mark.slow
def test_validation_is_per_source_and_finished_run_is_unchanged(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["sinet", "--data", str(data), "--run", str(tmp_path), "--batch", "2", "--steps", "2"]
    assert train.main(arguments) == 0
    with (tmp_path / "curve.csv").open() as file:
        row = list(csv.DictReader(file))[-1]
    assert {name for name in row if name.startswith("val_")} == {"val_mean", "val_alpha", "val_beta"}
    assert 0 <= float(row["val_mean"]) <= 1
    before = (tmp_path / "last.pt").read_bytes()
    assert train.main(arguments) == 0
    assert (tmp_path / "last.pt").read_bytes() == before
    assert "2 steps" in capsys.readouterr().out


def test_missing_data_and_broken_checkpoint_give_errors(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert train.main(["sinet", "--data", str(tmp_path), "--run", str(tmp_path / "r"), "--steps", "1"]) == 1
    assert "must name a folder with index.csv" in capsys.readouterr().err
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "last.pt").write_bytes(b"half a file")
    assert train.main(command(data, broken, "--steps", "1")) == 1
    assert "last.pt is not a checkpoint" in capsys.readouterr().err


def test_checkpoint_round_trip_and_rejection_of_other_files(tmp_path: Path) -> None:
    path = tmp_path / "a.pt"
    trainer = Trainer(TrainingConfig(steps=10))
    checkpoint.save(path, trainer.state())
    assert not path.with_name("a.pt.partial").exists()
    network = checkpoint.restore(checkpoint.load(path))
    assert not network.training
    assert_same(dict(network.state_dict()), trainer.average.state)
    torch.save({"weights": {}}, path)
    with pytest.raises(checkpoint.CheckpointError, match="format 1"):
        checkpoint.load(path)
    with pytest.raises(checkpoint.CheckpointError, match="there is no file"):
        checkpoint.load(tmp_path / "none.pt")


@pytest.mark.slow
def test_network_options_are_stored_in_the_checkpoint(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    narrow = ["bisenet_xception39", "--data", str(data), "--check-every", "0", "--batch", "2"]
    arguments = [*narrow, "--run", str(tmp_path), "--option", "width=0.125"]
    assert train.main([*arguments, "--steps", "1"]) == 0
    last = tmp_path / "last.pt"
    state = checkpoint.load(last)
    assert state["options"] == {"width": 0.125}
    true = build("bisenet_xception39", width=0.125).count_parameters()
    assert checkpoint.restore(state).count_parameters() == true
    # A continued run keeps its options, whatever the command line has.
    assert train.main([*narrow, "--run", str(tmp_path), "--steps", "2"]) == 0
    assert checkpoint.load(last)["options"] == {"width": 0.125} and checkpoint.load(last)["step"] == 2
    assert evaluate.main([str(last), "--data", str(data)]) == 0
    assert export.main([str(last), str(tmp_path / "narrow.onnx")]) == 0
    capsys.readouterr()
    begin = [*narrow, "--run", str(tmp_path / "other"), "--steps", "1", "--start", str(last)]
    assert train.main(begin) == 1
    assert "built with width=0.125" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("network", "option", "message"),
    [
        ("bisenet_xception39", "widht=0.5", "bisenet_xception39 has no option 'widht'; it has: width"),
        ("sinet", "width=0.5", "sinet has no option 'width'; it has: none"),
        ("stdc", "width", "an option must be NAME=VALUE, not 'width'"),
        ("stdc", "width=half", "the option width of stdc must be a number, not 'half'"),
        ("stdc", "width=-1", "cannot build stdc: the width must be above 0"),
        ("stdc", "width=inf", "cannot build stdc: the width must be above 0"),
        ("bisenet", "context=7", "the option context of bisenet must be a word, not 7"),
        ("bisenet", "context=vgg", "no context path named 'vgg'; there are: "),
    ],
)
def test_wrong_network_option_gives_a_one_line_error(
    network: str, option: str, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = [network, "--data", str(tmp_path), "--run", str(tmp_path / "run"), "--steps", "1"]
    assert train.main([*arguments, "--option", option]) == 1
    error = capsys.readouterr().err
    assert message in error and error.count("\n") == 1


@pytest.mark.slow
def test_field_missing_in_a_checkpoint_has_its_default(
    data: Path, tmp_path: Path, whole: dict[str, torch.Tensor], capsys: pytest.CaptureFixture[str]
) -> None:
    state = Trainer(TrainingConfig(network="sinet", steps=STEPS, batch=2)).state()
    first = {"network", "seed", "minutes", "steps", "batch", "learning_rate", "weight_decay", "boundary"}
    state["recipe"] = {name: value for name, value in state["recipe"].items() if name in first}
    state["options"] = {}
    checkpoint.save(tmp_path / "last.pt", state)
    assert train.main(command(data, tmp_path, "--steps", str(STEPS))) == 0
    assert_same(tensors(checkpoint.load(tmp_path / "last.pt")), whole)
    checkpoint.save(tmp_path / "last.pt", {**state, "recipe": {**state["recipe"], "mixup": 0.2}})
    assert train.main(command(data, tmp_path, "--steps", str(STEPS))) == 1
    assert "unknown configuration: mixup" in capsys.readouterr().err


@pytest.mark.slow
def test_start_copies_the_averaged_weights(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    former, fresh = tmp_path / "former", tmp_path / "fresh"
    assert train.main(command(data, former, "--steps", "3")) == 0
    start = ("--start", str(former / "last.pt"))
    assert train.main(command(data, fresh, "--steps", "1", "--learning-rate", "0", *start)) == 0
    begun, ended = (checkpoint.load(folder / "last.pt") for folder in (former, fresh))
    name = next(name for name in begun["average"] if name.endswith("weight"))
    assert torch.equal(begun["average"][name], ended["weights"][name])
    assert ended["step"] == 1
    other = ["bisenet", "--data", str(data), "--run", str(tmp_path / "other"), "--steps", "1", *start]
    assert train.main(other) == 1
    assert "weights do not fit: they are of sinet" in capsys.readouterr().err
