"""Read damaged files in a process of its own, which may crash: `python -m tests.fuzz.worker FOLDER JOB...`.

A JOB is TARGET:FIRST:LAST, the numbers of the inputs; those below 0 are the kept ones, in `inputs`. FOLDER
gets the seeds, the input that is read now, and what was found.
"""

from __future__ import annotations

import faulthandler
import json
import os
import random
import resource
import shutil
import signal
import sys
import traceback
from pathlib import Path

from app.engine.core.errors import BackdropError
from tests.fuzz.mutations import mutated
from tests.fuzz.targets import TARGETS, Target, kept_inputs

LONGEST_CPU_S = 5.0
LARGEST_BYTES = 2_000_000_000
_LIMIT_BYTES = 8_000_000_000  # Of the address space, so that the computer stays usable.


def main(folder: Path, jobs: list[str]) -> None:
    """Run the jobs; append a line of JSON to `found` for each input that breaks a rule."""
    faulthandler.enable()
    faulthandler.register(signal.SIGPROF, chain=True)
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (_LIMIT_BYTES, _LIMIT_BYTES))
    for job in jobs:
        name, first, last = job.split(":")
        target = TARGETS[name]
        files = _seeds(folder, target)
        if target.prepare:
            target.prepare()
        for number in range(int(first), int(last)):
            _run(folder, name, number, files)


def read(target: Target, path: Path) -> str | None:
    """Read one file; what rule it breaks, with the traceback; None if it breaks none."""
    signal.setitimer(signal.ITIMER_PROF, LONGEST_CPU_S)
    try:
        _forget_peak()
        target.read(path)
    except BackdropError as error:
        if not str(error).strip().endswith("."):
            return f"The message is no sentence: {error}"
    except Exception:
        return traceback.format_exc()
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    peak = _peak_bytes()
    return f"It took {peak / 1e6:.0f} MB." if peak > LARGEST_BYTES else None


def _run(folder: Path, name: str, number: int, files: list[Path]) -> None:
    target = TARGETS[name]
    if number < 0:
        seed = kept_inputs(name)[number]
        data = seed.read_bytes()
    else:
        chance = random.Random(f"{name}:{number}")
        seed = chance.choice(files)
        same_kind = [file.read_bytes() for file in files if file.suffix == seed.suffix]
        data = mutated(seed.read_bytes(), same_kind, chance, target.is_text)
    work = folder / "work"
    work.mkdir()
    path = work / f"input{seed.suffix}"
    path.write_bytes(data)
    (folder / "now").write_text(f"{name}:{number}:{path}")
    broken = read(target, path)
    if broken:
        kept = folder / "inputs" / f"{name}-{number}-{seed.stem}{seed.suffix}"
        kept.parent.mkdir(exist_ok=True)
        shutil.copyfile(path, kept)
        with (folder / "found").open("a") as found:
            found.write(
                json.dumps({"target": name, "number": number, "path": str(kept), "what": broken}) + "\n"
            )
    shutil.rmtree(work)


def _seeds(folder: Path, target: Target) -> list[Path]:
    files: list[Path] = []
    for make in target.seeds:
        made = folder / "seeds" / make.__name__
        if not made.exists():
            made.mkdir(parents=True)
            make(made)
        files += sorted(made.iterdir())
    return files


def _forget_peak() -> None:
    if sys.platform == "linux":
        Path("/proc/self/clear_refs").write_text("5")


def _peak_bytes() -> int:
    """The most memory that this process had since `_forget_peak`; 0 where that is not known."""
    if sys.platform != "linux":
        return 0
    lines = Path("/proc/self/status").read_text().splitlines()
    return 1024 * next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
    sys.stdout.flush()
    os._exit(0)  # Not through the destructors of Qt and onnxruntime, which are not what is fuzzed.
