"""The network behind the vocoder: it hears what surrounds each 5 ms and bends the spectra of pulses and noise.

ConvNeXt blocks over time (Liu et al. 2022; in vocoders: Siuzdak 2023, Vocos) read cepstra, aperiodicity, pitch and
voicing, and give three curves over frequency for every frame, as values at mel-spaced knots with straight lines
between them. The last layer starts at zero: an untrained network changes nothing, so training can only add.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from songwright.singer.fullband import DIMENSIONS, RATE_HZ, mel
from songwright.singer.spectrum import BINS
from songwright.train.nets.convnext import Block

AIR = 5
TOP_HZ, FADE_HZ = 19_000.0, 500.0
"""Recordings that were compressed end at 20 kHz: no correction above TOP_HZ, full ones FADE_HZ below it."""
REACH = 3.0
"""No curve leaves -3..3: 26 dB, or half a turn."""


@dataclass(frozen=True)
class Config:
    """Size of a vocoder: channels, blocks, frames one block sees, and knots of level, phase and noise curves."""

    width: int = 224
    blocks: int = 5
    kernel: int = 7
    widening: int = 2
    level_knots: int = 128
    phase_knots: int = 64

    @classmethod
    def of(cls, size: str) -> Config:
        """Sizes by name: "tiny" for tests, "cpu" (1.1 M parameters), "gpu" (5.6 M)."""
        return {"tiny": cls(16, 1), "cpu": cls(), "gpu": cls(width=512)}[size]


class VocoderNet(nn.Module):
    """cepstra (B, T, 64), air_db (B, T, 5), f0 (B, T) Hz, voiced (B, T) -> pulse, turn, hiss (B, T, BINS)."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.config = config
        self.register_buffer("centre", torch.zeros(DIMENSIONS + AIR))
        self.register_buffer("spread", torch.ones(DIMENSIONS + AIR))
        self.register_buffer("level_lines", _lines(config.level_knots), persistent=False)
        self.register_buffer("phase_lines", _lines(config.phase_knots), persistent=False)
        self.first = nn.Conv1d(DIMENSIONS + AIR + 2, config.width, 3, padding=1)
        self.blocks = nn.ModuleList(
            Block(config.width, config.kernel, config.widening) for _ in range(config.blocks)
        )
        self.norm = nn.LayerNorm(config.width)
        self.last = nn.Linear(config.width, 2 * config.level_knots + config.phase_knots)
        nn.init.zeros_(self.last.weight)
        nn.init.zeros_(self.last.bias)

    def learn_scale(self, features: Tensor) -> None:
        """Take mean and spread of the inputs from frames of cepstra and aperiodicity, (N, 69)."""
        self.centre.copy_(features.mean(0))
        self.spread.copy_(features.std(0).clamp_min(0.05))

    def forward(
        self, cepstra: Tensor, air_db: Tensor, f0: Tensor, voiced: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """The three curves of every frame: natural log of amplitude, radians, natural log of amplitude."""
        shape = (torch.cat([cepstra, air_db], -1) - self.centre) / self.spread
        pitch = torch.log2(f0 / 200.0) * voiced
        frames = torch.cat([shape, pitch[..., None], voiced[..., None]], -1)
        frames = self.first(frames.transpose(1, 2)).transpose(1, 2)
        for block in self.blocks:
            frames = block(frames)
        knots = REACH * torch.tanh(self.last(self.norm(frames)) / REACH)
        levels = self.config.level_knots
        pulse, hiss, turn = torch.split(knots, [levels, levels, self.config.phase_knots], -1)
        return pulse @ self.level_lines, turn @ self.phase_lines, hiss @ self.level_lines


def _lines(knots: int) -> Tensor:
    """Straight lines between mel-spaced knots, as a matrix (knots, BINS); nothing where nothing can be learned."""
    place = mel(np.linspace(0.0, RATE_HZ / 2, BINS)) / mel(RATE_HZ / 2) * (knots - 1)
    rows = [np.interp(place, np.arange(knots), row) for row in np.eye(knots)]
    hz = np.linspace(0.0, RATE_HZ / 2, BINS)
    known = np.clip((TOP_HZ - hz) / FADE_HZ, 0.0, 1.0)
    return torch.tensor(np.stack(rows) * known, dtype=torch.float32)
