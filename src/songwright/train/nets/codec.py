"""The codec's networks: a mel spectrum to a few latents a frame, and latents to spectra of a sound.

The encoder is a variational autoencoder's (Kingma & Welling 2014) over log mel; the decoder gives amplitude and phase
of each bin, so that one inverse Fourier transform makes the sound (Siuzdak 2023, Vocos). With `groups` the bottleneck
is finite scalar quantisation instead (Mentzer et al. 2024): the discrete rival.
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


@dataclass(frozen=True)
class Config:
    """encoder, decoder: channels. encoding: blocks at 62.5 and 31.25 Hz; decoding: at 31.25 and 62.5 Hz.

    latents: numbers a frame at 31.25 Hz. groups: 0 = continuous latents; else codes a frame, each of 1,000.
    """

    encoder: int = 160
    decoder: int = 320
    encoding: tuple[int, int] = (4, 2)
    decoding: tuple[int, int] = (1, 5)
    latents: int = 64
    groups: int = 0


SIZES = {
    "tiny": Config(16, 16, (1, 1), (1, 1), 8),
    "small": Config(),
    "base": Config(256, 512, (6, 2), (1, 7)),
}


class Encoder(nn.Module):
    """Log mel (B, T, MELS) -> means and log variances (B, T / 2, latents); T even."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        width = config.encoder
        self.first = nn.Conv1d(MELS, width, 7, padding=3)
        self.fine = nn.ModuleList(Block(width) for _ in range(config.encoding[0]))
        self.down = nn.Conv1d(width, width, 4, stride=2, padding=1)
        self.coarse = nn.ModuleList(Block(width) for _ in range(config.encoding[1]))
        self.norm = nn.LayerNorm(width)
        self.last = nn.Linear(width, 2 * config.latents)

    def forward(self, mel: Tensor) -> tuple[Tensor, Tensor]:
        """The mean and the log variance of every latent."""
        x = self.first(mel.transpose(1, 2)).transpose(1, 2)
        for block in self.fine:
            x = block(x)
        x = self.down(x.transpose(1, 2)).transpose(1, 2)
        for block in self.coarse:
            x = block(x)
        mean, spread = self.last(self.norm(x)).chunk(2, -1)
        return mean, spread.clamp(-14.0, 4.0)


class Decoder(nn.Module):
    """Latents (B, T, latents) -> spectra (B, 2 T, BINS): real and imaginary parts."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        width = config.decoder
        self.first = nn.Conv1d(config.latents, width, 7, padding=3)
        self.coarse = nn.ModuleList(Block(width) for _ in range(config.decoding[0]))
        self.up = nn.Conv1d(width, width, 3, padding=1)
        self.fine = nn.ModuleList(Block(width) for _ in range(config.decoding[1]))
        self.norm = nn.LayerNorm(width)
        self.last = nn.Linear(width, 2 * BINS)

    def forward(self, latents: Tensor) -> tuple[Tensor, Tensor]:
        """Real and imaginary part of every bin, in float32."""
        x = self.first(latents.transpose(1, 2)).transpose(1, 2)
        for block in self.coarse:
            x = block(x)
        x = self.up(x.repeat_interleave(2, dim=1).transpose(1, 2)).transpose(1, 2)
        for block in self.fine:
            x = block(x)
        size, turn = self.last(self.norm(x)).float().chunk(2, -1)
        size = size.clamp(max=_LOUDEST).exp()
        return size * turn.cos(), size * turn.sin()


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
    def codes_of(self, latents: Tensor) -> Tensor:
        """The codes (..., groups) of latents that `latents` or `forward` gave."""
        stepped = (latents - self.out.bias) @ torch.linalg.pinv(self.out.weight).T * self.reach
        return self.codes(torch.minimum(torch.maximum(stepped, -self._lowest()), self.reach.floor()))

    @torch.no_grad()
    def learn_axes(self, latents: Tensor) -> None:
        """Begin where steps of these latents (N, latents) lose least: along their principal axes, used evenly."""
        centre = latents.mean(0)
        _, sizes, axes = torch.linalg.svd(latents - centre, full_matrices=False)
        count = min(len(self.levels), len(sizes))
        widths = (sizes[:count] / len(latents) ** 0.5).clamp_min(1e-4)
        self.into.weight[:count] = axes[:count] / widths[:, None]
        self.into.bias.copy_(-self.into.weight @ centre)
        self.out.weight.zero_()
        self.out.bias.zero_()
        near = torch.cat((self.bound(latents).round() / self.reach, torch.ones_like(latents[:, :1])), 1)
        back = torch.linalg.pinv(near) @ latents
        self.out.weight.copy_(back[:-1].T)
        self.out.bias.copy_(back[-1])

    def _lowest(self) -> Tensor:
        """How far the lowest step of each number lies below zero."""
        return torch.where(self.levels % 2 == 0, self.levels / 2, self.reach)


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
        with torch.no_grad():  # begin as soft noise, not as a bang
            self.decoder.last.weight *= 0.1
            self.decoder.last.bias[:BINS] = -3.0
            self.decoder.last.bias[BINS:].uniform_(-3.0, 3.0)
            self.encoder.last.bias[config.latents :] = -4.0

    def mel(self, sound: Tensor) -> Tensor:
        """Log mel of sounds (B, frames), frames a multiple of 1024: (B, frames / HOP, MELS)."""
        spectrum = torch.stft(
            nn.functional.pad(sound, (PAD, PAD)),
            FFT,
            HOP,
            window=self.window,
            center=False,
            return_complex=True,
        )
        bands = spectrum.abs().transpose(1, 2) @ self.bands
        return (bands.clamp_min(FLOOR).log() - CENTRE) / SPREAD

    def sound(self, real: Tensor, imaginary: Tensor) -> Tensor:
        """Sounds (B, T * HOP) of spectra (B, T, BINS): `runtime.codec.sound_of` with gradients."""
        waves = torch.fft.irfft(torch.complex(real, imaginary), FFT) * self.window
        frames = (waves.shape[1] - 1) * HOP + FFT

        def added(pieces: Tensor) -> Tensor:
            return nn.functional.fold(pieces.transpose(1, 2), (1, frames), (1, FFT), stride=(1, HOP))[:, 0, 0]

        weight = added(self.window.square().expand(1, waves.shape[1], FFT))
        return (added(waves) / weight.clamp_min(1e-8))[:, PAD:-PAD]

    def latents(self, mel: Tensor) -> Tensor:
        """The latents a decoder is given when nothing is left to chance."""
        mean, _ = self.encoder(mel)
        return self.steps(mean)[0] if self.steps is not None else mean


def tiny(groups: int = 0) -> CodecNet:
    """The same network, very small: for tests."""
    torch.manual_seed(0)
    return CodecNet(Config(16, 16, (1, 1), (1, 1), 8, groups))
