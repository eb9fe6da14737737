"""The command: the window, or one of the subcommands."""

from __future__ import annotations

import argparse
import logging
import os
import sys
import traceback
from collections.abc import Callable
from types import ModuleType
from typing import Any, NoReturn

from app import __version__
from app.commands.effect_options import add_effect_options
from app.engine.core.errors import BackdropError
from app.engine.core.memory import tune_memory

log = logging.getLogger(__name__)


def _process() -> ModuleType:
    from app.commands import process

    return process


def _run() -> ModuleType:
    from app.commands import run

    return run


def _bench() -> ModuleType:
    from app.commands import bench

    return bench


def _soak() -> ModuleType:
    from app.commands import soak

    return soak


def _devices() -> ModuleType:
    from app.commands import devices

    return devices


def _doctor() -> ModuleType:
    from app.commands import doctor

    return doctor


def _ctl() -> ModuleType:
    from app.commands import ctl

    return ctl


# Each is imported only when it is named, so that `doctor` can speak where a library is missing.
COMMANDS: dict[str, Callable[[], ModuleType]] = {
    "process": _process,
    "run": _run,
    "bench": _bench,
    "soak": _soak,
    "devices": _devices,
    "doctor": _doctor,
    "ctl": _ctl,
}

_INTERRUPTED = 130  # what shells report for Ctrl-C


def main(argv: list[str] | None = None) -> int:
    """Run the command line and return its status: 0 done, 1 failed, 2 not understood, 130 interrupted."""
    argv = sys.argv[1:] if argv is None else argv
    tune_memory()
    verbose = "--verbose" in argv
    logging.basicConfig(level=logging.DEBUG if verbose else logging.ERROR, format="%(name)s: %(message)s")
    try:
        args = parser_for(argv).parse_args(argv)
        status = int(args.run(args))
        sys.stdout.flush()
        return status
    except BackdropError as error:
        log.debug("why", exc_info=True)
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        return _INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has gone; without this, Python would complain about that at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
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
    from app.commands import gui as window

    return window.run(args)


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence, without the whole usage."""

    _mixing = False

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        # Plain argparse does not take options between several names of files.
        if self._mixing or self._subparsers is not None:
            return super().parse_known_args(args, namespace)
        self._mixing = True  # what follows may call this method again
        try:
            return self.parse_known_intermixed_args(args, namespace)
        finally:
            self._mixing = False

    def error(self, message: str) -> NoReturn:
        sentence = f"{message[0].upper()}{message[1:].rstrip('.')}. See {self.prog} --help."
        self.exit(2, sentence + "\n")


def parser_for(argv: list[str]) -> argparse.ArgumentParser:
    """The parser for these arguments: with the commands they name, or all where they name none."""
    parser = _Parser(
        prog="backdrop",
        description="A virtual background for your webcam. Without a command, its window opens.",
    )
    parser.add_argument("--version", action="version", version=f"backdrop {__version__}")
    verbose: dict[str, Any] = {"action": "store_true", "help": "tell details where something fails"}
    parser.add_argument("--verbose", **verbose)
    parser.add_argument(
        "--self-test", action="store_true", help="show the demo for a moment and tell whether all works here"
    )
    parser.add_argument(
        "--source", metavar="SOURCE", help="what the window shows: auto, demo, camera:NAME or a file"
    )
    parser.add_argument(
        "--minimised", action="store_true", help="begin in the tray, as at the system's start"
    )
    add_effect_options(parser)
    parser.set_defaults(run=_run_window)
    named = [name for name in COMMANDS if name in argv]
    lone_window = not named and (not argv or argv[0].startswith("-")) and not {"-h", "--help"} & set(argv)
    if not lone_window:
        subparsers = parser.add_subparsers(title="commands", metavar="COMMAND", parser_class=_Parser)
        for name in named or COMMANDS:
            COMMANDS[name]().register(subparsers)
        for subparser in subparsers.choices.values():
            subparser.add_argument(
                "--verbose", action="store_true", help="tell details where something fails"
            )
    return parser


if __name__ == "__main__":
    sys.exit(main())
