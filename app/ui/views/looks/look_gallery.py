"""The presets of looks: one tile for each, and one for none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from app.engine.looks.registry import PRESETS
from app.ui.i18n.labels import preset_title
from app.ui.views.backgrounds.effect_gallery import SceneTile
from app.ui.widgets.basic import make_arrow_group

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

_COLUMNS = 2
_SCENE = "blur"
"""The drawn scene while there is no live picture."""


class PresetTile(SceneTile):
    """One preset. Its scene has the shape of most cameras."""

    scene_height_px = 88


class LookGallery(QWidget):
    """The presets to choose from."""

    preset_chosen = Signal(str)
    """The title of the preset, as in PRESETS; '' for none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        make_arrow_group(self)
        self.setAccessibleName(self.tr("Looks"))
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(6)
        titles = {"": self.tr("As it is"), **{title: preset_title(title) for title in PRESETS}}
        self.tiles = {name: PresetTile(title, _SCENE, self) for name, title in titles.items()}
        for place, (name, tile) in enumerate(self.tiles.items()):
            grid.addWidget(tile, place // _COLUMNS, place % _COLUMNS)
            tile.clicked.connect(lambda _=False, name=name: self.preset_chosen.emit(name))
        for column in range(_COLUMNS):
            grid.setColumnStretch(column, 1)
            grid.setColumnMinimumWidth(column, max(t.sizeHint().width() for t in self.tiles.values()))

    def show_preset(self, name: str | None) -> None:
        """Check the tile of a preset, '' for none; no tile for None, the user's own values. No signal."""
        for title, tile in self.tiles.items():
            tile.setChecked(title == name)
            # Tab goes to one tile, and the arrow keys from there to the others.
            is_stop = title == (name or "")
            tile.setFocusPolicy(Qt.FocusPolicy.StrongFocus if is_stop else Qt.FocusPolicy.ClickFocus)

    def show_live(self, pictures: dict[str, QImage]) -> None:
        """Show live thumbnails; a tile without one shows its drawn scene."""
        for name, tile in self.tiles.items():
            if tile.live is not pictures.get(name):
                tile.live = pictures.get(name)
                tile.update()
