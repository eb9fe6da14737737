"""Reading and writing videos: colours, times, sound, sizes, errors of broken files."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import av
import cv2
import numpy as np
import pytest

from app.engine.core.errors import BackdropError
from app.engine.media.pictures.picture_reader import read_image
from app.engine.media.video.reader import ColourSpace, VideoReader
from app.engine.media.writing.video_formats import VIDEO_FORMATS, Content
from app.engine.media.writing.video_writer import VideoWriter
from tests.clips import SOUND_RATE_HZ, Pixels, heard_from_s, person, seen, write_clip

if TYPE_CHECKING:
    from pathlib import Path

PATCHES = [(0, 0, 0), (255, 255, 255), (0, 0, 255), (0, 255, 0), (255, 0, 0), (64, 177, 0), (200, 90, 20)]


def patches(width_px: int, height_px: int) -> Pixels:
    """Solid colours side by side."""
    picture = np.zeros((height_px, width_px, 3), np.uint8)
    for index, bgr in enumerate(PATCHES):
        picture[:, index * width_px // len(PATCHES) :] = bgr
    return picture


def middles(picture: Pixels) -> Pixels:
    """The patches' colours."""
    height, width = picture.shape[:2]
    return picture[height // 2, [(2 * i + 1) * width // (2 * len(PATCHES)) for i in range(len(PATCHES))]]


def largest_error(picture: Pixels, against: Pixels | None = None) -> int:
    """The largest difference of the patches from the original or from another picture."""
    wanted = np.array(PATCHES) if against is None else middles(against)
    return int(np.abs(middles(picture).astype(int) - wanted).max())


def first(path: Path) -> Pixels:
    """The first picture of a video."""
    with VideoReader(path) as reader:
        return next(reader.frames())[1]


def copy(source: Path, target: Path, content: Content = "composite") -> Path:
    """Copy a video with the reader and the writer."""
    with VideoReader(source) as reader:
        sounds = reader.sounds
        with VideoWriter(target, content, reader.rate, reader.time_base, reader.colours, sounds) as writer:
            for time_s, bgr in reader.frames(writer.write_sound):
                writer.write(time_s, bgr)
    return target


# Colours


@pytest.mark.parametrize("size", [(640, 480), (1280, 720)])
@pytest.mark.parametrize("suffix", [".mp4", ".webm"])
def test_solid_colours_survive_round_trip(tmp_path: Path, size: tuple[int, int], suffix: str) -> None:
    path = tmp_path / f"patches{suffix}"
    with VideoWriter(path, "composite", Fraction(25)) as writer:
        writer.write(0.0, patches(*size))
    assert largest_error(first(path)) <= 3
    assert largest_error(seen(path)[0][1]) <= 3  # other programs read the same colours from the file's tags


@pytest.mark.parametrize("size", [(640, 480), (1280, 720)])
@pytest.mark.parametrize("matrix", [1, 6])
def test_tagged_colour_matrix_is_used_and_kept(tmp_path: Path, size: tuple[int, int], matrix: int) -> None:
    source = write_clip(tmp_path / "in.mp4", 2, lambda _: patches(*size), matrix=matrix)
    target = copy(source, tmp_path / "out.mp4")
    with VideoReader(target) as reader:
        assert reader.colours == ColourSpace(matrix, matrix, matrix)
        assert reader.stream.codec_context.color_range == 1
    assert largest_error(first(source)) <= 3
    assert largest_error(first(target), against=first(source)) <= 3


@pytest.mark.parametrize(("size", "usual"), [((640, 480), 6), ((1280, 720), 1)])
def test_untagged_video_uses_default_colour_space(tmp_path: Path, size: tuple[int, int], usual: int) -> None:
    source = write_clip(tmp_path / "in.mp4", 2, lambda _: patches(*size), matrix=usual, tagged=False)
    with VideoReader(source) as reader:
        assert reader.stream.codec_context.colorspace == 2  # not tagged
    assert largest_error(first(source)) <= 3
    target = copy(source, tmp_path / "out.mp4")
    with VideoReader(target) as reader:
        assert reader.stream.codec_context.colorspace == usual  # now it is tagged
    assert largest_error(first(target), against=first(source)) <= 3


# Times


def test_irregular_frame_times_are_kept(tmp_path: Path) -> None:
    times = [Fraction(t, 1000) for t in (0, 40, 47, 200, 700, 701, 1500)]
    source = write_clip(tmp_path / "in.mp4", len(times), times=times)
    target = copy(source, tmp_path / "out.mp4")
    assert [at for at, _ in seen(target)] == pytest.approx([float(t) for t in times], abs=1e-3)


@pytest.mark.parametrize("suffix", [".ts", ".mkv", ".mp4"])
def test_frame_times_count_from_start_of_file(tmp_path: Path, suffix: str) -> None:
    source = write_clip(tmp_path / f"in{suffix}", 30, sounds=["aac"], sound_from_s=0.5, offset_s=1000)
    with VideoReader(source) as reader:
        times = [at for at, _ in reader.frames()]
    assert times[0] == pytest.approx(0.0, abs=0.05)
    target = copy(source, tmp_path / "out.mp4")
    assert heard_from_s(target) - seen(target)[0][0] == pytest.approx(0.5, abs=0.04)


def test_repeated_frame_time_is_advanced(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    with VideoWriter(path, "composite", Fraction(25)) as writer:
        for at in (0.0, 0.04, 0.04, 0.08):
            writer.write(at, person(0))
    times = [at for at, _ in seen(path)]
    assert len(set(times)) == 4 and times == sorted(times)


# Sound


@pytest.mark.slow_after_first
@pytest.mark.parametrize(
    ("source_sound", "suffix", "expected"),
    [
        ("aac", ".mp4", "aac"),
        ("aac", ".mkv", "aac"),
        ("aac", ".webm", "opus"),
        ("libopus", ".webm", "opus"),
        ("libopus", ".mov", "aac"),
    ],
)
def test_sound_stays_in_sync(tmp_path: Path, source_sound: str, suffix: str, expected: str) -> None:
    flash_at = 15
    source = write_clip(
        tmp_path / "in.mp4",
        40,
        lambda index: np.full((96, 160, 3), 255 if index >= flash_at else 0, np.uint8),
        sounds=[source_sound],
        sound_from_s=flash_at / 25,
    )
    target = copy(source, tmp_path / f"out{suffix}")
    flash_s = next(at for at, picture in seen(target) if picture.mean() > 128)
    assert abs(heard_from_s(target) - flash_s) < 1 / 25
    with av.open(str(target)) as container:
        assert container.streams.audio[0].codec_context.name == expected
        samples = sum(frame.samples for frame in container.decode(audio=0))
    assert samples >= 40 / 25 * SOUND_RATE_HZ  # to the very end


def test_every_sound_track_is_kept(tmp_path: Path) -> None:
    source = write_clip(tmp_path / "in.mkv", sounds=["aac", "pcm_u8"])
    target = copy(source, tmp_path / "out.mp4")
    with av.open(str(target)) as container:
        assert [s.codec_context.name for s in container.streams.audio] == ["aac", "aac"]


def test_full_disk_error_is_not_a_source_error(tmp_path: Path) -> None:
    source = write_clip(tmp_path / "in.mp4", sounds=["aac"])

    def refuse(packet: object) -> None:
        raise OSError(28, "No space left on device")

    with VideoReader(source) as reader, pytest.raises(OSError, match="No space left"):
        list(reader.frames(refuse))


def test_broken_sound_packet_is_skipped(tmp_path: Path) -> None:
    source = write_clip(tmp_path / "in.mp4", 30, sounds=["flac"])
    with av.open(str(source)) as container:
        packets = [p for p in container.demux(audio=0) if p.pos and p.size]
        broken = [(p.pos or 0, p.size) for p in packets[5:8]]
    data = bytearray(source.read_bytes())
    for at, size in broken:
        data[at : at + size] = b"\x55" * size
    source.write_bytes(data)
    target = copy(source, tmp_path / "out.webm")
    with av.open(str(target)) as container:
        samples = sum(frame.samples for frame in container.decode(audio=0))
    assert samples >= 20 / 25 * SOUND_RATE_HZ


# Sizes and rotations


def test_odd_video_size_grows_by_one_copied_pixel(tmp_path: Path) -> None:
    picture = np.full((97, 161, 3), 90, np.uint8)
    for suffix, size in ((".mp4", (98, 162, 3)), (".webm", (97, 161, 3))):
        path = tmp_path / f"odd{suffix}"
        with VideoWriter(path, "composite", Fraction(25)) as writer:
            writer.write(0.0, picture)
        (_, read), *_ = seen(path)
        assert read.shape == size
        assert np.abs(read.astype(int) - 90).max() <= 4


@pytest.mark.parametrize("rotation", [90, -90, 180])
def test_phone_video_is_rotated_upright(tmp_path: Path, rotation: int) -> None:
    def arrow(index: int) -> Pixels:
        picture = np.zeros((96, 160, 3), np.uint8)
        picture[:, :40] = 255  # bright on the left
        return picture

    source = write_clip(tmp_path / "in.mp4", 3, arrow, rotation=rotation)
    read = first(source)
    # After a rotation by 90 degrees counter-clockwise, the left side is at the bottom.
    bright = {90: read[-30:], -90: read[:30], 180: read[:, -30:]}[rotation]
    assert bright.mean() > 250
    assert read.mean() == pytest.approx(255 / 4, abs=3)
    target = copy(source, tmp_path / "out.mp4")
    assert seen(target)[0][1].shape == read.shape


def test_wide_pixels_become_square(tmp_path: Path) -> None:
    source = write_clip(tmp_path / "in.mp4", 3, pixel_aspect=Fraction(4, 3))
    assert first(source).shape == (96, 213, 3)
    assert seen(copy(source, tmp_path / "out.mp4"))[0][1].shape == (96, 214, 3)


# Alpha


def test_grey_alpha_video_is_lossless(tmp_path: Path) -> None:
    alpha = np.random.default_rng(1).integers(0, 256, (97, 161), np.uint8)
    path = tmp_path / "alpha.mkv"
    with VideoWriter(path, "alpha", Fraction(25)) as writer:
        writer.write(0.0, alpha)
    with av.open(str(path)) as container:
        frame = next(container.decode(video=0))
        assert frame.format.name == "gray"
        assert np.array_equal(frame.to_ndarray(), alpha)


@pytest.mark.parametrize("suffix", VIDEO_FORMATS["foreground"])
def test_cut_out_video_keeps_alpha(tmp_path: Path, suffix: str) -> None:
    picture = np.zeros((96, 160, 4), np.uint8)
    picture[..., :3] = (30, 60, 200)
    picture[..., 3] = np.linspace(0, 255, 160).astype(np.uint8)
    path = tmp_path / f"cut{suffix}"
    with VideoWriter(path, "foreground", Fraction(25)) as writer:
        for index in range(3):
            writer.write(index / 25, picture)
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        # libav's own VP9 decoder leaves alpha out.
        decoder = av.CodecContext.create("libvpx-vp9", "r") if suffix == ".webm" else stream.codec_context
        frames = [frame for packet in container.demux(stream) for frame in decoder.decode(packet)]
    assert len(frames) == 3
    read = frames[1].to_ndarray(format="bgra").astype(int)
    assert np.abs(read - picture).max() <= 5


# Broken files


@pytest.mark.parametrize("read", [read_image, VideoReader])
def test_missing_empty_and_other_files_are_reported(tmp_path: Path, read: type[VideoReader]) -> None:
    with pytest.raises(BackdropError, match=r"There is no file '.*nothing.mp4'\."):
        read(tmp_path / "nothing.mp4")
    (tmp_path / "empty.mp4").touch()
    with pytest.raises(BackdropError, match=r"'.*empty.mp4' is empty\."):
        read(tmp_path / "empty.mp4")
    with pytest.raises(BackdropError, match=r"'.*' is a folder, not a file\."):
        read(tmp_path)
    (tmp_path / "letter.txt").write_text("dear reader\n" * 50)
    with pytest.raises(
        BackdropError, match=r"'.*letter.txt' is not a (video|picture) that Backdrop can read\."
    ):
        read(tmp_path / "letter.txt")


def test_picture_is_refused_as_video(tmp_path: Path) -> None:
    path = tmp_path / "picture.jpg"
    cv2.imwrite(str(path), person(0))
    with pytest.raises(BackdropError, match="is not a video that Backdrop can read"):
        VideoReader(path)


def test_sound_file_is_refused_as_video(tmp_path: Path) -> None:
    path = tmp_path / "song.mka"
    with av.open(str(path), "w") as container:
        track = container.add_stream("aac", rate=48000, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.int16), format="s16", layout="mono")
        frame.sample_rate, frame.pts = 48000, 0
        container.mux(track.encode(frame))
        container.mux(track.encode(None))
    with pytest.raises(BackdropError, match="has no moving pictures in it"):
        VideoReader(path)


def test_rewind_starts_at_first_frame(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "in.mp4", 10)
    with VideoReader(path) as reader:
        times = [at for at, _ in reader.frames()]
        reader.rewind()
        assert [at for at, _ in reader.frames()] == times
