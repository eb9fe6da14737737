"""The interface of a microphone, and the microphones of this system."""

from __future__ import annotations

import sys
import time
from abc import ABC, abstractmethod
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from app.engine.core.errors import BackdropError
from app.engine.devices.sound_server import connected_soundcard

Samples = npt.NDArray[np.float32]
"""Mono sound, from -1 to 1."""

RATE_HZ = 48000
_TELLS_LATENCY = sys.platform == "linux"
"""Whether soundcard tells when samples were recorded; elsewhere only the time of their arrival is known."""
# Times of arrival are as precise as blocks are short. Where they are not needed, longer blocks take less
# work, which a busy computer would not finish in time.
_BLOCK_SAMPLES = 960 if _TELLS_LATENCY else 480
DEFAULT = "default"
_EXACT_S = 0.1
"""Between two questions to the sound server when its next sample was recorded."""
_LONGEST_ANSWER_S = 0.005
"""An answer that took longer is not exact."""
_CHECK_S = 2.0
"""Between two looks whether the microphone is there: if it is not, sound servers go on with another one."""


class SoundBlock(NamedTuple):
    """A block of samples.

    captured_at: when the first one was recorded (time.monotonic, seconds). is_exact: whether the system said
    so; else it is the time of arrival, which is later on a busy computer.
    """

    samples: Samples
    captured_at: float
    is_exact: bool = False


class Microphone(ABC):
    """A source of mono sound of RATE_HZ. Each method may block and may raise BackdropError."""

    title: str
    may_be_silent: bool = False
    """Whether no sound at all is no fault."""

    def is_there(self) -> bool:
        """Whether a recording that begins now shall have its sound."""
        return True

    @abstractmethod
    def open(self) -> None:
        """Start recording."""

    @abstractmethod
    def read(self) -> SoundBlock:
        """Wait for the next block of samples."""

    @abstractmethod
    def close(self) -> None:
        """Stop recording; does nothing if it is not open."""


class SystemMicrophone(Microphone):
    """A microphone of this system, through PulseAudio or PipeWire, CoreAudio or WASAPI.

    The constructor opens nothing: `open` connects to the sound server.
    """

    def __init__(self, name: str = DEFAULT) -> None:
        """name: one of `list_microphones`, or 'default' for the system's default microphone."""
        self.title = name
        self._recorder: Any = None
        self._device_id: object = None
        self._check_at = self._ask_at = 0.0

    def open(self) -> None:
        soundcard = connected_soundcard()
        try:
            found = soundcard.all_microphones()
            if self.title == DEFAULT and found:
                # The system's default may be the sound of its loudspeakers, which is no microphone.
                preferred = soundcard.default_microphone().id
                device = next((device for device in found if device.id == preferred), found[0])
            else:
                device = next((device for device in found if device.name == self.title), None)
        except Exception as error:  # soundcard raises errors of many classes, AssertionError too.
            raise _unusable(self.title, error) from error
        if device is None:
            if not found:
                raise BackdropError("No microphone was found.")
            names = ", ".join(f"'{device.name}'" for device in found)
            raise BackdropError(
                "There is no microphone '{name}': the ones found are {names}.", name=self.title, names=names
            )
        try:
            recorder = device.recorder(RATE_HZ, channels=1, blocksize=_BLOCK_SAMPLES)
            recorder.__enter__()
        except Exception as error:
            raise _unusable(self.title, error) from error
        self._recorder, self._device_id = recorder, device.id
        self._check_at = time.monotonic() + _CHECK_S

    def read(self) -> SoundBlock:
        if time.monotonic() > self._check_at and not self._is_there():
            raise BackdropError("The microphone '{title}' is gone.", title=self.title)
        try:
            # What the system has, so that the latency begins behind it.
            recorded = self._recorder.record(None if _TELLS_LATENCY else _BLOCK_SAMPLES)
            samples = np.asarray(recorded, np.float32).reshape(-1)
            ended_at = self._exact_time() if _TELLS_LATENCY else None
        except Exception as error:
            raise BackdropError("The microphone '{title}' is gone.", title=self.title) from error
        is_exact = ended_at is not None
        ended_at = time.monotonic() if ended_at is None else ended_at
        return SoundBlock(samples, ended_at - len(samples) / RATE_HZ, is_exact)

    def close(self) -> None:
        recorder, self._recorder = self._recorder, None
        if recorder is not None:
            try:
                recorder.__exit__(None, None, None)
            except Exception as error:
                raise BackdropError("The microphone '{title}' is gone.", title=self.title) from error

    def _exact_time(self) -> float | None:
        """When the next sample was or will be recorded; None if it is not known now."""
        before = time.monotonic()
        if before < self._ask_at:
            return None
        self._ask_at = before + _EXACT_S
        latency_s = float(self._recorder.latency)
        now = time.monotonic()
        return now - latency_s if now - before < _LONGEST_ANSWER_S else None

    def _is_there(self) -> bool:
        self._check_at = time.monotonic() + _CHECK_S
        try:
            found = connected_soundcard().all_microphones()
        except Exception:  # Of many classes; reading will tell what is wrong, if anything is.
            return True
        return any(device.id == self._device_id for device in found)


def list_microphones() -> list[str]:
    """The names of the microphones of this system. Raises BackdropError."""
    soundcard = connected_soundcard()
    try:
        return [str(device.name) for device in soundcard.all_microphones()]
    except Exception as error:
        raise _unusable(DEFAULT, error) from error


def _unusable(name: str, error: Exception) -> BackdropError:
    return BackdropError(
        "The microphone '{name}' cannot be used: {reason}.",
        name=name,
        reason=str(error) or type(error).__name__,
    )
