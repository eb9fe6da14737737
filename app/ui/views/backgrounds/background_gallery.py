"""The background gallery: a tile for each picture and video, and one to add more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QColor,
    QContextMenuEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QAbstractButton, QGridLayout, QMenu, QWidget

from app.ui.i18n.labels import background_title
from app.ui.views.backgrounds.scene_artwork import paint_picture
from app.ui.widgets.basic import ChoiceTile, PaintedButton, make_arrow_group
from app.ui.widgets.text import tool_tip
from app.ui.widgets.theme import colours

if TYPE_CHECKING:
    from pathlib import Path

    from app.ui.models.background_library import Background

_COLUMNS = 4
_TILE_PX = 66, 46
_RING_PX = 4
_CROSS_PX = 18


class PictureTile(ChoiceTile):
    """One background. The user's own can be removed with Delete, its menu or the cross in its corner."""

    remove_wanted = Signal()

    def __init__(self, background: Background, picture: QImage | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.background, self.picture = background, picture
        title = background.title if background.is_own else background_title(background.title)
        self.setAccessibleName(title)
        self.setToolTip(tool_tip(title))
        self.setMouseTracking(True)
        self.remove = QAction(self.tr("Remove"), self)
        self.remove.triggered.connect(self.remove_wanted)

    def sizeHint(self) -> QSize:
        return QSize(*_TILE_PX)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.background.is_own and event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.remove_wanted.emit()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self.background.is_own:
            menu = QMenu(self)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.addAction(self.remove)
            menu.popup(event.globalPos())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._has_cross() and self._cross().contains(event.position()):
            self.remove_wanted.emit()
        else:
            super().mousePressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        chosen = colours()
        frame = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        area = frame.adjusted(_RING_PX, _RING_PX, -_RING_PX, -_RING_PX)
        shape = QPainterPath()
        shape.addRoundedRect(area, 8, 8)
        painter.save()
        painter.setClipPath(shape)
        painter.fillRect(area, QColor(chosen.line))
        if self.picture is not None:
            paint_picture(painter, area, self.picture)
            if self.background.is_video:
                _paint_play(painter, area)
        painter.restore()
        ring = frame.adjusted(0.5, 0.5, -0.5, -0.5)
        if self.isChecked() or self.hasFocus():
            style = Qt.PenStyle.SolidLine if self.isChecked() else Qt.PenStyle.DotLine
            painter.setPen(QPen(QColor(chosen.accent), 2.5, style))
            painter.drawRoundedRect(ring, 11, 11)
            if self.isChecked() and self.hasFocus():
                painter.setPen(QPen(QColor(chosen.panel), 1.5))
                painter.drawRoundedRect(area.adjusted(-1, -1, 1, 1), 8, 8)
                painter.setPen(QPen(QColor(chosen.accent), 1.5))
                painter.drawRoundedRect(area.adjusted(0.5, 0.5, -0.5, -0.5), 7, 7)
        elif self.underMouse():
            painter.setPen(QPen(QColor(chosen.line), 2))
            painter.drawRoundedRect(ring, 11, 11)
        if self._has_cross():
            self._paint_cross(painter)

    def _has_cross(self) -> bool:
        return self.background.is_own and self.underMouse()

    def _cross(self) -> QRectF:
        return QRectF(self.width() - _CROSS_PX - 8, 8, _CROSS_PX, _CROSS_PX)

    def _paint_cross(self, painter: QPainter) -> None:
        place = self._cross()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(15, 20, 35, 190))
        painter.drawEllipse(place)
        painter.setPen(QPen(QColor("#ffffff"), 1.6, c=Qt.PenCapStyle.RoundCap))
        arm = place.adjusted(6, 6, -6, -6)
        painter.drawLine(arm.topLeft(), arm.bottomRight())
        painter.drawLine(arm.topRight(), arm.bottomLeft())


def _paint_play(painter: QPainter, area: QRectF) -> None:
    """Mark a video."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(15, 20, 35, 170))
    middle = area.center()
    painter.drawEllipse(middle, 11, 11)
    painter.setBrush(QColor("#ffffff"))
    tip = QPointF(6, 0)
    painter.drawPolygon(QPolygonF([middle + tip, middle + QPointF(-3.5, -5), middle + QPointF(-3.5, 5)]))


class AddTile(PaintedButton, QAbstractButton):
    """The tile that adds a picture."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Add a picture or a video"))
        self.setToolTip(self.tr("Add a picture or a video, or drop or paste one"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def sizeHint(self) -> QSize:
        return QSize(*_TILE_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen = colours()
        area = QRectF(self.rect()).adjusted(5, 5, -5, -5)
        strong = self.hasFocus() or self.underMouse()
        edge = QColor(chosen.accent if self.hasFocus() else chosen.quiet)
        painter.setPen(
            QPen(edge, 2 if strong else 1.2, Qt.PenStyle.SolidLine if strong else Qt.PenStyle.DashLine)
        )
        painter.setBrush(QColor(chosen.field))
        painter.drawRoundedRect(area, 8, 8)
        painter.setPen(QPen(QColor(chosen.quiet), 2, c=Qt.PenCapStyle.RoundCap))
        middle = area.center()
        painter.drawLine(middle - QPointF(8, 0), middle + QPointF(8, 0))
        painter.drawLine(middle - QPointF(0, 8), middle + QPointF(0, 8))


class BackgroundGallery(QWidget):
    """The pictures to choose from."""

    picture_chosen = Signal(object)
    """The path of the picture that the user chose."""
    title_changed = Signal(str)
    """The title of the checked picture."""
    remove_wanted = Signal(object)
    add_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        make_arrow_group(self)
        self.setAccessibleName(self.tr("Pictures"))
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(6)
        self._chosen: Path | None = None
        self.tiles: dict[Path, PictureTile] = {}
        self.add = AddTile(self)
        self.add.clicked.connect(self.add_wanted)
        self._lay_out()
        for column in range(_COLUMNS):
            self._grid.setColumnStretch(column, 1)

    def show_pictures(self, listed: list[tuple[Background, QImage | None]]) -> None:
        """Show these pictures. Tiles that stay keep the focus."""
        wanted = {background.path: (background, picture) for background, picture in listed}
        for path in [p for p in self.tiles if p not in wanted]:
            tile = self.tiles.pop(path)
            if tile.hasFocus():
                self.add.setFocus()
            tile.hide()
            tile.deleteLater()
        tiles = {}
        for path, (background, picture) in wanted.items():
            tiles[path] = self.tiles.get(path) or self._new_tile(background)
            tiles[path].picture = picture
            tiles[path].update()
        self.tiles = tiles
        self._lay_out()
        self.show_chosen(self._chosen)

    def show_chosen(self, path: Path | None) -> None:
        """Check the tile of a picture, or none. Emits only `title_changed`."""
        self._chosen = path
        for other, tile in self.tiles.items():
            tile.setChecked(other == path)
            # Tab goes to the checked tile, and the arrow keys from there to the others.
            tile.setFocusPolicy(Qt.FocusPolicy.StrongFocus if other == path else Qt.FocusPolicy.ClickFocus)
        if path is not None:  # One that is not in the gallery, or not yet, has its name as title.
            chosen = self.tiles.get(path)
            self.title_changed.emit(chosen.accessibleName() if chosen else path.stem)

    def _new_tile(self, background: Background) -> PictureTile:
        tile = PictureTile(background, None, self)
        tile.clicked.connect(lambda: self.picture_chosen.emit(background.path))
        tile.remove_wanted.connect(lambda: self.remove_wanted.emit(background.path))
        return tile

    def _lay_out(self) -> None:
        before: QWidget = self.add
        self._grid.addWidget(self.add, 0, 0)
        for place, tile in enumerate(self.tiles.values(), start=1):
            self._grid.addWidget(tile, place // _COLUMNS, place % _COLUMNS)
            tile.show()
            QWidget.setTabOrder(before, tile)
            before = tile
