"""Take the README's screenshots of the window: `python -m assets.pictures.screenshots [FOLDER]`.

With a folder, take every combination of language, theme and scale into that folder instead.
"""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from PySide6.QtCore import QLocale, Qt, QTimer
from PySide6.QtWidgets import QApplication

from app.engine.core.paths import assets_folder
from app.engine.core.settings import EffectSettings, Settings, SourceSettings
from app.settings import StoredSettings
from app.ui.i18n.install import install_translations
from app.ui.main_window import Window
from app.ui.models.background_library import BackgroundLibrary
from app.ui.widgets.theme import apply_theme

ASSETS = Path(__file__).resolve().parents[1]
README = (
    ("screenshot.jpg", "en", "light", "1", "leaf-shadows"),
    ("screenshot-dark.jpg", "zh_CN", "dark", "1", "evening-room"),
)
_AFTER_MS = 8000


def _screen(name: str) -> Path:
    """The description of a screen on which the window has its usual size: Qt's own is 800x800."""
    screen = {"name": name, "x": 0, "y": 0, "width": 2880, "height": 1800, "logicalDpi": 96, "dpr": 1}
    config = Path(tempfile.gettempdir(), f"backdrop-screen-{os.getpid()}.json")
    config.write_text(json.dumps({"screens": [screen]}))
    atexit.register(config.unlink)
    return config


def take(path: Path, language: str, theme: str, background: str) -> None:
    """Open the window on the demo, wait until everything is loaded, and save its picture."""
    app = QApplication([sys.argv[0], "-platform", f"offscreen:configfile={_screen(path.stem)}"])
    app.setStyle("Fusion")
    install_translations(app, QLocale(language))
    apply_theme(app, Qt.ColorScheme.Dark if theme == "dark" else Qt.ColorScheme.Light)
    effect = EffectSettings("blur")
    if background != "blur":
        file = str(assets_folder() / "backgrounds" / f"{background}.jpg")
        effect = EffectSettings("image", {"file": file})
    with tempfile.TemporaryDirectory() as folder:
        own = Path(folder)
        kept = StoredSettings().with_current(Settings(source=SourceSettings("demo"), effect=effect))
        library = BackgroundLibrary(own=own / "own", cache=own / "cache")
        window = Window(kept, own / "settings.json", cameras=list, library=library)
        window.closed.connect(app.quit)
        window.show()

        def shoot() -> None:
            window.grab().toImage().save(str(path), quality=90)
            window.end()

        QTimer.singleShot(_AFTER_MS, shoot)
        app.exec()


def main(argv: list[str]) -> None:
    """Take each screenshot in its own process, because Qt reads its scale only once."""
    if len(argv) == 5 and argv[0] == "--take":
        take(Path(argv[1]), *argv[2:])
        return
    shots = [
        (ASSETS / name, language, theme, scale, background)
        for name, language, theme, scale, background in README
    ]
    if argv:
        folder = Path(argv[0])
        folder.mkdir(parents=True, exist_ok=True)
        shots = [
            (folder / f"{language}-{theme}-{scale}00.png", language, theme, scale, "blur")
            for language in ("en", "zh_CN")
            for theme in ("light", "dark")
            for scale in ("1", "2")
        ]
    for path, language, theme, scale, background in shots:
        taking = ["-m", "assets.pictures.screenshots", "--take", str(path)]
        command = [sys.executable, *taking, language, theme, background]
        subprocess.run(command, check=True, env={**os.environ, "QT_SCALE_FACTOR": scale})
        print(path, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
