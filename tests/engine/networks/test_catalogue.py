"""The list of networks, and the contract of those that ship."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import app.engine.networks.catalogue as networks
from app.engine.core.errors import BackdropError
from app.engine.core.paths import assets_folder
from app.engine.core.settings import NetworkSettings
from app.engine.networks.segmenter import Segmenter
from tests.networks import write_network, write_parts_network, write_people_network

if TYPE_CHECKING:
    from pathlib import Path

FILES = sorted((assets_folder() / "models").glob("*.onnx"))
SHIPPED = [path for path in FILES if networks.kind_of(path) == "alpha"]


def test_default_network_ships() -> None:
    assert NetworkSettings().name in [path.stem for path in SHIPPED]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda p: p.stem)
def test_each_shipped_network_loads_and_has_a_card(path: Path) -> None:
    assert path.with_suffix(".md").is_file()
    info = Segmenter(path, "cpu").info
    assert info.name == path.stem
    assert info.parameters > 0 and info.license and info.trained_on


@pytest.mark.parametrize("kind", ["parts", "people"])
def test_networks_of_other_kinds_are_not_offered_for_the_person(
    kind: networks.Kind, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(networks, "user_networks_folder", lambda: tmp_path)
    write = write_parts_network if kind == "parts" else write_people_network
    mine = write(tmp_path / "mine.onnx")
    assert "mine" not in networks.network_files() and networks.network_files(kind)["mine"] == mine
    write_network(tmp_path / "mine.onnx", title="A longer title, so that the size of the file changes")
    assert "mine" in networks.network_files() and "mine" not in networks.network_files(kind)
    assert networks.kind_of(tmp_path / "none.onnx") == "alpha"


def test_user_networks_replace_shipped_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(networks, "user_networks_folder", lambda: tmp_path)
    mine = write_network(tmp_path / "mine.onnx")
    assert networks.network_file("mine") == mine
    ours = write_network(tmp_path / f"{NetworkSettings().name}.onnx")
    assert networks.network_file(NetworkSettings().name) == ours


def test_unknown_network_error_lists_networks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(networks, "user_networks_folder", lambda: tmp_path)
    with pytest.raises(BackdropError, match=r"There is no network 'unet': there is .*sinet"):
        networks.network_file("unet")
