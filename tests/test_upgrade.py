"""Files that version 0.1.0 wrote: nothing is lost.

`version_0_1_0` was written by that version's own code: every setting differs from its default, a profile for
each effect, a picture and a video of the user's own in the gallery, and a network of the user's own with its
model card. BACKGROUNDS stands for the folder of the gallery.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from app.commands.arguments.options import usable_settings
from app.engine.core.settings import NetworkSettings
from app.engine.core.types import Frame
from app.engine.media.demo import Demo
from app.engine.networks import catalogue
from app.engine.networks.auto_select import _machine, remembered
from app.engine.networks.catalogue import AUTO, LEVELS, network_file, network_files
from app.engine.networks.segmenter import Segmenter
from app.engine.pipeline.effects import build_effect
from app.settings import StoredSettings, load_stored, save_settings
from app.ui.models.background_library import BackgroundLibrary

OLD = Path(__file__).parent / "version_0_1_0"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home folder as version 0.1.0 left it: settings.json and backgrounds."""
    shutil.copytree(OLD, tmp_path / "home")
    settings = tmp_path / "home" / "settings.json"
    backgrounds = str(tmp_path / "home" / "backgrounds")
    settings.write_text(settings.read_text("utf-8").replace("BACKGROUNDS", backgrounds), "utf-8")
    return tmp_path / "home"


def lost(old: Any, new: Any, at: str = "") -> list[str]:
    """Where `new` lacks a value of `old`, or has another one. Values that have a new name count as well."""
    if isinstance(old, dict) and "main_person_only" in old:
        people = "main" if old["main_person_only"] else "everyone"
        old = {**{key: old[key] for key in old if key != "main_person_only"}, "people": people}
    if isinstance(old, dict) and isinstance(new, dict):
        return [place for key, value in old.items() for place in lost(value, new.get(key), f"{at}.{key}")]
    return [] if old == new else [at]


def test_settings_and_profiles_of_version_0_1_0_keep_every_value(home: Path, tmp_path: Path) -> None:
    old = json.loads((home / "settings.json").read_text("utf-8"))
    stored = usable_settings(home / "settings.json")
    assert lost(old, msgspec.to_builtins(stored)) == []
    assert old["profile"] in stored.profiles and len(stored.profiles) == 8
    save_settings(stored, tmp_path / "again.json")
    assert lost(old, json.loads((tmp_path / "again.json").read_text("utf-8"))) == []


def test_effects_of_version_0_1_0_still_work(home: Path) -> None:
    stored = load_stored(home / "settings.json")
    alpha = np.full((96, 160), 0.5, np.float32)
    frame = Frame(0, 0.0, Demo(160, 96).frame(0))
    for name, profile in stored.profiles.items():
        effect = build_effect(profile.effect)
        background = effect.background(frame, alpha) if effect.needs_matte else None
        assert background is None or background.shape[:2] == (96, 160), name
        assert effect.problem is None, name


def test_gallery_of_version_0_1_0_keeps_pictures_and_videos(home: Path, tmp_path: Path) -> None:
    library = BackgroundLibrary(tmp_path / "none", home / "backgrounds", tmp_path / "thumbnails")
    backgrounds = library.backgrounds()
    assert [(one.path.name, one.is_own) for one in backgrounds] == [
        ("waves.mp4", True),
        ("海边 & sun.png", True),
    ]
    assert all(picture is not None for picture in library.thumbnails(backgrounds))


def test_network_of_version_0_1_0_is_found_and_runs(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "user_networks_folder", lambda: home / "networks")
    assert network_files().keys() >= {"mine", *LEVELS.values()}
    segmenter = Segmenter(network_file("mine"), "cpu")
    assert (segmenter.info.title, segmenter.info.license) == ("Mine of 0.1.0", "CC0-1.0")
    half_red = np.zeros((96, 160, 3), np.uint8)
    half_red[:, 80:] = (0, 0, 255)
    alpha = segmenter.infer(Frame(0, 0.0, half_red))
    assert alpha[:, 0].max() == 0 and alpha[:, -1].min() == 1


def test_measurement_of_version_0_1_0_is_used_or_made_again(tmp_path: Path) -> None:
    machine = _machine(NetworkSettings(AUTO))
    old = tmp_path / "network.json"
    old.write_text(json.dumps({"machine": machine, "ms": {"sinet": 4.2, "bisenet": 9.1}}), "utf-8")
    found = remembered(NetworkSettings(AUTO), old)
    assert found is not None and found.name == "bisenet"
    old.write_text(json.dumps({"machine": {**machine, "app": "0.1.0"}, "ms": {"sinet": 4.2}}), "utf-8")
    assert remembered(NetworkSettings(AUTO), old) is None


@pytest.mark.parametrize(
    "newer",
    [
        '{"effect": {"name": "blur"}, "hologram": {"strength": 1}}',
        '{"matte": {"hair": 0.5}}',
        '{"profiles": {"Work": {"source": {"spec": "auto", "depth": true}}}}',
    ],
)
def test_settings_of_a_newer_version_are_kept_aside_and_told(
    tmp_path: Path, newer: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "settings.json"
    path.write_text(newer, "utf-8")
    assert usable_settings(path) == StoredSettings()
    assert path.with_name("settings.json.bad").read_text("utf-8") == newer
    assert str(path.with_name("settings.json.bad")) in capsys.readouterr().err
