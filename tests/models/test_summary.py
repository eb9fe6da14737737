"""Counts of parameters and multiply-adds, by hand and against the papers."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from models import REGISTRY, build, summary


class Small(nn.Module):
    """One plain and one grouped convolution, a linear layer, and a head for training only."""

    def __init__(self) -> None:
        super().__init__()
        self.plain = nn.Conv2d(3, 8, 3, 2, 1)
        self.norm = nn.BatchNorm2d(8)
        self.grouped = nn.Conv2d(8, 8, 5, 1, 2, groups=4, bias=False)
        self.dense = nn.Linear(8, 5)
        self.head = nn.Conv2d(8, 2, 1)

    def forward(self, frame: Tensor) -> Tensor:
        x = self.grouped(self.norm(self.plain(frame)))
        if self.training:
            x = x + self.head(x).mean()
        return torch.as_tensor(self.dense(x.mean((2, 3))))


def test_count_equals_a_count_by_hand() -> None:
    counted = summary.count(Small(), (32, 64))
    plain, grouped, dense = 16 * 32 * 8 * 3 * 9, 16 * 32 * 8 * 2 * 25, 8 * 5
    assert counted.multiply_adds == plain + grouped + dense
    assert counted.parameters == (8 * 27 + 8) + 16 + 8 * 2 * 25 + (8 * 5 + 5)
    assert counted.training == 8 * 2 + 2


def test_count_restores_mode_and_hooks() -> None:
    network = Small().train()
    summary.count(network, (32, 32))
    assert network.training and network.norm.training
    assert all(not module._forward_hooks for module in network.modules())
    network.eval()
    summary.count(network, (32, 32))
    assert not network.training


@pytest.mark.slow
def test_other_sizes_are_scaled_by_pixels() -> None:
    with torch.device("meta"):
        network = build("sinet")
    whole, part = summary.count(network, (192, 640)), summary.count(network, (180, 640))
    assert part.multiply_adds == pytest.approx(whole.multiply_adds * 180 / 192)


@pytest.mark.parametrize(
    ("name", "millions", "billions"),
    [
        ("sinet_published", 0.0869, 0.064),
        ("stdc1 + classifier", 8.4, 0.81),
        ("stdc2 + classifier", 12.5, 1.45),
    ],
)
def test_counts_are_near_the_published_ones(name: str, millions: float, billions: float) -> None:
    with torch.device("meta"):
        plain = name.removesuffix(" + classifier")
        network = build(plain) if plain == name else summary.Classifier(summary.CLASSIFIERS[plain])
    counted = summary.count(network, summary.PUBLISHED[name].size)
    assert counted.parameters / 1e6 == pytest.approx(millions, rel=0.005)
    assert counted.multiply_adds / 1e9 == pytest.approx(billions, rel=0.015)


def test_bisenet_count_is_near_its_paper_in_powers_of_two() -> None:
    with torch.device("meta"):
        counted = summary.count(build("bisenet_xception39"), (360, 640))
    assert 4 * counted.parameters / 2**20 == pytest.approx(5.8, rel=0.02)
    assert counted.multiply_adds / 2**30 == pytest.approx(2.9, rel=0.025)


def test_training_heads_are_counted_separately() -> None:
    with torch.device("meta"):
        network = build("bisenet")
    counted = summary.count(network, (160, 288))
    assert counted.training > 0
    assert counted.parameters + counted.training == network.count_parameters()


@pytest.mark.slow
def test_command_prints_a_row_for_every_network(capsys: pytest.CaptureFixture[str]) -> None:
    assert summary.main([]) == 0
    lines = capsys.readouterr().out.splitlines()
    names = [line.split("|")[1].strip() for line in lines[2:]]
    assert set(names) == {*REGISTRY, "stdc1 + classifier", "stdc2 + classifier"}
    assert len({line.count("|") for line in lines}) == 1
    sinet = next(line for line in lines if line.startswith("| sinet_published "))
    assert "| 224x224 | 0.087 M | 86.9 K | 0.064 G | 0.064 G |" in sinet


def test_another_size_shows_no_published_multiply_adds(capsys: pytest.CaptureFixture[str]) -> None:
    assert summary.main(["sinet_published", "--size", "160x288"]) == 0
    assert "| 160x288 | 0.087 M | 86.9 K | 0.059 G |  |" in capsys.readouterr().out


def test_wrong_arguments_give_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert summary.main(["unet"]) == 1
    assert "no network named 'unet'; there are: bisenet" in capsys.readouterr().err
    for size in ("160", "0x32", "axb"):
        with pytest.raises(SystemExit):
            summary.main(["sinet", "--size", size])
        assert "--size" in capsys.readouterr().err
