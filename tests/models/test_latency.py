"""The table of times; no test checks real times."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from models import build, latency
from models.evaluation.baselines import BaselineError
from models.export import export
from models.latency import Row, Subject, summarise, time_rounds
from tests.models.evaluation.test_baselines import write_landscape

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An exported network, and one with the name, input and output of mediapipe_landscape."""
    root = tmp_path_factory.mktemp("models")
    export("sinet", build("sinet"), root / "exported.onnx")
    (root / "peers").mkdir()
    write_landscape(root / "peers" / "mediapipe_landscape.onnx")
    return root


def subjects(clock: list[float]) -> list[Subject]:
    """Two subjects with a simulated clock: `BASELINE` takes 2, 4, 6 ms..., the other half of that."""
    calls = {"fast": 0, latency.BASELINE: 0}

    def call(name: str, factor: float) -> None:
        number = max(0, calls[name] - 1) // latency.CALLS
        delay = 0.5 if calls[name] % latency.CALLS else 0.0  # all but one call of a round are interrupted
        calls[name] += 1
        clock[0] += factor * (number + 1) + delay

    return [
        Subject("fast", (10, 20), 1, lambda: call("fast", 1e-3)),
        Subject(latency.BASELINE, (10, 40), 1, lambda: call(latency.BASELINE, 2e-3)),
    ]


def test_rounds_interleave_and_take_the_fastest_call() -> None:
    clock = [0.0]
    order: list[str] = []
    timed = subjects(clock)

    def recorded(subject: Subject) -> Subject:
        def call() -> object:
            order.append(subject.name)
            return subject.call()

        return Subject(subject.name, subject.size, 1, call)

    times = time_rounds([recorded(subject) for subject in timed], 3, lambda: clock[0])
    assert times[0] == pytest.approx([1, 2, 3]) and times[1] == pytest.approx([2, 4, 6])
    # The first call of each is the warm-up; then every round times each once.
    assert order[:2] == ["fast", latency.BASELINE]
    assert order[2:] == (["fast"] * latency.CALLS + [latency.BASELINE] * latency.CALLS) * 3


def test_rows_are_scaled_by_pixels_and_compared_by_round() -> None:
    clock = [0.0]
    timed = subjects(clock)
    # The second round is slow for both, which does not change the ratio.
    fast, base = summarise(timed, [[1.0, 100.0, 1.2], [4.0, 400.0, 4.8]], 400)
    assert fast == Row("fast", 10, 20, 1, 1.2, 2.4, 2.0, pytest.approx(0.5), 0.5)  # type: ignore[arg-type]
    assert base == Row(latency.BASELINE, 10, 40, 1, 4.8, 4.8, 4.0, 1.0, 1.0)


def test_ratio_needs_the_baseline_with_as_many_threads() -> None:
    one, two = subjects([0.0])
    other = Subject("fast", one.size, 2, one.call)
    rows = summarise([other, two], [[1.0], [1.0]], 400)
    assert rows[0].ratio is rows[0].best_ratio is None and rows[1].ratio == rows[1].best_ratio == 1
    assert latency.table(rows, 400).splitlines()[-1] == "| fast | 10x20 | 2 | 1.00 | 2.00 | 2.00 |  |  |"


def test_command_times_networks_and_baselines_at_their_sizes(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    baseline = folder / "peers" / "mediapipe_landscape.onnx"
    common = [str(baseline), "--assets", str(folder), "--rounds", "2", "--pixels", "20000"]
    assert latency.main([*common, "--threads", "1", "2", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [(r["name"], r["height"], r["width"], r["threads"]) for r in rows] == [
        (name, *size, threads)
        for threads in (1, 2)
        for name, size in (("exported", (96, 192)), ("mediapipe_landscape", (144, 256)))
    ]
    for row in rows:
        assert row["scaled_ms"] == pytest.approx(row["ms"] * 20000 / (row["height"] * row["width"]))
        assert row["ratio"] > 0
    assert latency.main([*common, "--threads", "1"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("| network | size | threads | ms | ms at 20000 pixels | fastest | x mediapipe")
    assert {line.split("|")[1].strip() for line in lines[2:]} == {"exported", "mediapipe_landscape"}


@pytest.mark.slow
def test_untrained_networks_are_timed_with_options(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = ["bisenet:width=0.125,context=xception39", "stdc1:width=0.125"]
    arguments = ["--random", *names, "--assets", str(tmp_path), "--rounds", "1", "--threads", "1", "--json"]
    assert latency.main(arguments) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["name"] for row in rows] == names
    assert all((row["height"], row["width"], row["ratio"]) == (160, 288, None) for row in rows)


def test_wrong_arguments_give_a_one_line_error(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "unet.onnx"
    write_landscape(other)
    for arguments, message in (
        ([str(other)], "unet neither follows the contract nor is a baseline; these are: mediapipe_landscape"),
        ([str(tmp_path / "none.onnx")], "cannot load"),
        (["--random", "unet"], "no network named 'unet'"),
        (["--random", "sinet:width=1"], "sinet has no option 'width'; it has: none"),
        ([], "there is no network in"),
    ):
        assert latency.main([*arguments, "--assets", str(tmp_path / "empty"), "--rounds", "1"]) == 1
        error = capsys.readouterr().err
        assert message in error and error.count("\n") == 1
    with pytest.raises(SystemExit):
        latency.main(["--rounds", "0"])
    capsys.readouterr()


def test_invalid_graph_is_rejected(tmp_path: Path) -> None:
    with pytest.raises(BaselineError, match="cannot load the graph"):
        latency.load_subject("network", b"text", 1, 46080)
