"""SPA PODs: what is packed is read again, and damaged bytes are no format."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.engine.devices.spa_pod import PixelFormat, VideoFormat, offered_format, parsed_format, wanted_buffers

SIZES = st.integers(2, 8192).map(lambda px: px // 2 * 2)


@given(st.sampled_from(PixelFormat), SIZES, SIZES, st.integers(1, 60))
def test_parsed_format_of_an_offer_is_its_default(
    kind: PixelFormat, width_px: int, height_px: int, fps: int
) -> None:
    wanted = VideoFormat(kind, width_px, height_px, fps)
    pod = offered_format(wanted, (15, fps, 60))
    assert len(pod) % 8 == 0
    assert parsed_format(pod) == wanted


@given(st.binary(max_size=200))
def test_parsed_format_of_any_bytes_does_not_raise(pod: bytes) -> None:
    assert parsed_format(pod) is None


@given(st.data())
def test_parsed_format_of_a_cut_or_changed_offer_does_not_raise(data: st.DataObject) -> None:
    pod = bytearray(offered_format(VideoFormat(PixelFormat.I420, 640, 480, 30), (60, 30)))
    pod[data.draw(st.integers(0, len(pod) - 1))] = data.draw(st.integers(0, 255))
    parsed_format(bytes(pod[: data.draw(st.integers(0, len(pod)))]))


def test_parsed_format_of_another_object_is_none() -> None:
    assert parsed_format(wanted_buffers(100, 10)) is None


@pytest.mark.parametrize(
    ("kind", "row_bytes", "picture_bytes"),
    [
        (PixelFormat.I420, 640, 640 * 480 * 3 // 2),
        (PixelFormat.NV12, 640, 640 * 480 * 3 // 2),
        (PixelFormat.YUY2, 1280, 640 * 480 * 2),
        (PixelFormat.RGBA, 2560, 640 * 480 * 4),
    ],
)
def test_video_format_knows_its_bytes(kind: PixelFormat, row_bytes: int, picture_bytes: int) -> None:
    wanted = VideoFormat(kind, 640, 480)
    assert (wanted.row_bytes, wanted.picture_bytes) == (row_bytes, picture_bytes)
