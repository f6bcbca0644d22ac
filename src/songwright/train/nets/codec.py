"""The codec's networks: a mel spectrum to a few numbers a frame, and those to how loud each bin of a spectrum is.

The encoder is linear: two frames of log mel along their principal axes (Karhunen 1947, Loeve 1948), in closed form. The
decoder starts from the mel spectrum those numbers still tell and a ConvNeXt network sharpens it; phases are found
afterwards by arithmetic (`runtime.codec`). With `groups` the numbers are quantised as finite scalars (Mentzer et al.
2024): the discrete rival.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from songwright.dsp.mel import mel_matrix
from songwright.runtime.codec import CENTRE, FFT, FLOOR, HIGH_HZ, HOP, LOW_HZ, MELS, PAD, RATE_HZ, SPREAD
from songwright.train.nets.convnext import Block

BINS = FFT // 2 + 1
LEVELS = (8, 5, 5, 5)
"""Steps of the four scalars of one group: 1,000 codes."""
_LOUDEST = 8.0  # natural logarithm of the largest magnitude of a bin
_SOFTEST = 1e-4
_BOLD = (
    0.7  # width of an axis where its number begins to be bounded: 1 uses steps most evenly, less bends less
)
_ROUNDED = 0.08  # share of a bell's square that five steps lose


@dataclass(frozen=True)
class Config:
    """decoder: channels. decoding: blocks at 31.25 and 62.5 Hz. latents: numbers a frame at 31.25 Hz.

    groups: 0 = continuous latents; else codes a frame, each of 1,000.
    """

    decoder: int = 320
    decoding: tuple[int, int] = (1, 5)
    latents: int = 96
    groups: int = 0


SIZES = {
    "tiny": Config(16, (1, 1), 8),
    "small": Config(),
    "base": Config(512, (1, 7)),
}


class Encoder(nn.Module):
    """Log mel (B, T, MELS) -> latents (B, T / 2, latents), the largest axis first; T even."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(2 * MELS))
        self.register_buffer("axes", torch.eye(2 * MELS)[:, : config.latents].clone())
        self.register_buffer("widths", torch.ones(config.latents))

    def forward(self, mel: Tensor) -> Tensor:
        """Two frames of mel as one of latents."""
        return (mel.unflatten(1, (-1, 2)).flatten(2) - self.mean) @ self.axes

    def back(self, latents: Tensor) -> Tensor:
        """The log mel that latents still tell, (B, 2 T, MELS)."""
        return (latents @ self.axes.T + self.mean).unflatten(2, (2, MELS)).flatten(1, 2)

    @torch.no_grad()
    def learn(self, mel: Tensor) -> None:
        """Take the principal axes of two frames of log mel, (B, T, MELS)."""
        pairs = mel.unflatten(1, (-1, 2)).flatten(0, 1).flatten(1).double()
        centre = pairs.mean(0)
        sizes, axes = torch.linalg.eigh((pairs - centre).T @ (pairs - centre) / len(pairs))
        order = sizes.argsort(descending=True)[: self.axes.shape[1]]
        # which way an axis points is chance; the largest share points up
        axes = axes[:, order]
        signs = axes.gather(0, axes.abs().argmax(0, keepdim=True)).sign()
        self.mean.copy_(centre)
        self.axes.copy_(axes * signs)
        self.widths.copy_(sizes[order].clamp_min(1e-6).sqrt())


class Decoder(nn.Module):
    """Latents (B, T, latents) and the mel they tell -> magnitudes of spectra (B, 2 T, BINS)."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        width = config.decoder
        self.first = nn.Conv1d(config.latents, width, 7, padding=3)
        self.coarse = nn.ModuleList(Block(width) for _ in range(config.decoding[0]))
        self.up = nn.Conv1d(width, width, 3, padding=1)
        self.fine = nn.ModuleList(Block(width) for _ in range(config.decoding[1]))
        self.norm = nn.LayerNorm(width)
        self.last = nn.Linear(width, BINS)
        nn.init.zeros_(self.last.weight)
        nn.init.zeros_(self.last.bias)
        bands = mel_matrix(RATE_HZ, FFT, MELS, LOW_HZ, HIGH_HZ)
        inverse, even = np.linalg.pinv(bands), bands.T / np.maximum(bands.sum(0)[:, None], 1e-9)
        self.register_buffer("inverse", torch.tensor(inverse, dtype=torch.float32), persistent=False)
        self.register_buffer("even", torch.tensor(even, dtype=torch.float32), persistent=False)

    def forward(self, latents: Tensor, mel: Tensor) -> Tensor:
        """How loud every bin is, in float32. latents: of unit width. mel: log mel (B, 2 T, MELS)."""
        x = self.first(latents.transpose(1, 2)).transpose(1, 2)
        for block in self.coarse:
            x = block(x)
        x = self.up(x.repeat_interleave(2, dim=1).transpose(1, 2)).transpose(1, 2)
        for block in self.fine:
            x = block(x)
        return (self.plain(mel) + self.last(self.norm(x)).float()).clamp(max=_LOUDEST).exp()

    def plain(self, mel: Tensor) -> Tensor:
        """Log magnitudes of bins without a network: the mel bands undone, nowhere far below their surroundings."""
        bands = (mel.float() * SPREAD + CENTRE).exp()
        return torch.maximum(bands @ self.inverse, 0.1 * bands @ self.even).clamp_min(_SOFTEST).log()


class Steps(nn.Module):
    """Finite scalar quantisation: latents become groups of four numbers that know only a few steps each."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.groups = config.groups
        self.into = nn.Linear(config.latents, len(LEVELS) * config.groups)
        self.out = nn.Linear(len(LEVELS) * config.groups, config.latents)
        self.register_buffer("levels", torch.tensor(LEVELS * config.groups).float(), persistent=False)
        self.register_buffer("reach", (self.levels - 1) / 2, persistent=False)

    def forward(self, latents: Tensor) -> tuple[Tensor, Tensor]:
        """The latents as they come back, and their codes (B, T, groups), 0..999. Gradients pass the rounding."""
        bound = self.bound(latents)
        stepped = bound + (bound.round() - bound).detach()
        return self.out(stepped / self.reach), self.codes(stepped.detach())

    def bound(self, latents: Tensor) -> Tensor:
        """Each number between its lowest and its highest step."""
        # an even number of steps lies half a step off the middle
        shift = torch.where(self.levels % 2 == 0, 0.5, 0.0)
        return torch.tanh(self.into(latents).float() + torch.atanh(shift / self.reach)) * self.reach - shift

    def codes(self, stepped: Tensor) -> Tensor:
        """One whole number for each group of steps."""
        digits = (stepped + self._lowest()).round().long()
        base = torch.tensor(np.cumprod((1, *LEVELS[:-1])), device=stepped.device)
        return (digits.unflatten(-1, (self.groups, len(LEVELS))) * base).sum(-1)

    def latents(self, codes: Tensor) -> Tensor:
        """The latents of codes (..., groups): what `forward` gave beside them."""
        base = torch.tensor(np.cumprod((1, *LEVELS[:-1])), device=codes.device)
        digits = codes[..., None] // base % torch.tensor(LEVELS, device=codes.device)
        return self.out((digits.flatten(-2) - self._lowest()) / self.reach)

    @torch.no_grad()
    def learn_axes(self, latents: Tensor) -> None:
        """Begin where steps of these latents (N, latents) lose least: along their principal axes, finest first.

        The widest axes get several numbers, which step at different places and so together make finer steps.
        """
        centre = latents.mean(0)
        _, sizes, axes = torch.linalg.svd(latents - centre, full_matrices=False)
        widths = (sizes / len(latents) ** 0.5).clamp_min(1e-4)
        shares = _shared_out(widths, len(self.levels))
        finest = self.levels.argsort(descending=True, stable=True).split(shares)
        self.into.weight.zero_()
        shifts = torch.zeros_like(self.into.bias)
        for axis, width, numbers in zip(axes, widths, finest, strict=False):
            count = len(numbers)
            self.into.weight[numbers] = axis * (_BOLD / (width * max(count, 1) ** 0.75))
            places = (torch.arange(count, device=shifts.device) + 0.5) / max(count, 1) - 0.5
            shifts[numbers] = places / self.reach[numbers]
        self.into.bias.copy_(shifts - self.into.weight @ centre)
        near = torch.cat((self.bound(latents).round() / self.reach, torch.ones_like(latents[:, :1])), 1)
        back = torch.linalg.pinv(near) @ latents
        self.out.weight.copy_(back[:-1].T)
        self.out.bias.copy_(back[-1])

    def _lowest(self) -> Tensor:
        """How far the lowest step of each number lies below zero."""
        return torch.where(self.levels % 2 == 0, self.levels / 2, self.reach)


def _shared_out(widths: Tensor, numbers: int) -> list[int]:
    """How many of so many numbers each axis gets: one after the other, each where most is still lost."""
    shares = [0] * len(widths)
    lost = widths.square().tolist()
    for _ in range(numbers):
        axis = lost.index(max(lost))
        shares[axis] += 1
        lost[axis] = _ROUNDED * float(widths[axis]) ** 2 / shares[axis] ** 2
    return shares


class CodecNet(nn.Module):
    """Both ends and what is between them."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.config = config
        self.encoder, self.decoder = Encoder(config), Decoder(config)
        self.steps = Steps(config) if config.groups else None
        self.register_buffer(
            "bands", torch.tensor(mel_matrix(RATE_HZ, FFT, MELS, LOW_HZ, HIGH_HZ)), persistent=False
        )
        self.register_buffer("window", torch.hann_window(FFT), persistent=False)

    def magnitude(self, sound: Tensor) -> Tensor:
        """Magnitudes of spectra of sounds (B, frames), frames a multiple of 1024: (B, frames / HOP, BINS)."""
        padded = nn.functional.pad(sound, (PAD, PAD))
        spectrum = torch.stft(padded, FFT, HOP, window=self.window, center=False, return_complex=True)
        return spectrum.abs().transpose(1, 2)

    def mel(self, sound: Tensor) -> Tensor:
        """Log mel of sounds (B, frames), frames a multiple of 1024: (B, frames / HOP, MELS)."""
        return self.mel_of(self.magnitude(sound))

    def mel_of(self, magnitude: Tensor) -> Tensor:
        """Log mel of magnitudes (B, T, BINS)."""
        return ((magnitude @ self.bands).clamp_min(FLOOR).log() - CENTRE) / SPREAD

    def latents(self, mel: Tensor) -> Tensor:
        """The latents of a log mel, as a decoder is given them."""
        exact = self.encoder(mel)
        return self.steps(exact)[0] if self.steps is not None else exact

    def decoded(self, latents: Tensor) -> Tensor:
        """Magnitudes (B, 2 T, BINS) of latents (B, T, latents)."""
        return self.decoder(latents / self.encoder.widths, self.encoder.back(latents))


def tiny(groups: int = 0) -> CodecNet:
    """The same network, very small: for tests."""
    torch.manual_seed(0)
    return CodecNet(Config(16, (1, 1), 8, groups))
