"""The command line: subcommands, exit status, error messages."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import app.__main__ as command
from app import __version__
from app.engine.core.errors import BackdropError
from app.engine.pipeline.effects import EFFECTS

if TYPE_CHECKING:
    from tests.commands.conftest import Run

ROOT = Path(command.__file__).parents[1]


def fails_with(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    """Let the window fail."""

    def run(args: object) -> int:
        raise error

    monkeypatch.setattr(command, "_run_window", run)


def test_version_is_printed(run: Run) -> None:
    assert run("--version") == (0, f"backdrop {__version__}\n", "")


def test_help_names_every_command_and_effect(run: Run) -> None:
    status, out, _ = run("--help")
    assert status == 0
    assert {"process", "bench", "devices", "doctor"} <= set(command.COMMANDS)
    for name in [*command.COMMANDS, *EFFECTS]:
        assert name in out


@pytest.mark.parametrize("name", command.COMMANDS)
def test_every_command_has_help(run: Run, name: str) -> None:
    status, out, err = run(name, "--help")
    assert (status, err) == (0, "")
    assert f"usage: backdrop {name}" in out and "--verbose" in out


@pytest.mark.parametrize("argv", [["dance"], ["--dance"], ["process"]])
def test_usage_error_is_one_sentence(run: Run, argv: list[str]) -> None:
    status, out, err = run(*argv)
    assert (status, out) == (2, "")
    assert err.count("\n") == 1 and err.endswith("--help.\n")


def test_backdrop_error_is_printed_as_one_sentence(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    fails_with(monkeypatch, BackdropError("The camera is asleep."))
    assert run() == (1, "", "The camera is asleep.\n")


def test_ctrl_c_prints_interrupted_and_returns_130(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    fails_with(monkeypatch, KeyboardInterrupt())
    assert run() == (130, "", "Interrupted.\n")


def test_unexpected_error_is_one_sentence_with_details_if_verbose(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    fails_with(monkeypatch, ZeroDivisionError())
    sentence = "Something unexpected went wrong (ZeroDivisionError); run with --verbose for details.\n"
    assert run() == (1, "", sentence)
    status, out, err = run("--verbose")
    assert (status, out) == (1, "")
    assert "Traceback" in err and err.endswith(sentence.replace("; run with --verbose for details", ""))


@pytest.mark.parametrize(
    ("error", "what"),
    [
        (ModuleNotFoundError("No module named 'av'", name="av"), "is missing"),
        (ImportError("libX.so.1 is not there", name="av"), "cannot be loaded (libX.so.1 is not there)"),
    ],
)
def test_missing_library_is_named(
    run: Run, monkeypatch: pytest.MonkeyPatch, error: ImportError, what: str
) -> None:
    fails_with(monkeypatch, error)
    assert run() == (1, "", f"The Python library 'av' {what}: please install Backdrop again.\n")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such pipes")
def test_closed_pipe_prints_no_error() -> None:
    shell = f'"{sys.executable}" -m app --help | true; echo ${{PIPESTATUS[0]}}'
    done = subprocess.run(["bash", "-c", shell], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stderr == ""


def test_start_imports_no_heavy_library() -> None:
    code = (
        "import sys, app.__main__; print(sorted({'cv2', 'av', 'onnxruntime', 'PySide6'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_color_is_accepted_as_the_effect_colour() -> None:
    assert command.parser_for([]).parse_args(["--effect", "color"]).effect == "colour"


def test_options_between_file_names_are_accepted_by_process() -> None:
    argv = ["process", "a.jpg", "--effect", "blur", "b.jpg", "--strength", "0.2", "out/"]
    args = command.parser_for(argv).parse_args(argv)
    assert (args.inputs, args.out, args.effect) == (["a.jpg", "b.jpg"], "out/", "blur")


def test_telemetry_is_off_before_onnxruntime_is_imported() -> None:
    code = (
        "import builtins, os, sys; real = builtins.__import__\n"
        "def check(name, *rest):\n"
        "    if name.split('.')[0] == 'onnxruntime': assert os.environ['ORT_DISABLE_TELEMETRY'] == '1'\n"
        "    return real(name, *rest)\n"
        "builtins.__import__ = check; import app.engine.networks.segmenter\n"
        "assert 'onnxruntime' in sys.modules"
    )
    environment = {name: value for name, value in os.environ.items() if name != "ORT_DISABLE_TELEMETRY"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
