"""A private PipeWire: message bus, daemon, session manager and sound server in a folder of their own."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

NEEDED = ("pipewire", "wireplumber", "dbus-daemon", "gst-launch-1.0", "pw-cli")
NEEDED_FOR_SOUND = ("pipewire", "wireplumber", "dbus-daemon", "pw-cli", "pipewire-pulse")
MICROPHONE = "Test microphone"
_NULL_SOURCE = f"""{{ factory.name=support.null-audio-sink node.name=test-microphone
    node.description="{MICROPHONE}" media.class=Audio/Duplex audio.position=[MONO] object.linger=true }}"""
_REAL_TIME = ("chrt", "--fifo", "20")
_LIMIT_S = 60.0


def missing_for_sound() -> str:
    """Why the tests of microphones cannot run here; empty if they can."""
    absent = [name for name in NEEDED_FOR_SOUND if shutil.which(name) is None]
    return f"not installed: {', '.join(absent)}" if absent else ""


def missing() -> str:
    """Why the tests of the camera cannot run here; empty if they can."""
    absent = [name for name in NEEDED if shutil.which(name) is None]
    if absent:
        return f"not installed: {', '.join(absent)}"
    found = subprocess.run(["gst-inspect-1.0", "pipewiresrc"], capture_output=True, check=False)
    return "" if found.returncode == 0 else "GStreamer has no pipewiresrc here"


class Daemon:
    """Starts with its construction; `environment` is what a client needs."""

    def __init__(self, with_sound: bool = False) -> None:
        """with_sound: also start the sound server, with a microphone called MICROPHONE."""
        self._with_sound = with_sound
        # A socket's path is limited to 108 bytes, which pytest's own folders may exceed.
        self.folder = Path(tempfile.mkdtemp(prefix="pw-"))
        self.environment = {
            "XDG_RUNTIME_DIR": str(self.folder),
            "DBUS_SESSION_BUS_ADDRESS": f"unix:path={self.folder}/bus",
        }
        self._bus = self._start(
            "dbus-daemon", "--session", "--nofork", "--nopidfile", f"--address=unix:path={self.folder}/bus"
        )
        wait_for(lambda: (self.folder / "bus").exists())
        self._programs: list[subprocess.Popen[bytes]] = []
        self.start()

    def start(self) -> None:
        """Start daemon and session manager; wait until they answer."""
        self._programs = [self._start("pipewire")]
        wait_for(lambda: "PipeWire:Interface:Core" in self.listed("Core"))
        self._programs.append(self._start("wireplumber"))
        wait_for(lambda: "WirePlumber" in self.listed("Client"))
        if self._with_sound:
            self._programs.append(self._start("pipewire-pulse"))
            wait_for((self.folder / "pulse" / "native").exists)
            self.plug_in()

    def plug_in(self) -> None:
        """Add the microphone. It hears what is played to the loudspeaker of the same name."""
        self._ask("create-node", "adapter", " ".join(_NULL_SOURCE.split()))
        wait_for(lambda: MICROPHONE in self.listed("Node"))

    def unplug(self) -> None:
        """Remove the microphone."""
        (node,) = (n for n in self.listed("Node").split("\tid ") if MICROPHONE in n)
        self._ask("destroy", node.split(",")[0])
        wait_for(lambda: MICROPHONE not in self.listed("Node"))

    def kill(self) -> None:
        """End daemon and session manager at once."""
        for program in reversed(self._programs):
            program.kill()
            program.wait()
        self._programs = []

    def close(self) -> None:
        """End everything and remove the folder."""
        self.kill()
        self._bus.kill()
        self._bus.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def listed(self, kind: str) -> str:
        """The daemon's objects of a kind, as text; empty if it does not answer."""
        return self._ask("ls", kind)

    def reader(self, caps: str, frames: int, path: Path = Path(os.devnull)) -> subprocess.Popen[str]:
        """A GStreamer program that reads frames of Backdrop's camera into a file and prints time stamps."""
        line = (
            f"pipewiresrc target-object=backdrop num-buffers={frames} ! video/x-raw,{caps} "
            f"! identity silent=false ! filesink location={path}"
        )
        return subprocess.Popen(
            ["gst-launch-1.0", "-v", *line.split()],
            env=self._all(),
            stdout=subprocess.PIPE if path != Path(os.devnull) else subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def _ask(self, *command: str) -> str:
        found = subprocess.run(
            ["pw-cli", *command],
            env=self._all(),
            capture_output=True,
            text=True,
            check=False,
            timeout=_LIMIT_S,
        )
        return found.stdout

    def _all(self) -> dict[str, str]:
        return {**os.environ, **self.environment}

    def _start(self, *command: str) -> subprocess.Popen[bytes]:
        # As on a desktop, sound comes before all else: a busy machine must not interrupt it.
        first = real_time() if self._with_sound else ()
        return subprocess.Popen(
            (*first, *command), env=self._all(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )


def real_time() -> tuple[str, ...]:
    """What to put before a command so that a busy machine does not interrupt it; empty if not allowed."""
    is_allowed = subprocess.run([*_REAL_TIME, "true"], capture_output=True, check=False).returncode == 0
    return _REAL_TIME if is_allowed else ()


def wait_for(condition: Callable[[], bool], limit_s: float = _LIMIT_S) -> None:
    """Wait until a condition holds. Raises AssertionError after the limit."""
    until = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < until, "the condition did not come true"
        time.sleep(0.05)
