"""The face in the pipeline: looked for only while a look needs it; without it the picture goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from app.engine.builder import face_finder
from app.engine.core.errors import BackdropError
from app.engine.core.settings import EffectSettings
from app.engine.core.types import Frame, Picture
from app.engine.face.finder import FaceFinder
from app.engine.looks.stage import Looks
from app.engine.media.demo import Demo
from app.engine.pipeline.effects import build_effect
from app.engine.pipeline.pipeline import Parts, Pipeline, Stopwatch
from tests.fakes import FakeSegmenter

if TYPE_CHECKING:
    from app.engine.core.face import Face
    from app.engine.core.parameters import Values
    from app.engine.core.types import Alpha
    from app.engine.networks.parts_network import PartsNetwork

GREEN = EffectSettings("colour", {"colour": "#00ff00"})


class WatchedFinder(FaceFinder):
    """Keeps what it was asked."""

    asked: Picture | None = None

    def find(self, frame: Frame, alpha: Alpha) -> Face | None:
        self.asked = frame.bgr
        return super().find(frame, alpha)


def processed(values: Values, faces: FaceFinder | None) -> tuple[Picture, set[str]]:
    watch = Stopwatch()
    pipeline = Pipeline(Parts(FakeSegmenter(), build_effect(GREEN), looks=Looks(values), faces=faces))
    made = pipeline.process(Frame(0, 0.0, Demo(640, 360).frame(0)), watch).composite.picture
    return made, set(watch.stage_ms)


def test_finder_is_built_only_for_looks_that_need_it() -> None:
    assert face_finder(Looks()) is None and face_finder(Looks({"exposure": 0.5})) is None
    faces = face_finder(Looks({"touch_up": 0.5}))
    assert faces is not None and faces.problem is None
    assert face_finder(Looks({"lips": 0.5}), faces) is faces
    assert face_finder(Looks({"exposure": 0.5}), faces) is None


def test_face_is_looked_for_only_while_a_look_needs_it() -> None:
    faces = WatchedFinder()
    _, stages = processed({"exposure": 0.5}, faces)
    assert faces.asked is None and "face" not in stages
    _, stages = processed({"exposure": 0.5, "touch_up": 1.0}, faces)
    assert "face" in stages
    assert faces.asked is not None and np.array_equal(faces.asked, Demo(640, 360).frame(0)), (
        "the frame without looks"
    )


def test_demo_has_a_face_that_is_touched_up() -> None:
    plain, _ = processed({}, None)
    made, _ = processed({"touch_up": 1.0}, FaceFinder())
    change = np.abs(made.astype(int) - plain).max(axis=2)
    assert 500 < (change > 1).sum() < 0.3 * change.size
    assert (change[:, 400:] == 0).all(), "the room"


def test_without_the_network_the_picture_is_that_without_the_look() -> None:
    def load() -> PartsNetwork:
        raise BackdropError("There is no network.")

    plain, _ = processed({}, None)
    faces = FaceFinder(load)
    made, _ = processed({"touch_up": 1.0}, faces)
    assert np.array_equal(made, plain)
    assert str(faces.problem) == "The looks for the face are off. There is no network."
