"""The outlines of people, which the user may click on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from app.engine.core.types import Outline

if TYPE_CHECKING:
    import numpy.typing as npt

    from app.engine.people.person import Numbers, Person

_FINER = 3  # The outline is smoothed at a size this many times that of the numbers.
_LEAST_PX, _EXACT_PX = 60.0, 1.2


def outlines_of(numbers: Numbers, persons: dict[int, Person]) -> tuple[Outline, ...]:
    """The outlines of everybody in view, from left to right. numbers: h x w."""
    there = [number for number in np.unique(numbers).tolist() if number in persons]
    found = []
    for number in sorted(there, key=lambda each: persons[each].box.left + persons[each].box.right):
        polygons = _polygons(numbers == number)
        if polygons:
            found.append(Outline(number, persons[number].is_shown, polygons))
    return tuple(found)


def _polygons(mask: npt.NDArray[np.bool_]) -> tuple[npt.NDArray[np.float32], ...]:
    height, width = mask.shape
    size = _FINER * width, _FINER * height
    large = cv2.resize(255 * mask.astype(np.uint8), size, interpolation=cv2.INTER_LINEAR)
    smooth = (cv2.blur(large, (2 * _FINER + 1, 2 * _FINER + 1)) > 127).astype(np.uint8)
    contours, _ = cv2.findContours(smooth, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return tuple(
        np.asarray((cv2.approxPolyDP(contour, _EXACT_PX, True)[:, 0] + 0.5) / size, np.float32)
        for contour in contours
        if cv2.contourArea(contour) >= _LEAST_PX
    )
