"""What the aligner hears: the shape of the spectrum, its change and the voice, every 5 ms.

39 numbers a frame after Davis & Mermelstein (1980): 13 mel cepstra, their slopes and the slopes of these (Furui 1986),
and two for voicing: the height of the best peak of the autocorrelation between 80 and 400 Hz, and its slope.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import soxr
from scipy.fft import dct

HOP_S = 0.005
RATE_HZ = 16_000
CEPSTRA = 13
DIMENSIONS = 3 * CEPSTRA + 2
_HOP = round(HOP_S * RATE_HZ)
_WINDOW = 320  # 20 ms: short, so that borders stay sharp
_FFT = 512
_BANDS, _LOWEST_HZ, _HIGHEST_HZ = 30, 60.0, 7800.0
_SLOPE_FRAMES = 3
_VOICE_RATE_HZ, _VOICE_WINDOW = 4000, 160
_LOUDNESS = 0.06  # every clip is brought to this root mean square
_FLOOR = 1e-9


def clip_features(sound: np.ndarray, rate_hz: int = 48_000) -> np.ndarray:
    """Features of a mono sound: float32 (frames, DIMENSIONS), frame t centred at t * HOP_S seconds."""
    mono = sound.astype(np.float64)
    mono *= _LOUDNESS / (float(np.sqrt(np.mean(mono**2))) + 1e-9)
    mono = soxr.resample(mono, rate_hz, RATE_HZ) if rate_hz != RATE_HZ else mono
    frames = len(mono) // _HOP + 1
    bent = np.append(mono[:1], mono[1:] - 0.97 * mono[:-1])
    power = np.abs(np.fft.rfft(_framed(bent, _WINDOW, _HOP, frames) * np.hamming(_WINDOW), _FFT)) ** 2
    cepstra = dct(np.log(power @ _mel_bands() + _FLOOR), norm="ortho", axis=1)[:, :CEPSTRA]
    slopes = slope(cepstra)
    voiced = voicing(mono, frames)[:, None]
    return np.hstack([cepstra, slopes, slope(slopes), voiced, slope(voiced)]).astype(np.float32)


def voicing(mono: np.ndarray, frames: int) -> np.ndarray:
    """How periodic the sound is around each frame, 0..1: (frames,). mono: at RATE_HZ."""
    low = soxr.resample(mono, RATE_HZ, _VOICE_RATE_HZ)
    pieces = _framed(low, _VOICE_WINDOW, round(HOP_S * _VOICE_RATE_HZ), frames)
    window = np.hanning(_VOICE_WINDOW + 2)[1:-1]
    likeness = np.fft.irfft(np.abs(np.fft.rfft(pieces * window, 2 * _VOICE_WINDOW)) ** 2)
    shape = np.fft.irfft(np.abs(np.fft.rfft(window, 2 * _VOICE_WINDOW)) ** 2)
    lags = slice(_VOICE_RATE_HZ // 400, _VOICE_RATE_HZ // 80)
    ratio = likeness[:, lags] / shape[lags] * shape[0] / (likeness[:, :1] + 1e-4)
    return np.clip(ratio.max(axis=1), 0.0, 1.0)


def slope(track: np.ndarray, reach: int = _SLOPE_FRAMES) -> np.ndarray:
    """The steepness of each column (frames, n) by regression over `reach` frames each side; per frame."""
    padded = np.pad(track, ((reach, reach), (0, 0)), mode="edge")
    count = len(track)
    total = sum(
        k * (padded[reach + k : reach + k + count] - padded[reach - k : reach - k + count])
        for k in range(1, reach + 1)
    )
    return total / (2 * sum(k * k for k in range(1, reach + 1)))


def normalised(tracks: list[np.ndarray]) -> list[np.ndarray]:
    """All clips of one voice with zero mean and unit variance in each dimension over the whole corpus."""
    count = sum(len(track) for track in tracks)
    mean = sum(track.sum(axis=0, dtype=np.float64) for track in tracks) / count
    square = sum(((track - mean) ** 2).sum(axis=0, dtype=np.float64) for track in tracks) / count
    scale = 1.0 / np.sqrt(square + 1e-8)
    return [((track - mean) * scale).astype(np.float32) for track in tracks]


def _framed(samples: np.ndarray, window: int, hop: int, frames: int) -> np.ndarray:
    """Pieces of `window` samples centred at every hop, zeros outside: a view, (frames, window)."""
    padded = np.zeros(window + hop * frames)
    padded[window // 2 : window // 2 + len(samples)] = samples[: len(padded) - window // 2]
    return np.lib.stride_tricks.sliding_window_view(padded, window)[::hop][:frames]


@lru_cache(maxsize=1)
def _mel_bands() -> np.ndarray:
    """Triangles evenly spaced on the mel scale: (FFT bins, bands)."""
    low, high = (1127.0 * np.log1p(f / 700.0) for f in (_LOWEST_HZ, _HIGHEST_HZ))
    edges = 700.0 * np.expm1(np.linspace(low, high, _BANDS + 2) / 1127.0)
    bins = np.arange(_FFT // 2 + 1)[:, None] * RATE_HZ / _FFT
    rising = (bins - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - bins) / (edges[2:] - edges[1:-1])
    return np.maximum(0.0, np.minimum(rising, falling))
