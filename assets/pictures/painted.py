"""Backgrounds that are painted: walls, gradients, lights, landscapes. Each is H x W x 3 sRGB, 0 to 1."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from assets.pictures.finish import SIZE_PX, Floats, clouds, defocused, filmic, linear, soft, srgb, vignette
from assets.pictures.gradients import horizontal, mesh, mixed, spot, vertical

if TYPE_CHECKING:
    from collections.abc import Callable

_WIDTH, _HEIGHT = SIZE_PX


def dusk() -> Floats:
    """A gradient like the sky after sunset."""
    colours = [
        ["#2b3a67", "#3d4a80", "#5a5590", "#4a4b85"],
        ["#4b5d94", "#8573a8", "#c08aa5", "#8f77a6"],
        ["#8d86b4", "#dba0a0", "#f2c0a0", "#d79a9a"],
        ["#c8a3ad", "#f3c6a5", "#fadcb8", "#efbf9f"],
    ]
    return srgb(mesh(colours, 0.16, 3) * vignette(_HEIGHT, _WIDTH, 0.12))


def lagoon() -> Floats:
    """A gradient of sea greens and blues."""
    colours = [
        ["#cfe8e4", "#a9d8d6", "#86c2cc", "#6fa9c0"],
        ["#a6d6cf", "#7fc0c4", "#5aa3b4", "#4a86a6"],
        ["#6fb3b3", "#4f98a6", "#3c7c94", "#316686"],
        ["#47899a", "#357287", "#2b5c78", "#254c68"],
    ]
    return srgb(mesh(colours, 0.20, 11) * vignette(_HEIGHT, _WIDTH, 0.10))


def _plaster(colour: str, roughness: float, seed: int) -> Floats:
    """A painted wall in even light: broad variations of tone and fine strokes."""
    broad = clouds(_HEIGHT, _WIDTH, 2.5, seed, octaves=6, gain=0.55)
    strokes = clouds(_HEIGHT, _WIDTH, 14, seed + 1, octaves=3)
    relief = cv2.Sobel(soft(strokes, 1.5), cv2.CV_32F, 1, 1, ksize=3)
    tone = 1 + roughness * (0.10 * broad + 0.5 * relief)
    return np.asarray(linear(colour) * tone[..., None], np.float32)


def studio_wall() -> Floats:
    """A warm grey wall with a spot of light behind the person."""
    wall = _plaster("#b5aca2", 0.8, 21)
    light = 0.34 + 1.05 * spot(0.92, 0.44, 0.46) + 0.12 * spot(0.2, 0.1, 0.6)
    warmth = mixed(
        np.array([0.96, 0.98, 1.04], np.float32),
        np.array([1.04, 1.0, 0.94], np.float32),
        spot(0.9, 0.45, 0.6),
    )
    return srgb(filmic(soft(wall, 1.2) * light * warmth * vignette(_HEIGHT, _WIDTH, 0.35), 1.35))


def _leaf(canvas: Floats, at: tuple[float, float], angle: float, length: float, width: float) -> None:
    """Fill a leaf, from its stem at a point, into an H x W canvas."""
    along = np.linspace(0, 1, 24)
    edge = width * np.sin(np.pi * along**0.8) * (1 - 0.25 * along)
    bend = 0.10 * length * along**2
    outline = np.concatenate(
        [np.stack([along * length, edge + bend], 1), np.stack([along * length, bend - edge], 1)[::-1]]
    )
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    points = outline @ turn + np.array(at)
    cv2.fillPoly(canvas, [points.round().astype(np.int32)], 1.0, cv2.LINE_AA)


def leaf_shadows() -> Floats:
    """A sunlit wall: the light of a window with the shadow of a branch."""
    random = np.random.default_rng(4)
    window = np.zeros((_HEIGHT, _WIDTH), np.float32)
    slant = np.array([[1.0, -0.34], [0.0, 1.0]])
    for column in range(2):
        for row in range(3):
            left, top = 560 + column * 470, -120 + row * 400
            pane = np.array(
                [[left, top], [left + 430, top], [left + 430, top + 360], [left, top + 360]], float
            )
            points = (pane - [960, 540]) @ slant.T + [1010, 560]
            cv2.fillPoly(window, [points.round().astype(np.int32)], 1.0, cv2.LINE_AA)
    branch = np.zeros((_HEIGHT, _WIDTH), np.float32)
    for x, y, angle, count in (
        (1800, 40, 2.50, 19),
        (1930, 400, 2.80, 17),
        (1600, -80, 2.0, 12),
        (1960, 760, 3.0, 11),
    ):
        stem = np.array([x, y], float)
        for step in range(count):
            ahead = angle + 0.035 * step
            following = stem + 62 * np.array([np.cos(ahead), np.sin(ahead)])
            cv2.line(branch, stem.astype(int).tolist(), following.astype(int).tolist(), 1.0, 7, cv2.LINE_AA)
            stem = following
            side = 1 if step % 2 else -1
            size = 170 * (1 - 0.45 * step / count) * random.uniform(0.85, 1.15)
            _leaf(branch, (stem[0], stem[1]), ahead + side * random.uniform(0.5, 0.95), size, size * 0.21)
    near, far = soft(branch, 9), soft(branch, 26)
    lit = soft(window, 11) * (1 - 0.80 * np.maximum(near, 0.6 * far))
    wall = soft(_plaster("#ecdcc6", 0.9, 31), 0.8)
    shade, sun = np.array([0.36, 0.365, 0.385], np.float32), np.array([1.05, 0.82, 0.54], np.float32)
    light = shade * (1.0 - 0.25 * horizontal(1, 0)) + sun * lit[..., None]
    light += 0.08 * soft(lit, 160)[..., None] * sun
    return srgb(filmic(wall * light * vignette(_HEIGHT, _WIDTH, 0.22), 1.5))


def mountains() -> Floats:
    """Ridges in the mist before sunrise."""
    sky = mixed(linear("#8fb0cf"), linear("#f7d9bd"), np.clip(vertical(0.0, 1.55), 0, 1) ** 1.1)
    sky = sky + 0.30 * spot(1.25, 0.50, 0.34) * np.array([1.0, 0.72, 0.45], np.float32)
    picture = sky
    x = np.linspace(0, 1, _WIDTH)
    layers = 6
    rows = np.arange(_HEIGHT, dtype=np.float32)[:, None] / _HEIGHT
    for layer in range(layers):
        depth = layer / (layers - 1)
        random = np.random.default_rng(40 + layer)
        ridge = np.zeros(_WIDTH)
        for octave in range(7):
            cells = (2.2 + 1.3 * layer) * 2**octave
            knots = random.normal(0, 1, int(cells) + 4)
            place = x * cells
            index, part = place.astype(int), place % 1
            eased = part * part * (3 - 2 * part)
            ridge += 0.5**octave * (knots[index] * (1 - eased) + knots[index + 1] * eased)
        top = (0.47 + 0.105 * layer) - ridge * (0.060 - 0.022 * depth)
        colour = mixed(linear("#b9c2cf"), linear("#24394a"), np.array([depth**0.85], np.float32))
        inside = np.clip((rows - top[None, :].astype(np.float32)) * _HEIGHT / (1.6 - depth) + 0.5, 0, 1)[
            ..., None
        ]
        level = cv2.GaussianBlur(top[None, :].astype(np.float32), (0, 0), 160, borderType=cv2.BORDER_REFLECT)
        mist = np.clip((rows - level + 0.02) / 0.20, 0, 1)[..., None] * (0.66 - 0.42 * depth)
        hazy = mixed(np.broadcast_to(colour, picture.shape), sky * 0.55 + linear("#d9cfc9") * 0.5, mist)
        picture = mixed(picture, hazy, inside)
    return srgb(soft(picture, 1.6) * vignette(_HEIGHT, _WIDTH, 0.12))


def _discs(light: Floats, spots: list[tuple[float, float, float, Floats]]) -> Floats:
    """Draw lights out of focus over a picture. Each has x, y and radius in pixels, and its light."""
    height, width = light.shape[:2]
    for x, y, radius, colour in spots:
        side = int(radius * 1.25) + 2
        left, right = max(0, int(x) - side), min(width, int(x) + side)
        top, bottom = max(0, int(y) - side), min(height, int(y) + side)
        if left >= right or top >= bottom:
            continue
        down, across = np.mgrid[top:bottom, left:right].astype(np.float32)
        far = np.hypot(across - x, down - y) / radius
        # Real lenses draw discs that are slightly brighter at the rim.
        disc = np.clip((1 - far) * radius / 3 + 0.5, 0, 1) * (0.72 + 0.28 * np.clip(far, 0, 1) ** 3)
        light[top:bottom, left:right] += disc[..., None] * colour
    return light


def city_lights() -> Floats:
    """A city at night, far out of focus."""
    random = np.random.default_rng(9)
    sky = mixed(linear("#0b1122"), linear("#2a2238"), vertical(0, 1.5).clip(0, 1))
    light = (
        sky
        + 0.022 * spot(0.5, 0.8, 0.4) * linear("#ffb070")
        + 0.014 * spot(1.45, 0.75, 0.4) * linear("#70a0ff")
    )
    small = np.zeros((_HEIGHT // 2, _WIDTH // 2, 3), np.float32)
    for _ in range(60):  # buildings, as dark blocks with rows of windows
        width, height = int(random.uniform(30, 90)), int(random.uniform(90, 340))
        left = int(random.uniform(-40, _WIDTH / 2))
        small[_HEIGHT // 2 - height :, max(0, left) : left + width] *= 0.35
        for _ in range(int(height * width / 900)):
            x, y = left + random.uniform(3, width - 3), _HEIGHT / 2 - random.uniform(4, height)
            tint = linear(["#ffcf8a", "#ffe2b5", "#ffb066", "#cfe0ff"][int(random.integers(4))])
            if 0 <= x < _WIDTH / 2 and 0 <= y < _HEIGHT / 2:
                small[int(y), int(x)] += tint * random.uniform(2, 14)
    light += cv2.resize(defocused(small, 13), (_WIDTH, _HEIGHT), interpolation=cv2.INTER_CUBIC).clip(0) * 1.2
    spots: list[tuple[float, float, float, Floats]] = []
    tints = ["#ffb35c", "#ffd59a", "#ff8a5c", "#8fb8ff", "#ff6f7d", "#ffe9c9", "#7fd6c8"]
    for _ in range(64):
        depth = random.uniform(0, 1)
        radius = 26 + 46 * depth**1.5
        y = _HEIGHT * (0.80 - 0.34 * random.beta(2, 2.6)) + 120 * depth
        tint = linear(tints[int(random.choice(len(tints), p=[0.26, 0.24, 0.12, 0.13, 0.06, 0.14, 0.05]))])
        spots.append(
            (random.uniform(0, _WIDTH), y, radius, tint * random.uniform(0.05, 0.42) * (1.25 - 0.6 * depth))
        )
    light = _discs(light, spots)
    return srgb(filmic(soft(light, 2.0) * vignette(_HEIGHT, _WIDTH, 0.35), 2.2))


def garden() -> Floats:
    """Green leaves with sunlight between them, far out of focus."""
    random = np.random.default_rng(17)
    base = mixed(linear("#9cc06a"), linear("#2f5a38"), np.clip(vertical(0.0, 1.1), 0, 1))
    shade = clouds(_HEIGHT, _WIDTH, 4, 51, octaves=4)
    light = base * np.exp(1.15 * soft(shade, 26) - 0.35)[..., None]
    light += 0.75 * spot(1.25, 0.12, 0.40) * linear("#fff0b0") + 0.18 * spot(0.35, 0.3, 0.3) * linear(
        "#e4f2a8"
    )
    spots: list[tuple[float, float, float, Floats]] = []
    for _ in range(150):
        x, y = random.uniform(0, _WIDTH), _HEIGHT * random.beta(1.3, 2.0)
        near_sun = np.exp(-(((x / _HEIGHT - 1.25) / 0.7) ** 2 + (y / _HEIGHT - 0.1) ** 2 / 0.3))
        tint = linear(["#e9f5b5", "#c5e08a", "#fff6cf", "#a8d07a"][int(random.integers(4))])
        spots.append((x, y, random.uniform(22, 66), tint * random.uniform(0.03, 0.12 + 0.22 * near_sun)))
    light = _discs(light, spots)
    return srgb(filmic(soft(light, 5.0) * vignette(_HEIGHT, _WIDTH, 0.30), 1.5))


def paper_waves() -> Floats:
    """Stacked sheets of coloured paper with shadows."""
    tints = ["#f3e7dc", "#efd3c2", "#e5b8a6", "#cf978d", "#a97a80", "#7a6075", "#4d4b66"]
    picture = np.asarray(np.broadcast_to(linear(tints[0]), (_HEIGHT, _WIDTH, 3)), np.float32)
    x = np.linspace(0, 1, _WIDTH, dtype=np.float32)
    rows = np.arange(_HEIGHT, dtype=np.float32)[:, None] / _HEIGHT
    for layer, tint in enumerate(tints[1:]):
        phase = 1.3 * layer
        edge = 0.20 + 0.130 * layer + 0.075 * np.sin(2 * np.pi * (0.75 * x + 0.13 * layer) + phase)
        edge += 0.035 * np.sin(2 * np.pi * 1.6 * x - 2 * phase)
        edge += (x - 0.5) * (0.16 if layer % 2 else -0.16)
        sheet = np.clip((rows - edge[None, :]) * _HEIGHT + 0.5, 0, 1)
        shadow = 0.75 * soft(np.roll(sheet, -18, axis=0), 26) + 0.25 * soft(sheet, 7)
        picture = picture * (1 - 0.55 * np.clip(shadow, 0, 1) * (1 - sheet))[..., None]
        lit = linear(tint) * (1.10 - 0.35 * np.clip((rows - edge[None, :]) * 1.6, 0, 1))[..., None]
        picture = mixed(picture, lit.astype(np.float32), sheet[..., None])
    fibre = 1 + 0.012 * clouds(_HEIGHT, _WIDTH, 120, 77, octaves=2)[..., None]
    return srgb(soft(picture, 0.9) * fibre * (1.06 - 0.22 * horizontal()) * vignette(_HEIGHT, _WIDTH, 0.10))


PAINTED: dict[str, Callable[[], Floats]] = {
    "studio-wall": studio_wall,
    "leaf-shadows": leaf_shadows,
    "garden": garden,
    "mountains": mountains,
    "city-lights": city_lights,
    "paper-waves": paper_waves,
    "dusk": dusk,
    "lagoon": lagoon,
}
