"""What a few seconds of a band's sound say about its genre: colour, brightness, weight of the lows, strokes, pulse."""

from __future__ import annotations

import numpy as np

from songwright.dsp.mel import mel_matrix
from songwright.dsp.spectra import stft_power

_SIZE, _HOP, _BANDS = 2048, 480, 32
_RATE_HZ = 48_000
_FRAMES_HZ = _RATE_HZ / _HOP
_FLOOR_DB = -80.0
COLOUR, PULSE = slice(0, 64), slice(110, 176)  # where these figures stand in `sound_features`
_PULSES_BPM = 40.0 * 2.0 ** (np.arange(33) / 8.0)  # 40 .. 640 strokes a minute, eight to the octave


def sound_features(samples: np.ndarray) -> np.ndarray:
    """176 numbers of a sound, float64. samples: float32 (2, frames) at 48 kHz; its loudness does not matter."""
    mono = samples.mean(axis=0)
    power = stft_power(mono, _SIZE, _HOP)
    power /= power.max() + np.float32(1e-20)
    hz = np.fft.rfftfreq(_SIZE, 1.0 / _RATE_HZ)
    total = power.sum(axis=1, dtype=np.float64) + 1e-12
    bands = 10.0 * np.log10(power @ mel_matrix(_RATE_HZ, _SIZE, _BANDS, 30.0, 16_000.0) + 1e-20)
    bands = np.maximum(bands - bands.max(), _FLOOR_DB)
    flux = np.maximum(np.diff(bands, axis=0), 0.0)
    side = float(np.square(samples[0] - samples[1]).mean() / (np.square(samples).sum(axis=0).mean() + 1e-12))
    return np.concatenate(
        [
            bands.mean(axis=0),
            bands.std(axis=0),
            flux.mean(axis=0),
            _moments((power @ hz) / total / 1000.0),
            _moments(_rolloff(power, hz) / 1000.0),
            _moments(np.log10(total)),
            [float((power[:, hz < low].sum(axis=1) / total).mean()) for low in (100.0, 200.0, 500.0)],
            [side, _onset_rate(flux.sum(axis=1))],
            _pulse(flux[:, :8].sum(axis=1)),
            _pulse(flux[:, 16:].sum(axis=1)),
        ]
    )


def _moments(values: np.ndarray) -> np.ndarray:
    return np.array([values.mean(), values.std(), np.median(values)])


def _rolloff(power: np.ndarray, hz: np.ndarray) -> np.ndarray:
    """Frequency under which 85 % of each spectrum lies."""
    summed = np.cumsum(power, axis=1, dtype=np.float64)
    return hz[(summed < 0.85 * summed[:, -1:]).sum(axis=1).clip(max=len(hz) - 1)]


def _onset_rate(flux: np.ndarray) -> float:
    """Strokes a second: peaks of the flux that stand out of their half second."""
    reach = int(0.25 * _FRAMES_HZ)
    padded = np.pad(flux, reach, mode="edge")
    around = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1)
    peaks = (flux[1:-1] > flux[:-2]) & (flux[1:-1] >= flux[2:])
    strong = flux[1:-1] > 1.5 * around.mean(axis=1)[1:-1] + 1e-6
    return float((peaks & strong).sum() / (len(flux) / _FRAMES_HZ))


def _pulse(flux: np.ndarray) -> np.ndarray:
    """How regular strokes are at each of the pulses: autocorrelation of the flux, -1..1 (33,)."""
    centred = flux - flux.mean()
    size = 1 << int(np.ceil(np.log2(2 * len(centred))))
    spectrum = np.abs(np.fft.rfft(centred, size)) ** 2
    alike = np.fft.irfft(spectrum)[: len(centred)]
    alike = alike / (np.arange(len(centred), 0, -1) / len(centred)) / (alike[0] + 1e-9)
    lags = 60.0 / _PULSES_BPM * _FRAMES_HZ
    return np.interp(lags, np.arange(len(alike)), alike)
