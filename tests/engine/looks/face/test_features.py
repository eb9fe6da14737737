"""Clear eyes, lips and face light: what they change, and what they leave."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from app.engine.looks.face.eyes import ClearEyes
from app.engine.looks.face.light import FaceLight, shading
from app.engine.looks.face.lips import Lips
from app.engine.looks.stage import Looks
from tests.engine.looks.face.painted import CELLS, face, masks, one, picture

if TYPE_CHECKING:
    from app.engine.core.types import Picture

MASKS = masks()


def away_from(*parts: str) -> np.ndarray:
    """Pixels that are not near these parts."""
    near = np.any([MASKS[part] for part in parts], axis=0).astype(np.uint8)
    return ~cv2.dilate(near, np.ones((25, 25), np.uint8)).astype(bool)


def lips(strength: float, hue: float = 0.0) -> Picture:
    return Lips({"lips": strength, "lips_hue": hue}).improve(picture(), face(), one())


def light(strength: float, warmth: float = 0.0) -> Picture:
    look = FaceLight({"face_light": strength, "face_light_warmth": warmth})
    return look.improve(picture(), face(), one())


def test_clear_eyes_raise_the_contrast_of_eyes_and_brows_alone() -> None:
    bgr = picture()
    made = ClearEyes({"clear_eyes": 1.0}).improve(bgr, face(), one())
    ring = cv2.dilate(MASKS["eyes"].astype(np.uint8), np.ones((9, 9), np.uint8)).astype(bool)
    assert made[ring].std() > 1.05 * bgr[ring].std()
    rest = away_from("eyes", "brows")
    assert np.array_equal(made[rest], bgr[rest])


def test_lips_get_the_hue_and_keep_light_and_shade() -> None:
    bgr, rest = picture(), away_from("lips")
    inner = cv2.erode(MASKS["lips"].astype(np.uint8), np.ones((7, 7), np.uint8)).astype(bool)
    hues = []
    for hue in (-1.0, 0.0, 1.0):
        made = lips(1.0, hue)
        assert np.array_equal(made[rest], bgr[rest])
        blue, green, red = made[inner].mean(axis=0)
        assert red > green and red > blue
        hues.append(blue - green)
    assert hues == sorted(hues, reverse=True), "from plum to coral"
    greys = [cv2.cvtColor(x, cv2.COLOR_BGR2GRAY)[inner].mean() for x in (bgr, lips(1.0))]
    assert greys[1] == pytest.approx(greys[0], rel=0.1)


def test_hue_and_warmth_alone_are_off() -> None:
    assert not Looks({"lips_hue": 1.0, "face_light_warmth": -1.0}).are_on


def test_face_light_brightens_the_face_and_not_the_room() -> None:
    bgr = picture()
    levels = [float(light(strength)[MASKS["skin"]].mean()) for strength in (0.3, 0.6, 1.0)]
    assert bgr[MASKS["skin"]].mean() < levels[0] < levels[1] < levels[2] < 240
    room = away_from("skin", "hair", "nose", "lips", "eyes", "brows")
    assert np.abs(light(1.0).astype(int) - bgr)[room].max() <= 1


def test_face_light_goes_from_cool_to_warm() -> None:
    skin = MASKS["skin"]
    cool, neutral, warm = (light(1.0, warmth)[skin].mean(axis=0) for warmth in (-1.0, 0.0, 1.0))
    assert cool[0] > neutral[0] > warm[0] and cool[2] < neutral[2] < warm[2]


def test_shading_follows_the_face() -> None:
    """Most light where the face looks forward and a little up, least at its sides."""
    egg = np.zeros((CELLS, CELLS), np.float32)
    cv2.ellipse(egg, (48, 50), (20, 28), 0, 0, 360, 1.0, -1)
    made = shading(egg)
    assert made[42, 48] > made[60, 48] > made[72, 48] and made[42, 48] > made[42, 32]
    assert np.allclose(made[:, 20:77], made[:, 20:77][:, ::-1], atol=0.06)
    assert made.min() >= 0.0 and made.max() <= 1.0
    assert (shading(np.zeros_like(egg)) == 0).all()
