"""`python -m models.instance.evaluate CHECKPOINTS`: mask AP and boundary AP of instance networks.

Measured on composed frames of people of the val split, before rooms of `--backgrounds`, and on the frames of
`--crossing`, where four real people cross. The last two columns are of the mask head alone: means over true
persons of mask IoU and boundary IoU within the true box. With --sheet the found persons are drawn.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np
import torch

from models.data.dataset import Bank, DataError, pyramid, read_images
from models.data.people.crossing import crossing_frames
from models.data.people.frames import MOST_PEOPLE, PeopleComposer, masks_of
from models.evaluation.composed_command import cut_outs
from models.evaluation.people.instance_metrics import compare, summarise
from models.evaluation.predict import resized, working_size
from models.instance.export import load_network
from models.networks.instance.roi_align import paste
from models.training import checkpoint
from models.training.instance.trainer import SIZE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import TypeAlias

    from numpy.typing import NDArray

    from models.data.dataset import Pixels
    from models.evaluation.people.instance_metrics import FrameResult, Masks, Values
    from models.networks.instance.network import InstanceNetwork

    # Frame, true masks [P, H, W], pixels that do not count [H, W] or None.
    Labelled: TypeAlias = tuple[Pixels, Masks, Masks | None]

SHOWN_SCORE = 0.5
_COLOURS = np.array([(60, 60, 230), (60, 200, 60), (230, 120, 40), (40, 200, 230), (220, 60, 220)])


def find(network: InstanceNetwork, frame: Pixels) -> tuple[Values, Masks]:
    """Scores [D] and masks, bool [D, H, W], of a frame of any size, uint8 [H, W, 3]."""
    height, width = frame.shape[:2]
    size = working_size(height, width, network.working_pixels)
    with torch.inference_mode():
        pixels = torch.from_numpy(resized(frame, size)[None])
        found = network(network.normalise(pixels))
        scale = torch.tensor([width / size[1], height / size[0]] * 2)
        masks = paste(found.masks, found.boxes * scale, height, width)[0] > 0.5
        return found.scores[0].double().numpy(), masks.numpy()


def composed_frames(data: Path, alphas: Path, rooms: Path, count: int, seed: int) -> Iterator[Labelled]:
    """Frames of 1 to 5 people of the val split. Raises DataError."""
    photos = {
        source: [person.photo for person in people]
        for source, people in cut_outs(data, "val", alphas).items()
    }
    composer = PeopleComposer(Bank(photos, [pyramid(image) for image in read_images(rooms)]))
    for number in range(count):
        rng = np.random.default_rng([seed, number])
        frame, people = composer(*SIZE, rng, 1 + number % MOST_PEOPLE)
        yield frame, masks_of(people), None


def labelled_crossing(folder: Path) -> list[Labelled]:
    """The frames of `crossing`; what shows bags does not count. Raises DataError."""
    return [(frame, masks_of(people), bags) for frame, people, bags in crossing_frames(folder)]


def masks_in_true_boxes(network: InstanceNetwork, frame: Pixels, true: Masks) -> Masks:
    """What the mask head finds in the true boxes, bool [P, H, W]: the head alone, without the detector."""
    height, width = frame.shape[:2]
    size = working_size(height, width, network.working_pixels)
    scale = torch.tensor([width / size[1], height / size[0]] * 2)
    sides = [(np.flatnonzero(mask.any(0)), np.flatnonzero(mask.any(1))) for mask in true]
    tight = [(x[0], y[0], x[-1] + 1, y[-1] + 1) for x, y in sides]
    boxes = torch.tensor(np.array(tight, np.float32).reshape(1, -1, 4))
    if not len(true):
        return true
    with torch.inference_mode():
        features = network.pyramid(network.normalise(torch.from_numpy(resized(frame, size)[None])))
        masks = network.mask.masks(network.mask(features, boxes / scale))
        pasted = paste(masks.reshape(1, len(true), *masks.shape[-2:]), boxes, height, width)
        return np.asarray(pasted[0].numpy() > 0.5, np.bool_)


class Result(NamedTuple):
    """The persons found in frames, and per true person the mask IoU and boundary IoU within the true box."""

    frames: list[FrameResult]
    mask_ious: list[float]
    boundary_ious: list[float]


def evaluate(network: InstanceNetwork, frames: Iterable[Labelled]) -> Result:
    """Find the persons of every frame and compare them with the true ones."""
    result = Result([], [], [])
    for frame, true, void in frames:
        result.frames.append(compare(*find(network, frame), true, void))
        inside = masks_in_true_boxes(network, frame, true)
        own = compare(np.ones(len(true)), inside, true, void)
        result.mask_ious.extend(np.diag(own.mask_ious).tolist())
        result.boundary_ious.extend(np.diag(own.boundary_ious).tolist())
    return result


def table(rows: Sequence[tuple[str, str, Result]]) -> str:
    """Markdown table: network, frames, and AP, AP50, AP75, boundary AP and IoUs in percent."""
    lines = [
        "| network | frames | persons | AP | AP50 | AP75 | boundary AP | mask IoU | boundary IoU |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for name, kind, result in rows:
        means = [float(np.mean(ious)) for ious in (result.mask_ious, result.boundary_ious)]
        values = " | ".join(f"{100 * value:.1f}" for value in (*summarise(result.frames).values(), *means))
        lines.append(f"| {name} | {len(result.frames)} {kind} | {len(result.mask_ious)} | {values} |")
    return "\n".join(lines)


def drawn(frame: Pixels, scores: Values, masks: Masks) -> Pixels:
    """The frame with each person of a score above one half in a colour, the surest on top."""
    out = frame.astype(np.float32)
    for index in np.flatnonzero(scores > SHOWN_SCORE)[::-1]:
        colour = _COLOURS[int(index) % len(_COLOURS)].astype(np.float32)
        out[masks[index]] = 0.5 * frame[masks[index]] + 0.5 * colour
    return out.astype(np.uint8)


def sheet(networks: Sequence[InstanceNetwork], frames: Sequence[Pixels]) -> NDArray[np.uint8]:
    """One row per frame: the frame, then what each network finds. The frames have one size."""
    rows = []
    for frame in frames:
        rows.append(np.hstack([frame, *(drawn(frame, *find(network, frame)) for network in networks)]))
    return np.vstack(rows)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m models.instance.evaluate", description=__doc__)
    parser.add_argument("checkpoints", type=Path, nargs="+", help="checkpoints, as last.pt of a run")
    parser.add_argument("--data", type=Path, help="folder with index.csv, for composed frames")
    parser.add_argument("--teacher-alphas", type=Path, help="folder with alphas of the photos of --data")
    parser.add_argument("--backgrounds", type=Path, help="folder of rooms that training never saw")
    parser.add_argument("--count", type=int, default=200, help="composed frames (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--crossing", type=Path, help="folder with frames and instances")
    parser.add_argument("--sheet", type=Path, help="picture to write: eight frames of each kind")
    options = parser.parse_args(arguments)
    composing = (options.data, options.teacher_alphas, options.backgrounds)
    if any(composing) != all(composing) or not (options.data or options.crossing):
        parser.error("name --data, --teacher-alphas and --backgrounds, or --crossing, or all of them")
    torch.set_num_threads(1)
    try:
        networks = [load_network(path) for path in options.checkpoints]
        kinds: dict[str, list[Labelled]] = {}
        if options.data:
            kinds["composed"] = list(composed_frames(*composing, options.count, options.seed))
        if options.crossing:
            kinds["crossing"] = labelled_crossing(options.crossing)
        rows = [
            (name, kind, evaluate(network, frames))
            for kind, frames in kinds.items()
            for name, network in networks
        ]
        print(table(rows))
        for kind, frames in kinds.items() if options.sheet else ():
            shown = [frame for frame, _, _ in frames[:: max(1, len(frames) // 8 + 1)]]
            path = options.sheet.with_stem(f"{options.sheet.stem}_{kind}")
            if not cv2.imwrite(str(path), sheet([network for _, network in networks], shown)):
                raise DataError(f"cannot write {path}")
    except (checkpoint.CheckpointError, DataError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
