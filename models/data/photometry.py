"""Random changes of light, colour, sharpness and noise, as webcams have them; masks do not change.

Colour changes use lookup tables, and noise is cut from an image made once. A frame of 160x288 takes about a
millisecond, so that one process can feed a training loop.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]

_NOISE_SIDE = 640  # height and width of the noise images, in pixels


class Photometry:
    """Random photometric changes; the generator in each call is the only source of randomness."""

    def __init__(self, seed: int = 0) -> None:
        rng = np.random.default_rng(seed)
        fine = rng.standard_normal((_NOISE_SIDE, _NOISE_SIDE, 3), dtype=np.float32)
        # Sensor noise after a camera's denoising: soft, and mostly in brightness.
        smeared = cv2.GaussianBlur(fine, (0, 0), 1.0)
        smeared = smeared / smeared.std() * 0.5 + smeared.mean(2, keepdims=True) / smeared.mean(2).std() * 0.8
        self._noise = [(np.clip(bank, -4, 4) * 32).astype(np.int16) for bank in (fine, smeared)]

    def __call__(self, frame: Pixels, rng: np.random.Generator) -> Pixels:
        """Return a changed copy of `frame`, uint8 [H, W, 3]."""
        dark = rng.random() < 0.18
        if rng.random() < 0.08:
            frame = _saturate(frame, 0.0)
        elif rng.random() < 0.4:
            frame = _saturate(frame, float(rng.uniform(0.3, 1.5)))
        if rng.random() < 0.2:
            frame = _side_light(frame, rng)
        frame = np.asarray(cv2.LUT(frame, _tone(rng, dark)), np.uint8)
        blur = rng.random()
        if blur < 0.12:
            frame = np.asarray(cv2.GaussianBlur(frame, (0, 0), float(rng.uniform(0.4, 1.6))), np.uint8)
        elif blur < 0.2:
            frame = _motion_blur(frame, rng)
        if dark or rng.random() < 0.35:
            frame = self._add_noise(frame, float(rng.uniform(1, 8) if dark else rng.exponential(4.0)), rng)
        if rng.random() < 0.25:
            frame = _compress(frame, int(rng.integers(30, 90)))
        return frame

    def _add_noise(self, frame: Pixels, sigma: float, rng: np.random.Generator) -> Pixels:
        height, width = frame.shape[:2]
        bank = self._noise[int(rng.random() < 0.5)]
        top = int(rng.integers(0, _NOISE_SIDE - height + 1))
        left = int(rng.integers(0, _NOISE_SIDE - width + 1))
        noise = bank[top : top + height, left : left + width]
        grained = cv2.addWeighted(frame.astype(np.int16), 1.0, noise, min(sigma, 20.0) / 32, 0.0)
        return np.clip(grained, 0, 255).astype(np.uint8)


def _tone(rng: np.random.Generator, dark: bool) -> Pixels:
    """Lookup table [1, 256, 3] of a random gamma, contrast, brightness and colour cast."""
    level = np.linspace(0, 1, 256, dtype=np.float32)[:, None]
    gamma = np.exp(rng.normal(0, 0.25))
    if dark:
        gamma *= rng.uniform(1.0, 1.5)
    gain = rng.uniform(0.35, 0.8) if dark else rng.uniform(0.8, 1.2)
    cast = np.exp(rng.normal(0, 0.16 if rng.random() < 0.25 else 0.06, 3))
    tone = level**gamma * gain * cast + rng.normal(0, 0.03)
    tone = (tone - 0.4) * rng.uniform(0.8, 1.2) + 0.4
    table: Pixels = np.clip(tone * 255, 0, 255).astype(np.uint8)[None]
    return table


def _saturate(frame: Pixels, amount: float) -> Pixels:
    grey = cv2.cvtColor(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
    return np.asarray(cv2.addWeighted(frame, amount, grey, 1 - amount, 0), np.uint8)


def _side_light(frame: Pixels, rng: np.random.Generator) -> Pixels:
    """Light from one side: a linear gradient of brightness across the frame."""
    height, width = frame.shape[:2]
    slope = rng.normal(0, 0.5, 2)
    rows = np.linspace(-0.5, 0.5, height, dtype=np.float32)[:, None] * np.float32(slope[0])
    columns = np.linspace(-0.5, 0.5, width, dtype=np.float32)[None] * np.float32(slope[1])
    ramp = np.clip(1 + rows + columns, 0.3, 1.7)
    return np.asarray(cv2.multiply(frame, cv2.merge([ramp, ramp, ramp]), dtype=cv2.CV_8U), np.uint8)


def _motion_blur(frame: Pixels, rng: np.random.Generator) -> Pixels:
    """Motion blur of 3 to 9 pixels along a random direction."""
    length = int(rng.choice((3, 5, 7, 9)))
    kernel = np.zeros((length, length), np.float32)
    angle = rng.uniform(0, np.pi)
    half = length // 2
    reach = np.array([np.cos(angle), np.sin(angle)]) * half
    start, end = (np.round(half - reach).astype(int), np.round(half + reach).astype(int))
    cv2.line(kernel, (int(start[0]), int(start[1])), (int(end[0]), int(end[1])), 1.0)
    return np.asarray(cv2.filter2D(frame, -1, kernel / kernel.sum()), np.uint8)


def _compress(frame: Pixels, quality: int) -> Pixels:
    done, data = cv2.imencode(".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, quality])
    decoded = cv2.imdecode(data, cv2.IMREAD_COLOR) if done else None
    return frame if decoded is None else np.asarray(decoded, np.uint8)
