"""Can a seam be heard? Spectral flux where two sounds meet, beside the flux of everything around."""

from __future__ import annotations

import numpy as np

from songwright.runtime.jukebox.joining import HOP, flux

BOUND = 3.0
"""A seam is found where its flux lies so many standard deviations over the mean."""
_REACH = 2


def seam_z(sound: np.ndarray, at: int, begin: int = 0, end: int | None = None) -> float:
    """Flux at sample `at` (the most within 16 ms) in standard deviations over the mean of samples begin .. end.

    The seam itself does not count in mean and deviation.
    """
    found = flux(sound)
    centre = at // HOP
    seam = slice(max(0, centre - 1 - _REACH), centre + _REACH)
    around = np.ones(len(found), bool)
    around[seam] = False
    around[: begin // HOP] = False
    if end is not None:
        around[end // HOP :] = False
    usual = found[around]
    return float((found[seam].max() - usual.mean()) / (usual.std() + 1e-9))
