"""`--look` and `--look-file`."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

import numpy as np
import pytest

from app.__main__ import parser_for
from app.commands.arguments.look_options import chosen_looks
from app.engine.core.errors import BackdropError
from app.engine.looks.registry import PARAMETERS, PRESETS
from tests.engine.looks.tables import write_cube
from tests.frames import read_bgr

if TYPE_CHECKING:
    from pathlib import Path

    from app.engine.core.parameters import Values
    from tests.commands.conftest import Run


def chosen(*looks: str, file: Path | None = None, saved: Values | None = None) -> Values:
    args = argparse.Namespace(look=list(looks) or None, look_file=None if file is None else str(file))
    return chosen_looks(args, saved or {})


def test_values_presets_and_saved_looks_combine_in_order() -> None:
    saved: Values = {"vignette": 0.4}
    assert chosen(saved=saved) == saved
    assert chosen("exposure=0.3", "person-light = 0.5", saved=saved) == {
        "vignette": 0.4,
        "exposure": 0.3,
        "person_light": 0.5,
    }
    assert chosen("meeting", "vignette=0", saved=saved) == {**PRESETS["Meeting"], "vignette": 0.0}
    assert chosen("exposure=1", "Dark room") == PRESETS["Dark room"]
    assert chosen("none", saved=saved) == {}


def test_look_file_is_a_base_that_options_change(tmp_path: Path) -> None:
    table = write_cube(tmp_path / "warm.cube", lambda bgr: bgr)
    file = tmp_path / "mine.json"
    file.write_text(json.dumps({"exposure": 0.2, "colour_table": "warm.cube"}), encoding="utf-8")
    assert chosen("exposure=0.4", file=file, saved={"vignette": 1.0}) == {
        "exposure": 0.4,
        "colour_table": str(table),
    }


def test_path_of_a_table_becomes_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = write_cube(tmp_path / "warm.cube", lambda bgr: bgr)
    monkeypatch.chdir(tmp_path)
    assert chosen("colour_table=warm.cube") == {"colour_table": str(table)}


@pytest.mark.parametrize(
    ("looks", "told"),
    [
        (["shine=1"], "There is no look 'shine'"),
        (["Sunny"], "'Sunny' is not a look: write NAME=VALUE, or one of Natural, Meeting, Dark room, none"),
        (["exposure"], "'exposure' is not a look"),
        (["exposure=bright"], "'exposure=bright' needs a number"),
        (["exposure="], "'exposure=' needs a number"),
        (["exposure=nan"], "Exposure must be a number from -1 to 1"),
        (["exposure=2"], "Exposure must be a number from -1 to 1, not 2.0"),
        (["colour_table=nowhere.cube"], "cannot be read: there is no such file"),
    ],
)
def test_wrong_look_is_reported(looks: list[str], told: str) -> None:
    with pytest.raises(BackdropError, match=told):
        chosen(*looks)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is not valid"),
        (b"[1]", "is not valid"),
        (b'{"exposure": [1]}', "is not valid"),
        (b'{"exposure": 3}', "Exposure must be a number"),
        (b'{"shine": 1}', "There is no look 'shine'"),
        (b"\xff\xfe", "is not valid"),
        (None, "cannot be read"),
    ],
)
def test_wrong_look_file_is_reported(tmp_path: Path, content: bytes | None, told: str) -> None:
    file = tmp_path / "look.json"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(BackdropError, match=told):
        chosen(file=file)
    with pytest.raises(BackdropError, match="is not a file"):
        chosen(file=tmp_path)


@pytest.mark.parametrize("command", ["process", "run"])
def test_help_names_every_look_and_preset(command: str) -> None:
    parser = parser_for([command])
    action = next(a for a in parser._actions if isinstance(a, argparse._SubParsersAction))
    text = " ".join(action.choices[command].format_help().split()).replace("- ", "-")
    for key, parameter in PARAMETERS.items():
        ends = f"({parameter.low:g} to {parameter.high:g})" if parameter.kind == "slider" else "(a .cube"
        assert f"{key} {ends}" in text
    for title in PRESETS:
        assert title in text
    assert "--look NAME=VALUE|PRESET" in text and '{"exposure": 0.3}' in text


def test_process_applies_looks_to_a_picture(run: Run, at_home: Path) -> None:
    import cv2

    cv2.imwrite("me.png", np.full((96, 160, 3), (60, 60, 90), np.uint8))
    for number, arguments in enumerate(([], ["--look", "exposure=1"], ["--look", "vignette=1"])):
        status, _, err = run("process", "me.png", f"{number}.png", "--effect", "none", *arguments)
        assert status == 0, err
    plain, bright, dark = (read_bgr(at_home / f"{number}.png") for number in range(3))
    assert bright.mean() > plain.mean() + 20
    assert np.array_equal(dark[48, 80], plain[48, 80]) and dark[0, 0].mean() < plain[0, 0].mean() / 2
    status, _, err = run("process", "me.png", "3.png", "--output", "alpha", "--look", "meeting")
    assert status == 1 and "--output alpha has no colours" in err
