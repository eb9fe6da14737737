"""Who is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from app.engine.core.settings import MatteSettings, WhoIsShown
    from app.engine.people.person import Person

_SEAT, _SEAT_FREE_S, _SEAT_RUNS = 0.5, 1.0, 3
# Overlap of boxes; how long nobody who is shown was there; how often the newcomer was found.

_MOST = 12


def with_people(settings: MatteSettings, text: str) -> MatteSettings | None:
    """The settings with 'everyone', 'main' or a number of people; None for any other text."""
    if text == "everyone":
        return msgspec.structs.replace(settings, people="everyone")
    count = 1 if text == "main" else int(text) if text.isdecimal() and len(text) < 4 else 0
    if not 1 <= count <= _MOST:
        return None
    return msgspec.structs.replace(settings, people="main", people_count=count)


class Choice:
    """Decides who is shown. Whoever comes later is hidden, unless fewer are shown than wanted so far."""

    def __init__(self) -> None:
        self._wanted: tuple[WhoIsShown, int] | None = None
        self._vacant = 0
        """How many of those who come next are shown."""
        self._is_new_scene = True
        self._is_chosen = False
        """Whether the user has clicked on somebody."""

    def new_scene(self) -> None:
        """Earlier frames are unrelated: whoever is shown may be somebody else now."""
        self._is_new_scene = True

    def toggle(self, person: Person) -> None:
        """Show or hide a person, because the user says so."""
        self._is_chosen = True
        person.show(not person.is_shown)

    def show_everyone(self, persons: dict[int, Person]) -> None:
        """Forget who was chosen."""
        self._wanted, self._is_chosen = None, False
        for person in persons.values():
            person.show(True, at_once=True)

    def decide(
        self, persons: dict[int, Person], present: list[Person], mode: WhoIsShown, count: int, now: float
    ) -> None:
        """Decide after the people of a frame were found.

        persons: all who are known. present: those in view. count: how many people "main" shows.
        """
        before, self._wanted = self._wanted, (mode, count)
        if mode == "everyone":
            self.show_everyone(persons)
            return
        if mode == "chosen":
            if self._is_chosen or any(person.is_shown for person in persons.values()):
                # What the user sees now and has not clicked on stays.
                self._vacant, self._is_new_scene = 0, False
                return
            count = 1
        newcomers = [person for person in present if person.born_at == now]
        is_new = before != self._wanted
        if is_new:
            newcomers, self._vacant = present, count
            for person in persons.values():
                person.show(False)
        elif self._is_new_scene and present:
            self._vacant = max(0, count - sum(person.is_shown for person in present))
        for person in sorted(newcomers, key=lambda each: -each.weight)[: self._vacant]:
            person.show(True, at_once=is_new or self._is_new_scene)
            self._vacant -= 1
        if present:
            self._is_new_scene = False
        self._take_seats(persons, present)

    def _take_seats(self, persons: dict[int, Person], present: list[Person]) -> None:
        """Show whoever comes and sits down where a person who is shown sat: they look different now.

        Never somebody who was there before, nor somebody who looks like a person who is hidden: those have
        been known again.
        """
        if any(person.is_shown for person in present):
            return
        for seat in [person for person in persons.values() if person.is_shown]:
            for person in present:
                is_free = person.born_at - seat.found_at >= _SEAT_FREE_S
                is_theirs = person.box.overlap(seat.box) >= _SEAT
                if is_free and is_theirs and person.runs >= _SEAT_RUNS:
                    person.show(True)
