"""The contract of networks that tell people apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

import app.engine.networks.catalogue as catalogue
from app.engine.core.errors import BackdropError
from app.engine.core.paths import assets_folder
from app.engine.media.demo import Demo
from app.engine.networks.people_network import PeopleNetwork, open_people_network
from app.engine.networks.segmenter import Segmenter
from tests.frames import still
from tests.networks import write_network, write_people_network

if TYPE_CHECKING:
    from pathlib import Path

SHIPPED = [p for p in (assets_folder() / "models").glob("*.onnx") if catalogue.kind_of(p) == "people"]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_network_finds_two_people_side_by_side(path: Path) -> None:
    assert path.with_suffix(".md").is_file() and path.stat().st_size < 4_000_000
    person = Demo(640, 360).frame(0)[:, 60:380]
    maps = PeopleNetwork(path).infer(still(np.ascontiguousarray(np.hstack([person, person[:, ::-1]]))))
    highest = cv2.dilate(maps.centres, np.ones((3, 3), np.uint8))
    columns = np.nonzero((maps.centres >= highest) & (maps.centres > 0.3))[1] / maps.centres.shape[1]
    assert len(columns) == 2 and columns.min() < 0.4 and columns.max() > 0.6


def test_maps_are_those_of_the_frame(tmp_path: Path) -> None:
    frame = np.zeros((96, 192, 3), np.uint8)
    frame[..., 2], frame[..., 1], frame[..., 0] = 51, 128 + 16, 128 - 8
    maps = PeopleNetwork(write_people_network(tmp_path / "tiny.onnx", working_pixels="18432")).infer(
        still(frame)
    )
    assert maps.centres.shape == (12, 24) and maps.offsets.shape == (2, 12, 24)
    assert maps.centres == pytest.approx(0.2)
    assert maps.offsets[0] == pytest.approx(2.0) and maps.offsets[1] == pytest.approx(-1.0), "in cells"


@pytest.mark.parametrize("changes", [{"working_pixels": None}, {"working_pixels": "16"}, {"stride": "x"}])
def test_network_without_usable_numbers_is_refused(tmp_path: Path, changes: dict[str, str | None]) -> None:
    path = write_people_network(tmp_path / "tiny.onnx", **changes)  # type: ignore[arg-type]
    (key,) = changes
    with pytest.raises(BackdropError, match=rf"'tiny.onnx' does not say its {key}"):
        PeopleNetwork(path)


def test_networks_of_two_kinds_are_not_mixed_up(tmp_path: Path) -> None:
    with pytest.raises(BackdropError, match=r"'alpha.onnx' is not a network that tells people apart"):
        PeopleNetwork(write_network(tmp_path / "alpha.onnx"))
    with pytest.raises(BackdropError, match=r"'people.onnx' must have one output 'alpha'"):
        Segmenter(write_people_network(tmp_path / "people.onnx"))


@pytest.mark.parametrize("changes", [{"scale": float("nan")}, {"stride": "16"}])
def test_broken_maps_are_refused(tmp_path: Path, changes: dict[str, float | str]) -> None:
    network = PeopleNetwork(write_people_network(tmp_path / "tiny.onnx", **changes))  # type: ignore[arg-type]
    with pytest.raises(BackdropError, match="The network 'tiny' gave broken maps of people"):
        network.infer(still(np.full((192, 192, 3), 9, np.uint8)))


def test_own_network_comes_before_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "user_networks_folder", lambda: tmp_path)
    write_people_network(tmp_path / "they.onnx")
    assert open_people_network().name == "they"


def test_missing_network_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "user_networks_folder", lambda: tmp_path)
    monkeypatch.setattr(catalogue, "assets_folder", lambda: tmp_path)
    with pytest.raises(BackdropError, match="There is no network that tells people apart"):
        open_people_network()
