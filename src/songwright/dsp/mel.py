"""The mel scale after Slaney, short spectra of a sound, and back to a sound: what codecs are fed and measured with.

Bands are triangles of equal area between corners that lie evenly on Slaney's scale (Auditory Toolbox, 1998): linear to
1 kHz, logarithmic above; the same as librosa's default, which published distances use.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import scipy

_HZ_A_STEP, _BREAK_HZ = 200.0 / 3.0, 1000.0
_BREAK = _BREAK_HZ / _HZ_A_STEP
_LOG_STEP = np.log(6.4) / 27.0


def mel_of(hz: np.ndarray | float) -> np.ndarray:
    """Frequency in Hz as Slaney's mel."""
    hz = np.asarray(hz, dtype=np.float64)
    high = _BREAK + np.log(np.maximum(hz, _BREAK_HZ) / _BREAK_HZ) / _LOG_STEP
    return np.where(hz < _BREAK_HZ, hz / _HZ_A_STEP, high)


def hz_of(mel: np.ndarray | float) -> np.ndarray:
    """Slaney's mel as frequency in Hz."""
    mel = np.asarray(mel, dtype=np.float64)
    high = _BREAK_HZ * np.exp(_LOG_STEP * (np.maximum(mel, _BREAK) - _BREAK))
    return np.where(mel < _BREAK, mel * _HZ_A_STEP, high)


@lru_cache(maxsize=32)
def mel_matrix(
    rate_hz: float, size: int, bands: int, low_hz: float = 0.0, high_hz: float | None = None
) -> np.ndarray:
    """Which bins of an FFT of `size` belong to which mel band: float32 (size // 2 + 1, bands), read-only."""
    hz = np.fft.rfftfreq(size, 1.0 / rate_hz)
    top = rate_hz / 2 if high_hz is None else high_hz
    corners = hz_of(np.linspace(mel_of(low_hz), mel_of(top), bands + 2))
    slopes = hz[:, None] - corners[None, :]
    rise = slopes[:, :-2] / np.diff(corners)[None, :-1]
    fall = -slopes[:, 2:] / np.diff(corners)[None, 1:]
    weights = np.clip(np.minimum(rise, fall), 0.0, None) * (2.0 / (corners[2:] - corners[:-2]))
    matrix = weights.astype(np.float32)
    matrix.flags.writeable = False
    return matrix


def spectra(sound: np.ndarray, size: int, hop: int, pad: int, mode: str = "reflect") -> np.ndarray:
    """Spectra of one channel (frames,) under a periodic Hann window: complex64 (windows, size // 2 + 1).

    pad: samples put on either side before; mode: how, as numpy.pad knows it.
    """
    padded = np.pad(np.asarray(sound, np.float32), pad, mode=mode)  # type: ignore[call-overload]
    views = np.lib.stride_tricks.sliding_window_view(padded, size)[::hop]
    return scipy.fft.rfft(views * window(size), axis=1)


def overlap_add(pieces: np.ndarray, size: int, hop: int, pad: int) -> np.ndarray:
    """The sound whose windowed spectra these are (Griffin & Lim 1984): float32, windows * hop + size - hop - 2 pad.

    pieces: complex (windows, size // 2 + 1), size a multiple of hop. pad: samples cut off at either end.
    """
    count, parts = len(pieces), size // hop
    waves = (scipy.fft.irfft(pieces, size, axis=1).astype(np.float32) * window(size)).reshape(
        count, parts, hop
    )
    square = (window(size) ** 2).reshape(parts, hop)
    total = np.zeros((count - 1 + parts, hop), np.float32)
    weight = np.zeros_like(total)
    for part in range(parts):  # all windows at once, hop by hop of them
        total[part : part + count] += waves[:, part]
        weight[part : part + count] += square[part]
    inside = slice(pad, total.size - pad)
    return total.ravel()[inside] / np.maximum(weight.ravel()[inside], 1e-8)


@lru_cache(maxsize=16)
def window(size: int) -> np.ndarray:
    """The periodic Hann window, float32, read-only."""
    made = np.hanning(size + 1)[:-1].astype(np.float32)
    made.flags.writeable = False
    return made
