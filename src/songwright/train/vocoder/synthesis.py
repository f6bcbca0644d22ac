"""The renderer of the singer (`singer.glottis`) once more, for many phrases at once and with gradients."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from songwright.singer.glottis import HOP, LEAD
from songwright.singer.spectrum import BINS, FFT


@dataclass(frozen=True, eq=False)
class Source:
    """What the folds of B phrases do. phrase, at, strength (N,): which phrase, sample (fractional), amplitude."""

    phrase: Tensor
    at: Tensor
    strength: Tensor


def pulse_sound(level: Tensor, phase: Tensor, source: Source) -> Tensor:
    """Pulses through a tract of log amplitudes and phases (B, T, BINS): sound (B, (T - 1) * HOP)."""
    batch, count, _ = level.shape
    frames = (count - 1) * HOP
    row = (source.at / HOP).clamp(0, count - 1.001)
    low = row.long()
    part = (row - low).float()[:, None]
    first = source.phrase * count + low
    level, phase = level.reshape(-1, BINS), phase.reshape(-1, BINS)
    strength = torch.lerp(level[first], level[first + 1], part)
    turn = torch.lerp(phase[first], phase[first + 1], part)
    whole = source.at.floor()
    omega = 2 * torch.pi / FFT * torch.arange(BINS, device=level.device)
    turn = turn - omega * ((source.at - whole).float() + LEAD)[:, None]
    waves = torch.fft.irfft(torch.polar(strength.exp() * source.strength[:, None], turn), n=FFT)
    length = frames + FFT
    places = (source.phrase * length + whole.long())[:, None] + torch.arange(FFT, device=level.device)
    out = torch.zeros(batch * length, device=level.device)
    out = out.index_add(0, places.reshape(-1), waves.reshape(-1))
    out = out.reshape(batch, length)
    return torch.nn.functional.pad(out, (0, LEAD))[:, LEAD : LEAD + frames]


def air_sound(level: Tensor, phase: Tensor, noises: Tensor) -> Tensor:
    """Noises (K, B, (T + 1) * HOP) of unit power through the same tract (B, T, BINS): (K, B, (T - 1) * HOP)."""
    count = level.shape[1]
    window = torch.hann_window(2 * HOP, device=level.device)
    pieces = noises.unfold(-1, 2 * HOP, HOP)[..., :count, :] * window
    spectra = torch.fft.rfft(pieces, n=FFT) * torch.polar(level.exp(), phase)
    blocks = -(-FFT // HOP)
    waves = torch.nn.functional.pad(torch.fft.irfft(spectra, n=FFT).roll(LEAD, -1), (0, blocks * HOP - FFT))
    waves = waves.unflatten(-1, (blocks, HOP))
    out = waves.new_zeros(*waves.shape[:2], count + blocks - 1, HOP)
    for block in range(blocks):
        out[..., block : block + count, :] += waves[..., block, :]
    begin = HOP + LEAD
    return out.flatten(-2)[..., begin : begin + (count - 1) * HOP]
