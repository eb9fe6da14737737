"""`python -m models.face.evaluate NETWORKS --data DIR`: F1 of the parts of faces, by class and skin tone."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import torch

from models.data.dataset import DataError, read_index
from models.data.face.pack import labelled, read_parts
from models.evaluation.onnx_models import open_session
from models.evaluation.parts_metrics import PartsPredictor, Pixels, confusion, f1, mean_f1, predict_parts
from models.evaluation.parts_sheet import sheet
from models.networks.face_parts import PARTS
from models.training import checkpoint

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from models.networks.layers import Network

MEASURED_PX, INPUT_PX = 256, 192
TONES = {"dark": (-90.0, 10.0), "middle": (10.0, 41.0), "light": (41.0, 90.0)}
"""Ranges of the individual typology angle in degrees, as far as a photo's light lets it be measured."""

Face = tuple[Pixels, Pixels]  # photo and parts, of MEASURED_PX


def read_faces(data: Path, split: str = "val") -> list[Face]:
    """All photos of a split whose parts are labelled, with their parts, at 256x256. Raises DataError."""
    size = (MEASURED_PX, MEASURED_PX)
    faces = []
    for entry in labelled(read_index(data, split)):
        photo = cv2.resize(entry.read()[0], size, interpolation=cv2.INTER_AREA)
        parts = cv2.resize(read_parts(entry), size, interpolation=cv2.INTER_NEAREST_EXACT)
        faces.append((np.asarray(photo, np.uint8), np.asarray(parts, np.uint8)))
    if not faces:
        raise DataError(f"{data} has no photo with parts in its {split} split")
    return faces


def tone_of(face: Face) -> str:
    """The group of a face by its skin's individual typology angle, arctan((L - 50) / b) of the median."""
    photo, parts = face
    lab = cv2.cvtColor(photo.astype(np.float32) / 255, cv2.COLOR_BGR2LAB)
    skin = lab[parts == PARTS.index("skin")]
    if not len(skin):
        return "middle"
    lightness, _, blue_yellow = np.median(skin, axis=0)
    angle = float(np.degrees(np.arctan2(lightness - 50, blue_yellow)))
    return next((name for name, (low, high) in TONES.items() if low <= angle < high), "light")


def onnx_parts(model: bytes | Path) -> PartsPredictor:
    """Predictor of an exported network."""
    session = open_session(model if isinstance(model, bytes) else model.read_bytes())

    def run(frame: Pixels) -> NDArray[np.float32]:
        return np.asarray(session.run(["parts"], {"frame": frame[None]})[0][0], np.float32)

    return run


def torch_parts(network: Network) -> PartsPredictor:
    """Predictor of a network in PyTorch."""

    def run(frame: Pixels) -> NDArray[np.float32]:
        with torch.inference_mode():
            logits = network(network.normalise(torch.from_numpy(frame[None]))).logits
            return np.asarray(logits.softmax(1)[0].numpy(), np.float32)

    return run


def load(path: Path) -> PartsPredictor:
    """Predictor of an .onnx file or a checkpoint. Raises CheckpointError."""
    if path.suffix == ".onnx":
        return onnx_parts(path)
    return torch_parts(checkpoint.restore(checkpoint.load(path)))


def evaluate(predictor: PartsPredictor, faces: Path | Sequence[Face]) -> dict[str, float]:
    """F1 by class, `mean` without background, and `tone_NAME`, the same mean for each group of skin tones."""
    faces = read_faces(faces) if isinstance(faces, Path) else faces
    pairs = [(parts, predict_parts(predictor, photo, INPUT_PX)) for photo, parts in faces]
    scores = f1(confusion(pairs))
    tones = [tone_of(face) for face in faces]
    by_tone = {}
    for name in TONES:
        chosen = [pair for pair, tone in zip(pairs, tones, strict=True) if tone == name]
        if chosen:
            by_tone[f"tone_{name}"] = mean_f1(f1(confusion(chosen)))
    return {"mean": mean_f1(scores), **scores, **by_tone}


def table(scores: dict[str, dict[str, float]]) -> str:
    """A Markdown table: a row for each measure, a column for each network."""
    names = list(next(iter(scores.values())))
    lines = ["| F1 | " + " | ".join(scores) + " |", "|---" * (len(scores) + 1) + "|"]
    lines += [f"| {n} | " + " | ".join(f"{row[n]:.3f}" for row in scores.values()) + " |" for n in names]
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m models.face.evaluate", description=__doc__)
    parser.add_argument("networks", type=Path, nargs="+", help=".onnx files or checkpoints")
    parser.add_argument("--data", type=Path, required=True, help="folder with index.csv")
    parser.add_argument("--sheet", type=Path, help="picture to write: photos, found and true parts")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    try:
        faces = read_faces(options.data)
        scores = {path.stem: evaluate(load(path), faces) for path in options.networks}
        if options.sheet:
            found = [predict_parts(load(options.networks[0]), photo, INPUT_PX) for photo, _ in faces]
            rows = [(photo, made, true) for (photo, true), made in zip(faces, found, strict=True)]
            if not cv2.imwrite(str(options.sheet), sheet(rows)):
                raise OSError(f"cannot write {options.sheet}")
    except (DataError, checkpoint.CheckpointError, OSError, cv2.error) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(json.dumps(scores, indent=2) if options.json else table(scores))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
