"""The singing network: phones with times, pitch and speaker in; vocal tract, breathiness and voicing out.

A stack of residual blocks, each a wide depthwise convolution and two dense layers (ConvNeXt, Liu et al. 2022, in one
dimension), looking both ways in time. It works at 10 ms and writes two frames of 5 ms a step. Random numbers come in
with every frame, so that the network can choose one of many natural renderings instead of their blurred mean; a
critic that looks at patches of the envelope (Isola et al. 2017) teaches it to.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional

from songwright.singer import conditioning, fullband
from songwright.text import phones as inventory

AIR = len(fullband.AIR_HZ)
OUTPUTS = fullband.DIMENSIONS + AIR + 1
PAIR = 2


@dataclass(frozen=True)
class Config:
    """How large the network is. width: channels; depth: blocks; kernel: steps of 10 ms a block looks across."""

    speakers: int
    width: int = 256
    depth: int = 6
    expansion: int = 2
    kernel: int = 7
    embedding: int = 24
    voice: int = 16


def sized(size: str, speakers: int) -> Config:
    """The network for a machine: "cpu" about 1.8 million numbers, "gpu" about 13 million, "tiny" for tests."""
    if size == "gpu":
        return Config(speakers, width=512, depth=12)
    if size == "tiny":
        return tiny(speakers)
    return Config(speakers)


def tiny(speakers: int = 2) -> Config:
    """A network small enough for a test."""
    return Config(speakers, width=32, depth=2, embedding=4, voice=4)


class Block(nn.Module):
    """Look around in time, then mix channels; the speaker scales and shifts what is mixed."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        width = config.width
        self.look = nn.Conv1d(width, width, config.kernel, padding=config.kernel // 2, groups=width)
        self.norm = nn.LayerNorm(width)
        self.voice = nn.Linear(config.voice, 2 * width)
        self.widen = nn.Linear(width, config.expansion * width)
        self.narrow = nn.Linear(config.expansion * width, width)
        self.scale = nn.Parameter(torch.full((width,), 0.3))

    def forward(self, x: torch.Tensor, voice: torch.Tensor) -> torch.Tensor:
        """x: (batch, steps, width). voice: (batch, voice)."""
        seen = self.norm(self.look(x.transpose(1, 2)).transpose(1, 2))
        gain, shift = self.voice(voice).unsqueeze(1).chunk(2, dim=-1)
        mixed = self.narrow(functional.gelu(self.widen(seen * (1 + gain) + shift), approximate="tanh"))
        return x + self.scale * mixed


class Acoustic(nn.Module):
    """The network. Mean and spread of its outputs are buffers, so what comes out is in the units of `fullband`."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.config = config
        self.embed = nn.Embedding(len(conditioning.SYMBOLS), config.embedding)
        made = torch.tensor([inventory.features(symbol) for symbol in conditioning.SYMBOLS])
        self.register_buffer("made", made)
        self.speakers = nn.Parameter(0.3 * torch.randn(config.speakers, config.voice))
        told = conditioning.NEIGHBOURS * (config.embedding + made.shape[1])
        told += len(conditioning.NUMBERS) + conditioning.NOISE
        self.enter = nn.Linear(PAIR * told, config.width)
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.depth))
        self.settle = nn.LayerNorm(config.width)
        self.leave = nn.Linear(config.width, PAIR * OUTPUTS)
        self.register_buffer("mean", torch.zeros(OUTPUTS))
        self.register_buffer("spread", torch.ones(OUTPUTS))

    def forward(
        self, phones: torch.Tensor, numbers: torch.Tensor, speaker: torch.Tensor, noise: torch.Tensor
    ) -> torch.Tensor:
        """Cepstra, air in dB and the logit of voicing, (batch, frames, 70).

        phones: (batch, frames, 4) codes. numbers: (batch, frames, 10). speaker: (batch, speakers), shares that sum
        to 1. noise: (batch, frames, 16). frames must be even.
        """
        batch = phones.shape[0]
        told = torch.cat([self.embed(phones), self.made[phones]], dim=-1).flatten(2)
        frame = torch.cat([told, numbers, noise], dim=-1)
        x = self.enter(frame.reshape(batch, -1, PAIR * frame.shape[-1]))
        voice = speaker @ self.speakers
        for block in self.blocks:
            x = block(x, voice)
        out = self.leave(self.settle(x)).float()
        return out.reshape(batch, -1, OUTPUTS) * self.spread + self.mean


class Exported(nn.Module):
    """The network as it is sung with: one phrase of any length, outputs apart, voicing as a probability."""

    def __init__(self, network: Acoustic) -> None:
        super().__init__()
        self.network = network

    def forward(
        self, phones: torch.Tensor, numbers: torch.Tensor, speaker: torch.Tensor, noise: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """phones (T, 4), numbers (T, 10), speaker (S,), noise (T, 16) -> cepstra (T, 64), bap (T, 5), voicing (T,)."""
        frames = phones.shape[0]
        even = PAIR * ((frames + 1) // PAIR)  # an odd phrase borrows one frame more
        whole = (torch.cat([x, x[-1:]])[:even].unsqueeze(0) for x in (phones, numbers, noise))
        told, counted, drawn = whole
        out = self.network(told, counted, speaker.unsqueeze(0), drawn)[0, :frames]
        cepstra, air, voicing = out.split([fullband.DIMENSIONS, AIR, 1], dim=1)
        return cepstra, air.clamp(-60.0, 0.0), torch.sigmoid(voicing[:, 0])


class Critic(nn.Module):
    """Looks at patches of an envelope over time and says of each how natural it is, for this speaker."""

    FOLD = 4

    def __init__(self, speakers: int, width: int = 48) -> None:
        super().__init__()
        folded = self.FOLD**2
        self.layers = nn.ModuleList(
            nn.Conv2d(before, after, 3, stride=stride, padding=1)
            for before, after, stride in ((folded, width, 1), (width, 64, 2), (64, 80, 2))
        )
        self.judge = nn.Conv2d(80, 1, 3, padding=1)
        self.knows = nn.Linear(speakers, 80)

    def forward(
        self, envelope: torch.Tensor, speaker: torch.Tensor
    ) -> tuple[torch.Tensor, list[torch.Tensor]]:
        """envelope: (batch, frames, bands), about -2..2, both divisible by 4. Returns judgements and what was seen."""
        x = functional.pixel_unshuffle(envelope.unsqueeze(1), self.FOLD)
        seen = []
        for layer in self.layers:
            x = functional.leaky_relu(layer(x), 0.2)
            seen.append(x)
        # what suits this speaker (projection discriminator, Miyato & Koyama 2018)
        matching = (x * self.knows(speaker)[:, :, None, None]).sum(dim=1, keepdim=True) / x.shape[1]
        return self.judge(x) + matching, seen
