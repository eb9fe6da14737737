"""`python -m models.shrink DATA... OUT --side 384`: one small data folder of the photos that training uses.

Photos, masks and background images are shrunk to the size at which they are trained, and stored as lossy WebP and
PNG with 17 levels: a tenth of the bytes, for a machine with a GPU that is reached over a slow line.
"""

from __future__ import annotations

import argparse
import csv
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
from tqdm import tqdm

from models.data.batched.textures import shrink
from models.data.dataset import OCCUPIED, DataError, read_index, read_pixels

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.data.dataset import Pixels

_LEVELS = 17  # of a mask


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m models.shrink", description=__doc__)
    parser.add_argument("data", type=Path, nargs="+", help="data folders, as for models.train")
    parser.add_argument("out", type=Path, help="new data folder")
    parser.add_argument(
        "--side", type=int, default=384, help="longest side of a photo in pixels (default: %(default)s)"
    )
    parser.add_argument(
        "--quality", type=int, default=80, help="quality of the photos, 1 to 100 (default: %(default)s)"
    )
    options = parser.parse_args(arguments)
    cv2.setNumThreads(1)
    try:
        if options.out.exists() and any(options.out.iterdir()):
            raise DataError(f"{options.out} is not empty; name a new folder")
        rows = []
        for entry in tqdm(read_index(options.data, "train"), unit="photo", disable=None):
            photo, mask = (shrink(pixels, options.side) for pixels in entry.read())
            folder = options.out / entry.source
            write_photo(photo, folder / "images" / f"{entry.name}.webp", options.quality)
            levels = np.round(mask.astype(np.float32) * ((_LEVELS - 1) / 255)) * (255 / (_LEVELS - 1))
            _write(
                np.round(levels).astype(np.uint8),
                folder / "masks" / f"{entry.name}.png",
                cv2.IMWRITE_PNG_COMPRESSION,
                9,
            )
            rows.append((entry.source, "train", entry.name, mask.shape[1], mask.shape[0]))
        with (options.out / "index.csv").open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([("source", "split", "name", "width", "height"), *rows])
        count = 0
        for number, root in enumerate(options.data):
            for path in sorted((root / "rooms").rglob("*.webp")):
                if path.stem not in OCCUPIED:
                    room = shrink(read_pixels(path, cv2.IMREAD_COLOR), options.side)
                    write_photo(room, options.out / "rooms" / f"{number}_{path.stem}.webp", options.quality)
                    count += 1
    except (DataError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(f"{len(rows)} photos, {count} background images")
    return 0


def write_photo(pixels: Pixels, path: Path, quality: int) -> None:
    """Write an image as lossy WebP. Raises DataError."""
    _write(pixels, path, cv2.IMWRITE_WEBP_QUALITY, quality)


def _write(pixels: Pixels, path: Path, option: int, value: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if not cv2.imwrite(str(path), pixels, [option, value]):
        raise DataError(f"cannot write {path}")


if __name__ == "__main__":
    raise SystemExit(main())
