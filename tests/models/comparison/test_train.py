"""Training of several networks by one recipe."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest
import torch

from models import build
from models.comparison import train
from models.training import checkpoint
from models.training.trainer import Trainer

if TYPE_CHECKING:
    from pathlib import Path


def _run(data: Path, out: Path, *more: str) -> int:
    fixed = ["--seconds", "0.2", "--batch", "2", "--device", "cpu", "--precision", "float32"]
    return train.main(["--data", str(data), "--out", str(out), "--photo-px", "64", *fixed, *more])


@pytest.mark.slow
def test_command_writes_four_checkpoints_of_each_network_and_leaves_out_what_is_done(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(train, "SIZE", (64, 96))
    assert _run(data, tmp_path, "--networks", "sinet", "no_such", "densenet") == 1
    assert "error: no_such:" in capsys.readouterr().err
    for name in ("sinet", "densenet"):
        for part in range(1, train.PARTS + 1):
            network = checkpoint.restore(checkpoint.load(tmp_path / f"{name}_{part}.pt"))
            assert network.count_parameters() > 0
        with (tmp_path / f"{name}.csv").open(encoding="utf-8") as file:
            assert csv.DictReader(file).fieldnames is not None
    before = (tmp_path / "sinet_4.pt").stat().st_mtime_ns
    assert _run(data, tmp_path, "--networks", "sinet") == 0
    assert (tmp_path / "sinet_4.pt").stat().st_mtime_ns == before


def test_start_backbone_takes_all_of_the_same_encoder_and_nothing_of_another() -> None:
    given = build("bisenet", width=0.125).state_dict()
    ones = {name: torch.ones_like(value) for name, value in given.items()}
    pspnet = Trainer(train.recipe("pspnet", 2, 1e-3, "float32", 1.0))
    encoder = {n for n in pspnet.network.state_dict() if n.startswith("backbone.")}
    full = build("bisenet").state_dict()
    assert train.start_backbone(pspnet, {"average": {n: torch.ones_like(v) for n, v in full.items()}}) == len(
        encoder
    )
    assert all((pspnet.average.state[name] == 1).all() for name in encoder)
    stdc = Trainer(train.recipe("stdc", 2, 1e-3, "float32", 1.0))
    assert train.start_backbone(stdc, {"average": ones}) == 0
