"""Recording: its pictures and times; after a full disk or a kill the file still plays."""

from __future__ import annotations

import signal
import struct
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

import app.engine.output.recorder as recorder
from app.engine.core.errors import BackdropError
from app.engine.core.mailbox import Mailbox
from app.engine.core.settings import EffectSettings, OutputSettings, Settings
from app.engine.core.types import Composite, OutputId
from app.engine.engine import Engine
from app.engine.media.video.file_layout import mp4_boxes
from app.engine.networks.segmenter import Segmenter
from app.engine.output.recorder import Recorder
from app.engine.output.registry import build_sinks
from app.engine.output.sinks import SinkEndedError
from tests.clips import person, seen
from tests.engine.rig import GREEN, RoomCamera, next_where, running, shows_the_room

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[3]
posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals and limits")

ENDLESS = """
import sys, time, resource
import numpy as np
from app.engine.output.sink_thread import SinkThread
from app.engine.output.recorder import Recorder
from app.engine.core.types import Composite
limit = int(sys.argv[2])
if limit:
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
outlet = SinkThread(Recorder(sys.argv[1]), lambda error: print(error or "ok", flush=True))
outlet.start()
noise = np.random.default_rng(0)
for index in range(100_000):
    outlet.put(Composite(index, index / 30, noise.integers(0, 256, (96, 160, 3), np.uint8)))
    time.sleep(0.004)
"""


def composite(index: int, at_s: float) -> Composite:
    return Composite(index, at_s, person(index))


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])  # MP4's muxer counts from the first picture
def test_recorded_frames_keep_their_times(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"talk{suffix}"
    sink = Recorder(str(path))
    sink.open(96, 160)
    for index in range(40):
        sink.send(composite(index, 100 + index * 0.05))
    sink.close()
    sink.close()
    kept = seen(path)
    assert [round(at_s, 3) for at_s, _ in kept] == [round(i * 0.05, 3) for i in range(40)]
    assert np.abs(kept[7][1].astype(int) - person(7)).mean() < 12
    assert path.stat().st_mode & 0o077 == 0 or sys.platform == "win32"


@pytest.mark.parametrize("effect", [GREEN, EffectSettings("transparent")])
def test_recording_equals_composites_without_room(tiny: Path, tmp_path: Path, effect: EffectSettings) -> None:
    path = tmp_path / "talk.mp4"
    engine = Engine(
        Settings(effect=effect, output=OutputSettings(recording=str(path))),
        open_source=lambda settings: RoomCamera(),
        load_segmenter=lambda settings: Segmenter(tiny),
    )
    with running(engine):
        engine.is_previewed = False
        shown = 0
        while shown < 40:
            found = engine.preview.get(5)
            assert found is not None
            shown += not found.is_placeholder
    kept = seen(path)
    assert len(kept) > 10 and not any(shows_the_room(picture) for _, picture in kept)
    assert kept[-1][1][:, 110:, 2].min() > 150, "the person is there"


def test_transparent_composite_is_recorded_over_black(tmp_path: Path) -> None:
    picture = np.zeros((96, 160, 4), np.uint8)
    picture[...] = (255, 200, 100, 255)
    picture[:, :80, 3] = 0
    picture[:, 120:, 3] = 128
    sink = Recorder(str(tmp_path / "talk.mp4"))
    sink.open(96, 160)
    sink.send(Composite(0, 0.0, picture))
    sink.close()
    [(_, kept)] = seen(tmp_path / "talk.mp4")
    for column, wanted in ((40, (0, 0, 0)), (100, (255, 200, 100)), (140, (128, 100, 50))):
        assert np.abs(kept[48, column].astype(int) - wanted).max() < 8


def test_recording_refuses_existing_file_and_other_suffixes(tmp_path: Path) -> None:
    path = tmp_path / "talk.mp4"
    path.write_text("mine")
    with pytest.raises(SinkEndedError, match=r"There is a file .* already"):
        Recorder(str(path)).open(96, 160)
    assert path.read_text() == "mine"
    with pytest.raises(SinkEndedError, match=r"must end in .mp4, .mkv, .mov, .webm, not 'talk.txt'"):
        Recorder(str(tmp_path / "talk.txt")).open(96, 160)
    with pytest.raises(SinkEndedError, match="cannot be written: No such file"):
        Recorder(str(tmp_path / "none" / "talk.mp4")).open(96, 160)
    with pytest.raises(BackdropError, match="is not open"):
        Recorder(str(path)).send(composite(0, 0))


def endless(path: Path, limit_bytes: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", ENDLESS, str(path), str(limit_bytes)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.mark.slow
@posix
def test_recording_on_full_disk_stays_playable(tmp_path: Path) -> None:
    process = endless(tmp_path / "talk.mp4", 2_000_000)
    assert process.stdout is not None
    told = next(line for line in process.stdout if line != "ok\n")
    time.sleep(0.5)
    process.kill()
    rest, _ = process.communicate(timeout=20)
    assert told.startswith(
        "The recording has ended: the file would be larger than this disk allows. What there is"
    )
    assert rest == "", "it is reported once, and no new recording starts"
    assert len(seen(tmp_path / "talk.mp4")) >= 30


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk that is full after half a megabyte."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=500k", "tmpfs", str(disk)]
    if sys.platform != "linux" or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("no disk may be mounted here")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_recording_on_full_tmpfs_stays_playable(small_disk: Path) -> None:
    process = endless(small_disk / "talk.mp4", 0)
    assert process.stdout is not None
    told = next(line for line in process.stdout if line != "ok\n")
    process.kill()
    process.communicate(timeout=20)
    path = small_disk / "talk.mp4"
    assert told == f"The recording has ended: the disk is full. What there is of it is in '{path}'.\n"
    assert len(seen(path)) >= 30


@pytest.mark.slow
@posix
def test_recording_after_kill_loses_at_most_one_second(tmp_path: Path) -> None:
    process = endless(tmp_path / "talk.mp4", 0)
    assert process.stdout is not None
    for _ in range(150):
        assert process.stdout.readline() == "ok\n"
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=20)
    kept = seen(tmp_path / "talk.mp4")
    assert kept[-1][0] >= 150 / 30 - 1.1


def test_slow_disk_drops_and_counts_frames() -> None:
    box: Mailbox[int] = Mailbox(recorder.Recorder.slots)
    for index in range(100):
        box.put(index)
    assert box.drops == 100 - 32
    assert [box.get() for _ in range(33)] == [*range(68, 100), None], "the newest pictures, in order"


def test_recording_is_built_as_output() -> None:
    built = build_sinks(OutputSettings(recording="/tmp/a.mp4"))
    assert list(built) == [OutputId("recording", "/tmp/a.mp4")]
    assert built[OutputId("recording", "/tmp/a.mp4")].consumers() is None, (
        "a recorder always counts as a consumer"
    )


def test_settings_change_does_not_interrupt_recording(tiny: Path, tmp_path: Path) -> None:
    output = OutputSettings(recording=str(tmp_path / "talk.mp4"))
    engine = Engine(
        Settings(effect=GREEN, output=output),
        open_source=lambda settings: RoomCamera(),
        load_segmenter=lambda settings: Segmenter(tiny),
    )
    with running(engine):
        next_where(engine, lambda c: engine.stats.outputs == ("talk.mp4",))
        engine.update(Settings(effect=GREEN, output=OutputSettings("/dev/none", recording=output.recording)))
        next_where(engine, lambda c: "/dev/none" in engine.stats.message)
        assert engine.stats.outputs == ("talk.mp4",)


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege there")
@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".mov"])
def test_link_to_a_new_file_is_followed(tmp_path: Path, suffix: str) -> None:
    (tmp_path / "elsewhere").mkdir()
    link = tmp_path / f"talk{suffix}"
    link.symlink_to(tmp_path / "elsewhere" / f"real{suffix}")
    sink = Recorder(str(link))
    sink.open(36, 64)
    for index in range(3):
        sink.send(Composite(index, index / 30, np.full((36, 64, 3), 90, np.uint8)))
    sink.close()
    assert link.is_symlink() and len(seen(tmp_path / "elsewhere" / f"real{suffix}")) == 3


@pytest.mark.parametrize("suffix", [".mp4", ".mov"])
def test_closed_recording_is_plain_file_with_duration(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"talk{suffix}"
    sink = Recorder(str(path))
    sink.open(96, 160)
    for index in range(90):
        sink.send(composite(index, 5 + index / 30))
    sink.close()
    with path.open("rb") as file:
        kinds = [box.kind for box in mp4_boxes(file)]
    assert kinds.count(b"moov") == 1 and b"moof" not in kinds
    data = path.read_bytes()
    at = data.index(b"mvhd") + 4
    ticks, length = struct.unpack_from(">II", data, at + 12)
    assert length / ticks == pytest.approx(3, abs=0.05)


def test_recording_has_size_of_first_picture_and_bars_around_others(tmp_path: Path) -> None:
    path = tmp_path / "talk.mp4"
    sink = Recorder(str(path))
    sink.open(96, 160)
    sink.send(Composite(-1, 0.0, np.full((96, 160, 3), 90, np.uint8), is_placeholder=True))
    sink.send(Composite(0, 1.0, np.full((160, 96, 3), 200, np.uint8)))
    sink.send(Composite(1, 2.0, np.full((96, 160, 3), 200, np.uint8)))
    sink.close()
    kept = seen(path)
    assert [at for at, _ in kept] == [0, 1, 2] and {p.shape for _, p in kept} == {(160, 96, 3)}
    assert kept[2][1][:40].max() < 20 and kept[2][1][70:90].min() > 180, "as wide as it was, with bars"
