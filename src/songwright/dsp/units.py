"""Decibels, cents and hertz: how musicians count, turned into what arrays need and back."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

SILENCE_DB = -120.0


def db_to_amplitude(db: ArrayLike) -> np.ndarray:
    """How many times larger a sound's swing becomes at this many decibels (20 dB = 10 times)."""
    return np.power(10.0, np.asarray(db) / 20.0)


def amplitude_to_db(amplitude: ArrayLike, floor_db: float = SILENCE_DB) -> np.ndarray:
    """Decibels of a swing (1 = 0 dB), never below the floor."""
    return 20.0 * np.log10(np.maximum(np.abs(amplitude), 10.0 ** (floor_db / 20.0)))


def power_to_db(power: ArrayLike, floor_db: float = SILENCE_DB) -> np.ndarray:
    """Decibels of a mean square (1 = 0 dB), never below the floor."""
    return 10.0 * np.log10(np.maximum(power, 10.0 ** (floor_db / 10.0)))


def db_to_power(db: ArrayLike) -> np.ndarray:
    """The mean square that many decibels stand for."""
    return np.power(10.0, np.asarray(db) / 10.0)


def midi_to_hz(pitch: ArrayLike, a4_hz: float = 440.0) -> np.ndarray:
    """Frequency of a (fractional) MIDI pitch in equal temperament; 69 is A4."""
    return a4_hz * np.exp2((np.asarray(pitch, dtype=float) - 69.0) / 12.0)


def hz_to_midi(hz: ArrayLike, a4_hz: float = 440.0) -> np.ndarray:
    """The fractional MIDI pitch of a frequency > 0."""
    return 69.0 + 12.0 * np.log2(np.asarray(hz, dtype=float) / a4_hz)


def one_pole(time_s: float, rate_hz: float) -> float:
    """The feedback of a one-pole smoother that covers 63 % of a step in `time_s` (0 = at once)."""
    return float(np.exp(-1.0 / max(time_s * rate_hz, 1e-9)))
