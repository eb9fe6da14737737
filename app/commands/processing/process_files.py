"""Process files: a picture, or the frames and the sound of a video."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast

import numpy as np
from tqdm import tqdm

from app.commands.processing.pixel_budget import PixelBudget
from app.commands.processing.result_files import (
    NumberedPictures,
    atomic_file,
    atomic_folder,
    write_picture,
)
from app.commands.processing.side_by_side import SideBySide
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
    from app.engine.core.types import Matte
    from app.engine.media.video.reader import SoundPacket
    from app.engine.media.writing.video_formats import Content
    from app.engine.pipeline.pipeline import Draft, Pipeline

_budget = PixelBudget(LARGE_PX)


class Result(NamedTuple):
    """The number of pictures of one job, and what else was changed or left out."""

    pictures: int
    notes: list[str]


@dataclass(frozen=True, slots=True)
class _Read:
    """A frame as read, with the packets of sound that came before it."""

    index: int
    time_s: float
    bgr: Picture
    sounds: list[SoundPacket]


class _StoppedError(Exception):
    """Ctrl-C ended the work on all files."""


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
        self._is_stopped = False

    def stop(self) -> None:
        """Give up at the next frame. Any thread may call it."""
        self._is_stopped = True

    def do(self, job: FileJob) -> Result:
        """Run one job. On an error nothing is written."""
        self._scene += 1
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
            return Result(self._all(reader, NumberedPictures(part).write), [])

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
            count = self._all(reader, writer.write, writer.write_sound if sounds else None)
            writer.hold_until(reader.end_s)
        return Result(count, writer.notes)

    def _all(
        self,
        reader: Clip,
        write: Callable[[float, Picture], None],
        write_sound: Callable[[SoundPacket], None] | None = None,
    ) -> int:
        count = 0
        name = Path(reader.path).name
        rest: list[SoundPacket] = []
        with SideBySide() as steps:
            pictures = self._pictures(steps, _reads(reader, rest, write_sound is not None))
            for read, picture in tqdm(
                pictures, name, reader.frame_count, leave=False, unit="frame", disable=None
            ):
                if self._is_stopped:
                    raise _StoppedError
                # In the order of the file, as if all was done on one core.
                for packet in read.sounds:
                    cast("Callable[[SoundPacket], None]", write_sound)(packet)
                write(read.time_s, picture)
                count = read.index
        for packet in rest:
            cast("Callable[[SoundPacket], None]", write_sound)(packet)
        if reader.problem and (self._is_strict or not count):
            raise reader.problem
        if not count:
            raise BackdropError("'{path}' has no pictures in it.", path=reader.path)
        return count

    def _pictures(self, steps: SideBySide, reads: Iterator[_Read]) -> Iterator[tuple[_Read, Picture]]:
        """The frames with their results; on several cores, the steps work on several frames at once."""
        if self._cores == 1:
            for read in reads:
                draft = self._enlarged(self._refined(self._inferred(self._adjusted(read))))
                yield self._composed(draft)
            return
        drafts = steps.step(steps.ahead(reads), self._adjusted)
        workers = max(1, self._cores - 1)
        drafts = steps.step(drafts, self._inferred, workers)
        drafts = steps.step(drafts, self._refined)
        drafts = steps.step(drafts, self._enlarged, workers)
        yield from steps.step(drafts, self._composed)

    def _adjusted(self, read: _Read) -> tuple[_Read, Draft]:
        return read, self._pipeline.adjust(Frame(read.index, read.time_s, read.bgr, self._scene))

    def _inferred(self, work: tuple[_Read, Draft]) -> tuple[_Read, Draft]:
        self._pipeline.infer(work[1])
        return work

    def _refined(self, work: tuple[_Read, Draft]) -> tuple[_Read, Draft]:
        self._pipeline.refine(work[1])
        return work

    def _enlarged(self, work: tuple[_Read, Draft]) -> tuple[_Read, Draft]:
        self._pipeline.enlarge(work[1])
        return work

    def _composed(self, work: tuple[_Read, Draft]) -> tuple[_Read, Picture]:
        read, draft = work
        if self._content == "alpha":
            assert draft.matte is not None
            return read, _grey(draft.matte)
        return read, self._pipeline.compose(draft).composite.picture

    def _processed_picture(self, bgr: Picture) -> Picture:
        height, width = bgr.shape[:2]
        frame = Frame(0, 0.0, bgr, self._scene)
        if height * width > LARGE_PX:
            treat = matte_large if self._content == "alpha" else composite_large
            return treat(self._pipeline, frame)
        if self._content == "alpha":
            return _grey(self._pipeline.matte(frame))
        return self._pipeline.process(frame).composite.picture


def _reads(reader: Clip, rest: list[SoundPacket], wants_sound: bool) -> Iterator[_Read]:
    """The frames of a clip. `rest` gets the packets of sound after the last one."""
    for index, (time_s, bgr) in enumerate(reader.frames(rest.append if wants_sound else None), start=1):
        sounds = rest.copy()
        rest.clear()
        yield _Read(index, time_s, bgr, sounds)


def _grey(matte: Matte) -> Picture:
    return np.rint(matte.alpha * 255).astype(np.uint8)
