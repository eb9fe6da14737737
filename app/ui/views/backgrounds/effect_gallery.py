"""The effect gallery: one tile for each effect of the registry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGridLayout, QWidget

from app.ui.i18n.labels import effect_title
from app.ui.views.backgrounds.scene_artwork import Values, paint_scene
from app.ui.widgets.basic import ChoiceTile, make_arrow_group
from app.ui.widgets.mnemonics import with_mnemonics
from app.ui.widgets.theme import colours

if TYPE_CHECKING:
    from app.engine.pipeline.effect import Effect

_COLUMNS = 3
_RING_PX = 4


class SceneTile(ChoiceTile):
    """A tile with a scene above its title."""

    scene_height_px = 62

    def __init__(self, title: str, scene: str, parent: QWidget | None = None) -> None:
        """`scene`: the name of the effect whose drawn scene is shown while there is no live picture."""
        super().__init__(parent)
        self.title, self._scene = title, scene
        self.setText(self.title.replace("&", "&&"))
        self.setAccessibleName(self.title)
        self.values: Values = {}
        self.live: QImage | None = None
        """A live thumbnail; None shows the drawn scene instead."""

    def sizeHint(self) -> QSize:
        font = self.font()
        font.setBold(True)
        text = QFontMetrics(font).size(Qt.TextFlag.TextShowMnemonic, self.text())
        return QSize(max(88, text.width() + 8), self.scene_height_px + text.height() + 8)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        chosen = colours()
        text_height = self.fontMetrics().height() + 6
        frame = QRectF(self.rect()).adjusted(1, 1, -1, -text_height - 1)
        scene = frame.adjusted(_RING_PX, _RING_PX, -_RING_PX, -_RING_PX)
        paint_scene(painter, scene, self._scene, self.values, self.live)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self.isChecked():
            painter.setPen(QPen(QColor(chosen.accent), 2.5))
            painter.drawRoundedRect(frame.adjusted(0.5, 0.5, -0.5, -0.5), 11, 11)
        elif self.underMouse():
            painter.setPen(QPen(QColor(chosen.line), 2))
            painter.drawRoundedRect(frame.adjusted(0.5, 0.5, -0.5, -0.5), 11, 11)
        self._paint_title(painter, text_height)

    def _paint_title(self, painter: QPainter, height: int) -> None:
        chosen = colours()
        place = self.rect().adjusted(0, self.height() - height, 0, 0)
        font = painter.font()
        font.setBold(self.isChecked())
        painter.setFont(font)
        painter.setPen(QColor(chosen.text if self.isChecked() else chosen.quiet))
        painter.drawText(place, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextShowMnemonic), self.text())
        if self.hasFocus():
            width = painter.fontMetrics().size(Qt.TextFlag.TextShowMnemonic, self.text()).width() + 12
            ring = QRectF(0, 0, min(width, place.width() - 2), height - 1)
            ring.moveCenter(QRectF(place).center())
            painter.setPen(QPen(QColor(chosen.accent), 1.5))
            painter.drawRoundedRect(ring, 5, 5)


class EffectTile(SceneTile):
    """One effect."""

    def __init__(self, effect: type[Effect], parent: QWidget | None = None) -> None:
        super().__init__(effect_title(effect.title), effect.name, parent)
        self.effect = effect


class EffectGallery(QWidget):
    """The effects to choose from."""

    effect_chosen = Signal(str)
    """The name of the effect that the user chose."""

    def __init__(self, effects: dict[str, type[Effect]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        make_arrow_group(self)
        self.setAccessibleName(self.tr("Background"))
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(6)
        self.tiles: dict[str, EffectTile] = {}
        for place, (name, effect) in enumerate(effects.items()):
            tile = EffectTile(effect, self)
            grid.addWidget(tile, place // _COLUMNS, place % _COLUMNS)
            self.tiles[name] = tile
            tile.clicked.connect(lambda _=False, name=name: self.effect_chosen.emit(name))
        for column in range(_COLUMNS):
            grid.setColumnStretch(column, 1)
            grid.setColumnMinimumWidth(column, max(t.sizeHint().width() for t in self.tiles.values()))

    def assign_mnemonics(self, taken: set[str]) -> None:
        """Give each tile a letter that is not `taken`."""
        tiles = list(self.tiles.values())
        for tile, text in zip(tiles, with_mnemonics([tile.title for tile in tiles], taken), strict=True):
            tile.setText(text)

    def show_effect(self, name: str, values: Values) -> None:
        """Check the tile of an effect, or none if it has no tile. Emits no signal."""
        tab_stop = name if name in self.tiles else next(iter(self.tiles))
        for key, tile in self.tiles.items():
            tile.values = values
            tile.update()
            tile.setChecked(key == name)
            # Tab goes to one tile, and the arrow keys from there to the others.
            tile.setFocusPolicy(Qt.FocusPolicy.StrongFocus if key == tab_stop else Qt.FocusPolicy.ClickFocus)

    def show_live(self, pictures: dict[str, QImage]) -> None:
        """Show live thumbnails; effects without one show their drawn scene."""
        for name, tile in self.tiles.items():
            if tile.live is not pictures.get(name):
                tile.live = pictures.get(name)
                tile.update()
