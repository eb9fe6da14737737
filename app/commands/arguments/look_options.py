"""The options for looks: single values, presets and look files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from app.engine.core.errors import BackdropError

if TYPE_CHECKING:
    import argparse

    from app.engine.core.parameters import Values


def add_look_options(parser: argparse.ArgumentParser) -> None:
    """Add --look, which may be repeated, and --look-file."""
    from app.engine.looks.registry import PARAMETERS, PRESETS

    presets = ", ".join(f'"{title}"' if " " in title else title for title in PRESETS)
    ranges = ", ".join(
        f"{p.key} ({p.low:g} to {p.high:g})" if p.kind == "slider" else f"{p.key} (a .cube file)"
        for p in PARAMETERS.values()
    )
    parser.add_argument(
        "--look",
        metavar="NAME=VALUE|PRESET",
        action="append",
        help=f"how the picture looks; may be repeated. NAME is one of: {ranges}. PRESET sets all of them: "
        f"{presets}, or none for all off",
    )
    parser.add_argument(
        "--look-file",
        metavar="FILE",
        help='a JSON file with names and values, such as {"exposure": 0.3}; --look changes what it sets',
    )


def chosen_looks(args: argparse.Namespace, saved: Values) -> Values:
    """The values of the looks that the options select; without options the saved ones.

    Raises BackdropError for an unknown name, an invalid value or a file that cannot be used.
    """
    looks = list(getattr(args, "look", None) or [])
    file = getattr(args, "look_file", None)
    if not looks and file is None:
        return saved
    from app.engine.looks.choice import with_choice
    from app.engine.looks.registry import build

    values = dict(saved) if file is None else read_look_file(Path(file))
    for text in looks:
        values = with_choice(values, text)
    build(values)  # Reports a wrong name, number or file before any work starts.
    return values


def read_look_file(path: Path) -> Values:
    """The values in a look file; a relative path in it is relative to its folder. Raises BackdropError."""
    import msgspec

    from app.engine.core.errors import disk_reason
    from app.engine.core.settings import LookValues
    from app.engine.looks.registry import PARAMETERS

    try:
        if path.exists() and not path.is_file():
            raise BackdropError("The look file '{path}' is not a file.", path=path)
        values: Values = msgspec.json.decode(path.read_bytes(), type=LookValues)
    except OSError as error:
        raise BackdropError(
            "The look file '{path}' cannot be read: {reason}.", path=path, reason=disk_reason(error)
        ) from error
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise BackdropError(
            "The look file '{path}' is not valid: {error}.", path=path, error=error
        ) from error
    for key, value in values.items():
        if key in PARAMETERS and PARAMETERS[key].kind == "file" and value:
            values[key] = str((path.parent / str(value)).absolute())
    return values
