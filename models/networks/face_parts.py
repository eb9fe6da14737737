"""Face parts: STDC blocks in BiSeNet's frame, with a head of one logit per part of the face.

As `Stdc` (Fan et al., CVPR 2021; arXiv 2104.13188), whose weights it starts from, with a decoder from stride
8 to stride 2, because an eye is 20 pixels wide in a crop of 192x192.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from models.networks.blocks import Context, FeatureFusion, conv_norm, double, head, scaled
from models.networks.efficientnet import IMAGENET_MEAN, IMAGENET_STD, EfficientNetLite0
from models.networks.layers import Network, Outputs, conv, relu
from models.networks.stdc import Backbone

if TYPE_CHECKING:
    from collections.abc import Sequence

PARTS = (
    *("background", "skin", "brows", "eyes", "glasses", "ears", "earrings", "nose"),
    *("mouth", "lips", "hair", "hat", "neck", "necklace", "cloth"),
)
"""The classes, in the order of the output; left and right, and upper and lower lip, are one class."""

STRIDE = 2
"""The maps have one value per block of this many pixels in each direction."""


class FineEfficientNetLite0(EfficientNetLite0):
    """EfficientNet-Lite0 that also returns its features at strides 2 and 4; `fine` has their channels."""

    fine = (16, 24)

    def forward(self, frame: Tensor) -> tuple[Tensor, ...]:  # type: ignore[override]  # two more features
        """[N, 3, H, W], BGR, to features at strides 2, 4, 8, 16 and 32."""
        x = self.stem(frame)
        features = []
        for index, block in enumerate(self.blocks, 1):
            x = block(x)
            if index in (1, 3, 5, 11, 16):
                features.append(x)
        return tuple(features)


class Decode(nn.Module):
    """One step of the decoder: enlarge coarse features twofold, add fine ones, mix."""

    def __init__(self, coarse: int, fine: int, inner: int) -> None:
        super().__init__()
        self.coarse = nn.Sequential(conv(coarse, inner), nn.BatchNorm2d(inner))
        self.fine = nn.Sequential(conv(fine, inner), nn.BatchNorm2d(inner))
        self.mix = nn.Sequential(relu(inner), *conv_norm(inner, inner, 3))

    def forward(self, coarse: Tensor, fine: Tensor) -> Tensor:
        """[N, coarse, h, w] and [N, fine, 2h, 2w] to [N, inner, 2h, 2w]."""
        # The 1x1 convolution before the enlargement gives the same values on a quarter of the pixels.
        mixed: Tensor = self.mix(double(self.coarse(coarse)) + self.fine(fine))
        return mixed


class FaceParts(Network):
    """Logits [N, 15, H/2, W/2] of the parts of a face in a crop around it.

    backbone: gives features at strides 2, 4, 8, 16 and 32. fine: their channels at strides 2 and 4. decoded:
    channels of the decoder at strides 4 and 2. In training mode the outputs also hold auxiliary logits at
    strides 16 and 8 and outline logits at stride 8, as those of `Stdc`.
    """

    kind = "parts"
    classes = PARTS
    title = "Face parts"
    trained_on = "CelebAMask-HQ, 900 faces"
    working_pixels = 192 * 192

    def __init__(
        self,
        backbone: Backbone | FineEfficientNetLite0,
        fine: Sequence[int],
        width: float,
        decoded: tuple[int, int],
    ) -> None:
        super().__init__()
        wide, fused = scaled(128, width), scaled(256, width)
        self.backbone = backbone
        at8, at16, at32 = backbone.channels
        self.context = Context(at16, at32, wide)
        self.fusion = FeatureFusion(at8 + wide, fused, 4)
        self.decode4 = Decode(fused, fine[1], decoded[0])
        self.decode2 = Decode(decoded[0], fine[0], decoded[1])
        self.classify = nn.Conv2d(decoded[1], len(PARTS), 1)
        self.classify16 = head(wide, wide, len(PARTS))
        self.classify8 = head(fused, wide, len(PARTS))
        self.outline = head(at8, wide, 1)

    def forward(self, frame: Tensor) -> Outputs:
        """Compute the outputs of one batch; see `Network`, but the logits have half the size of the frame."""
        at2, at4, at8, at16, at32 = self.backbone(frame)
        middle, fine = self.context(at16, at32)
        fused = self.fusion(torch.cat([at8, fine], 1))
        logits = self.classify(self.decode2(self.decode4(fused, at4), at2))
        if not self.training:
            return Outputs(logits)
        return Outputs(logits, (self.classify16(middle), self.classify8(fused)), self.outline(at8))


def face_parts(
    width: float = 0.5, at8: int = 4, at16: int = 5, at32: int = 2, coarse: int = 32, fine: int = 16
) -> FaceParts:
    """The network that Backdrop ships.

    at8, at16, at32: modules per stride. coarse, fine: channels of the decoder.
    """
    stem = (scaled(32, width), scaled(64, width))
    return FaceParts(Backbone((at8, at16, at32), width), stem, width, (coarse, fine))


def face_parts_teacher() -> FaceParts:
    """A larger network, which starts from ImageNet's weights and teaches `face_parts`."""
    network = FaceParts(FineEfficientNetLite0(), FineEfficientNetLite0.fine, 0.75, (64, 32))
    network.mean, network.std = IMAGENET_MEAN, IMAGENET_STD
    return network
