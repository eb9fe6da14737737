"""SINet: published structure, weights and outputs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from models import build, convert
from models.networks.layers import Network, shuffle_channels
from models.networks.sinet import SINet
from models.training import checkpoint

if TYPE_CHECKING:
    from pathlib import Path


def test_number_of_parameters_is_the_published_one() -> None:
    assert build("sinet_published").count_parameters() == 86_910
    # ReLU has no slopes; only the squeeze-excite blocks keep their PReLUs.
    assert build("sinet").count_parameters() == 84_896


def test_unknown_network_lists_the_valid_ones() -> None:
    with pytest.raises(ValueError, match=r"'unet'; there are: bisenet, .*, sinet, sinet_published"):
        build("unet")


@pytest.mark.parametrize("name", ["sinet", "sinet_published"])
@pytest.mark.parametrize("size", [(32, 64), (96, 160), (224, 224)])
def test_logits_have_input_size(name: str, size: tuple[int, int]) -> None:
    network = build(name)
    frame = torch.randn(2, 3, *size)
    trained = network(frame)
    assert trained.logits.shape == (2, 2, *size)
    assert [tuple(a.shape) for a in trained.auxiliary] == [(2, 2, size[0] // 8, size[1] // 8)]
    assert network.eval()(frame).auxiliary == ()


def test_every_parameter_gets_a_gradient() -> None:
    network = build("sinet")
    outputs = network(torch.randn(2, 3, 64, 96))
    (outputs.logits.square().mean() + outputs.auxiliary[0].square().mean()).backward()
    without_gradient = [
        n for n, p in network.named_parameters() if p.grad is None or not p.grad.abs().sum() > 0
    ]
    assert without_gradient == []


def test_detail_is_added_only_at_low_confidence() -> None:
    network = build("sinet").eval()
    assert isinstance(network, SINet)
    frame = torch.randn(1, 3, 64, 64)
    with torch.no_grad():
        network.get_parameter("encoder.classify.weight").zero_()  # logits 0: low confidence everywhere
        unsure = network(frame).logits
        network.get_parameter("detail.1.bias").add_(torch.tensor([3.0, 0.0]))
        assert (network(frame).logits - unsure).abs().max() > 1e-3
        network.get_parameter("norm8.bias").copy_(torch.tensor([-200.0, 200.0]))  # high confidence everywhere
        sure = network(frame).logits
        network.get_parameter("detail.1.bias").add_(torch.tensor([3.0, 0.0]))
        assert torch.equal(network(frame).logits, sure)


def test_shuffle_channels_interleaves_in_both_memory_formats() -> None:
    x = torch.arange(6.0).reshape(1, 6, 1, 1).expand(2, 6, 4, 5)
    for layout in (torch.contiguous_format, torch.channels_last):
        shuffled = shuffle_channels(x.contiguous(memory_format=layout), 2)
        assert shuffled[1, :, 2, 3].tolist() == [0, 3, 1, 4, 2, 5]
        assert shuffled.is_contiguous(memory_format=layout)


def test_published_weights_give_the_published_outputs(shared: Path, tmp_path: Path) -> None:
    weights, golden = shared / "peers" / "sinet_published.pth", shared / "golden" / "sinet_published.npz"
    if not weights.is_file() or not golden.is_file():
        pytest.skip("../shared lacks the published weights or their outputs")
    out = tmp_path / "published.pt"
    assert convert.main([str(weights), str(out)]) == 0
    network: Network = checkpoint.restore(checkpoint.load(out))
    assert isinstance(network, SINet)
    tensors = np.load(golden)
    with torch.inference_mode():
        for size in ("224", "160x288"):
            logits = network(torch.from_numpy(tensors[f"input_{size}"])).logits.numpy()
            np.testing.assert_allclose(logits, tensors[f"logits_{size}"], atol=1e-4, rtol=0)
        coarse = network.encoder(torch.from_numpy(tensors["input_224"]))[0].numpy()
        np.testing.assert_allclose(coarse, tensors["encoder_logits_224"], atol=1e-4, rtol=0)


def test_convert_rejects_other_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = tmp_path / "other.pth"
    torch.save({"backbone.weight": torch.zeros(1)}, other)
    assert convert.main([str(other), str(tmp_path / "o.pt")]) == 1
    assert "'backbone.weight' is not a name of the published SINet" in capsys.readouterr().err
    other.write_bytes(b"text")
    assert convert.main([str(other), str(tmp_path / "o.pt")]) == 1
    assert "is not a checkpoint" in capsys.readouterr().err
    assert convert.main([str(other), str(tmp_path / "o.txt")]) == 1
    assert convert.main([str(tmp_path / "none.pth"), str(tmp_path / "o.pt")]) == 1
    assert not (tmp_path / "o.pt").exists()


def test_normalise_is_per_channel_and_channels_first() -> None:
    network = build("sinet")
    network.mean, network.std = (1.0, 2.0, 3.0), (1.0, 2.0, 4.0)
    pixels = torch.tensor([5, 6, 7], dtype=torch.uint8).expand(1, 2, 3, 3)
    assert network.normalise(pixels)[0, :, 1, 2].tolist() == [4.0, 2.0, 1.0]
