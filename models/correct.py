"""`python -m models.correct DATA OUT --teachers FILE...`: masks completed where all teachers see more person.

Hand-made labels are incomplete: celebamask lacks bare shoulders and hands, ccp the people behind. As labels
for background they cost the network hands. OUT is a data folder with the changed photos only. After
DATA (`models.train --data DATA OUT`) it replaces them.
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

_SURE, _LEAST = 0.7, 0.4  # Smallest mean of the teachers' alphas, and smallest of each, for a person pixel.
_AWAY = 15  # Pixels from the label. Nearer differences concern only the outline.


def complete(
    mask: NDArray[np.uint8], alphas: Sequence[Alpha], share: float
) -> tuple[NDArray[np.uint8], float]:
    """The mask with what it lacks according to all teachers, and the added share of the photo, 0 to 1.

    mask: uint8 [H, W]; alphas: one per teacher, 0 to 1. share: components below
    this share of the photo are ignored.

    """
    mean = np.mean(alphas, axis=0)
    seen = ((mean > _SURE) & (np.min(alphas, axis=0) > _LEAST)).astype(np.uint8)
    near = cv2.dilate((mask > 127).astype(np.uint8), np.ones((_AWAY, _AWAY), np.uint8))
    count, parts, stats, _ = cv2.connectedComponentsWithStats(seen * (1 - near))
    large = [i for i in range(1, count) if stats[i, cv2.CC_STAT_AREA] >= share * mask.size]
    core = np.isin(parts, large)
    # Back to the label's outline, and outwards to where the teachers stop.
    grown = cv2.dilate(core.astype(np.uint8), np.ones((2 * _AWAY + 1, 2 * _AWAY + 1), np.uint8))
    added = np.where((grown > 0) & (mean > 0.25), np.round(mean * 255), 0).astype(np.uint8)
    return np.maximum(mask, added), float(core.mean())


def main(arguments: Sequence[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m models.correct", description=__doc__)
    parser.add_argument("data", type=Path, help="folder with index.csv")
    parser.add_argument("out", type=Path, help="data folder to make, with the changed photos")
    parser.add_argument("--teachers", type=Path, nargs="+", required=True, help="peers, or networks of ours")
    parser.add_argument("--sources", nargs="+", help="only these (default all)")
    parser.add_argument("--share", type=float, default=0.006, help="least part of the photo that is added")
    parser.add_argument("--sheet", type=Path, help="write a contact sheet of those changed most")
    options = parser.parse_args(arguments)
    cv2.setNumThreads(1)
    try:
        if options.out.exists() and any(options.out.iterdir()):
            raise DataError(f"{options.out} is not empty: name a new folder, so that no label is mixed in")
        teachers = [open_teacher(path) for path in options.teachers]
        entries = [
            e for e in read_index(options.data, "train") if e.source in (options.sources or [e.source])
        ]
        rows, changed = [], []
        for entry in tqdm(entries, unit="photo", disable=None):
            photo, mask = entry.read()
            completed, added = complete(mask, [teacher(photo) for teacher in teachers], options.share)
            if added:
                found = Label(entry.photo, completed, 1 - added, float((completed > 127).mean()))
                rows.append(write(found, options.out, entry.source))
                changed.append(found)
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
