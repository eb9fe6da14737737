"""A private PipeWire: message bus, daemon and session manager in a folder of their own."""

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
_LIMIT_S = 60.0


def missing() -> str:
    """Why these tests cannot run here; empty if they can."""
    absent = [name for name in NEEDED if shutil.which(name) is None]
    if absent:
        return f"not installed: {', '.join(absent)}"
    found = subprocess.run(["gst-inspect-1.0", "pipewiresrc"], capture_output=True, check=False)
    return "" if found.returncode == 0 else "GStreamer has no pipewiresrc here"


class Daemon:
    """Starts with its construction; `environment` is what a client needs."""

    def __init__(self) -> None:
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
        found = subprocess.run(
            ["pw-cli", "ls", kind],
            env=self._all(),
            capture_output=True,
            text=True,
            check=False,
            timeout=_LIMIT_S,
        )
        return found.stdout

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
            text=True,
        )

    def _all(self) -> dict[str, str]:
        return {**os.environ, **self.environment}

    def _start(self, *command: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            command, env=self._all(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )


def wait_for(condition: Callable[[], bool], limit_s: float = _LIMIT_S) -> None:
    """Wait until a condition holds. Raises AssertionError after the limit."""
    until = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < until, "the condition did not come true"
        time.sleep(0.05)
