"""Print the manual page, made from the commands' help: `python -m assets.packaging.manual`."""

from __future__ import annotations

import argparse
import sys

from app import __version__
from app.__main__ import parser_for

_EXTRA = {
    "FILES": [
        ("~/.config/backdrop/settings.json", "The settings."),
        ("~/.local/share/backdrop/models", "Your own networks, as .onnx files."),
        ("/usr/share/doc/backdrop/examples/v4l2loopback.conf", "Settings for a virtual camera, optional."),
    ],
    "EXIT STATUS": [
        ("0", "Success."),
        ("1", "Something failed; a message says what."),
        ("2", "The command line is not valid."),
        ("130", "Interrupted."),
    ],
}


def escaped(text: str) -> str:
    """Escape text for roff."""
    return text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq")


def options(parser: argparse.ArgumentParser) -> list[str]:
    """The entries for the options and arguments of a parser."""
    lines: list[str] = []
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction) or action.help == argparse.SUPPRESS:
            continue
        names = ", ".join(action.option_strings) or str(action.metavar or action.dest)
        value = f" {action.metavar}" if action.option_strings and action.metavar else ""
        lines += [".TP", rf"\fB{escaped(names)}\fR{escaped(value)}", escaped(action.help or "")]
    return lines


def page() -> str:
    """The manual page."""
    parser = parser_for(["--help"])
    commands = next(a for a in parser._actions if isinstance(a, argparse._SubParsersAction))
    summaries = {choice.dest: choice.help or "" for choice in commands._choices_actions}
    lines = [
        f'.TH BACKDROP 1 "" "Backdrop {__version__}" "User Commands"',
        ".SH NAME",
        r"backdrop \- a virtual background for your webcam",
        ".SH SYNOPSIS",
        r".B backdrop",
        r"[\fIOPTIONS\fR] [\fICOMMAND\fR ...]",
        ".SH DESCRIPTION",
        escaped(parser.description or ""),
        ".SH OPTIONS",
        *options(parser),
    ]
    for name, command in commands.choices.items():
        lines += [
            f".SH BACKDROP {name.upper()}",
            escaped(f"{summaries[name].capitalize()}."),
            *options(command),
        ]
    for title, entries in _EXTRA.items():
        lines.append(f".SH {title}")
        for term, text in entries:
            lines += [".TP", rf"\fB{escaped(term)}\fR", escaped(text)]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(page())
