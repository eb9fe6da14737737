"""The options that say what stands behind the person, the same for every command that treats pictures."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import TYPE_CHECKING

from app.engine.core.errors import BackdropError

if TYPE_CHECKING:
    from app.engine.core.settings import EffectSettings


def add_effect_options(parser: argparse.ArgumentParser, default: str | None = None) -> None:
    """Add --effect, --strength, --background and --model.

    A subcommand's parser takes `argparse.SUPPRESS` as default, so that what stood before the command counts.
    """
    texts = {
        "--effect": ("NAME", "what stands behind you: none, blur, lens, colour, image, video or transparent"),
        "--strength": ("0..1", "how strong the blur is (0.5 unless told)"),
        "--background": ("FILE|#RRGGBB", "a picture, a video or a colour; it implies the effect"),
        "--model": ("NAME", "which network finds the person"),
    }
    for option, (metavar, text) in texts.items():
        parser.add_argument(option, metavar=metavar, help=text, default=default)


def chosen_effect(args: argparse.Namespace, saved: EffectSettings) -> EffectSettings:
    """The effect that the options ask for, where they are silent the saved one.

    Raises BackdropError where the options contradict each other or a value is none.
    """
    from app.engine.core.settings import EffectSettings
    from app.engine.pipeline.effects import EFFECTS, build_effect

    values: dict[str, float | str] = {}
    implied: str | None = None
    if args.background is not None:
        implied, key, value = background_effect(args.background)
        values[key] = value
    if args.strength is not None:
        values["strength"] = _number(args.strength, "--strength")
        implied = implied or (None if saved.name in ("blur", "lens") else "blur")
    name = args.effect or implied or saved.name
    if name in EFFECTS:
        taken = {parameter.key for parameter in EFFECTS[name].parameters}
        for option, keys in (("--background", {"colour", "file"}), ("--strength", {"strength"})):
            given = keys & set(values)
            if given and not given <= taken:
                raise _contradiction(option, name, args.background)
    kept = dict(saved.values) if name == saved.name else {}
    for parameter in EFFECTS[name].parameters if name in EFFECTS else ():
        if parameter.kind == "file" and not {**kept, **values}.get(parameter.key):
            what = parameter.label.lower()
            raise BackdropError(
                "--effect {name} needs a {what}: add --background FILE.", name=name, what=what
            )
    effect = EffectSettings(name, {**kept, **values})
    build_effect(effect)  # a wrong name, number, colour or file is told before any work
    return effect


def background_effect(background: str) -> tuple[str, str, str]:
    """Which effect a --background asks for, with the key and the value of its parameter."""
    from app.engine.capture.sources import VIDEO_SUFFIXES

    if background.startswith("#"):
        return "colour", "colour", background
    # Shells take an unquoted # for a comment, so the bare number does as well.
    if re.fullmatch(r"[0-9a-fA-F]{6}", background) and not Path(background).exists():
        return "colour", "colour", f"#{background}"
    if Path(background).suffix.lower() in VIDEO_SUFFIXES:
        return "video", "file", background
    return "image", "file", background


def _contradiction(option: str, effect: str, background: str | None) -> BackdropError:
    if option == "--strength":
        return BackdropError(
            "--strength belongs to the effects blur and lens, not to {effect}: leave one of them out.",
            effect=effect,
        )
    fitting = background_effect(str(background))[0]
    return BackdropError(
        "--background {background} belongs to the effect {fitting}, not to {effect}: leave one of them out.",
        background=background,
        fitting=fitting,
        effect=effect,
    )


def _number(text: str, option: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise BackdropError("{option} must be a number, not '{text}'.", option=option, text=text) from None
