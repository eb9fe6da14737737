"""The error that is meant for the user, and the message that it carries."""

from __future__ import annotations

import errno
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from app.engine.core.addresses import without_secrets

if TYPE_CHECKING:
    from collections.abc import Sequence

    import av

_CV2_NO_MEMORY = -4  # cv2.Error.StsNoMem; this module imports no heavy library.
_LONGEST_REASON = 200

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
        """Format the template; without values it is taken as it is, braces included.

        Passwords in addresses are left out of the values.
        """
        if values:
            values = {name: _without_secrets(value) for name, value in values.items()}
            message = super().__new__(cls, template.format(**values))
        else:
            template = without_secrets(template)
            message = super().__new__(cls, template)
        message.template, message.values = template, values
        return message

    @classmethod
    def sequence(cls, messages: Sequence[str]) -> Message:
        """Several messages as one, with a space between them."""
        places = [f"message_{index}" for index in range(len(messages))]
        template = " ".join(f"{{{place}}}" for place in places)
        return cls(template, **dict(zip(places, messages, strict=True)))


def _without_secrets(value: object) -> object:
    if isinstance(value, Message) or not isinstance(value, str | PurePath | BaseException):
        return value
    shown = without_secrets(str(value))
    return value if shown == str(value) else shown


NO_MESSAGE = Message("")


class BackdropError(Exception):
    """A failure that the user can act on.

    The template is one clear sentence that ends with a full stop; `values` fill its places.
    """

    def __init__(self, template: str, **values: Any) -> None:
        self.message = (
            template if isinstance(template, Message) and not values else Message(template, **values)
        )
        super().__init__(self.message)


def disk_reason(error: OSError | av.FFmpegError) -> Message:
    """Why the disk or a device refused, as the end of a sentence."""
    return Message(_DISK_REASONS.get(error.errno or 0) or error.strerror or str(error))


def any_reason(error: Exception) -> Message:
    """Why something failed, as the end of a sentence, for exceptions of libraries that no code expects."""
    if isinstance(error, MemoryError) or getattr(error, "code", None) == _CV2_NO_MEMORY:
        return Message("there is not enough memory")
    if isinstance(error, OSError):
        return disk_reason(error)
    text = str(getattr(error, "err", "") or error).strip()  # cv2.error has its plain text in `err`.
    first_line = text.splitlines()[0].rstrip(". ") if text else ""
    return Message(first_line[:_LONGEST_REASON] or type(error).__name__)
