"""The tone of the record: one gentle equalizer for the band, its tilt for voices, towards the genre's curve."""

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

    It is printed into the stems, so that they still add up to the mix. Zeros for silence.
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


def lean_db(
    heard: Mapping[str, Heard], gains: Mapping[str, float], roles: Mapping[str, str], settings: Settings
) -> dict[str, float]:
    """How the bass (up to 2.5 dB) and the chords (1.5 dB) change their levels where the equalizer does not suffice.

    roles: stem -> role. The bass answers for 63 to 125 Hz, chords and pads for 315 to 1000 Hz.
    """
    groups = (
        (("bass",), (BANDS_HZ > 59.0) & (BANDS_HZ < 130.0), 2.5),
        (("comping", "pad"), (BANDS_HZ > 300.0) & (BANDS_HZ < 1050.0), 1.5),
    )
    lean = dict.fromkeys(heard, 0.0)
    for _ in range(2):
        leaning = {name: gains[name] + lean[name] for name in heard}
        power = sum(heard[name].through(leaning[name]).bands.mean(axis=0) for name in heard)
        if not np.any(power > 1e-12):
            return lean
        equalized = power * power_of(correction_db(heard, leaning, settings))
        off = np.zeros(len(BANDS_HZ))
        off[records.JUDGED] = records.deviation_db(equalized, target_db(settings))
        for own, bands, most in groups:
            for name in heard:
                if roles.get(name) in own:
                    lean[name] = float(np.clip(lean[name] - 0.8 * off[bands].mean(), -most, most))
    return lean


def for_voices(curve_db: np.ndarray) -> np.ndarray:
    """The curve as voices get it: above 450 Hz its tilt without its bends, which would move the sounds of words."""
    wide = np.array([1.0, 2.0, 3.0, 4.0, 5.0, 4.0, 3.0, 2.0, 1.0])
    padded = np.pad(curve_db, len(wide) // 2, mode="edge")
    tilt = 0.5 * np.convolve(padded, wide / wide.sum(), mode="valid")
    return np.where(BANDS_HZ < 450.0, curve_db, tilt)


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
