"""The command line: the window, or one of the subcommands."""

from __future__ import annotations

import argparse
import logging
import re
import sys
import traceback
from importlib import import_module
from typing import Any, NoReturn

from app import __version__
from app.commands.arguments.effect_options import add_effect_options
from app.commands.arguments.source_options import SOURCE_HELP
from app.engine.core.errors import BackdropError
from app.engine.core.memory import tune_memory
from app.process_end import end_process
from app.standard_streams import lenient_streams

log = logging.getLogger(__name__)

COMMANDS = ("process", "run", "bench", "soak", "devices", "doctor", "ctl", "reset")
"""Modules of `app.commands`. Each is imported only if it is named: `doctor` runs with a library missing."""

_REPORTS = {"bench", "devices", "doctor"}

_INTERRUPTED = 130  # The status that shells report for Ctrl-C.


def program() -> NoReturn:
    """Run the command line and end this process."""
    end_process(main())


def main(argv: list[str] | None = None) -> int:
    """Run the command line; return 0 for success, 1 failure, 2 a usage error, 130 interrupted."""
    argv = sys.argv[1:] if argv is None else argv
    tune_memory()
    with lenient_streams() as out:
        status = _status_of(argv)
        out.flush()
        # Only a list or a report is worth nothing without its output.
        return status or int(out.is_broken and bool(_REPORTS & set(argv)))


def _status_of(argv: list[str]) -> int:
    verbose = "--verbose" in argv
    logging.basicConfig(level=logging.DEBUG if verbose else logging.ERROR, format="%(name)s: %(message)s")
    try:
        args = parser_for(argv).parse_args(argv)
        return int(args.run(args))
    except BackdropError as error:
        log.debug("details of the error:", exc_info=True)
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        return _INTERRUPTED
    except ImportError as error:
        if verbose:
            traceback.print_exc()
        missing = isinstance(error, ModuleNotFoundError)
        what = "is missing" if missing else f"cannot be loaded ({error})"
        print(f"The Python library '{error.name}' {what}: please install Backdrop again.", file=sys.stderr)
        return 1
    except Exception as error:
        if verbose:
            traceback.print_exc()
        hint = "" if verbose else "; run with --verbose for details"
        print(f"Something unexpected went wrong ({type(error).__name__}){hint}.", file=sys.stderr)
        return 1


def _run_window(args: argparse.Namespace) -> int:
    if args.self_test:
        from app.commands import self_test

        return self_test.run()
    from app.commands import gui

    return gui.run(args)


class _Parser(argparse.ArgumentParser):
    """Reports a mistake in one sentence, without the whole usage."""

    def error(self, message: str) -> NoReturn:
        message = re.sub(r"^argument (\S+): (?=must be )", r"\1 ", message)
        sentence = f"{message[0].upper()}{message[1:].rstrip('.')}. See {self.prog} --help."
        self.exit(2, sentence + "\n")


class _SubcommandParser(_Parser):
    """Accepts options between several file names, which argparse's default does not."""

    _is_parsing_intermixed = False

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        # parse_known_intermixed_args calls this method, and refuses a parser with commands of its own (ctl).
        if self._is_parsing_intermixed or self._subparsers is not None:
            return super().parse_known_args(args, namespace)
        if args is not None and "--" in args:
            # The intermixed parser loses the names behind --; as paths they need none.
            at = args.index("--")
            args = [*args[:at], *(f"./{word}" if word.startswith("-") else word for word in args[at + 1 :])]
        self._is_parsing_intermixed = True
        try:
            return self.parse_known_intermixed_args(args, namespace)
        finally:
            self._is_parsing_intermixed = False


def parser_for(argv: list[str]) -> argparse.ArgumentParser:
    """The parser for these arguments.

    It has the commands that the arguments name, or all if they name none: importing all takes a second.
    """
    parser = _Parser(
        prog="backdrop",
        description="A virtual background for your webcam. Without a command, its window opens.",
    )
    parser.add_argument("--version", action="version", version=f"backdrop {__version__}")
    verbose: dict[str, Any] = {"action": "store_true", "help": "print details of errors"}
    parser.add_argument("--verbose", **verbose)
    parser.add_argument(
        "--self-test",
        action="store_true",
        help="show the demo for a moment and report whether everything works on this computer",
    )
    parser.add_argument(
        "--source",
        metavar="SOURCE",
        help=SOURCE_HELP,
    )
    parser.add_argument("--minimised", action="store_true", help="start in the tray")
    add_effect_options(parser)
    parser.set_defaults(run=_run_window)
    named = [name for name in COMMANDS if name in argv]
    lone_window = not named and (not argv or argv[0].startswith("-")) and not {"-h", "--help"} & set(argv)
    if not lone_window:
        subparsers = parser.add_subparsers(
            title="commands", metavar="COMMAND", parser_class=_SubcommandParser
        )
        for name in named or COMMANDS:
            import_module(f"app.commands.{name}").register(subparsers)
        for subparser in subparsers.choices.values():
            subparser.add_argument("--verbose", **verbose)
    return parser


if __name__ == "__main__":
    program()
