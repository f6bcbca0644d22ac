"""How far a sound is from another to the ear: spectra at several sharpnesses, fine and on the mel scale.

Training minimises the spectral energy distance (Gritsenko et al. 2020): twice the distance to the recording less the
distance between two renderings with different noise. A plain distance would reward a voice without any noise, for
the wrong noise costs more than none; the energy distance is least when the noise is as in nature, which is otherwise
what an adversary is trained for.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from songwright.singer.fullband import RATE_HZ, mel
from songwright.train.nets.vocoder import TOP_HZ

FFTS = (512, 1024, 2048, 4096)
MELS = (40, 80, 160, 240)
QUIET = 1e-3
"""Magnitudes (Hann window, full scale 1) below this count as silence."""


class SpectralDistance:
    """Distances between sounds (..., frames): log and linear magnitude at `FFTS`, log mel at `MELS` bands."""

    def __init__(self, device: torch.device | str = "cpu") -> None:
        self._windows = [torch.hann_window(size, device=device) for size in FFTS]
        self._mels = [
            torch.tensor(mel_bands(size, bands), dtype=torch.float32, device=device)
            for size, bands in zip(FFTS, MELS, strict=True)
        ]

    def spectra(self, sound: Tensor) -> list[tuple[Tensor, Tensor, Tensor]]:
        """Magnitude, its logarithm and the logarithm of its mel bands at each sharpness."""
        flat = sound.reshape(-1, sound.shape[-1])
        out = []
        for size, window, bands in zip(FFTS, self._windows, self._mels, strict=True):
            pieces = flat.unfold(-1, size, size // 4) * window
            spectrum = torch.fft.rfft(pieces)[..., : len(bands)]
            power = spectrum.real.square() + spectrum.imag.square()
            size_of = (power + 1e-9).sqrt()
            out.append(
                (
                    size_of,
                    0.5 * power.clamp_min(QUIET**2).log(),
                    (size_of @ bands).clamp_min(QUIET).log(),
                )
            )
        return out

    def between(self, one: list[tuple[Tensor, ...]], other: list[tuple[Tensor, ...]]) -> Tensor:
        """Mean distance of two lists of `spectra`."""
        total = torch.zeros((), device=one[0][0].device)
        for (size_a, log_a, mel_a), (size_b, log_b, mel_b) in zip(one, other, strict=True):
            total = total + (log_a - log_b).abs().mean()
            total = total + (size_a - size_b).abs().mean() / size_a.detach().mean()
            total = total + (mel_a - mel_b).abs().mean()
        return total / len(FFTS)


def mel_bands(size: int, bands: int) -> np.ndarray:
    """Triangles of unit sum between mel-spaced corners over the bins of an FFT of `size` below `TOP_HZ`,
    (bins, bands)."""
    hz = RATE_HZ / size * np.arange(int(TOP_HZ / RATE_HZ * size))
    corners = 700.0 * np.expm1(np.linspace(0.0, float(mel(TOP_HZ)), bands + 2) / 1127.0)
    width = np.maximum(np.diff(corners), RATE_HZ / size)  # low bands are never narrower than a bin
    rise = 1 + (hz[:, None] - corners[None, 1:-1]) / width[None, :-1]
    fall = 1 - (hz[:, None] - corners[None, 1:-1]) / width[None, 1:]
    weights = np.clip(np.minimum(rise, fall), 0.0, None)
    return weights / weights.sum(axis=0, keepdims=True)
