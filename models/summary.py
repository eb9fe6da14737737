"""`python -m models.summary [NAMES] [--size HxW]`: count parameters and multiply-adds; compare with papers.

The network is counted in eval mode. A multiplication with its addition is one; convolutions and linear layers
are counted, but not batch norm (export folds it into convolutions), activations, pooling, resizing and sums.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from models import REGISTRY, build
from models.networks import stdc
from models.networks.blocks import conv_norm
from models.networks.layers import SIZE_MULTIPLE

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class Count:
    """parameters: used in eval mode. training: used in training only. multiply_adds: of one frame."""

    parameters: int
    training: int
    multiply_adds: float


@dataclass(frozen=True)
class Published:
    """The figures of a paper at size (height, width), and a note why our count differs."""

    size: tuple[int, int]
    parameters: str
    multiply_adds: str
    note: str


_STDC = (
    "counted with the classification head that the paper's figures hold; what is left is what a depthwise "
    "3x3 before each strided step, as in its authors' code ({}), and batch norm, ReLU and pooling ({}) add"
)
PUBLISHED = {
    "bisenet_xception39": Published(
        (360, 640),
        "5.8 M",
        "2.9 G",
        "its units must be powers of two: 1.548 M parameters are 5.90 MiB of float32 and 3.05 G are 2.84 "
        "x 2^30 (2.85 with 22.5 and 11.25 rows at strides 16 and 32 rounded up); 2% of the parameters are "
        "left over",
    ),
    "deeplab_published": Published(
        (321, 321),
        "20.5 M",
        "",
        "the published figure is without the multi-scale prediction, which has 1.2 M",
    ),
    "densenet56_published": Published(
        (224, 224), "1.5 M", "", "the table of the paper's layers gives 1.37 M, other implementations too"
    ),
    "densenet67_published": Published((224, 224), "3.5 M", "", "2 classes in place of 11"),
    "densenet103_published": Published((224, 224), "9.4 M", "", "2 classes in place of 11"),
    "sinet_published": Published((224, 224), "86.9 K", "0.064 G", "no difference"),
    "stdc1 + classifier": Published(
        (224, 224), "8.4 M", "0.81 G", _STDC.format("10 K parameters, 0.002 G", "0.007 G")
    ),
    "stdc2 + classifier": Published(
        (224, 224), "12.5 M", "1.45 G", _STDC.format("10 K parameters, 0.002 G", "0.009 G")
    ),
}
CLASSIFIERS = {"stdc1": stdc.STDC1, "stdc2": stdc.STDC2}
PORTRAIT = (160, 288)  # height and width for networks without published figures


class Classifier(nn.Module):
    """STDC's backbone with the classification head that its published figures include."""

    def __init__(self, modules: tuple[int, int, int]) -> None:
        super().__init__()
        self.backbone = stdc.Backbone(modules)
        channels = self.backbone.channels[2]
        self.head = nn.Sequential(
            *(conv_norm(channels, 1024), nn.AdaptiveAvgPool2d(1), nn.Flatten()),
            *(nn.Linear(1024, 1024, bias=False), nn.BatchNorm1d(1024), nn.ReLU(), nn.Linear(1024, 1000)),
        )

    def forward(self, frame: Tensor) -> Tensor:
        """[N, 3, H, W] to logits [N, 1000]."""
        logits: Tensor = self.head(self.backbone(frame)[-1])
        return logits


def count(network: nn.Module, size: tuple[int, int]) -> Count:
    """Count parameters and multiply-adds of a network at size (height, width).

    Sizes that are not multiples of 32 are rounded up, and the multiply-adds scaled by the number of pixels.
    """
    height, width = (-(-side // SIZE_MULTIPLE) * SIZE_MULTIPLE for side in size)
    total = 0
    ran: set[int] = set()

    def hook(module: nn.Module, _: object, output: Tensor) -> None:
        nonlocal total
        ran.update(id(parameter) for parameter in module.parameters(recurse=False))
        if isinstance(module, nn.Conv2d):
            total += output.numel() * module.weight[0].numel()
        elif isinstance(module, nn.Linear):
            total += output.numel() * module.in_features

    leaves = [
        module for module in network.modules() if next(module.parameters(recurse=False), None) is not None
    ]
    handles = [module.register_forward_hook(hook) for module in leaves]
    was_training = network.training
    try:
        device = next(network.parameters()).device
        network.eval()(torch.zeros(1, 3, height, width, device=device))
    finally:
        network.train(was_training)
        for handle in handles:
            handle.remove()
    sizes = {id(parameter): parameter.numel() for parameter in network.parameters()}
    used = sum(number for key, number in sizes.items() if key in ran)
    return Count(used, sum(sizes.values()) - used, total * size[0] * size[1] / (height * width))


def row(name: str, network: nn.Module, size: tuple[int, int] | None = None) -> str:
    """One row of the table. size: default: the published one, else 160x288."""
    published = PUBLISHED.get(name)
    size = size or (published.size if published else PORTRAIT)
    counted = count(network, size)
    paper = ("", "", "")
    if published and size == published.size:
        paper = (published.parameters, published.multiply_adds, published.note)
    elif published:
        paper = (published.parameters, "", "published at another size")
    cells = [name, f"{size[0]}x{size[1]}", f"{counted.parameters / 1e6:.3f} M", paper[0]]
    cells += [f"{counted.multiply_adds / 1e9:.3f} G", paper[1], f"{counted.training / 1e6:.3f} M", paper[2]]
    return f"| {' | '.join(cells)} |"


def table(names: Sequence[str], size: tuple[int, int] | None = None) -> str:
    """Markdown table of networks; stdc1 and stdc2 have a second row with their classification head."""
    lines = [
        "| network | size | parameters | published | multiply-adds | published | only in training | why |",
        "|---|---|---|---|---|---|---|---|",
    ]
    # The meta device has shapes without values, which is enough to count and takes no time.
    with torch.device("meta"):
        for name in names:
            lines.append(row(name, build(name), size))
            if name in CLASSIFIERS:
                lines.append(row(f"{name} + classifier", Classifier(CLASSIFIERS[name]), size))
    return "\n".join(lines)


def _size(text: str) -> tuple[int, int]:
    height, width = (int(side) for side in text.split("x"))
    if height < 1 or width < 1:
        raise ValueError(text)
    return height, width


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m models.summary", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAMES", help="networks (default: all)")
    parser.add_argument(
        "--size",
        type=_size,
        metavar="HxW",
        help="height and width (default: the published ones, else 160x288)",
    )
    options = parser.parse_args(arguments)
    try:
        print(table(options.names or sorted(REGISTRY), options.size))
    except ValueError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
