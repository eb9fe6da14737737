"""The engine's titles, for the translators: the engine itself knows nothing of Qt."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

EFFECT_TITLES = (
    QT_TRANSLATE_NOOP("Effect", "None"),
    QT_TRANSLATE_NOOP("Effect", "Blur"),
    QT_TRANSLATE_NOOP("Effect", "Colour"),
    QT_TRANSLATE_NOOP("Effect", "Image"),
    QT_TRANSLATE_NOOP("Effect", "Transparent"),
)
PARAMETER_LABELS = (
    QT_TRANSLATE_NOOP("Parameter", "Strength"),
    QT_TRANSLATE_NOOP("Parameter", "Colour"),
    QT_TRANSLATE_NOOP("Parameter", "Picture"),
)
BACKGROUND_TITLES = (
    QT_TRANSLATE_NOOP("Background", "Bookshelf"),
    QT_TRANSLATE_NOOP("Background", "City lights"),
    QT_TRANSLATE_NOOP("Background", "Dusk"),
    QT_TRANSLATE_NOOP("Background", "Evening room"),
    QT_TRANSLATE_NOOP("Background", "Garden"),
    QT_TRANSLATE_NOOP("Background", "Lagoon"),
    QT_TRANSLATE_NOOP("Background", "Leaf shadows"),
    QT_TRANSLATE_NOOP("Background", "Morning room"),
    QT_TRANSLATE_NOOP("Background", "Mountains"),
    QT_TRANSLATE_NOOP("Background", "Paper waves"),
    QT_TRANSLATE_NOOP("Background", "Studio wall"),
)


def effect_title(title: str) -> str:
    """An effect's title in the user's language."""
    return QCoreApplication.translate("Effect", title)


def parameter_label(label: str) -> str:
    """A parameter's label in the user's language."""
    return QCoreApplication.translate("Parameter", label)


def background_title(title: str) -> str:
    """The title of one of our backgrounds in the user's language."""
    return QCoreApplication.translate("Background", title)
