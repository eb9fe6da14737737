"""What the engine and `doctor` say, in the user's language: they know nothing of Qt, so their sentences are
recognised here. `tests/ui/i18n/test_translations.py` holds the two together."""

from __future__ import annotations

import re
from functools import lru_cache

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

SENTENCES = (
    # Cameras and other sources
    QT_TRANSLATE_NOOP("Sentence", "No camera was found: plug one in, or close the program that uses it."),
    QT_TRANSLATE_NOOP("Sentence", "There is no camera '{0}': the ones found are {1}."),
    QT_TRANSLATE_NOOP("Sentence", "The camera '{0}' cannot be opened: {1}."),
    QT_TRANSLATE_NOOP("Sentence", "The camera '{0}' has stopped giving pictures."),
    QT_TRANSLATE_NOOP("Sentence", "The camera '{0}' gives the same picture again and again."),
    QT_TRANSLATE_NOOP("Sentence", "The camera '{0}' gives no more pictures: is it still plugged in?"),
    QT_TRANSLATE_NOOP("Sentence", "The camera '{0}' was unplugged."),
    QT_TRANSLATE_NOOP("Sentence", "The camera does not answer: unplug it and plug it in again."),
    QT_TRANSLATE_NOOP("Sentence", "'{0}' does not answer; Backdrop goes on waiting."),
    QT_TRANSLATE_NOOP("Sentence", "'{0}' gives pictures of a kind that Backdrop cannot use."),
    QT_TRANSLATE_NOOP("Sentence", "The source has ended."),
    QT_TRANSLATE_NOOP("Sentence", "'{0}' has no pictures in it."),
    # Files
    QT_TRANSLATE_NOOP("Sentence", "There is no file '{0}'."),
    QT_TRANSLATE_NOOP("Sentence", "'{0}' is empty."),
    QT_TRANSLATE_NOOP("Sentence", "'{0}' is a folder, not a file."),
    QT_TRANSLATE_NOOP("Sentence", "'{0}' is not a picture that Backdrop can read."),
    QT_TRANSLATE_NOOP("Sentence", "'{0}' is not a video that Backdrop can read."),
    QT_TRANSLATE_NOOP("Sentence", "'{0}' has no moving pictures in it."),
    QT_TRANSLATE_NOOP("Sentence", "'{0}' is not complete: it ends after {1} of {2} seconds."),
    QT_TRANSLATE_NOOP("Sentence", "'{0}' is broken in the middle: {1}."),
    QT_TRANSLATE_NOOP("Sentence", "'{0}' cannot be played again from its start."),
    QT_TRANSLATE_NOOP(
        "Sentence", "'{0}' is too large, {1} x {2} pixels: Backdrop takes up to {3} megapixels."
    ),
    QT_TRANSLATE_NOOP("Sentence", "'{0}' cannot be changed: {1}."),
    QT_TRANSLATE_NOOP("Sentence", "The picture on the clipboard cannot be read."),
    QT_TRANSLATE_NOOP("Sentence", "The settings cannot be kept in '{0}': {1}."),
    QT_TRANSLATE_NOOP("Sentence", "Starting with the system cannot be changed in '{0}': {1}."),
    QT_TRANSLATE_NOOP("Sentence", "Nothing can be kept in '{0}': {1}."),
    QT_TRANSLATE_NOOP("Sentence", "There is no picture to keep while the camera is not shown."),
    QT_TRANSLATE_NOOP("Sentence", "Choose a picture for the background first."),
    QT_TRANSLATE_NOOP("Sentence", "Choose a video for the background first."),
    QT_TRANSLATE_NOOP(
        "Sentence",
        "'{0}' is too large for a background, {1} x {2} pixels: Backdrop takes videos up to 3840 x 2160.",
    ),
    QT_TRANSLATE_NOOP("Sentence", "Give the profile a name."),
    # Networks
    QT_TRANSLATE_NOOP("Sentence", "There is no network '{0}': there is {1}."),
    QT_TRANSLATE_NOOP("Sentence", "There is no network to measure: please install Backdrop again."),
    QT_TRANSLATE_NOOP("Sentence", "The network '{0}' gave a broken matte."),
    QT_TRANSLATE_NOOP("Sentence", "The network '{0}' took the whole picture for the person."),
    QT_TRANSLATE_NOOP("Sentence", "The network does not answer; Backdrop waits for it."),
    QT_TRANSLATE_NOOP("Sentence", "The network '{0}' cannot be read: {1}."),
    QT_TRANSLATE_NOOP("Sentence", "'{0}' cannot be loaded: it is damaged, or not a network."),
    QT_TRANSLATE_NOOP("Sentence", "'{0}' is too large for a network: Backdrop takes up to {1} MB."),
    QT_TRANSLATE_NOOP("Sentence", "'{0}' is not what its model card describes: please install it again."),
    QT_TRANSLATE_NOOP("Sentence", "'{0}' keeps its weights in another file: export it as a single one."),
    QT_TRANSLATE_NOOP("Sentence", "'{0}' must have one input 'frame' (uint8, 1 x H x W x 3), not {1}."),
    QT_TRANSLATE_NOOP("Sentence", "'{0}' must have one output 'alpha' (float, 1 x H x W), not {1}."),
    QT_TRANSLATE_NOOP("Sentence", "'{0}' does not say its {1} in its metadata."),
    QT_TRANSLATE_NOOP("Sentence", "'{0}' has a bad number in its metadata: {1}."),
    # Outputs
    QT_TRANSLATE_NOOP("Sentence", "No virtual camera was found: {0}."),
    QT_TRANSLATE_NOOP("Sentence", "The virtual camera '{0}' cannot be used: {1}."),
    QT_TRANSLATE_NOOP("Sentence", "The virtual camera cannot be used: {0}."),
    QT_TRANSLATE_NOOP("Sentence", "The virtual camera '{0}' is not open."),
    QT_TRANSLATE_NOOP("Sentence", "The virtual camera '{0}' is gone."),
    QT_TRANSLATE_NOOP("Sentence", "The virtual camera '{0}' is gone: {1}."),
    QT_TRANSLATE_NOOP("Sentence", "The recording has ended: {0}. What there is of it is in '{1}'."),
    QT_TRANSLATE_NOOP("Sentence", "There is a file '{0}' already: give the recording another name."),
    QT_TRANSLATE_NOOP("Sentence", "A recording's name must end in {0}, not '{1}'."),
    QT_TRANSLATE_NOOP("Sentence", "The recording '{0}' is not open."),
    QT_TRANSLATE_NOOP("Sentence", "'{0}' cannot be written: {1}."),
    QT_TRANSLATE_NOOP("Sentence", "'{0}' cannot be read: {1}."),
    # All else
    QT_TRANSLATE_NOOP("Sentence", "Something went wrong; Backdrop keeps trying."),
    QT_TRANSLATE_NOOP(
        "Sentence", "Backdrop's own files (the assets folder) are missing: please install it again."
    ),
    # What doctor finds
    QT_TRANSLATE_NOOP("Sentence", "{0}. Until then the demo plays."),
    QT_TRANSLATE_NOOP("Sentence", "none found: {0}"),
    QT_TRANSLATE_NOOP("Sentence", "found, but not yours to read: {0}"),
    QT_TRANSLATE_NOOP("Sentence", "{0}; {1} installed"),
    QT_TRANSLATE_NOOP("Sentence", "{0} suits this computer, at {1} ms a picture"),
    # Parts of sentences
    QT_TRANSLATE_NOOP("Sentence", "Fastest"),
    QT_TRANSLATE_NOOP("Sentence", "Balanced"),
    QT_TRANSLATE_NOOP("Sentence", "Best"),
    QT_TRANSLATE_NOOP("Sentence", "plug one in"),
    QT_TRANSLATE_NOOP("Sentence", "run {0}, then {1}"),
    QT_TRANSLATE_NOOP("Sentence", "run {0} and sign in again"),
    QT_TRANSLATE_NOOP("Sentence", "you may not read it: {0}"),
    QT_TRANSLATE_NOOP("Sentence", "allow it in System Settings, Privacy and Security, Camera"),
    QT_TRANSLATE_NOOP(
        "Sentence", "install OBS Studio, start its virtual camera once, then run pip install pyvirtualcam"
    ),
    QT_TRANSLATE_NOOP("Sentence", "it is not plugged in any more"),
    QT_TRANSLATE_NOOP("Sentence", "another program uses it"),
    QT_TRANSLATE_NOOP("Sentence", "another program may be using it"),
    QT_TRANSLATE_NOOP("Sentence", "it cannot be written"),
    QT_TRANSLATE_NOOP("Sentence", "the disk is full"),
    QT_TRANSLATE_NOOP("Sentence", "your share of the disk is full"),
    QT_TRANSLATE_NOOP("Sentence", "it would be larger than a file may be here"),
    QT_TRANSLATE_NOOP("Sentence", "Permission denied"),
    QT_TRANSLATE_NOOP("Sentence", "No such file or directory"),
    QT_TRANSLATE_NOOP("Sentence", "Not a directory"),
    QT_TRANSLATE_NOOP("Sentence", "No space left on device"),
    QT_TRANSLATE_NOOP("Sentence", "Read-only file system"),
)
"""{0}, {1}: what is filled in, which may be one of these again."""


def sentence(text: str) -> str:
    """A sentence of the engine's in the user's language; one that is not known, as it is."""
    for template, pattern in _patterns():
        match = pattern.fullmatch(text)
        if match:
            parts = [sentence(part) if part != text else part for part in match.groups()]
            return QCoreApplication.translate("Sentence", template).format(*parts)
    return text


@lru_cache(maxsize=1)
def _patterns() -> list[tuple[str, re.Pattern[str]]]:
    made = []
    for template in SENTENCES:
        pieces = re.split(r"\{\d\}", template)
        made.append((template, re.compile("(.+?)".join(map(re.escape, pieces)), re.DOTALL)))
    return made
