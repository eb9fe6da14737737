"""Whether the computer runs on its battery, by Linux' files."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from app.engine.devices.battery import power

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="these are files of Linux")


def add(folder: Path, name: str, **files: str) -> None:
    (folder / name).mkdir(parents=True)
    for file, text in files.items():
        (folder / name / file).write_text(text + "\n")


@pytest.mark.parametrize(
    ("status", "expected"),
    [("Discharging", "battery"), ("Charging", "mains"), ("Full", "mains"), ("Unknown", "mains")],
)
def test_power_of_a_laptop_is_told_by_its_battery(tmp_path: Path, status: str, expected: str) -> None:
    add(tmp_path, "AC", type="Mains", online="0" if expected == "battery" else "1")
    add(tmp_path, "BAT0", type="Battery", status=status)
    assert power(tmp_path) == expected


def test_power_with_two_batteries_is_battery_if_one_discharges(tmp_path: Path) -> None:
    add(tmp_path, "BAT0", type="Battery", status="Not charging")
    add(tmp_path, "BAT1", type="Battery", status="Discharging", scope="System")
    assert power(tmp_path) == "battery"


def test_battery_of_a_mouse_does_not_count(tmp_path: Path) -> None:
    add(tmp_path, "hidpp_battery_0", type="Battery", status="Discharging", scope="Device")
    assert power(tmp_path) == "none"


def test_power_without_files_is_none(tmp_path: Path) -> None:
    add(tmp_path, "AC", type="Mains", online="1")
    (tmp_path / "BAT0").mkdir()
    assert power(tmp_path) == "none" and power(tmp_path / "missing") == "none"
