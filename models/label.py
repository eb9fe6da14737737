"""`python -m models.label PHOTOS OUT --teachers FILE...`: masks for unlabelled photos, where teachers agree.

The data-augmentation framework of SINet: Park et al., WACV 2020, section 3.3.
"""

from __future__ import annotations

import argparse
import csv
import shutil
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from models.data.dataset import DataError, read_pixels
from models.evaluation.baselines import BASELINES, BaselineError, baseline_predictor
from models.evaluation.metrics import iou
from models.evaluation.onnx_models import ModelError, open_model
from models.evaluation.predict import Alpha, Predictor, predict

_SUFFIXES = {".webp", ".jpg", ".jpeg", ".png"}
_LEVELS = 16  # of a soft mask: keeps the files small, and more would be noise of the teachers
_SHEET_PHOTOS, _CELL_PX, _ROW = 40, 160, 5


Row = tuple[str, str, str, int, int]
"""Of index.csv: source, split, name, width, height."""


@dataclass(frozen=True)
class Label:
    """What the teachers say of one photo.

    mask: uint8 [H, W], the mean of their alphas, 0 background to 255 person. agreement: the least IoU of any
    two of them, 0 to 1. share: of the photo that is person, 0 to 1.
    """

    path: Path
    mask: NDArray[np.uint8]
    agreement: float
    share: float


def open_teacher(path: Path, threads: int = 1) -> Predictor:
    """A network as a function from a photo, uint8 BGR [H, W, 3], to alpha, float32 [H, W].

    A peer by its file's name, else an exported network or a checkpoint of ours. Raises PeerError, ModelError.
    """
    if path.stem in BASELINES:
        return baseline_predictor(path, threads)
    network, pixels = open_model(path, threads)
    return lambda photo: predict(network, photo, pixels)


def label(path: Path, teachers: Sequence[Predictor]) -> Label:
    """Ask all teachers about one photo. Raises DataError where it cannot be read."""
    photo = read_pixels(path, cv2.IMREAD_COLOR)
    alphas: list[Alpha] = [teacher(photo) for teacher in teachers]
    mean = np.mean(alphas, axis=0)
    agreement = min((iou(a > 0.5, b > 0.5) for a, b in combinations(alphas, 2)), default=1.0)
    mask = np.round(np.round(mean * (_LEVELS - 1)) * (255 / (_LEVELS - 1))).astype(np.uint8)
    return Label(path, mask, agreement, float((mean > 0.5).mean()))


def kept(labels: Iterator[Label], agreement: float, share: float) -> Iterator[Label]:
    """Those on which the teachers agree, and that show a person of at least `share` of the photo."""
    return (found for found in labels if found.agreement >= agreement and found.share >= share)


def write(found: Label, out: Path, source: str) -> Row:
    """Put photo and mask into a data folder; returns the photo's row of index.csv."""
    images, masks = out / source / "images", out / source / "masks"
    for folder in (images, masks):
        folder.mkdir(parents=True, exist_ok=True)
    name = found.path.stem
    if found.path.suffix == ".webp":
        shutil.copyfile(found.path, images / f"{name}.webp")
    else:
        photo = read_pixels(found.path, cv2.IMREAD_COLOR)
        cv2.imwrite(str(images / f"{name}.webp"), photo, [cv2.IMWRITE_WEBP_QUALITY, 92])
    cv2.imwrite(str(masks / f"{name}.png"), found.mask, [cv2.IMWRITE_PNG_COMPRESSION, 9])
    height, width = found.mask.shape
    return source, "train", name, width, height


def draw_sheet(labels: Sequence[Label]) -> NDArray[np.uint8]:
    """Photos beside their masks, those with the least agreement first, to look at before training on them."""
    cells = []
    for found in sorted(labels, key=lambda one: one.agreement)[:_SHEET_PHOTOS]:
        photo = read_pixels(found.path, cv2.IMREAD_COLOR)
        alpha = found.mask.astype(np.float32) / 255
        on_green = cv2.blendLinear(photo, np.full_like(photo, (64, 160, 64)), alpha, 1 - alpha)
        pair = cv2.resize(
            np.hstack([photo, on_green]), (2 * _CELL_PX, _CELL_PX), interpolation=cv2.INTER_AREA
        )
        cv2.putText(
            pair, f"{found.agreement:.2f}", (4, 14), cv2.FONT_HERSHEY_SIMPLEX, 0.45, (255, 255, 255), 1
        )
        cells.append(pair)
    cells += [np.zeros_like(cells[0])] * (-len(cells) % _ROW)
    return np.vstack([np.hstack(cells[i : i + _ROW]) for i in range(0, len(cells), _ROW)])


def write_index(rows: Sequence[Row], labels: Sequence[Label], out: Path, sheet: Path | None) -> None:
    """Make a data folder of what was written to it, and draw the sheet if wanted. Raises DataError."""
    with (out / "index.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("source", "split", "name", "width", "height"), *rows])
    if sheet and not cv2.imwrite(str(sheet), draw_sheet(labels)):
        raise DataError(f"cannot write {sheet}")


def main(arguments: Sequence[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m models.label", description=__doc__)
    parser.add_argument("photos", type=Path, help="folder of photos without masks")
    parser.add_argument("out", type=Path, help="data folder to make: index.csv, SOURCE/images, SOURCE/masks")
    parser.add_argument("--teachers", type=Path, nargs="+", required=True, help="peers, or networks of ours")
    parser.add_argument("--source", default="labelled", help="name of the source (default %(default)s)")
    parser.add_argument("--agreement", type=float, default=0.9, help="least IoU of any two teachers")
    parser.add_argument("--share", type=float, default=0.02, help="least share of the photo that is person")
    parser.add_argument("--sheet", type=Path, help="write a contact sheet of the doubtful ones kept")
    options = parser.parse_args(arguments)
    cv2.setNumThreads(1)
    try:
        paths = sorted(path for path in options.photos.rglob("*") if path.suffix.lower() in _SUFFIXES)
        if not paths:
            raise DataError(f"there are no photos in {options.photos}")
        if options.out.exists() and any(options.out.iterdir()):
            raise DataError(f"{options.out} is not empty: name a new folder, so that no label is mixed in")
        teachers = [open_teacher(path) for path in options.teachers]
        asked = (label(path, teachers) for path in tqdm(paths, unit="photo", disable=None))
        labels = list(kept(asked, options.agreement, options.share))
        rows = [write(found, options.out, options.source) for found in labels]
        print(f"{len(rows)} of {len(paths)} photos kept")
        if not rows:
            return 1
        write_index(rows, labels, options.out, options.sheet)
    except (DataError, ModelError, BaselineError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
