"""`python -m models.train_face PACK --run DIR --minutes N`: train the network for parts of the face, or continue."""

from __future__ import annotations

import argparse
import csv
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch.nn import functional

from models.data.dataset import DataError
from models.data.face.pack import read_pack
from models.data.face.stream import FaceStream
from models.evaluation.parts_metrics import confusion, f1, mean_f1, predict_parts
from models.networks.face_parts import face_parts
from models.training import checkpoint
from models.training.config import TrainingConfig
from models.training.optimiser import learning_rate, make_optimiser
from models.training.parts_losses import parts_losses
from models.training.trainer import Average

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from models.data.face.pack import Pack
    from models.networks.face_parts import FaceParts
    from models.networks.layers import Network

NETWORK = "face_parts"
SMALL_PX, LARGE_PX, INPUT_PX, MEASURED_PX = 128, 192, 192, 256
SAVE_EVERY_S, REPORT_EVERY = 120, 100


class FaceTrainer:
    """A run: network, moving average, optimiser and clock. Its state is a checkpoint as those of `models.train`."""

    def __init__(self, config: TrainingConfig, state: dict[str, Any] | None) -> None:
        self.config = config
        self.network = face_parts(**config.options)  # type: ignore[arg-type]  # the stored options are its arguments
        self.network = self.network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.optimiser = make_optimiser(config, self.network.parameters())
        self.step = self.samples = 0
        self.seconds = 0.0
        if state:
            checkpoint.load_weights(self.network, state, "weights")
            self.optimiser.load_state_dict(state["optimiser"])
            self.step, self.samples, self.seconds = state["step"], state["samples"], state["seconds"]
            self.network.mean, self.network.std = tuple(state["mean"]), tuple(state["std"])
        self.average = Average(self.network)
        if state:
            self.average.state = state["average"]

    def start_from(self, state: dict[str, Any]) -> int:
        """Take all weights of another checkpoint's average that have the same name and shape; return their number."""
        own = self.network.state_dict()
        same = {n: v for n, v in state["average"].items() if n in own and own[n].shape == v.shape}
        self.network.load_state_dict({**own, **same})
        self.network.mean, self.network.std = tuple(state["mean"]), tuple(state["std"])
        self.average = Average(self.network)
        return len(same)

    def state(self) -> dict[str, Any]:
        """The state for a checkpoint."""
        return {
            **checkpoint.describe(NETWORK, self.network, self.config.options),
            "recipe": vars(self.config),
            "weights": self.network.state_dict(),
            "average": self.average.state,
            "optimiser": self.optimiser.state_dict(),
            "step": self.step,
            "samples": self.samples,
            "seconds": self.seconds,
        }

    def progress(self) -> float:
        """Progress of the run by time, 0 to 1."""
        return min(1.0, self.seconds / (self.config.minutes * 60))

    def plan(self, step: int) -> tuple[int, int]:
        """Number of windows and their side in pixels: small ones first."""
        del step
        return self.config.batch, SMALL_PX if self.progress() < self.config.small_share else LARGE_PX

    def learn(self, frames: torch.Tensor, parts: torch.Tensor) -> dict[str, float]:
        """One training step; return the losses by name. Raises FloatingPointError."""
        rate = learning_rate(self.config, self.step, self.progress())
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        self.network.train()
        with torch.autocast("cpu", torch.bfloat16, self.config.precision == "bfloat16"):
            outputs = self.network(self.network.normalise(frames))
        outputs = outputs._replace(
            logits=outputs.logits.float(),
            auxiliary=tuple(logits.float() for logits in outputs.auxiliary),
            outline=None if outputs.outline is None else outputs.outline.float(),
        )
        losses = parts_losses(outputs, parts)
        total = torch.stack(list(losses.values())).sum()
        self.optimiser.zero_grad(set_to_none=True)
        total.backward()  # type: ignore[no-untyped-call]
        norm = torch.nn.utils.clip_grad_norm_(self.network.parameters(), self.config.clip)
        if not torch.isfinite(norm):
            raise FloatingPointError(
                f"the gradient is not finite at step {self.step}; use a lower learning rate"
            )
        self.optimiser.step()
        self.step += 1
        self.samples += len(frames)
        self.average.update(self.network, min(self.config.average, (1 + self.step) / (10 + self.step)))
        return {name: float(value.detach()) for name, value in losses.items()}


def torch_parts(network: Network, frame: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Probabilities of the parts, float32 [15, h, w], of a frame, uint8 [H, W, 3] BGR."""
    with torch.inference_mode():
        logits = network(network.normalise(torch.from_numpy(frame[None]))).logits
        return np.asarray(logits.softmax(1)[0].numpy(), np.float32)


def validate(state: dict[str, Any], pack: Pack) -> dict[str, float]:
    """F1 of the averaged weights on the val faces at 256x256, by class, and their mean, `mean`."""
    network = checkpoint.restore(state)
    pairs = []
    for face, parts in zip(pack.val_faces, pack.val_parts, strict=True):
        true = functional.interpolate(
            torch.from_numpy(parts)[None, None].float(), MEASURED_PX, mode="nearest-exact"
        )
        small = functional.interpolate(
            torch.from_numpy(face).permute(2, 0, 1)[None].float(),
            MEASURED_PX,
            mode="bilinear",
            antialias=True,
        )
        frame = small[0].permute(1, 2, 0).round().clamp(0, 255).to(torch.uint8).numpy()
        found = predict_parts(lambda crop: torch_parts(network, crop), frame, INPUT_PX)
        pairs.append((true[0, 0].to(torch.uint8).numpy(), found))
    scores = f1(confusion(pairs))
    return {"mean": mean_f1(scores), **scores}


def train(
    config: TrainingConfig, pack: Path, folder: Path, check_every_s: float, start: Path | None
) -> FaceTrainer:
    """Train until the time is over; write last.pt and curve.csv into `folder`, which a later call continues.

    Raises DataError, CheckpointError, FloatingPointError.
    """
    last = folder / "last.pt"
    trainer = FaceTrainer(config, checkpoint.load(last) if last.is_file() else None)
    if start and not trainer.step:
        print(f"{trainer.start_from(checkpoint.load(start))} tensors from {start}", flush=True)
    folder.mkdir(parents=True, exist_ok=True)
    faces = read_pack(pack)
    stream = FaceStream(pack, trainer.plan, config.seed, trainer.step)
    saved = checked = trainer.seconds
    recent: list[dict[str, float]] = []
    before: float | None = None
    try:
        for frames, parts in stream:
            before = before or time.monotonic()
            recent.append(trainer.learn(frames, parts))
            now = time.monotonic()
            trainer.seconds, before = trainer.seconds + now - before, now
            ends = trainer.progress() >= 1
            if ends or trainer.seconds - saved >= SAVE_EVERY_S:
                saved = trainer.seconds
                checkpoint.save(last, trainer.state())
            checks = ends or trainer.seconds - checked >= check_every_s
            if checks or trainer.step % REPORT_EVERY == 0:
                row = {"step": trainer.step, "samples": trainer.samples, "seconds": round(trainer.seconds)}
                losses = {name: round(sum(x[name] for x in recent) / len(recent), 4) for name in recent[0]}
                scores = validate(trainer.state(), faces) if checks else {}
                checked = trainer.seconds if checks else checked
                before = time.monotonic()
                _report(folder / "curve.csv", {**row, **losses}, scores)
                recent = []
            if ends:
                break
    finally:
        stream.close()
    return trainer


def _report(path: Path, row: dict[str, float], scores: dict[str, float]) -> None:
    row |= {f"f1_{name}": round(value, 4) for name, value in scores.items()}
    print(" ".join(f"{name}={value}" for name, value in row.items()), flush=True)
    if scores:
        new = not path.is_file()
        with path.open("a", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(row))
            if new:
                writer.writeheader()
            writer.writerow(row)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m models.train_face", description=__doc__)
    parser.add_argument("pack", type=Path, help="file that `models.pack_faces` wrote")
    parser.add_argument(
        "--run", type=Path, required=True, help="folder of the run; continues it if it holds last.pt"
    )
    parser.add_argument("--minutes", type=float, required=True, help="training time of the whole run")
    parser.add_argument("--start", type=Path, help="checkpoint whose fitting weights a new run starts from")
    parser.add_argument("--batch", type=int, default=24, help="windows per step (default: %(default)s)")
    parser.add_argument("--learning-rate", type=float, default=3e-3, help="highest (default: %(default)s)")
    parser.add_argument("--small-share", type=float, default=0.4, help="share of the run at small windows")
    parser.add_argument("--precision", default="bfloat16", choices=("float32", "bfloat16"))
    parser.add_argument("--check-every", type=float, default=300.0, help="seconds between validations")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    config = TrainingConfig(
        network=NETWORK,
        minutes=options.minutes,
        seed=options.seed,
        batch=options.batch,
        learning_rate=options.learning_rate,
        small_share=options.small_share,
        precision=options.precision,
    )
    try:
        trainer = train(config, options.pack, options.run, options.check_every, options.start)
    except (DataError, checkpoint.CheckpointError, FloatingPointError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(f"{trainer.step} steps, {trainer.samples} samples; checkpoint {options.run / 'last.pt'}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
