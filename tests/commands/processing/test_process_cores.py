"""`process` on several cores, and with several files at a time: the same results, and a clean end."""

from __future__ import annotations

import hashlib
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av
import cv2
import pytest

from app.commands.processing.clip_stages import most_frames
from app.commands.processing.spread import PictureMemory
from app.engine.core.settings import EffectSettings
from app.engine.pipeline.effects import build_effect
from app.engine.pipeline.pipeline import Parts, Pipeline
from tests.clips import person, write_clip
from tests.fakes import FakeSegmenter

if TYPE_CHECKING:
    from app.engine.pipeline.work import Work
    from tests.commands.conftest import Run


def digest(path: Path) -> str:
    """The bytes of a file or of a folder's files; of Matroska, which holds a random number, the packets."""
    made = hashlib.sha256()
    for file in sorted(path.iterdir()) if path.is_dir() else [path]:
        if file.suffix in {".mkv", ".webm"}:
            with av.open(str(file)) as container:
                for packet in container.demux():
                    made.update(f"{packet.stream_index} {packet.pts} {packet.dts} {packet.duration}".encode())
                    made.update(bytes(packet))
        else:
            made.update(file.name.encode() + file.read_bytes())
    return made.hexdigest()


def backdrop_threads() -> list[str]:
    return [t.name for t in threading.enumerate() if t.name.startswith(("backdrop-step", "backdrop-job"))]


@pytest.mark.slow_after_first
@pytest.mark.parametrize(
    "argv",
    [
        "one/ --effect blur",
        "one.mp4 --effect blur",
        "one.mp4 --background back.mp4",
        "one.mp4 --effect lens --look warmth=0.5 --look calm=0.5",
        "one.mp4 --effect blur --place-shape circle --tag-name Ada",
        "one.mkv --background #00b140",
        "one.mov --output foreground",
        "one.webm --output foreground",
        "one.mkv --output alpha",
        "one.mp4 --effect none",
    ],
)
def test_several_cores_make_the_bytes_of_one(run: Run, argv: str) -> None:
    write_clip(Path("in.mp4"), 40, sounds=["aac"])
    write_clip(Path("back.mp4"), 7)
    out, *options = argv.split()
    for cores in ("1", "2", "5"):
        Path(cores).mkdir()
        target = f"{cores}/{out}"
        assert run("process", "in.mp4", target, *options, "--cores", cores)[0::2] == (0, "")
    digests = {digest(Path(cores) / out) for cores in ("1", "2", "5")}
    assert len(digests) == 1
    assert backdrop_threads() == []


def test_several_jobs_make_the_bytes_of_one(run: Run) -> None:
    for number in range(4):
        write_clip(Path(f"{number}.mp4"), 5 + number, sounds=["aac"])
        cv2.imwrite(f"{number}.png", person(number))
    write_clip(Path("back.mp4"), 7)
    names = [f"{number}.{suffix}" for number in range(4) for suffix in ("mp4", "png")]
    for jobs in ("1", "3"):
        status, out, err = run("process", *names, f"{jobs}/", "--background", "back.mp4", "--jobs", jobs)
        assert (status, err) == (0, "")
        assert out.startswith(f"8 files in '{jobs}/': 30 pictures in ")
    assert sorted(p.name for p in Path("3").iterdir()) == sorted(names)
    assert digest(Path("1")) == digest(Path("3"))
    assert backdrop_threads() == []


@pytest.mark.parametrize("failure", [KeyboardInterrupt(), SystemExit(3)])
def test_interrupting_several_jobs_leaves_no_file(
    run: Run, monkeypatch: pytest.MonkeyPatch, failure: BaseException
) -> None:
    names = [f"{number}.mp4" for number in range(4)]
    for name in names:
        write_clip(Path(name), 60)
    original = Pipeline.infer
    together = threading.Barrier(2)

    def fail(self: Pipeline, work: Work, *on_stage: Any) -> None:
        if work.frame.index == 10:
            together.wait(10)  # Both files are under way.
            raise failure
        original(self, work, *on_stage)

    monkeypatch.setattr(Pipeline, "infer", fail)
    before = sorted(Path().rglob("*"))
    status = run("process", *names, "out/", "--jobs", "2", "--cores", "4")[0]
    assert status == (130 if isinstance(failure, KeyboardInterrupt) else 3)
    assert sorted(Path().rglob("*")) == before
    assert backdrop_threads() == []


def test_one_bad_file_among_several_jobs_costs_itself_alone(run: Run) -> None:
    for name in ("a.mp4", "b.mp4"):
        write_clip(Path(name), 5)
    Path("bad.png").write_bytes(b"\x89PNG\r\n\x1a\n broken")
    status, out, err = run("process", "a.mp4", "bad.png", "b.mp4", "out/", "--jobs", "3")
    assert status == 1
    assert out.startswith("2 of 3 files in 'out/': 10 pictures in ")
    assert err == "'bad.png' is not a picture that Backdrop can read.\n"
    assert sorted(p.name for p in Path("out").iterdir()) == ["a.mp4", "b.mp4"]


@pytest.mark.parametrize("option", ["--jobs", "--cores"])
@pytest.mark.parametrize("value", ["0", "-1", "x", "1000"])
def test_wrong_number_of_jobs_or_cores_is_a_usage_error(run: Run, option: str, value: str) -> None:
    status, _, err = run("process", "a.png", "b.png", option, value)
    assert status == 2 and "must be a whole number from 1 to" in err


def test_large_pictures_wait_for_each_other() -> None:
    memory, inside = PictureMemory(100), threading.Event()

    def enter(pixels: int) -> threading.Thread:
        def run() -> None:
            with memory.of(pixels):
                inside.set()

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        return thread

    with memory.of(60):
        enter(40).join(10)
        assert inside.is_set()
        inside.clear()
        large = enter(1000)
        assert not inside.is_set()
    large.join(10)
    assert inside.is_set()


def test_frames_under_way_are_few_if_they_are_large() -> None:
    assert most_frames(1280, 720, 1) == 6
    assert most_frames(1280, 720, 8) == 20
    assert most_frames(3840, 2160, 16) == 7
    assert most_frames(8000, 6000, 16) == 2


def test_accelerator_infers_one_frame_at_a_time() -> None:
    segmenter = FakeSegmenter()
    pipeline = Pipeline(Parts(segmenter, build_effect(EffectSettings("blur"))))
    assert not pipeline.infers_in_order and not pipeline.finishes_in_order
    segmenter.provider = "Dml"
    assert pipeline.infers_in_order
