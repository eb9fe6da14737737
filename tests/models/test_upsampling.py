"""Upsampling of alpha to the size of the photo."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from models import build, upsampling
from models.training import checkpoint
from models.upsampling import UPSAMPLERS

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("name", ["bilinear", "joint bilateral", "fast guided"])
def test_constant_alpha_stays_constant(name: str) -> None:
    photo = np.random.default_rng(0).integers(0, 256, (37, 61, 3), np.uint8)
    alpha = UPSAMPLERS[name](np.full((8, 12), 0.25, np.float32), photo)
    assert alpha.shape == (37, 61)
    assert alpha == pytest.approx(0.25, abs=1e-4)


@pytest.mark.parametrize("name", ["joint bilateral", "fast guided", "fully connected CRF"])
def test_outline_moves_to_the_edge_in_the_photo(name: str) -> None:
    photo = np.full((160, 320, 3), 40, np.uint8)
    photo[:, 150:] = 200  # the person, from column 150 on
    alpha = np.zeros((20, 40), np.float32)
    alpha[:, 19:] = 1.0  # the network's outline falls on column 152, in pixels of 8
    errors = {
        n: float(np.abs(UPSAMPLERS[n](alpha, photo)[40:120] - (np.arange(320) >= 150)).mean())
        for n in UPSAMPLERS
    }
    assert errors[name] < 0.75 * errors["bilinear"]


@pytest.mark.slow
def test_table_has_every_upsampling_of_each_network(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    network = build("bisenet_xception39", width=0.125)
    state = checkpoint.describe("bisenet_xception39", network, {"width": 0.125})
    checkpoint.save(tmp_path / "small.pt", {**state, "weights": network.state_dict()})
    assert upsampling.main([str(tmp_path / "small.pt"), "--data", str(data)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("|")[2].strip() for line in lines[2:]] == list(UPSAMPLERS)
    assert upsampling.main([str(tmp_path / "small.pt"), "--data", str(data), "--source", "none"]) == 1
    assert "no photos of none" in capsys.readouterr().err
