"""The tone of the record: one gentle equalizer for the band, its tilt for voices, towards the genre's curve."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import scipy

from songwright.desk.balance import BANDS_HZ, Heard
from songwright.desk.settings import Settings
from songwright.dsp import records, units
from songwright.values.audio import RATE_HZ

# More below 90 Hz: a third octave there is four semitones, and what it lacks depends on the key.
MOST_DB = np.where(BANDS_HZ < 90.0, 9.0, 6.0)
TAPS = 4096
_GRID = 16_384
_ROUNDS = 20
_WORDS_HZ = (450.0, 9000.0)  # between them lie the sounds of words
_VOICES = ("lead", "backing")


def target_db(settings: Settings) -> np.ndarray:
    """The genre's curve in third octaves: the usual balance of records, bent by the [mix] table of the style."""
    return records.usual_spectrum_db(settings.warmth_db, settings.brightness_db, settings.scoop_db)


def correction_db(
    heard: Mapping[str, Heard], gains: Mapping[str, float], roles: Mapping[str, str], settings: Settings
) -> np.ndarray:
    """What the equalizer does to each third octave, smoothed over neighbours, at most 6 dB either way; (bands,).

    Found by trying: the band gets the curve, voices get `for_voices` of it, and what the record still lacks then goes
    into the next try. roles: stem -> role. It is printed into the stems, so that they still add up to the mix. Zeros
    for silence.
    """
    curve = np.zeros(len(BANDS_HZ))
    band, sung = _band_and_voices(heard, gains, roles)
    if not np.any(band + sung > 1e-12):
        return curve
    wanted = target_db(settings)
    for _ in range(_ROUNDS):
        moved = band * power_of(curve)
        whole = moved + sung * power_of(for_voices(curve))
        left = np.zeros(len(BANDS_HZ))
        left[records.JUDGED] = -records.deviation_db(whole, wanted)
        left[~records.JUDGED] = np.interp(
            np.log(BANDS_HZ[~records.JUDGED]), np.log(BANDS_HZ[records.JUDGED]), left[records.JUDGED]
        )
        left *= np.maximum(moved / np.maximum(whole, 1e-30), 0.2)  # where voices rule, the band can do little
        step = np.convolve(np.pad(left, 1, mode="edge"), (0.1, 0.8, 0.1), mode="valid")
        curve = np.clip(curve + 0.6 * step, -MOST_DB, MOST_DB)
    return curve


def _band_and_voices(
    heard: Mapping[str, Heard], gains: Mapping[str, float], roles: Mapping[str, str]
) -> tuple[np.ndarray, np.ndarray]:
    """Mean squares in third octaves of all that is played, and of all that is sung; (bands,) each."""
    power = np.zeros((2, len(BANDS_HZ)))
    for name, sound in heard.items():
        power[int(roles.get(name) in _VOICES)] += sound.through(gains[name]).bands.mean(axis=0)
    return power[0], power[1]


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
        band, sung = _band_and_voices(heard, leaning, roles)
        if not np.any(band + sung > 1e-12):
            return lean
        curve = correction_db(heard, leaning, roles, settings)
        equalized = band * power_of(curve) + sung * power_of(for_voices(curve))
        off = np.zeros(len(BANDS_HZ))
        off[records.JUDGED] = records.deviation_db(equalized, target_db(settings))
        for own, bands, most in groups:
            for name in heard:
                if roles.get(name) in own:
                    lean[name] = float(np.clip(lean[name] - 0.8 * off[bands].mean(), -most, most))
    return lean


def for_voices(curve_db: np.ndarray) -> np.ndarray:
    """The curve as voices get it: where the sounds of words lie, its tilt without its bends, which would move them."""
    wide = np.array([1.0, 2.0, 3.0, 4.0, 5.0, 4.0, 3.0, 2.0, 1.0])
    padded = np.pad(curve_db, len(wide) // 2, mode="edge")
    tilt = 0.5 * np.convolve(padded, wide / wide.sum(), mode="valid")
    return np.where((_WORDS_HZ[0] > BANDS_HZ) | (_WORDS_HZ[1] < BANDS_HZ), curve_db, tilt)


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
