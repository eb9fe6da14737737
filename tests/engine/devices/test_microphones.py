"""SystemMicrophone and the connection to the sound server, with a real PipeWire and its null source."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from app.engine.core.errors import BackdropError
from app.engine.devices.microphones import DEFAULT, RATE_HZ, SystemMicrophone, list_microphones
from tests.engine.pipewire_daemon import MICROPHONE, Daemon, missing_for_sound, wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

needs_sound = pytest.mark.skipif(bool(missing_for_sound()), reason=missing_for_sound() or "sound is here")
_LIMIT_S = 60.0


@pytest.fixture(scope="module")
def shared_daemon() -> Iterator[Daemon]:
    daemon = Daemon(with_sound=True)
    yield daemon
    daemon.close()


@pytest.fixture
def daemon(shared_daemon: Daemon, monkeypatch: pytest.MonkeyPatch) -> Daemon:
    for name, value in shared_daemon.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("PULSE_SERVER", raising=False)
    # soundcard names the program by its arguments; a process of pytest-xdist has only '-c'.
    monkeypatch.setattr(sys, "argv", ["backdrop"])
    wait_for(lambda: listed() == [MICROPHONE])
    return shared_daemon


def listed() -> list[str]:
    """The microphones; none where listing them fails, as just after a server has come."""
    try:
        return list_microphones()
    except BackdropError:
        return []


def opens(microphone: SystemMicrophone) -> bool:
    try:
        microphone.open()
    except BackdropError:
        return False
    return True


def read_until_it_fails(microphone: SystemMicrophone) -> None:
    until = time.monotonic() + _LIMIT_S
    while time.monotonic() < until:
        microphone.read()


@needs_sound
@pytest.mark.parametrize("name", [MICROPHONE, DEFAULT])
def test_microphone_gives_sound_with_its_time(daemon: Daemon, name: str) -> None:
    microphone = SystemMicrophone(name)
    microphone.open()
    try:
        began_at = time.monotonic()
        blocks = [microphone.read() for _ in range(100)]
    finally:
        microphone.close()
    assert any(block.is_exact for block in blocks)
    heard_s = sum(len(block.samples) for block in blocks) / RATE_HZ
    assert heard_s > 0.5
    assert blocks[-1].captured_at > began_at


@needs_sound
def test_microphone_that_is_not_there_is_named_with_those_that_are(daemon: Daemon) -> None:
    with pytest.raises(
        BackdropError, match=f"^There is no microphone 'Desk': the ones found are '{MICROPHONE}'"
    ):
        SystemMicrophone("Desk").open()


@needs_sound
@pytest.mark.slow
def test_unplugged_microphone_is_gone_although_the_server_goes_on_with_another_source(daemon: Daemon) -> None:
    microphone = SystemMicrophone(MICROPHONE)
    microphone.open()
    microphone.read()
    daemon.unplug()
    with pytest.raises(BackdropError, match=r"is gone\.$"):
        read_until_it_fails(microphone)
    microphone.close()
    with pytest.raises(BackdropError, match=r"^No microphone was found\.$"):
        microphone.open()
    daemon.plug_in()
    wait_for(lambda: opens(microphone))
    assert len(microphone.read().samples)
    microphone.close()


@needs_sound
@pytest.mark.slow
def test_microphone_comes_back_after_the_sound_server_was_killed(daemon: Daemon) -> None:
    microphone = SystemMicrophone(MICROPHONE)
    for _ in range(2):
        wait_for(lambda: opens(microphone))
        microphone.read()
        daemon.kill()
        with pytest.raises(BackdropError, match=r"is gone\.$"):
            read_until_it_fails(microphone)
        microphone.close()
        with pytest.raises(BackdropError, match=r"^No microphone can be used"):
            microphone.open()
        daemon.start()
    wait_for(lambda: opens(microphone))
    assert len(microphone.read().samples)
    microphone.close()


_ATTEMPTS = """
import os
from app.engine.core.errors import BackdropError
from app.engine.devices.microphones import list_microphones

def attempt():
    try:
        list_microphones()
    except BackdropError as error:
        print(error)
    print(len(os.listdir("/proc/self/task")))

for _ in range(3):
    attempt()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="counts threads in /proc")
def test_attempts_without_a_sound_server_leave_no_threads(tmp_path: Path) -> None:
    """In a process of its own, because this one may be connected."""
    done = subprocess.run(
        [sys.executable, "-c", _ATTEMPTS],
        env={**os.environ, "PULSE_SERVER": f"unix:{tmp_path}/none"},
        capture_output=True,
        text=True,
        check=True,
    )
    texts, threads = done.stdout.splitlines()[::2], done.stdout.splitlines()[1::2]
    assert set(texts) == {"No microphone can be used: there is no sound system that Backdrop can reach."}
    assert len(threads) == 3 and len(set(threads)) == 1
