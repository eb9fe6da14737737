"""`python -m models.upsampling NETWORKS --data DIR`: compare upsampling of alpha to the photo's size.

The guided filter is the same formula as in `app/engine/core/image_ops.py`; the two folders share no code.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
from tqdm import tqdm

from models.crf import refine
from models.data.dataset import DataError, Pixels, read_index
from models.evaluation.metrics import Measure, measure, summarise
from models.evaluation.onnx_models import ModelError, open_model
from models.evaluation.predict import Alpha, resized, working_size

if TYPE_CHECKING:
    from numpy.typing import NDArray

Upsampler = Callable[[Alpha, Pixels], Alpha]  # from alpha [h, w] and photo [H, W, 3] to alpha [H, W]

_TIMED_SIZE, _TIMED_CALLS = (720, 1280), 9  # height and width of the timed frame, number of calls


def bilinear(alpha: Alpha, photo: Pixels) -> Alpha:
    """Bilinear upsampling; does not use the photo."""
    return np.asarray(cv2.resize(alpha, photo.shape[1::-1], interpolation=cv2.INTER_LINEAR), np.float32)


def joint_bilateral(alpha: Alpha, photo: Pixels, radius: int = 2, sigma: float = 0.1) -> Alpha:
    """Joint bilateral upsampling: a mean of nearby alphas, weighted by distance and similarity of grey.

    radius: in pixels of alpha. sigma: of the grey level, 0 to 1. Source: Kopf
    et al., "Joint Bilateral Upsampling", SIGGRAPH 2007, section 3.
    """
    grey = np.asarray(cv2.cvtColor(photo, cv2.COLOR_BGR2GRAY), np.float32) / 255
    height, width = grey.shape
    down, across = alpha.shape
    small = np.asarray(cv2.resize(grey, (across, down), interpolation=cv2.INTER_AREA), np.float32)
    # Position of each pixel in alpha, and the nearest pixel of alpha.
    y, x = ((np.arange(n) + 0.5) * m / n - 0.5 for n, m in ((height, down), (width, across)))
    row, column = np.round(y).astype(np.intp), np.round(x).astype(np.intp)
    total, weights = np.zeros_like(grey), np.zeros_like(grey)
    for dy in range(-radius, radius + 1):
        rows = np.clip(row + dy, 0, down - 1)
        near_y = np.exp(-0.5 * (row + dy - y) ** 2).astype(np.float32)
        for dx in range(-radius, radius + 1):
            columns = np.clip(column + dx, 0, across - 1)
            near_x = np.exp(-0.5 * (column + dx - x) ** 2).astype(np.float32)
            unlike = (grey - small[rows[:, None], columns]) / np.float32(sigma)
            weight = near_y[:, None] * near_x * np.exp(-0.5 * unlike * unlike)
            total += weight * alpha[rows[:, None], columns]
            weights += weight
    return np.asarray(total / np.maximum(weights, 1e-12), np.float32)


def guided(alpha: Alpha, photo: Pixels, radius: int = 4, epsilon: float = 1e-3) -> Alpha:
    """Fast guided filter: alpha as a local linear function of grey, fitted at alpha's size.

    radius: in pixels of alpha. epsilon: regularisation, in squared grey levels, 0 to 1. He and Sun,
    arXiv 1505.00996.
    """

    def mean(values: NDArray[np.float32]) -> Alpha:
        side = 2 * radius + 1
        return np.asarray(cv2.blur(values, (side, side), borderType=cv2.BORDER_REPLICATE), np.float32)

    grey = np.asarray(cv2.cvtColor(photo, cv2.COLOR_BGR2GRAY), np.float32) / 255
    small = np.asarray(cv2.resize(grey, alpha.shape[::-1]), np.float32)
    slope = (mean(small * alpha) - mean(small) * mean(alpha)) / (
        mean(small * small) - mean(small) ** 2 + epsilon
    )
    offset = mean(alpha) - slope * mean(small)
    return np.clip(bilinear(mean(slope), photo) * grey + bilinear(mean(offset), photo), 0, 1)


def crf(alpha: Alpha, photo: Pixels) -> Alpha:
    """Bilinear, then the fully connected CRF of DeepLab: see `models.crf`."""
    return refine(bilinear(alpha, photo), photo)


UPSAMPLERS: Mapping[str, Upsampler] = {
    "bilinear": bilinear,
    "joint bilateral": joint_bilateral,
    "fast guided": guided,
    "fully connected CRF": crf,
}


def milliseconds(upsampler: Upsampler, shape: tuple[int, int]) -> float:
    """Median time in ms of upsampling an alpha of `shape` to 1280x720."""
    rng = np.random.default_rng(0)
    # Smooth, because in noise no two pixels are alike, which the CRF would have to remember.
    coarse = rng.integers(0, 256, (18, 32, 3), np.uint8)
    photo = np.asarray(cv2.resize(coarse, _TIMED_SIZE[::-1], interpolation=cv2.INTER_CUBIC), np.uint8)
    alpha = rng.random(shape, np.float32)
    times = []
    for _ in range(_TIMED_CALLS):
        before = time.perf_counter()
        upsampler(alpha, photo)
        times.append(time.perf_counter() - before)
    return 1e3 * float(np.median(times))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m models.upsampling", description=__doc__)
    parser.add_argument("networks", type=Path, nargs="+", help="exported .onnx files or checkpoints")
    parser.add_argument("--data", type=Path, required=True, help="folder with index.csv")
    parser.add_argument("--split", default="val", help="split of the data (default: %(default)s)")
    parser.add_argument("--source", help="only photos of this source")
    options = parser.parse_args(arguments)
    cv2.setNumThreads(1)
    try:
        entries = [e for e in read_index(options.data, options.split) if options.source in (None, e.source)]
        if not entries:
            raise DataError(f"{options.data} has no photos of {options.source}")
        print("| network | upsampling | fgIoU | BF | MAD x1000 | ms at 1280x720 |\n|---|---|---|---|---|---|")
        for path in options.networks:
            predictor, pixels = open_model(path)
            measures: dict[str, list[Measure]] = {name: [] for name in UPSAMPLERS}
            for entry in tqdm(entries, unit="photo", disable=None):
                photo, mask = entry.read()
                alpha = predictor(resized(photo, working_size(photo.shape[0], photo.shape[1], pixels)))
                for name, upsampler in UPSAMPLERS.items():
                    measures[name].append(measure(upsampler(alpha, photo), mask))
            shape = working_size(*_TIMED_SIZE, pixels)
            for name, upsampler in UPSAMPLERS.items():
                summary = summarise(measures[name])
                figures = f"{summary.fgiou:.3f} | {summary.boundary_f:.3f} | {1e3 * summary.mad:.1f}"
                print(f"| {path.stem} | {name} | {figures} | {milliseconds(upsampler, shape):.1f} |")
    except (DataError, ModelError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
