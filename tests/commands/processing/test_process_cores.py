"""`process` on several cores: the same bytes, bounded memory, several files at once."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av
import cv2
import pytest

from app.commands.processing import process_files, stages
from app.commands.processing.clip_stages import most_frames
from app.commands.processing.pixel_budget import PixelBudget
from app.engine.media.pictures import picture_reader
from app.engine.pipeline.pipeline import Pipeline
from tests.clips import person, write_clip

if TYPE_CHECKING:
    from app.engine.core.types import Picture
    from app.engine.pipeline.draft import Draft
    from tests.commands.conftest import Run

_LONG_S = 60.0


def packets(path: Path) -> list[tuple[int, int | None, int | None, bytes]]:
    """All packets with their streams and times. Matroska files also hold a random number."""
    with av.open(path) as container:
        return [(p.stream.index, p.pts, p.dts, bytes(p)) for p in container.demux()]


@pytest.mark.parametrize(
    "argv",
    [
        "out.mp4",
        "out.mkv --output alpha",
        "out.webm --output foreground",
        "out.mov --output foreground",
        "out.mp4 --effect lens",
        "out.mkv --background #00b140",
        "out.mp4 --effect none",
        "out.mp4 --look Meeting --look calm=0.5",
        "out.mp4 --background wall.mp4 --place-shape circle",
    ],
)
def test_video_on_several_cores_has_the_same_packets_as_on_one(
    run: Run, monkeypatch: pytest.MonkeyPatch, argv: str
) -> None:
    write_clip(Path("in.mp4"), 40, sounds=["aac"])
    write_clip(Path("wall.mp4"), 11)
    results = {}
    for cores in (1, 2, 8):
        monkeypatch.setattr(stages, "usable_cores", lambda cores=cores: cores)
        status, _, err = run("process", "in.mp4", *argv.split())
        assert (status, err) == (0, "")
        results[cores] = packets(Path(argv.split()[0]))
    assert results[1] == results[2] == results[8]


def test_numbered_pictures_on_several_cores_are_those_of_one(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_clip(Path("in.mp4"), 12)
    for cores in (1, 5):
        monkeypatch.setattr(stages, "usable_cores", lambda cores=cores: cores)
        assert run("process", "in.mp4", f"out{cores}")[0] == 0
    first, second = ({p.name: p.read_bytes() for p in Path(name).iterdir()} for name in ("out1", "out5"))
    assert len(first) == 12 and first == second


@pytest.mark.parametrize("jobs", ["1", "3"])
def test_each_video_begins_with_the_first_picture_of_the_background(run: Run, jobs: str) -> None:
    write_clip(Path("wall.mp4"), 11)
    names = [f"{number}.mp4" for number in range(4)]
    for name in names:
        write_clip(Path(name), 6)
    assert run("process", *names, "out/", "--background", "wall.mp4", "--jobs", jobs)[0] == 0
    assert len({(Path("out") / name).read_bytes() for name in names}) == 1


@pytest.mark.parametrize("failure", [KeyboardInterrupt(), SystemExit(3)])
def test_interrupting_several_jobs_leaves_no_file(
    run: Run, monkeypatch: pytest.MonkeyPatch, failure: BaseException
) -> None:
    names = [f"{number}.mp4" for number in range(4)]
    for name in names:
        write_clip(Path(name), 60)
    infer = Pipeline.infer
    together = threading.Barrier(2)

    def fail(self: Pipeline, draft: Draft, *args: Any) -> None:
        if draft.frame.index == 10:
            together.wait(_LONG_S)  # Both files are under way.
            raise failure
        infer(self, draft, *args)

    monkeypatch.setattr(Pipeline, "infer", fail)
    before = sorted(Path().rglob("*"))
    status = run("process", *names, "out/", "--jobs", "2")[0]
    assert status == (130 if isinstance(failure, KeyboardInterrupt) else 3)
    assert sorted(Path().rglob("*")) == before
    assert [t.name for t in threading.enumerate() if t.name.startswith("backdrop-")] == []


def test_frames_under_way_are_few_if_they_are_large() -> None:
    assert most_frames(1280, 720, 1) == 6
    assert most_frames(1280, 720, 8) == 20
    assert most_frames(3840, 2160, 16) == 7
    assert most_frames(0, 0, 2) == 8, "as a damaged file may say"
    assert most_frames(8000, 6000, 16) == 2


def test_folder_with_several_jobs_has_the_same_bytes_as_with_one(run: Run) -> None:
    Path("full").mkdir()
    for index in range(7):
        cv2.imwrite(f"full/{index}.png", person(index))
    write_clip(Path("clip.mp4"), 10)
    for jobs in (1, 3):
        assert run("process", "full", "clip.mp4", f"out{jobs}", "--jobs", str(jobs))[0] == 0
    first, second = ({p.name: p.read_bytes() for p in Path(name).iterdir()} for name in ("out1", "out3"))
    assert len(first) == 8 and first == second


def test_jobs_are_run_at_once(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    together = threading.Barrier(3)
    read = picture_reader.read_image

    def reads(path: Path) -> Picture:
        together.wait(_LONG_S)
        return read(path)

    monkeypatch.setattr(process_files, "read_image", reads)
    for name in "abcdef":
        cv2.imwrite(f"{name}.png", person(0))
    status, out, err = run("process", *(f"{name}.png" for name in "abcdef"), "out", "--jobs", "3")
    assert (status, err) == (0, "") and out.startswith("6 files in 'out': 6 pictures in ")


def test_bad_file_among_jobs_costs_itself_alone(run: Run) -> None:
    cv2.imwrite("a.png", person(0))
    Path("b.png").write_bytes(Path("a.png").read_bytes()[:60])
    write_clip(Path("c.mp4"), 5)
    status, out, err = run("process", "a.png", "b.png", "c.mp4", "out", "--jobs", "3")
    assert status == 1 and out.startswith("2 of 3 files in 'out'") and err.startswith("'b.png' ")
    assert sorted(p.name for p in Path("out").iterdir()) == ["a.png", "c.mp4"]


@pytest.mark.parametrize("number", ["0", "-1", "many"])
def test_jobs_that_are_no_number_above_0_are_refused(run: Run, number: str) -> None:
    cv2.imwrite("a.png", person(0))
    status, _, err = run("process", "a.png", "out.png", f"--jobs={number}")
    assert status == 2 and "from 1 to 256" in err


def test_pixel_budget_lets_small_pictures_in_together_and_a_large_one_alone() -> None:
    cv2.imwrite("small.png", person(0))
    height, width = person(0).shape[:2]
    budget = PixelBudget(2 * height * width + 1)
    Path("large.png").write_bytes(
        cv2.imencode(".png", cv2.resize(person(0), (width * 2, height * 2)))[1].data
    )
    entered, leave = threading.Event(), threading.Event()

    def large() -> None:
        with budget.of(Path("large.png")):
            entered.set()
            assert leave.wait(_LONG_S)

    with budget.of(Path("small.png")), budget.of(Path("small.png")):
        thread = threading.Thread(target=large)
        thread.start()
        assert not entered.wait(0.05), "the two small pictures have used the budget"
    assert entered.wait(_LONG_S)
    leave.set()
    thread.join(_LONG_S)
    with budget.of(Path("missing.png")), budget.of(Path("large.png")):
        pass
