"""How far a sound is from another, with gradients: the distances of the Descript Audio Codec (Kumar et al. 2023).

Mel: log10 of mel magnitudes at seven sharpnesses, mean absolute difference of each, summed. Spectral: at two windows,
log10 of power and plain magnitude, mean absolute differences, summed. `bench.codec` has the same in numpy.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from songwright.dsp.mel import mel_matrix

MEL_SCALES = ((32, 5), (64, 10), (128, 20), (256, 40), (512, 80), (1024, 160), (2048, 320))
WINDOWS = (2048, 512)
FLOOR = 1e-5
LOW_HZ = 2000.0
"""Below this, phase is compared too."""


class Distances:
    """Distances between batches of sounds (B, frames) at one rate."""

    def __init__(
        self, rate_hz: int, device: torch.device | str = "cpu", windows: Sequence[int] = WINDOWS
    ) -> None:
        """windows: of the spectral distance."""
        self._windows = {
            size: torch.hann_window(size, device=device) for size in {*windows, *(s for s, _ in MEL_SCALES)}
        }
        self._mels = {
            size: torch.tensor(mel_matrix(rate_hz, size, bands), device=device) for size, bands in MEL_SCALES
        }
        self._spectral = tuple(windows)
        self._low = int(LOW_HZ / rate_hz * max(windows))

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

    def spectral(self, one: dict[int, Tensor], other: dict[int, Tensor]) -> Tensor:
        """The spectral distance of two lots of spectra."""
        total = torch.zeros((), device=one[self._spectral[0]].device)
        for size in self._spectral:
            a, b = (_magnitude(spectra[size]) for spectra in (one, other))
            total = total + 2 * (a.clamp_min(FLOOR).log10() - b.clamp_min(FLOOR).log10()).abs().mean()
            total = total + (a - b).abs().mean()
        return total

    def low_phase(self, one: dict[int, Tensor], other: dict[int, Tensor]) -> Tensor:
        """Mean difference of complex spectra below `LOW_HZ`, relative to their size; `one` is the recording."""
        size = max(self._spectral)
        a, b = one[size][:, : self._low], other[size][:, : self._low]
        return _magnitude(a - b).mean() / _magnitude(a).mean().clamp_min(1e-3)


def _magnitude(spectrum: Tensor) -> Tensor:
    """Magnitude whose gradient is finite at zero."""
    return (spectrum.real.square() + spectrum.imag.square() + 1e-14).sqrt()
