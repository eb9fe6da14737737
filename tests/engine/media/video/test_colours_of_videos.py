"""Colours of videos: HDR, wide gamut, full range, interlacing and transparency."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, cast

import av
import numpy as np
import pytest

from app.engine.media.video.reader import ColourSpace, VideoReader
from app.engine.media.video.tone_map import HLG, PQ, ToneMapper, to_bt709
from app.engine.media.writing.video_writer import VideoWriter

if TYPE_CHECKING:
    from pathlib import Path

    from tests.clips import Pixels

BT2020, P3 = 9, 12
COLOURS = [(235, 235, 235), (16, 16, 16), (128, 128, 128), (40, 40, 200), (40, 180, 40), (200, 60, 40)]  # BGR


def bars() -> Pixels:
    return np.repeat(np.array([COLOURS], np.uint8), 40, 1).repeat(96, 0)


def bar_means(bgr: Pixels) -> list[list[float]]:
    return [
        bgr[20:70, 40 * i + 12 : 40 * i + 28].reshape(-1, 3).mean(0).tolist() for i in range(len(COLOURS))
    ]


def encode(
    path: Path,
    pictures: list[Pixels],
    codec: str,
    pixels: str,
    tags: tuple[int, int, int] = (1, 1, 1),
    full: bool = False,
    options: dict[str, str] | None = None,
    flags: int = 0,
) -> Path:
    """A video with the tags (matrix, primaries, transfer); only the matrix is applied to the pixels."""
    with av.open(str(path), "w") as container:
        stream = cast("av.VideoStream", container.add_stream(codec, rate=25))
        stream.height, stream.width = pictures[0].shape[:2]
        stream.pix_fmt, stream.options, stream.bit_rate = pixels, options or {}, 8_000_000  # type: ignore[assignment]
        context = stream.codec_context
        context.flags |= flags
        context.colorspace, context.color_primaries, context.color_trc = tags
        context.color_range = 2 if full else 1
        for index, picture in enumerate(pictures):
            frame = av.VideoFrame.from_ndarray(picture, format="bgr24").reformat(
                format=pixels, dst_colorspace=tags[0], dst_color_range=2 if full else 1, interpolation=0x40002
            )
            frame.color_primaries, frame.color_trc = tags[1], tags[2]
            frame.pts, frame.time_base = index, Fraction(1, 25)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


X265 = {"x265-params": "log-level=none:crf=4"}


@pytest.mark.slow_after_first
@pytest.mark.parametrize(
    ("codec", "pixels", "suffix", "options"),
    [
        ("libx265", "yuv420p10le", ".mp4", X265),
        ("libx265", "yuv420p10le", ".mkv", X265),
        ("libx264", "yuv422p10le", ".mov", {"crf": "4"}),
        ("libx264", "yuv420p", ".mov", {"crf": "4"}),
    ],
)
@pytest.mark.parametrize("tags", [(9, BT2020, HLG), (9, BT2020, PQ), (9, BT2020, 14), (1, P3, 1)])
def test_hdr_and_wide_gamut_become_bt709(
    tmp_path: Path, codec: str, pixels: str, suffix: str, options: dict[str, str], tags: tuple[int, int, int]
) -> None:
    path = encode(tmp_path / f"a{suffix}", [bars()] * 3, codec, pixels, tags, options=options)
    with VideoReader(path) as reader:
        assert reader.colours == ColourSpace(1, 1, 1)
        found = [bar_means(bgr) for _, bgr in reader.frames()]
    signal = np.array(COLOURS)[:, ::-1] / 255
    wanted = 255 * to_bt709(signal, tags[1], tags[2])[:, ::-1]
    assert len(found) == 3
    assert np.abs(np.array(found) - wanted).max() <= 8
    result = tmp_path / "out.mp4"
    with (
        VideoReader(path) as reader,
        VideoWriter(result, "composite", reader.rate, reader.time_base, reader.colours) as writer,
    ):
        for at_s, bgr in reader.frames():
            writer.write(at_s, bgr)
    with av.open(str(result)) as container:
        context = container.streams.video[0].codec_context
        assert (context.colorspace, context.color_primaries, context.color_trc) == (1, 1, 1)


@pytest.mark.parametrize("transfer", [HLG, PQ])
def test_tone_mapping_keeps_order_mid_tones_and_highlights(transfer: int) -> None:
    steps = np.linspace(0, 1, 101)
    grey = to_bt709(np.stack([steps] * 3, -1), BT2020, transfer)
    assert np.ptp(grey, axis=-1).max() < 1e-3  # Grey stays grey.
    assert (np.diff(grey[:, 0]) >= -1e-9).all()
    # White of 203 nits, and a highlight above it that still differs.
    white, highlight = {HLG: (0.75, 0.9), PQ: (0.581, 0.68)}[transfer]
    at_white, above = np.interp([white, highlight], steps, grey[:, 0])
    assert 0.85 < at_white < 0.96 and above > at_white + 0.02
    # The camera's 18% grey, 26 nits by ITU-R BT.2408, is about as bright as in SDR.
    assert 0.36 < np.interp({HLG: 0.38, PQ: 0.38}[transfer], steps, grey[:, 0]) < 0.48


def test_table_of_colours_follows_the_formula() -> None:
    rgb = np.random.default_rng(0).random((8, 8, 3)).repeat(8, 0).repeat(8, 1)
    frame = av.VideoFrame.from_ndarray(np.rint(rgb * 65535).astype(np.uint16), format="rgb48le")
    mapped = ToneMapper(64, 64, BT2020, HLG).apply(frame).to_ndarray() / 65535
    errors = np.abs(mapped - to_bt709(rgb, BT2020, HLG))
    assert errors.mean() < 0.003 and errors.max() < 0.05


@pytest.mark.parametrize("full", [True, False])
@pytest.mark.parametrize("matrix", [1, 6])
@pytest.mark.parametrize(
    ("codec", "pixels", "suffix", "options"),
    [
        ("libx264", "yuv420p", ".mp4", {"crf": "4"}),
        ("ffv1", "yuv444p", ".mkv", {}),
        ("libvpx-vp9", "yuv420p", ".webm", {"crf": "4"}),
    ],
)
def test_range_and_matrix_are_respected(
    tmp_path: Path, codec: str, pixels: str, suffix: str, options: dict[str, str], matrix: int, full: bool
) -> None:
    tags = (matrix, matrix, matrix)
    path = encode(tmp_path / f"a{suffix}", [bars()] * 2, codec, pixels, tags, full, options)
    with VideoReader(path) as reader:
        _, bgr = next(reader.frames())
    assert np.abs(np.array(bar_means(bgr)) - COLOURS).max() <= 4


# Interlacing

INTERLACED_DCT, INTERLACED_MOTION = 1 << 18, 1 << 29


def field(step: int) -> Pixels:
    picture = np.full((160, 320, 3), 40, np.uint8)
    picture[40:120, 10 + step * 6 : 50 + step * 6] = 220
    return picture


def interlaced(count: int = 12) -> list[Pixels]:
    """A box that moves from field to field."""
    pictures = []
    for index in range(count):
        picture = field(2 * index)
        picture[1::2] = field(2 * index + 1)[1::2]
        pictures.append(picture)
    return pictures


def combing(bgr: Pixels) -> float:
    """How much neighbouring lines differ where the box moves."""
    return float(np.abs(bgr[50:110:2].astype(int) - bgr[51:111:2]).mean())


@pytest.mark.parametrize(
    ("suffix", "codec", "options"),
    [
        (".mpg", "mpeg2video", {}),
        (".ts", "mpeg2video", {}),
        (".mts", "libx264", {"x264-params": "tff=1:crf=8"}),
        (".mov", "libx264", {"x264-params": "bff=1:crf=8"}),
    ],
)
def test_interlaced_video_is_deinterlaced(
    tmp_path: Path, suffix: str, codec: str, options: dict[str, str]
) -> None:
    flags = INTERLACED_DCT | INTERLACED_MOTION if codec == "mpeg2video" else 0
    path = encode(
        tmp_path / f"a{suffix}", interlaced(), codec, "yuv420p", (6, 6, 6), options=options, flags=flags
    )
    assert np.mean([combing(p) for p in interlaced()]) > 5
    with VideoReader(path) as reader:
        for _ in range(2):
            shown = list(reader.frames())
            assert len(shown) == 12
            assert np.diff([at_s for at_s, _ in shown]) == pytest.approx(0.04)
            assert np.mean([combing(bgr) for _, bgr in shown]) < 1
            reader.rewind()
    wanted = field(12)
    assert np.abs(shown[6][1].astype(int) - wanted).mean() < 8


def test_progressive_video_passes_untouched(tmp_path: Path) -> None:
    pictures = [np.random.default_rng(i).integers(0, 256, (64, 96, 3), np.uint8) for i in range(3)]
    path = encode(tmp_path / "a.mkv", pictures, "ffv1", "bgr0", (1, 1, 1), True)
    with VideoReader(path) as reader:
        assert all(np.array_equal(bgr, p) for (_, bgr), p in zip(reader.frames(), pictures, strict=True))


# Transparency


@pytest.mark.parametrize(
    ("suffix", "codec", "pixels"),
    [
        (".webm", "libvpx-vp9", "yuva420p"),
        (".webm", "libvpx", "yuva420p"),
        (".mov", "prores_ks", "yuva444p10le"),
        (".mov", "qtrle", "argb"),
        (".mov", "png", "rgba"),
        (".mkv", "ffv1", "yuva444p"),
    ],
)
def test_transparent_video_is_white_where_nothing_is(
    tmp_path: Path, suffix: str, codec: str, pixels: str
) -> None:
    bgra = np.zeros((96, 160, 4), np.uint8)
    bgra[...] = (0, 0, 255, 0)  # Red is hidden.
    bgra[:, :80] = (255, 0, 0, 255)
    path = tmp_path / f"a{suffix}"
    with av.open(str(path), "w") as container:
        stream = cast("av.VideoStream", container.add_stream(codec, rate=25))
        stream.height, stream.width, stream.pix_fmt = 96, 160, pixels
        if codec == "libvpx":
            stream.options = {"auto-alt-ref": "0"}
        stream.bit_rate = 4_000_000
        for index in range(3):
            frame = av.VideoFrame.from_ndarray(bgra, format="bgra").reformat(format=pixels)
            frame.pts, frame.time_base = index, Fraction(1, 25)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    with VideoReader(path) as reader:
        for _ in range(2):
            shown = [bgr for _, bgr in reader.frames()]
            assert len(shown) == 3
            assert shown[1][48, 140].min() >= 250
            assert np.abs(shown[1][48, 20].astype(int) - (255, 0, 0)).max() <= 12
            reader.rewind()
