"""Install the translations of the system's language, if there are any."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLibraryInfo, QLocale, QTranslator

from app.engine.core.paths import assets_folder

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication


def install_translations(app: QApplication, locale: QLocale | None = None) -> bool:
    """Install the translations of a locale (default: the system's); return whether there are any."""
    locale = locale or QLocale.system()
    ours = QTranslator(app)
    if not ours.load(locale, "backdrop", "_", str(assets_folder() / "translations")):
        return False
    app.installTranslator(ours)
    qts_own = QTranslator(app)  # For the buttons of Qt's own dialogs.
    if qts_own.load(locale, "qtbase", "_", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        app.installTranslator(qts_own)
    return True
