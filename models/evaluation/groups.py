"""Figures by group: by light, skin tone, size and number of people, and what they wear."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from models.data.face.pack import has_parts, read_parts
from models.networks.face_parts import PARTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.data.dataset import Entry, Pixels
    from models.evaluation.metrics import Measure

# Names with the least value that belongs to them, from the largest down.
LIGHTS = (("bright", 150.0), ("middling", 90.0), ("dark", 0.0))  # mean grey of the photo, 0 to 255
SIZES = (("over 50%", 0.5), ("25 to 50%", 0.25), ("under 25%", 0.0))  # share of the photo
# Individual typology angle in degrees (Chardon et al., Int. J. Cosmetic Science 1991, fig. 5). Brown and
# dark are one group here: there are too few photos of each.
SKIN_TONES = (("light", 41.0), ("intermediate", 28.0), ("tan", 10.0), ("brown or dark", -90.0))
_LEAST_SKIN_PX = 200
_LEAST_PERSON = 0.01  # share of the photo; smaller components are no person of their own
_LEAST_PHOTOS = 4  # groups with fewer are listed, but not named as the best or the worst


@dataclass(frozen=True)
class Group:
    """The photos of one group. error: standard error of fgiou, nan for one photo."""

    kind: str
    name: str
    photos: int
    fgiou: float
    error: float
    boundary_f: float


def groups_of(entry: Entry, image: Pixels, mask: Pixels) -> list[tuple[str, str]]:
    """The groups of a photo, as (kind, name); kinds that its labels cannot tell are left out.

    Raises DataError. image: uint8 [H, W, 3] BGR. mask: uint8 [H, W], 0 background to 255 person.
    """
    grey = float(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY).mean())
    found = [("light", _named(LIGHTS, grey)), ("person's size", _named(SIZES, float((mask > 127).mean())))]
    areas = cv2.connectedComponentsWithStats((mask > 127).astype(np.uint8))[2][1:, cv2.CC_STAT_AREA]
    people = int((areas >= _LEAST_PERSON * mask.size).sum())
    found.append(("separate people", "one" if people <= 1 else "two or more"))
    if entry.source == "hagrid":
        found.append(("hands", "raised"))
    if has_parts(entry):
        parts = read_parts(entry)
        for part, kind in (("glasses", "glasses"), ("hat", "hat")):
            found.append((kind, "yes" if (parts == PARTS.index(part)).sum() >= _LEAST_SKIN_PX // 4 else "no"))
        skin = parts == PARTS.index("skin")
        if skin.sum() >= _LEAST_SKIN_PX:
            found.append(("skin tone", _named(SKIN_TONES, typology_angle(image[skin]))))
    return found


def typology_angle(skin: Pixels) -> float:
    """Individual typology angle of skin pixels, degrees, -90 to 90: arctan((L* - 50) / b*) of the medians.

    skin: uint8 [N, 3] BGR. The light of the photo is part of it: photos are not calibrated.
    """
    scaled = skin.reshape(-1, 1, 3).astype(np.float32) / 255
    lightness, _, blue_yellow = np.median(cv2.cvtColor(scaled, cv2.COLOR_BGR2Lab).reshape(-1, 3), 0)
    return float(np.degrees(np.arctan2(lightness - 50, max(float(blue_yellow), 1e-3))))


def summarise_groups(results: Sequence[tuple[Entry, Measure]]) -> list[Group]:
    """The figures of every group, in the order of kinds. Raises DataError."""
    members: dict[tuple[str, str], list[Measure]] = {}
    for entry, measured in results:
        for group in groups_of(entry, *entry.read()):
            members.setdefault(group, []).append(measured)
    order = [kind for kind, _ in members]
    return [
        _summary(kind, name, members[kind, name])
        for kind, name in sorted(members, key=lambda group: (order.index(group[0]), group[1]))
    ]


def group_table(groups: Sequence[Group]) -> str:
    """Markdown table, and one line that names the worst and the best group."""
    lines = ["| group | photos | fgIoU | BF |", "|---|---|---|---|"]
    for group in groups:
        spread = f" ± {group.error:.3f}" if group.photos > 1 else ""
        figures = f"{group.photos} | {group.fgiou:.3f}{spread} | {group.boundary_f:.3f}"
        lines.append(f"| {group.kind}: {group.name} | {figures} |")
    ranked = sorted((g for g in groups if g.photos >= _LEAST_PHOTOS), key=lambda group: group.fgiou)
    if ranked:
        worst, best = ranked[0], ranked[-1]
        lines += ["", f"Worst: {_sentence(worst)}; best: {_sentence(best)}."]
    return "\n".join(lines)


def _sentence(group: Group) -> str:
    return f"{group.kind}, {group.name} ({group.fgiou:.3f})"


def _summary(kind: str, name: str, measures: Sequence[Measure]) -> Group:
    ious = np.array([measured.fgiou for measured in measures])
    error = float(ious.std(ddof=1) / np.sqrt(len(ious))) if len(ious) > 1 else float("nan")
    outline = float(np.mean([measured.boundary_f for measured in measures]))
    return Group(kind, name, len(ious), float(ious.mean()), error, outline)


def _named(steps: Sequence[tuple[str, float]], value: float) -> str:
    return next(name for name, least in steps if value >= least)
