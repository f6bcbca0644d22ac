"""How far a copy of a sound is from the sound: the distances of the Descript Audio Codec, in numpy.

Kumar et al., "High-fidelity audio compression with improved RVQGAN" (2023): mel distance, at seven windows of 32 to
2048 samples with 5 to 320 Slaney mel bands, the mean |log10 max(mel, 1e-5)| difference of magnitudes, summed; STFT
distance, at windows of 2048 and 512, the mean |log10 of squared magnitude| difference plus that of magnitudes, summed.
Hann windows, hop a quarter, ends reflected. `train.distances` has the same with gradients.
"""

from __future__ import annotations

import numpy as np

from songwright.dsp.mel import mel_matrix, spectra
from songwright.guard.pitch import sung_f0

MEL_SCALES = ((32, 5), (64, 10), (128, 20), (256, 40), (512, 80), (1024, 160), (2048, 320))
WINDOWS = (2048, 512)
FLOOR = 1e-5


def mel_distance(one: np.ndarray, other: np.ndarray, rate_hz: int) -> float:
    """Mel distance of two sounds (frames,) of one length."""
    total = 0.0
    for size, bands in MEL_SCALES:
        a, b = (_magnitude(sound, size) @ mel_matrix(rate_hz, size, bands) for sound in (one, other))
        total += float(np.abs(_log10(a) - _log10(b)).mean())
    return total


def stft_distance(one: np.ndarray, other: np.ndarray) -> float:
    """STFT distance of two sounds (frames,) of one length."""
    total = 0.0
    for size in WINDOWS:
        a, b = (_magnitude(sound, size) for sound in (one, other))
        total += 2 * float(np.abs(_log10(a) - _log10(b)).mean()) + float(np.abs(a - b).mean())
    return total


def pitch_distance(one: np.ndarray, other: np.ndarray, rate_hz: int) -> tuple[float, float, float]:
    """How far the pitch heard in a copy is from that of the sound: median cents, share of frames more than 50 cents
    off, share where only one of them is voiced.

    The first two over frames that are voiced in both (WORLD's DIO and StoneMask); nan where there are none.
    """
    a, b = sung_f0(one, rate_hz), sung_f0(other, rate_hz)
    count = min(len(a), len(b))
    a, b = a[:count], b[:count]
    both, either = (a > 0) & (b > 0), (a > 0) | (b > 0)
    if not both.any():
        return float("nan"), float("nan"), float("nan")
    cents = np.abs(1200 * np.log2(b[both] / a[both]))
    return float(np.median(cents)), float(np.mean(cents > 50)), float(1 - both.sum() / either.sum())


def _magnitude(sound: np.ndarray, size: int) -> np.ndarray:
    return np.abs(spectra(sound, size, size // 4, size // 2))


def _log10(magnitude: np.ndarray) -> np.ndarray:
    return np.log10(np.maximum(magnitude, FLOOR))
