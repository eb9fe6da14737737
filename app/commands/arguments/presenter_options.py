"""The options for where the person stands, the name tag and the logo, made from their parameters."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from app.commands.arguments.option_types import number, one_of
from app.engine.core.errors import BackdropError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from app.engine.core.parameters import Parameter, Values
    from app.engine.core.settings import PresenterSettings

_SWITCH = {"on": 1.0, "off": 0.0}


def add_presenter_options(parser: argparse.ArgumentParser) -> None:
    """Add an option for each parameter, such as --place-shape and --tag-name."""
    from app.engine.pipeline.presenter.presenter import PARTS

    group = parser.add_argument_group("presenter")
    for part, parameters in PARTS.items():
        for parameter in parameters:
            _add(group, part, parameter)


def chosen_presenter(args: argparse.Namespace, saved: PresenterSettings) -> PresenterSettings:
    """The presenter that the options select; without options the saved one.

    Raises BackdropError for an invalid value or a file that cannot be used.
    """
    from app.engine.pipeline.presenter.logo import Logo
    from app.engine.pipeline.presenter.presenter import PARTS, Presenter

    changes: dict[str, Values] = {}
    for part, parameters in PARTS.items():
        given = {
            p.key: value for p in parameters if (value := getattr(args, f"{part}_{p.key}", None)) is not None
        }
        if given:
            changes[part] = {**getattr(saved, part), **given}
    if not changes:
        return saved
    chosen: PresenterSettings = msgspec.structs.replace(saved, **changes)
    Presenter(chosen)  # Reports an invalid value before any work starts.
    Logo(chosen.logo)  # The same for a file, without which a presenter goes on.
    return chosen


def refuse_presenter(args: argparse.Namespace, content: str) -> None:
    """Raise BackdropError if an option of the presenter is given for an output without a composite."""
    from app.engine.pipeline.presenter.presenter import PARTS

    names = [(part, p.key) for part, parameters in PARTS.items() for p in parameters]
    given = [f"--{part}-{key}" for part, key in names if getattr(args, f"{part}_{key}", None) is not None]
    if given:
        raise BackdropError(
            "--output {content} has the person alone: leave out {options}.",
            content=content,
            options=", ".join(given),
        )


def _add(group: argparse._ArgumentGroup, part: str, parameter: Parameter) -> None:
    option, text = f"--{part}-{parameter.key}", parameter.label[0].lower() + parameter.label[1:]
    default = f"{parameter.default:g}" if isinstance(parameter.default, float) else parameter.default
    kind: Callable[[str], float | str] = str
    if parameter.kind == "slider":
        low, high = parameter.low, parameter.high
        metavar, kind = f"{low:g}..{high:g}", number(low, high)
    elif parameter.kind == "choice":
        metavar, kind = "|".join(parameter.choices), one_of(*parameter.choices)
    elif parameter.kind == "switch":
        metavar, default = "on|off", "on" if parameter.default else "off"
        kind = _switch
    elif parameter.kind == "file":
        metavar, kind = "FILE", _absolute
    else:
        metavar = "#RRGGBB" if parameter.kind == "colour" else "TEXT"
    told = f"{text} (default: {default})" if default else text
    group.add_argument(option, metavar=metavar, type=kind, help=told)


def _switch(text: str) -> float:
    return _SWITCH[one_of(*_SWITCH)(text)]


def _absolute(text: str) -> str:
    return str(Path(text).absolute()) if text else ""
