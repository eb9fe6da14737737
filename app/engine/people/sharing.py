"""Share the pixels of a frame between persons: what came along the flow, and what was found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from app.engine.people.appearance import Colours, evidence
from app.engine.people.person import DOUBTFUL, NOBODY, Numbers, Person

if TYPE_CHECKING:
    from app.engine.people.instances import Mask
    from app.engine.people.roll import Sight

_HELD_S, _BEHIND_S = 1.0, 3.0  # Somebody who is not found keeps their pixels; may be behind others.
_SURE_RUNS = 2  # A part of somebody who is shown is another person from then on.
_REACH = np.ones((13, 13), np.uint8)  # Pixels around a person that may be theirs.
_NEAR = 0.05  # Share of the picture between two people one of whom may be behind the other.
_UNLIKE, _NOT_LIKE = -0.7, 0.5  # Evidence for the person who is shown; below these it is the other.


def shared_out(
    sights: list[Sight],
    carried: Numbers,
    inside: Mask,
    persons: dict[int, Person],
    colours: Colours,
    now: float,
) -> Numbers:
    """Whose each pixel is: h x w.

    Flow, network and colours may contradict each other. Then a pixel is hidden unless two of them say that
    it belongs to a person who is shown.
    """
    numbers = np.full(carried.shape, NOBODY, np.int32)
    for sight in sights:
        numbers[sight.instance.mask] = sight.number
    left = inside & (numbers == NOBODY)
    numbers[left] = np.where(carried[left] == NOBODY, DOUBTFUL, carried[left])
    found = {sight.number for sight in sights}
    is_sure = not any(sight.instance.is_doubtful for sight in sights)
    for person in persons.values():
        if person.is_shown or person.number in found:
            continue
        if not is_sure or now - person.found_at <= _HELD_S:
            theirs = inside & (carried == person.number)
            numbers[theirs] = person.number
    separate(numbers, carried, found, persons, colours, now)
    shown = [number for number in found if persons[number].is_shown]
    for sight in sights:
        person = persons[sight.number]
        if not person.is_shown and person.runs < _SURE_RUNS:
            # Perhaps only an arm of somebody who is shown: what was theirs stays theirs for now.
            parts = (numbers == sight.number) & np.isin(carried, shown)
            numbers[parts] = carried[parts]
    return numbers


def separate(
    numbers: Numbers,
    carried: Numbers,
    found: set[int],
    persons: dict[int, Person],
    colours: Colours,
    now: float,
) -> None:
    """Give pixels of people who are shown to hidden ones beside or behind them, by colour. Writes `numbers`.

    found: those who are certainly in view.
    """
    shown = [persons[number] for number in found if number in persons and persons[number].is_shown]
    hidden = [person for person in persons.values() if not person.is_shown]
    for one in shown:
        for other in hidden:
            if other.number in found or now - other.found_at <= _BEHIND_S:
                _divide(numbers, carried, colours, one, other, other.number in found)


def _divide(
    numbers: Numbers, carried: Numbers, colours: Colours, one: Person, other: Person, is_found: bool
) -> None:
    """Give pixels of a person who is shown to one who is hidden, where they are. Writes `numbers`.

    is_found: whether the hidden one was found; else they may be behind.
    """
    theirs = numbers == one.number
    if is_found:
        where = theirs & (cv2.dilate((numbers == other.number).view(np.uint8), _REACH) > 0)
    elif one.box.grown(_NEAR).overlap(other.box) > 0:
        where = theirs
    else:
        return
    for_one = evidence(colours, one.look, other.look)
    is_other = where & ((for_one < _UNLIKE) | ((carried == other.number) & (for_one < _NOT_LIKE)))
    if not is_found:
        # Whoever was behind comes out: what the person who is shown has not had before is doubtful.
        is_other |= where & (carried != one.number) & (for_one < _NOT_LIKE)
    numbers[is_other] = other.number
