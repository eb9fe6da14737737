"""Figures by group."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from models.data.dataset import Entry
from models.evaluation.groups import group_table, groups_of, summarise_groups, typology_angle
from models.evaluation.metrics import measure

if TYPE_CHECKING:
    from pathlib import Path

    from models.data.dataset import Pixels

FAIR_BGR, DEEP_BGR = (190, 205, 240), (40, 60, 95)


def photo(root: Path, name: str, skin_bgr: tuple[int, int, int], source: str = "celebamask") -> Entry:
    """A grey photo, a square person in its middle, whose skin fills them; CelebAMask's glasses across it."""
    folder = root / source
    for kind in ("images", "masks", "parts"):
        (folder / kind).mkdir(parents=True, exist_ok=True)
    image, mask = np.full((100, 100, 3), 120, np.uint8), np.zeros((100, 100), np.uint8)
    image[30:70, 30:70], mask[30:70, 30:70] = skin_bgr, 255
    parts = (mask > 0).astype(np.uint8)
    parts[40:45, 30:70] = 3
    cv2.imwrite(str(folder / "images" / f"{name}.webp"), image, [cv2.IMWRITE_WEBP_QUALITY, 101])
    cv2.imwrite(str(folder / "masks" / f"{name}.png"), mask)
    if source == "celebamask":
        cv2.imwrite(str(folder / "parts" / f"{name}.png"), parts)
    return Entry(source, "val", name, root)


def test_groups_of_labelled_portrait_name_light_size_skin_and_glasses(tmp_path: Path) -> None:
    entry = photo(tmp_path, "a", DEEP_BGR)
    found = dict(groups_of(entry, *entry.read()))
    assert found == {
        "light": "middling",
        "person's size": "under 25%",
        "separate people": "one",
        "glasses": "yes",
        "hat": "no",
        "skin tone": "brown or dark",
    }


def test_groups_of_photo_without_parts_leave_out_what_nobody_labelled(tmp_path: Path) -> None:
    entry = photo(tmp_path, "a", FAIR_BGR, source="hagrid")
    assert dict(groups_of(entry, *entry.read())).keys() == {
        "light",
        "person's size",
        "separate people",
        "hands",
    }


def test_two_separate_figures_are_two_people_and_specks_are_none(tmp_path: Path) -> None:
    entry = photo(tmp_path, "a", FAIR_BGR)
    image, mask = entry.read()
    mask[5:8, 5:8] = 255
    assert ("separate people", "one") in groups_of(entry, image, mask)
    mask[5:25, 5:25] = 255
    assert ("separate people", "two or more") in groups_of(entry, image, mask)


def test_typology_angle_of_white_is_ninety_degrees() -> None:
    assert typology_angle(np.full((50, 3), 255, np.uint8)) == pytest.approx(90, abs=1)


def test_typology_angle_falls_as_skin_gets_darker() -> None:
    def skin(bgr: tuple[int, int, int]) -> Pixels:
        return np.full((50, 3), bgr, np.uint8)

    assert typology_angle(skin(FAIR_BGR)) > 41 > 10 > typology_angle(skin(DEEP_BGR))


def test_table_names_worst_and_best_group_of_enough_photos(tmp_path: Path) -> None:
    results = []
    for number in range(8):
        entry = photo(tmp_path, str(number), DEEP_BGR if number < 4 else FAIR_BGR)
        _, mask = entry.read()
        alpha = (mask > 0).astype(np.float32)
        if number < 4:
            alpha[30:40] = 0
        results.append((entry, measure(alpha, mask)))
    groups = {f"{group.kind}: {group.name}": group for group in summarise_groups(results)}
    assert groups["skin tone: brown or dark"].fgiou == pytest.approx(0.75)
    assert groups["skin tone: light"].fgiou == 1
    assert groups["light: middling"].photos == 8 and groups["light: middling"].error > 0
    last = group_table(list(groups.values())).splitlines()[-1]
    assert last == "Worst: skin tone, brown or dark (0.750); best: skin tone, light (1.000)."
