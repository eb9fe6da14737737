"""Choose what is kept of a photo's EXIF data: date, title and author; the location only on request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PIL import Image
from PIL.ExifTags import IFD, Base

from app.engine.core.errors import BackdropError
from app.engine.media.pictures.picture_reader import opened

if TYPE_CHECKING:
    from pathlib import Path

# Not kept: the thumbnail, and the maker notes, which may hold one, because they show the room; the
# orientation, because it was applied to the pixels; the camera, its serial number and its settings.
_KEPT = (Base.ImageDescription, Base.DateTime, Base.Artist, Base.Copyright)
_KEPT_OF_EXIF = (
    Base.DateTimeOriginal,
    Base.DateTimeDigitized,
    Base.OffsetTime,
    Base.OffsetTimeOriginal,
    Base.OffsetTimeDigitized,
    Base.SubsecTime,
    Base.SubsecTimeOriginal,
    Base.SubsecTimeDigitized,
)
_SUFFIXES_WITH_EXIF = {".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff"}
_PREFIX = b"Exif\0\0"


def kept_exif(source: Path, suffix: str, keeps_location: bool) -> tuple[bytes, list[str]]:
    """The EXIF data for the result of a photo, and what could not be kept, one sentence each.

    suffix: that of the result. The data begin with the TIFF header; they are empty if nothing is kept.
    Damaged data are left out.
    """
    try:
        with opened(source) as image:
            source_exif = image.getexif()
            kept = _chosen(source_exif, keeps_location)
            has_location = bool(source_exif.get_ifd(IFD.GPSInfo))
            data = kept.tobytes().removeprefix(_PREFIX) if kept else b""
    except BackdropError:  # Damaged data.
        return b"", []
    if data and suffix.lower() not in _SUFFIXES_WITH_EXIF:
        return b"", [f"{suffix} cannot hold its date."]
    return data, [
        "The place was left out: --keep-location keeps it."
    ] if has_location and not keeps_location else []


def _chosen(source_exif: Image.Exif, keeps_location: bool) -> Image.Exif:
    kept = Image.Exif()
    for tag in _KEPT:
        if tag in source_exif:
            kept[tag] = source_exif[tag]
    groups = {IFD.Exif: {tag: v for tag, v in source_exif.get_ifd(IFD.Exif).items() if tag in _KEPT_OF_EXIF}}
    if keeps_location:
        groups[IFD.GPSInfo] = source_exif.get_ifd(IFD.GPSInfo)
    for ifd, values in groups.items():
        if values:
            kept[ifd] = values
    return kept
