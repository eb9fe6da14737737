"""Makes what the settings name, off the hot path."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from app.engine.effects import Effect, build_effect
from app.engine.networks import network_file
from app.engine.outlets import Outlets
from app.engine.pipeline import Parts
from app.engine.session import Session
from app.engine.types import NetworkSettings, Settings

Part = TypeVar("Part")
Tell = Callable[[str, Exception | None], None]


def load_session(settings: NetworkSettings) -> Session:
    """The network that the settings name. Raises BackdropError if it cannot be had."""
    return Session(network_file(settings.name), settings.provider, settings.threads)


class Builder:
    """Keeps the parts of the pipeline and the outputs as the settings want them."""

    def __init__(
        self, load_session: Callable[[NetworkSettings], Session], outlets: Outlets, tell: Tell
    ) -> None:
        """`tell` gets the name of a part with its failure, or with None once all is well."""
        self._load_session = load_session
        self._outlets = outlets
        self._tell = tell
        self._session: Session | None = None
        self._effect: Effect | None = None
        self._built: Settings | None = None
        self.parts: Parts | None = None
        """None until there is a network and an effect."""

    def build(self, wanted: Settings) -> None:
        """Build what is new in the settings; of what fails, the part in use stays."""
        built = self._built
        if built is None or wanted.effect != built.effect:
            self._effect = self._make("effect", partial(build_effect, wanted.effect), self._effect)
        if built is None or wanted.network != built.network:
            self._session = self._make("network", partial(self._load_session, wanted.network), self._session)
        if self._session is not None and self._effect is not None:
            self.parts = Parts(
                self._session, self._effect, wanted.matte, wanted.compositor, wanted.adjustments
            )
        if built is None or wanted.output != built.output:
            self._outlets.connect(wanted.output)
        self._built = wanted

    def _make(self, part: str, make: Callable[[], Part], current: Part | None) -> Part | None:
        try:
            made = make()
        except Exception as error:
            self._tell(part, error)
            return current
        self._tell(part, None)
        return made
