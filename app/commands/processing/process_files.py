"""Process a file: a picture, or the frames and the sound of a video."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from tqdm import tqdm

from app.commands.processing.clip_stages import ClipStages, Target, finished
from app.commands.processing.result_files import (
    NumberedPictures,
    atomic_file,
    atomic_folder,
    write_picture,
)
from app.commands.processing.spread import Spread
from app.engine.core.errors import BackdropError
from app.engine.core.types import Frame
from app.engine.media.moving_picture import Clip, open_clip
from app.engine.media.pictures.photo_metadata import kept_exif
from app.engine.media.pictures.picture_reader import opened, read_image
from app.engine.media.writing.video_writer import VideoWriter
from app.engine.pipeline.large_picture import LARGE_PX, composite_large, matte_large

if TYPE_CHECKING:
    from app.commands.processing.clip_stages import Encodable
    from app.commands.processing.process_plan import FileJob
    from app.engine.core.types import Picture
    from app.engine.media.writing.video_formats import Content
    from app.engine.pipeline.pipeline import Pipeline


class FileProcessor:
    """Processes files one after another, each as a new scene."""

    def __init__(
        self,
        pipeline: Pipeline,
        content: Content,
        is_strict: bool = False,
        keeps_location: bool = False,
        spread: Spread | None = None,
    ) -> None:
        """For any `content` but alpha, the pipeline's effect makes the result.

        is_strict: a damaged video is an error; otherwise what can be decoded of it is kept.
        keeps_location: keep the place where a file was taken. spread: one core if not given.
        """
        self._pipeline = pipeline
        self._content = content
        self._is_strict = is_strict
        self._keeps_location = keeps_location
        self._spread = spread or Spread()
        self.notes: dict[str, list[Path]] = {}
        """What was changed or left out besides the pictures, each with the results that it is true of."""
        self._scene = 0

    def do(self, job: FileJob) -> int:
        """Run one job; return its number of pictures. On BackdropError nothing is written."""
        self._scene += 1
        self._pipeline.restart()
        if job.kind == "picture":
            with self._spread.memory.of(pixels_of(job.source)):
                self._picture(job)
            return 1
        with open_clip(job.source) as reader:
            make = self._folder if job.kind == "folder" else self._video
            count = make(reader, job.target)
            if reader.problem:
                tqdm.write(f"{reader.problem} The rest is in '{job.target}'.", file=sys.stderr)
            return count

    def _picture(self, job: FileJob) -> None:
        picture = self._processed_picture(read_image(job.source))
        exif, notes = kept_exif(job.source, job.target.suffix, self._keeps_location)
        with atomic_file(job.target) as part:
            write_picture(part, picture, exif)
        self._note(job.target, notes)

    def _folder(self, reader: Clip, target: Path) -> int:
        with atomic_folder(target) as part:
            pictures = NumberedPictures(part)
            return self._all(reader, Target(lambda *size: None, pictures.write, lambda time_s, written: None))

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

            def convert(number: int, picture: Picture) -> Encodable:
                return writer.convert(picture)

            def write(time_s: float, frame: Encodable) -> None:
                assert frame is not None
                writer.write_frame(time_s, frame)

            on_sound = writer.write_sound if sounds else None
            count = self._all(reader, Target(writer.fix_size, convert, write, on_sound))
            writer.hold_until(reader.end_s)
        self._note(target, writer.notes)
        return count

    def _note(self, target: Path, notes: list[str]) -> None:
        if notes:
            self.notes.setdefault(" ".join(notes), []).append(target)

    def _all(self, reader: Clip, target: Target) -> int:
        name, total = Path(reader.path).name, reader.frame_count
        hidden = None if self._spread.shows_frames else True
        with tqdm(None, name, total, leave=False, unit="frame", disable=hidden) as bar:
            stages = ClipStages(
                reader, target, self._pipeline, self._content == "alpha", self._scene, bar.update
            )
            count = stages.run(self._spread.cores, self._spread.interruption)
        if reader.problem and (self._is_strict or not count):
            raise reader.problem
        if not count:
            raise BackdropError("'{path}' has no pictures in it.", path=reader.path)
        return count

    def _processed_picture(self, bgr: Picture) -> Picture:
        height, width = bgr.shape[:2]
        frame = Frame(0, 0.0, bgr, self._scene)
        is_alpha = self._content == "alpha"
        if height * width > LARGE_PX:
            return (matte_large if is_alpha else composite_large)(self._pipeline, frame)
        work = self._pipeline.begin(frame)
        self._pipeline.infer(work)
        self._pipeline.refine(work)
        return finished(self._pipeline, work, is_alpha)


def pixels_of(picture: Path) -> int:
    """The number of pixels of a picture file by its header; 0 if that cannot be read."""
    try:
        with opened(picture) as image:
            return image.width * image.height
    except BackdropError:
        return 0  # Reading it will say why.
