"""The tone of the whole record: one gentle equalizer for all stems alike, towards the curve of the genre."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import scipy.fft

from songwright.desk.balance import BANDS_HZ, Heard
from songwright.desk.settings import Settings
from songwright.dsp import records, units
from songwright.values.audio import RATE_HZ

MOST_DB = 4.0
TAPS = 4096
_GRID = 16_384


def target_db(settings: Settings) -> np.ndarray:
    """The genre's curve in third octaves: the usual balance of records, bent by the [mix] table of the style."""
    return records.usual_spectrum_db(settings.warmth_db, settings.brightness_db, settings.scoop_db)


def correction_db(heard: Mapping[str, Heard], gains: Mapping[str, float], settings: Settings) -> np.ndarray:
    """What each third octave of the record lacks, smoothed over neighbours, at most 4 dB either way; (bands,).

    Equal for every stem, so that stems still add up to the mix. Zeros for silence.
    """
    power = sum(heard[name].through(gains[name]).bands.mean(axis=0) for name in heard)
    if not np.any(power > 1e-12):
        return np.zeros(len(BANDS_HZ))
    missing = np.zeros(len(BANDS_HZ))
    missing[records.JUDGED] = -records.deviation_db(power, target_db(settings))
    missing[~records.JUDGED] = np.interp(
        np.log(BANDS_HZ[~records.JUDGED]), np.log(BANDS_HZ[records.JUDGED]), missing[records.JUDGED]
    )
    curve = np.zeros(len(BANDS_HZ))
    for _ in range(12):  # what one pass leaves over because neighbours are smoothed together, the next takes
        left = np.pad(missing - curve, 1, mode="edge")
        curve = np.clip(curve + 0.5 * np.convolve(left, (0.2, 0.6, 0.2), mode="valid"), -MOST_DB, MOST_DB)
    return curve


def taps(curve_db: np.ndarray) -> np.ndarray:
    """The equalizer as an impulse response without delay: minimum phase from the real cepstrum; (TAPS,) float32.

    A. V. Oppenheim & R. W. Schafer, Discrete-Time Signal Processing, chapter on homomorphic deconvolution.
    """
    hz = np.maximum(np.fft.rfftfreq(_GRID, 1.0 / RATE_HZ), 1.0)
    log_size = np.interp(np.log(hz), np.log(BANDS_HZ), curve_db) * (np.log(10.0) / 20.0)
    cepstrum = scipy.fft.irfft(log_size, _GRID)
    cepstrum[1 : _GRID // 2] *= 2.0
    cepstrum[_GRID // 2 + 1 :] = 0.0
    response = scipy.fft.irfft(np.exp(scipy.fft.rfft(cepstrum)), _GRID)[:TAPS]
    fade = TAPS // 4
    response[-fade:] *= 0.5 + 0.5 * np.cos(np.pi * np.arange(fade) / fade)
    return response.astype(np.float32)


def power_of(curve_db: np.ndarray) -> np.ndarray:
    """What a curve does to mean squares."""
    return units.db_to_power(curve_db)
