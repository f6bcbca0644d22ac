"""The breath a singer takes before a phrase."""

from __future__ import annotations

import numpy as np
from scipy.signal import butter, sosfilt

from songwright.singer.spectrum import RATE_HZ
from songwright.values.seed import Seed

LEVEL_DB = -44.0
"""RMS of a breath of half a second, full scale: well under the voice, yet heard in a pause."""
THROAT_HZ = ((620.0, 0.35), (1_550.0, 1.0), (2_700.0, 0.55), (4_600.0, 0.5), (7_200.0, 0.35))
"""Resonances of an open mouth while air flows in, with their strength."""


def breathe(length_s: float, seed: Seed) -> np.ndarray:
    """Air drawn in for length_s (0.1..1.5) seconds: it swells, turns brighter and stops short, float32 mono 48 kHz."""
    length_s = min(1.5, max(0.1, length_s))
    count = int(length_s * RATE_HZ)
    luck = seed.luck()
    noise = luck.noise(count) * np.sqrt(3.0)
    size = 1.0 + 0.04 * (luck.uniform() - 0.5)
    sound = np.zeros(count)
    place = np.arange(count) / count
    for k, (centre, strength) in enumerate(THROAT_HZ):
        width = 0.16 if centre < 3_000 else 0.3
        edges = [centre * size * (1 - width), centre * size * (1 + width)]
        band = sosfilt(butter(1, edges, "bandpass", fs=RATE_HZ, output="sos"), noise)
        opening = 0.6 + 0.4 * place if k >= 2 else 1.0
        sound += strength * band * opening
    flutter = 1 + 0.15 * np.interp(np.arange(count), np.linspace(0, count, 4 + int(24 * length_s)),
                                   luck.noise(4 + int(24 * length_s)))  # fmt: skip
    peak = 0.62 + 0.12 * luck.uniform()
    swell = np.where(
        place < peak, np.sin(np.pi / 2 * place / peak) ** 1.5, np.cos(np.pi / 2 * (place - peak) / (1 - peak))
    )
    sound *= np.maximum(swell, 0.0) * flutter
    rms = np.sqrt(np.mean(sound**2)) + 1e-12
    return (sound * (10 ** ((LEVEL_DB + 6 * min(length_s, 0.8) - 3) / 20) / rms)).astype(np.float32)
