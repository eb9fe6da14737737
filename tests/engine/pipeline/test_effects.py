"""The effects."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from app.engine.core.errors import BackdropError
from app.engine.core.parameters import parse_colour
from app.engine.core.settings import EffectSettings
from app.engine.core.types import Alpha, Frame, Picture
from app.engine.pipeline.effects import EFFECTS, build_effect
from tests.clips import write_clip

if TYPE_CHECKING:
    from pathlib import Path

ROOM, PERSON = (200, 30, 30), (20, 20, 220)


@pytest.fixture
def scene() -> tuple[Picture, Alpha]:
    """A red person in the middle of a blue room."""
    alpha = np.zeros((180, 320), np.float32)
    alpha[40:, 100:220] = 1.0
    bgr = np.where(alpha[..., None] > 0, PERSON, ROOM).astype(np.uint8)
    bgr.setflags(write=False)
    alpha.setflags(write=False)
    return bgr, alpha


def shown(effect: EffectSettings, bgr: Picture, alpha: Alpha) -> Picture | None:
    return build_effect(effect).background(Frame(0, 0.0, bgr), alpha)


@pytest.mark.parametrize("strength", [0.0, 0.3, 1.0])
def test_blur_does_not_smear_person_into_background(scene: tuple[Picture, Alpha], strength: float) -> None:
    bgr, alpha = scene
    background = shown(EffectSettings("blur", {"strength": strength}), bgr, alpha)
    assert background is not None and background.shape == bgr.shape
    outside = background[alpha == 0].astype(int)
    assert np.abs(outside - ROOM).max() <= 12, "a plain blur has a far larger error beside the person"


@pytest.mark.parametrize("effect", ["blur", "lens"])
def test_weakest_blur_makes_print_illegible(effect: str) -> None:
    lines = np.zeros((720, 1280, 3), np.uint8)
    lines[:, np.arange(1280) % 8 < 4] = 255  # as wide as the strokes of large letters
    nobody = np.zeros((720, 1280), np.float32)
    background = shown(EffectSettings(effect, {"strength": 0.0}), lines, nobody)
    assert background is not None
    assert background[100:-100, 100:-100].std() < 0.05 * lines.std()


def test_blur_removes_more_detail_with_strength(scene: tuple[Picture, Alpha]) -> None:
    stripes = np.zeros((180, 320, 3), np.uint8)
    stripes[:, ::8] = 255
    nobody = np.zeros((180, 320), np.float32)
    detail = []
    for strength in (0.0, 0.5, 1.0):
        background = shown(EffectSettings("blur", {"strength": strength}), stripes, nobody)
        assert background is not None
        detail.append(float(background.std()))
    assert detail[0] < stripes.std() * 0.9
    assert detail[0] > detail[1] > detail[2]


def _lens(bgr: Picture, alpha: Alpha, strength: float = 1.0) -> Picture:
    background = shown(EffectSettings("lens", {"strength": strength}), bgr, alpha)
    assert background is not None
    return background


def test_lens_blur_turns_light_into_bright_disk() -> None:
    night = np.full((720, 1280, 3), 20, np.uint8)
    night[352:368, 632:648] = 255
    nobody = np.zeros((720, 1280), np.float32)
    shown = _lens(night, nobody)[360, :, 0].astype(int)
    radius = 0.07 * 720
    inside = shown[640 - int(0.6 * radius) : 640 + int(0.6 * radius)]
    assert inside.max() - inside.min() <= 12, "flat like a disk, unlike a Gaussian"
    assert abs(shown[640 - int(1.5 * radius)] - 20) <= 2 and abs(shown[640 + int(1.5 * radius)] - 20) <= 2
    plain = 20 + (255 - 20) * 16 * 16 / (np.pi * radius**2)
    assert inside.mean() > plain + 20


def test_lens_blur_does_not_smear_person_into_background(scene: tuple[Picture, Alpha]) -> None:
    bgr, alpha = scene
    outside = _lens(bgr, alpha)[alpha == 0].astype(int)
    assert np.abs(outside - ROOM).max() <= 12


@pytest.mark.parametrize("size", [(64, 64), (359, 641), (1080, 1920), (100, 3)])
def test_every_effect_fits_every_size(size: tuple[int, int], tmp_path: Path) -> None:
    picture = tmp_path / "room.png"
    cv2.imwrite(str(picture), np.full((50, 70, 3), 99, np.uint8))
    bgr, alpha = np.zeros((*size, 3), np.uint8), np.zeros(size, np.float32)
    clip = write_clip(tmp_path / "room.mp4", 2)
    for name in EFFECTS.keys() - {"screen"}:
        file = str(clip if name == "video" else picture)
        background = shown(EffectSettings(name, {"file": file, "slides": str(picture)}), bgr, alpha)
        assert background is None or (background.shape == bgr.shape and background.dtype == np.uint8)


def test_parse_colour_returns_bgr() -> None:
    assert parse_colour("#0102fF") == (255, 2, 1)
    bgr = np.zeros((4, 6, 3), np.uint8)
    background = shown(EffectSettings("colour", {"colour": "#102030"}), bgr, np.zeros((4, 6), np.float32))
    assert background is not None and (background == (0x30, 0x20, 0x10)).all()


def test_image_background_is_cropped_about_centre(tmp_path: Path) -> None:
    wide = np.zeros((100, 400, 3), np.uint8)
    wide[:, 200:] = 255
    path = tmp_path / "weiße wand.png"
    path.write_bytes(cv2.imencode(".png", wide)[1].tobytes())
    effect = build_effect(EffectSettings("image", {"file": str(path)}))
    for height, width in ((100, 100), (50, 90)):
        frame = Frame(0, 0.0, np.zeros((height, width, 3), np.uint8))
        background = effect.background(frame, np.zeros((height, width), np.float32))
        assert background is not None
        assert (background[:, : width // 2 - 2] == 0).all() and (background[:, width // 2 + 2 :] == 255).all()


@pytest.mark.parametrize(
    ("name", "values", "sentence"),
    [
        (
            "sparkle",
            {},
            f"There is no effect 'sparkle': choose one of {', '.join(EFFECTS)}.",
        ),
        ("blur", {"strength": 1.5}, "Strength must be a number from 0 to 1, not 1.5."),
        ("blur", {"strength": float("nan")}, "Strength must be a number from 0 to 1, not nan."),
        ("blur", {"strength": "much"}, "Strength must be a number from 0 to 1, not much."),
        ("colour", {"colour": "green"}, "'green' is not a colour: write it as #RRGGBB, for example #00b140."),
        ("colour", {"colour": 3.0}, "Colour must be a text, not 3.0."),
        ("image", {}, "Choose a picture for the background first."),
        ("image", {"file": "/no/such.png"}, "There is no file '/no/such.png'."),
        ("video", {}, "Choose a video for the background first."),
        ("video", {"file": "/no/such.mp4"}, "There is no file '/no/such.mp4'."),
        ("slides", {}, "Choose a PDF or a folder of pictures as slides first."),
        ("slides", {"slides": "/no/such.pdf"}, "There is no file '/no/such.pdf'."),
        (
            "screen",
            {"screen": "tv"},
            "'tv' is not a screen or a window: write screen, screen:2 or window:TITLE.",
        ),
    ],
)
def test_invalid_effect_values_give_one_sentence(
    name: str, values: dict[str, float | str], sentence: str
) -> None:
    with pytest.raises(BackdropError) as refused:
        build_effect(EffectSettings(name, values))
    assert str(refused.value) == sentence


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"", "is empty."), (b"not a picture at all", "is not a picture that Backdrop can read.")],
)
def test_invalid_frames_are_reported(tmp_path: Path, content: bytes, sentence: str) -> None:
    path = tmp_path / "bad.jpg"
    path.write_bytes(content)
    with pytest.raises(BackdropError, match=sentence):
        build_effect(EffectSettings("image", {"file": str(path)}))
