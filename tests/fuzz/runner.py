"""Run the fuzzing in processes of their own, and go on after a crash."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_ROOT = Path(__file__).resolve().parents[2]
_STILL_S = 300.0  # Without a new input. The limit for one that computes is its CPU time: worker.py.
_LONGEST_ERROR = 3000


@dataclass(frozen=True, slots=True)
class Finding:
    """An input that broke a rule. `path`: the input, kept."""

    target: str
    number: int
    path: Path
    what: str

    def __str__(self) -> str:
        return f"{self.target}:{self.number} ({self.path})\n{self.what}"


def fuzz(jobs: dict[str, range], kept: Path) -> list[Finding]:
    """Run inputs of each target by their numbers; the inputs that broke a rule are kept in a folder."""
    kept.mkdir(parents=True, exist_ok=True)
    found: list[Finding] = []
    # A short name: a socket is made in it.
    with tempfile.TemporaryDirectory(prefix="fuzz-") as made:
        folder = Path(made)
        left = dict(jobs)
        while left:
            died = _run_worker(folder, left)
            if died is None:
                break
            name, number, path = (folder / "now").read_text().split(":", 2)
            copy = folder / "inputs" / f"{name}-{number}-died{Path(path).suffix}"
            copy.parent.mkdir(exist_ok=True)
            shutil.copyfile(path, copy)
            found.append(_kept(Finding(name, int(number), copy, died), kept))
            shutil.rmtree(folder / "work")
            for other in list(left):
                if other == name:
                    break
                del left[other]
            left[name] = range(int(number) + 1, left[name].stop)
        with suppress(FileNotFoundError):
            for line in (folder / "found").read_text().splitlines():
                said = json.loads(line)
                finding = Finding(said["target"], said["number"], Path(said["path"]), said["what"])
                found.append(_kept(finding, kept))
    return found


def _run_worker(folder: Path, jobs: dict[str, range]) -> str | None:
    """Run a worker to its end; how it died, None if it did not."""
    home = {
        name: str(folder / "home") for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME")
    }
    words = [f"{name}:{numbers.start}:{numbers.stop}" for name, numbers in jobs.items()]
    command = [sys.executable, "-W", "error", "-m", "tests.fuzz.worker", str(folder), *words]
    environment = {**os.environ, **home, "PYTHONPATH": str(_ROOT), "ORT_DISABLE_TELEMETRY": "1"}
    for name in ("now", "errors"):
        (folder / name).unlink(missing_ok=True)
    with (folder / "errors").open("wb") as errors:
        worker = subprocess.Popen(command, cwd=folder, env=environment, stdout=errors, stderr=errors)
        try:
            is_still = any(_wait(worker, folder / "now"))
        finally:
            worker.kill()
            status = worker.wait()
    if status == 0:
        return None
    errors_told = (folder / "errors").read_text(errors="replace")[-_LONGEST_ERROR:]
    if not (folder / "now").exists():
        raise RuntimeError(f"The worker did not begin:\n{errors_told}")
    if is_still:
        return f"Nothing happened for {_STILL_S:.0f} s.\n{errors_told}"
    reason = "It took too much CPU time" if status == -signal.SIGPROF else f"The process ended with {status}"
    return f"{reason}:\n{errors_told}"


def _wait(worker: subprocess.Popen[bytes], now: Path) -> Iterator[bool]:
    """Wait for the end; True once no new input has begun for long."""
    last, since = "", time.monotonic()
    while worker.poll() is None:
        with suppress(subprocess.TimeoutExpired):
            worker.wait(0.2)
        with suppress(FileNotFoundError):
            if (text := now.read_text()) != last:
                last, since = text, time.monotonic()
        if time.monotonic() - since > _STILL_S:
            yield True
            return


def _kept(finding: Finding, folder: Path) -> Finding:
    copy = folder / finding.path.name
    shutil.copyfile(finding.path, copy)
    return Finding(finding.target, finding.number, copy, finding.what)


def main() -> None:
    """Print the counts and what was found."""
    parser = argparse.ArgumentParser(description="Read damaged files at random.")
    parser.add_argument("targets", nargs="*", help="targets of tests/fuzz/targets.py (default: all)")
    parser.add_argument("--count", type=int, default=1000, help="inputs per target (default: 1000)")
    parser.add_argument("--first", type=int, default=0, help="the number of the first input (default: 0)")
    parser.add_argument("--kept", type=Path, help="where found inputs are kept (default: a new folder)")
    args = parser.parse_args()
    kept = args.kept or Path(tempfile.mkdtemp(prefix="fuzz-found-"))
    from tests.fuzz.targets import TARGETS

    for name in args.targets or TARGETS:
        began = time.monotonic()
        found = fuzz({name: range(args.first, args.first + args.count)}, kept)
        print(
            f"{name}: {args.count} inputs, {len(found)} found, {time.monotonic() - began:.0f} s", flush=True
        )
        for what, times in Counter(_summary(finding) for finding in found).most_common():
            print(f"  {times} x {what}", flush=True)
        if found:
            print(f"  kept in {kept}", flush=True)
        for finding in found:
            (kept / f"{finding.path.name}.txt").write_text(str(finding))


def _summary(finding: Finding) -> str:
    lines = finding.what.strip().splitlines()
    ours = [line.strip() for line in lines if 'File "' in line and "/app/" in line]
    return f"{lines[-1][:150]} | {ours[-1][-80:] if ours else lines[0][:80]}"


if __name__ == "__main__":
    main()
