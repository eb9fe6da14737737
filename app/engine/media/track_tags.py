"""Copy what a file says of a track: its language, its title and what it is for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from av.stream import Disposition

if TYPE_CHECKING:
    from av.stream import Stream

_KEPT = ("language", "title")
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
    for key, value in source.metadata.items():
        if key.lower() in _KEPT:
            target.metadata[key.lower()] = value
    target.disposition = source.disposition & _USES
