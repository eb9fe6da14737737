"""The own sound of a video source in a recording."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import av
import numpy as np
import pytest

from app.engine.capture.source_sound import SourceMicrophone, SourceSound
from app.engine.capture.sources import VideoSource
from app.engine.core.types import Composite
from app.engine.output.recorder import Recorder
from tests.flashes import beeps_in, flash_clip, flashes_in

if TYPE_CHECKING:
    from pathlib import Path


def record(source: VideoSource, path: Path, seconds: float) -> Recorder:
    recorder = Recorder(str(path))
    recorder.hear(SourceMicrophone(lambda: source.sound))
    recorder.open(96, 160)
    index, until = 0, time.monotonic() + seconds
    while time.monotonic() < until:
        picture = source.read()
        recorder.send(Composite(index, time.monotonic(), picture))
        index += 1
    assert recorder.sound_level() is None, "the meter is the microphone's"
    assert recorder.problem() is None
    recorder.close()
    return recorder


@pytest.mark.slow
def test_recording_of_a_video_has_its_sound_in_step_over_its_repetition(tmp_path: Path) -> None:
    clip = flash_clip(tmp_path / "clip.mp4", 3, (0.52, 1.52, 2.52))
    source = VideoSource(str(clip))
    record(source, tmp_path / "out.mkv", 8)
    source.close()
    flashes, beeps = np.array(flashes_in(tmp_path / "out.mkv")), np.array(beeps_in(tmp_path / "out.mkv"))
    assert len(flashes) >= 5
    offsets = [float(beeps[np.argmin(np.abs(beeps - flash))] - flash) for flash in flashes[1:]]
    assert abs(float(np.median(offsets))) < 0.06, offsets


def test_recording_of_a_video_without_sound_has_no_sound_track(tmp_path: Path) -> None:
    source = VideoSource(str(flash_clip(tmp_path / "clip.mp4", 1, (0.52,), sound=None)))
    record(source, tmp_path / "out.mp4", 0.5)
    source.close()
    with av.open(str(tmp_path / "out.mp4")) as recorded:
        assert not recorded.streams.audio


def test_sound_that_nobody_hears_is_not_decoded(tmp_path: Path) -> None:
    source = VideoSource(str(flash_clip(tmp_path / "clip.mp4", 1, (0.52,))))
    source.read()
    source.read()
    assert isinstance(source.sound, SourceSound)
    assert source.sound.next() is None
    source.close()
