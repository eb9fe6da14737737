"""GIF, WebP, PNG and AVIF that move: their frames, times and transparency."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from app.engine.core.errors import BackdropError
from app.engine.media.looping_video import LoopingVideo
from app.engine.media.moving_picture import MovingPicture, open_clip
from app.engine.media.video.reader import VideoReader
from tests.clips import write_clip

if TYPE_CHECKING:
    from pathlib import Path

OPTIONS: dict[str, dict[str, object]] = {
    "GIF": {"disposal": 2},
    "WEBP": {"lossless": True},
    "PNG": {"disposal": 1},
    "AVIF": {"quality": 100, "subsampling": "4:4:4"},
}
DURATIONS_MS = [100, 200, 300, 700]


def write(path: Path, form: str, **more: object) -> Path:
    """A blue box that jumps to the right in front of transparency, under which red is hidden."""
    frames = []
    for index in range(4):
        rgba = np.zeros((64, 160, 4), np.uint8)
        rgba[...] = (255, 0, 0, 0)
        rgba[20:40, 40 * index : 40 * index + 40] = (0, 0, 255, 255)
        frames.append(Image.fromarray(rgba))
    options = {"duration": DURATIONS_MS, "loop": 0, **OPTIONS[form], **more}
    frames[0].save(path, form, save_all=True, append_images=frames[1:], **options)
    return path


@pytest.mark.parametrize("form", OPTIONS)
def test_moving_picture_has_its_frames_and_times(tmp_path: Path, form: str) -> None:
    with open_clip(write(tmp_path / "a.jpg", form)) as clip:
        assert isinstance(clip, MovingPicture)
        assert (clip.size, clip.frame_count, clip.fps, clip.sounds) == ((160, 64), 4, 10.0, [])
        for _ in range(2):
            shown = list(clip.frames())
            assert [round(at_s, 3) for at_s, _ in shown] == [0, 0.1, 0.3, 0.6]
            assert clip.end_s == pytest.approx(1.3)
            for index, (_, bgr) in enumerate(shown):
                blue = np.zeros((64, 160), bool)
                blue[20:40, 40 * index : 40 * index + 40] = True
                assert np.abs(bgr[blue].astype(int) - (255, 0, 0)).max() <= 12
                assert bgr[~blue].min() >= 240  # No red, and nothing of the frame before.
            clip.rewind()


@pytest.mark.parametrize("form", OPTIONS)
def test_moving_picture_moves_as_background(tmp_path: Path, form: str) -> None:
    looped = LoopingVideo(write(tmp_path / "a", form))
    found = [looped.picture(at_s, 64, 160, waits=True)[30] for at_s in (0, 0.15, 0.4, 0.7)]
    assert [int(np.argmin(row[:, 1])) // 40 for row in found] == [0, 1, 2, 3]


def test_frames_without_duration_are_shown_as_in_browsers(tmp_path: Path) -> None:
    with MovingPicture(write(tmp_path / "a.gif", "GIF", duration=0)) as clip:
        assert [round(at_s, 2) for at_s, _ in clip.frames()] == [0, 0.1, 0.2, 0.3]


def test_still_picture_of_moving_png_is_left_out(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (20, 10), colour) for colour in ("red", "blue", "lime")]
    frames[0].save(tmp_path / "a.png", save_all=True, append_images=frames[1:], default_image=True)
    with MovingPicture(tmp_path / "a.png") as clip:
        assert [bgr[5, 5].tolist() for _, bgr in clip.frames()] == [[255, 0, 0], [0, 255, 0]]


def test_damaged_moving_picture_keeps_what_can_be_read(tmp_path: Path) -> None:
    data = write(tmp_path / "a.gif", "GIF").read_bytes()
    (tmp_path / "a.gif").write_bytes(data[: len(data) * 2 // 3])
    with MovingPicture(tmp_path / "a.gif") as clip:
        assert 1 <= len(list(clip.frames())) < 4


def test_video_and_other_files_are_left_to_libav(tmp_path: Path) -> None:
    with open_clip(write_clip(tmp_path / "a.mp4", 2).rename(tmp_path / "a.webp")) as clip:
        assert isinstance(clip, VideoReader)
    (tmp_path / "a.gif").write_text("dear reader")
    with pytest.raises(BackdropError, match="is not a video that Backdrop can read"):
        open_clip(tmp_path / "a.gif")
    with pytest.raises(BackdropError, match="is not a picture"):
        MovingPicture(tmp_path / "a.gif")
