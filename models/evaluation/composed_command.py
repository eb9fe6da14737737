"""`python -m models.evaluate --composed [NETWORKS]`: measure alphas on composed frames with true soft alphas.

People of a split, cut out with labels fused as `models.fuse` fuses them, stand before background images that
training has not seen. Alphas of networks are enlarged bilinearly. Alphas from another program are read from
image files.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
import torch
from tqdm import tqdm

from models.data.composed import Composed, CutOut, cut_out, make_composed
from models.data.dataset import DataError, Pixels, read_images, read_index, read_pixels
from models.data.fusing import fuse, read_alpha
from models.evaluation.arguments import composed_parser
from models.evaluation.baselines import BASELINES, BaselineError, baseline_predictor
from models.evaluation.metrics import boundary_f
from models.evaluation.onnx_models import ModelError, open_model
from models.evaluation.predict import Alpha, predict
from models.evaluation.sheets import Row, contact_sheet
from models.evaluation.video_files import TRUTH

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

# From the name and the pixels of a frame to its alpha.
FramePredictor = Callable[[str, Pixels], Alpha]
MAX_DOUBTFUL = 0.15  # share of the band where the teacher is not trusted, above which a photo is left out
SOFT = 0.05, 0.95  # true alpha of the soft band
_SHEET_FRAMES = 10


@dataclass(frozen=True)
class FrameMeasure:
    """The errors of one frame.

    mad: mean absolute difference of alpha, 0 to 1. soft: the same in the soft band, None without such pixels.
    boundary_f: 0 to 1, at the threshold one half.
    """

    mad: float
    boundary_f: float
    soft: float | None


def measure_frame(alpha: Alpha, true: Pixels) -> FrameMeasure:
    """Measure an alpha (float32, 0 to 1) against the true one (uint8, 0 to 255) of the same size."""
    truth = true.astype(np.float32) / 255
    error = np.abs(alpha - truth)
    band = (truth > SOFT[0]) & (truth < SOFT[1])
    soft = float(error[band].mean()) if band.any() else None
    return FrameMeasure(float(error.mean()), boundary_f(alpha > 0.5, truth > 0.5), soft)


def cut_outs(data: Path, split: str, alphas: Path) -> dict[str, list[CutOut]]:
    """People of a split by source, with fused alphas, where teacher and label agree. Raises DataError."""
    people: dict[str, list[CutOut]] = {}
    for entry in read_index(data, split):
        image, mask = entry.read()
        alpha = read_alpha(alphas, entry, mask.shape)
        if alpha is None:
            continue
        fused, doubtful = fuse(alpha, mask.astype(np.float32) / np.float32(255))
        person = cut_out(image, np.round(fused * 255).astype(np.uint8))
        if person is not None and doubtful <= MAX_DOUBTFUL:
            people.setdefault(entry.source, []).append(person)
    return people


def write_frames(folder: Path, frames: Iterable[Composed]) -> None:
    """Write `folder`/NAME.png and `folder`/truth/NAME.png. Raises DataError."""
    (folder / TRUTH).mkdir(parents=True, exist_ok=True)
    for frame in frames:
        for path, pixels in ((folder, frame.frame), (folder / TRUTH, frame.alpha)):
            if not cv2.imwrite(str(path / f"{frame.name}.png"), pixels):
                raise DataError(f"cannot write {path / frame.name}.png")


def read_frames(folder: Path) -> list[Composed]:
    """Read the files that `write_frames` wrote, sorted by name. Raises DataError."""
    paths = sorted(folder.glob("*.png"))
    if not paths:
        raise DataError(f"there is no frame in {folder}; write some with --write")
    return [
        Composed(
            path.stem,
            read_pixels(path, cv2.IMREAD_COLOR),
            read_pixels(folder / TRUTH / path.name, cv2.IMREAD_GRAYSCALE),
        )
        for path in paths
    ]


def network_predictor(path: Path, threads: int) -> FramePredictor:
    """Apply a network or a baseline. Raises ModelError, BaselineError."""
    if path.stem in BASELINES:
        baseline = baseline_predictor(path, threads)
        return lambda name, frame: baseline(frame)
    predictor, pixels = open_model(path, threads)
    return lambda name, frame: predict(predictor, frame, pixels)


def file_predictor(folder: Path) -> FramePredictor:
    """Read alphas from `folder`/NAME.png, grey. Calls raise DataError if missing or of another size."""

    def read(name: str, frame: Pixels) -> Alpha:
        path = folder / f"{name}.png"
        alpha = read_pixels(path, cv2.IMREAD_GRAYSCALE)
        if alpha.shape != frame.shape[:2]:
            raise DataError(f"{path} has the size {alpha.shape}, the frame {frame.shape[:2]}")
        return np.asarray(alpha.astype(np.float32) / 255, np.float32)

    return read


def table(results: Mapping[str, Sequence[FrameMeasure]]) -> str:
    """Markdown table of means over frames."""
    lines = ["| alphas | frames | MAD x1000 | BF | soft band x1000 |", "|---|---|---|---|---|"]
    for name, frames in results.items():
        soft = [frame.soft for frame in frames if frame.soft is not None]
        values = [
            1e3 * float(np.mean([f.mad for f in frames])),
            float(np.mean([f.boundary_f for f in frames])),
        ]
        band = f"{1e3 * float(np.mean(soft)):.1f}" if soft else "-"
        lines.append(f"| {name} | {len(frames)} | {values[0]:.2f} | {values[1]:.3f} | {band} |")
    return "\n".join(lines)


def worst_sheet(
    frames: Sequence[Composed], predictor: FramePredictor, found: Sequence[FrameMeasure]
) -> Pixels:
    """Contact sheet of the frames with the largest MAD."""
    order = np.argsort([-measure.mad for measure in found])[:_SHEET_FRAMES]
    return contact_sheet(
        [
            Row(
                f"{frames[index].name} {1e3 * found[index].mad:.1f}",
                frames[index].frame,
                frames[index].alpha,
                predictor(frames[index].name, frames[index].frame),
            )
            for index in order
        ]
    )


def main(arguments: Sequence[str]) -> int:
    """Run the command; return its exit status."""
    parser = composed_parser(__doc__)
    options = parser.parse_args(arguments)
    if options.frames < 1:
        parser.error("--frames must be at least 1")
    torch.set_num_threads(options.threads)
    cv2.setNumThreads(options.threads)
    try:
        predictors = {path.stem: network_predictor(path, options.threads) for path in options.networks}
        predictors |= {name: file_predictor(folder) for name, folder in options.alphas}
        frames = _frames(options)
        if options.write:
            write_frames(options.write, tqdm(frames, unit="frame", disable=None))
            return 0
        if not predictors:
            raise DataError("there is nothing to measure; name networks or --alphas")
        frames = list(frames)
        results = {
            name: [
                measure_frame(predictor(frame.name, frame.frame), frame.alpha)
                for frame in tqdm(frames, name, unit="frame", disable=None)
            ]
            for name, predictor in predictors.items()
        }
        if options.json:
            by_name = {
                name: {frame.name: asdict(one) for frame, one in zip(frames, found, strict=True)}
                for name, found in results.items()
            }
            print(json.dumps(by_name))
        else:
            print(table(results))
        first = next(iter(predictors))
        if options.sheet and not cv2.imwrite(
            str(options.sheet), worst_sheet(frames, predictors[first], results[first])
        ):
            raise DataError(f"cannot write {options.sheet}")
    except (ModelError, DataError, BaselineError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def _frames(options: argparse.Namespace) -> Iterable[Composed]:
    if options.read:
        return read_frames(options.read)
    if not (options.data and options.backgrounds and options.teacher_alphas):
        raise DataError("name the frames with --read, or --data, --backgrounds and --teacher-alphas")
    people = cut_outs(options.data, options.split, options.teacher_alphas)
    rooms = read_images(options.backgrounds)
    return make_composed(people, rooms, options.frames, options.seed, options.seats)
