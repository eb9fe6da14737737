"""Whatever is printed: finished work has status 0 though its last line cannot be printed."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TextIO, cast

import pytest

from app.engine.core.paths import assets_folder
from app.standard_streams import OutputStream, lenient_streams

ROOT = Path(__file__).resolve().parents[1]
posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such shell")


def stream(encoding: str, errors: str = "strict") -> tuple[OutputStream, io.BytesIO]:
    written = io.BytesIO()
    return OutputStream(io.TextIOWrapper(written, encoding, errors, newline="")), written


@pytest.mark.parametrize(
    ("encoding", "text", "seen"),
    [
        ("ascii", "caf\xe9", b"caf\\xe9"),
        ("cp1252", "caf\xe9 \u5199", b"caf\xe9 \\u5199"),
        ("utf-8", "caf\udce9.jpg", b"caf\\udce9.jpg"),
        ("gbk", "\u5199 \U0001f600", b"\xd0\xb4 \\U0001f600"),
    ],
)
def test_characters_that_the_encoding_lacks_are_escaped(encoding: str, text: str, seen: bytes) -> None:
    out, written = stream(encoding)
    print(text, file=cast("TextIO", out), end="", flush=True)
    assert written.getvalue() == seen and not out.is_broken


def test_error_handler_that_the_user_chose_is_used() -> None:
    out, written = stream("utf-8", "surrogateescape")
    out.write("caf\udce9")
    out.flush()
    assert written.getvalue() == b"caf\xe9"


def test_no_password_is_printed() -> None:
    out, written = stream("utf-8")
    out.writelines(["rtsp://ann:geheim@cam/x\n", "Error in http://cam/x?token=geheim\n"])
    out.flush()
    assert written.getvalue() == b"rtsp://cam/x\nError in http://cam/x?token=***\n"


def test_closed_stream_is_noted_and_raises_nothing() -> None:
    closed = io.StringIO()
    closed.close()
    out = OutputStream(closed)
    out.write("a")
    out.flush()
    assert out.is_broken


def test_missing_streams_are_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    with lenient_streams() as out:
        print("nobody reads this")
        print("nor this", file=sys.stderr)
        sys.stdout.flush()
        assert not out.is_broken
    assert sys.stdout is None and sys.stderr is None


# The command


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    shutil.copy(assets_folder() / "demo" / "astronaut.jpg", tmp_path / "me.jpg")
    return tmp_path / "me.jpg"


def shell(line: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run a line of bash in which $B is the command."""
    found = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "LANG", "PYTHON"))}
    found |= {"PYTHONPATH": str(ROOT), "B": f"{sys.executable} -m app", "LANG": "C.UTF-8", **environment}
    return subprocess.run(["bash", "-c", line], cwd=folder, env=found, capture_output=True, check=False)


@pytest.mark.slow_after_first
@posix
@pytest.mark.parametrize(
    "line",
    [
        "$B process me.jpg \u5199.jpg",
        "$B process me.jpg $'\\xe9t\\xe9.jpg'",
        "$B process me.jpg out.jpg >&-",
        "$B process me.jpg out.jpg >&- 2>&-",
        "$B process me.jpg out.jpg <&- >&- 2>&-",
        "$B process me.jpg out.jpg > /dev/full",
        "{ $B process me.jpg out.jpg; echo $? > status; } | true; exit $(cat status)",
    ],
    ids=["chinese", "latin1", "stdout", "stderr", "all", "full", "pipe"],
)
@pytest.mark.parametrize("encoding", ["ascii", "utf-8:strict"])
def test_done_job_has_status_0_whatever_can_be_printed(photo: Path, line: str, encoding: str) -> None:
    if "/dev/full" in line and not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full")
    before = photo.read_bytes()
    done = shell(line, photo.parent, PYTHONIOENCODING=encoding)
    assert (done.returncode, done.stderr) == (0, b"")
    (result,) = (path for path in photo.parent.iterdir() if path.name not in ("me.jpg", "status"))
    assert result.read_bytes()[:3] == b"\xff\xd8\xff", "nothing that was printed is in the file"
    assert photo.read_bytes() == before


@posix
def test_failed_job_without_standard_error_has_status_1(photo: Path) -> None:
    assert shell("$B process gone.jpg me.jpg out/ 2>&-", photo.parent).returncode == 1
    assert (photo.parent / "out" / "me.jpg").exists()


@posix
def test_report_that_cannot_be_written_has_status_1(photo: Path) -> None:
    done = shell("$B doctor --json > /dev/full", photo.parent, HOME=str(photo.parent))
    assert (done.returncode, done.stderr) == (1, b"")
