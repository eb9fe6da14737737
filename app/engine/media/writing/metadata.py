"""Copy what a video file says of itself: title, dates, chapters; its place only if that is wanted."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timezone
from typing import TYPE_CHECKING

import av
from av.stream import Disposition

if TYPE_CHECKING:
    from pathlib import Path

    from av.container import InputContainer, OutputContainer

# What the camera, its serial number or the program were is left out.
_KEPT = {
    "title",
    "artist",
    "album",
    "album_artist",
    "composer",
    "performer",
    "genre",
    "date",
    "creation_time",
    "copyright",
    "comment",
    "description",
    "synopsis",
    "show",
    "season_number",
    "episode_id",
    "episode_sort",
    "network",
    "keywords",
}
_APPLE_DATE = "com.apple.quicktime.creationdate"
_PLACES = ("location", "location-eng", "com.apple.quicktime.location.iso6709", "xyz")


def copy_metadata(
    source: InputContainer, target: OutputContainer, start_s: float, keeps_location: bool
) -> list[str]:
    """Give a file that is being written the tags and chapters of its source, before its header.

    start_s: the source's time that becomes 0. Returns what was left out on purpose, one sentence each.
    """
    notes: list[str] = []
    tags = {key.lower(): value for key, value in source.metadata.items()}
    target.metadata.update({key: value for key, value in tags.items() if key in _KEPT})
    if "creation_time" not in tags and _APPLE_DATE in tags:
        with suppress(ValueError):
            taken = datetime.strptime(tags[_APPLE_DATE], "%Y-%m-%dT%H:%M:%S%z")
            target.metadata["creation_time"] = taken.astimezone(timezone.utc).isoformat()
    place = next((tags[key] for key in _PLACES if key in tags), None)
    if place and keeps_location:
        target.metadata["location"] = place
    elif place:
        notes.append("The place was left out: --keep-location keeps it.")
    chapters = [_moved(chapter, start_s) for chapter in source.chapters()]
    if chapters:
        target.set_chapters(chapters)
    return notes + _left_out(source)


def lost_tags(path: Path, wanted: dict[str, str], chapters: int) -> list[str]:
    """What a finished file does not hold of the wanted tags and chapters, one sentence each."""
    with av.open(f"file:{path}", metadata_errors="replace") as container:
        held = {key.lower() for key in container.metadata}
        held_chapters = len(container.chapters())
    # Some formats store the date as the year, or the time of creation as the date.
    lost = sorted(key for key in wanted if key not in held)
    notes = []
    if lost:
        names = ", ".join(key.replace("_", " ") for key in lost)
        notes.append(f"{path.suffix} cannot hold these of its tags: {names}.")
    if held_chapters < chapters:
        notes.append(f"{path.suffix} cannot hold its chapters.")
    return notes


def _moved(chapter: av.container.core.Chapter, start_s: float) -> av.container.core.Chapter:
    shift = round(start_s / chapter["time_base"]) if chapter["time_base"] else 0
    title = {key: value for key, value in chapter["metadata"].items() if key.lower() == "title"}
    moved = {"start": max(0, chapter["start"] - shift), "end": max(0, chapter["end"] - shift)}
    return {**chapter, **moved, "metadata": title}  # type: ignore[typeddict-item]


def _left_out(source: InputContainer) -> list[str]:
    """The tracks that no result holds, one sentence for each kind."""
    notes = []
    pictures = source.streams.video
    covers = [s for s in pictures if s.disposition & Disposition.attached_pic]
    if covers:
        notes.append("The cover picture was left out, because it may show the room.")
    if len(pictures) - len(covers) > 1:
        notes.append("Only the first picture track was kept.")
    if any(sound.codec_context is None for sound in source.streams.audio):
        notes.append("A sound track of an unknown kind was left out.")
    if source.streams.data:
        notes.append("The data tracks were left out.")
    if source.streams.attachments:
        notes.append("The attached files were left out.")
    return notes
