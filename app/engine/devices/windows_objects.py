"""Windows' named objects, which OBS's virtual camera and UnityCapture are fed through (ctypes, mmap).

Not yet seen on a real machine.
"""

from __future__ import annotations

import sys
from typing import Protocol

from app.engine.core.errors import BackdropError

OBS_CLASS = "{A3FCE0F5-3493-419F-958A-ABA1250EC20B}"
UNITY_CAPTURE_CLASS = "{5C2CD55C-92AD-4999-8666-912BD3E70010}"

_SYNCHRONIZE, _EVENT_MODIFY_STATE, _FILE_MAP_WRITE = 0x100000, 0x0002, 0x0002
_WAIT_OBJECT_0, _WAIT_ABANDONED = 0x0, 0x80


class Handle(Protocol):
    """An open kernel object, or memory of one: `memory` is empty unless it is a mapping."""

    memory: memoryview

    def close(self) -> None:
        """Let go of it; another program may keep the object alive."""


class NamedObjects(Protocol):
    """What the senders need of the system. An object that does not exist opens as None."""

    def is_registered(self, class_id: str) -> bool:
        """Whether a camera's filter is installed, by its class id in braces."""

    def memory_exists(self, name: str) -> bool:
        """Whether a program has made this mapping."""

    def create_memory(self, name: str, size_bytes: int) -> Handle:
        """Make a mapping of zeros. Raises OSError."""

    def open_memory(self, name: str) -> Handle | None:
        """A mapping that another program has made, as long as it is."""

    def open_mutex(self, name: str) -> Handle | None:
        """A mutex that another program has made."""

    def create_event(self, name: str) -> Handle | None:
        """An event that resets itself; opened if it exists."""

    def open_event(self, name: str) -> Handle | None:
        """An event that another program has made, to signal it."""

    def wait(self, handle: Handle, timeout_ms: int) -> bool:
        """Take a mutex or a signal; False if the time is over."""

    def unlock(self, mutex: Handle) -> None:
        """Give a mutex back, on the thread that took it."""

    def signal(self, event: Handle) -> None:
        """Signal an event."""


def named_objects() -> NamedObjects:
    """Those of this computer. Raises BackdropError on other systems."""
    if sys.platform == "win32":
        return _WindowsObjects()
    raise BackdropError("This virtual camera exists on Windows only.")


if sys.platform == "win32":
    import ctypes as c
    import mmap
    import winreg
    from ctypes import wintypes as w

    class _SystemHandle:
        def __init__(self, kernel: c.WinDLL, number: int, memory: memoryview | None = None) -> None:
            self._kernel = kernel
            self.number = number
            self.memory = memoryview(b"") if memory is None else memory

        def close(self) -> None:
            number, self.number = self.number, 0
            address = c.addressof(c.c_char.from_buffer(self.memory)) if self.memory else 0
            self.memory = memoryview(b"")
            if address:
                self._kernel.UnmapViewOfFile(address)
            if number:
                self._kernel.CloseHandle(number)

    class _OwnMemory:
        def __init__(self, name: str, size_bytes: int) -> None:
            self._mapping = mmap.mmap(-1, size_bytes, tagname=name)
            self.memory = memoryview(self._mapping)

        def close(self) -> None:
            self.memory.release()
            self._mapping.close()

    class _MemoryInformation(c.Structure):
        _fields_ = [
            ("base", c.c_void_p),
            ("allocation_base", c.c_void_p),
            ("allocation_protect", w.DWORD),
            ("partition", w.WORD),
            ("size", c.c_size_t),
            ("state", w.DWORD),
            ("protect", w.DWORD),
            ("type", w.DWORD),
        ]

    _FUNCTIONS = {
        "OpenFileMappingW": (w.HANDLE, [w.DWORD, w.BOOL, w.LPCWSTR]),
        "MapViewOfFile": (c.c_void_p, [w.HANDLE, w.DWORD, w.DWORD, w.DWORD, c.c_size_t]),
        "UnmapViewOfFile": (w.BOOL, [c.c_void_p]),
        "VirtualQuery": (c.c_size_t, [c.c_void_p, c.POINTER(_MemoryInformation), c.c_size_t]),
        "OpenMutexW": (w.HANDLE, [w.DWORD, w.BOOL, w.LPCWSTR]),
        "CreateEventW": (w.HANDLE, [c.c_void_p, w.BOOL, w.BOOL, w.LPCWSTR]),
        "OpenEventW": (w.HANDLE, [w.DWORD, w.BOOL, w.LPCWSTR]),
        "WaitForSingleObject": (w.DWORD, [w.HANDLE, w.DWORD]),
        "ReleaseMutex": (w.BOOL, [w.HANDLE]),
        "SetEvent": (w.BOOL, [w.HANDLE]),
        "CloseHandle": (w.BOOL, [w.HANDLE]),
    }

    class _WindowsObjects:
        def __init__(self) -> None:
            self._kernel = c.WinDLL("kernel32", use_last_error=True)
            for name, (result, arguments) in _FUNCTIONS.items():
                function = getattr(self._kernel, name)
                function.restype, function.argtypes = result, arguments

        def is_registered(self, class_id: str) -> bool:
            try:
                winreg.CloseKey(winreg.OpenKey(winreg.HKEY_CLASSES_ROOT, rf"CLSID\{class_id}"))
            except OSError:
                return False
            return True

        def memory_exists(self, name: str) -> bool:
            number = self._kernel.OpenFileMappingW(_FILE_MAP_WRITE, False, name)
            if number:
                self._kernel.CloseHandle(number)
            return bool(number)

        def create_memory(self, name: str, size_bytes: int) -> Handle:
            return _OwnMemory(name, size_bytes)

        def open_memory(self, name: str) -> Handle | None:
            number = self._kernel.OpenFileMappingW(_FILE_MAP_WRITE, False, name)
            if not number:
                return None
            address = self._kernel.MapViewOfFile(number, _FILE_MAP_WRITE, 0, 0, 0)
            if not address:
                self._kernel.CloseHandle(number)
                return None
            known = _MemoryInformation()
            self._kernel.VirtualQuery(address, c.byref(known), c.sizeof(known))
            content = (c.c_char * known.size).from_address(address)
            return _SystemHandle(self._kernel, number, memoryview(content).cast("B"))

        def open_mutex(self, name: str) -> Handle | None:
            return self._handle(self._kernel.OpenMutexW(_SYNCHRONIZE, False, name))

        def create_event(self, name: str) -> Handle | None:
            return self._handle(self._kernel.CreateEventW(None, False, False, name))

        def open_event(self, name: str) -> Handle | None:
            return self._handle(self._kernel.OpenEventW(_EVENT_MODIFY_STATE, False, name))

        def wait(self, handle: Handle, timeout_ms: int) -> bool:
            assert isinstance(handle, _SystemHandle)
            result = self._kernel.WaitForSingleObject(handle.number, timeout_ms)
            return result in (_WAIT_OBJECT_0, _WAIT_ABANDONED)

        def unlock(self, mutex: Handle) -> None:
            assert isinstance(mutex, _SystemHandle)
            self._kernel.ReleaseMutex(mutex.number)

        def signal(self, event: Handle) -> None:
            assert isinstance(event, _SystemHandle)
            self._kernel.SetEvent(event.number)

        def _handle(self, number: int | None) -> Handle | None:
            return _SystemHandle(self._kernel, number) if number else None
