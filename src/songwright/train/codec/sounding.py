"""The sound of a decoder's magnitudes, with gradients: phases are found as when a song is made, and then held.

How magnitudes fit together decides how much of them is left in a sound (Griffin & Lim 1984), so a decoder that hears
its own sound learns what one that only sees its magnitudes cannot.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from songwright.runtime.codec import FFT, HOP, LIFT, PAD, RATE_HZ, phased
from songwright.train.distances import Distances

_LEVEL_WINDOW = 1024
_LEVEL = 0.2  # weight of the level of each bin over a whole crop: distances of logarithms alone prefer noise too soft


class Sounding:
    """How far the sound of magnitudes is from a sound."""

    def __init__(self, device: torch.device | str = "cpu") -> None:
        self._distances = Distances(RATE_HZ, device)
        self._window = torch.hann_window(FFT, device=device)
        self._lift = torch.from_numpy(LIFT).to(device)

    def distance(self, sound: Tensor, magnitude: Tensor) -> Tensor:
        """Mel distance of sounds (B, frames) and of what magnitudes (B, frames / HOP, bins) sound like, and a share
        of how far the levels of their bins lie apart.
        """
        truth, made = (self._distances.spectra(one) for one in (sound, self.sound(magnitude)))
        levels = [_levels(spectra[_LEVEL_WINDOW]) for spectra in (truth, made)]
        return self._distances.mel(truth, made) + _LEVEL * (levels[0] - levels[1]).abs().mean()

    def sound(self, magnitude: Tensor) -> Tensor:
        """What `Codec.decode` makes of magnitudes, one round of phases further: (B, frames)."""
        lifted = magnitude * self._lift
        heard = np.stack([phased(one) for one in lifted.detach().cpu().numpy()])
        padded = nn.functional.pad(torch.from_numpy(heard).to(magnitude.device), (PAD, PAD))
        spectrum = torch.stft(padded, FFT, HOP, window=self._window, center=False, return_complex=True)
        return self._joined(lifted.transpose(1, 2) * (spectrum / spectrum.abs().clamp_min(1e-9)))

    def _joined(self, spectrum: Tensor) -> Tensor:
        """The sound of spectra (B, bins, windows): windows laid over each other."""
        waves = torch.fft.irfft(spectrum, FFT, dim=1) * self._window[:, None]
        squares = self._window.square()[None, :, None].expand_as(waves[:1])
        return (_laid(waves) / _laid(squares).clamp_min(1e-8))[:, PAD:-PAD]


def _laid(waves: Tensor) -> Tensor:
    """Windows (B, FFT, count), each a hop after the one before, as one row (B, frames)."""
    frames = (waves.shape[2] - 1) * HOP + FFT
    return nn.functional.fold(waves, (1, frames), (1, FFT), stride=(1, HOP))[:, 0, 0]


def _levels(spectrum: Tensor) -> Tensor:
    """Log10 of the mean power of every bin (B, bins)."""
    return (spectrum.real.square() + spectrum.imag.square()).mean(2).clamp_min(1e-8).log10()
