"""The contract of networks for the parts of a face."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

import app.engine.networks.catalogue as catalogue
from app.engine.core.errors import BackdropError
from app.engine.core.face import FACE
from app.engine.core.paths import assets_folder
from app.engine.networks.parts_network import PartsNetwork, open_parts_network
from app.engine.networks.segmenter import Segmenter
from tests.networks import write_network, write_parts_network

if TYPE_CHECKING:
    from pathlib import Path

SHIPPED = [p for p in (assets_folder() / "models").glob("*.onnx") if catalogue.kind_of(p) == "parts"]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_network_loads_and_has_a_card(path: Path) -> None:
    assert path.with_suffix(".md").is_file() and path.stat().st_size < 3_000_000
    network = PartsNetwork(path)
    assert set(FACE) < set(network.classes)
    shares = network.infer(np.full((network.side_px, network.side_px, 3), 90, np.uint8))
    assert len(shares) == len(network.classes)
    assert np.allclose(shares.sum(axis=0), 1.0, atol=1e-3)


def test_shares_are_those_of_the_crop(tmp_path: Path) -> None:
    network = PartsNetwork(write_parts_network(tmp_path / "tiny.onnx"))
    crop = np.zeros((network.side_px, network.side_px, 3), np.uint8)
    crop[:, network.side_px // 2 :, 2] = 255
    shares = network.infer(crop)
    assert network.classes == ("eyes", "lips", "skin") and shares.shape == (3, 96, 96)
    assert (shares[2, :, :48] == 0).all() and (shares[2, :, 48:] == 1).all() and (shares[:2] == 0).all()


@pytest.mark.parametrize("pixels", [None, "many", "16", "4000000"])
def test_network_without_a_usable_size_is_refused(tmp_path: Path, pixels: str | None) -> None:
    path = write_parts_network(tmp_path / "tiny.onnx", working_pixels=pixels)
    with pytest.raises(BackdropError, match=r"'tiny.onnx' does not say its working_pixels"):
        PartsNetwork(path)


def test_networks_of_the_two_kinds_are_not_mixed_up(tmp_path: Path) -> None:
    with pytest.raises(BackdropError, match=r"'alpha.onnx' is not a network for the parts of a face"):
        PartsNetwork(write_network(tmp_path / "alpha.onnx"))
    with pytest.raises(BackdropError, match=r"'parts.onnx' must have one output 'alpha'"):
        Segmenter(write_parts_network(tmp_path / "parts.onnx"))


@pytest.mark.parametrize("changes", [{"scale": float("nan")}, {"classes": "skin"}])
def test_broken_parts_are_refused(tmp_path: Path, changes: dict[str, float | str]) -> None:
    network = PartsNetwork(write_parts_network(tmp_path / "tiny.onnx", **changes))  # type: ignore[arg-type]
    with pytest.raises(BackdropError, match="The network 'tiny' gave broken parts of the face"):
        network.infer(np.full((192, 192, 3), 9, np.uint8))


def test_own_network_comes_before_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "user_networks_folder", lambda: tmp_path)
    write_parts_network(tmp_path / "mine.onnx")
    assert open_parts_network().name == "mine"


def test_missing_network_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "user_networks_folder", lambda: tmp_path)
    monkeypatch.setattr(catalogue, "assets_folder", lambda: tmp_path)
    with pytest.raises(BackdropError, match="There is no network for the parts of a face"):
        open_parts_network()
