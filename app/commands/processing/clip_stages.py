"""A clip's frames through the pipeline, on all cores: from decoded frames to frames for the encoder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np

from app.commands.processing.stages import Stages, Step
from app.engine.core.types import Frame
from app.engine.media.video.reader import VideoReader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import av

    from app.commands.processing.stages import Interruption
    from app.engine.core.types import Matte, Picture
    from app.engine.media.moving_picture import Clip
    from app.engine.media.video.reader import SoundPacket
    from app.engine.pipeline.draft import Draft
    from app.engine.pipeline.pipeline import Pipeline

_LARGEST_BYTES = 1_200_000_000
_BYTES_PER_PX = 20  # Of a frame under way at most: picture, alpha, background, composite.
_MOST_SOUNDS = 100  # Packets that wait for a picture.


Encodable: TypeAlias = "av.VideoFrame | None"


class Target(NamedTuple):
    """Where a clip's results go. `convert` may run on several threads; the others run on one, in order."""

    begin: Callable[[int, int], None]
    """Gets the height and width of the first picture, before any of the others is called."""
    convert: Callable[[int, Picture], Encodable]
    """Gets the number of a frame, from 1 on, and its result."""
    write: Callable[[float, Encodable], None]
    """Gets the time in seconds and what `convert` has made."""
    write_sound: Callable[[SoundPacket], None] | None = None


@dataclass(slots=True)
class _Passing:
    """A frame under way, after the packets of sound that come before it; number 0: these alone."""

    sounds: list[SoundPacket]
    number: int = 0
    time_s: float = 0.0
    decoded: av.VideoFrame | Picture | None = None
    picture: Picture | None = None
    draft: Draft | None = None
    made: Encodable = None


class ClipStages:
    """Takes one clip through the pipeline. With one core, all is done on this thread, with equal results."""

    def __init__(
        self,
        clip: Clip,
        target: Target,
        pipeline: Pipeline,
        is_alpha: bool,
        scene: int,
        on_written: Callable[[], object],
    ) -> None:
        """is_alpha: the result is the matte, not the composite. on_written: called after each frame."""
        self._clip, self._target, self._pipeline = clip, target, pipeline
        self._is_alpha, self._scene, self._on_written = is_alpha, scene, on_written
        self._count = 0

    def run(self, cores: int, interruption: Interruption) -> int:
        """Treat all frames; return their number. Errors are raised as if frames were treated in turns."""
        steps = [
            Step(self._decoded),
            Step(self._adjusted, in_order=True),
            Step(self._inferred, in_order=self._pipeline.infers_in_order),
            Step(self._refined, in_order=True),
            Step(self._enlarged),
            Step(self._composed, in_order=self._pipeline.composes_in_order),
            Step(self._converted),
        ]
        most = most_frames(*self._clip.size, cores)
        Stages(steps, cores, most, interruption).run(self._feed, self._drain)
        return self._count

    def _feed(self, put: Callable[[_Passing], None]) -> None:
        sounds: list[SoundPacket] = []

        def on_sound(packet: SoundPacket) -> None:
            sounds.append(packet)
            if len(sounds) == _MOST_SOUNDS:
                put(_Passing(sounds.copy()))
                sounds.clear()

        wanted = on_sound if self._target.write_sound else None
        for number, (time_s, frame) in enumerate(_frames(self._clip, wanted), start=1):
            passing = _Passing([], number, time_s, frame)
            if number == 1:
                # The reader's and the result's size are those of the first frame.
                self._decoded(passing)
                assert passing.picture is not None
                self._target.begin(*passing.picture.shape[:2])
            passing.sounds += sounds
            sounds.clear()
            put(passing)
        if sounds:
            put(_Passing(sounds))

    def _decoded(self, passing: _Passing) -> _Passing:
        frame, passing.decoded = passing.decoded, None
        if isinstance(frame, np.ndarray):
            passing.picture = frame
        elif frame is not None and isinstance(self._clip, VideoReader):
            passing.picture = self._clip.picture(frame)
        return passing

    def _adjusted(self, passing: _Passing) -> _Passing:
        if passing.picture is not None:
            frame = Frame(passing.number, passing.time_s, passing.picture, self._scene)
            passing.draft = self._pipeline.adjust(frame)
        return passing

    def _inferred(self, passing: _Passing) -> _Passing:
        if passing.draft is not None:
            self._pipeline.infer(passing.draft)
        return passing

    def _refined(self, passing: _Passing) -> _Passing:
        if passing.draft is not None:
            self._pipeline.refine(passing.draft)
        return passing

    def _enlarged(self, passing: _Passing) -> _Passing:
        if passing.draft is not None:
            self._pipeline.enlarge(passing.draft)
        return passing

    def _composed(self, passing: _Passing) -> _Passing:
        draft, passing.draft = passing.draft, None
        if draft is not None and self._is_alpha:
            assert draft.matte is not None
            passing.picture = grey(draft.matte)
        elif draft is not None:
            passing.picture = self._pipeline.compose(draft).composite.picture
        return passing

    def _converted(self, passing: _Passing) -> _Passing:
        if passing.picture is not None:
            passing.made = self._target.convert(passing.number, passing.picture)
            passing.picture = None
        return passing

    def _drain(self, passing: _Passing) -> None:
        for packet in passing.sounds:
            if self._target.write_sound:
                self._target.write_sound(packet)
        if passing.number:
            self._target.write(passing.time_s, passing.made)
            self._count += 1
            self._on_written()


def _frames(
    clip: Clip, on_sound: Callable[[SoundPacket], None] | None
) -> Iterator[tuple[float, av.VideoFrame | Picture]]:
    """The frames of a clip as soon as they are decoded: those of a video are converted later, in a step."""
    if isinstance(clip, VideoReader):
        yield from clip.decoded(on_sound)
    else:
        yield from clip.frames(on_sound)


def grey(matte: Matte) -> Picture:
    """A matte as a picture, H x W, 0 to 255."""
    return np.rint(matte.alpha * 255).astype(np.uint8)


def most_frames(width_px: int, height_px: int, cores: int) -> int:
    """How many frames may be under way: enough for all cores, but at most about a gigabyte of them."""
    each = max(1, _BYTES_PER_PX * width_px * height_px)  # A damaged file may say 0 pixels.
    return max(2, min(2 * cores + 4, _LARGEST_BYTES // each))
