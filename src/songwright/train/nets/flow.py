"""The generator's network: noise becomes the latents of voice and band, led by what is to be sung and played.

A Transformer over frames (Peebles & Xie 2023, DiT) learns the velocity from noise to latents (Lipman et al. 2023, flow
matching). It is told the score frame by frame, frames of sound that stay as they are (Le et al. 2023, Voicebox), and
genre, persona, voice and tempo as a whole. Rotary positions, norms on queries and keys, SwiGLU, one table of scales
and shifts for all layers (Chen et al. 2023, PixArt).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from songwright.runtime.jukebox.labels import NO_ROOT, PLAYERS, QUALITIES, SECTIONS, STRIKERS, SYMBOLS, TONES
from songwright.runtime.jukebox.telling import GLOBALS, MODES, PITCHES, SUB
from songwright.train.nets.composer import Norm, rotations
from songwright.train.nets.convnext import Block
from songwright.values.brief import CHARACTER

_PHONE, _CHORD, _PLAYERS, _SECTION, TEMPOS, _WAVES = 24, 8, 16, 8, 24, 12


@dataclass(frozen=True)
class Config:
    """latents: of one stem. genres, personas, voices: how many are known; number 0 of each means "not said"."""

    width: int = 256
    layers: int = 5
    heads: int = 4
    hidden: int = 640
    latents: int = 64
    genres: int = 16
    personas: int = 24
    voices: int = 16


SIZES = {
    "tiny": Config(32, 2, 2, 64),
    "small": Config(),
    "base": Config(448, 11, 7, 1216),
}


class Told(nn.Module):
    """What is to be sung and played, as numbers in each frame."""

    band = SUB * len(STRIKERS) + TONES
    """The last numbers: what the band strikes, and its tones."""
    size = SUB * (_PHONE + 1) + 2 * _WAVES + 2 + 3 * _CHORD + 8 + _SECTION + _PLAYERS + band

    def __init__(self) -> None:
        super().__init__()
        self.phone = nn.Embedding(len(SYMBOLS), _PHONE)
        self.text = nn.ModuleList(Block(SUB * _PHONE, 15, 2) for _ in range(2))
        self.root, self.bass = nn.Embedding(NO_ROOT + 1, _CHORD), nn.Embedding(NO_ROOT + 1, _CHORD)
        self.quality = nn.Embedding(len(QUALITIES), _CHORD)
        self.section = nn.Embedding(len(SECTIONS) + 1, _SECTION)
        self.players = nn.Linear(len(PLAYERS), _PLAYERS)

    def forward(self, told: Mapping[str, Tensor]) -> Tensor:
        """Fields as `runtime.jukebox.telling` makes them -> (B, T, size)."""
        phones = self.phone(told["phone"]).flatten(2)
        for block in self.text:
            phones = block(phones)
        rates = 2.0 ** torch.arange(_WAVES, device=phones.device) * (math.pi / 16)
        turns = told["octave"][..., None] * rates
        voiced = told["voiced"][..., None]
        pitch = torch.cat(
            (turns.sin() * voiced, turns.cos() * voiced, told["octave"][..., None] * voiced, voiced), -1
        )
        clock = 2 * math.pi * torch.stack((told["bar"], 2 * told["bar"], told["beat"], 2 * told["beat"]), -1)
        clock = torch.cat((clock.sin(), clock.cos()), -1) * told["timed"][..., None]
        chord = (self.root(told["root"]), self.bass(told["bass"]), self.quality(told["quality"]))
        section, players = self.section(told["section"]), self.players(told["players"])
        struck = told["struck"].flatten(2)
        return torch.cat(
            (phones, told["place"], pitch, *chord, clock, section, players, struck, told["tones"]), -1
        )


class Layer(nn.Module):
    """Attention over all frames, then SwiGLU, each scaled and shifted by what is known of the whole."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        width, self.width, self.heads = config.width, config.width, config.heads
        self.qkv = nn.Linear(width, 3 * width, bias=False)
        self.out = nn.Linear(width, width, bias=False)
        self.q_norm, self.k_norm = Norm(width // config.heads), Norm(width // config.heads)
        self.gate, self.up = (nn.Linear(width, config.hidden, bias=False) for _ in range(2))
        self.down = nn.Linear(config.hidden, width, bias=False)
        self.table = nn.Parameter(torch.zeros(6, width))

    def forward(self, x: Tensor, moved: Tensor, turn: tuple[Tensor, Tensor]) -> Tensor:
        """x: (B, T, width). moved: (B, 6, width), the same for all layers. turn: rotary cosines and sines."""
        shift_a, scale_a, gate_a, shift_b, scale_b, gate_b = (moved + self.table)[:, :, None].unbind(1)
        seen = functional.layer_norm(x, (self.width,)) * (1 + scale_a) + shift_a
        q, k, v = self.qkv(seen).unflatten(-1, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)
        q, k = turned(self.q_norm(q), *turn), turned(self.k_norm(k), *turn)
        heard = functional.scaled_dot_product_attention(q, k, v)
        x = x + gate_a * self.out(heard.transpose(1, 2).flatten(2))
        seen = functional.layer_norm(x, (self.width,)) * (1 + scale_b) + shift_b
        return x + gate_b * self.down(functional.silu(self.gate(seen)) * self.up(seen))


class Flow(nn.Module):
    """Noisy latents and everything that is told -> velocity of the latents of both stems, and what was understood."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.config = config
        width, both = config.width, 2 * config.latents
        self.register_buffer("centre", torch.zeros(both))
        self.register_buffer("spread", torch.ones(both))
        self.told = Told()
        self.first = nn.Linear(2 * both + 2 + Told.size, width)
        self.genre = nn.Embedding(config.genres + 1, width)
        self.persona = nn.Embedding(config.personas + 1, width)
        self.voice = nn.Embedding(config.voices + 1, width)
        self.character = nn.Linear(len(CHARACTER) + 1, width, bias=False)
        self.mode = nn.Embedding(len(MODES), width)
        self.tempo = nn.Linear(2 * TEMPOS, width, bias=False)
        self.moment = nn.Sequential(nn.Linear(2 * TEMPOS, width), nn.SiLU(), nn.Linear(width, width))
        self.table = nn.Sequential(nn.SiLU(), nn.Linear(width, 6 * width))
        self.layers = nn.ModuleList(Layer(config) for _ in range(config.layers))
        self.last = nn.Linear(width, both)
        self.heads = nn.ModuleDict(
            {
                "phone": nn.Linear(width, len(SYMBOLS)),
                "pitch": nn.Linear(width, PITCHES),
                "root": nn.Linear(width, 13),
            }
        )
        nn.init.zeros_(self.last.weight)
        nn.init.zeros_(self.last.bias)
        for name in (*GLOBALS, "mode"):
            nn.init.normal_(getattr(self, name).weight, std=0.02)
        nn.init.zeros_(self.character.weight)

    def learn_scale(self, latents: Tensor) -> None:
        """Take mean and spread of latents from frames of both stems, (N, 2 latents).

        The spread is half-way to that of all: quiet axes are to count less than loud ones, but not as little as they
        sound.
        """
        widths = latents.std(0)
        self.centre.copy_(latents.mean(0))
        self.spread.copy_((widths * widths.square().mean().sqrt()).sqrt().clamp_min(0.05))

    def forward(
        self, noisy: Tensor, moment: Tensor, kept: Tensor, keep: Tensor, told: Mapping[str, Tensor]
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """noisy, kept: (B, T, 2 latents), of unit spread; kept counts where keep (B, T, 2: voice, band) is 1.

        moment: (B,) 0 noise .. 1 sound. told: fields of `Told.forward`; of GLOBALS, (B, names + 1), shares that sum to
        1; "character" (B, colours + 1); "mode" and "tempo" (octaves from 100 a minute), (B,). Returns velocities and,
        by name, logits of what half the layers understood.
        """
        wide = keep[..., None].expand(-1, -1, -1, self.config.latents).flatten(2)
        x = self.first(torch.cat((noisy, kept * wide, keep, self.told(told)), -1))
        whole = self.moment(waves(moment)) + self.tempo(waves(told["tempo"])) + self.mode(told["mode"])
        for name in GLOBALS:
            whole = whole + told[name] @ getattr(self, name).weight
        whole = whole + self.character(told["character"])
        moved = self.table(whole).unflatten(-1, (6, self.config.width))
        turn = rotations(
            torch.arange(x.shape[1], device=x.device), self.config.width // self.config.heads, 10_000.0
        )
        understood: dict[str, Tensor] = {}
        for number, layer in enumerate(self.layers):
            x = layer(x, moved, turn)
            if number == (len(self.layers) - 1) // 2:
                understood = {name: head(x) for name, head in self.heads.items()}
        return self.last(functional.layer_norm(x, (self.config.width,))), understood


def waves(value: Tensor) -> Tensor:
    """A number (B,) as sines and cosines (B, 2 * TEMPOS)."""
    rates = torch.exp(torch.linspace(math.log(0.5), math.log(500.0), TEMPOS, device=value.device))
    angles = value[:, None].float() * rates
    return torch.cat((angles.sin(), angles.cos()), -1)


def turned(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Queries or keys (B, heads, T, size) with their rotary positions."""
    half = x.shape[-1] // 2
    return x * cos + torch.cat((-x[..., half:], x[..., :half]), -1) * sin


def tiny(latents: int = 8, **known: int) -> Flow:
    """The same network, very small: for tests. known: how many genres, personas, voices."""
    torch.manual_seed(0)
    return Flow(Config(32, 2, 2, 64, latents, **known))
