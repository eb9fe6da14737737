"""`python -m models.label PHOTOS OUT --teachers FILE...`: label photos on which several networks agree.

Source: the data augmentation framework of SINet, Park et al., WACV 2020, section 3.3.
"""

from __future__ import annotations

import argparse
import csv
import shutil
import sys
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
from tqdm import tqdm

from models.data.dataset import DataError, read_pixels
from models.evaluation.baselines import BASELINES, BaselineError, baseline_predictor
from models.evaluation.metrics import iou
from models.evaluation.onnx_models import ModelError, open_model
from models.evaluation.predict import Alpha, Predictor, predict

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

_SUFFIXES = {".webp", ".jpg", ".jpeg", ".png"}
_STEEPNESS = 2.0  # slope of the label over that of the mean of the teachers
_LEVELS = 16  # grey levels of a mask; more levels make larger files and only add noise
_SHEET_PHOTOS, _CELL_PX, _ROW = 40, 160, 5  # contact sheet: photos, height of a photo, photos per row

IndexRow = tuple[str, str, str, int, int]  # of index.csv: source, split, name, width, height


@dataclass(frozen=True)
class Label:
    """The label of one photo.

    mask: uint8 [H, W], mean of the teachers' alphas, 0 background to 255 person. agreement: lowest IoU of any
    two teachers, 0 to 1. share: share of the photo that is person, 0 to 1.
    """

    path: Path
    mask: NDArray[np.uint8]
    agreement: float
    share: float


def open_teacher(path: Path, threads: int = 1) -> Predictor:
    """Load a network as a function from a photo, uint8 [H, W, 3] BGR, to alpha, float32 [H, W].

    path: a baseline (by its file name), an exported network or a checkpoint. Raises BaselineError,
    ModelError.
    """
    if path.stem in BASELINES:
        return baseline_predictor(path, threads)
    network, pixels = open_model(path, threads)
    return lambda photo: predict(network, photo, pixels)


def label(path: Path, teachers: Sequence[Predictor]) -> Label:
    """Label one photo. Raises DataError if it cannot be read."""
    photo = read_pixels(path, cv2.IMREAD_COLOR)
    alphas: list[Alpha] = [teacher(photo) for teacher in teachers]
    mean = np.mean(alphas, axis=0)
    agreement = min((iou(a > 0.5, b > 0.5) for a, b in combinations(alphas, 2)), default=1.0)
    # The mean of several outlines is softer than each of them.
    steep = np.clip((mean - 0.5) * _STEEPNESS + 0.5, 0, 1)
    mask = np.round(np.round(steep * (_LEVELS - 1)) * (255 / (_LEVELS - 1))).astype(np.uint8)
    return Label(path, mask, agreement, float((mean > 0.5).mean()))


def select(labels: Iterator[Label], agreement: float, share: float) -> Iterator[Label]:
    """The labels with at least this agreement and share of person."""
    return (one for one in labels if one.agreement >= agreement and one.share >= share)


def write(labelled: Label, out: Path, source: str) -> IndexRow:
    """Write photo and mask into a data folder; return the row for index.csv."""
    images, masks = out / source / "images", out / source / "masks"
    for folder in (images, masks):
        folder.mkdir(parents=True, exist_ok=True)
    name = labelled.path.stem
    if labelled.path.suffix == ".webp":
        shutil.copyfile(labelled.path, images / f"{name}.webp")
    else:
        photo = read_pixels(labelled.path, cv2.IMREAD_COLOR)
        cv2.imwrite(str(images / f"{name}.webp"), photo, [cv2.IMWRITE_WEBP_QUALITY, 92])
    cv2.imwrite(str(masks / f"{name}.png"), labelled.mask, [cv2.IMWRITE_PNG_COMPRESSION, 9])
    height, width = labelled.mask.shape
    return source, "train", name, width, height


def draw_sheet(labels: Sequence[Label]) -> NDArray[np.uint8]:
    """Contact sheet of photos and composites, those with the lowest agreement first, to check the labels."""
    cells = []
    for labelled in sorted(labels, key=lambda one: one.agreement)[:_SHEET_PHOTOS]:
        photo = read_pixels(labelled.path, cv2.IMREAD_COLOR)
        alpha = labelled.mask.astype(np.float32) / 255
        on_green = cv2.blendLinear(photo, np.full_like(photo, (64, 160, 64)), alpha, 1 - alpha)
        pair = cv2.resize(
            np.hstack([photo, on_green]), (2 * _CELL_PX, _CELL_PX), interpolation=cv2.INTER_AREA
        )
        cv2.putText(
            pair, f"{labelled.agreement:.2f}", (4, 14), cv2.FONT_HERSHEY_SIMPLEX, 0.45, (255, 255, 255), 1
        )
        cells.append(pair)
    cells += [np.zeros_like(cells[0])] * (-len(cells) % _ROW)
    return np.vstack([np.hstack(cells[i : i + _ROW]) for i in range(0, len(cells), _ROW)])


def write_index(rows: Sequence[IndexRow], labels: Sequence[Label], out: Path, sheet: Path | None) -> None:
    """Write index.csv and, if `sheet` is given, the contact sheet. Raises DataError."""
    with (out / "index.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("source", "split", "name", "width", "height"), *rows])
    if sheet and not cv2.imwrite(str(sheet), draw_sheet(labels)):
        raise DataError(f"cannot write {sheet}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m models.label", description=__doc__)
    parser.add_argument("photos", type=Path, help="folder of photos without masks")
    parser.add_argument("out", type=Path, help="new data folder: index.csv, SOURCE/images, SOURCE/masks")
    parser.add_argument("--teachers", type=Path, nargs="+", required=True, help="networks or baselines")
    parser.add_argument("--source", default="labelled", help="name of the source (default: %(default)s)")
    parser.add_argument(
        "--agreement", type=float, default=0.9, help="lowest IoU of any two teachers (default: %(default)s)"
    )
    parser.add_argument(
        "--share", type=float, default=0.02, help="least share of person in the photo (default: %(default)s)"
    )
    parser.add_argument(
        "--sheet", type=Path, help="write a contact sheet of the labels with the lowest agreement"
    )
    options = parser.parse_args(arguments)
    cv2.setNumThreads(1)
    try:
        paths = sorted(path for path in options.photos.rglob("*") if path.suffix.lower() in _SUFFIXES)
        if not paths:
            raise DataError(f"there are no photos in {options.photos}")
        if options.out.exists() and any(options.out.iterdir()):
            raise DataError(f"{options.out} is not empty; name a new folder")
        teachers = [open_teacher(path) for path in options.teachers]
        candidates = (label(path, teachers) for path in tqdm(paths, unit="photo", disable=None))
        labels = list(select(candidates, options.agreement, options.share))
        rows = [write(one, options.out, options.source) for one in labels]
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
