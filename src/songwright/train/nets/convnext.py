"""A building block of networks over time: ConvNeXt (Liu et al. 2022), as vocoders use it (Siuzdak 2023)."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Block(nn.Module):
    """One ConvNeXt block: each channel over time, then all channels of a frame."""

    def __init__(self, width: int, kernel: int = 7, widening: int = 3, scale: float = 0.3) -> None:
        super().__init__()
        self.time = nn.Conv1d(width, width, kernel, padding=kernel // 2, groups=width)
        self.norm = nn.LayerNorm(width)
        self.widen = nn.Linear(width, width * widening)
        self.narrow = nn.Linear(width * widening, width)
        self.scale = nn.Parameter(torch.full((width,), scale))

    def forward(self, frames: Tensor) -> Tensor:
        """(batch, frames, width) -> the same."""
        seen = self.norm(self.time(frames.transpose(1, 2)).transpose(1, 2))
        return frames + self.scale * self.narrow(nn.functional.gelu(self.widen(seen)))
