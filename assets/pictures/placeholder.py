"""Draw the placeholder for "off": `python -m assets.pictures.placeholder`."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from assets.pictures.finish import Floats, soft

PATH = Path(__file__).resolve().parents[1] / "off.png"
_WIDTH, _HEIGHT, _SCALE = 1280, 720, 4


def placeholder() -> Floats:
    """H x W x 3, sRGB 0 to 1: a camera, crossed out. It has no words, so it needs no translation."""
    shade = np.linspace(0, 1, _HEIGHT, dtype=np.float32)[:, None, None]
    top, bottom = np.array([42, 50, 64], np.float32), np.array([24, 29, 38], np.float32)
    ground = np.broadcast_to((top * (1 - shade) + bottom * shade) / 255, (_HEIGHT, _WIDTH, 3))
    shape = np.zeros((_HEIGHT * _SCALE, _WIDTH * _SCALE), np.float32)

    def at(*points: tuple[float, float]) -> list[np.ndarray]:
        middle = np.array([_WIDTH / 2, _HEIGHT / 2])
        return [((np.array(points) + middle) * _SCALE).round().astype(np.int32)]

    def block(left: float, top: float, right: float, bottom: float) -> None:
        cv2.fillPoly(shape, at((left, top), (right, top), (right, bottom), (left, bottom)), 1.0)

    block(-72, -56, 24, 56)
    block(-88, -40, 40, 40)
    for corner in ((-72, -40), (24, -40), (-72, 40), (24, 40)):
        cv2.circle(shape, at(corner)[0][0].tolist(), 16 * _SCALE, 1.0, -1)
    cv2.fillPoly(shape, at((54, -14), (92, -42), (92, 42), (54, 14)), 1.0)
    start, end = at((-96, -84), (100, 84))[0].tolist()
    cv2.line(shape, start, end, 0.0, 26 * _SCALE)
    cv2.line(shape, start, end, 1.0, 10 * _SCALE)
    mask = cv2.resize(shape, (_WIDTH, _HEIGHT), interpolation=cv2.INTER_AREA)[..., None]
    white = np.array([215, 225, 235], np.float32) / 255
    picture = np.asarray(ground * (1 - mask) + mask * white, np.float32)
    return np.asarray(0.94 * picture + 0.06 * soft(picture, 12), np.float32)


if __name__ == "__main__":
    levels = (placeholder() * 255).round().astype(np.uint8)
    data = cv2.imencode(".png", cv2.cvtColor(levels, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_PNG_COMPRESSION, 9])[1]
    PATH.write_bytes(data.tobytes())
