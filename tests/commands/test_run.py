"""`run`: no window, a virtual camera, recordings, signals."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import av
import pytest

from app.__main__ import main, parser_for
from app.commands.run import Report, combined_settings
from app.engine.core.errors import Message
from app.engine.core.settings import EffectSettings, OutputSettings, Settings
from app.engine.core.types import CaptureFormat, OutputId, Stats
from app.engine.output.recorder import Recorder
from app.engine.output.registry import build_sinks, output_ids
from app.settings import save_settings
from tests.clips import seen
from tests.fakes import FakeEngine
from tests.frames import read_bgr
from tests.networks import write_network

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
def test_unusable_virtual_camera_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("app.engine.networks.catalogue.user_networks_folder", lambda: tmp_path)
    monkeypatch.setattr("app.commands.run.settings_file", lambda: tmp_path / "settings.json")
    write_network(tmp_path / "tiny.onnx")
    monkeypatch.setattr(signal, "signal", lambda number, handler: None)
    arguments = [
        "run",
        "--source",
        "demo",
        "--network",
        "tiny",
        "--virtual-camera",
        "/dev/none",
        "--seconds",
        "3",
    ]
    assert main(arguments) == 1
    told = capsys.readouterr().err
    assert "The virtual camera '/dev/none' cannot be used: No such file or directory." in told
    assert threading.active_count() == 1 or "backdrop" not in str(threading.enumerate())


@pytest.mark.slow_after_first
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM to send")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signal_ends_window_cleanly(tmp_path: Path, number: signal.Signals) -> None:
    write_network(tmp_path / "backdrop" / "models" / "tiny.onnx")
    environment = {**os.environ, "XDG_DATA_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    command = [sys.executable, "-m", "app", "run", "--source", "demo", "--network", "tiny"]
    process = subprocess.Popen(
        [*command, "--virtual-camera", "/dev/none"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    assert "cannot be used" in process.stderr.readline(), "it runs and reports the fault"
    process.send_signal(number)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 1 and "Traceback" not in err
    assert out.startswith("Demo: ")


Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts `backdrop run` on the demo with an empty home; kills what still runs at the end."""
    write_network(tmp_path / "backdrop" / "models" / "tiny.onnx")
    environment = {**os.environ, "XDG_DATA_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    started: list[subprocess.Popen[str]] = []

    def start(*options: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "app", "run", "--source", "demo", "--network", "tiny", *options]
        pipe = subprocess.PIPE
        started.append(
            subprocess.Popen(command, cwd=ROOT, env=environment, stdout=pipe, stderr=pipe, text=True)
        )
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate(timeout=20)


@pytest.mark.slow
def test_run_records_for_given_seconds(start: Start, tmp_path: Path) -> None:
    path = tmp_path / "talk.mp4"
    process = start("--record", str(path), "--seconds", "4", "--size", "320x180", "--effect", "blur")
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")
    assert out.startswith("Demo to talk.mp4: ")
    kept = seen(path)
    assert kept[0][1].shape == (180, 320, 3) and kept[-1][0] > 1


@pytest.mark.parametrize("options", [["--snapshot", "a.png"], ["--virtual-camera", "auto"]])
def test_microphone_without_recording_is_refused(
    options: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", "--microphone", "default", *options]) == 1
    assert capsys.readouterr().err == "--microphone needs --record FILE.\n"


@pytest.mark.parametrize(("options", "expected"), [([], False), (["--microphone", "Desk"], True)])
def test_recording_is_silent_unless_a_microphone_is_named(options: list[str], expected: bool) -> None:
    command = ["run", "--record", "talk.mp4", *options]
    settings = combined_settings(Settings(), parser_for(command).parse_args(command))
    assert settings.output.record_microphone is expected
    (sink,) = build_sinks(settings.output).values()
    assert isinstance(sink, Recorder)
    assert (sink.microphone.title if sink.microphone else None) == ("Desk" if expected else None)


@pytest.mark.slow
def test_snapshot_is_one_composite(start: Start, tmp_path: Path) -> None:
    path = tmp_path / "me.png"
    process = start(
        "--snapshot", str(path), "--size", "320x180", "--background", "#00ff00", "--seconds", "30"
    )
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")
    picture = read_bgr(path)
    assert picture.shape == (180, 320, 3) and picture[..., 1].max() == 255
    process = start("--snapshot", str(tmp_path / "me.jpg"))
    _, err = process.communicate(timeout=60)
    assert process.returncode == 1 and err.startswith("A snapshot's name must end in .png")


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGHUP to send")
def test_sighup_reloads_settings(start: Start, tmp_path: Path) -> None:
    process = start("--record", str(tmp_path / "talk.mkv"), "--size", "320x180")
    settings = tmp_path / "backdrop" / "settings.json"
    while not (tmp_path / "talk.mkv").exists():
        assert process.poll() is None
        time.sleep(0.05)
    assert process.stdout is not None and process.stderr is not None
    settings.write_text("{")
    process.send_signal(signal.SIGHUP)
    assert "Backdrop continues with the current settings." in process.stderr.readline()
    assert settings.read_text() == "{", "the file is left for the user to fix"
    save_settings(Settings(effect=EffectSettings("colour", {"colour": "#ff0000"})), settings)
    process.send_signal(signal.SIGHUP)
    assert process.stdout.readline() == "The settings were read again.\n"
    end = time.monotonic() + 60
    while not ends_in_red(tmp_path / "talk.mkv"):
        assert process.poll() is None and time.monotonic() < end, "the background is not red"
        time.sleep(0.2)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)
    assert process.returncode == 0


def ends_in_red(recording: Path) -> bool:
    """Whether much of the last picture is red; the recording may still be growing."""
    try:
        pictures = seen(recording)
    except av.FFmpegError:
        return False
    return bool(pictures) and float((pictures[-1][1][..., 2] > 200).mean()) > 0.2


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("there.mkv", "There is a file '{path}' already: give the recording another name."),
        ("none/talk.mov", "'{path}' cannot be written: No such file or directory."),
        ("there.mkv/talk.mp4", "'{path}' cannot be written: Not a directory."),
        ("talk.avi", "A recording's name must end in .mp4, .mkv, .mov, .webm, not 'talk.avi'."),
    ],
)
def test_run_ends_when_its_only_recording_cannot_be_written(
    start: Start, tmp_path: Path, name: str, told: str
) -> None:
    (tmp_path / "there.mkv").write_text("a letter")
    path = tmp_path / name
    process = start("--record", str(path), "--size", "320x180")
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (1, told.format(path=path) + "\n")
    assert (tmp_path / "there.mkv").read_text() == "a letter"


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit to a file's size that we could set")
def test_run_ends_when_its_only_recording_outgrows_the_disk(tmp_path: Path) -> None:
    path = tmp_path / "talk.mp4"
    code = (
        "import resource, sys; from app.__main__ import program\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000)); program()"
    )
    command = [sys.executable, "-c", code, "run", "--source", "demo", "--size", "320x180"]
    environment = {**os.environ, "XDG_CONFIG_HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [*command, "--record", str(path)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    reason = "the file would be larger than this disk allows"
    assert done.stderr == f"The recording has ended: {reason}. What there is of it is in '{path}'.\n"
    assert done.returncode == 1 and seen(path)


@pytest.mark.slow
def test_run_goes_on_while_another_output_works(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    recording = OutputId("recording", str(tmp_path / "a.mp4"))
    camera = OutputId("virtual_camera", "auto")
    assert output_ids(OutputSettings(virtual_camera="auto", recording=recording.value)) == [camera, recording]
    told: list[Stats] = []

    class Ended(FakeEngine):
        def __init__(self, settings: Settings) -> None:
            super().__init__(settings, lambda: None)
            self.stats = Stats(ended_outputs=(recording,), message=Message("The disk is full."))

        def stop(self) -> None:
            told.append(self.stats)

    monkeypatch.setattr("app.commands.run.Engine", Ended)
    monkeypatch.setattr("app.commands.run.settings_file", lambda: tmp_path / "settings.json")
    monkeypatch.setattr(signal, "signal", lambda number, handler: None)
    started = time.monotonic()
    argv = ["run", "--record", recording.value, "--seconds", "1.2"]
    assert main([*argv, "--virtual-camera", "auto"]) == 1
    assert time.monotonic() - started >= 1.2
    assert main([*argv[:-1], "600"]) == 1, "alone, it ends at once"


def test_systemd_service_runs_existing_command() -> None:
    unit = (ROOT / "assets" / "systemd" / "backdrop.service").read_text()
    assert "ExecStart=%h/.local/bin/backdrop run\n" in unit and "ExecReload=/bin/kill -HUP" in unit


def test_flickering_fault_is_printed_once(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    report, bad, good = Report(), Stats(message=Message("Something went wrong.")), Stats()
    for stats in [bad, bad, good, bad, good, bad]:
        report.print_changes(stats)
    assert capsys.readouterr().err == "Something went wrong.\n"
    report.print_changes(Stats(message=Message("The camera was unplugged.")))
    assert capsys.readouterr().err == "The camera was unplugged.\n"
    monkeypatch.setattr("app.commands.run._REPEAT_AFTER_S", 0.0)
    for stats in [bad, bad, good, bad]:
        report.print_changes(stats)
    assert capsys.readouterr().err == "Something went wrong.\n" * 2


def test_requested_and_actual_format_are_printed_once(capsys: pytest.CaptureFixture[str]) -> None:
    report = Report()
    asked, got = CaptureFormat(1280, 720, 30, "MJPG"), CaptureFormat(640, 480, 15, "YUYV")
    for stats in [Stats(), Stats(source="Acme Cam"), *[Stats(source="Acme Cam", asked=asked, got=got)] * 2]:
        report.print_changes(stats)
    assert capsys.readouterr().out == (
        "'Acme Cam' gives 640x480 YUYV at 15 frames per second; "
        "asked for 1280x720 MJPG at 30 frames per second.\n"
    )
