"""The window in the system's language, where there is a translation; else in English."""

from __future__ import annotations

from PySide6.QtCore import QLibraryInfo, QLocale, QTranslator
from PySide6.QtWidgets import QApplication

from app.engine.core.paths import assets_folder


def install_translations(app: QApplication, locale: QLocale | None = None) -> bool:
    """Use a locale's translations, the system's unless told; says whether there are any."""
    locale = locale or QLocale.system()
    ours = QTranslator(app)
    if not ours.load(locale, "backdrop", "_", str(assets_folder() / "translations")):
        return False
    app.installTranslator(ours)
    qts_own = QTranslator(app)  # the buttons of its dialogs
    if qts_own.load(locale, "qtbase", "_", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        app.installTranslator(qts_own)
    return True
