"""Call what may hang, without waiting for ever."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, TypeVar

from app.engine.core.errors import BackdropError

if TYPE_CHECKING:
    from collections.abc import Callable

Result = TypeVar("Result")


def within(limit_s: float | None, call: Callable[[], Result]) -> Result:
    """The result of a call, which may take `limit_s` seconds; without a limit it runs on this thread.

    Raises what the call raises, or BackdropError after the limit; the call goes on, and nobody waits for it.
    """
    if limit_s is None:
        return call()
    results: list[Result] = []
    errors: list[BaseException] = []

    def work() -> None:
        try:
            results.append(call())
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=work, name="backdrop-people", daemon=True)
    thread.start()
    thread.join(limit_s)
    if errors:
        raise errors[0]
    if not results:
        raise BackdropError("The network does not answer.")
    return results[0]
