"""Run the jobs of `process`, one after another or several at a time."""

from __future__ import annotations

import sys
import threading
from collections import deque
from contextlib import ExitStack
from typing import TYPE_CHECKING

from tqdm import tqdm

from app.commands.processing.process_plan import input_error
from app.commands.processing.result_files import made_folder

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from app.commands.processing.process_files import FileProcessor
    from app.commands.processing.process_plan import FileJob
    from app.engine.core.stages import Interruption

_LOOK_S = 0.2  # Windows delivers Ctrl-C to a thread only between its waits.


def process_all(
    processors: Sequence[FileProcessor], jobs: list[FileJob], interruption: Interruption
) -> tuple[int, int]:
    """Run all jobs, whatever happens in one; print the errors. Returns the numbers of files and pictures.

    Each processor does one job at a time, on a thread of its own if there are several. `interruption` is the
    one that they were made with.
    """
    hidden = True if len(jobs) == 1 else None  # A single video has a progress bar of its own.
    with ExitStack() as stack:
        for folder in {job.target.parent for job in jobs}:
            stack.enter_context(made_folder(folder))
        bar = stack.enter_context(tqdm(None, total=len(jobs), unit="file", leave=False, disable=hidden))
        work = _Jobs(jobs, bar)
        if len(processors) == 1:
            work.run(processors[0])
        else:
            work.run_side_by_side(processors, interruption)
        return work.done, work.pictures


def merged_notes(processors: Sequence[FileProcessor], jobs: list[FileJob]) -> dict[str, list[Path]]:
    """The notes of all, each with its results in the order of the jobs."""
    order = {job.target: number for number, job in enumerate(jobs)}
    notes: dict[str, list[Path]] = {}
    for processor in processors:
        for note, targets in processor.notes.items():
            notes.setdefault(note, []).extend(targets)
    for targets in notes.values():
        targets.sort(key=order.__getitem__)
    return dict(sorted(notes.items(), key=lambda item: order[item[1][0]]))


class _Jobs:
    """Jobs that are still to do, and what came of the others."""

    def __init__(self, jobs: list[FileJob], bar: tqdm[None]) -> None:
        self._waiting, self._bar = deque(jobs), bar
        self._lock = threading.Lock()
        self._ending: BaseException | None = None
        self.done = self.pictures = 0

    def run(self, processor: FileProcessor) -> None:
        """Do jobs until there are no more."""
        while True:
            with self._lock:
                if not self._waiting:
                    return
                job = self._waiting.popleft()
            try:
                pictures = processor.do(job)
            except Exception as error:
                with self._lock:
                    self._bar.clear()
                    print(input_error(job.source, error), file=sys.stderr)
            else:
                with self._lock:
                    self.pictures += pictures
                    self.done += 1
            with self._lock:
                self._bar.update()

    def run_side_by_side(self, processors: Sequence[FileProcessor], interruption: Interruption) -> None:
        """Do jobs with all processors. Ctrl-C comes to this thread, which stops the others."""
        threads = [
            threading.Thread(target=self._run, args=(each, interruption), name=f"backdrop-job-{number}")
            for number, each in enumerate(processors, start=1)
        ]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            try:
                for thread in threads:
                    thread.join(_LOOK_S)
            except KeyboardInterrupt as error:
                self._end(error, interruption)
        if self._ending is not None:
            raise self._ending

    def _run(self, processor: FileProcessor, interruption: Interruption) -> None:
        try:
            self.run(processor)
        except BaseException as error:  # It is raised again on the thread that waits.
            self._end(error, interruption)

    def _end(self, error: BaseException, interruption: Interruption) -> None:
        with self._lock:
            self._ending = self._ending or error
            self._waiting.clear()
        interruption.set()
