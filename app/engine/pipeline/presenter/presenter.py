"""The presenter's part of a composite: the placed person, and above all the logo and the name tag."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from app.engine.core.errors import BackdropError, Message
from app.engine.core.parameters import checked_values
from app.engine.core.settings import PresenterSettings
from app.engine.pipeline.presenter.geometry import CORNERS, MARGIN, PLACEMENT
from app.engine.pipeline.presenter.logo import LOGO, Logo
from app.engine.pipeline.presenter.name_tag import TAG, NameTag
from app.engine.pipeline.presenter.over import lay_over
from app.engine.pipeline.presenter.placement import Placement

if TYPE_CHECKING:
    from app.engine.core.parameters import Parameter
    from app.engine.core.types import Picture

PARTS: dict[str, tuple[Parameter, ...]] = {"place": PLACEMENT, "tag": TAG, "logo": LOGO}
"""The parameters by the field of `PresenterSettings`."""
_FADE_S = 0.35
_OFF = PresenterSettings()


class _Piece(NamedTuple):
    """A drawn corner piece, and where it stands."""

    picture: Picture
    left: int
    top: int
    is_tag: bool


class Fade:
    """How much of the name tag is shown. Jumps at the start of a scene, and else changes slowly."""

    def __init__(self) -> None:
        self._share: float | None = None
        self._at_s = 0.0

    def reset(self) -> None:
        """Begin a scene."""
        self._share = None

    def step(self, is_shown: bool, at_s: float) -> float:
        """The share at a time (seconds, of any clock), 0..1."""
        wanted = float(is_shown)
        if self._share is None:
            self._share = wanted
        step = max(0.0, at_s - self._at_s) / _FADE_S
        self._share += min(step, max(-step, wanted - self._share))
        self._at_s = at_s
        return self._share


class Presenter:
    """Built again for each change of its values; may cache only what depends on the size."""

    def __init__(self, settings: PresenterSettings = _OFF, previous: Presenter | None = None) -> None:
        """A logo that cannot be read is left out: see `problem`. Raises BackdropError for other values.

        previous: what has not changed is taken from there, so that a person who is dragged costs no file.
        """
        self._settings = settings
        self.placement = Placement(settings.place)
        self._pieces: dict[tuple[int, ...], list[_Piece]] = {}
        self._tag: NameTag
        self._logo: Logo
        self._logo_problem: BackdropError | None = None
        if previous is not None and previous._has_pieces_of(settings):
            self._tag, self._logo, self._logo_problem = previous._tag, previous._logo, previous._logo_problem
            self._pieces = previous._pieces
            return
        self._tag = NameTag(settings.tag)
        checked_values(LOGO, settings.logo)
        try:
            self._logo = Logo(settings.logo)
        except BackdropError as error:
            self._logo_problem, self._logo = error, Logo({})

    def _has_pieces_of(self, settings: PresenterSettings) -> bool:
        return (self._settings.tag, self._settings.logo) == (settings.tag, settings.logo)

    @property
    def is_on(self) -> bool:
        """Whether the composite may be another one than without a presenter."""
        return self.placement.is_on or self.draws

    @property
    def draws(self) -> bool:
        """Whether there is a logo or a name tag, shown or not."""
        return self._tag.is_there or self._logo.is_there

    @property
    def shows_tag(self) -> bool:
        """Whether the name tag is to be shown."""
        return self._tag.is_shown

    @property
    def problem(self) -> BackdropError | None:
        """The errors of a logo that cannot be read and of a name that cannot be drawn whole."""
        problems = [p.message for p in (self._logo_problem, self._tag.problem) if p is not None]
        return BackdropError(Message.sequence(problems)) if problems else None

    def draw(self, picture: Picture, tag_share: float) -> None:
        """Draw the logo and the name tag into a picture that the caller has just made.

        picture: H x W x 3, or x 4 with straight alpha. tag_share: how much of the tag is shown, 0..1.
        """
        size = picture.shape[:2]
        if size not in self._pieces:
            self._pieces = {size: self._laid_out(*size)}
        for piece in self._pieces[size]:
            opacity = tag_share if piece.is_tag else 1.0
            if opacity > 0:
                height, width = piece.picture.shape[:2]
                below = picture[piece.top : piece.top + height, piece.left : piece.left + width]
                lay_over(below, piece.picture[: below.shape[0], : below.shape[1]], opacity)

    def _laid_out(self, height_px: int, width_px: int) -> list[_Piece]:
        """The pieces in their corners; two in one corner stand one above the other."""
        margin = round(MARGIN * height_px)
        taken = dict.fromkeys(CORNERS, margin)
        pieces = []
        for part in (self._logo, self._tag):
            if not part.is_there:
                continue
            drawn = part.drawn(height_px, width_px)
            height, width = drawn.shape[:2]
            left = margin if part.corner.endswith("left") else width_px - margin - width
            above = taken[part.corner]
            top = above if part.corner.startswith("top") else height_px - above - height
            taken[part.corner] += height + margin // 2
            pieces.append(_Piece(drawn, max(0, left), max(0, top), part is self._tag))
        return pieces
