"""Translate the messages of the engine and of `doctor`, which know nothing of Qt.

The list is for lupdate. `tests/ui/i18n/test_translations.py` compares it with the templates in the code.
"""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from app.engine.core.errors import Message

SENTENCES = (
    # Cameras and other sources
    QT_TRANSLATE_NOOP("Sentence", "No camera was found: plug one in, or close the program that uses it."),
    QT_TRANSLATE_NOOP("Sentence", "There is no camera '{name}': the ones found are {names}."),
    QT_TRANSLATE_NOOP("Sentence", "'{path}' is not a camera: the ones found are {names}."),
    QT_TRANSLATE_NOOP("Sentence", "'{path}' is not a camera, and no other was found."),
    QT_TRANSLATE_NOOP("Sentence", "'{name}' is Backdrop's own virtual camera: choose another source."),
    QT_TRANSLATE_NOOP("Sentence", "No program sends pictures to the virtual camera '{name}'."),
    QT_TRANSLATE_NOOP("Sentence", "The camera '{name}' cannot be opened: {reason}."),
    QT_TRANSLATE_NOOP("Sentence", "The camera '{title}' has stopped giving pictures."),
    QT_TRANSLATE_NOOP("Sentence", "The camera '{title}' gives the same picture again and again."),
    QT_TRANSLATE_NOOP("Sentence", "The camera '{title}' gives no more pictures: is it still plugged in?"),
    QT_TRANSLATE_NOOP("Sentence", "The camera '{title}' was unplugged."),
    QT_TRANSLATE_NOOP("Sentence", "The camera does not answer: unplug it and plug it in again."),
    QT_TRANSLATE_NOOP("Sentence", "'{spec}' does not answer; Backdrop goes on waiting."),
    QT_TRANSLATE_NOOP("Sentence", "'{title}' gives pictures of a kind that Backdrop cannot use."),
    QT_TRANSLATE_NOOP("Sentence", "The source has ended."),
    QT_TRANSLATE_NOOP("Sentence", "'{path}' has no pictures in it."),
    # PipeWire
    QT_TRANSLATE_NOOP("Sentence", "PipeWire is not running."),
    QT_TRANSLATE_NOOP("Sentence", "PipeWire takes no more pictures; Backdrop connects again."),
    QT_TRANSLATE_NOOP("Sentence", "PipeWire is not installed."),
    QT_TRANSLATE_NOOP("Sentence", "PipeWire exists on Linux only."),
    QT_TRANSLATE_NOOP("Sentence", "PipeWire has ended; Backdrop connects again when it is back."),
    QT_TRANSLATE_NOOP("Sentence", "PipeWire, which browsers can use; for other programs {advice}"),
    # Microphones
    QT_TRANSLATE_NOOP("Sentence", "No microphone was found."),
    QT_TRANSLATE_NOOP("Sentence", "There is no microphone '{name}': the ones found are {names}."),
    QT_TRANSLATE_NOOP("Sentence", "The microphone '{name}' cannot be used: {reason}."),
    QT_TRANSLATE_NOOP("Sentence", "The microphone '{title}' is gone."),
    QT_TRANSLATE_NOOP("Sentence", "The microphone '{title}' gives no sound."),
    QT_TRANSLATE_NOOP(
        "Sentence", "No microphone can be used: there is no sound system that Backdrop can reach."
    ),
    # Files
    QT_TRANSLATE_NOOP("Sentence", "There is no file '{path}'."),
    QT_TRANSLATE_NOOP("Sentence", "'{path}' is empty."),
    QT_TRANSLATE_NOOP("Sentence", "'{path}' is a folder, not a file."),
    QT_TRANSLATE_NOOP("Sentence", "'{path}' is a pipe or a device: please give a file."),
    QT_TRANSLATE_NOOP("Sentence", "'{path}' is not a picture that Backdrop can read."),
    QT_TRANSLATE_NOOP("Sentence", "'{path}' is not a PDF that Backdrop can read."),
    QT_TRANSLATE_NOOP("Sentence", "'{path}' is locked with a password: save a copy of it without one."),
    QT_TRANSLATE_NOOP("Sentence", "'{path}' has no pages in it."),
    QT_TRANSLATE_NOOP("Sentence", "Page {page} of '{path}' cannot be shown: {reason}."),
    QT_TRANSLATE_NOOP("Sentence", "There are no pictures in the folder '{folder}'."),
    QT_TRANSLATE_NOOP(
        "Sentence",
        "No font on this computer has the characters {characters} of the name tag: "
        "install one that has them, such as Noto Sans CJK for Chinese, Japanese and Korean.",
    ),
    QT_TRANSLATE_NOOP("Sentence", "Choose a PDF or a folder of pictures as slides first."),
    # The screen as background
    QT_TRANSLATE_NOOP(
        "Sentence", "'{spec}' is not a screen or a window: write screen, screen:2 or window:TITLE."
    ),
    QT_TRANSLATE_NOOP(
        "Sentence", "On this system, Backdrop cannot show the screen yet: show slides instead."
    ),
    QT_TRANSLATE_NOOP(
        "Sentence",
        "On Wayland, Backdrop cannot show the screen yet: show slides instead, "
        "or choose an X11 session when you sign in.",
    ),
    QT_TRANSLATE_NOOP("Sentence", "There is no screen here that Backdrop could show."),
    QT_TRANSLATE_NOOP("Sentence", "There is no screen {number}: the last one is {last}."),
    QT_TRANSLATE_NOOP("Sentence", "There is no window '{title}': choose another one."),
    QT_TRANSLATE_NOOP("Sentence", "The screen cannot be seen at the moment; its last picture stays."),
    QT_TRANSLATE_NOOP("Sentence", "The screen cannot be reached: {reason}."),
    QT_TRANSLATE_NOOP("Sentence", "The colours of this screen are of a kind that Backdrop cannot use."),
    QT_TRANSLATE_NOOP("Sentence", "The window '{title}' is minimised; its last picture stays."),
    QT_TRANSLATE_NOOP("Sentence", "The window '{title}' is closed: choose another one."),
    QT_TRANSLATE_NOOP("Sentence", "'{path}' is not a video that Backdrop can read."),
    QT_TRANSLATE_NOOP("Sentence", "'{path}' has no moving pictures in it."),
    QT_TRANSLATE_NOOP(
        "Sentence", "'{path}' is a video in the codec '{codec}', which Backdrop cannot decode."
    ),
    QT_TRANSLATE_NOOP("Sentence", "'{path}' is a video in a codec that Backdrop cannot decode."),
    QT_TRANSLATE_NOOP("Sentence", "'{path}' is not complete: it ends after {end_s} of {expected_s} seconds."),
    QT_TRANSLATE_NOOP("Sentence", "'{path}' is not complete: its end is missing."),
    QT_TRANSLATE_NOOP("Sentence", "'{path}' is broken in the middle: {reason}."),
    QT_TRANSLATE_NOOP(
        "Sentence",
        "'{path}' is damaged: of {length_s} seconds, {pictures_s} s of the pictures and "
        "{sound_s} s of the sound could not be read.",
    ),
    QT_TRANSLATE_NOOP(
        "Sentence",
        "'{path}' is incomplete: the index at its end is missing. It was not closed, or not copied in full.",
    ),
    QT_TRANSLATE_NOOP("Sentence", "'{path}' is damaged: it can be read up to {end_s} s."),
    QT_TRANSLATE_NOOP("Sentence", "'{path}' cannot be played again from its start."),
    QT_TRANSLATE_NOOP(
        "Sentence",
        "'{path}' is too large, {width_px} x {height_px} pixels: "
        "Backdrop takes up to {megapixels} megapixels.",
    ),
    QT_TRANSLATE_NOOP("Sentence", "'{path}' cannot be changed: {reason}."),
    QT_TRANSLATE_NOOP("Sentence", "The picture on the clipboard cannot be read."),
    QT_TRANSLATE_NOOP("Sentence", "The settings in '{path}' cannot be read: {reason}."),
    QT_TRANSLATE_NOOP("Sentence", "The settings in '{path}' are not valid: {error}."),
    QT_TRANSLATE_NOOP("Sentence", "Backdrop starts with its default settings."),
    QT_TRANSLATE_NOOP("Sentence", "Backdrop starts with its default settings; yours are in '{aside}'."),
    QT_TRANSLATE_NOOP("Sentence", "The settings cannot be kept in '{path}': {reason}."),
    QT_TRANSLATE_NOOP("Sentence", "Starting with the system cannot be changed in '{path}': {reason}."),
    QT_TRANSLATE_NOOP("Sentence", "Nothing can be kept in '{folder}': {reason}."),
    QT_TRANSLATE_NOOP("Sentence", "There is no picture to keep while the camera is not shown."),
    QT_TRANSLATE_NOOP("Sentence", "Choose a picture for the background first."),
    QT_TRANSLATE_NOOP("Sentence", "Choose a video for the background first."),
    QT_TRANSLATE_NOOP(
        "Sentence",
        "'{path}' is too large for a background, {width} x {height} pixels: "
        "Backdrop takes videos up to 3840 x 2160.",
    ),
    QT_TRANSLATE_NOOP("Sentence", "Give the profile a name."),
    # Networks
    QT_TRANSLATE_NOOP("Sentence", "There is no network '{name}': there is {networks}."),
    QT_TRANSLATE_NOOP("Sentence", "There is no network to measure: please install Backdrop again."),
    QT_TRANSLATE_NOOP("Sentence", "The network '{name}' cannot be run: {reason}."),
    QT_TRANSLATE_NOOP("Sentence", "The network '{name}' gave a broken matte."),
    QT_TRANSLATE_NOOP("Sentence", "The network '{name}' took the whole picture for the person."),
    QT_TRANSLATE_NOOP("Sentence", "The network does not answer; Backdrop waits for it."),
    QT_TRANSLATE_NOOP("Sentence", "The network '{path}' cannot be read: {reason}."),
    QT_TRANSLATE_NOOP("Sentence", "'{name}' cannot be loaded: it is damaged, or not a network."),
    QT_TRANSLATE_NOOP("Sentence", "'{name}' is too large for a network: Backdrop takes up to {limit_mb} MB."),
    QT_TRANSLATE_NOOP("Sentence", "'{name}' is not what its model card describes: please install it again."),
    QT_TRANSLATE_NOOP("Sentence", "'{name}' keeps its weights in another file: export it as a single one."),
    QT_TRANSLATE_NOOP(
        "Sentence", "'{file_name}' must have one input 'frame' (uint8, 1 x H x W x 3), not {inputs}."
    ),
    QT_TRANSLATE_NOOP(
        "Sentence", "'{file_name}' must have one output 'alpha' (float, 1 x H x W), not {outputs}."
    ),
    QT_TRANSLATE_NOOP("Sentence", "'{file_name}' does not say its {fields} in its metadata."),
    QT_TRANSLATE_NOOP("Sentence", "'{file_name}' has a bad number in its metadata: {error}."),
    QT_TRANSLATE_NOOP("Sentence", "{provider} cannot be used, so the network runs on the CPU: {reason}."),
    QT_TRANSLATE_NOOP("Sentence", "NVIDIA driver found, but CUDA cannot be used: {reason}"),
    QT_TRANSLATE_NOOP("Sentence", "this onnxruntime is built without it"),
    QT_TRANSLATE_NOOP("Sentence", "{maker}'s driver is not installed"),
    QT_TRANSLATE_NOOP("Sentence", "its libraries cannot be loaded"),
    QT_TRANSLATE_NOOP("Sentence", "{providers} found; the network can run there"),
    QT_TRANSLATE_NOOP(
        "Sentence",
        "{packages} are installed together and overwrite each other's files: run {first}, then {second}",
    ),
    QT_TRANSLATE_NOOP("Sentence", "the driver and the graphics card refuse it"),
    QT_TRANSLATE_NOOP("Sentence", "its libraries cannot be loaded: install CUDA {version} and cuDNN 9"),
    QT_TRANSLATE_NOOP("Sentence", "the graphics card has no room for this network"),
    # Outputs
    QT_TRANSLATE_NOOP("Sentence", "No virtual camera was found: {advice}."),
    QT_TRANSLATE_NOOP("Sentence", "The virtual camera '{path}' cannot be used: {reason}."),
    QT_TRANSLATE_NOOP("Sentence", "The virtual camera cannot be used: {advice}."),
    QT_TRANSLATE_NOOP("Sentence", "The virtual camera '{title}' is not open."),
    QT_TRANSLATE_NOOP("Sentence", "The virtual camera '{title}' is gone."),
    QT_TRANSLATE_NOOP("Sentence", "The virtual camera '{title}' is gone: {reason}."),
    QT_TRANSLATE_NOOP("Sentence", "OBS's virtual camera is not installed: install OBS Studio."),
    QT_TRANSLATE_NOOP(
        "Sentence",
        "OBS's virtual camera is in use: stop it in OBS, or close the other program that sends to it.",
    ),
    QT_TRANSLATE_NOOP("Sentence", "UnityCapture is not installed: run its Install.bat as administrator."),
    QT_TRANSLATE_NOOP("Sentence", "This virtual camera exists on Windows only."),
    QT_TRANSLATE_NOOP("Sentence", "This virtual camera exists on macOS only."),
    QT_TRANSLATE_NOOP("Sentence", "OBS's virtual camera is too old: install OBS 30 or later."),
    QT_TRANSLATE_NOOP(
        "Sentence", "OBS's virtual camera does not take pictures: stop it in OBS, then restart."
    ),
    QT_TRANSLATE_NOOP("Sentence", "OBS is not installed: install OBS 30 or later in Applications."),
    QT_TRANSLATE_NOOP(
        "Sentence",
        "OBS's camera extension is not active: press Start Virtual Camera in OBS once, allow it in "
        "System Settings, General, Login Items and Extensions, Camera Extensions, then restart the Mac.",
    ),
    QT_TRANSLATE_NOOP("Sentence", "OBS's camera extension needs macOS 13 or later."),
    QT_TRANSLATE_NOOP("Sentence", "{reason} (not yet seen on a real machine)"),
    QT_TRANSLATE_NOOP("Sentence", "The recording has ended: {reason}. What there is of it is in '{path}'."),
    QT_TRANSLATE_NOOP("Sentence", "There is a file '{path}' already: give the recording another name."),
    QT_TRANSLATE_NOOP("Sentence", "A recording's name must end in {choices}, not '{title}'."),
    QT_TRANSLATE_NOOP("Sentence", "The recording '{title}' is not open."),
    QT_TRANSLATE_NOOP("Sentence", "'{path}' cannot be written: {reason}."),
    QT_TRANSLATE_NOOP("Sentence", "'{path}' cannot be read: {reason}."),
    # Looks
    QT_TRANSLATE_NOOP("Sentence", "The look '{look}' is off: {reason}."),
    QT_TRANSLATE_NOOP("Sentence", "The colour table '{path}' cannot be read: {reason}."),
    QT_TRANSLATE_NOOP("Sentence", "The colour table '{path}' cannot be used: {reason}."),
    QT_TRANSLATE_NOOP("Sentence", "there is no such file"),
    QT_TRANSLATE_NOOP("Sentence", "it is too large"),
    QT_TRANSLATE_NOOP("Sentence", "its table has one dimension instead of three"),
    QT_TRANSLATE_NOOP("Sentence", "LUT_3D_SIZE is missing"),
    QT_TRANSLATE_NOOP("Sentence", "LUT_3D_SIZE must be from {low} to {high}"),
    QT_TRANSLATE_NOOP("Sentence", "DOMAIN_MIN is not below DOMAIN_MAX"),
    QT_TRANSLATE_NOOP("Sentence", "it has {count} colours instead of {wanted}"),
    QT_TRANSLATE_NOOP("Sentence", "one of its values is not a number"),
    QT_TRANSLATE_NOOP("Sentence", "one of its values is out of range"),
    QT_TRANSLATE_NOOP("Sentence", "line {number} is not understood"),
    QT_TRANSLATE_NOOP("Sentence", "Calm picture"),
    QT_TRANSLATE_NOOP("Sentence", "Touch up"),
    QT_TRANSLATE_NOOP("Sentence", "Clear eyes"),
    QT_TRANSLATE_NOOP("Sentence", "Lips"),
    QT_TRANSLATE_NOOP("Sentence", "Face light"),
    QT_TRANSLATE_NOOP("Sentence", "The looks for the face are off. {reason}"),
    QT_TRANSLATE_NOOP("Sentence", "This computer is too slow for them."),
    QT_TRANSLATE_NOOP(
        "Sentence", "There is no network for the parts of a face: please install Backdrop again."
    ),
    QT_TRANSLATE_NOOP("Sentence", "'{name}' is not a network for the parts of a face."),
    QT_TRANSLATE_NOOP("Sentence", "The network '{name}' gave broken parts of the face."),
    # People
    QT_TRANSLATE_NOOP(
        "Sentence", "There is no network that tells people apart: please install Backdrop again."
    ),
    QT_TRANSLATE_NOOP("Sentence", "'{name}' is not a network that tells people apart."),
    QT_TRANSLATE_NOOP("Sentence", "The network '{name}' gave broken maps of people."),
    QT_TRANSLATE_NOOP("Sentence", "People who touch each other cannot be told apart. {reason}"),
    QT_TRANSLATE_NOOP("Sentence", "This computer is too slow for it."),
    QT_TRANSLATE_NOOP("Sentence", "The network does not answer."),
    # Looks
    QT_TRANSLATE_NOOP("Sentence", "Sharpness"),
    QT_TRANSLATE_NOOP("Sentence", "White balance"),
    QT_TRANSLATE_NOOP("Sentence", "Portrait light"),
    QT_TRANSLATE_NOOP("Sentence", "Colour table"),
    QT_TRANSLATE_NOOP("Sentence", "Vignette"),
    # All else
    QT_TRANSLATE_NOOP("Sentence", "Something went wrong; Backdrop keeps trying."),
    QT_TRANSLATE_NOOP(
        "Sentence", "Backdrop's own files (the assets folder) are missing: please install it again."
    ),
    # What doctor finds
    QT_TRANSLATE_NOOP("Sentence", "{reason}. Until then the demo plays."),
    QT_TRANSLATE_NOOP("Sentence", "none found: {advice}"),
    QT_TRANSLATE_NOOP("Sentence", "found, but you do not have permission to read it: {advice}"),
    QT_TRANSLATE_NOOP("Sentence", "{title}; {count} installed"),
    QT_TRANSLATE_NOOP("Sentence", "{level} suits this computer, with {ms} ms per frame"),
    # Parts of sentences
    QT_TRANSLATE_NOOP("Sentence", "Fastest"),
    QT_TRANSLATE_NOOP("Sentence", "Balanced"),
    QT_TRANSLATE_NOOP("Sentence", "Best"),
    QT_TRANSLATE_NOOP("Sentence", "plug one in"),
    QT_TRANSLATE_NOOP("Sentence", "run {first}, then {second}"),
    QT_TRANSLATE_NOOP("Sentence", "run {command}"),
    QT_TRANSLATE_NOOP(
        "Sentence",
        "{advice} (with Secure Boot: choose a password when asked, restart, and enrol the key with it)",
    ),
    QT_TRANSLATE_NOOP(
        "Sentence",
        "install the package v4l2loopback (often called v4l2loopback-dkms) with your package manager, "
        "then run {load}",
    ),
    QT_TRANSLATE_NOOP("Sentence", "add {lines} to configuration.nix, then run sudo nixos-rebuild switch"),
    QT_TRANSLATE_NOOP("Sentence", "run {command} and sign in again"),
    QT_TRANSLATE_NOOP("Sentence", "you do not have permission to read it: {advice}"),
    QT_TRANSLATE_NOOP("Sentence", "allow it in System Settings, Privacy and Security, Camera"),
    QT_TRANSLATE_NOOP(
        "Sentence",
        "install OBS 30 or later in Applications, start its virtual camera once, allow it in System "
        "Settings, and stop it again",
    ),
    QT_TRANSLATE_NOOP("Sentence", "install OBS Studio, or run UnityCapture's Install.bat as administrator"),
    QT_TRANSLATE_NOOP("Sentence", "it is not plugged in any more"),
    QT_TRANSLATE_NOOP("Sentence", "another program uses it"),
    QT_TRANSLATE_NOOP("Sentence", "another program may be using it"),
    QT_TRANSLATE_NOOP("Sentence", "it cannot be written"),
    QT_TRANSLATE_NOOP("Sentence", "there is not enough memory"),
    QT_TRANSLATE_NOOP("Sentence", "the disk is full"),
    QT_TRANSLATE_NOOP("Sentence", "your share of the disk is full"),
    QT_TRANSLATE_NOOP("Sentence", "the file would be larger than this disk allows"),
    QT_TRANSLATE_NOOP("Sentence", "you do not have permission"),
    QT_TRANSLATE_NOOP("Sentence", "the disk is read-only"),
    QT_TRANSLATE_NOOP("Sentence", "it is a folder"),
    QT_TRANSLATE_NOOP("Sentence", "its links lead in a circle"),
    QT_TRANSLATE_NOOP("Sentence", "its name is too long"),
    QT_TRANSLATE_NOOP("Sentence", "it is a pipe or a device, not a file"),
    QT_TRANSLATE_NOOP("Sentence", "No such file or directory"),
    QT_TRANSLATE_NOOP("Sentence", "Not a directory"),
)


def translated(text: str) -> str:
    """A message of the engine or of `doctor` in the user's language; a plain text stays unchanged."""
    if not isinstance(text, Message):
        return text
    template = QCoreApplication.translate("Sentence", text.template)
    values = {name: translated(v) if isinstance(v, str) else v for name, v in text.values.items()}
    return template.format(**values) if values else template
