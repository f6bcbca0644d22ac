"""How far a sound is from another, with gradients: the mel distance of the Descript Audio Codec (Kumar et al. 2023).

Log10 of mel magnitudes at seven sharpnesses, mean absolute difference of each, summed. `bench.codec` has the same in
numpy.
"""

from __future__ import annotations

import torch
from torch import Tensor

from songwright.dsp.mel import mel_matrix

MEL_SCALES = ((32, 5), (64, 10), (128, 20), (256, 40), (512, 80), (1024, 160), (2048, 320))
FLOOR = 1e-5


class Distances:
    """Distances between batches of sounds (B, frames) at one rate."""

    def __init__(self, rate_hz: int, device: torch.device | str = "cpu") -> None:
        self._windows = {size: torch.hann_window(size, device=device) for size, _ in MEL_SCALES}
        self._mels = {
            size: torch.tensor(mel_matrix(rate_hz, size, bands), device=device) for size, bands in MEL_SCALES
        }

    def spectra(self, sound: Tensor) -> dict[int, Tensor]:
        """Complex spectra at every window size in use: (B, bins, windows)."""
        return {
            size: torch.stft(sound, size, size // 4, window=window, return_complex=True)
            for size, window in self._windows.items()
        }

    def mel(self, one: dict[int, Tensor], other: dict[int, Tensor]) -> Tensor:
        """The mel distance of two lots of spectra."""
        total = torch.zeros((), device=one[MEL_SCALES[0][0]].device)
        for size, bands in self._mels.items():
            a, b = (_magnitude(spectra[size]).transpose(1, 2) @ bands for spectra in (one, other))
            total = total + (a.clamp_min(FLOOR).log10() - b.clamp_min(FLOOR).log10()).abs().mean()
        return total


def _magnitude(spectrum: Tensor) -> Tensor:
    """Magnitude whose gradient is finite at zero."""
    return (spectrum.real.square() + spectrum.imag.square() + 1e-14).sqrt()
