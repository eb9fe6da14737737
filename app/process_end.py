"""The end of the process while threads may still be in native libraries."""

from __future__ import annotations

import os
import sys
import threading
import time
from typing import NoReturn

_PATIENCE_S = 1.0


def end_process(status: int) -> NoReturn:
    """End this process with a status; waits a second at most for Backdrop's threads.

    Python stops a daemon thread as soon as it comes back from a native library. onnxruntime and OpenCV abort
    the process then (SIGABRT), so a process with such threads ends without Python's own clean-up.
    """
    until = time.monotonic() + _PATIENCE_S
    ours = [thread for thread in threading.enumerate() if thread.name.startswith("backdrop-")]
    for thread in ours:
        thread.join(max(0.0, until - time.monotonic()))
    if any(thread.is_alive() for thread in ours):
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()
        os._exit(status)
    sys.exit(status)
