"""Build the parts that the settings name, off the hot path."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, TypeVar

import msgspec

from app.engine.core.settings import MatteSettings, NetworkSettings, Settings
from app.engine.face.finder import FaceFinder
from app.engine.looks.stage import Looks
from app.engine.networks.auto_select import AutoNetwork, remembered
from app.engine.networks.catalogue import AUTO, network_file
from app.engine.networks.segmenter import Segmenter
from app.engine.people.people import LIMIT_S, People
from app.engine.pipeline.effects import build_effect
from app.engine.pipeline.pipeline import Parts
from app.engine.pipeline.presenter.presenter import Presenter

if TYPE_CHECKING:
    from app.engine.output.dispatcher import SinkDispatcher
    from app.engine.pipeline.effect import Effect

Part = TypeVar("Part")
Tell = Callable[[str, Exception | None], None]


def load_segmenter(settings: NetworkSettings) -> Segmenter:
    """Load the network of the settings. Raises BackdropError if that fails."""
    if settings.name == AUTO:
        known = remembered(settings)
        settings = msgspec.structs.replace(settings, name=known.name if known else NetworkSettings().name)
    return Segmenter(network_file(settings.name), settings.provider, settings.threads)


def face_finder(looks: Looks, present: FaceFinder | None = None) -> FaceFinder | None:
    """What finds the face, if a look needs it: the present one, or a new one, which takes a while to load."""
    if not looks.needs_face:
        return None
    return FaceFinder() if present is None else present


def people_finder(settings: MatteSettings, limit_s: float | None = LIMIT_S) -> People | None:
    """What tells people apart, unless everyone is shown; it takes a while to load. limit_s: see `People`."""
    return None if settings.people == "everyone" else People(limit_s=limit_s)


class Builder:
    """Keeps the parts of the pipeline and the outputs up to date with the settings."""

    def __init__(
        self,
        load_segmenter: Callable[[NetworkSettings], Segmenter],
        sinks: SinkDispatcher,
        report_error: Tell,
        on_network_known: Callable[[], None],
    ) -> None:
        """`report_error` gets the name of a part with its error, or with None once it works.

        `on_network_known` is called on another thread when `build` would build another network.
        """
        self._auto = AutoNetwork(on_network_known)
        self._load_session = load_segmenter
        self._sinks = sinks
        self._report_error = report_error
        self._segmenter: Segmenter | None = None
        self._effect: Effect | None = None
        self._looks = Looks()
        self._presenter = Presenter()
        self._faces: FaceFinder | None = None
        self._people: People | None = None
        self._built: Settings | None = None
        self._network: NetworkSettings | None = None
        self.parts: Parts | None = None
        """None until there is a network and an effect."""

    def build(self, wanted: Settings, are_people_watched: bool = False) -> bool:
        """Build what is new in the settings; if a part fails, the present one stays.

        are_people_watched: whether the user looks at the outlines of people.
        Returns whether the network has changed.
        """
        built = self._built
        if built is None or wanted.effect != built.effect:
            self._effect = self._make("effect", partial(build_effect, wanted.effect), self._effect)
        if built is None or wanted.looks != built.looks:
            looks = self._make("look", partial(Looks, wanted.looks, self._looks), self._looks)
            self._looks = looks or self._looks
            self._faces = face_finder(self._looks, self._faces)
        if built is None or wanted.presenter != built.presenter:
            presenter = self._make(
                "presenter", partial(Presenter, wanted.presenter, self._presenter), self._presenter
            )
            self._presenter = presenter or self._presenter
        if self._people is None:
            self._people = People() if are_people_watched else people_finder(wanted.matte)
        network = self._auto.resolved(wanted.network)
        has_new_network = network != self._network
        if has_new_network:
            self._segmenter = self._make("network", partial(self._load_session, network), self._segmenter)
            self._network = network
        if self._segmenter is not None and self._effect is not None:
            self.parts = Parts(
                self._segmenter,
                self._effect,
                wanted.matte,
                wanted.compositor,
                wanted.adjustments,
                self._looks,
                self._presenter,
                self._faces,
                self._people,
            )
        if built is None or wanted.output != built.output:
            self._sinks.connect(wanted.output)
        self._built = wanted
        return has_new_network

    def stop(self) -> None:
        """Stop measuring; returns at once."""
        self._auto.stop()

    def has_ended(self, timeout_s: float) -> bool:
        """Whether no measurement is under way, after waiting up to `timeout_s` seconds for it."""
        return self._auto.has_ended(timeout_s)

    def _make(self, part: str, make: Callable[[], Part], current: Part | None) -> Part | None:
        try:
            made = make()
        except Exception as error:
            self._report_error(part, error)
            return current
        self._report_error(part, None)
        return made
