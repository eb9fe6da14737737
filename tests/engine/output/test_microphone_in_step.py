"""A recording of a real microphone: PipeWire's null source, to which another process plays beeps."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.engine.output.test_microphone_track import IN_STEP_S, beeps_s, flashes_s
from tests.engine.pipewire_daemon import Daemon, missing_for_sound

if TYPE_CHECKING:
    from pathlib import Path

# Ten minutes: BACKDROP_SOUND_S=600 python -m pytest -s tests/engine/output/test_microphone_in_step.py
SECONDS = float(os.environ.get("BACKDROP_SOUND_S", "15"))


@pytest.mark.slow
@pytest.mark.skipif(bool(missing_for_sound()), reason=missing_for_sound() or "sound is here")
def test_beeps_of_a_real_microphone_are_in_step_with_flashes(tmp_path: Path) -> None:
    path = tmp_path / "recorded.mp4"
    daemon = Daemon(with_sound=True)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "tests.engine.output.flash_and_beep", str(path), str(SECONDS)],
            env={**os.environ, **daemon.environment},
            capture_output=True,
            text=True,
            check=False,
            timeout=SECONDS + 120,
        )
    finally:
        daemon.close()
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    beeps, flashes = np.array(beeps_s(path)), np.array(flashes_s(path))
    assert len(beeps) >= len(flashes) > SECONDS / 3
    offsets = np.array([beeps[np.argmin(np.abs(beeps - flash))] - flash for flash in flashes])
    print(f"{len(offsets)} flashes; beeps {1000 * offsets.min():.1f} to {1000 * offsets.max():.1f} ms later")
    # Where a busy machine has interrupted the sound itself, single beeps may be off.
    assert abs(np.median(offsets)) < IN_STEP_S
    assert np.mean(np.abs(offsets) < IN_STEP_S) > 0.9
