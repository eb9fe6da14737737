"""The people who are known: who is who, by place and look."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from app.engine.people.appearance import Colours, Look, learnt, look_of, unlikeness
from app.engine.people.person import Person, box_of

if TYPE_CHECKING:
    from app.engine.people.instances import Instance
    from app.engine.people.person import Numbers

_SAME_PLACE, _COUNTS_AS_PLACE = 0.1, 0.5  # Overlap of the masks; weight of the look against it.
_KNOWN_AGAIN, _SURELY = 0.25, 0.15  # Unlikeness of the same person at different times, 0.18 at most in clips.
_CLEARLY = 0.06  # Less unlike than this, it may be either.
_CONTRADICTS = 0.1  # More unlike than this, the place does not count.
_MOST_PERSONS = 40


class Sight(NamedTuple):
    """What is seen of one instance, and whose it is."""

    instance: Instance
    look: Look
    number: int


class Roll:
    """The people. Numbers are never used twice."""

    def __init__(self) -> None:
        self.persons: dict[int, Person] = {}
        self._count = 0

    def call(
        self,
        instances: list[Instance],
        carried: Numbers,
        in_view: dict[int, int],
        colours: Colours,
        now: float,
    ) -> list[Sight]:
        """Tell who each instance is; whoever is unknown is added, hidden.

        carried: h x w, the numbers that came along the flow; wrong ones are changed. in_view: how many
        pixels each has there.
        """
        seen = [(each, look_of(colours, each.mask)) for each in instances if each.area]
        names = self._matched(seen, carried, in_view)
        for index, (instance, look) in enumerate(seen):
            if index not in names:
                names[index] = self._known_again(look, set(names.values())) or self._add(instance, look, now)
        sights = [Sight(*each, names[index]) for index, each in enumerate(seen)]
        for sight in sights:
            self._learn(sight, now, is_alone=len(sights) == 1)
        return sights

    def _matched(
        self, seen: list[tuple[Instance, Look]], carried: Numbers, in_view: dict[int, int]
    ) -> dict[int, int]:
        """Instances with the number of the person whose place and look they have, the best pairs first."""
        pairs = []
        for index, (instance, look) in enumerate(seen):
            shares = np.bincount(np.maximum(carried[instance.mask], 0))
            for number, size in in_view.items():
                shared = int(shares[number]) if number < len(shares) else 0
                place = shared / (instance.area + size - shared)
                if place >= _SAME_PLACE:
                    unlike = unlikeness(look, self.persons[number].look)
                    pairs.append((place - _COUNTS_AS_PLACE * unlike, index, number))
        names: dict[int, int] = {}
        for _, index, number in sorted(pairs, reverse=True):
            if index not in names and number not in names.values():
                names[index] = number
        for index, number in list(names.items()):
            instance, look = seen[index]
            names[index] = self._by_look(look, number, set(names.values()))
            if names[index] != number:
                # Their pixels had the wrong name.
                carried[instance.mask & (carried == number)] = names[index]
                wrong, right = self.persons[number], self.persons[names[index]]
                if not wrong.is_shown and wrong.born_at > right.found_at:
                    del self.persons[number]  # Nobody but this one, of whom too little was seen.
        return names

    def _by_look(self, look: Look, number: int, taken: set[int]) -> int:
        """The number, or that of another person whose look contradicts the place, as after a crossing.

        That somebody is to be hidden is believed sooner than that they are to be shown.
        """
        unlike = unlikeness(look, self.persons[number].look)
        others = [
            (unlikeness(look, other.look), other.number)
            for other in self.persons.values()
            if other.number not in taken
        ]
        nearest, other = min(others, default=(1.0, number))
        if nearest >= unlike - _CONTRADICTS:
            return number
        was_shown, is_shown = self.persons[number].is_shown, self.persons[other].is_shown
        return other if nearest < _SURELY or (was_shown and not is_shown) else number

    def _known_again(self, look: Look, taken: set[int]) -> int | None:
        """The number of somebody who was away and looks like this; None for a new person.

        Who could be either a person who is shown or one who is hidden is the hidden one.
        """
        away = sorted(
            (unlikeness(look, person.look), person.is_shown, number)
            for number, person in self.persons.items()
            if number not in taken
        )
        if not away or away[0][0] >= _KNOWN_AGAIN:
            return None
        near = [one for one in away if one[0] < away[0][0] + _CLEARLY]
        return min(near, key=lambda one: one[1])[2]

    def _add(self, instance: Instance, look: Look, now: float) -> int:
        self._count += 1
        mask = instance.mask
        area = instance.area / mask.size
        self.persons[self._count] = Person(self._count, look, box_of(mask), area, now, now)
        if len(self.persons) > _MOST_PERSONS:
            oldest = min(self.persons.values(), key=lambda person: (person.is_shown, person.found_at))
            del self.persons[oldest.number]
        return self._count

    def _learn(self, sight: Sight, now: float, is_alone: bool) -> None:
        person, mask = self.persons[sight.number], sight.instance.mask
        person.box, person.area = box_of(mask), sight.instance.area / mask.size
        person.found_at, person.runs = now, person.runs + 1
        if is_alone or unlikeness(person.look, sight.look) < _KNOWN_AGAIN:
            person.look = learnt(person.look, sight.look)
