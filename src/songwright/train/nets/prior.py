"""The discrete rival of the generator: a network that writes codes of sound frame after frame, as Jukebox does.

A causal Transformer over frames (Dhariwal et al. 2020) of the flow network's own layers, told the same and as large;
each frame also sees what will be sung and played shortly after it. A frame has 2 stems x groups codes of 1,000, which
are written as the steps they consist of (8, 5, 5 and 5), one after the other, by a small chained head (Larochelle &
Murray 2011; Germain et al. 2015). By the chain rule this says as much as 16 choices among 1,000, codes of a frame agree
with each other, a minute stays 1,875 passes of the large network, and 16 tables of 1,000 rows, as large as all the
rest, are saved.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from songwright.runtime.jukebox.labels import SYMBOLS
from songwright.runtime.jukebox.telling import GLOBALS, MODES, PITCHES
from songwright.train.nets import codec, flow
from songwright.train.nets.codec import LEVELS
from songwright.train.nets.composer import rotations
from songwright.train.nets.convnext import Block
from songwright.values.brief import CHARACTER

LOOK = 7
"""Frames (32 ms each) of what will be told that are seen ahead."""
_MOST = max(LEVELS)
Past = list[tuple[Tensor, Tensor]]
"""Keys and values of the frames before, (B, heads, T, size), for each layer."""


@dataclass(frozen=True)
class Config:
    """Sizes as the flow network's. groups, latents: codes and numbers a frame of one stem, as the codec has them.

    chained: hidden numbers a step in the head.
    """

    width: int = 256
    layers: int = 5
    heads: int = 4
    hidden: int = 640
    groups: int = 8
    latents: int = 64
    chained: int = 12
    genres: int = 16
    personas: int = 24
    voices: int = 16


_CHAINED = {"tiny": 4, "small": 12, "base": 24}
SIZES = {
    name: Config(size.width, size.layers, size.heads, size.hidden, chained=_CHAINED[name])
    for name, size in flow.SIZES.items()
}


class Layer(flow.Layer):
    """The flow network's layer, hearing only what came before."""

    def forward(  # type: ignore[override]
        self, x: Tensor, moved: Tensor, turn: tuple[Tensor, Tensor], past: tuple[Tensor, Tensor] | None = None
    ) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        """As there. past: keys and values of frames before x, which then is one frame; gives them with x's own."""
        shift_a, scale_a, gate_a, shift_b, scale_b, gate_b = (moved + self.table)[:, :, None].unbind(1)
        seen = functional.layer_norm(x, x.shape[-1:]) * (1 + scale_a) + shift_a
        q, k, v = self.qkv(seen).unflatten(-1, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)
        q, k = flow.turned(self.q_norm(q), *turn), flow.turned(self.k_norm(k), *turn)
        if past is not None:
            k, v = torch.cat((past[0], k), 2), torch.cat((past[1], v), 2)
        heard = functional.scaled_dot_product_attention(q, k, v, is_causal=past is None)
        x = x + gate_a * self.out(heard.transpose(1, 2).flatten(2))
        seen = functional.layer_norm(x, x.shape[-1:]) * (1 + scale_b) + shift_b
        return x + gate_b * self.down(functional.silu(self.gate(seen)) * self.up(seen)), (k, v)


class Digits(nn.Module):
    """Codes as the steps they consist of, one row of a table for each step that each can take."""

    def __init__(self, groups: int) -> None:
        super().__init__()
        sizes = LEVELS * groups
        self.count, self.rows = len(sizes), sum(sizes)
        firsts = np.cumsum((0, *sizes[:-1]))
        self.register_buffer("firsts", torch.tensor(firsts), persistent=False)
        self.register_buffer("sizes", torch.tensor(sizes), persistent=False)
        self.register_buffer("base", torch.tensor(np.cumprod((1, *LEVELS[:-1]))), persistent=False)
        places = torch.arange(_MOST) < self.sizes[:, None]
        self.register_buffer("possible", places, persistent=False)

    def of(self, codes: Tensor) -> Tensor:
        """Codes (..., groups) -> steps (..., 4 groups), 0..7 or 0..4."""
        digits = codes[..., None] // self.base
        return digits.flatten(-2) % self.sizes

    def codes(self, digits: Tensor) -> Tensor:
        """Steps (..., 4 groups) -> codes (..., groups)."""
        return (digits.unflatten(-1, (-1, len(LEVELS))) * self.base).sum(-1)

    def rows_of(self, digits: Tensor) -> Tensor:
        """Steps as ones in rows: (..., 4 groups) -> float (..., rows)."""
        out = torch.zeros((*digits.shape[:-1], self.rows), device=digits.device)
        return out.scatter_(-1, digits + self.firsts, 1.0)


class Chain(nn.Module):
    """What the steps of one frame may be: each from what the Transformer knows and from the steps before it."""

    def __init__(self, width: int, digits: Digits, hidden: int) -> None:
        super().__init__()
        self.hidden = hidden
        self.known = nn.Linear(width, digits.count * hidden)
        self.before = nn.Parameter(torch.randn(digits.rows, digits.count * hidden) * 0.05)
        self.last = nn.Parameter(torch.zeros(digits.count, hidden, _MOST))
        self.bias = nn.Parameter(torch.zeros(digits.count, _MOST))
        owner = torch.repeat_interleave(torch.arange(digits.count), digits.sizes)
        earlier = owner[:, None] < torch.arange(digits.count)
        self.register_buffer("earlier", earlier.float().repeat_interleave(hidden, 1), persistent=False)
        never = torch.zeros(digits.count, _MOST).masked_fill(~digits.possible, float("-inf"))
        self.register_buffer("never", never, persistent=False)

    def forward(self, known: Tensor, rows: Tensor) -> Tensor:
        """known: (..., width). rows: the frame's own steps, as `Digits.rows_of`. Logits (..., steps, 8)."""
        hidden = self.known(known) + rows @ (self.before * self.earlier)
        hidden = functional.silu(hidden.unflatten(-1, (-1, self.hidden)))
        return torch.einsum("...dh,dhm->...dm", hidden, self.last).float() + self.bias + self.never


class Prior(nn.Module):
    """Codes so far and everything that is told -> what each code of each frame may be, and what was understood.

    steps: the codec's, never learned here: what codes stand for.
    """

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.config = config
        width = config.width
        self.digits = Digits(2 * config.groups)
        self.steps = codec.Steps(codec.Config(latents=config.latents, groups=config.groups)).requires_grad_(
            False
        )
        rows = self.digits.rows
        self.told = flow.Told()
        self.first = nn.Linear(flow.Told.size + rows + 2, width)
        self.ahead = Block(width, 2 * LOOK + 1, 1)
        self.before = nn.Linear(rows, width, bias=False)
        self.genre = nn.Embedding(config.genres + 1, width)
        self.persona = nn.Embedding(config.personas + 1, width)
        self.voice = nn.Embedding(config.voices + 1, width)
        self.character = nn.Linear(len(CHARACTER) + 1, width, bias=False)
        self.mode = nn.Embedding(len(MODES), width)
        self.tempo = nn.Linear(2 * flow.TEMPOS, width, bias=False)
        self.table = nn.Sequential(nn.SiLU(), nn.Linear(width, 6 * width))
        self.layers = nn.ModuleList(Layer(config) for _ in range(config.layers))
        self.chain = Chain(width, self.digits, config.chained)
        self.heads = nn.ModuleDict(
            {
                "phone": nn.Linear(width, len(SYMBOLS)),
                "pitch": nn.Linear(width, PITCHES),
                "root": nn.Linear(width, 13),
            }
        )
        for name in (*GLOBALS, "mode"):
            nn.init.normal_(getattr(self, name).weight, std=0.02)
        nn.init.zeros_(self.character.weight)

    def forward(
        self, digits: Tensor, keep: Tensor, told: Mapping[str, Tensor]
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """digits: (B, T, steps), those of `Digits.of`; keep: (B, T, 2: voice, band), 1 = given, seen ahead of its time.

        told: as `nets.flow.Flow.forward` takes it. Returns logits (B, T, steps, 8) and, by name, logits of what half
        the layers understood.
        """
        rows = self.digits.rows_of(digits)
        known, moved = self.given(rows, keep, told)
        known = known + functional.pad(self.before(rows[:, :-1]), (0, 0, 1, 0))
        understood: dict[str, Tensor] = {}
        turn = self.turns(torch.arange(known.shape[1], device=known.device))
        for number, layer in enumerate(self.layers):
            known, _ = layer(known, moved, turn)
            if number == (len(self.layers) - 1) // 2:
                understood = {name: head(known) for name, head in self.heads.items()}
        return self.chain(functional.layer_norm(known, known.shape[-1:]), rows), understood

    def given(self, rows: Tensor, keep: Tensor, told: Mapping[str, Tensor]) -> tuple[Tensor, Tensor]:
        """What is known of each frame before any is written, (B, T, width), and of the whole, (B, 6, width)."""
        wide = keep[..., None].expand(-1, -1, -1, self.digits.rows // 2).flatten(2)
        known = self.ahead(self.first(torch.cat((rows * wide, keep, self.told(told)), -1)))
        whole = self.tempo(flow.waves(told["tempo"])) + self.mode(told["mode"])
        for name in GLOBALS:
            whole = whole + told[name] @ getattr(self, name).weight
        whole = whole + self.character(told["character"])
        return known, self.table(whole).unflatten(-1, (6, self.config.width))

    def turns(self, places: Tensor) -> tuple[Tensor, Tensor]:
        """Rotary positions of frames."""
        return rotations(places, self.config.width // self.config.heads, 10_000.0)


def tiny(groups: int = 2) -> Prior:
    """The same network, very small: for tests."""
    torch.manual_seed(0)
    return Prior(Config(32, 2, 2, 64, groups, 8, 4))
