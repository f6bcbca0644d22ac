"""A vocal tract at one moment as 64 numbers: the whole band of hearing, 0 to 24 kHz, finer where the ear is.

The envelope is the natural logarithm of power, as WORLD's CheapTrick measures it (Morise 2015), read at 128 points
that lie evenly on the mel scale (O'Shaughnessy 1987: mel = 1127 ln(1 + f / 700)); its orthonormal cosine transform
(DCT-II), cut at 64 terms, is what networks give and take here. Because a cosine can be read at any frequency, turning
the numbers back into a spectrum is one product with `cosines`. How noisy the voice is stands beside it: aperiodicity
in dB at 3, 6, 9, 12 and 15 kHz (D4C, Morise 2016).
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

RATE_HZ = 48_000
HOP = 240
FRAME_S = HOP / RATE_HZ
BANDS = 128
DIMENSIONS = 64
AIR_HZ = (3_000.0, 6_000.0, 9_000.0, 12_000.0, 15_000.0)
"""Where the aperiodicity is known; it is -60 dB at 0 Hz and 0 dB at 24 kHz, straight lines in between."""
FLOOR = -23.0
"""Nothing in an envelope is taken to be quieter than this (natural logarithm of power)."""


def mel(hz: np.ndarray | float) -> np.ndarray:
    """How high a frequency is to the ear (O'Shaughnessy 1987)."""
    return 1127.0 * np.log1p(np.asarray(hz, dtype=float) / 700.0)


def band_hz() -> np.ndarray:
    """The 128 frequencies of an envelope, (BANDS,): 0 to 24 kHz."""
    return 700.0 * np.expm1(np.linspace(0.0, float(mel(RATE_HZ / 2)), BANDS) / 1127.0)


def cosines(hz: np.ndarray) -> np.ndarray:
    """What each of the 64 numbers adds at each frequency, (DIMENSIONS, len(hz)): envelope = cepstra @ cosines(hz)."""
    place = mel(hz) / mel(RATE_HZ / 2) * (BANDS - 1)
    order = np.arange(DIMENSIONS)[:, None]
    scale = np.where(order == 0, np.sqrt(1.0 / BANDS), np.sqrt(2.0 / BANDS))
    return scale * np.cos(np.pi * order * (place[None] + 0.5) / BANDS)


@lru_cache(maxsize=1)
def _basis() -> np.ndarray:
    basis = cosines(band_hz())
    basis.setflags(write=False)
    return basis


def envelope_of_power(power: np.ndarray) -> np.ndarray:
    """A power spectrum (frames, bins from 0 to 24 kHz) at the 128 points: natural logarithm, (frames, BANDS)."""
    place = band_hz() / (RATE_HZ / 2) * (power.shape[1] - 1)
    low = np.minimum(place.astype(int), power.shape[1] - 2)
    share = place - low
    logs = np.log(np.maximum(power, np.exp(FLOOR)))
    return logs[:, low] * (1 - share) + logs[:, low + 1] * share


def cepstra_of(envelope: np.ndarray) -> np.ndarray:
    """Envelope (frames, BANDS) -> cepstra (frames, DIMENSIONS), float32."""
    return (np.asarray(envelope, np.float32) @ _basis().T.astype(np.float32)).astype(np.float32)


def envelope_of(cepstra: np.ndarray) -> np.ndarray:
    """Cepstra (frames, DIMENSIONS) -> envelope (frames, BANDS), float32: what the 64 numbers keep of it."""
    return (np.asarray(cepstra, np.float32) @ _basis().astype(np.float32)).astype(np.float32)


def power_of(cepstra: np.ndarray, bins: int) -> np.ndarray:
    """Power spectrum (frames, bins from 0 to 24 kHz), float64: as WORLD's synthesis takes it."""
    hz = np.linspace(0.0, RATE_HZ / 2, bins)
    return np.exp(np.asarray(cepstra, np.float64) @ cosines(hz))


def aperiodicity_of(air_db: np.ndarray, bins: int) -> np.ndarray:
    """Share of noise (amplitude 0..1) at every frequency, (frames, bins), from dB at AIR_HZ, (frames, 5).

    A frame whose mean is above -0.5 dB is no voice at all: noise everywhere, as WORLD decides it.
    """
    hz = np.linspace(0.0, RATE_HZ / 2, bins)
    known = np.array((0.0, *AIR_HZ, RATE_HZ / 2))
    hats = np.stack([np.interp(hz, known, row) for row in np.eye(len(known))])
    frames = len(air_db)
    full = np.hstack([np.full((frames, 1), -60.0), np.asarray(air_db, float), np.zeros((frames, 1))])
    share = 10.0 ** (np.minimum(full, 0.0) @ hats / 20.0)
    share[np.mean(air_db, axis=1) > -0.5] = 1.0
    return share
