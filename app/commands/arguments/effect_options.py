"""The options for effect, background and network, shared by every command that makes composites."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import TYPE_CHECKING

from app.commands.arguments.option_types import number, whole
from app.engine.core.errors import BackdropError

if TYPE_CHECKING:
    from app.engine.core.settings import EffectSettings

# The options that give an effect its values, with the keys of those values.
_OPTIONS = {
    "--background": {"colour", "file", "slides", "screen"},
    "--strength": {"strength"},
    "--page": {"page"},
}


def add_effect_options(parser: argparse.ArgumentParser, default: str | None = None) -> None:
    """Add --effect, --strength, --background, --page and --network.

    A subcommand passes `argparse.SUPPRESS` as the default, so that an option before the command counts.
    """
    effects = "the effect: none, blur, lens, colour, image, video, slides, screen or transparent"
    parser.add_argument("--effect", metavar="NAME", type=effect_name, help=effects, default=default)
    parser.add_argument(
        "--strength",
        metavar="0..1",
        type=number(0.0, 1.0),
        help="strength of the blur (default: 0.5)",
        default=default,
    )
    backgrounds = (
        "a picture, a video, a colour, slides (a PDF or a folder of pictures), screen, screen:2 for another "
        "screen, or window:TITLE; selects the matching effect"
    )
    parser.add_argument("--background", metavar="FILE|#RRGGBB|screen", help=backgrounds, default=default)
    parser.add_argument(
        "--page",
        metavar="N",
        type=whole(1, 10_000),
        help="the page of the slides (default: 1)",
        default=default,
    )
    add_network_option(parser, default)


def add_network_option(parser: argparse.ArgumentParser, default: str | None) -> None:
    """Add --network; --model is accepted as well."""
    text = "the network that finds the person"
    if default is not None and default is not argparse.SUPPRESS:
        text += " (default: %(default)s)"
    parser.add_argument("--network", "--model", metavar="NAME", help=text, default=default)


def effect_name(text: str) -> str:
    """The name of an effect by its name, title or alias; an unknown one is reported later."""
    from app.engine.pipeline.effects import effect_called

    return effect_called(text) or text


def chosen_effect(args: argparse.Namespace, saved: EffectSettings) -> EffectSettings:
    """The effect that the options select; without options the saved one.

    Raises BackdropError if the options contradict each other or a value is invalid.
    """
    from app.engine.core.settings import EffectSettings
    from app.engine.pipeline.effects import EFFECTS, build_effect

    values: dict[str, float | str] = {}
    implied: str | None = None
    if args.background is not None:
        implied, key, value = background_effect(args.background)
        values[key] = value
        if implied == "slides":
            values["page"] = 1.0  # Other slides begin at their first page.
    if args.page is not None:
        values["page"] = float(args.page)
        implied = implied or "slides"
    if args.strength is not None:
        values["strength"] = args.strength
        implied = implied or (None if saved.name in ("blur", "lens") else "blur")
    name = args.effect or implied or saved.name
    if name in EFFECTS:
        taken = {parameter.key for parameter in EFFECTS[name].parameters}
        for option, keys in _OPTIONS.items():
            given = keys & set(values)
            if given and not given <= taken:
                raise _contradiction(option, name, args.background)
    kept = dict(saved.values) if name == saved.name else {}
    for parameter in EFFECTS[name].parameters if name in EFFECTS else ():
        if parameter.kind == "file" and not {**kept, **values}.get(parameter.key):
            what = "PDF or a folder of pictures" if name == "slides" else parameter.label.lower()
            raise BackdropError(
                "--effect {name} needs a {what}: add --background FILE.", name=name, what=what
            )
    effect = EffectSettings(name, {**kept, **values})
    build_effect(effect)  # reports a wrong name, number, colour or file before any work starts
    return effect


def background_effect(background: str) -> tuple[str, str, str]:
    """The effect that a --background selects, with the key and the value of its parameter."""
    from app.engine.media.file_kinds import VIDEO_SUFFIXES, is_picture
    from app.engine.media.slide_pages import is_pdf
    from app.engine.screens.screens import is_spec, parse_spec

    if background.startswith("#"):
        return "colour", "colour", background
    if is_spec(background) and not Path(background).exists():
        return "screen", "screen", ":".join(parse_spec(background))
    if Path(background).is_dir() or is_pdf(Path(background)) or background.lower().endswith(".pdf"):
        return "slides", "slides", background
    # Shells take an unquoted # for a comment, so the bare number is accepted too.
    if re.fullmatch(r"[0-9a-fA-F]{6}", background) and not Path(background).exists():
        return "colour", "colour", f"#{background}"
    path = Path(background)
    moves = not is_picture(path) if path.exists() else path.suffix.lower() in VIDEO_SUFFIXES
    return "video" if moves else "image", "file", background


def _contradiction(option: str, effect: str, background: str | None) -> BackdropError:
    if option == "--strength":
        return BackdropError(
            "--strength belongs to the effects blur and lens, not to {effect}: leave one of them out.",
            effect=effect,
        )
    if option == "--page":
        return BackdropError(
            "--page belongs to the effect slides, not to {effect}: leave one of them out.", effect=effect
        )
    fitting = background_effect(str(background))[0]
    return BackdropError(
        "--background {background} belongs to the effect {fitting}, not to {effect}: leave one of them out.",
        background=background,
        fitting=fitting,
        effect=effect,
    )
