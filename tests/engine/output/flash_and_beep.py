"""Record a microphone with pictures that flash when it hears a beep, in a process of its own.

`python -m tests.engine.output.flash_and_beep FILE SECONDS` records. The beeps come from one more process, so
that recording and playing do not wait for each other. Both use the sound server that the environment names.
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections import deque
from pathlib import Path

import numpy as np

from app.engine.core.types import Composite
from app.engine.devices.microphones import RATE_HZ, SystemMicrophone
from app.engine.devices.sound_server import connected_soundcard
from app.engine.output.recorder import Recorder
from tests.engine.pipewire_daemon import MICROPHONE, real_time

BEEP_S = 0.1
_BLOCK_SAMPLES = 4800
_BUFFER_SAMPLES = 48000  # What is played is this far ahead, so that a busy machine does not interrupt it.
_AHEAD = 2
"""Blocks of a beep that are played before its time is told."""
_CERTAIN_S = 0.005
_HEIGHT_PX, _WIDTH_PX = 180, 320
_RATE_FPS = 30


def play() -> None:
    """Play a beep each second to what the microphone hears; print when it is heard (time.monotonic)."""
    soundcard = connected_soundcard()
    speaker = next(s for s in soundcard.all_speakers() if s.name == MICROPHONE)
    # When sample 0 was heard. Being interrupted between two looks at a clock only adds to it.
    starts: deque[float] = deque(maxlen=10)
    with speaker.player(RATE_HZ, channels=1, blocksize=_BUFFER_SAMPLES) as player:
        played = 0
        while True:
            latency_s = player.latency
            starts.append(time.monotonic() + latency_s - played / RATE_HZ)
            begun = played - _AHEAD * _BLOCK_SAMPLES
            # A beep whose time is not certain, because what was played has been interrupted, gets no flash.
            if begun > 0 and begun % RATE_HZ == 0 and max(starts) - min(starts) < _CERTAIN_S:
                print(begun / RATE_HZ + min(starts), flush=True)
            at_s = (played + np.arange(_BLOCK_SAMPLES)) / RATE_HZ
            is_beep = (at_s % 1 < BEEP_S) & (at_s >= 1)
            player.play(np.where(is_beep, 0.5 * np.sin(2 * np.pi * 1000 * at_s), 0).astype(np.float32))
            played += _BLOCK_SAMPLES


def record(path: Path, seconds: float) -> None:
    """Record the microphone; each flash has the time of its beep to the sample."""
    command = [*real_time(), sys.executable, "-m", __spec__.name]
    player = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    heard: deque[float] = deque()

    def follow() -> None:
        assert player.stdout is not None
        heard.extend(float(line) for line in player.stdout)

    threading.Thread(target=follow, daemon=True).start()
    recorder = Recorder(str(path))
    recorder.microphone = SystemMicrophone(MICROPHONE)
    recorder.open(_HEIGHT_PX, _WIDTH_PX)
    index, sent_at, white_until = 0, 0.0, 0.0
    end = time.monotonic() + seconds
    while (now := time.monotonic()) < end:
        while heard and heard[0] <= sent_at:
            heard.popleft()  # Told too late, on a busy machine: this beep gets no flash.
        if heard and heard[0] <= now:
            captured_at = heard.popleft()
            white_until = captured_at + BEEP_S
        elif now >= sent_at + 1 / _RATE_FPS:
            captured_at = now
        else:
            time.sleep(0.002)
            continue
        picture = np.full((_HEIGHT_PX, _WIDTH_PX, 3), 255 if captured_at < white_until else 0, np.uint8)
        recorder.send(Composite(index, captured_at, picture))
        index, sent_at = index + 1, captured_at
        problem = recorder.problem()
        if problem:
            print(f"{now - end + seconds:.1f} s: {problem}", flush=True)
    player.kill()
    player.wait()
    recorder.close()


if __name__ == "__main__":
    if len(sys.argv) > 1:
        record(Path(sys.argv[1]), float(sys.argv[2]))
    else:
        play()
