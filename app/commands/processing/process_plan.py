"""Plan the jobs of `process`: what each input becomes, and where it is written."""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from app.commands.processing.folder_files import files_in
from app.engine.core.errors import BackdropError, any_reason
from app.engine.media.file_kinds import is_picture
from app.engine.media.moving_picture import open_clip
from app.engine.media.writing.video_formats import VIDEO_FORMATS, Content

log = logging.getLogger(__name__)

_PICTURE_SUFFIXES: dict[Content, tuple[str, ...]] = {
    "composite": (".bmp", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"),
    "alpha": (".png",),
    "foreground": (".png",),
}
# The suffix of a video result in a folder: the format that most programs open.
_VIDEO_SUFFIX: dict[Content, str] = {"composite": ".mp4", "alpha": ".mkv", "foreground": ".webm"}


@dataclass(frozen=True, slots=True)
class FileJob:
    """One file to process. `kind`: whether the result is a picture, a video or a folder of pictures."""

    source: Path
    target: Path
    kind: Literal["picture", "video", "folder"]


def plan(inputs: list[str], output: str, content: Content) -> tuple[list[FileJob], list[BackdropError]]:
    """The jobs in order, and the errors of inputs that cannot be processed.

    Raises BackdropError if OUT itself is wrong.
    """
    paths = [Path(text) for text in inputs]
    several = len(paths) > 1 or os.path.isdir(paths[0])  # noqa: PTH112  # Path's raises for odd names.
    target = Path(output)
    is_folder = target.is_dir() or output.endswith(("/", os.sep)) or not target.suffix
    _check_output(target, is_folder, several)
    jobs: dict[Path, FileJob] = {}
    sources, errors = _sources(paths)
    input_paths = {os.path.realpath(source) for source in sources}
    for source in sources:
        try:
            job = _job(source, target, is_folder, several, content)
            if job.target in jobs:
                other = jobs[job.target].source
                raise BackdropError(
                    "'{source}' would replace the result of '{other}', '{target}'.",
                    source=source,
                    other=other,
                    target=job.target,
                )
            if os.path.realpath(job.target) in input_paths:
                raise BackdropError(
                    "The result of '{source}' would replace another input, '{target}'.",
                    source=source,
                    target=job.target,
                )
            jobs[job.target] = job
        except Exception as error:
            errors.append(input_error(source, error))
    return list(jobs.values()), errors


def _sources(paths: list[Path]) -> tuple[list[Path], list[BackdropError]]:
    """The files to process, with folders expanded, and the errors of folders."""
    sources: list[Path] = []
    errors: list[BackdropError] = []
    for path in paths:
        try:
            sources += files_in(path) if path.is_dir() else [path]
        except Exception as error:
            errors.append(input_error(path, error))
    return sources, errors


def input_error(path: Path, error: Exception) -> BackdropError:
    """An error in one sentence for any exception while an input is processed; the log gets the details."""
    if isinstance(error, BackdropError):
        return error
    log.debug("details of the error:", exc_info=error)
    return BackdropError("'{path}' cannot be processed: {reason}.", path=path, reason=any_reason(error))


def _check_output(target: Path, is_folder: bool, several: bool) -> None:
    if several and not is_folder:
        raise BackdropError(
            "Several pictures need a folder to go to: write '{target}/' to mean a folder.", target=target
        )
    if is_folder and target.exists() and not target.is_dir():
        raise BackdropError("'{target}' is a file, not a folder.", target=target)
    if not target.absolute().parent.is_dir():
        raise BackdropError(
            "There is no folder '{folder}' to write into: please make it first.", folder=target.parent
        )


def _job(source: Path, target: Path, is_folder: bool, several: bool, content: Content) -> FileJob:
    if not source.exists():
        raise BackdropError("There is no file '{source}'.", source=source)
    is_still = is_picture(source)
    if not is_still:
        open_clip(source).close()  # Report a problem of the input before one of OUT.
    if is_still:
        job = FileJob(source, _picture_target(source, target, is_folder, content), "picture")
    elif is_folder and several:
        job = FileJob(source, target / f"{source.stem}{_VIDEO_SUFFIX[content]}", "video")
    elif is_folder:
        job = FileJob(source, target, "folder")
    else:
        job = FileJob(source, _video_target(source, target, content), "video")
    if job.kind != "folder" and job.target.exists() and job.target.samefile(source):
        raise BackdropError(
            "'{source}' would be replaced by its own result: please give OUT another name.", source=source
        )
    if job.kind == "folder":
        _check_empty(job)
    elif job.target.is_dir():
        raise BackdropError(
            "'{target}' is a folder, so no file of that name can be written.", target=job.target
        )
    return job


def _check_empty(job: FileJob) -> None:
    """Raise BackdropError unless the folder is empty: numbered pictures might replace other files."""
    if job.target.is_dir() and any(entry.name[0] != "." for entry in job.target.iterdir()):
        raise BackdropError(
            "The folder '{target}' has files in it: please name a new or an empty one for numbered pictures, "
            "or a video such as '{video}.mp4'.",
            target=job.target,
            video=job.target / job.source.stem,
        )


def _picture_target(source: Path, target: Path, is_folder: bool, content: Content) -> Path:
    allowed = _PICTURE_SUFFIXES[content]
    if is_folder:
        suffix = source.suffix if source.suffix.lower() in allowed else _other_suffix(source, allowed)
        return target / f"{source.stem}{suffix}"
    if target.suffix.lower() not in allowed:
        raise _wrong_suffix(source, "picture", target, content, allowed)
    return target


def _other_suffix(source: Path, allowed: tuple[str, ...]) -> str:
    """The suffix for the result of a picture that cannot have the same: photos, such as HEIC, become JPEG."""
    return ".jpg" if ".jpg" in allowed and source.suffix.lower() != ".gif" else ".png"


def _video_target(source: Path, target: Path, content: Content) -> Path:
    allowed = VIDEO_FORMATS[content]
    if target.suffix.lower() not in allowed:
        raise _wrong_suffix(source, "video", target, content, tuple(allowed))
    return target


_CONTENT_NAMES: dict[Content, str] = {
    "composite": "result",
    "alpha": "alpha",
    "foreground": "transparent result",
}


def _wrong_suffix(
    source: Path, kind: str, target: Path, content: Content, allowed: tuple[str, ...]
) -> BackdropError:
    names = allowed[0] if len(allowed) == 1 else f"{', '.join(allowed[:-1])} or {allowed[-1]}"
    folder = ", or a folder for numbered pictures" if kind == "video" else ""
    return BackdropError(
        "'{source}' is a {kind}, and the {content} of a {kind} cannot be written as '{suffix}': "
        "use {choices}.",
        source=source,
        kind=kind,
        content=_CONTENT_NAMES[content],
        suffix=target.suffix,
        choices=f"{names}{folder}",
    )
