"""Which frequencies a sound is made of: bands, brightness, coloured noise."""

from __future__ import annotations

import numpy as np
import scipy

RATE_HZ = 48_000
THIRD_OCTAVES_HZ = np.array([1000.0 * 2.0 ** (n / 3.0) for n in range(-16, 13)])  # 25 Hz .. 16 kHz
_CHUNK = 256


def stft_power(samples: np.ndarray, size: int, hop: int) -> np.ndarray:
    """Power spectra of one channel, Hann window, float32 (windows, size // 2 + 1).

    Window i is centred on frame i * hop (ends are padded with silence). Scaled so that a full-scale sine
    peaks at 0.25 (its amplitude 1/2, squared).
    """
    samples = np.asarray(samples, dtype=np.float32)
    window = np.hanning(size + 1)[:-1].astype(np.float32)
    padded = np.pad(samples, (size // 2, size))
    count = len(samples) // hop + 1
    views = np.lib.stride_tricks.sliding_window_view(padded, size)[::hop][:count]
    power = np.empty((count, size // 2 + 1), dtype=np.float32)
    scale = np.float32(1.0 / window.sum())
    for start in range(0, count, _CHUNK):
        spectrum = scipy.fft.rfft(views[start : start + _CHUNK] * (window * scale))
        power[start : start + _CHUNK] = spectrum.real**2 + spectrum.imag**2
    return power


def band_matrix(size: int, centres_hz: np.ndarray = THIRD_OCTAVES_HZ, rate_hz: float = RATE_HZ) -> np.ndarray:
    """Which bins of a `size` spectrum belong to which third-octave band; float32 (bins, bands).

    Bins below the lowest and above the highest band join these, so that no energy is lost.
    """
    hz = np.fft.rfftfreq(size, 1.0 / rate_hz)
    edges = np.sqrt(centres_hz[1:] * centres_hz[:-1])
    matrix = np.zeros((len(hz), len(centres_hz)), dtype=np.float32)
    matrix[np.arange(len(hz)), np.searchsorted(edges, hz)] = 1.0
    return matrix


def band_power(samples: np.ndarray, size: int = 4096, rate_hz: float = RATE_HZ) -> np.ndarray:
    """Mean square in each third-octave band (`THIRD_OCTAVES_HZ`) of consecutive stretches of `size` frames.

    samples: (channels, frames); channels are averaged; the last stretch is padded. float64 (stretches,
    bands). Stretches do not overlap and have no window, so the bands sum to the exact mean square.
    """
    samples = np.atleast_2d(samples)
    channels, frames = samples.shape
    count = max(1, -(-frames // size))
    matrix = band_matrix(size, THIRD_OCTAVES_HZ, rate_hz)
    power = np.zeros((count, matrix.shape[1]))
    for start in range(0, count, _CHUNK):
        for channel in samples:
            piece = channel[start * size : (start + _CHUNK) * size]
            rows = -(-len(piece) // size)
            if not piece.any():
                continue
            if len(piece) < rows * size:
                piece = np.pad(piece, (0, rows * size - len(piece)))
            spectrum = scipy.fft.rfft(piece.reshape(rows, size))
            squares = spectrum.real**2 + spectrum.imag**2
            squares[:, 1:-1] *= 2.0
            power[start : start + rows] += squares @ matrix
    return power / (float(size) ** 2 * channels)


def centroid_hz(samples: np.ndarray, rate_hz: float = RATE_HZ) -> float:
    """The balance point of the spectrum: how bright a sound is (0 for silence)."""
    mono = np.atleast_2d(samples).mean(axis=0)
    power = stft_power(mono, 2048, 1024).sum(axis=0, dtype=np.float64)
    hz = np.fft.rfftfreq(2048, 1.0 / rate_hz)
    return float((power * hz).sum() / power.sum()) if power.sum() > 0 else 0.0
