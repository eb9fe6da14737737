"""From linear light to a file: tone curve, grain, blur."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from pathlib import Path

Floats = npt.NDArray[np.float32]

SIZE_PX = 1920, 1080


def linear(code: str) -> Floats:
    """'#RRGGBB' as linear RGB, 0 to 1."""
    srgb = np.array([int(code[i : i + 2], 16) for i in (1, 3, 5)], np.float32) / 255
    return np.asarray(np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4), np.float32)


def srgb(light: Floats) -> Floats:
    """Linear light as sRGB, 0 to 1; values above white are clipped."""
    light = np.clip(light, 0, 1)
    return np.asarray(
        np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055), np.float32
    )


def filmic(light: Floats, exposure: float = 1.0) -> Floats:
    """Compress highlights as film does (Hable's curve)."""
    a, b, c, d, e, f = 0.22, 0.30, 0.10, 0.20, 0.01, 0.30

    def curve(x: Floats | float) -> Floats:
        return np.asarray((x * (a * x + c * b) + d * e) / (x * (a * x + b) + d * f) - e / f, np.float32)

    return np.asarray(curve(light * exposure * 2.0) / curve(11.2), np.float32)


def soft(picture: Floats, sigma_px: float) -> Floats:
    """A Gaussian blur."""
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma_px, borderType=cv2.BORDER_REFLECT), np.float32)


def defocused(light: Floats, radius_px: float, blades: int = 0) -> Floats:
    """Blur linear light as a lens out of focus does: every point becomes a disc."""
    side = int(2 * np.ceil(radius_px * 1.1) + 1)
    y, x = (np.mgrid[0:side, 0:side] - side // 2) / radius_px
    disc = np.hypot(x, y)
    if blades:
        corner = np.pi / blades
        disc = disc * np.cos((np.arctan2(y, x) + corner) % (2 * corner) - corner) / np.cos(corner) ** 0.5
    kernel = np.clip((1 - disc) * radius_px + 0.5, 0, 1).astype(np.float32)
    return np.asarray(
        cv2.filter2D(light, -1, kernel / kernel.sum(), borderType=cv2.BORDER_REFLECT), np.float32
    )


def clouds(height: int, width: int, cells: float, seed: int, octaves: int = 5, gain: float = 0.5) -> Floats:
    """Smooth noise, H x W, about -1 to 1; `cells` is the number of lumps across the width."""
    random = np.random.default_rng(seed)
    total = np.zeros((height, width), np.float32)
    strength = 1.0
    for octave in range(octaves):
        across = max(2, round(cells * 2**octave))
        down = max(2, round(across * height / width))
        grid = random.normal(0, 0.5, (down + 3, across + 3)).astype(np.float32)
        smooth = cv2.resize(
            grid, (width * (across + 3) // across, height * (down + 3) // down), interpolation=cv2.INTER_CUBIC
        )
        total += strength * smooth[:height, :width]
        strength *= gain
    return total


def vignette(height: int, width: int, strength: float) -> Floats:
    """H x W x 1: 1 in the middle, darker by `strength` in the corners."""
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
    return np.asarray(1 - strength * ((x * x + y * y) / 2)[..., None] ** 1.4, np.float32)


def save(srgb_picture: Floats, path: Path, quality: int = 88, seed: int = 7) -> None:
    """Save a picture, H x W x 3 sRGB 0 to 1, at the size of all backgrounds."""
    picture = srgb_picture
    if picture.shape[1::-1] != SIZE_PX:
        picture = np.asarray(cv2.resize(picture, SIZE_PX, interpolation=cv2.INTER_CUBIC), np.float32)
    # Grain hides the bands that soft gradients have in 8 bits.
    grain = np.random.default_rng(seed).normal(0, 0.8, picture.shape[:2]).astype(np.float32)[..., None]
    levels = np.clip(picture * 255 + grain, 0, 255).round().astype(np.uint8)
    path.parent.mkdir(parents=True, exist_ok=True)
    bgr = cv2.cvtColor(levels, cv2.COLOR_RGB2BGR)
    data = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, quality, cv2.IMWRITE_JPEG_OPTIMIZE, 1])[1]
    path.write_bytes(data.tobytes())
