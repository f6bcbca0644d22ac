"""What real instruments taught the band: partial levels and decays as smooth surfaces over pitch and partial.

Each surface is a Chebyshev polynomial in x (pitch, scaled to -1..1 between `low` and `high`) and y (log2 of the
partial number, 1..40 scaled to -1..1), fitted by robust least squares to partials tracked in recordings.
level: dB below the strongest partial. early, late: log2 of the T60 in seconds, from the slope in the first 0.8 s
and after it. Only these statistics are kept; no sample is.

Recordings measured: Headroom Piano (Bengt Nilsson, CC-BY-4.0); Emilyguitar, Growlybass and Weresax (Karoryfer,
CC0-1.0); the double bass of D. Smolken (CC0-1.0). Left-out pitches are met within 3 to 4.5 dB (median, partials
down to -40 dB). The after-sound of the softly plucked double bass was too short to measure: it is the loud one's.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.polynomial import chebyshev

Grid = tuple[tuple[float, ...], ...]
_TOP = 40.0  # partials beyond this one were not measured


@dataclass(frozen=True)
class Surface:
    """Levels and decays of an instrument's partials, for pitches low..high (MIDI)."""

    low: float
    high: float
    level: Grid
    early: Grid = ((0.0,),)
    late: Grid = ((0.0,),)

    def levels_db(self, pitch: float, partials: np.ndarray) -> np.ndarray:
        """dB of each partial (1-based numbers); beyond the 40th they fall by 18 dB an octave."""
        return self._at(self.level, pitch, partials) - 18.0 * np.log2(np.maximum(partials / _TOP, 1.0))

    def t60_s(self, pitch: float, partials: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """T60 of the first sound and of the after-sound."""
        fade = np.log2(np.maximum(partials / _TOP, 1.0))
        early, late = (self._at(grid, pitch, partials) - fade for grid in (self.early, self.late))
        return 2.0**early, 2.0 ** np.maximum(late, early)

    def _at(self, grid: Grid, pitch: float, partials: np.ndarray) -> np.ndarray:
        x = np.clip(2 * (pitch - self.low) / (self.high - self.low) - 1, -1, 1)
        y = np.clip(2 * np.log2(partials) / np.log2(_TOP) - 1, -1, 1)
        return chebyshev.chebval2d(np.full_like(y, x), y, np.asarray(grid))


PIANO_LOUD = Surface(21, 108,
    ((-38.65, -35.03, -0.12, 2.77, -0.41, 0.53), (-33.79, -35.37, 11.44, 0.85, 2.33, 0.0),
     (-11.47, -1.54, 6.97, 4.75, 0.0, 0.0), (-0.6, -0.14, 6.93, 0.0, 0.0, 0.0)),
    ((1.32, -0.43, 0.11), (-1.92, 0.08, 0.0), (-0.01, 0.0, 0.0)),
    ((2.13, -0.95), (-2.1, -0.82), (-0.78, 0.0)))  # fmt: skip
PIANO_SOFT = Surface(21, 108,
    ((-36.95, -29.63, 2.97, 3.14, 0.53, 0.41), (-24.27, -15.59, 20.54, 2.11, 3.55, 0.0),
     (-1.14, 15.09, 12.72, 4.28, 0.0, 0.0), (2.96, 5.88, 7.39, 0.0, 0.0, 0.0)),
    ((1.86, 0.14, 0.15), (-1.29, 0.77, 0.0), (0.19, 0.0, 0.0)),
    ((2.64, -0.3), (-1.46, -0.23), (-0.51, 0.0)))  # fmt: skip
GUITAR_LOUD = Surface(36, 88,
    ((-22.9, -24.84, -2.69, 5.99, 2.59, 1.33), (-11.57, -11.48, 10.68, 7.61, 4.99, 0.0),
     (-1.37, 2.95, 5.2, 4.31, 0.0, 0.0), (-1.39, -0.99, 1.04, 0.0, 0.0, 0.0)),
    ((1.11, -0.68, 0.86), (-0.22, 0.82, 0.0), (-0.04, 0.0, 0.0)),
    ((2.36, -0.12), (-0.42, 0.44), (0.16, 0.0)))  # fmt: skip
GUITAR_SOFT = Surface(36, 88,
    ((-29.02, -30.2, 2.22, 9.59, 6.5, 4.38), (-12.97, -3.98, 15.18, 12.36, 11.97, 0.0),
     (-3.49, -2.41, 1.52, 4.57, 0.0, 0.0), (-1.36, -2.15, 0.09, 0.0, 0.0, 0.0)),
    ((1.65, -0.57, 1.19), (-0.42, 1.09, 0.0), (-0.03, 0.0, 0.0)),
    ((2.19, -0.4), (-0.67, 0.17), (0.01, 0.0)))  # fmt: skip
BASS_LOUD = Surface(24, 64,
    ((-13.37, -10.01, -4.47, 0.53, -2.06, -0.33), (-6.72, -12.98, -0.06, -4.17, -0.36, 0.0),
     (-2.34, -2.95, -3.19, -2.92, 0.0, 0.0), (-2.12, -3.55, -1.35, 0.0, 0.0, 0.0)),
    ((1.86, -1.62, 0.38), (-0.55, 0.82, 0.0), (0.54, 0.0, 0.0)),
    ((2.61, -0.94), (-0.59, 0.7), (0.11, 0.0)))  # fmt: skip
BASS_SOFT = Surface(24, 64,
    ((-18.82, -18.51, -3.76, -0.38, -2.19, 0.49), (-7.15, -8.44, -0.18, -7.14, -0.16, 0.0),
     (-4.8, -4.13, -5.04, -1.47, 0.0, 0.0), (-2.11, -2.36, -2.01, 0.0, 0.0, 0.0)),
    ((1.77, -1.64, 0.27), (-0.87, 0.08, 0.0), (0.07, 0.0, 0.0)),
    ((2.64, -0.84), (-0.64, 0.82), (0.12, 0.0)))  # fmt: skip
UPRIGHT_LOUD = Surface(24, 58,
    ((-22.24, -23.04, -6.73, 3.73, -0.37, 1.2), (-1.77, -9.39, 2.54, -1.34, 1.35, 0.0),
     (-2.34, 2.45, 0.85, 2.4, 0.0, 0.0), (-0.23, -1.33, 1.92, 0.0, 0.0, 0.0)),
    ((0.91, -0.89, 0.15), (-0.9, -0.13, 0.0), (-0.28, 0.0, 0.0)),
    ((1.79, 0.15), (-0.5, 0.49), (-0.14, 0.0)))  # fmt: skip
UPRIGHT_SOFT = Surface(24, 58,
    ((-26.52, -25.1, -4.7, 4.38, 1.86, -0.91), (-4.07, -5.24, 10.38, 2.97, 3.1, 0.0),
     (0.07, 4.0, 1.31, 4.14, 0.0, 0.0), (1.07, 0.94, 1.05, 0.0, 0.0, 0.0)),
    ((0.67, -1.66, 0.04), (-0.81, -0.21, 0.0), (-0.48, 0.0, 0.0)),
    ((1.79, 0.15), (-0.5, 0.49), (-0.14, 0.0)))  # fmt: skip
SAX_LOUD = Surface(44, 80,
    ((-21.88, -26.76, -6.38, 0.77, -0.05, 0.64), (-4.7, -5.82, 1.8, -1.7, 0.08, 0.0),
     (-3.51, -4.88, -3.1, -0.21, 0.0, 0.0), (3.1, 3.76, 1.45, 0.0, 0.0, 0.0)))  # fmt: skip
SAX_SOFT = Surface(44, 80,
    ((-23.75, -28.22, -3.52, 3.13, -0.39, 0.55), (-9.53, -5.79, 6.2, -1.13, 1.79, 0.0),
     (-0.64, -1.19, 0.11, 3.57, 0.0, 0.0), (1.69, 2.45, 2.0, 0.0, 0.0, 0.0)))  # fmt: skip
