"""A painted face with its parts, for tests of looks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from app.engine.core.face import Face, Square

if TYPE_CHECKING:
    import numpy.typing as npt

    from app.engine.core.types import Alpha, Picture

HEIGHT, WIDTH, CELLS = 480, 640, 96
SIDE_PX = 384
LEFT_PX, TOP_PX = 128, 32
CLASSES = ("background", "skin", "brows", "eyes", "nose", "lips", "hair")
SKIN = (120, 150, 200)  # BGR.


def masks() -> dict[str, npt.NDArray[np.bool_]]:
    """Where each part is, H x W."""
    x, y = LEFT_PX + SIDE_PX // 2, TOP_PX + SIDE_PX // 2
    plane = np.zeros((HEIGHT, WIDTH), np.uint8)

    def ellipse(part: int, at_x: int, at_y: int, width: int, height: int) -> None:
        cv2.ellipse(plane, (at_x, at_y), (width, height), 0, 0, 360, part, -1)

    ellipse(6, x, y - 20, 110, 140)
    ellipse(1, x, y + 10, 80, 100)
    for side in (-1, 1):
        ellipse(3, x + side * 34, y - 12, 15, 8)
        ellipse(2, x + side * 34, y - 36, 22, 6)
    ellipse(4, x, y + 18, 14, 26)
    ellipse(5, x, y + 66, 30, 9)
    return {name: plane == index for index, name in enumerate(CLASSES)}


def picture(noise: float = 4.0, seed: int = 0) -> Picture:
    """The face, with spots of up to 9 levels on its skin, and pores."""
    rng = np.random.default_rng(seed)
    colours = {
        "background": (90, 100, 80),
        "skin": SKIN,
        "brows": (40, 50, 60),
        "eyes": (60, 50, 40),
        "nose": SKIN,
        "lips": (100, 90, 170),
        "hair": (30, 40, 50),
    }
    bgr = np.zeros((HEIGHT, WIDTH, 3), np.float64)
    for name, mask in masks().items():
        bgr[mask] = colours[name]
    spots = cv2.GaussianBlur(rng.normal(0, 1, (HEIGHT, WIDTH)), (0, 0), 3)
    bgr += 4 * (spots / spots.std())[..., None] + rng.normal(0, noise, bgr.shape)
    made = np.clip(bgr, 0, 255).astype(np.uint8)
    made.setflags(write=False)
    return made


def face(strength: float = 1.0) -> Face:
    """The parts of the painted face."""
    cells = [
        cv2.resize(
            mask[TOP_PX : TOP_PX + SIDE_PX, LEFT_PX : LEFT_PX + SIDE_PX].astype(np.float32),
            (CELLS, CELLS),
            interpolation=cv2.INTER_AREA,
        )
        for mask in masks().values()
    ]
    shares = np.stack(cells).astype(np.float32)
    shares.setflags(write=False)
    return Face(Square(float(LEFT_PX), float(TOP_PX), float(SIDE_PX)), CLASSES, shares, strength)


def one() -> Alpha:
    """An alpha of 1."""
    return np.ones((HEIGHT, WIDTH), np.float32)
