"""Curves as the few points a hand would draw them with, and back.

Between points the curve never overshoots them (monotone cubic Hermite interpolation, Fritsch & Carlson 1980), so what
is drawn is what is heard.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike

_PASSES = 64
_FIRST = 40  # frames between the points it begins with


def thinned(values: np.ndarray, tolerance: float) -> np.ndarray:
    """Which of some evenly spaced values to keep, so that the curve through them stays within `tolerance` of all.

    values: (frames,). Returns rising indices, first and last frame among them; all of them where nothing can go.
    """
    values = np.asarray(values, dtype=float)
    count = len(values)
    place = np.arange(count, dtype=float)
    kept = np.unique(np.append(np.arange(0, count, _FIRST), count - 1))
    for _ in range(_PASSES):
        off = np.abs(drawn_through(place[kept], values[kept], place) - values)
        if off.max(initial=0.0) <= tolerance:
            return kept
        worst = [a + int(off[a:b].argmax()) for a, b in pairwise(kept)]
        kept = np.union1d(kept, [n for n in worst if off[n] > tolerance])
    return place.astype(int)


def drawn_through(times: ArrayLike, values: ArrayLike, at: np.ndarray) -> np.ndarray:
    """The curve through points (times rising) at the times `at`; held flat before the first and after the last."""
    times, values = np.asarray(times, dtype=float), np.asarray(values, dtype=float)
    if len(times) < 3:
        return np.interp(at, times, values)
    from scipy.interpolate import PchipInterpolator

    return PchipInterpolator(times, values)(np.clip(at, times[0], times[-1]))
