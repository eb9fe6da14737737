"""A short video for the effect "video"."""

from __future__ import annotations

import atexit
import tempfile
from contextlib import ExitStack
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

from app.engine.core.atomic_files import part_folder_of
from app.engine.media.demo import FPS, Demo
from app.engine.media.writing.video_writer import VideoWriter

_FRAMES = 30


@lru_cache(maxsize=1)
def demo_clip(width_px: int, height_px: int) -> Path:
    """The demo as a file, in a folder that is deleted when the program ends."""
    stack = ExitStack()
    folder = stack.enter_context(part_folder_of(Path(tempfile.gettempdir()) / "backdrop-demo-clip"))
    atexit.register(stack.close)
    demo, path = Demo(width_px, height_px), folder / "demo.mp4"
    with VideoWriter(path, "composite", Fraction(FPS)) as writer:
        for index in range(_FRAMES):
            writer.write(index / FPS, demo.frame(index))
    return path
