"""`python -m models.train NETWORK --data DIR --run DIR --minutes N`: train, or go on where it stopped."""

from __future__ import annotations

import argparse
import csv
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from torch import Tensor

from models import REGISTRY, build, checkpoint
from models.data import DataError, Entry, read_index
from models.layers import Network
from models.losses import LossWeights, compute_losses
from models.metrics import measure, summarise
from models.predict import predict, torch_predictor
from models.stream import Batch, Shape, Stream

# Frames as height, width and how often. Wide as a webcam's, upright as the photos: both are seen in use.
SMALL = ((96, 160, 5), (128, 128, 2), (128, 96, 2), (160, 96, 1))
LARGE = ((160, 288, 5), (224, 224, 2), (256, 192, 3))


@dataclass(frozen=True)
class Recipe:
    """Everything that decides what a run learns. The defaults are what SINet was trained with."""

    network: str = "sinet"
    seed: int = 1
    minutes: float = 0.0  # training time after which the learning rate has fallen to its end; or
    steps: int = 0  # the same in steps, which makes a run repeatable to the bit
    batch: int = 24  # more steps teach a small network more than cleaner gradients do
    small_share: float = (
        0.45  # of the run at small frames: thrice the photos per second, most is learnt there
    )
    learning_rate: float = 4e-3  # highest that stayed stable; falls linearly
    end_rate: float = 0.01  # of the learning rate, at the end
    warmup_steps: int = 200
    weight_decay: float = 1e-2  # on convolutions only
    clip: float = 5.0  # norm of the gradient; the SE gates have no sigmoid and can kick
    average: float = 0.998  # decay of the weights' running mean, ramped up at the start
    boundary: float = 0.3  # with the band of 7 below: about three times the weight near the outline
    dice: float = 0.5
    auxiliary: float = 0.4
    band_px: int = 7
    working_pixels: int = 160 * 288

    def losses(self) -> LossWeights:
        """The weights as the losses take them."""
        return LossWeights(1.0, self.boundary, self.dice, self.auxiliary, self.band_px)


class Average:
    """Running mean of a network's weights and statistics (EMA)."""

    def __init__(self, network: Network) -> None:
        self.state = {name: value.detach().clone() for name, value in network.state_dict().items()}

    def update(self, network: Network, decay: float) -> None:
        """Move towards the network's values by 1 - decay."""
        values = network.state_dict()
        floats = [name for name, value in values.items() if value.is_floating_point()]
        torch._foreach_lerp_([self.state[n] for n in floats], [values[n].detach() for n in floats], 1 - decay)


class Run:
    """One training run: what a checkpoint holds, and the step that moves it on."""

    def __init__(self, recipe: Recipe, state: dict[str, Any] | None = None) -> None:
        torch.manual_seed(recipe.seed)
        self.recipe = recipe
        self.network = build(recipe.network).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.average = Average(self.network)
        matrices = [p for p in self.network.parameters() if p.ndim > 1]
        vectors = [p for p in self.network.parameters() if p.ndim <= 1]
        groups: list[dict[str, Any]] = [{"params": matrices}, {"params": vectors, "weight_decay": 0.0}]
        self.optimiser = torch.optim.AdamW(groups, recipe.learning_rate, weight_decay=recipe.weight_decay)
        self.step = self.samples = 0
        self.seconds = 0.0
        if state:
            self.network.load_state_dict(state["weights"])
            self.average.state = state["average"]
            self.optimiser.load_state_dict(state["optimiser"])
            self.step, self.samples, self.seconds = state["step"], state["samples"], state["seconds"]
            torch.set_rng_state(state["rng"])
        self._weights = recipe.losses()

    def state(self) -> dict[str, Any]:
        """What `__init__` takes back; plain data only."""
        return {
            **checkpoint.describe(self.recipe.network, self.network),
            "recipe": asdict(self.recipe),
            "weights": self.network.state_dict(),
            "average": self.average.state,
            "optimiser": self.optimiser.state_dict(),
            "step": self.step,
            "samples": self.samples,
            "seconds": self.seconds,
            "rng": torch.get_rng_state(),
        }

    def progress(self, step: int | None = None) -> float:
        """Share of the schedule done, 0 to 1: by steps (of `step`, when given) or by training time."""
        if self.recipe.steps:
            return min(1.0, (self.step if step is None else step) / self.recipe.steps)
        return min(1.0, self.seconds / (self.recipe.minutes * 60))

    def plan(self, step: int) -> Shape:
        """Shape of the batch for `step`."""
        sizes = SMALL if self.progress(step) < self.recipe.small_share else LARGE
        shares = np.array([size[2] for size in sizes], float)
        rng = np.random.default_rng([self.recipe.seed, step, 1])
        index = int(rng.choice(len(sizes), p=shares / shares.sum()))
        return Shape(self.recipe.batch, *sizes[index][:2])

    def learn(self, batch: Batch) -> dict[str, float]:
        """One step; the losses by name."""
        recipe = self.recipe
        rate = recipe.learning_rate * min(1.0, (self.step + 1) / recipe.warmup_steps)
        for group in self.optimiser.param_groups:
            group["lr"] = rate * max(recipe.end_rate, 1 - self.progress())
        self.network.train()
        frames = self.network.normalise(torch.from_numpy(batch.frames))
        alphas = torch.from_numpy(batch.alphas).to(torch.float32) / 255
        losses = compute_losses(self.network(frames), alphas, self._weights)
        total: Tensor = torch.stack(list(losses.values())).sum()
        if not torch.isfinite(total):
            raise FloatingPointError(
                f"the loss is {float(total)} at step {self.step}: lower the learning rate"
            )
        self.optimiser.zero_grad(set_to_none=True)
        total.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), recipe.clip)
        self.optimiser.step()
        self.step += 1
        self.samples += len(batch.frames)
        self.average.update(self.network, min(recipe.average, (1 + self.step) / (10 + self.step)))
        return {name: float(value.detach()) for name, value in {"total": total, **losses}.items()}


class Curve:
    """The curve as CSV; rows past the checkpoint that a run goes on from are dropped."""

    def __init__(self, path: Path, columns: Sequence[str], step: int) -> None:
        rows: list[dict[str, str]] = []
        if path.is_file():
            with path.open(newline="", encoding="utf-8") as file:
                rows = [row for row in csv.DictReader(file) if int(row["step"]) <= step]
        self._file = path.open("w", newline="", encoding="utf-8")
        self._writer = csv.DictWriter(self._file, columns, restval="", extrasaction="ignore")
        self._writer.writeheader()
        self._writer.writerows(rows)
        self._file.flush()

    def add(self, row: dict[str, float | int | str]) -> None:
        """Write one row at once."""
        self._writer.writerow({k: f"{v:.5g}" if isinstance(v, float) else v for k, v in row.items()})
        self._file.flush()


def validate(run: Run, photos: dict[str, list[tuple[Any, Any]]]) -> dict[str, float]:
    """fgIoU per source, and their mean, of the averaged weights."""
    network = checkpoint.restore(run.state())
    network = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    predictor = torch_predictor(network)
    found: dict[str, float] = {}
    for source, pairs in photos.items():
        measures = [
            measure(predict(predictor, i, run.recipe.working_pixels), m, boundary=False) for i, m in pairs
        ]
        found[f"val_{source}"] = summarise(measures).fgiou
    return {"val_mean": sum(found.values()) / len(found), **found}


def train(
    recipe: Recipe, data: Path, folder: Path, save_every: float, check_every: float, workers: int
) -> Run:
    """Train until the schedule ends or SIGTERM; the run's folder then holds last.pt and curve.csv."""
    folder.mkdir(parents=True, exist_ok=True)
    last = folder / "last.pt"
    state = checkpoint.load(last) if last.is_file() else None
    if state:
        stored = Recipe(**state["recipe"])
        recipe = Recipe(**{**asdict(stored), "minutes": recipe.minutes, "steps": recipe.steps})
    run = Run(recipe, state)
    checked = _read_by_source(read_index(data, "val")) if check_every else {}
    names = ["total", "segmentation", "boundary", "dice", "auxiliary"]
    head = ["step", "samples", "seconds", "rate", "per_second", "size"]
    curve = Curve(folder / "curve.csv", [*head, *names, "val_mean", *(f"val_{s}" for s in checked)], run.step)
    stop: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: stop.append(number))
    largest = max(recipe.batch * h * w for h, w, _ in (*SMALL, *LARGE))
    stream = Stream(data, run.plan, largest, recipe.seed, run.step, workers)
    before = time.monotonic()
    saved = checked_at = run.seconds
    recent: list[dict[str, float]] = []
    mark = (run.seconds, run.samples)
    for batch in stream if run.progress() < 1 else ():
        if run.step == 0 and run.seconds == 0:
            before = time.monotonic()  # decoding the photos is no training
        recent.append(run.learn(batch))
        run.seconds, before = run.seconds + time.monotonic() - before, time.monotonic()
        ends = bool(stop) or run.progress() >= 1
        check = bool(check_every) and (ends or run.seconds - checked_at >= check_every)
        if ends or check or len(recent) >= 100:
            row: dict[str, float | int | str] = {
                "step": run.step,
                "samples": run.samples,
                "seconds": run.seconds,
            }
            row["rate"] = run.optimiser.param_groups[0]["lr"]
            row["per_second"] = (run.samples - mark[1]) / max(run.seconds - mark[0], 1e-9)
            row["size"] = "{}x{}".format(*batch.frames.shape[1:3])
            row |= {name: float(np.mean([r[name] for r in recent])) for name in recent[0]}
            if check:
                row |= validate(run, checked)
                checked_at = run.seconds
            curve.add(row)
            print(
                " ".join(f"{k}={v:.4g}" if isinstance(v, float) else f"{k}={v}" for k, v in row.items()),
                flush=True,
            )
            recent, mark = [], (run.seconds, run.samples)
        if ends or run.seconds - saved >= save_every:
            checkpoint.save(last, run.state())
            saved = run.seconds
        if ends:
            break
    stream.close()
    return run


def _read_by_source(entries: Sequence[Entry]) -> dict[str, list[tuple[Any, Any]]]:
    photos: dict[str, list[tuple[Any, Any]]] = {}
    for entry in entries:
        photos.setdefault(entry.source, []).append(entry.read())
    return photos


def main(arguments: Sequence[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m models.train", description=__doc__)
    parser.add_argument("network", choices=sorted(REGISTRY))
    parser.add_argument("--data", type=Path, required=True, help="folder with index.csv")
    parser.add_argument(
        "--run", type=Path, required=True, help="folder of the run; if it holds last.pt, go on from it"
    )
    length = parser.add_mutually_exclusive_group(required=True)
    length.add_argument("--minutes", type=float, default=0.0, help="training time of the whole run")
    length.add_argument("--steps", type=int, default=0, help="length in steps instead")
    for name in ("seed", "batch"):
        parser.add_argument(f"--{name}", type=int, default=getattr(Recipe, name))
    for name in ("learning_rate", "small_share", "weight_decay", "boundary", "dice", "auxiliary", "average"):
        parser.add_argument(f"--{name.replace('_', '-')}", type=float, default=getattr(Recipe, name))
    parser.add_argument("--threads", type=int, default=1, help="of torch")
    parser.add_argument(
        "--workers", type=int, default=1, help="processes that make frames; each holds all photos"
    )
    parser.add_argument("--save-every", type=float, default=120.0, help="seconds between checkpoints")
    parser.add_argument(
        "--check-every", type=float, default=300.0, help="seconds between validations; 0: none"
    )
    options = vars(parser.parse_args(arguments))
    torch.set_num_threads(options.pop("threads"))
    cv2.setNumThreads(1)
    data, folder, workers = options.pop("data"), options.pop("run"), options.pop("workers")
    save_every, check_every = options.pop("save_every"), options.pop("check_every")
    try:
        run = train(Recipe(**options), data, folder, save_every, check_every, workers)
    except (DataError, checkpoint.CheckpointError, FloatingPointError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(f"{run.step} steps, {run.samples} samples, {run.seconds:.0f} s; checkpoint {folder / 'last.pt'}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
