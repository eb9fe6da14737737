"""`python -m models.correct DATA OUT --teachers FILE...`: complete masks where all teachers find more person.

Hand-made labels are incomplete: celebamask lacks bare shoulders and hands, ccp lacks people behind the main
person. Trained as background, these make networks miss hands and shoulders. OUT becomes a data folder with
only the changed photos; `models.train --data DATA OUT` uses them in place of the originals.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
from tqdm import tqdm

from models.data.dataset import DataError, read_index
from models.evaluation.baselines import BaselineError
from models.evaluation.onnx_models import ModelError
from models.label import Label, open_teacher, write, write_index

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from models.evaluation.predict import Alpha

# Alpha, 0 to 1, from which a pixel is person: mean of the teachers, and each of them.
_MEAN, _EACH = 0.7, 0.4
_DISTANCE_PX = 15  # closer to the label, teachers and label differ in the outline only


def complete(
    mask: NDArray[np.uint8], alphas: Sequence[Alpha], share: float
) -> tuple[NDArray[np.uint8], float]:
    """Add the parts that all teachers find; return the mask and the added share of the photo, 0 to 1.

    mask: uint8 [H, W]. alphas: one per teacher, 0 to 1. share: of the photo, 0 to 1; smaller connected
    components are not added.
    """
    mean = np.mean(alphas, axis=0)
    person = ((mean > _MEAN) & (np.min(alphas, axis=0) > _EACH)).astype(np.uint8)
    near = cv2.dilate((mask > 127).astype(np.uint8), np.ones((_DISTANCE_PX, _DISTANCE_PX), np.uint8))
    count, components, stats, _ = cv2.connectedComponentsWithStats(person * (1 - near))
    large = [i for i in range(1, count) if stats[i, cv2.CC_STAT_AREA] >= share * mask.size]
    core = np.isin(components, large)
    # Grown back to the label's outline and outwards to the teachers' outline.
    side = 2 * _DISTANCE_PX + 1
    grown = cv2.dilate(core.astype(np.uint8), np.ones((side, side), np.uint8))
    added = np.where((grown > 0) & (mean > 0.25), np.round(mean * 255), 0).astype(np.uint8)
    return np.maximum(mask, added), float(core.mean())


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m models.correct", description=__doc__)
    parser.add_argument("data", type=Path, help="folder with index.csv")
    parser.add_argument("out", type=Path, help="new data folder for the changed photos")
    parser.add_argument("--teachers", type=Path, nargs="+", required=True, help="networks or baselines")
    parser.add_argument("--sources", nargs="+", help="only these sources (default: all)")
    parser.add_argument(
        "--share",
        type=float,
        default=0.006,
        help="smallest component, as a share of the photo (default: %(default)s)",
    )
    parser.add_argument("--sheet", type=Path, help="write a contact sheet of the largest changes")
    options = parser.parse_args(arguments)
    cv2.setNumThreads(1)
    try:
        if options.out.exists() and any(options.out.iterdir()):
            raise DataError(f"{options.out} is not empty; name a new folder")
        teachers = [open_teacher(path) for path in options.teachers]
        entries = [
            e for e in read_index(options.data, "train") if e.source in (options.sources or [e.source])
        ]
        rows, changed = [], []
        for entry in tqdm(entries, unit="photo", disable=None):
            photo, mask = entry.read()
            completed, added = complete(mask, [teacher(photo) for teacher in teachers], options.share)
            if added:
                label = Label(entry.photo, completed, 1 - added, float((completed > 127).mean()))
                rows.append(write(label, options.out, entry.source))
                changed.append(label)
        print(f"{len(rows)} of {len(entries)} masks completed")
        if not rows:
            return 1
        write_index(rows, changed, options.out, options.sheet)
    except (DataError, ModelError, BaselineError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
