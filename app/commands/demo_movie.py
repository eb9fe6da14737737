"""Without a display: write ten seconds of the demo to a video, before and after side by side."""

from __future__ import annotations

import sys
import tempfile
import time
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
from tqdm import tqdm

from app.commands.processing.result_files import WriteError, atomic_file
from app.engine.builder import face_finder, load_segmenter
from app.engine.core.memory import tune_process
from app.engine.core.types import Frame, Picture
from app.engine.looks.stage import Looks
from app.engine.media.demo import FPS, Demo
from app.engine.media.writing.video_writer import VideoWriter
from app.engine.pipeline.effects import build_effect
from app.engine.pipeline.pipeline import Parts, Pipeline

if TYPE_CHECKING:
    from app.engine.core.settings import Settings

FILE_NAME = "backdrop-demo.mp4"
_SECONDS = 10.0
_WIDTH_PX, _HEIGHT_PX = 1280, 720
_SHOWN_PX = 960, 540  # Size of each half; both together are as wide as a common screen.
_CHECKS_BGR = (150, 110)
_CHECK_PX = 24


def run(settings: Settings) -> int:
    """Process the demo with these settings, write it to a file and print its name."""
    effect = build_effect(settings.effect, waits=True)
    tune_process()
    looks = Looks(settings.looks)
    pipeline = Pipeline(
        Parts(
            load_segmenter(settings.network),
            effect,
            settings.matte,
            settings.compositor,
            settings.adjustments,
            looks,
            faces=face_finder(looks),
        )
    )
    frames = round(_SECONDS * FPS)
    here = Path(FILE_NAME)
    try:
        target, fps = here, write(here, pipeline, frames)
    except WriteError as error:
        target = Path(tempfile.gettempdir()) / FILE_NAME
        print(f"{error} It goes to '{target.parent}' instead.", file=sys.stderr)
        fps = write(target, pipeline, frames)
    print(
        f"The demo, before and after side by side, is in '{target.absolute()}': "
        f"{fps:.0f} frames per second at {_WIDTH_PX}x{_HEIGHT_PX}."
    )
    return 0


def write(target: Path, pipeline: Pipeline, frames: int) -> float:
    """Write the video. Returns the frames per second of the pipeline alone, without drawing and encoding."""
    demo = Demo(_WIDTH_PX, _HEIGHT_PX)
    treating_s = 0.0
    with atomic_file(target) as part, VideoWriter(part, "composite", Fraction(FPS)) as writer:
        for index in tqdm(range(frames), "demo", leave=False, unit="frame", disable=None):
            before = demo.frame(index)
            started = time.perf_counter()
            after = pipeline.process(Frame(index, index / FPS, before)).composite.picture
            treating_s += time.perf_counter() - started
            halves = [
                cv2.resize(half, _SHOWN_PX, interpolation=cv2.INTER_AREA) for half in (before, opaque(after))
            ]
            writer.write(index / FPS, np.hstack(halves))
    return frames / treating_s


def opaque(picture: Picture) -> Picture:
    """A picture without transparency, over a chequered ground."""
    if picture.shape[2] == 3:
        return picture
    rows, columns = np.indices(picture.shape[:2]) // _CHECK_PX
    ground = np.where((rows + columns) % 2, *_CHECKS_BGR).astype(np.float32)[..., None]
    alpha = picture[..., 3:].astype(np.float32) / 255
    return np.rint(picture[..., :3] * alpha + ground * (1 - alpha)).astype(np.uint8)
