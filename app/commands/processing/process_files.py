"""Process files: a picture, or the frames and the sound of a video."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tqdm import tqdm

from app.commands.processing.clip_stages import ClipStages, Target, grey
from app.commands.processing.pixel_budget import PixelBudget
from app.commands.processing.result_files import (
    NumberedPictures,
    atomic_file,
    atomic_folder,
    write_picture,
)
from app.commands.processing.stages import Interruption
from app.engine.core.errors import BackdropError
from app.engine.core.types import Frame
from app.engine.media.moving_picture import Clip, open_clip
from app.engine.media.pictures.photo_metadata import kept_exif
from app.engine.media.pictures.picture_reader import read_image
from app.engine.media.writing.video_writer import VideoWriter
from app.engine.pipeline.large_picture import LARGE_PX, composite_large, matte_large

if TYPE_CHECKING:
    from app.commands.processing.clip_stages import Encodable
    from app.commands.processing.process_plan import FileJob
    from app.engine.core.types import Picture
    from app.engine.media.writing.video_formats import Content
    from app.engine.pipeline.pipeline import Pipeline

_budget = PixelBudget(LARGE_PX)


class Result(NamedTuple):
    """The number of pictures of one job, and what else was changed or left out."""

    pictures: int
    notes: list[str]


class FileProcessor:
    """Processes files one after another, each as a new scene."""

    def __init__(
        self,
        pipeline: Pipeline,
        content: Content,
        is_strict: bool = False,
        keeps_location: bool = False,
        cores: int = 1,
    ) -> None:
        """For any `content` but alpha, the pipeline's effect makes the result.

        is_strict: a damaged video is an error; otherwise what can be decoded of it is kept.
        keeps_location: keep the place where a file was taken. cores: with more than one, the steps of a video
        run side by side; the result is the same.
        """
        self._pipeline = pipeline
        self._content = content
        self._is_strict = is_strict
        self._keeps_location = keeps_location
        self._cores = cores
        self._scene = 0
        self._interruption = Interruption()

    def stop(self) -> None:
        """Give up at the next frame. Any thread may call it."""
        self._interruption.set()

    def do(self, job: FileJob) -> Result:
        """Run one job. On an error nothing is written."""
        self._scene += 1
        self._pipeline.restart()
        if job.kind == "picture":
            return self._picture(job)
        with open_clip(job.source) as reader:
            make = self._folder if job.kind == "folder" else self._video
            result = make(reader, job.target)
            if reader.problem:
                tqdm.write(f"{reader.problem} The rest is in '{job.target}'.", file=sys.stderr)
            return result

    def _picture(self, job: FileJob) -> Result:
        with _budget.of(job.source):
            picture = self._processed_picture(read_image(job.source))
            exif, notes = kept_exif(job.source, job.target.suffix, self._keeps_location)
            with atomic_file(job.target) as part:
                write_picture(part, picture, exif)
        return Result(1, notes)

    def _folder(self, reader: Clip, target: Path) -> Result:
        with atomic_folder(target) as part:
            write = NumberedPictures(part).write
            return Result(self._all(reader, Target(lambda *size: None, write, lambda *made: None)), [])

    def _video(self, reader: Clip, target: Path) -> Result:
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

            def convert(number: int, picture: Picture) -> Encodable:
                return writer.convert(picture)

            def write(time_s: float, frame: Encodable) -> None:
                assert frame is not None
                writer.write_frame(time_s, frame)

            on_sound = writer.write_sound if sounds else None
            count = self._all(reader, Target(writer.fix_size, convert, write, on_sound))
            writer.hold_until(reader.end_s)
        return Result(count, writer.notes)

    def _all(self, reader: Clip, target: Target) -> int:
        name = Path(reader.path).name
        with tqdm(desc=name, total=reader.frame_count, leave=False, unit="frame", disable=None) as bar:
            stages = ClipStages(
                reader, target, self._pipeline, self._content == "alpha", self._scene, bar.update
            )
            count = stages.run(self._cores, self._interruption)
        if reader.problem and (self._is_strict or not count):
            raise reader.problem
        if not count:
            raise BackdropError("'{path}' has no pictures in it.", path=reader.path)
        return count

    def _processed_picture(self, bgr: Picture) -> Picture:
        height, width = bgr.shape[:2]
        frame = Frame(0, 0.0, bgr, self._scene)
        if height * width > LARGE_PX:
            treat = matte_large if self._content == "alpha" else composite_large
            return treat(self._pipeline, frame)
        if self._content == "alpha":
            return grey(self._pipeline.matte(frame))
        return self._pipeline.process(frame).composite.picture
