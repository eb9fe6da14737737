"""Nothing leaves the computer, and no file is written but Backdrop's own: commands, watched by strace.

BACKDROP_PROGRAM names a packaged program to watch instead of the source. The window opens on DISPLAY, or
offscreen without one. There is no network meanwhile. Skipped where strace or unshare is missing or forbidden.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.clips import write_clip

if TYPE_CHECKING:
    from collections.abc import Container

ROOT = Path(__file__).resolve().parents[1]
PHOTO = ROOT / "assets" / "demo" / "astronaut.jpg"
BUILT = os.environ.get("BACKDROP_PROGRAM")
PROGRAM = [str(Path(BUILT).resolve())] if BUILT else [sys.executable, "-m", "app"]
LIMIT_S = 300.0  # strace slows a program, and the machine may be busy.
WATCHED_S = 8.0  # Libraries that send reports begin a few seconds after their start.

# System calls that open, change or remove files and folders.
FILE_CALLS = (
    *("open", "openat", "openat2", "creat", "truncate", "mknod", "mknodat", "utime", "utimes", "utimensat"),
    *("mkdir", "mkdirat", "rmdir", "unlink", "unlinkat", "rename", "renameat", "renameat2", "link", "linkat"),
    *("symlink", "symlinkat", "chmod", "fchmodat", "chown", "fchownat", "lchown", "setxattr", "lsetxattr"),
)
# Calls that could hide others: io_uring opens and sends by itself; chdir turns relative names into others.
HIDING_CALLS = ("io_uring_setup", "chdir", "fchdir")
# Written to by every program: devices, and the semaphores of Python's locks, removed at once.
SHARED = re.compile(r"/dev/(null|video\d+|shm/sem\.[\w-]+)")


@dataclass
class Place:
    """A user's folders, private to one test."""

    folder: Path
    home: Path = field(init=False)
    session: Path = field(init=False)
    temporary: Path = field(init=False)
    given: Path = field(init=False)
    """The working folder, where the command line names its inputs and outputs."""

    def __post_init__(self) -> None:
        for name in ("home", "session", "temporary", "given"):
            setattr(self, name, self.folder / name)
            (self.folder / name).mkdir(mode=0o700)

    @property
    def own(self) -> list[Path]:
        """The folders that Backdrop may write to."""
        kept = (".config/backdrop", ".local/share/backdrop", ".cache/backdrop")
        # Libraries of the system: fontconfig's index of fonts, PulseAudio's key and the folder of its socket.
        systems = (".cache/fontconfig", ".config/pulse")
        session = (self.session / "backdrop", self.session / "pulse")
        return [*(self.home / name for name in (*kept, *systems)), *session, self.temporary, self.given]

    def environment(self) -> dict[str, str]:
        """What a user's session sets, without any setting of this computer's."""
        passed = {name: os.environ[name] for name in ("PATH", "DISPLAY", "XAUTHORITY") if name in os.environ}
        folders = {"HOME": self.home, "XDG_RUNTIME_DIR": self.session, "TMPDIR": self.temporary}
        # Python's compiled files would be written beside the source.
        source = {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
        offscreen = {} if "DISPLAY" in passed else {"QT_QPA_PLATFORM": "offscreen"}
        own = {name: str(path) for name, path in folders.items()}
        return {**passed, **own, **source, **offscreen, "LANG": "C.UTF-8"}

    def leftovers(self) -> list[str]:
        """Files outside Backdrop's own folders, and any in the folders that are emptied at an end."""
        left = {f for folder in (self.temporary, self.session) for f in folder.rglob("*")}
        left |= {f for f in self.home.rglob("*") if not any(own in f.parents for own in self.own)}
        return sorted(str(f) for f in left if not f.is_dir())


@pytest.fixture(scope="module")
def watching() -> list[str]:
    """The command that runs another under strace and without a network. Skips where that is impossible."""
    missing = [tool for tool in ("strace", "unshare") if shutil.which(tool) is None]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")
    calls = ",".join(f"?{call}" for call in ("%network", *FILE_CALLS, *HIDING_CALLS))
    # -ff: one file for each thread, where no call is split. -y: the folder of a relative name.
    # --seccomp-bpf: other calls run at full speed.
    strace = ["strace", "-ff", "-y", "-qq", "--seccomp-bpf", "-e", f"trace={calls}"]
    command = ["unshare", "-n" if os.getuid() == 0 else "-rn", *strace]
    tried = subprocess.run([*command, "-o", os.devnull, "true"], capture_output=True, text=True, check=False)
    if tried.returncode:
        pytest.skip(f"strace or unshare is forbidden here: {tried.stderr.strip()}")
    return command


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


class Watched:
    """One program under strace."""

    def __init__(self, watching: list[str], place: Place, command: list[str]) -> None:
        self._place = place
        self._calls = place.folder / "calls"
        self._calls.mkdir()
        whole = [*watching, "-o", str(self._calls / "of"), *command]
        self._strace = subprocess.Popen(whole, cwd=place.given, env=place.environment())

    def is_running(self) -> bool:
        return self._strace.poll() is None

    def ask_to_end(self) -> None:
        """Send SIGTERM to the program. strace itself would only let go of it."""
        pid = self._strace.pid
        child = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()[0]
        os.kill(int(child), signal.SIGTERM)

    def faults(self, statuses: Container[int] = (0,)) -> list[str]:
        """Calls and leftovers that should not be. Waits for the end, with one of these statuses."""
        try:
            assert self._strace.wait(LIMIT_S) in statuses
        finally:
            self._strace.kill()
        files = list(self._calls.iterdir())
        assert files
        lines = [line for file in files for line in file.read_text("utf-8", "replace").splitlines()]
        return [line for line in lines if is_fault(line, self._place)] + self._place.leftovers()


def is_fault(line: str, place: Place) -> bool:
    """Whether a line of strace reaches for another computer, or writes where Backdrop has no folder."""
    call = line.partition("(")[0]
    if call in FILE_CALLS:
        writes = "open" not in call or re.search(r"\bO_(WRONLY|RDWR|CREAT|TRUNC|TMPFILE)\b", line)
        return bool(writes) and not all(may_write(path, call, place) for path in paths(line, place))
    if call in ("socket", "socketpair"):
        return not line.startswith(f"{call}(AF_UNIX,")
    if call == "chdir":  # Python's processes go to the folder that they are in.
        return paths(line, place) != [place.given]
    return call in HIDING_CALLS or any(f != "AF_UNIX" for f in re.findall(r"sa_family=(\w+)", line))


def paths(line: str, place: Place) -> list[Path]:
    """The absolute paths in a line of strace. A name in quotes may follow the folder it is relative to."""
    named = re.findall(r'(?:<([^<>]+)>, )?"([^"]*)"', line.rpartition(" = ")[0])
    return [Path(os.path.normpath(Path(folder or place.given, name))) for folder, name in named]


def may_write(path: Path, call: str, place: Place) -> bool:
    """Whether Backdrop may write to that path, or make that folder on the way to its own."""
    if SHARED.fullmatch(str(path)) or any(own in (path, *path.parents) for own in place.own):
        return True
    return call.startswith("mkdir") and any(path in own.parents for own in place.own)


COMMANDS = {
    "photo": ("out.png", ["process", str(PHOTO), "out.png"]),
    "video": ("out.mp4", ["process", "clip.mp4", "out.mp4"]),
    "recording": ("talk.mp4", ["run", "--source=demo", "--record", "talk.mp4", "--seconds", f"{WATCHED_S}"]),
    "bench": ("", ["bench", "--network", "sinet", "--size", "320x180", "--frames", "5"]),
    "self-test": ("", ["--self-test"]),
    "devices": ("", ["devices"]),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", COMMANDS)
def test_command_reaches_for_no_network_and_writes_only_its_own(
    name: str, watching: list[str], place: Place
) -> None:
    output, arguments = COMMANDS[name]
    write_clip(place.given / "clip.mp4", sounds=["aac"])
    # The self-test fails on a machine that is too busy for 60 pictures in its time.
    statuses = (0, 1) if name == "self-test" else (0,)
    assert Watched(watching, place, [*PROGRAM, *arguments]).faults(statuses) == []
    assert (place.given / output).exists()


@pytest.mark.slow
def test_window_reaches_for_no_network_and_writes_only_its_own(watching: list[str], place: Place) -> None:
    watched = Watched(watching, place, [*PROGRAM, "--source", "demo"])
    ends_at = time.monotonic() + LIMIT_S
    while not (place.session / "backdrop" / "ctl.socket").exists():
        assert watched.is_running() and time.monotonic() < ends_at
        time.sleep(0.1)
    time.sleep(WATCHED_S)  # No condition to wait for: something may happen in this time.
    watched.ask_to_end()
    assert watched.faults() == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "code",
    [
        "import socket; socket.socket()",
        "import pathlib; (pathlib.Path.home() / '.cache' / 'Other').mkdir(parents=True)",
        "import pathlib; (pathlib.Path.home() / 'deviceid').touch()",
        "import tempfile; tempfile.mkstemp()",
    ],
)
def test_network_or_strange_file_of_a_program_is_found(code: str, watching: list[str], place: Place) -> None:
    assert Watched(watching, place, [sys.executable, "-c", code]).faults()


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("socket(AF_UNIX, SOCK_STREAM|SOCK_CLOEXEC, 0) = 3<socket:[1]>", False),
        ("socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE) = 3<socket:[1]>", True),
        ('connect(3<socket:[1]>, {sa_family=AF_UNIX, sun_path=@"/tmp/.X11-unix/X9"}, 21) = 0', False),
        ("connect(3<socket:[1]>, {sa_family=AF_INET, sin_port=htons(443)}, 16) = -1 ENETUNREACH", True),
        ('openat(AT_FDCWD</given>, "/etc/passwd", O_RDONLY|O_CLOEXEC) = 3</etc/passwd>', False),
        ('openat(AT_FDCWD</given>, "/etc/passwd", O_RDWR) = -1 EACCES (Permission denied)', True),
        ('openat(AT_FDCWD</given>, "/dev/null", O_RDWR) = 3</dev/null>', False),
        ('unlinkat(5</etc>, "passwd", 0) = 0', True),
        ('rename("out.png", "/srv/out.png") = 0', True),
        ('rename("a.png", "b.png") = 0', False),
        ('chdir("/etc") = 0', True),
        ('chdir(".") = 0', False),
    ],
)
def test_line_of_strace_is_a_fault(line: str, expected: bool, place: Place) -> None:
    assert is_fault(line, place) is expected
