"""Write videos: frames with their times, and sound tracks."""

from __future__ import annotations

import math
from contextlib import suppress
from typing import TYPE_CHECKING, cast

import av
import cv2
from av.codec.context import Flags
from av.video.reformatter import ColorRange

from app.engine.core.errors import BackdropError
from app.engine.media.video.packets import start_of
from app.engine.media.video.reader import ColourSpace, SoundPacket
from app.engine.media.writing.audio_tracks import AudioTracks
from app.engine.media.writing.metadata import copy_metadata, lost_tags
from app.engine.media.writing.picture_converter import PictureConverter
from app.engine.media.writing.sample_writer import SampleWriter
from app.engine.media.writing.subtitle_tracks import SubtitleTracks
from app.engine.media.writing.survey import Survey, survey
from app.engine.media.writing.video_formats import LIVE_MKV, LIVE_MP4, VIDEO_FORMATS, Content

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction
    from pathlib import Path
    from types import TracebackType

    from av.container import InputContainer

    from app.engine.core.types import Picture

# Encoders give other bytes with another number of threads, so it does not depend on the machine.
_THREADS = 4
# With AVX-512, x264 gives other bytes from run to run (PyAV 18.1): one of some 10 films differed.
_HAS_AVX512 = cv2.checkHardwareSupport(13)  # CV_CPU_AVX_512F, which Python's cv2 does not name.


class VideoWriter:
    """A video file being written.

    Every method may raise OSError or av.FFmpegError for errors of the disk: the caller, who chose the path,
    reports them.
    """

    def __init__(
        self,
        path: Path,
        content: Content,
        rate: Fraction,
        time_base: Fraction | None = None,
        colours: ColourSpace | None = None,
        sounds: Sequence[av.AudioStream] = (),
        source: InputContainer | None = None,
        keeps_location: bool = False,
        is_live: bool = False,
        with_microphone: bool = False,
    ) -> None:
        """Begin a file.

        rate: frames per second. time_base: the unit of the frames' times, in seconds; that of `rate` where it
        is not given. sounds: tracks whose packets will come to `write_sound`. source: the file
        whose subtitles, tags and chapters the result gets; its place only if keeps_location. is_live: encode
        fast, and let the file be playable up to its last second if this process is killed. with_microphone:
        make a sound track for `microphone`.
        Raises BackdropError for a suffix that VIDEO_FORMATS does not list.
        """
        suffix = path.suffix.lower()
        if suffix not in VIDEO_FORMATS[content]:
            raise BackdropError(
                "'{suffix}' is not a video of the kind {content}.", suffix=suffix, content=content
            )
        self._format = VIDEO_FORMATS[content][suffix]
        self._colours = colours
        self._converter: PictureConverter | None = None
        self._size: tuple[int, int] | None = None
        self._has_begun = False
        self._last_pts: int | None = None
        self._frame: av.VideoFrame | None = None
        self._end_pts: int | None = None
        self._waiting: list[SoundPacket] = []
        # A browser can play the file while it loads.
        options = {"movflags": "+faststart"} if suffix in {".mp4", ".mov"} else {}
        if is_live:
            options = LIVE_MP4 if options else LIVE_MKV
        # With a protocol, so that a colon in the name is not one.
        self._container = av.open(f"file:{path}", "w", container_options=options)
        self._rate = rate
        self._time_base = time_base or 1 / rate
        codec = self._format.codec if self._format.codec in av.codecs_available else "mpeg4"
        stream = self._container.add_stream(codec, rate=rate.limit_denominator(100_000))
        self._stream = cast("av.VideoStream", stream)
        self._stream.pix_fmt = self._format.pixels
        self._stream.options = dict(self._format.options)
        if codec == "libx264" and _HAS_AVX512:
            self._stream.options = {**self._stream.options, "x264-params": "asm=AVX2"}
        if is_live:
            self._stream.codec_context.gop_size = round(rate)  # A fragment begins with each key frame.
            if codec == "libx264":
                self._stream.options = {**self._stream.options, "preset": "superfast", "tune": "zerolatency"}
        self._stream.thread_type = (
            "AUTO"  # PyAV's default makes x264 wait for each frame, which takes twice the time.
        )
        if not is_live:
            self._stream.codec_context.thread_count = _THREADS
        self._stream.codec_context.time_base = self._time_base
        self._stream.codec_context.flags |= Flags.frame_duration
        self.microphone: SampleWriter | None = None
        """Takes the sound of a microphone once the first picture is written."""
        if with_microphone:
            self.microphone = SampleWriter.mono(self._container, suffix)
        self._path = path
        self._source_notes: list[str] = []
        self._wanted: tuple[dict[str, str], int] = {}, 0
        self._subtitles: SubtitleTracks | None = None
        with_subtitles = source is not None and content != "alpha"
        origin = source or (cast("InputContainer", sounds[0].container) if sounds else None)
        found = survey(origin, sounds, with_subtitles) if origin else Survey()
        self._sounds = AudioTracks(self._container, suffix, sounds, found)
        if source is None:
            return
        start_s = start_of(source)
        if with_subtitles:
            self._subtitles = SubtitleTracks(self._container, suffix, source, found.subtitles, start_s)
        self._source_notes = copy_metadata(source, self._container, start_s, keeps_location)
        self._wanted = dict(self._container.metadata), len(source.chapters())

    @property
    def notes(self) -> list[str]:
        """What of the source was changed or left out besides its pictures: one sentence each.

        Complete once the file is closed.
        """
        subtitles = self._subtitles.notes if self._subtitles else []
        return [*self._sounds.notes, *subtitles, *self._source_notes]

    def fix_size(self, height_px: int, width_px: int) -> None:
        """Decide the size of the video, which the first picture otherwise does. Once.

        A side that must be even and is not grows by one pixel.
        """
        step = 2 if self._format.needs_even_size else 1
        height, width = -(-height_px // step) * step, -(-width_px // step) * step
        if self._format.pixels == "gray":
            self._colours = None
        else:
            self._colours = self._colours or ColourSpace.usual(width_px, height_px)
        self._size = height, width
        self._converter = PictureConverter(height, width, self._format.pixels, self._colours)

    def convert(self, picture: Picture) -> av.VideoFrame:
        """A picture, as for `write`, as a frame for `write_frame`. On any thread, after `fix_size`."""
        assert self._converter is not None
        return self._converter.convert(picture)

    def write(self, time_s: float, picture: Picture) -> None:
        """Add a picture (H x W x 3 BGR, H x W x 4 BGRA or H x W grey) that is shown from `time_s` on.

        A picture of another size than the first is scaled to fit into it, with bars. A side that must be even
        and is not grows by one pixel, a copy of its neighbour.
        """
        if self._size is None:
            self.fix_size(*picture.shape[:2])
        self.write_frame(time_s, self.convert(picture))

    def write_frame(self, time_s: float, frame: av.VideoFrame) -> None:
        """Add a frame of `convert`."""
        if not self._has_begun:
            self._begin()
        pts = round(time_s / self._time_base)
        if self._last_pts is not None:
            pts = max(pts, self._last_pts + 1)
        self._encode_waiting(pts)
        frame.pts, frame.time_base = pts, self._time_base
        self._frame, self._last_pts = frame, pts
        if self._subtitles:
            self._subtitles.write_until(time_s)

    def hold_until(self, time_s: float) -> None:
        """Show the last picture until `time_s`, in seconds from the start."""
        self._end_pts = round(time_s / self._time_base)

    def write_sound(self, packet: SoundPacket) -> None:
        """Add a packet of one of the sound tracks."""
        if not self._has_begun:  # The header, which holds the frame size, comes first.
            self._waiting.append(packet)
            return
        self._sounds.write(packet)

    def close(self) -> None:
        """Finish the file."""
        try:
            if self._has_begun:
                self._encode_last()
                self._container.mux(self._stream.encode(None))
                self._sounds.finish()
                if self.microphone:
                    self.microphone.finish()
                if self._subtitles:
                    self._subtitles.write_until(math.inf)
        finally:
            self._container.close()
        if any(self._wanted):
            self._source_notes += lost_tags(self._path, *self._wanted)

    def __enter__(self) -> VideoWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self.close()
            return
        with suppress(OSError, av.FFmpegError):  # The first error is the one to report.
            self._container.close()

    def _begin(self) -> None:
        assert self._size is not None
        self._has_begun = True
        self._stream.height, self._stream.width = self._size
        context = self._stream.codec_context
        if self._colours is None:
            context.color_range = ColorRange.JPEG
        else:
            context.color_range = ColorRange.MPEG
            context.colorspace = self._colours.matrix
            context.color_primaries = self._colours.primaries
            context.color_trc = self._colours.transfer
        waiting, self._waiting = self._waiting, []
        for packet in waiting:
            self.write_sound(packet)

    def _encode_waiting(self, until: int) -> None:
        """Encode the last frame, which waited for its duration; `until` is the time of the next one."""
        if self._frame is not None and self._last_pts is not None:
            self._frame.duration = until - self._last_pts
            self._container.mux(self._stream.encode(self._frame))
            self._frame = None

    def _encode_last(self) -> None:
        """Encode the last frame with a duration up to the end, or one of the usual length."""
        assert self._last_pts is not None
        usual = max(1, round(1 / self._rate / self._time_base))
        end = self._last_pts + usual if self._end_pts is None else max(self._end_pts, self._last_pts + 1)
        self._encode_waiting(end)
