"""Which pitch is heard when: the fundamental of a voice or a single-line instrument.

YIN (A. de Cheveigne & H. Kawahara, JASA 111, 2002), its difference function by FFT, with a parabola through
the dip.
"""

from __future__ import annotations

import numpy as np
import scipy.fft

RATE_HZ = 48_000
_CHUNK = 512


def track_f0(
    samples: np.ndarray,
    low_hz: float = 60.0,
    high_hz: float = 1000.0,
    hop_s: float = 0.005,
    rate_hz: float = RATE_HZ,
) -> tuple[np.ndarray, np.ndarray]:
    """Fundamental frequency and how sure it is, every `hop_s`; two float64 arrays (windows,).

    samples: one channel. Window i is centred on i * hop_s. The second array is the normalised difference at
    the dip: near 0 for a clean tone, near 1 for noise; below about 0.15 count it as voiced. f0 is given
    everywhere.
    """
    longest = int(rate_hz / low_hz) + 2
    shortest = max(2, int(rate_hz / high_hz))
    window = 2 * longest
    hop = hop_s * rate_hz
    count = int(len(samples) / hop) + 1
    padded = np.pad(np.asarray(samples, dtype=np.float64), (window // 2 + longest // 2, 2 * window))
    f0, doubt = np.empty(count), np.empty(count)
    starts = np.round(np.arange(count) * hop).astype(int)
    for first in range(0, count, _CHUNK):
        here = starts[first : first + _CHUNK]
        pieces = np.lib.stride_tricks.sliding_window_view(padded, window + longest)[here]
        lag, depth = _dips(pieces, window, shortest, longest)
        f0[first : first + _CHUNK], doubt[first : first + _CHUNK] = rate_hz / lag, depth
    return f0, doubt


def _dips(pieces: np.ndarray, window: int, shortest: int, longest: int) -> tuple[np.ndarray, np.ndarray]:
    """Lag (fractional frames) and depth of the first deep dip of the normalised difference, row by row."""
    size = scipy.fft.next_fast_len(pieces.shape[1] + window, real=True)
    spectrum = scipy.fft.rfft(pieces, size)
    cross = scipy.fft.irfft(spectrum * np.conj(scipy.fft.rfft(pieces[:, :window], size)), size)[:, :longest]
    power = np.cumsum(np.pad(np.square(pieces), ((0, 0), (1, 0))), axis=1)
    energy = power[:, window : window + longest] - power[:, :longest]
    difference = np.maximum(energy[:, :1] + energy - 2.0 * cross, 0.0)
    difference[:, 0] = 0.0
    mean = np.cumsum(difference, axis=1) / np.maximum(np.arange(longest), 1)
    normal = np.where(mean > 1e-12, difference / np.maximum(mean, 1e-12), 1.0)
    inner = normal[:, shortest : longest - 1]
    deep = inner < np.maximum(0.1, inner.min(axis=1, keepdims=True) * 1.2 + 0.02)
    dip = (inner <= normal[:, shortest - 1 : longest - 2]) & (inner <= normal[:, shortest + 1 : longest])
    found = deep & dip
    first = np.where(found.any(axis=1), found.argmax(axis=1), inner.argmin(axis=1)) + shortest
    rows = np.arange(len(pieces))
    before, at, after = (normal[rows, first + step] for step in (-1, 0, 1))
    bend = before - 2.0 * at + after
    shift = np.where(bend > 1e-12, 0.5 * (before - after) / np.maximum(bend, 1e-12), 0.0)
    return first + np.clip(shift, -0.5, 0.5), at
