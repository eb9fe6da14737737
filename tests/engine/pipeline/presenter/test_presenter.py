"""The name tag and the logo, and the presenter in the pipeline."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import msgspec
import numpy as np
import pytest
from PIL import Image

from app.engine.builder import Builder
from app.engine.core.errors import BackdropError
from app.engine.core.settings import EffectSettings, PresenterSettings, Settings
from app.engine.core.types import Frame, Picture
from app.engine.output.dispatcher import SinkDispatcher
from app.engine.pipeline.effects import build_effect
from app.engine.pipeline.large_picture import composite_large
from app.engine.pipeline.pipeline import Parts, Pipeline, Stopwatch
from app.engine.pipeline.presenter import fonts
from app.engine.pipeline.presenter.fonts import FAMILIES, font_file_for, missing
from app.engine.pipeline.presenter.geometry import CORNERS
from app.engine.pipeline.presenter.name_tag import NameTag
from app.engine.pipeline.presenter.over import lay_over
from app.engine.pipeline.presenter.presenter import Fade, Presenter
from tests.engine.pipeline.test_pipeline import person_at

if TYPE_CHECKING:
    from pathlib import Path

    from app.engine.core.parameters import Values
    from app.engine.networks.segmenter import Segmenter

GREY = 90


@pytest.fixture
def logo(tmp_path: Path) -> Path:
    """A magenta disk on transparency whose hidden pixels are white."""
    pixels = np.zeros((100, 200, 4), np.uint8)
    pixels[..., :3] = 255
    cv2.circle(pixels, (50, 50), 40, (255, 0, 255, 255), -1)
    Image.fromarray(pixels, "RGBA").save(tmp_path / "logo.png")
    return tmp_path / "logo.png"


def drawn(settings: PresenterSettings, size: tuple[int, int] = (360, 640), share: float = 1.0) -> Picture:
    picture = np.full((*size, 3), GREY, np.uint8)
    Presenter(settings).draw(picture, share)
    return picture


def touched(picture: Picture) -> tuple[int, int, int, int]:
    """Top, bottom, left and right of what differs from the grey."""
    rows, columns = np.nonzero((picture != GREY).any(axis=2))
    return int(rows.min()), int(rows.max()), int(columns.min()), int(columns.max())


@pytest.mark.parametrize("corner", CORNERS)
def test_tag_and_logo_stand_in_their_corner(corner: str, logo: Path) -> None:
    for settings in (
        PresenterSettings(tag={"name": "Ada Lovelace", "title": "Analyst", "corner": corner}),
        PresenterSettings(logo={"file": str(logo), "corner": corner}),
    ):
        top, bottom, left, right = touched(drawn(settings))
        margin = round(0.04 * 360)
        assert (top if "top" in corner else 359 - bottom) in range(margin - 1, margin + 12)
        assert (left if "left" in corner else 639 - right) in range(margin - 1, margin + 80)
        assert (bottom < 180) == ("top" in corner) and (right < 400) == ("left" in corner)


def test_tag_and_logo_in_one_corner_do_not_cover_each_other(logo: Path) -> None:
    tag: Values = {"name": "Ada", "corner": "top-right"}
    both = drawn(PresenterSettings(tag=tag, logo={"file": str(logo)}))
    alone = drawn(PresenterSettings(logo={"file": str(logo)}))
    _, bottom, _, _ = touched(alone)
    assert np.array_equal(both[: bottom + 1], alone[: bottom + 1])
    assert touched(both)[1] > bottom + 20


def test_tag_has_its_colours_and_a_lighter_second_line() -> None:
    tag: Values = {"name": "WWW", "title": "www", "colour": "#ff0000", "plate": "#0000ff"}
    picture = drawn(PresenterSettings(tag=tag))
    reds = (picture == (0, 0, 255)).all(axis=2)
    assert reds.sum() > 50 and picture[..., 0].max() > 200
    assert touched(drawn(PresenterSettings(tag={"name": "WWW"})))[0] > touched(picture)[0], (
        "one line is lower"
    )


@pytest.mark.parametrize("font", FAMILIES)
def test_long_name_gets_smaller_letters_and_is_cut_at_last(font: str) -> None:
    tag: Values = {"name": "Dr. Hieronymus Freiherr von Oberstetten-Wittgenstein " * 3, "font": font}
    for size in ((360, 640), (96, 160), (64, 64), (640, 360)):
        _, bottom, left, right = touched(drawn(PresenterSettings(tag=tag), size))
        assert left >= 1 and right <= size[1] - 2 and bottom < size[0]


def test_share_of_the_tag_fades_it_and_not_the_logo(logo: Path) -> None:
    settings = PresenterSettings(tag={"name": "Ada"}, logo={"file": str(logo)})
    whole, half, none = (drawn(settings, share=share).astype(int) for share in (1.0, 0.5, 0.0))
    assert np.abs((whole + none) / 2 - half).max() <= 2
    assert np.array_equal(none, drawn(PresenterSettings(logo={"file": str(logo)})))


def test_logo_has_no_fringe_of_its_hidden_colour(logo: Path) -> None:
    picture = drawn(PresenterSettings(logo={"file": str(logo), "size": 0.1}))
    assert picture[..., 1].max() <= GREY + 1, "magenta on grey has no more green than grey"
    assert (picture == (255, 0, 255)).all(axis=2).any()


def test_opacity_of_0_is_no_logo(logo: Path) -> None:
    assert not Presenter(PresenterSettings(logo={"file": str(logo), "opacity": 0.0})).is_on


def test_logo_that_cannot_be_read_is_told_and_the_rest_works(tmp_path: Path) -> None:
    presenter = Presenter(
        PresenterSettings({"shape": "circle"}, {"name": "Ada"}, {"file": str(tmp_path / "gone.png")})
    )
    assert str(presenter.problem) == f"There is no file '{tmp_path / 'gone.png'}'."
    assert presenter.placement.is_on and presenter.draws


@pytest.mark.parametrize("name", ["Ada", "Łukasz Žižek", "Ζωή", "Дарья", "O'Neill & Söhne"])
def test_european_names_have_a_font(name: str) -> None:
    if not fonts.font_files():
        pytest.skip("this computer has no fonts")
    assert NameTag({"name": name}).problem is None


def test_characters_that_no_font_has_are_left_out_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    font_file_for.cache_clear()
    monkeypatch.setattr(fonts, "font_files", dict)
    try:
        tag = NameTag({"name": "王 Ada 明", "title": "工程师"})
        sentence = str(tag.problem)
        assert sentence.startswith(
            "No font on this computer has the characters 王明工程师 of the name tag: install"
        )
        plain = NameTag({"name": "Ada"}).drawn(360, 640)
        assert np.array_equal(tag.drawn(360, 640), plain), "no boxes, and no empty line"
        assert not NameTag({"name": "王"}).is_there
    finally:
        font_file_for.cache_clear()


def test_font_that_has_the_characters_is_found_among_all(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    font_file_for.cache_clear()
    files = {name: tmp_path / name for name in ("DejaVuSans-Bold.ttf", "Rare.ttf", "wqy-zenhei.ttc")}
    has = {"DejaVuSans-Bold.ttf": "ab", "wqy-zenhei.ttc": "abx", "Rare.ttf": "abxy"}
    monkeypatch.setattr(fonts, "font_files", lambda: files)

    def lacks(file: Path | None, text: str) -> str:
        return "".join(c for c in text if c not in (has[file.name] if file else "a"))

    monkeypatch.setattr(fonts, "missing", lacks)
    try:
        for text, name in (("ab", "DejaVuSans-Bold.ttf"), ("ax", "wqy-zenhei.ttc"), ("by", "Rare.ttf")):
            assert font_file_for(text, "sans", True) == (files[name], "")
        assert font_file_for("abz", "sans", True) == (files["DejaVuSans-Bold.ttf"], "z")
    finally:
        font_file_for.cache_clear()


def test_damaged_font_lacks_every_character(tmp_path: Path) -> None:
    (tmp_path / "bad.ttf").write_bytes(b"no font")
    assert missing(tmp_path / "bad.ttf", "a b") == "ab"


@pytest.mark.parametrize("part", ["place", "tag", "logo"])
def test_invalid_value_is_refused(part: str) -> None:
    with pytest.raises(BackdropError, match="Size must be a number from"):
        Presenter(msgspec.structs.replace(PresenterSettings(), **{part: {"size": 99.0}}))


def test_fade_jumps_at_a_scene_and_then_takes_its_time() -> None:
    fade = Fade()
    assert fade.step(True, 10.0) == 1.0
    shares = [fade.step(False, 10.0 + i / 30) for i in range(1, 15)]
    assert shares == sorted(shares, reverse=True) and 0 < shares[3] < 1 and shares[-1] == 0
    assert fade.step(True, 9.0) == 0.0, "a clock that goes back changes nothing"
    fade.reset()
    assert fade.step(True, 9.0) == 1.0


def test_laying_over_transparency_keeps_straight_alpha() -> None:
    below = np.zeros((1, 3, 4), np.uint8)
    below[0, 1] = (10, 20, 30, 255)
    below[0, 2] = (10, 20, 30, 128)
    above = np.zeros((1, 3, 4), np.uint8)
    above[:] = (200, 100, 50, 128)
    lay_over(below, above)
    assert below[0, 0].tolist() == [200, 100, 50, 128]
    assert below[0, 1, 3] == 255 and np.abs(below[0, 1, :3].astype(int) - (105, 60, 40)).max() <= 1
    assert abs(int(below[0, 2, 3]) - 192) <= 1


def pipeline(segmenter: Segmenter, presenter: PresenterSettings, effect: str = "colour") -> Pipeline:
    return Pipeline(Parts(segmenter, build_effect(EffectSettings(effect)), presenter=Presenter(presenter)))


def test_pipeline_without_presenter_has_no_further_stage(segmenter: Segmenter) -> None:
    for settings, stages in (
        (PresenterSettings(), ["network", "matte", "effect", "composite"]),
        (PresenterSettings({"shape": "placed"}), ["network", "matte", "effect", "composite"]),
        (PresenterSettings(tag={"name": "Ada"}), ["network", "matte", "effect", "composite", "overlay"]),
    ):
        watch = Stopwatch()
        pipeline(segmenter, settings).process(Frame(0, 0.0, person_at(0)), watch)
        assert list(watch.stage_ms) == stages


def test_room_shown_by_choice_has_the_tag_and_no_second_person(segmenter: Segmenter) -> None:
    bgr = person_at(96)
    settings = PresenterSettings({"shape": "circle", "shadow": 1.0}, {"name": "Ada"})
    picture = pipeline(segmenter, settings, "none").process(Frame(0, 0.0, bgr)).composite.picture
    assert np.array_equal(picture[:140], bgr[:140]) and not np.array_equal(picture[140:], bgr[140:])


def test_tag_fades_when_it_is_told_to_hide(segmenter: Segmenter) -> None:
    made = pipeline(segmenter, PresenterSettings(tag={"name": "Ada"}))
    plain = pipeline(segmenter, PresenterSettings()).process(Frame(0, 0.0, person_at(96))).composite.picture
    first = made.process(Frame(0, 0.0, person_at(96))).composite.picture
    hidden = Presenter(PresenterSettings(tag={"name": "Ada", "shown": 0.0}))
    made.update(made._parts._replace(presenter=hidden))
    differences = []
    for index in range(1, 20):
        picture = made.process(Frame(index, index / 30, person_at(96))).composite.picture
        differences.append(int(np.abs(picture.astype(int) - plain).sum()))
    assert np.abs(first.astype(int) - plain).sum() > differences[0] > differences[5] > 0
    assert differences[-1] == 0


def test_large_photo_has_the_presenter_and_no_room(
    segmenter: Segmenter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.engine.pipeline.large_picture._COPY_PX", 320 * 192 // 4)
    settings = PresenterSettings({"shape": "placed", "x": 0.8}, {"name": "Ada"})
    picture = composite_large(pipeline(segmenter, settings), Frame(0, 0.0, person_at(96).copy()))
    assert picture.shape == (192, 320, 3)
    assert not (picture[..., 0] > picture[..., 1].astype(int) + 60).any(), "the room is blue"
    assert (picture[..., 2] > 200).any()


def test_builder_keeps_the_presenter_when_a_value_is_invalid(segmenter: Segmenter) -> None:
    told: dict[str, Exception | None] = {}
    sinks = SinkDispatcher(lambda settings: {}, lambda part, error: None)
    builder = Builder(lambda settings: segmenter, sinks, told.__setitem__, lambda: None)
    try:
        builder.build(Settings(presenter=PresenterSettings({"shape": "circle"})))
        assert builder.parts is not None and builder.parts.presenter.placement.is_on
        before = builder.parts.presenter
        builder.build(Settings(presenter=PresenterSettings({"shape": "star"})))
        assert builder.parts.presenter is before and "star" in str(told["presenter"])
        builder.build(Settings())
        assert not builder.parts.presenter.is_on and told["presenter"] is None
    finally:
        builder.stop()


def test_long_name_keeps_at_least_three_fifths_of_its_size() -> None:
    height = {
        name: NameTag({"name": name, "size": 0.1}).drawn(720, 1280).shape[0] for name in ("Ada", "Ada " * 30)
    }
    assert 0.55 < height["Ada " * 30] / height["Ada"] < 0.65
