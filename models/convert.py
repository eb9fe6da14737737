"""`python -m models.convert PUBLISHED.pth OUT`: convert published weights to a checkpoint or .onnx file.

SINet becomes `sinet_published`. EfficientNet-Lite0 becomes the backbone of `bisenet` or another --network,
whose other weights are random: a checkpoint that training can start from (`models.train --start`).
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from models import build
from models.data.dataset import DataError
from models.export import ExportError, export
from models.networks.efficientnet import EfficientNetLite0
from models.networks.sinet import SINet
from models.training import checkpoint

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.networks.layers import Network

# Pattern of the published name, replacement. Exactly one row matches each published name.
_RENAMES: tuple[tuple[str, str], ...] = (
    (r"encoder\.level1\.conv\.", "encoder.stem.0."),
    (r"encoder\.level1\.bn\.", "encoder.stem.1."),
    (r"encoder\.level1\.act\.", "encoder.stem.2."),
    (r"encoder\.level([23])_0\.conv\.0\.", r"encoder.down\1.depthwise."),
    (r"encoder\.level([23])_0\.conv\.1\.", r"encoder.down\1.excite."),
    (r"encoder\.level([23])_0\.conv\.2\.", r"encoder.down\1.pointwise."),
    (r"encoder\.level([23])_0\.bn\.", r"encoder.down\1.norm."),
    (r"encoder\.level([23])_0\.act\.", r"encoder.down\1.activation."),
    (r"encoder\.level([23])\.(\d)\.c1\.conv\.", r"encoder.level\1.\2.reduce."),
    (r"encoder\.level([23])\.(\d)\.d1\.", r"encoder.level\1.\2.left."),
    (r"encoder\.level([23])\.(\d)\.d2\.", r"encoder.level\1.\2.right."),
    (r"encoder\.level([23])\.(\d)\.BR\.bn\.", r"encoder.level\1.\2.norm."),
    (r"encoder\.level([23])\.(\d)\.BR\.act\.", r"encoder.level\1.\2.activation."),
    (r"encoder\.BR([23])\.bn\.", r"encoder.join\1.0."),
    (r"encoder\.BR([23])\.act\.", r"encoder.join\1.1."),
    (r"encoder\.classifier\.conv\.", "encoder.classify."),
    (r"level2_C\.conv\.", "detail.0."),
    (r"level2_C\.bn\.", "detail.1."),
    (r"level2_C\.act\.", "detail.2."),
    (r"bn_3\.", "norm8."),
    (r"bn_2\.", "norm4."),
    (r"classifier\.1\.", "classify."),
)
_IN_BLOCK: tuple[tuple[str, str], ...] = (
    (r"(left|right)\.conv\.0\.", r"\1.depthwise."),
    (r"(left|right)\.conv\.1\.", r"\1.norm1."),
    (r"(left|right)\.act_conv1x1\.0\.", r"\1.activation."),
    (r"(left|right)\.act_conv1x1\.1\.", r"\1.pointwise."),
    (r"(left|right)\.bn\.", r"\1.norm2."),
)


def rename(published: dict[str, Tensor]) -> dict[str, Tensor]:
    """Rename the state of the published SINet. Raises ValueError for a name that SINet does not have."""
    renamed: dict[str, Tensor] = {}
    for name, tensor in published.items():
        plain = name.removeprefix("module.")
        for old, new in _RENAMES:
            plain, count = re.subn("^" + old, new, plain)
            if count:
                break
        else:
            raise ValueError(f"{name!r} is not a name of the published SINet checkpoint")
        for old, new in _IN_BLOCK:
            plain = re.sub(old, new, plain)
        renamed[plain] = tensor
    return renamed


def load_published(path: Path) -> SINet:
    """Load the published SINet, in eval mode. Raises CheckpointError, ValueError."""
    state = checkpoint.read(path)
    network = build("sinet_published")
    assert isinstance(network, SINet)
    try:
        network.load_state_dict(rename(state))
    except (RuntimeError, AttributeError) as error:
        raise ValueError(f"{path} is not the published SINet checkpoint: {error}") from None
    network.eval()
    return network


def rename_efficientnet(published: dict[str, Tensor], new_names: Sequence[str]) -> dict[str, Tensor]:
    """Rename the state of the published EfficientNet-Lite0, drop its classifier, change RGB to BGR.

    new_names: in the order of the published layers. Raises ValueError if the numbers differ.
    """
    counter, classifier = "num_batches_tracked", ("_conv_head", "_bn1", "_fc")
    old_names = [n for n in published if not n.endswith(counter) and not n.startswith(classifier)]
    names = [name for name in new_names if not name.endswith(counter)]
    if len(old_names) != len(names):
        raise ValueError(f"it has {len(old_names)} arrays, EfficientNet-Lite0 has {len(names)}")
    state = {name: published[old] for name, old in zip(names, old_names, strict=True)}
    state[names[0]] = state[names[0]].flip(1)
    return state


def load_efficientnet(path: Path, name: str = "bisenet") -> Network:
    """Build a network with the published weights in its backbone. Raises CheckpointError, ValueError."""
    torch.manual_seed(1)
    network = build(name)
    backbone = getattr(network, "backbone", None)
    if not isinstance(backbone, EfficientNetLite0):
        raise ValueError(f"the backbone of {name} is not EfficientNet-Lite0")
    try:
        state = rename_efficientnet(checkpoint.read(path), list(backbone.state_dict()))
        backbone.load_state_dict(state, strict=False)
    except (RuntimeError, AttributeError, ValueError) as error:
        raise ValueError(f"{path} is not the published EfficientNet-Lite0: {error}") from None
    return network.eval()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m models.convert", description=__doc__)
    parser.add_argument("published", type=Path, help="published .pth file")
    parser.add_argument("out", type=Path, help="file to write: .pt (checkpoint) or .onnx (for the app)")
    parser.add_argument(
        "--network",
        default="bisenet",
        help="whose backbone EfficientNet-Lite0 becomes (default: %(default)s)",
    )
    options = parser.parse_args(arguments)
    out: Path = options.out
    try:
        if out.suffix not in (".pt", ".onnx"):
            raise ValueError(f"{out} must end in .pt or .onnx")
        state = checkpoint.read(options.published)
        is_efficientnet = isinstance(state, dict) and "_conv_stem.weight" in state
        name = options.network if is_efficientnet else "sinet_published"
        if is_efficientnet and out.suffix == ".onnx":
            raise ValueError("EfficientNet-Lite0 is only a start for training; OUT must end in .pt")
        published = options.published
        network = load_efficientnet(published, name) if is_efficientnet else load_published(published)
        if out.suffix == ".pt":
            weights = network.state_dict()
            state = {**checkpoint.describe(name, network), "weights": weights, "average": weights}
            checkpoint.save(out, state)
        else:
            export(name, network, out)
    except (ValueError, checkpoint.CheckpointError, ExportError, DataError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(out)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
