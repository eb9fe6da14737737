"""`python -m models.fuse DATA OUT --alphas DIR`: give labels the soft edges of a matting teacher.

Hard labels have no hair. The soft alphas of a salient-object network have, but are often half transparent
inside clothes and include furniture. So the label is the trimap: only in a band around its edge the teacher's
alpha (`DIR/<source>/<name>.webp`) replaces it. OUT becomes a data folder; with `models.train --data DATA OUT`
its labels replace those of DATA.
"""

from __future__ import annotations

import argparse
import csv
import shutil
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
from tqdm import tqdm

from models.data.dataset import DataError, Entry, Pixels, read_index
from models.data.fusing import fuse, read_alpha

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.evaluation.predict import Alpha

_DOUBTFUL = 0.3  # share of the band where the label stays, above which a photo is counted as doubtful


def write(fused: Alpha, entry: Entry, out: Path) -> None:
    """Write a copy of the photo and its fused label into a data folder. Raises DataError."""
    folder = out / entry.source
    for name in ("images", "masks"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    shutil.copyfile(entry.photo, folder / "images" / f"{entry.name}.webp")
    mask: Pixels = np.round(fused * 255).astype(np.uint8)
    if not cv2.imwrite(str(folder / "masks" / f"{entry.name}.png"), mask):
        raise DataError(f"cannot write the label of {entry.source}/{entry.name}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m models.fuse", description=__doc__)
    parser.add_argument("data", type=Path, help="folder with index.csv")
    parser.add_argument("out", type=Path, help="new data folder")
    parser.add_argument(
        "--alphas", type=Path, required=True, help="folder of the teacher's alphas: SOURCE/NAME.webp"
    )
    parser.add_argument(
        "--backgrounds", "--rooms", type=Path, help="folder of background images (.webp) to copy as well"
    )
    options = parser.parse_args(arguments)
    cv2.setNumThreads(1)
    try:
        if options.out.exists() and any(options.out.iterdir()):
            raise DataError(f"{options.out} is not empty; name a new folder")
        backgrounds = sorted(options.backgrounds.glob("*.webp")) if options.backgrounds else []
        if options.backgrounds and not backgrounds:
            raise DataError(f"there are no .webp images in {options.backgrounds}")
        rows: list[tuple[str, str, str, int, int]] = []
        photos: Counter[str] = Counter()
        doubtful: Counter[str] = Counter()
        for entry in tqdm(read_index(options.data, "train"), unit="photo", disable=None):
            label = entry.read()[1].astype(np.float32) / 255
            alpha = read_alpha(options.alphas, entry, label.shape)
            if alpha is None:
                continue
            fused, unchanged = fuse(alpha, label)
            write(fused, entry, options.out)
            height, width = label.shape
            rows.append((entry.source, "train", entry.name, width, height))
            photos[entry.source] += 1
            doubtful[entry.source] += unchanged > _DOUBTFUL
        if not rows:
            raise DataError(f"no photo of {options.data} has an alpha in {options.alphas}")
        with (options.out / "index.csv").open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([("source", "split", "name", "width", "height"), *rows])
        for background in backgrounds:
            (options.out / "rooms").mkdir(exist_ok=True)
            shutil.copyfile(background, options.out / "rooms" / background.name)
    except (DataError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    for source, count in sorted(photos.items()):
        print(f"{source}: {count} photos, {doubtful[source]} doubtful")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
