"""The preview: shape, position, colours."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtGui import QColor, QImage, QPaintEvent

from app.ui.services.images import as_image
from app.ui.views.preview import Preview, fitted_size, scaled

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from app.engine.core.types import Picture

SIZES = [(359, 641), (480, 640), (720, 1280), (1, 1), (3, 7), (641, 359)]


@pytest.fixture
def preview(qtbot: QtBot) -> Preview:
    widget = Preview()
    qtbot.addWidget(widget)
    widget.resize(640, 480)
    return widget


def halves(height: int, width: int) -> Picture:
    """Left half blue with a little green, right half red with a little green; read-only."""
    picture = np.zeros((height, width, 3), np.uint8)
    picture[:, : width // 2] = (250, 40, 10)
    picture[:, width // 2 :] = (20, 60, 240)
    picture.flags.writeable = False
    return picture


def painted(preview: Preview) -> QImage:
    return preview.grab().toImage()


def colour(image: QImage, point: QPoint) -> tuple[int, int, int]:
    return rgb(image.pixelColor(point))


def rgb(colour: QColor) -> tuple[int, int, int]:
    return colour.red(), colour.green(), colour.blue()


@pytest.mark.parametrize(("height", "width"), SIZES)
def test_array_becomes_image_with_same_pixels(height: int, width: int) -> None:
    picture = np.random.default_rng(1).integers(0, 256, (height, width, 3), np.uint8)
    image = as_image(picture)
    assert image.size() == QSize(width, height)
    for y, x in {(0, 0), (height - 1, width - 1), (height // 2, width // 3)}:
        blue, green, red = picture[y, x].tolist()
        assert colour(image, QPoint(x, y)) == (red, green, blue)


@pytest.mark.parametrize("channels", [3, 4])
def test_slice_of_array_becomes_image(channels: int) -> None:
    whole = np.random.default_rng(3).integers(0, 256, (60, 90, channels), np.uint8)
    image = as_image(whole[10:40, 20:70])
    assert image.size() == QSize(50, 30)
    blue, green, red = whole[35, 60, :3].tolist()
    assert colour(image, QPoint(40, 25)) == (red, green, blue)


def test_image_outlives_its_array() -> None:
    for channels in (3, 4):
        image = as_image(np.full((64, 64, channels), 9, np.uint8))
        _ = [np.zeros((64, 64, 4), np.uint8) for _ in range(50)]
        assert colour(image, QPoint(40, 40)) == (9, 9, 9)


@pytest.mark.parametrize(("height", "width"), [(359, 641), (480, 640), (720, 1280), (641, 359)])
def test_preview_keeps_aspect_ratio_and_colours(preview: Preview, height: int, width: int) -> None:
    preview.show_picture(halves(height, width))
    area = preview.picture_area()
    assert area.width() == 640 or area.height() == 480
    assert preview.rect().contains(area)
    assert area.width() / area.height() == pytest.approx(width / height, rel=0.01)
    image = painted(preview)
    quarter = area.width() // 4
    assert colour(image, area.center() - QPoint(quarter, 0)) == (10, 40, 250)
    assert colour(image, area.center() + QPoint(quarter, 0)) == (240, 60, 20)


def test_preview_picture_fills_its_rectangle_exactly(preview: Preview) -> None:
    preview.show_picture(halves(360, 640))
    area = preview.picture_area()
    assert area.getRect() == (0, 60, 640, 360)
    image = painted(preview)
    ground = colour(image, QPoint(320, 5))
    assert colour(image, QPoint(100, 59)) == ground
    assert colour(image, QPoint(100, 60)) == (10, 40, 250)
    assert colour(image, QPoint(100, 419)) == (10, 40, 250)
    assert colour(image, QPoint(100, 420)) == ground
    assert colour(image, QPoint(0, 60)) == ground  # the corners are round


def test_clean_window_shows_newest_composite(preview: Preview) -> None:
    preview.show_picture(halves(360, 640))
    painted(preview)
    preview.show_picture(np.full((360, 640, 3), (1, 2, 3), np.uint8))
    assert colour(painted(preview), QPoint(320, 240)) == (3, 2, 1)


def test_preview_repaints_only_changed_area(qtbot: QtBot) -> None:
    class Watched(Preview):
        def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
            painted_areas.append(event.rect())
            super().paintEvent(event)

    painted_areas: list[QRect] = []
    preview = Watched()
    qtbot.addWidget(preview)
    preview.resize(640, 480)
    with qtbot.waitExposed(preview):
        preview.show()
    for picture, area in (
        (halves(360, 640), QRect(0, 60, 640, 360)),
        (halves(480, 480), preview.rect()),  # otherwise the sides of the wider picture would remain
        (halves(480, 480), QRect(80, 0, 480, 480)),
    ):
        qtbot.wait(1)
        painted_areas.clear()
        preview.show_picture(picture)
        qtbot.waitUntil(lambda: bool(painted_areas))
        assert painted_areas == [area]


def test_empty_transparent_picture_shows_checkerboard(preview: Preview) -> None:
    clear = np.zeros((480, 640, 4), np.uint8)
    clear[:, 320:] = (20, 60, 240, 255)
    preview.show_picture(clear)
    image = painted(preview)
    left = [colour(image, QPoint(x, y)) for x in range(100, 148, 2) for y in range(100, 148, 2)]
    light, dark = QColor("#ffffff"), QColor("#d3d6dc")
    assert set(left) == {rgb(light), rgb(dark)}
    assert 0.4 < left.count(rgb(light)) / len(left) < 0.6
    assert colour(image, QPoint(100, 100)) != colour(image, QPoint(112, 100))
    assert colour(image, QPoint(480, 240)) == (240, 60, 20)


def test_half_transparent_pixel_shows_half_checkerboard(preview: Preview) -> None:
    preview.show_picture(np.full((480, 640, 4), (0, 0, 200, 128), np.uint8))
    image = painted(preview)
    reds = {colour(image, QPoint(x, 240))[0] for x in range(100, 148)}
    greens = {colour(image, QPoint(x, 240))[1] for x in range(100, 148)}
    assert all(abs(red - 228) <= 2 or abs(red - 206) <= 2 for red in reds)
    assert all(abs(green - 127) <= 2 or abs(green - 107) <= 2 for green in greens)


@pytest.mark.parametrize("factor", [0.13, 0.5, 0.61, 1.0, 1.7])
def test_scaling_keeps_the_mean(factor: float) -> None:
    picture = np.random.default_rng(2).integers(0, 256, (360, 640, 3), np.uint8)
    small = scaled(picture, round(640 * factor), round(360 * factor))
    assert small.shape == (round(360 * factor), round(640 * factor), 3)
    assert np.abs(small.mean(axis=(0, 1)) - picture.mean(axis=(0, 1))).max() < 1.5


def test_scaling_fine_lines_does_not_alias() -> None:
    lines = np.zeros((400, 400, 3), np.uint8)
    lines[:, ::2] = 255
    assert np.ptp(scaled(lines, 100, 100)) < 10


def test_fits_inside() -> None:
    assert fitted_size(QSize(1280, 720), QSize(640, 640)) == QSize(640, 360)
    assert fitted_size(QSize(1, 1000), QSize(100, 100)) == QSize(1, 100)


def test_preview_before_first_picture_shows_starting(preview: Preview) -> None:
    before = painted(preview)
    preview.show_hint("Drop it here")
    assert painted(preview) != before


def test_painting_keeps_reference_counts(preview: Preview) -> None:
    """PySide6 6.12.0 does not count its references to None, which crashes Python before 3.12."""
    preview.show_picture(halves(360, 640))
    painted(preview)
    counts = [sys.getrefcount(value) for value in (None, True, False)]
    for _ in range(200):
        painted(preview)
    assert all(
        now > before - 100
        for now, before in zip((sys.getrefcount(v) for v in (None, True, False)), counts, strict=True)
    )
