"""Build the source distribution, and the wheel from it alone: `python -m assets.packaging.wheel OUT`."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def build(out: Path) -> tuple[Path, Path]:
    """Write both into a folder, in place of older ones; return the source distribution and the wheel."""
    out.mkdir(parents=True, exist_ok=True)
    for pattern in ("backdrop-*.tar.gz", "backdrop-*.whl"):
        for old in out.glob(pattern):
            old.unlink()
    source = out / _run_backend(ROOT, "build_sdist", out)
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(source) as archive:
            # Of our own making, so without the filter that Python before 3.12 may lack.
            archive.extractall(folder)
        (unpacked,) = Path(folder).iterdir()
        return source, out / _run_backend(unpacked, "build_wheel", out)


def _run_backend(folder: Path, function: str, out: Path) -> str:
    """Call a function of the build backend in a folder; return the name of the file that it makes."""
    code = f"import sys; from setuptools import build_meta; print(build_meta.{function}(sys.argv[1]))"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, str(out.resolve())],
        cwd=folder,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return done.stdout.splitlines()[-1]


if __name__ == "__main__":
    for path in build(Path(sys.argv[1])):
        print(path)
