"""Training windows: faces placed, covered, lit and compressed at random, in batches."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from models.data.face.light import Light
from models.data.face.occluders import cover
from models.data.face.warp import chance, place, random_placement, random_rooms
from models.networks.face_parts import PARTS

if TYPE_CHECKING:
    from torch import Tensor

    from models.data.face.pack import Pack

OFTENER = {"glasses": 5.0, "hat": 3.0, "necklace": 3.0, "earrings": 0.7}
"""How much oftener than others the faces with a rare part are drawn."""
FAR, CUT_OUT, EMPTY = 0.25, 0.5, 0.04  # shares of the windows


class WindowMaker:
    """Batches of windows with their parts, from a pack. Draws from PyTorch's generator."""

    def __init__(self, pack: Pack) -> None:
        self._faces, self._parts = torch.from_numpy(pack.faces), torch.from_numpy(pack.parts)
        self._chances = torch.ones(len(self._faces))
        for name, more in OFTENER.items():
            self._chances += more * (self._parts == PARTS.index(name)).flatten(1).any(1)
        self._rooms = torch.from_numpy(pack.rooms).permute(0, 3, 1, 2).float()
        self._light = Light(torch.device("cpu"))

    def __call__(self, count: int, side: int) -> tuple[Tensor, Tensor]:
        """Return frames, uint8 [count, side, side, 3] BGR, and parts, uint8 [count, side, side]."""
        device = torch.device("cpu")
        chosen = torch.multinomial(self._chances, count, replacement=True)
        photos = self._faces[chosen].permute(0, 3, 1, 2).float()
        rooms = random_rooms(self._rooms, count, side)
        placement = random_placement(count, chance(count, device, FAR), device)
        cut_out = chance(count, device, CUT_OUT)
        frames, parts = place(photos, self._parts[chosen].long(), rooms, placement, cut_out, side)
        empty = chance(count, device, EMPTY)
        frames[empty], parts[empty] = rooms[empty], 0
        frames, parts = cover(frames, parts, random_rooms(self._rooms, count, side))
        frames = self._light(frames)
        return frames.permute(0, 2, 3, 1).to(torch.uint8), parts.to(torch.uint8)
