"""`python -m models.people.evaluate NETWORKS --data DIR`: how right people are told apart.

Measured on composed frames of two to five people of the val split, and with --crossing on real frames whose
people are labelled.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import torch

from models.data.dataset import (
    Bank,
    DataError,
    Pixels,
    load_bank,
    pyramid,
    read_images,
    read_index,
)
from models.data.people.crossing import crossing_frames
from models.data.people.frames import PeopleComposer
from models.evaluation.onnx_models import open_session
from models.evaluation.people.pixel_metrics import PeoplePredictor, measure_people, persons, summary
from models.evaluation.predict import resized, working_size
from models.networks.people import OFFSET_UNIT_PX, STRIDE, People
from models.training import checkpoint

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.evaluation.people.pixel_metrics import Maps

SIZE = (160, 256)
COUNTS = (2, 3, 4, 5)
FRAMES = 200

Scene = tuple[Pixels, Pixels]  # a frame, and who is where


def composed(data: Path, backgrounds: Path | None = None, frames: int = FRAMES) -> list[Scene]:
    """Frames of people of the val split before rooms; the same each time. Raises DataError."""
    bank = load_bank(data, read_index(data, "val"))
    if backgrounds is not None:
        bank = Bank(bank.photos, [pyramid(image) for image in read_images(backgrounds)])
    make = PeopleComposer(bank)
    return [
        make(*SIZE, np.random.default_rng((7, number)), COUNTS[number % len(COUNTS)])
        for number in range(frames)
    ]


def crossing(folder: Path) -> list[Scene]:
    """The labelled frames of `crossing` at the working size; bags are nobody. Raises DataError."""
    scenes = []
    for frame, people, _ in crossing_frames(folder):
        size = working_size(people.shape[0], people.shape[1], People.working_pixels)
        small = cv2.resize(people, size[::-1], interpolation=cv2.INTER_NEAREST)
        scenes.append((resized(frame, size), np.asarray(small, np.uint8)))
    return scenes


def torch_people(network: People) -> PeoplePredictor:
    """Predictor of a network in PyTorch."""

    def run(frame: Pixels) -> Maps:
        with torch.inference_mode():
            logits = network(network.normalise(torch.from_numpy(frame[None]))).logits[0]
        return logits[0].sigmoid().numpy(), (logits[1:] * OFFSET_UNIT_PX).numpy()

    return run


def onnx_people(model: bytes | Path) -> PeoplePredictor:
    """Predictor of an exported network."""
    session = open_session(model if isinstance(model, bytes) else model.read_bytes())

    def run(frame: Pixels) -> Maps:
        centres, offsets = session.run(["centres", "offsets"], {"frame": frame[None]})
        return np.asarray(centres[0, 0], np.float32), np.asarray(offsets[0], np.float32)

    return run


def load(path: Path) -> PeoplePredictor:
    """Predictor of an .onnx file or a checkpoint. Raises CheckpointError."""
    if path.suffix == ".onnx":
        return onnx_people(path)
    network = checkpoint.restore(checkpoint.load(path))
    if not isinstance(network, People):
        raise checkpoint.CheckpointError(f"{path} is not a network for people")
    return torch_people(network)


def evaluate(predictor: PeoplePredictor, scenes: Sequence[Scene]) -> dict[str, float]:
    """The figures of `summary`, with the true outline of all people together as the foreground."""
    return summary([measure_people(persons(predictor(frame), true > 0), true) for frame, true in scenes])


def table(scores: dict[str, dict[str, float]]) -> str:
    """A Markdown table: a row for each network and kind of frames."""
    names = list(next(iter(scores.values())))
    lines = ["| network | " + " | ".join(names) + " |", "|---" * (len(names) + 1) + "|"]
    lines += [f"| {n} | " + " | ".join(f"{row[m]:.3f}" for m in names) + " |" for n, row in scores.items()]
    return "\n".join(lines)


def sheet(predictor: PeoplePredictor, scenes: Sequence[Scene], columns: int = 4) -> Pixels:
    """Frames with a tint for each person found, and a dot at each centre."""
    tints = np.array([(0, 0, 0), (60, 60, 255), (60, 220, 60), (255, 90, 60), (60, 220, 255), (255, 80, 255)])
    cells = []
    for frame, true in scenes:
        maps = predictor(frame)
        who = persons(maps, true > 0)
        tint = tints[np.where(who > 0, (who - 1) % (len(tints) - 1) + 1, 0)]
        mixed = np.where((who > 0)[..., None], frame * 0.45 + tint * 0.55, frame).astype(np.uint8)
        peaks = cv2.dilate(maps[0], np.ones((3, 3), np.uint8))
        for row, column in zip(*np.nonzero((maps[0] >= peaks) & (maps[0] > 0.3)), strict=True):
            spot = (int((column + 0.5) * STRIDE), int((row + 0.5) * STRIDE))
            cv2.circle(mixed, spot, 3, (255, 255, 255), -1)
        cells.append(np.asarray(cv2.resize(mixed, SIZE[::-1]), np.uint8))
    rows = [np.hstack(cells[at : at + columns]) for at in range(0, len(cells) - columns + 1, columns)]
    return np.vstack(rows)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m models.people.evaluate", description=__doc__)
    parser.add_argument("networks", type=Path, nargs="+", help=".onnx files or checkpoints")
    parser.add_argument("--data", type=Path, required=True, help="folder with index.csv")
    parser.add_argument("--backgrounds", type=Path, help="folder of rooms, in place of those of --data")
    parser.add_argument("--crossing", type=Path, help="folder with the folders frames and instances")
    parser.add_argument("--sheet", type=Path, help="picture to write: frames and the persons found")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    try:
        sets = {"composed": composed(options.data, options.backgrounds)}
        if options.crossing:
            sets["crossing"] = crossing(options.crossing)
        scores = {
            f"{path.stem}, {kind}": evaluate(load(path), scenes)
            for path in options.networks
            for kind, scenes in sets.items()
        }
        if options.sheet:
            shown = [scene for scenes in sets.values() for scene in scenes[:: max(1, len(scenes) // 16)][:16]]
            if not cv2.imwrite(str(options.sheet), sheet(load(options.networks[0]), shown)):
                raise DataError(f"cannot write {options.sheet}")
    except (DataError, checkpoint.CheckpointError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(json.dumps(scores, indent=2) if options.json else table(scores))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
