"""Checks that every network must pass; each network's tests call them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import onnxruntime as ort
import torch
from numpy.testing import assert_allclose
from torch import Tensor, nn

from models.export import describe, to_onnx

if TYPE_CHECKING:
    from models.networks.layers import Network


def randomise_norms(network: Network) -> Network:
    """Randomise the batch norms, so that alphas differ from pixel to pixel."""
    torch.manual_seed(3)
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.normal_(module.running_mean, 0, 0.2)  # type: ignore[arg-type]
            nn.init.uniform_(module.running_var, 0.3, 2)  # type: ignore[arg-type]
            nn.init.uniform_(module.weight, 0.8, 2)
            nn.init.normal_(module.bias, 0, 0.3)
    return network.eval()


def check_outputs(network: Network, strides: list[int], outline: int | None) -> None:
    """Logits have the frame's size; training adds auxiliary ones at `strides` and outline logits."""
    for height, width in ((32, 64), (96, 160)):
        frame = torch.randn(2, 3, height, width)
        network.train()
        outputs = network(frame)
        assert outputs.logits.shape == (2, 2, height, width)
        assert [tuple(a.shape) for a in outputs.auxiliary] == [
            (2, 2, height // s, width // s) for s in strides
        ]
        if outline:
            assert outputs.outline is not None
            assert outputs.outline.shape == (2, 1, height // outline, width // outline)
        network.eval()
        with torch.inference_mode():
            outputs = network(frame)
        assert outputs.logits.shape == (2, 2, height, width)
        assert outputs.auxiliary == () and outputs.outline is None and outputs.features == ()


def check_every_parameter_gets_a_gradient(network: Network) -> None:
    """A loss on all outputs gives every parameter a gradient."""
    torch.manual_seed(0)
    network.train()
    outputs = network(torch.randn(4, 3, 64, 96))
    parts = [outputs.logits, *outputs.auxiliary] + ([] if outputs.outline is None else [outputs.outline])
    torch.stack([part.square().mean() for part in parts]).sum().backward()  # type: ignore[no-untyped-call]
    without_gradient = [
        n for n, p in network.named_parameters() if p.grad is None or not p.grad.abs().sum() > 0
    ]
    assert without_gradient == []


def check_export(network: Network) -> None:
    """The exported graph equals PyTorch at two sizes, neither of them the size it was traced at."""
    rng = np.random.default_rng(1)
    # Blocks of 16 pixels, because noise per pixel averages out at stride 32.
    blocks = [rng.integers(0, 256, (1, rows, columns, 3), np.uint8) for rows, columns in ((4, 6), (10, 18))]
    frames = [block.repeat(16, 1).repeat(16, 2) for block in blocks]
    randomise_norms(network)
    _contrast(network, network.normalise(torch.from_numpy(frames[0])))
    session = ort.InferenceSession(
        to_onnx(network, describe("test", network)).SerializeToString(), providers=["CPUExecutionProvider"]
    )
    for frame in frames:
        (alpha,) = session.run(["alpha"], {"frame": frame})
        with torch.inference_mode():
            true = network(network.normalise(torch.from_numpy(frame))).logits.softmax(1)[:, 1].numpy()
        assert true.max() - true.min() > 0.3, "the test network gives the same alpha everywhere"
        assert_allclose(alpha, true, atol=1e-3, rtol=0)


def _contrast(network: Network, frame: Tensor) -> None:
    """Set the last weights so that the mean feature has logit 0 and the logits a standard deviation of 2."""
    last = [
        module for module in network.get_submodule("classify").modules() if isinstance(module, nn.Conv2d)
    ][-1]
    recorded: list[Tensor] = []
    handle = last.register_forward_hook(lambda module, inputs, output: recorded.append(inputs[0]))
    with torch.no_grad():
        network(frame)
        handle.remove()
        features = recorded[0][0].flatten(1)
        mean = features.mean(1)
        weight = torch.randn(len(mean))
        weight -= mean * (weight @ mean) / (mean @ mean)
        last.weight.zero_()
        last.weight[1, :, 0, 0] = 2 * weight / (weight @ features).std()
