"""Equalizers and filters: what takes frequencies away or lifts them.

Each design returns second-order sections, float64 (sections, 6), for `run` or `response`. Formulas:
R. Bristow-Johnson, "Cookbook formulae for audio EQ biquad filter coefficients" (W3C Note, 2021). Frequencies
in Hz, held inside the band the rate allows.
"""

from __future__ import annotations

import numpy as np
import scipy

RATE_HZ = 48_000
BUTTERWORTH_Q = 0.7071067811865476
_BLOCK = 65_536


def low_pass(hz: float, q: float = BUTTERWORTH_Q, rate_hz: float = RATE_HZ) -> np.ndarray:
    """Lets through what lies below `hz` (12 dB an octave); q > 0.71 rings at the corner."""
    cos, alpha = _angle(hz, q, rate_hz)
    return _section((1 - cos) / 2, 1 - cos, (1 - cos) / 2, 1 + alpha, -2 * cos, 1 - alpha)


def high_pass(hz: float, q: float = BUTTERWORTH_Q, rate_hz: float = RATE_HZ) -> np.ndarray:
    """Lets through what lies above `hz` (12 dB an octave)."""
    cos, alpha = _angle(hz, q, rate_hz)
    return _section((1 + cos) / 2, -1 - cos, (1 + cos) / 2, 1 + alpha, -2 * cos, 1 - alpha)


def band_pass(hz: float, q: float = BUTTERWORTH_Q, rate_hz: float = RATE_HZ) -> np.ndarray:
    """Lets through what lies around `hz`, 0 dB there; width = hz / q."""
    cos, alpha = _angle(hz, q, rate_hz)
    return _section(alpha, 0.0, -alpha, 1 + alpha, -2 * cos, 1 - alpha)


def all_pass(hz: float, q: float = BUTTERWORTH_Q, rate_hz: float = RATE_HZ) -> np.ndarray:
    """Lets everything through and turns only its phase, half a circle at `hz`."""
    cos, alpha = _angle(hz, q, rate_hz)
    return _section(1 - alpha, -2 * cos, 1 + alpha, 1 + alpha, -2 * cos, 1 - alpha)


def peak(hz: float, gain_db: float, q: float = 1.0, rate_hz: float = RATE_HZ) -> np.ndarray:
    """A bell: lifts or cuts around `hz` by `gain_db`; width = hz / q."""
    cos, alpha = _angle(hz, q, rate_hz)
    a = 10.0 ** (gain_db / 40.0)
    return _section(1 + alpha * a, -2 * cos, 1 - alpha * a, 1 + alpha / a, -2 * cos, 1 - alpha / a)


def low_shelf(hz: float, gain_db: float, q: float = BUTTERWORTH_Q, rate_hz: float = RATE_HZ) -> np.ndarray:
    """Lifts or cuts everything below `hz` by `gain_db`."""
    cos, alpha = _angle(hz, q, rate_hz)
    a = 10.0 ** (gain_db / 40.0)
    root = 2.0 * np.sqrt(a) * alpha
    return _section(
        a * ((a + 1) - (a - 1) * cos + root),
        2 * a * ((a - 1) - (a + 1) * cos),
        a * ((a + 1) - (a - 1) * cos - root),
        (a + 1) + (a - 1) * cos + root,
        -2 * ((a - 1) + (a + 1) * cos),
        (a + 1) + (a - 1) * cos - root,
    )


def high_shelf(hz: float, gain_db: float, q: float = BUTTERWORTH_Q, rate_hz: float = RATE_HZ) -> np.ndarray:
    """Lifts or cuts everything above `hz` by `gain_db`."""
    cos, alpha = _angle(hz, q, rate_hz)
    a = 10.0 ** (gain_db / 40.0)
    root = 2.0 * np.sqrt(a) * alpha
    return _section(
        a * ((a + 1) + (a - 1) * cos + root),
        -2 * a * ((a - 1) + (a + 1) * cos),
        a * ((a + 1) + (a - 1) * cos - root),
        (a + 1) - (a - 1) * cos + root,
        2 * ((a - 1) - (a + 1) * cos),
        (a + 1) - (a - 1) * cos - root,
    )


def chain(*designs: np.ndarray) -> np.ndarray:
    """Several filters, one after the other, as one."""
    return np.concatenate(designs, axis=0) if designs else np.array([[1.0, 0, 0, 1, 0, 0]])


def run(sos: np.ndarray, samples: np.ndarray) -> np.ndarray:
    """The sound after a filter: same shape and type as `samples` (time last), computed in float64.

    Works in blocks so that a long stem needs little memory, and lets the filter fall quite silent in rests
    (numbers near the smallest float are slow on most processors).
    """
    out = np.empty_like(samples, dtype=samples.dtype if samples.dtype == np.float64 else np.float32)
    state = np.zeros((len(sos), *samples.shape[:-1], 2))
    for start in range(0, samples.shape[-1], _BLOCK):
        block = samples[..., start : start + _BLOCK].astype(np.float64)
        filtered, state = scipy.signal.sosfilt(sos, block, axis=-1, zi=state)
        state[np.abs(state) < 1e-30] = 0.0
        out[..., start : start + _BLOCK] = filtered
    return out


def response(sos: np.ndarray, hz: np.ndarray, rate_hz: float = RATE_HZ) -> np.ndarray:
    """The complex gain of a filter at these frequencies."""
    z = np.exp(-2j * np.pi * np.asarray(hz, dtype=float) / rate_hz)
    gain = np.ones(z.shape, dtype=complex)
    for b0, b1, b2, a0, a1, a2 in sos:
        gain *= (b0 + z * (b1 + z * b2)) / (a0 + z * (a1 + z * a2))
    return gain


def response_db(sos: np.ndarray, hz: np.ndarray, rate_hz: float = RATE_HZ) -> np.ndarray:
    """How many decibels a filter lifts (or cuts) at these frequencies."""
    return 20.0 * np.log10(np.maximum(np.abs(response(sos, hz, rate_hz)), 1e-9))


def _angle(hz: float, q: float, rate_hz: float) -> tuple[float, float]:
    """cos(w) and alpha of the cookbook, with the frequency kept inside the band."""
    w = 2.0 * np.pi * min(max(hz, 1.0), 0.49 * rate_hz) / rate_hz
    return float(np.cos(w)), float(np.sin(w) / (2.0 * q))


def _section(b0: float, b1: float, b2: float, a0: float, a1: float, a2: float) -> np.ndarray:
    """One section, scaled so that a0 = 1."""
    return np.array([[b0, b1, b2, a0, a1, a2]], dtype=np.float64) / a0
