"""Counting is exact where it can be done by hand, and agrees with the papers where they tell."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from models import REGISTRY, build, summary


class Small(nn.Module):
    """One plain and one grouped convolution, a linear layer, and a head that only training sees."""

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


def test_count_equals_hand_calculation() -> None:
    found = summary.count(Small(), (32, 64))
    plain, grouped, dense = 16 * 32 * 8 * 3 * 9, 16 * 32 * 8 * 2 * 25, 8 * 5
    assert found.multiply_adds == plain + grouped + dense
    assert found.parameters == (8 * 27 + 8) + 16 + 8 * 2 * 25 + (8 * 5 + 5)
    assert found.training == 8 * 2 + 2


def test_count_does_not_change_the_network() -> None:
    network = Small().train()
    summary.count(network, (32, 32))
    assert network.training and network.norm.training
    assert all(not module._forward_hooks for module in network.modules())
    network.eval()
    summary.count(network, (32, 32))
    assert not network.training


def test_other_sizes_are_scaled_by_their_pixels() -> None:
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
def test_counts_agree_with_the_papers(name: str, millions: float, billions: float) -> None:
    with torch.device("meta"):
        bare = name.removesuffix(" + classifier")
        network = build(bare) if bare == name else summary.Classifier(summary.CLASSIFIERS[bare])
    found = summary.count(network, summary.PUBLISHED[name].size)
    assert found.parameters / 1e6 == pytest.approx(millions, rel=0.005)
    assert found.multiply_adds / 1e9 == pytest.approx(billions, rel=0.015)


def test_bisenet_agrees_with_its_paper_in_powers_of_two() -> None:
    with torch.device("meta"):
        found = summary.count(build("bisenet_xception39"), (360, 640))
    assert 4 * found.parameters / 2**20 == pytest.approx(5.8, rel=0.02)
    assert found.multiply_adds / 2**30 == pytest.approx(2.9, rel=0.025)


def test_training_only_heads_are_counted_apart() -> None:
    with torch.device("meta"):
        network = build("bisenet")
    found = summary.count(network, (160, 288))
    assert found.training > 0
    assert found.parameters + found.training == network.count_parameters()


def test_summary_prints_a_row_for_every_network(capsys: pytest.CaptureFixture[str]) -> None:
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


def test_mistakes_are_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert summary.main(["unet"]) == 1
    assert "no network named 'unet'; there are: bisenet" in capsys.readouterr().err
    for size in ("160", "0x32", "axb"):
        with pytest.raises(SystemExit):
            summary.main(["sinet", "--size", size])
        assert "--size" in capsys.readouterr().err
