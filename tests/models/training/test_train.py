"""A run that is stopped, in whatever way, goes on as if it had not been."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from models import build, evaluate, export, train
from models.data.loader import Batch, Shape, Stream
from models.training import checkpoint
from models.training.config import LARGE, SMALL, TrainingConfig
from models.training.trainer import Trainer

ROOT = Path(__file__).resolve().parents[3]
STEPS = 14


def command(data: Path, run: Path, *more: str) -> list[str]:
    return ["sinet", "--data", str(data), "--run", str(run), "--batch", "2", "--check-every", "0", *more]


def tensors(state: dict[str, object]) -> dict[str, torch.Tensor]:
    found = {}
    for part in ("weights", "average"):
        values = state[part]
        assert isinstance(values, dict)
        found.update({f"{part}.{name}": value for name, value in values.items()})
    return found


@pytest.fixture(scope="module")
def whole(data: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, torch.Tensor]:
    """The end of a run that nothing disturbed."""
    run = tmp_path_factory.mktemp("whole")
    assert train.main(command(data, run, "--steps", str(STEPS))) == 0
    return tensors(checkpoint.load(run / "last.pt"))


def assert_same(found: dict[str, torch.Tensor], whole: dict[str, torch.Tensor]) -> None:
    assert found.keys() == whole.keys()
    different = [name for name in whole if not torch.equal(found[name], whole[name])]
    assert different == []


def test_a_killed_run_goes_on_as_if_nothing_had_been(
    data: Path, tmp_path: Path, whole: dict[str, torch.Tensor]
) -> None:
    run = tmp_path / "run"
    arguments = command(data, run, "--steps", str(STEPS), "--save-every", "0")
    process = subprocess.Popen([sys.executable, "-m", "models.train", *arguments], cwd=ROOT)
    try:
        while not (run / "last.pt").exists():
            assert process.poll() is None
            time.sleep(0.01)
        workers = _children(process.pid)
        time.sleep(0.02)  # into some later step
    finally:
        process.send_signal(signal.SIGKILL if os.name != "nt" else signal.SIGTERM)
        process.wait()
    step = checkpoint.load(run / "last.pt")["step"]
    assert 0 < step < STEPS, "the run was killed too late to prove anything"
    assert train.main(arguments) == 0
    state = checkpoint.load(run / "last.pt")
    assert state["step"] == STEPS and state["samples"] == 2 * STEPS
    assert_same(tensors(state), whole)
    end = time.monotonic() + 30
    while any(_alive(pid) for pid in workers) and time.monotonic() < end:
        time.sleep(0.1)
    assert not any(_alive(pid) for pid in workers), "a worker outlived its run"


def _children(pid: int) -> list[int]:
    path = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in path.read_text().split()] if path.exists() else []


def _alive(pid: int) -> bool:
    status = Path(f"/proc/{pid}/stat")
    return status.exists() and status.read_text().rsplit(")", 1)[1].split()[0] != "Z"


def test_a_run_stopped_politely_saves_and_two_workers_change_nothing(
    data: Path, tmp_path: Path, whole: dict[str, torch.Tensor], monkeypatch: pytest.MonkeyPatch
) -> None:
    learn = Trainer.learn

    def stop_at_five(self: Trainer, batch: object) -> dict[str, float]:
        if self.step == 4:
            signal.raise_signal(signal.SIGTERM)
        return learn(self, batch)  # type: ignore[arg-type]

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


def test_validation_is_written_per_source_and_a_finished_run_stays(
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


def test_what_cannot_start_says_why(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert train.main(["sinet", "--data", str(tmp_path), "--run", str(tmp_path / "r"), "--steps", "1"]) == 1
    assert "holds index.csv" in capsys.readouterr().err
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "last.pt").write_bytes(b"half a file")
    assert train.main(command(data, broken, "--steps", "1")) == 1
    assert "last.pt is no checkpoint" in capsys.readouterr().err


def test_a_worker_that_cannot_read_a_photo_stops_the_run(data: Path, tmp_path: Path) -> None:
    import shutil

    from models.data.dataset import DataError

    shutil.copytree(data, tmp_path / "d")
    (tmp_path / "d" / "alpha" / "images" / "0.webp").write_bytes(b"")
    stream = Stream(tmp_path / "d", lambda step: Shape(1, 32, 32), 32 * 32, seed=1)
    with pytest.raises(DataError, match=r"0\.webp"):
        next(iter(stream))
    stream.close()


def test_the_rate_falls_and_sizes_grow_over_the_run() -> None:
    run = Trainer(TrainingConfig(steps=100, small_share=0.5))
    small, large = ({size[:2] for size in sizes} for sizes in (SMALL, LARGE))
    assert {(s.height, s.width) for s in map(run.plan, range(50))} == small
    assert {(s.height, s.width) for s in map(run.plan, range(50, 100))} == large
    timed = Trainer(TrainingConfig(minutes=10))
    timed.seconds = 300
    assert timed.progress() == pytest.approx(0.5)
    timed.seconds = 900
    assert timed.progress() == 1


def test_the_average_ramps_up_and_follows(data: Path) -> None:
    run = Trainer(TrainingConfig(steps=10, batch=2))
    name = "classify.weight"
    start = run.average.state[name].clone()
    with torch.no_grad():
        run.network.state_dict()[name].add_(1.0)
    run.average.update(run.network, 0.75)
    torch.testing.assert_close(run.average.state[name], start + 0.25)


def test_checkpoints_hold_plain_data_only_and_other_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.pt"
    run = Trainer(TrainingConfig(steps=10))
    checkpoint.save(path, run.state())
    assert not path.with_name("a.pt.partial").exists()
    network = checkpoint.restore(checkpoint.load(path))
    assert not network.training
    assert_same(dict(network.state_dict()), run.average.state)
    torch.save({"weights": {}}, path)
    with pytest.raises(checkpoint.CheckpointError, match="format 1"):
        checkpoint.load(path)
    with pytest.raises(checkpoint.CheckpointError, match="there is no file"):
        checkpoint.load(tmp_path / "none.pt")


def test_options_of_the_network_travel_with_the_checkpoint(
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
    # What a run goes on with is what it began with, whatever is said now.
    assert train.main([*narrow, "--run", str(tmp_path), "--steps", "2"]) == 0
    assert checkpoint.load(last)["options"] == {"width": 0.125} and checkpoint.load(last)["step"] == 2
    assert evaluate.main([str(last), "--data", str(data)]) == 0
    assert export.main([str(last), str(tmp_path / "narrow.onnx")]) == 0
    capsys.readouterr()
    begin = [*narrow, "--run", str(tmp_path / "other"), "--steps", "1", "--start", str(last)]
    assert train.main(begin) == 1
    assert "built with width=0.125" in capsys.readouterr().err


def test_defaults_are_kept_too_for_they_may_change() -> None:
    assert checkpoint.describe("stdc", build("stdc"))["options"] == {"width": 0.5, "refined": 0}
    state = Trainer(TrainingConfig(network="stdc", steps=1, options={"width": 0.125})).state()
    assert Trainer(TrainingConfig(network="stdc", steps=1), state).state()["options"] == {
        "width": 0.125,
        "refined": 0,
    }


@pytest.mark.parametrize(
    ("network", "option", "message"),
    [
        ("bisenet_xception39", "widht=0.5", "bisenet_xception39 has no option 'widht'; it has: width"),
        ("sinet", "width=0.5", "sinet has no option 'width'; it has: none"),
        ("stdc", "width", "an option is NAME=VALUE, not 'width'"),
        ("stdc", "width=half", "the option width of stdc is a number, not 'half'"),
        ("stdc", "width=-1", "cannot build stdc: the width must be above 0"),
        ("stdc", "width=inf", "cannot build stdc: the width must be above 0"),
        ("bisenet", "context=7", "the option context of bisenet is a word, not 7"),
        ("bisenet", "context=vgg", "no context path named 'vgg'; there are: "),
    ],
)
def test_a_wrong_option_is_one_sentence(
    network: str, option: str, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = [network, "--data", str(tmp_path), "--run", str(tmp_path / "run"), "--steps", "1"]
    assert train.main([*arguments, "--option", option]) == 1
    error = capsys.readouterr().err
    assert message in error and error.count("\n") == 1


def test_a_run_from_before_a_field_of_the_recipe_goes_on_with_its_default(
    data: Path, tmp_path: Path, whole: dict[str, torch.Tensor], capsys: pytest.CaptureFixture[str]
) -> None:
    recipe = TrainingConfig(network="sinet", steps=STEPS, batch=2)
    state = Trainer(recipe).state()
    first = {"network", "seed", "minutes", "steps", "batch", "learning_rate", "weight_decay", "boundary"}
    state["recipe"] = {name: value for name, value in state["recipe"].items() if name in first}
    state["options"] = {}
    checkpoint.save(tmp_path / "last.pt", state)
    assert train.main(command(data, tmp_path, "--steps", str(STEPS))) == 0
    assert_same(tensors(checkpoint.load(tmp_path / "last.pt")), whole)
    checkpoint.save(tmp_path / "last.pt", {**state, "recipe": {**state["recipe"], "mixup": 0.2}})
    assert train.main(command(data, tmp_path, "--steps", str(STEPS))) == 1
    assert "another version: its recipe has mixup" in capsys.readouterr().err


def test_frames_grow_with_the_pixels_the_network_is_to_see() -> None:
    assert TrainingConfig().sizes(small=True) == SMALL and TrainingConfig().sizes(small=False) == LARGE
    sizes = TrainingConfig(working_pixels=256 * 448).sizes(small=False)
    assert sizes == ((256, 448, 5), (352, 352, 2), (416, 288, 3))


def test_a_run_may_begin_with_what_another_learnt(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    learnt, fresh = tmp_path / "learnt", tmp_path / "fresh"
    assert train.main(command(data, learnt, "--steps", "3")) == 0
    start = ("--start", str(learnt / "last.pt"))
    assert train.main(command(data, fresh, "--steps", "1", "--learning-rate", "0", *start)) == 0
    begun, ended = (checkpoint.load(folder / "last.pt") for folder in (learnt, fresh))
    name = next(name for name in begun["average"] if name.endswith("weight"))
    assert torch.equal(begun["average"][name], ended["weights"][name])
    assert ended["step"] == 1
    other = ["bisenet", "--data", str(data), "--run", str(tmp_path / "other"), "--steps", "1", *start]
    assert train.main(other) == 1
    assert "weights do not fit: they are of sinet" in capsys.readouterr().err


def test_a_network_that_has_grown_begins_with_what_the_smaller_one_learnt() -> None:
    small = Trainer(TrainingConfig(network="bisenet", options={"refined": 0, "width": 0.125}, steps=1))
    learnt = {**small.state(), "average": dict(small.state()["average"])}
    del learnt["average"]["spatial.0.0.weight"]  # 7x7 there, 3x3 here
    grown = Trainer(TrainingConfig(network="bisenet", options={"refined": 8, "width": 0.125}, steps=1))
    grown.start_from(learnt)
    own = grown.network.state_dict()
    assert all(torch.equal(own[name], value) for name, value in learnt["average"].items())


def test_a_teacher_is_half_of_what_is_to_be_found(tmp_path: Path) -> None:
    teacher = Trainer(TrainingConfig(steps=1))
    checkpoint.save(tmp_path / "teacher.pt", teacher.state())
    rng = np.random.default_rng(0)
    frames = rng.integers(0, 256, (2, 64, 96, 3), np.uint8)
    labels = rng.integers(0, 2, (2, 64, 96), np.uint8) * 255
    with torch.no_grad():
        network = checkpoint.restore(teacher.state())
        opinion = network(network.normalise(torch.from_numpy(frames))).logits.softmax(1)[:, 1]

    def loss(labels: NDArray[np.uint8], **recipe: Any) -> float:
        run = Trainer(TrainingConfig(steps=1, boundary=0, dice=0, auxiliary=0, **recipe))
        return float(run.learn(Batch(0, frames, labels))["segmentation"])

    taught = {"teacher": str(tmp_path / "teacher.pt")}
    both = np.asarray((labels / 255 + opinion.numpy()) * 127.5 + 0.5, np.uint8)
    assert loss(labels, **taught, taught=0.5) == pytest.approx(loss(both), rel=1e-3)
    assert loss(labels, **taught, taught=0.0) == loss(labels)
    with pytest.raises(checkpoint.CheckpointError, match="there is no file"):
        loss(labels, teacher="gone.pt")
