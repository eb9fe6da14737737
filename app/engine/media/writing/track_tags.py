"""Copy what a file says of a track: its language, its title and what it is for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from av.stream import Disposition

if TYPE_CHECKING:
    from av.stream import Stream

_MP4_NAME = "name"  # libav's word for the title of a track in MP4 and MOV.
# Never attached_pic, timed_thumbnails nor still_image: such a picture shows the room.
_USES = (
    Disposition.default
    | Disposition.dub
    | Disposition.original
    | Disposition.comment
    | Disposition.lyrics
    | Disposition.karaoke
    | Disposition.forced
    | Disposition.hearing_impaired
    | Disposition.visual_impaired
    | Disposition.clean_effects
    | Disposition.captions
    | Disposition.descriptions
)


def copy_tags(source: Stream, target: Stream) -> None:
    """Give a new track the language, title and dispositions of the track that it comes from."""
    tags = {key.lower(): value for key, value in source.metadata.items()}
    if "language" in tags:
        target.metadata["language"] = tags["language"]
    title = tags.get("title") or tags.get(_MP4_NAME)
    if title:
        target.metadata["title"] = target.metadata["handler_name"] = title  # Players of MP4 show the second.
    target.disposition = source.disposition & _USES
