"""Keep the people who are shown; treat all others as background."""

from __future__ import annotations

import logging
import time
from collections import deque
from queue import SimpleQueue
from typing import TYPE_CHECKING

import cv2
import numpy as np

from app.engine.core.errors import BackdropError, any_reason
from app.engine.core.image_ops import halve
from app.engine.core.pyramid import shrunk
from app.engine.networks.people_network import open_people_network
from app.engine.people.appearance import colours_of
from app.engine.people.choice import Choice
from app.engine.people.instances import components, instances_of
from app.engine.people.outlines import outlines_of
from app.engine.people.person import DOUBTFUL, NOBODY, Numbers
from app.engine.people.roll import Roll
from app.engine.people.sharing import separate, shared_out
from app.engine.people.timed import within

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.engine.core.motion import Moved
    from app.engine.core.settings import MatteSettings
    from app.engine.core.types import Alpha, Frame, Outline
    from app.engine.networks.people_network import PeopleNetwork
    from app.engine.people.instances import Instance, Mask

log = logging.getLogger(__name__)

_PERSON = 0.5  # Alpha.
_SEVERAL_S, _ALONE_S = 0.2, 1.0  # Between two looks, while several people are known to be there or only one.
_SOONEST_S = 0.06  # Between two looks because of a change.
_REACH_PX = 2.0  # Of half of alpha. A pixel this near to a person's is theirs.
_UNEXPLAINED, _GROWN = 0.003, 0.04  # Share of the picture; of the people. More than this is looked at.
_CUT_LEVELS, _CUT_SHARE = 25, 0.5  # Grey levels that more than this share of the picture differs by.
_CLICK_S = 3.0
_IN_VIEW_PX = 4
_EDGE = np.ones((3, 3), np.uint8)
LIMIT_S = 1.0
"""A network that takes longer counts as broken."""
_SLOW_MS, _TIMES = 200.0, 9


class People:
    """Tells people apart and follows them. Has memory: see `new_scene` and `forget`."""

    def __init__(
        self, load: Callable[[], PeopleNetwork] = open_people_network, limit_s: float | None = LIMIT_S
    ) -> None:
        """Load the network, which takes a while; if that fails, `problem` says why.

        limit_s: a network that takes longer is not asked again; None to wait for it.
        """
        self.problem: BackdropError | None = None
        """Why people who touch are not told apart any more."""
        self._network: PeopleNetwork | None = None
        self._limit_s = limit_s
        self._ms: deque[float] = deque(maxlen=_TIMES)
        self.is_watched = False
        """Whether the user looks at the outlines, so that people are found although everyone is shown."""
        self._toggles: SimpleQueue[tuple[float, int]] = SimpleQueue()
        self.forget()
        try:
            self._network = load()
        except Exception as error:
            self._fail(error)

    def forget(self) -> None:
        """Forget everybody."""
        self._roll, self._choice = Roll(), Choice()
        self.new_scene()

    def new_scene(self) -> None:
        """Forget where people are, but not what they look like: who is hidden stays hidden."""
        self._choice.new_scene()
        self._numbers: Numbers | None = None
        self._looked_at = 0.0
        self._grown = 0

    def keep(self, raw: Alpha, frame: Frame, moved: Moved, settings: MatteSettings) -> Alpha:
        """Alpha of the people who are shown. Others are removed in the very frame they appear in.

        raw: h x w, 0..1, of this frame; not written. moved: the motion that led to this frame.
        """
        if settings.people == "everyone" and not self.is_watched:
            self._numbers = None
            self._choice.show_everyone(self._roll.persons)
            return raw
        if settings.people == "chosen":
            self._obey()
        inside = halve(raw, 1) > _PERSON
        now = frame.captured_at
        carried = self._carried(inside, moved)
        if self._is_due(carried, now):
            instances = self._look(frame, inside)
            self._find(instances, inside, carried, frame, settings)
            self._looked_at, self._grown = now, 0
        else:
            self._numbers = carried
            self._separate(frame)
        return raw if settings.people == "everyone" else self._shown(raw)

    def toggle(self, number: int) -> None:
        """Show or hide a person from the next frame on, if "chosen" is the setting; on any thread."""
        self._toggles.put((time.monotonic(), number))

    @property
    def outlines(self) -> tuple[Outline, ...]:
        """The outlines of the people in the last frame."""
        return () if self._numbers is None else outlines_of(self._numbers, self._roll.persons)

    def _obey(self) -> None:
        """Do what the user has clicked. An old click is no wish any more."""
        while not self._toggles.empty():
            clicked_at, number = self._toggles.get()
            if number in self._roll.persons and time.monotonic() - clicked_at < _CLICK_S:
                self._choice.toggle(self._roll.persons[number])

    def _separate(self, frame: Frame) -> None:
        """Between two looks: tell people apart by colour where they touch."""
        numbers, persons = self._numbers, self._roll.persons
        assert numbers is not None
        there = {number for number in np.unique(numbers).tolist() if number in persons}
        if len({persons[number].is_shown for number in there}) > 1:
            colours = colours_of(shrunk(frame, *numbers.shape))
            separate(numbers, numbers.copy(), there, persons, colours, frame.captured_at)

    def _carried(self, inside: Mask, moved: Moved) -> Numbers | None:
        """Whose each pixel is by the frame before: that of the nearest one along the flow. None: not known.

        Pixels that are near nobody's are doubtful.
        """
        if self._numbers is None or self._numbers.shape != inside.shape or not moved.is_known:
            return None
        unlike = cv2.absdiff(moved.old_levels, moved.levels)
        if np.count_nonzero(unlike > _CUT_LEVELS) > _CUT_SHARE * unlike.size:
            self._choice.new_scene()
            return None
        # cv2.remap takes no whole numbers of this size.
        numbers = moved.carried(self._numbers.astype(np.float32), is_nearest=True).astype(np.int32)
        numbers[~inside | (numbers == DOUBTFUL)] = NOBODY
        nearest, distance = _nearest(numbers)
        near = inside & (distance <= _REACH_PX)
        self._grown += int(np.count_nonzero(near & (numbers == NOBODY)))
        return np.where(near, nearest, np.where(inside, DOUBTFUL, NOBODY)).astype(np.int32)

    def _is_due(self, carried: Numbers | None, now: float) -> bool:
        """Whether to look at the people again."""
        if carried is None:
            return True
        since_s = now - self._looked_at
        known = np.count_nonzero(carried > 0)
        unexplained = np.count_nonzero(carried == DOUBTFUL) > _UNEXPLAINED * carried.size
        if since_s >= _SOONEST_S and (unexplained or self._grown > _GROWN * known):
            return True
        first = carried.max()
        person = self._roll.persons.get(int(first))
        is_alone = person is not None and person.is_shown and known == np.count_nonzero(carried == first)
        return since_s >= (_ALONE_S if is_alone else _SEVERAL_S) or since_s < 0

    def _look(self, frame: Frame, inside: Mask) -> list[Instance]:
        """The persons of a frame; without the network its connected components."""
        network = self._network
        if network is None:
            return components(inside)
        begin = time.perf_counter()
        try:
            maps = within(self._limit_s, lambda: network.infer(frame))
            self._ms.append(1e3 * (time.perf_counter() - begin))
            is_slow = len(self._ms) == _TIMES and float(np.median(self._ms)) > _SLOW_MS
            if self._limit_s is not None and is_slow:
                raise BackdropError("This computer is too slow for it.")
        except Exception as error:
            self._fail(error)
            return components(inside)
        return instances_of(maps, inside)

    def _find(
        self,
        instances: list[Instance],
        inside: Mask,
        carried: Numbers | None,
        frame: Frame,
        settings: MatteSettings,
    ) -> None:
        """Tell who is who, who is shown, and whose each pixel is."""
        persons, now = self._roll.persons, frame.captured_at
        before = np.full(inside.shape, NOBODY, np.int32) if carried is None else carried
        colours = colours_of(shrunk(frame, *inside.shape))
        sizes = zip(*(each.tolist() for each in np.unique(before, return_counts=True)), strict=True)
        in_view = {number: size for number, size in sizes if number in persons and size >= _IN_VIEW_PX}
        sights = self._roll.call(instances, before, in_view, colours, now)
        present = [persons[sight.number] for sight in sights]
        self._choice.decide(persons, present, settings.people, settings.people_count, now)
        self._numbers = shared_out(sights, before, inside, persons, colours, now)

    def _shown(self, raw: Alpha) -> Alpha:
        """Alpha of the people who are shown. What is near somebody is theirs."""
        numbers, persons = self._numbers, self._roll.persons
        assert numbers is not None
        for person in persons.values():
            person.fade()
        there = np.unique(numbers).tolist()
        opacity = {n: persons[n].opacity if n in persons else 0.0 for n in there if n != NOBODY}
        if all(value == 1.0 for value in opacity.values()) and opacity:
            return raw
        if not any(opacity.values()):
            return np.zeros_like(raw)
        nearest, _ = _nearest(numbers)
        share = np.zeros(numbers.shape, np.float32)
        for number, value in opacity.items():
            share[nearest == number] = value
        # The limit between two people is known to a pixel or two: those are hidden.
        share = np.asarray(cv2.resize(cv2.erode(share, _EDGE), raw.shape[::-1]), np.float32)
        return np.asarray(raw * share, np.float32)

    def _fail(self, error: Exception) -> None:
        log.warning("people cannot be told apart", exc_info=error)
        self._network = None
        reason = error.message if isinstance(error, BackdropError) else any_reason(error)
        self.problem = BackdropError(
            "People who touch each other cannot be told apart. {reason}", reason=reason
        )


def _nearest(numbers: Numbers) -> tuple[Numbers, Alpha]:
    """The number of the nearest pixel that has one, and how far it is in pixels."""
    known = numbers != NOBODY
    if not known.any():
        return numbers, np.full(numbers.shape, np.inf, np.float32)
    distance, index = cv2.distanceTransformWithLabels(
        (~known).view(np.uint8), cv2.DIST_L2, 3, labelType=cv2.DIST_LABEL_PIXEL
    )
    of_index = np.zeros(int(index.max()) + 1, np.int32)
    of_index[index[known]] = numbers[known]
    return of_index[index], np.asarray(distance, np.float32)
