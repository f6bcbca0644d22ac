"""How records usually sound: the long-term balance of lows and highs that listeners are used to."""

from __future__ import annotations

import numpy as np

from songwright.dsp import spectra, units

BANDS_HZ = spectra.THIRD_OCTAVES_HZ
JUDGED = (BANDS_HZ > 59.0) & (BANDS_HZ < 13_000.0)  # 63 Hz to 12.5 kHz


def usual_spectrum_db(
    warmth_db: float = 0.0, brightness_db: float = 0.0, scoop_db: float = 0.0
) -> np.ndarray:
    """The usual long-term balance of records in third-octave bands, bent by the genre; 0 dB at 100 Hz.

    Power density falls about 5 dB an octave from 100 Hz to 4 kHz and faster above (Pestana, Ma, Reiss,
    Barbosa & Black, "Spectral characteristics of popular commercial recordings 1950-2010", AES 135, 2013),
    which is 2 dB an octave in third-octave bands. warmth_db: how much more lies below 90 Hz, gone by 200 Hz;
    brightness_db: how much more above 6 kHz, gone by 2.5 kHz; scoop_db: how much less around 250 Hz, gone by 100 and
    630 Hz. Records led by percussion have more lows and highs and less in between, records without it the reverse
    (Elowsson & Friberg, "Long-term average spectrum in popular music and its relation to the level of the
    percussion", AES 142, 2017).
    """
    points_hz = (25.0, 40.0, 60.0, 100.0, 4000.0, 8000.0, 16000.0)
    points_db = (-14.0, -5.0, 0.0, 0.0, -10.6, -15.5, -24.0)
    curve = np.interp(np.log(BANDS_HZ), np.log(points_hz), points_db)
    low = np.interp(np.log(BANDS_HZ), np.log((90.0, 200.0)), (1.0, 0.0))
    high = np.interp(np.log(BANDS_HZ), np.log((2500.0, 6000.0)), (0.0, 1.0))
    middle = np.interp(np.log(BANDS_HZ), np.log((100.0, 250.0, 630.0)), (0.0, 1.0, 0.0))
    return curve + warmth_db * low + brightness_db * high - scoop_db * middle


def deviation_db(power: np.ndarray, wanted_db: np.ndarray) -> np.ndarray:
    """How far a long-term spectrum (mean squares in third octaves) stands over a curve; level set aside.

    Only the judged bands, 63 Hz to 12.5 kHz, in order; their mean is 0.
    """
    off = (units.power_to_db(power) - wanted_db)[JUDGED]
    return off - off.mean()
