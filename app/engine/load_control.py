"""Save computing time while the computer is busy, and stop saving once it is not.

The engine counts as busy if it drops frames because composites take too long. Then it saves one step more, in
the order of `SAVINGS`. The decision is made here; the engine carries it out.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import msgspec

from app.engine.networks.catalogue import AUTO, LEVELS

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.engine.core.settings import Settings

SAVINGS = "preview", "steadiness", "edges", "network"
"""What each step saves: the preview is shown less often, alpha is not smoothed over time and not aligned to
edges, the fastest network runs. Cheapest loss first, by time saved per loss of quality."""
_WITHOUT_AUTO = 1  # Steps at most if the user has chosen the network: the result stays as chosen.

_WINDOW_S = 0.5  # Between two decisions; four steps take less than 3 s.
_PATIENCE = 2  # Busy windows before the first step: loading a network takes less.
_BUSY_DROPS = 0.15  # Share of frames that are dropped, from which on the engine is busy.
_SPARE_WORK = 0.55  # Share of the time that composites take, below which a step less fits in.
_HOLD_S, _LONGEST_HOLD_S = 6.0, 120.0  # Without being busy, before a step is taken back.
_TOO_SOON_S = 15.0  # A step that is needed again so soon after it was taken back doubles the hold.
_PREVIEW_S = 1 / 16  # Between two previews while saving: half the rate of most cameras.


class LoadControl:
    """Decides how many steps to save. `add` is called on one thread; `level` may be read on any."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock`: the time in seconds."""
        self._clock = clock
        self.level = 0
        """The number of steps of SAVINGS in force."""
        self._busy_windows = 0
        self._hold_s = _HOLD_S
        self._eased_at = -_TOO_SOON_S
        self._calm_since = self._window_at = clock()
        self._composites, self._work_s, self._drops = 0, 0.0, 0
        self._preview_at = 0.0

    def add(self, work_s: float, drops: int, is_auto: bool) -> bool:
        """Count a composite that took `work_s`; return whether the level has changed.

        drops: the number of dropped frames since the start of the engine. is_auto: whether the network is
        chosen by the program.
        """
        now = self._clock()
        self._composites += 1
        self._work_s += work_s
        elapsed_s = now - self._window_at
        if elapsed_s < _WINDOW_S:
            return False
        dropped = drops - self._drops
        is_busy = dropped > _BUSY_DROPS * (dropped + self._composites)
        work = self._work_s / elapsed_s
        self._window_at, self._drops, self._composites, self._work_s = now, drops, 0, 0.0
        return self._decide(now, is_busy, work, len(SAVINGS) if is_auto else _WITHOUT_AUTO)

    def _decide(self, now: float, is_busy: bool, work: float, most: int) -> bool:
        before = self.level
        self._busy_windows = self._busy_windows + 1 if is_busy else 0
        if is_busy:
            self._calm_since = now
            if before == 0 and self._busy_windows < _PATIENCE:
                return False
            if before < most and now - self._eased_at < _TOO_SOON_S:
                self._hold_s = min(2 * self._hold_s, _LONGEST_HOLD_S)
                self._eased_at = now - _TOO_SOON_S
            self.level = min(before + 1, most)
        elif before > most:
            self.level = most
        elif before and work < _SPARE_WORK and now - self._calm_since >= self._hold_s:
            self.level, self._calm_since, self._eased_at = before - 1, now, now
        elif not before and now - self._eased_at > _LONGEST_HOLD_S:
            self._hold_s = _HOLD_S
        return self.level != before

    def is_preview_due(self, is_sparing: bool = False) -> bool:
        """Whether to show the present composite in the preview. is_sparing: the battery is spared."""
        if self.level == 0 and not is_sparing:
            return True
        now = self._clock()
        if now - self._preview_at < _PREVIEW_S:
            return False
        self._preview_at = now
        return True


def reduced(settings: Settings, level: int) -> Settings:
    """The settings with the first `level` steps of SAVINGS in force."""
    if level >= 2:
        matte = msgspec.structs.replace(settings.matte, steadiness=0.0)
        if level >= 3:
            matte = msgspec.structs.replace(matte, follow_edges=False)
        settings = msgspec.structs.replace(settings, matte=matte)
    if level >= 4 and settings.network.name == AUTO:
        network = msgspec.structs.replace(settings.network, name=LEVELS["fastest"])
        settings = msgspec.structs.replace(settings, network=network)
    return settings
