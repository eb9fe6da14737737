"""Process files: a picture, or the frames and the sound of a video."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from tqdm import tqdm

from app.commands.processing.process_plan import input_error
from app.commands.processing.result_files import (
    NumberedPictures,
    atomic_file,
    atomic_folder,
    made_folder,
    write_picture,
)
from app.engine.core.errors import BackdropError
from app.engine.core.types import Frame, Picture
from app.engine.media.moving_picture import Clip, open_clip
from app.engine.media.pictures.photo_metadata import kept_exif
from app.engine.media.pictures.picture_reader import read_image
from app.engine.media.writing.video_writer import VideoWriter
from app.engine.pipeline.large_picture import LARGE_PX, composite_large, matte_large

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from app.commands.processing.process_plan import FileJob
    from app.engine.media.writing.video_formats import Content
    from app.engine.pipeline.pipeline import Pipeline


def process_all(treatment: FileProcessor, jobs: list[FileJob]) -> tuple[int, int]:
    """Run all jobs, whatever happens in one; print the errors. Returns the numbers of files and pictures."""
    done = pictures = 0
    hidden = True if len(jobs) == 1 else None  # A single video has a progress bar of its own.
    with ExitStack() as stack:
        for folder in {job.target.parent for job in jobs}:
            stack.enter_context(made_folder(folder))
        bar = stack.enter_context(tqdm(jobs, unit="file", leave=False, disable=hidden))
        for job in bar:
            try:
                pictures += treatment.do(job)
                done += 1
            except Exception as error:
                bar.clear()
                print(input_error(job.source, error), file=sys.stderr)
    return done, pictures


class FileProcessor:
    """Processes files one after another, each as a new scene."""

    def __init__(
        self, pipeline: Pipeline, content: Content, is_strict: bool = False, keeps_location: bool = False
    ) -> None:
        """For any `content` but alpha, the pipeline's effect makes the result.

        is_strict: a damaged video is an error; otherwise what can be decoded of it is kept.
        keeps_location: keep the place where a file was taken.
        """
        self._pipeline = pipeline
        self._content = content
        self._is_strict = is_strict
        self._keeps_location = keeps_location
        self.notes: dict[str, list[Path]] = {}
        """What was changed or left out besides the pictures, each with the results that it is true of."""
        self._scene = 0

    def do(self, job: FileJob) -> int:
        """Run one job; return its number of pictures. On BackdropError nothing is written."""
        self._scene += 1
        if job.kind == "picture":
            picture = self._processed_picture(read_image(job.source))
            exif, notes = kept_exif(job.source, job.target.suffix, self._keeps_location)
            with atomic_file(job.target) as part:
                write_picture(part, picture, exif)
            self._note(job.target, notes)
            return 1
        with open_clip(job.source) as reader:
            make = self._folder if job.kind == "folder" else self._video
            count = make(reader, job.target)
            if reader.problem:
                tqdm.write(f"{reader.problem} The rest is in '{job.target}'.", file=sys.stderr)
            return count

    def _folder(self, reader: Clip, target: Path) -> int:
        with atomic_folder(target) as part:
            return self._all(reader, reader.frames(), NumberedPictures(part).write)

    def _video(self, reader: Clip, target: Path) -> int:
        sounds = reader.sounds if self._content != "alpha" else []
        with ExitStack() as stack:
            part = stack.enter_context(atomic_file(target))
            writer = stack.enter_context(
                VideoWriter(
                    part,
                    self._content,
                    reader.rate,
                    reader.time_base,
                    reader.colours,
                    sounds,
                    source=reader.container,
                    keeps_location=self._keeps_location,
                )
            )
            frames = reader.frames(writer.write_sound if sounds else None)
            count = self._all(reader, frames, writer.write)
            writer.hold_until(reader.end_s)
        self._note(target, writer.notes)
        return count

    def _note(self, target: Path, notes: list[str]) -> None:
        if notes:
            self.notes.setdefault(" ".join(notes), []).append(target)

    def _all(
        self,
        reader: Clip,
        frames: Iterator[tuple[float, Picture]],
        write: Callable[[float, Picture], None],
    ) -> int:
        count = 0
        name = Path(reader.path).name
        bar = tqdm(frames, name, reader.frame_count, leave=False, unit="frame", disable=None)
        for count, (time_s, bgr) in enumerate(bar, start=1):
            write(time_s, self._processed(count, time_s, bgr))
        if reader.problem and (self._is_strict or not count):
            raise reader.problem
        if not count:
            raise BackdropError("'{path}' has no pictures in it.", path=reader.path)
        return count

    def _processed_picture(self, bgr: Picture) -> Picture:
        height, width = bgr.shape[:2]
        if height * width <= LARGE_PX:
            return self._processed(0, 0.0, bgr)
        treat = matte_large if self._content == "alpha" else composite_large
        return treat(self._pipeline, Frame(0, 0.0, bgr, self._scene))

    def _processed(self, index: int, time_s: float, bgr: Picture) -> Picture:
        frame = Frame(index, time_s, bgr, self._scene)
        if self._content == "alpha":
            return np.rint(self._pipeline.matte(frame).alpha * 255).astype(np.uint8)
        return self._pipeline.process(frame).composite.picture
