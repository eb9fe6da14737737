"""`python -m models.convert PUBLISHED.pth OUT`: published weights as a checkpoint of ours, or .onnx.

SINet's become `sinet_published`. EfficientNet-Lite0's become the context path of `bisenet`, whose other
weights are random: a start for training (`models.train --start`), no use otherwise.
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
from models.networks.bisenet import BiSeNet
from models.networks.sinet import SINet
from models.training import checkpoint

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.networks.layers import Network

# Published name, ours. Applied in order; each published name is matched by exactly one row.
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
    """State of the published SINet under our names. Raises ValueError for a name that SINet does not have."""
    ours: dict[str, Tensor] = {}
    for name, tensor in published.items():
        plain = name.removeprefix("module.")
        for old, new in _RENAMES:
            plain, count = re.subn("^" + old, new, plain)
            if count:
                break
        else:
            raise ValueError(f"{name!r} is no name of the published SINet checkpoint")
        for old, new in _IN_BLOCK:
            plain = re.sub(old, new, plain)
        ours[plain] = tensor
    return ours


def load_published(path: Path) -> SINet:
    """The published network with its weights, in eval mode. Raises CheckpointError, ValueError."""
    state = checkpoint.read(path)
    network = build("sinet_published")
    assert isinstance(network, SINet)
    try:
        network.load_state_dict(rename(state))
    except (RuntimeError, AttributeError) as error:
        raise ValueError(f"{path} is not the published SINet checkpoint: {error}") from None
    network.eval()
    return network


def rename_efficientnet(published: dict[str, Tensor], ours: Sequence[str]) -> dict[str, Tensor]:
    """State of the published EfficientNet-Lite0 without its classifier, under `ours`, its colours as B G R.

    ours: the names of our state. Both list the same layers in the same order. Raises ValueError.
    """
    counter, beyond = "num_batches_tracked", ("_conv_head", "_bn1", "_fc")
    theirs = [name for name in published if not name.endswith(counter) and not name.startswith(beyond)]
    names = [name for name in ours if not name.endswith(counter)]
    if len(theirs) != len(names):
        raise ValueError(f"it has {len(theirs)} arrays, EfficientNet-Lite0 {len(names)}")
    state = {name: published[old] for name, old in zip(names, theirs, strict=True)}
    state[names[0]] = state[names[0]].flip(1)
    return state


def load_efficientnet(path: Path) -> BiSeNet:
    """`bisenet` whose context path is the published network. Raises CheckpointError, ValueError."""
    torch.manual_seed(1)
    network = build("bisenet")
    assert isinstance(network, BiSeNet)
    try:
        state = rename_efficientnet(checkpoint.read(path), list(network.backbone.state_dict()))
        network.backbone.load_state_dict(state, strict=False)
    except (RuntimeError, AttributeError, ValueError) as error:
        raise ValueError(f"{path} is not the published EfficientNet-Lite0: {error}") from None
    return network.eval()


def main(arguments: Sequence[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m models.convert", description=__doc__)
    parser.add_argument("published", type=Path, help="the published .pth")
    parser.add_argument("out", type=Path, help="a .pt (our checkpoint) or an .onnx (for the app)")
    options = parser.parse_args(arguments)
    out: Path = options.out
    try:
        if out.suffix not in (".pt", ".onnx"):
            raise ValueError(f"{out} must end in .pt or .onnx")
        state = checkpoint.read(options.published)
        starts = isinstance(state, dict) and "_conv_stem.weight" in state
        name = "bisenet" if starts else "sinet_published"
        if starts and out.suffix == ".onnx":
            raise ValueError("EfficientNet-Lite0 is a start for training only: name a .pt")
        network: Network = (
            load_efficientnet(options.published) if starts else load_published(options.published)
        )
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
