"""Can a seam be heard? Spectral flux where two sounds meet, beside the flux of everything around."""

from __future__ import annotations

import numpy as np

from songwright.dsp.mel import spectra

BOUND = 3.0
"""A seam is found where its flux lies so many standard deviations over the mean."""
_SIZE, _HOP = 1024, 256
_REACH = 2


def flux(sound: np.ndarray) -> np.ndarray:
    """How much louder the bins of a spectrum become from one moment to the next, in logarithms, summed.

    sound: (frames,). One value every 256 samples, windows of 1024 around it (Dixon 2006, log magnitudes).
    """
    size = np.log1p(100.0 * np.abs(spectra(sound, _SIZE, _HOP, _SIZE // 2, "constant")))
    return np.maximum(np.diff(size, axis=0), 0.0).sum(axis=1)


def seam_z(sound: np.ndarray, at: int, begin: int = 0, end: int | None = None) -> float:
    """Flux at sample `at` (the most within 16 ms) in standard deviations over the mean of samples begin .. end.

    The seam itself does not count in mean and deviation.
    """
    found = flux(sound)
    centre = at // _HOP
    seam = slice(max(0, centre - 1 - _REACH), centre + _REACH)
    around = np.ones(len(found), bool)
    around[seam] = False
    around[: begin // _HOP] = False
    if end is not None:
        around[end // _HOP :] = False
    usual = found[around]
    return float((found[seam].max() - usual.mean()) / (usual.std() + 1e-9))


def spliced(outside: np.ndarray, inside: np.ndarray, begin: int, end: int, fade: int = 1024) -> np.ndarray:
    """Samples begin .. end of `inside` in `outside`, faded over within them: not a sample beyond them changes.

    Both (..., frames). At either end of the sound there is nothing to fade from.
    """
    length = outside.shape[-1]
    fade = max(1, min(fade, (end - begin) // 2))
    rise = (0.5 - 0.5 * np.cos(np.pi * (np.arange(fade) + 0.5) / fade)).astype(np.float32)
    weight = np.ones(end - begin, np.float32)
    if begin > 0:
        weight[:fade] = rise
    if end < length:
        weight[-fade:] = rise[::-1]
    out = np.array(outside, np.float32)
    here = (..., slice(begin, end))
    out[here] = out[here] * (1 - weight) + inside[here] * weight
    return out
