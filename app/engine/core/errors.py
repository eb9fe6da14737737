"""The error that is meant for the user, and the message that it carries."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    import av

_DISK_REASONS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "your share of the disk is full",
    errno.EFBIG: "the file would be larger than this disk allows",
    errno.EACCES: "you do not have permission",
    errno.EPERM: "you do not have permission",
    errno.EROFS: "the disk is read-only",
    errno.EISDIR: "it is a folder",
    errno.ELOOP: "its links lead in a circle",
    errno.ENAMETOOLONG: "its name is too long",
    errno.ENXIO: "it is a pipe or a device, not a file",
    errno.EBUSY: "another program uses it",
}


class Message(str):
    """A text for the user in English that keeps its template, so that the window can translate it.

    `template` has named places in braces, `values` what fills them. A value may be a message itself.
    """

    template: str
    values: dict[str, Any]

    def __new__(cls, template: str, **values: Any) -> Message:
        """Format the template; without values it is taken as it is, braces included."""
        message = super().__new__(cls, template.format(**values) if values else template)
        message.template, message.values = template, values
        return message

    @classmethod
    def sequence(cls, messages: Sequence[str]) -> Message:
        """Several messages as one, with a space between them."""
        places = [f"message_{index}" for index in range(len(messages))]
        template = " ".join(f"{{{place}}}" for place in places)
        return cls(template, **dict(zip(places, messages, strict=True)))


NO_MESSAGE = Message("")


class BackdropError(Exception):
    """A failure that the user can act on.

    The template is one clear sentence that ends with a full stop; `values` fill its places.
    """

    def __init__(self, template: str, **values: Any) -> None:
        is_message = isinstance(template, Message) and not values
        self.message: Message = template if is_message else Message(template, **values)  # type: ignore[assignment]
        super().__init__(self.message)


def disk_reason(error: OSError | av.FFmpegError) -> Message:
    """Why the disk or a device refused, as the end of a sentence."""
    return Message(_DISK_REASONS.get(error.errno or 0) or error.strerror or str(error))
