"""Unused memory is returned to the system."""

from __future__ import annotations

import ctypes
import subprocess
import sys
import threading
from pathlib import Path

import msgspec
import pytest

import app.engine.engine as worker
from app.engine.core.settings import EffectSettings, MatteSettings, NetworkSettings, Settings
from app.engine.engine import Engine
from app.engine.networks.segmenter import Segmenter
from tests.engine.rig import GREEN, RoomCamera, next_where, running

ROOT = Path(__file__).resolve().parents[3]
HOLES = """
import threading
from pathlib import Path
from app.engine.core.memory import return_memory, tune_process

def held_mb():
    said = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(said["RssAnon"].split()[0]) / 1024

tune_process()
before = held_mb()
pieces = []

def work():
    pieces.extend(bytearray(b"x" * 100_000) for _ in range(250))

for _ in range(4):  # each thread has its own memory pool
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
full, last = held_mb(), pieces[::250]
del pieces
kept = held_mb()
return_memory()
print(full - before, kept - before, held_mb() - before)
"""


@pytest.mark.skipif(
    sys.platform != "linux" or not hasattr(ctypes.CDLL(None), "malloc_trim"), reason="glibc's allocator"
)
def test_allocator_keeps_freed_memory_until_returned() -> None:
    done = subprocess.run([sys.executable, "-c", HOLES], cwd=ROOT, capture_output=True, text=True, check=True)
    full, kept, left = map(float, done.stdout.split())
    assert full > 90 and kept > 0.8 * full, "the pool is kept for the next frame"
    assert left < 0.1 * full, f"{left} of {full} MB are left"


def test_memory_is_returned_after_change_of_network_or_size(
    tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = threading.Semaphore(0)
    monkeypatch.setattr(worker, "return_memory", given.release)
    monkeypatch.setattr(worker, "_RELEASE_S", 0.01)
    engine = Engine(
        Settings(effect=GREEN),
        open_source=lambda settings: RoomCamera(),
        load_segmenter=lambda settings: Segmenter(tiny),
    )
    with running(engine):
        assert given.acquire(timeout=20), "the memory that loading needed"
        settings = Settings(effect=EffectSettings("transparent"), matte=MatteSettings(steadiness=0.1))
        engine.update(settings)
        next_where(engine, lambda c: c.picture.shape[2] == 4)
        assert not given.acquire(timeout=0.2), "moving a slider must not delay frames"
        settings = msgspec.structs.replace(settings, network=NetworkSettings(threads=2))
        engine.update(settings)
        assert given.acquire(timeout=20)
        engine.update(
            msgspec.structs.replace(settings, source=msgspec.structs.replace(settings.source, width_px=640))
        )
        assert given.acquire(timeout=20)
