"""The judge's network: a ConvNeXt trunk over log mel and tones, and a head for everything it is asked.

Per frame: two phones, a pitch, a chord. Of the whole: genre and persona, from frames pooled by attention.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from songwright.runtime.jukebox.labels import SYMBOLS
from songwright.train.judge.hearing import WIDTH
from songwright.train.judge.targets import CHORDS, PHONES_A_FRAME, PITCHES
from songwright.train.nets.convnext import Block


@dataclass(frozen=True)
class Config:
    """width: channels. near: blocks that see a few frames; far: blocks that see half a second each side."""

    width: int = 160
    near: int = 5
    far: int = 2
    genres: int = 16
    personas: int = 24
    dropout: float = 0.2


SIZES = {"tiny": Config(16, 1, 1), "small": Config(), "base": Config(224, 7, 3)}
FRAME_HEADS = {"phone": PHONES_A_FRAME * len(SYMBOLS), "pitch": PITCHES, "chord": CHORDS}
WHOLE_HEADS = ("genre", "persona")


class Judge(nn.Module):
    """Frames of `train.judge.hearing` -> what is heard in them."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.config = config
        width = config.width
        self.first = nn.Conv1d(WIDTH, width, 3, padding=1)
        self.near = nn.ModuleList(Block(width) for _ in range(config.near))
        self.far = nn.ModuleList(Block(width, 31) for _ in range(config.far))
        self.norm = nn.LayerNorm(width)
        self.drop = nn.Dropout(config.dropout)
        self.frame = nn.ModuleDict({name: nn.Linear(width, size) for name, size in FRAME_HEADS.items()})
        self.weigh = nn.Linear(width, 1)
        self.whole = nn.ModuleDict(
            {"genre": nn.Linear(width, config.genres), "persona": nn.Linear(width, config.personas)}
        )

    def trunk(self, frames: Tensor) -> Tensor:
        """(B, T, WIDTH) -> (B, T, width): what it understands, before any question."""
        x = self.first(frames.transpose(1, 2)).transpose(1, 2)
        for block in (*self.near, *self.far):
            x = block(x)
        return self.norm(x)

    def forward(self, frames: Tensor) -> dict[str, Tensor]:
        """Logits by name: phone (B, T, 2, phones), pitch and chord (B, T, classes), genre and persona (B, names)."""
        return self.answers(self.trunk(frames))

    def answers(self, understood: Tensor) -> dict[str, Tensor]:
        """What `forward` returns, of what the trunk understood."""
        seen = self.drop(understood)
        out = {name: head(seen) for name, head in self.frame.items()}
        out["phone"] = out["phone"].unflatten(-1, (PHONES_A_FRAME, -1))
        pooled = self.drop((self.weigh(understood).softmax(1) * understood).sum(1))
        return out | {name: head(pooled) for name, head in self.whole.items()}


def tiny(genres: int = 2, personas: int = 2) -> Judge:
    """The same network, very small: for tests."""
    torch.manual_seed(0)
    return Judge(Config(16, 1, 1, genres, personas))
