"""Run all jobs of `process`, one or several at once."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack
from queue import SimpleQueue
from typing import TYPE_CHECKING, NamedTuple

from tqdm import tqdm

from app.commands.processing.process_files import FileProcessor, Result
from app.commands.processing.process_plan import input_error
from app.commands.processing.result_files import made_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from app.commands.processing.process_plan import FileJob


class Outcome(NamedTuple):
    """What became of all jobs.

    notes: what was changed or left out besides the pictures, each with the results that it is true of.
    """

    files: int
    pictures: int
    notes: dict[str, list[Path]]


def process_all(processors: Sequence[FileProcessor], jobs: Sequence[FileJob]) -> Outcome:
    """Run all jobs, as many at once as there are processors, whatever happens in one; print the errors."""
    free: SimpleQueue[FileProcessor] = SimpleQueue()
    for processor in processors:
        free.put(processor)

    def do(job: FileJob) -> Result:
        processor = free.get()
        try:
            return processor.do(job)
        finally:
            free.put(processor)

    results: dict[FileJob, Result] = {}
    hidden = True if len(jobs) == 1 else None  # A single video has a progress bar of its own.
    with ExitStack() as stack:
        for folder in {job.target.parent for job in jobs}:
            stack.enter_context(made_folder(folder))
        bar = stack.enter_context(tqdm(total=len(jobs), unit="file", leave=False, disable=hidden))
        for job, result in _done(processors, jobs, do):
            if isinstance(result, Result):
                results[job] = result
            else:
                bar.clear()
                print(input_error(job.source, result), file=sys.stderr)
            bar.update()
    notes: dict[str, list[Path]] = {}
    for job in jobs:
        if job in results and results[job].notes:
            notes.setdefault(" ".join(results[job].notes), []).append(job.target)
    return Outcome(len(results), sum(result.pictures for result in results.values()), notes)


def _done(
    processors: Sequence[FileProcessor], jobs: Sequence[FileJob], do: Callable[[FileJob], Result]
) -> Iterator[tuple[FileJob, Result | Exception]]:
    """Each job with its result or its error: in order with one processor, else as they end."""
    if len(processors) == 1:
        for job in jobs:
            try:
                yield job, do(job)
            except Exception as error:  # One bad file never stops the others.
                yield job, error
        return
    pool = ThreadPoolExecutor(len(processors), "backdrop-file")
    try:
        running = {pool.submit(do, job): job for job in jobs}
        for future in as_completed(running):
            failure = future.exception()
            if failure is None:
                yield running[future], future.result()
            elif isinstance(failure, Exception):
                yield running[future], failure
            else:
                raise failure
    finally:
        # After Ctrl-C: each processor gives up at its next frame and deletes its incomplete file.
        for processor in processors:
            processor.stop()
        pool.shutdown(wait=True, cancel_futures=True)
