"""The titles of effects, parameters, settings and stages, listed here for lupdate.

PySide6 says that QT_TRANSLATE_NOOP returns an object, hence `str` around what it returned.
"""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from app.engine.networks.catalogue import LEVELS

EFFECT_TITLES = (
    QT_TRANSLATE_NOOP("Effect", "None"),
    QT_TRANSLATE_NOOP("Effect", "Blur"),
    QT_TRANSLATE_NOOP("Effect", "Portrait blur"),
    QT_TRANSLATE_NOOP("Effect", "Colour"),
    QT_TRANSLATE_NOOP("Effect", "Picture"),
    QT_TRANSLATE_NOOP("Effect", "Video"),
    QT_TRANSLATE_NOOP("Effect", "Slides"),
    QT_TRANSLATE_NOOP("Effect", "Screen"),
    QT_TRANSLATE_NOOP("Effect", "Transparent"),
)
PARAMETER_LABELS = (
    QT_TRANSLATE_NOOP("Parameter", "Strength"),
    QT_TRANSLATE_NOOP("Parameter", "Colour"),
    QT_TRANSLATE_NOOP("Parameter", "Picture"),
    QT_TRANSLATE_NOOP("Parameter", "Video"),
    QT_TRANSLATE_NOOP("Parameter", "Slides"),
    QT_TRANSLATE_NOOP("Parameter", "Screen"),
    QT_TRANSLATE_NOOP("Parameter", "Page"),
)
LOOK_LABELS = (
    QT_TRANSLATE_NOOP("Look", "Less noise in the dark"),
    QT_TRANSLATE_NOOP("Look", "Touch up my skin"),
    QT_TRANSLATE_NOOP("Look", "Clear eyes"),
    QT_TRANSLATE_NOOP("Look", "Colour my lips"),
    QT_TRANSLATE_NOOP("Look", "Lips: from plum to coral"),
    QT_TRANSLATE_NOOP("Look", "Light on my face"),
    QT_TRANSLATE_NOOP("Look", "Light on my face: from cool to warm"),
    QT_TRANSLATE_NOOP("Look", "Sharpen me"),
    QT_TRANSLATE_NOOP("Look", "Automatic white balance"),
    QT_TRANSLATE_NOOP("Look", "Exposure"),
    QT_TRANSLATE_NOOP("Look", "Contrast"),
    QT_TRANSLATE_NOOP("Look", "Warmth"),
    QT_TRANSLATE_NOOP("Look", "Vibrance"),
    QT_TRANSLATE_NOOP("Look", "Light on me"),
    QT_TRANSLATE_NOOP("Look", "Darker background"),
    QT_TRANSLATE_NOOP("Look", "Colour table"),
    QT_TRANSLATE_NOOP("Look", "Strength of the table"),
    QT_TRANSLATE_NOOP("Look", "Darker corners"),
)
PRESET_TITLES = (
    QT_TRANSLATE_NOOP("Preset", "Natural"),
    QT_TRANSLATE_NOOP("Preset", "Meeting"),
    QT_TRANSLATE_NOOP("Preset", "Dark room"),
)
FIELD_TITLES = {
    "steadiness": QT_TRANSLATE_NOOP("Field", "Steadiness of the outline"),
    "sharpness": QT_TRANSLATE_NOOP("Field", "Sharpness of the outline"),
    "follow_edges": QT_TRANSLATE_NOOP("Field", "Follow the picture's edges"),
    "people": QT_TRANSLATE_NOOP("Field", "Who is shown"),
    "shift": QT_TRANSLATE_NOOP("Field", "Shrink or grow the outline"),
    "light_wrap": QT_TRANSLATE_NOOP("Field", "Blend in the background's light"),
    "remove_uncertain": QT_TRANSLATE_NOOP("Field", "Remove uncertain areas"),
    "room_memory": QT_TRANSLATE_NOOP("Field", "Remember the room"),
    "auto_frame": QT_TRANSLATE_NOOP("Field", "Follow me (auto framing)"),
    "zoom": QT_TRANSLATE_NOOP("Field", "Zoom"),
    "mirror": QT_TRANSLATE_NOOP("Field", "Mirror"),
    "rotation": QT_TRANSLATE_NOOP("Field", "Rotate"),
    "brighten": QT_TRANSLATE_NOOP("Field", "Brighten in poor light"),
    "provider": QT_TRANSLATE_NOOP("Field", "Runs on"),
    "threads": QT_TRANSLATE_NOOP("Field", "Processor threads"),
    "record_microphone": QT_TRANSLATE_NOOP("Field", "Record the sound of the microphone"),
    "release_camera": QT_TRANSLATE_NOOP("Field", "Turn the camera off when no app uses it"),
}
PRESENTER_LABELS = (
    QT_TRANSLATE_NOOP("Presenter", "Place"),
    QT_TRANSLATE_NOOP("Presenter", "Size"),
    QT_TRANSLATE_NOOP("Presenter", "From left to right"),
    QT_TRANSLATE_NOOP("Presenter", "From top to bottom"),
    QT_TRANSLATE_NOOP("Presenter", "Mirror me"),
    QT_TRANSLATE_NOOP("Presenter", "Shadow"),
    QT_TRANSLATE_NOOP("Presenter", "Behind me in the bubble"),
    QT_TRANSLATE_NOOP("Presenter", "Name"),
    QT_TRANSLATE_NOOP("Presenter", "Line below the name"),
    QT_TRANSLATE_NOOP("Presenter", "Show the name tag"),
    QT_TRANSLATE_NOOP("Presenter", "Corner"),
    QT_TRANSLATE_NOOP("Presenter", "Font"),
    QT_TRANSLATE_NOOP("Presenter", "Colour of the text"),
    QT_TRANSLATE_NOOP("Presenter", "Colour of the plate"),
    QT_TRANSLATE_NOOP("Presenter", "Logo"),
    QT_TRANSLATE_NOOP("Presenter", "Opacity"),
)
CHOICE_TITLES = {
    "everyone": QT_TRANSLATE_NOOP("Choice", "Everyone"),
    "main": QT_TRANSLATE_NOOP("Choice", "Only me"),
    "chosen": QT_TRANSLATE_NOOP("Choice", "As clicked in the preview"),
    "full": QT_TRANSLATE_NOOP("Choice", "Full picture"),
    "placed": QT_TRANSLATE_NOOP("Choice", "Smaller, before the background"),
    "circle": QT_TRANSLATE_NOOP("Choice", "In a circle"),
    "rounded": QT_TRANSLATE_NOOP("Choice", "In a rounded rectangle"),
    "top-left": QT_TRANSLATE_NOOP("Choice", "Top left"),
    "top-right": QT_TRANSLATE_NOOP("Choice", "Top right"),
    "bottom-left": QT_TRANSLATE_NOOP("Choice", "Bottom left"),
    "bottom-right": QT_TRANSLATE_NOOP("Choice", "Bottom right"),
    "sans": QT_TRANSLATE_NOOP("Choice", "Without serifs"),
    "serif": QT_TRANSLATE_NOOP("Choice", "With serifs"),
    "mono": QT_TRANSLATE_NOOP("Choice", "Typewriter"),
}
PROVIDER_TITLES = {
    "cpu": QT_TRANSLATE_NOOP("Provider", "Processor"),
    "cuda": QT_TRANSLATE_NOOP("Provider", "NVIDIA GPU"),
    "tensorrt": QT_TRANSLATE_NOOP("Provider", "NVIDIA GPU (TensorRT)"),
    "migraphx": QT_TRANSLATE_NOOP("Provider", "AMD GPU"),
    "directml": QT_TRANSLATE_NOOP("Provider", "GPU (DirectML)"),
    "coreml": QT_TRANSLATE_NOOP("Provider", "Apple GPU and Neural Engine"),
    "openvino": QT_TRANSLATE_NOOP("Provider", "Intel (OpenVINO)"),
}
LEVEL_TITLES = {
    "auto": QT_TRANSLATE_NOOP("Level", "Auto"),
    "fastest": QT_TRANSLATE_NOOP("Level", "Fastest"),
    "balanced": QT_TRANSLATE_NOOP("Level", "Balanced"),
    "best": QT_TRANSLATE_NOOP("Level", "Best"),
}
STAGE_TITLES = {
    "adjust": QT_TRANSLATE_NOOP("Stage", "Adjustments"),
    "network": QT_TRANSLATE_NOOP("Stage", "Network"),
    "matte": QT_TRANSLATE_NOOP("Stage", "Matte"),
    "look": QT_TRANSLATE_NOOP("Stage", "Look"),
    "effect": QT_TRANSLATE_NOOP("Stage", "Effect"),
    "composite": QT_TRANSLATE_NOOP("Stage", "Composite"),
    "overlay": QT_TRANSLATE_NOOP("Stage", "Name tag and logo"),
}
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


def look_label(label: str) -> str:
    """The label of a look's parameter in the user's language."""
    return QCoreApplication.translate("Look", label)


def preset_title(title: str) -> str:
    """The title of a preset of looks in the user's language."""
    return QCoreApplication.translate("Preset", title)


def presenter_label(label: str) -> str:
    """The label of a parameter of the presenter in the user's language."""
    return QCoreApplication.translate("Presenter", label)


def choice_title(choice: str) -> str:
    """The title of one of a parameter's choices in the user's language."""
    return QCoreApplication.translate("Choice", str(CHOICE_TITLES[choice]))


def field_title(name: str) -> str:
    """The title of a setting; a field without a title shows its name."""
    return QCoreApplication.translate("Field", str(FIELD_TITLES.get(name) or _plain(name)))


def network_title(name: str, title: str) -> str:
    """The title of a network: its level if it has one, else its own title."""
    level = next((level for level, ours in LEVELS.items() if ours == name), name)
    return QCoreApplication.translate("Level", str(LEVEL_TITLES[level])) if level in LEVEL_TITLES else title


def provider_title(name: str) -> str:
    """The title of an execution provider; its name if it has none."""
    title = PROVIDER_TITLES.get(name.lower())
    return QCoreApplication.translate("Provider", str(title)) if title else name


def stage_title(name: str) -> str:
    """The title of a stage of the pipeline."""
    return QCoreApplication.translate("Stage", str(STAGE_TITLES.get(name) or _plain(name)))


def _plain(name: str) -> str:
    return name.replace("_", " ").capitalize()


def background_title(title: str) -> str:
    """The title of a shipped background in the user's language."""
    return QCoreApplication.translate("Background", title)
