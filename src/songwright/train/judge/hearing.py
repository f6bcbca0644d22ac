"""What the judge hears of a sound: the codec's log mel, and tones by half semitones, in the codec's frames."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from songwright.dsp.mel import spectra
from songwright.runtime.codec import CENTRE, FLOOR, MELS, RATE_HZ, SPREAD, STRIDE, log_mel

LOWEST, NOTES, STEPS = 33, 72, 2
"""Tones from MIDI 33 (55 Hz) on, so many semitones, two to each."""
WIDTH = 2 * MELS + NOTES * STEPS
"""Numbers in a frame: two columns of mel, then tones."""
_SIZE, _HOP = 8192, 2 * STRIDE


def heard(sound: np.ndarray) -> np.ndarray:
    """One channel at 32 kHz as float32 (T, WIDTH), T = frames / STRIDE rounded up."""
    frames = -(-len(sound) // STRIDE)
    wave = np.pad(np.asarray(sound, np.float32), (0, -len(sound) % _HOP))
    size = np.abs(spectra(wave, _SIZE, _HOP, (_SIZE - _HOP) // 2, "constant")) @ tone_matrix()
    # a window four times as long makes a tone four times as large as in the mel spectrum
    tones = ((np.log(np.maximum(size / 4, FLOOR)) - CENTRE) / SPREAD).repeat(2, axis=0)
    columns = log_mel(wave).reshape(-1, 2 * MELS)
    return np.concatenate((columns, tones), axis=1)[:frames].astype(np.float32)


def louder(frames: np.ndarray, gain_db: np.ndarray | float) -> np.ndarray:
    """Frames of `heard` as they would be at another level (or under a curve of levels, (WIDTH,))."""
    lowest = np.float32((np.log(FLOOR) - CENTRE) / SPREAD)
    return np.maximum(frames + np.asarray(gain_db, np.float32) * np.float32(np.log(10) / 20 / SPREAD), lowest)


@lru_cache(maxsize=1)
def tone_matrix() -> np.ndarray:
    """Which bins of the long window belong to which tone: float32 triangles (bins, NOTES * STEPS), read-only."""
    hz = np.fft.rfftfreq(_SIZE, 1.0 / RATE_HZ)
    centres = 440.0 * 2.0 ** ((LOWEST - 69 + np.arange(NOTES * STEPS) / STEPS) / 12)
    reach = np.maximum(centres * (2.0 ** (1 / (12 * STEPS)) - 1), hz[1])
    matrix = np.clip(1 - np.abs(hz[:, None] - centres) / reach, 0, None).astype(np.float32)
    matrix.flags.writeable = False
    return matrix
