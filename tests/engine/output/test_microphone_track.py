"""Recordings with sound: a synthetic microphone behind the interface of a real one."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import av
import numpy as np
import pytest

from app.engine.core.errors import BackdropError
from app.engine.core.types import Composite
from app.engine.devices.microphones import RATE_HZ, Microphone, SoundBlock
from app.engine.output.microphone_track import BlockClock, stretched
from app.engine.output.recorder import Recorder

if TYPE_CHECKING:
    from pathlib import Path

IN_STEP_S = 0.04
BLOCK_SAMPLES = 480


class Beeps(Microphone):
    """A beep of 0.1 s at each whole second of the recording, handed over at once and then nothing.

    drift: the share by which its clock is fast. starts_s: when it
    is switched on. jitter_s: how much later than heard blocks arrive, on average.
    """

    title = "Beeps"

    def __init__(
        self,
        began_at: float,
        seconds: float,
        drift: float = 0.0,
        starts_s: float = 0.0,
        jitter_s: float = 0.0,
    ) -> None:
        self._began_at, self._starts_s, self._drift, self._jitter_s = began_at, starts_s, drift, jitter_s
        self._blocks = round((seconds - starts_s) * RATE_HZ / BLOCK_SAMPLES)
        self._next = 0
        self._random = np.random.default_rng(1)
        self.is_drained = threading.Event()
        self.is_open = False
        self._closing = threading.Event()
        self.begins = threading.Event()
        """Whether it hands over what it hears."""
        self.begins.set()

    def open(self) -> None:
        self.begins.wait(30)
        self.is_open = True

    def read(self) -> SoundBlock:
        if self._next == self._blocks:
            self.is_drained.set()
            self._closing.wait(30)
            raise BackdropError("The microphone '{title}' is gone.", title=self.title)
        true_rate_hz = RATE_HZ * (1 + self._drift)
        at_s = self._starts_s + (self._next * BLOCK_SAMPLES + np.arange(BLOCK_SAMPLES)) / true_rate_hz
        is_beep = (at_s % 1.0 < 0.1) & (at_s >= 0.5)
        samples = np.where(is_beep, 0.5 * np.sin(2 * np.pi * 1000 * at_s), 0.0).astype(np.float32)
        self._next += 1
        late_s = self._random.exponential(self._jitter_s) if self._jitter_s else 0.0
        return SoundBlock(samples, self._began_at + float(at_s[0]) + late_s)

    def close(self) -> None:
        self.is_open = False

    def end(self) -> None:
        self._closing.set()


class Broken(Microphone):
    """A microphone that another program uses."""

    title = "Broken"

    def open(self) -> None:
        raise BackdropError("The microphone '{name}' cannot be used: {reason}.", name="Broken", reason="busy")

    def read(self) -> SoundBlock:
        raise AssertionError("it is not open")

    def close(self) -> None:
        pass


def record(path: Path, microphone: Microphone, seconds: float, waits: bool = True) -> Recorder:
    """A recording of flashes of 0.1 s at each whole second from 1 on, begun at the time 100 s.

    waits: whether all that the microphone hears is there before the first picture.
    """
    recorder = Recorder(str(path))
    recorder.microphone = microphone
    recorder.open(48, 64)
    if isinstance(microphone, Beeps) and waits:
        assert microphone.is_drained.wait(30)
    for index in range(round(seconds * 30)):
        at_s = index / 30
        level = 255 if at_s >= 0.5 and at_s % 1.0 < 0.1 else 0
        picture = np.full((48, 64, 3), level, np.uint8)
        recorder.send(Composite(index, 100.0 + at_s, picture, is_placeholder=False))
    return recorder


def beeps_s(path: Path) -> list[float]:
    """When each beep begins."""
    starts: list[float] = []
    last_s = -1.0
    with av.open(str(path)) as container:
        for frame in container.decode(audio=0):
            values = np.abs(frame.to_ndarray().astype(np.float64).reshape(-1))
            values /= 32768 if frame.format.name.startswith("s16") else 1
            for index in np.flatnonzero(values > 0.1):
                at_s = (frame.time or 0.0) + index / frame.sample_rate
                if at_s > last_s + 0.3:
                    starts.append(float(at_s))
                last_s = at_s
    return starts


def flashes_s(path: Path) -> list[float]:
    """When each flash begins."""
    starts: list[float] = []
    was_white = False
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            is_white = frame.to_ndarray(format="gray").mean() > 128
            if is_white and not was_white:
                starts.append(frame.time or 0.0)
            was_white = bool(is_white)
    return starts


@pytest.mark.slow_after_first
@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".mov", ".webm"])
def test_beeps_of_the_microphone_are_in_step_with_flashes(tmp_path: Path, suffix: str) -> None:
    microphone = Beeps(100.0, 4.0)
    recorder = record(tmp_path / f"out{suffix}", microphone, 4.0)
    microphone.end()
    recorder.close()
    flashes = flashes_s(tmp_path / f"out{suffix}")
    assert len(flashes) == 3
    assert beeps_s(tmp_path / f"out{suffix}") == pytest.approx(flashes, abs=IN_STEP_S)
    assert not microphone.is_open


@pytest.mark.slow_after_first
@pytest.mark.parametrize(
    ("drift", "starts_s", "jitter_s"), [(5e-4, 0, 0), (-5e-4, 0, 0), (0, 1.3, 0), (0, -2, 0)]
)
def test_drifting_and_late_microphones_stay_in_step(
    tmp_path: Path, drift: float, starts_s: float, jitter_s: float
) -> None:
    microphone = Beeps(100.0, 20.0, drift, starts_s, jitter_s)
    recorder = record(tmp_path / "out.mkv", microphone, 20.0)
    microphone.end()
    recorder.close()
    flashes = [at for at in flashes_s(tmp_path / "out.mkv") if at > starts_s]
    beeps = [at for at in beeps_s(tmp_path / "out.mkv") if at < 19.5]
    assert beeps == pytest.approx(flashes, abs=IN_STEP_S)


def test_busy_computer_that_reads_late_changes_nothing(tmp_path: Path) -> None:
    microphone = Beeps(100.0, 10.0, jitter_s=0.05)
    recorder = record(tmp_path / "out.mkv", microphone, 10.0)
    microphone.end()
    recorder.close()
    flashes = flashes_s(tmp_path / "out.mkv")
    assert beeps_s(tmp_path / "out.mkv") == pytest.approx(flashes, abs=IN_STEP_S)


def test_picture_goes_on_without_the_microphone_and_one_sentence_says_so(tmp_path: Path) -> None:
    recorder = record(tmp_path / "out.mp4", Broken(), 3.0)
    assert str(recorder.problem()) == "The microphone 'Broken' cannot be used: busy."
    recorder.close()
    assert len(flashes_s(tmp_path / "out.mp4")) == 2
    assert beeps_s(tmp_path / "out.mp4") == []


def test_recording_plays_to_its_end_while_the_microphone_is_silent(tmp_path: Path) -> None:
    recorder = record(tmp_path / "out.mkv", Broken(), 12.0)
    killed = tmp_path / "killed.mkv"
    killed.write_bytes((tmp_path / "out.mkv").read_bytes())  # What a kill now would leave.
    recorder.close()
    assert flashes_s(killed)[-1] >= 9.9


def test_recording_without_microphone_has_no_sound_track(tmp_path: Path) -> None:
    recorder = Recorder(str(tmp_path / "out.mp4"))
    recorder.open(48, 64)
    recorder.send(Composite(0, 1.0, np.zeros((48, 64, 3), np.uint8), is_placeholder=False))
    recorder.close()
    with av.open(str(tmp_path / "out.mp4")) as container:
        assert not container.streams.audio


def test_clock_of_blocks_ignores_late_arrival() -> None:
    clock = BlockClock()
    late_s = [0.2, 0.05, 0.3, 0.0, 0.02]
    block = np.zeros(BLOCK_SAMPLES, np.float32)
    blocks = [SoundBlock(block, 7.0 + index * 0.01 + late) for index, late in enumerate(late_s)]
    clock.start(blocks)
    placed = [clock.place(each) for each in blocks]
    assert placed == pytest.approx([7.0 + index * 0.01 for index in range(5)])


def exact_blocks(clock: BlockClock, late_s: list[float]) -> list[float]:
    """How late the clock places blocks of 0.1 s whose exact times are so much later than counted."""
    block = np.zeros(RATE_HZ // 10, np.float32)
    return [
        clock.place(SoundBlock(block, 7.0 + index / 10 + late, is_exact=True)) - 7.0 - index / 10
        for index, late in enumerate(late_s)
    ]


def test_clock_of_exact_blocks_ignores_a_single_wrong_time() -> None:
    clock = BlockClock()
    clock.start([SoundBlock(np.zeros(480, np.float32), 7.0, is_exact=True)])
    assert exact_blocks(clock, [0, 0, 0, -0.1, 0, 0, 0.1, 0]) == pytest.approx([0] * 8)


def test_clock_of_exact_blocks_follows_at_once_where_sound_was_lost() -> None:
    clock = BlockClock()
    clock.start([SoundBlock(np.zeros(480, np.float32), 7.0, is_exact=True)])
    assert exact_blocks(clock, [0, 0, 0, *[0.06] * 5])[-3:] == pytest.approx([0.06] * 3)


def test_exact_time_among_late_arrivals_gives_the_start() -> None:
    clock = BlockClock()
    block = np.zeros(BLOCK_SAMPLES, np.float32)
    blocks = [SoundBlock(block, 7.2), SoundBlock(block, 7.01, is_exact=True), SoundBlock(block, 7.0)]
    clock.start(blocks)
    assert [clock.place(each) for each in blocks] == pytest.approx([7.0, 7.01, 7.02])


def test_sound_that_arrives_seconds_late_is_not_lost(tmp_path: Path) -> None:
    microphone = Beeps(100.0, 5.0)
    microphone.begins.clear()
    recorder = record(tmp_path / "out.mkv", microphone, 4.4, waits=False)
    microphone.begins.set()
    assert microphone.is_drained.wait(30)
    recorder.send(Composite(999, 104.5, np.zeros((48, 64, 3), np.uint8), is_placeholder=False))
    microphone.end()
    recorder.close()
    assert beeps_s(tmp_path / "out.mkv") == pytest.approx([1.0, 2.0, 3.0, 4.0], abs=IN_STEP_S)


@pytest.mark.parametrize(("by", "expected"), [(0, 0), (1, 1), (-1, -1), (50, 1), (-50, -1)])
def test_stretching_is_limited_to_what_nobody_hears(by: int, expected: int) -> None:
    assert len(stretched(np.ones(BLOCK_SAMPLES, np.float32), by)) == BLOCK_SAMPLES + expected
