"""Where new sound meets sound that was there: a place for the crossfade at which nothing is heard to begin.

The new sound's phases go on from the given sound on either side (`runtime.codec.phased`), so both are nearly one where
they meet. A crossfade over an attack would blur it; it is laid a little deeper into what is new, where spectra change
least (spectral flux, Dixon 2006). Nothing outside of what is new is touched.
"""

from __future__ import annotations

import numpy as np

from songwright.dsp.mel import spectra
from songwright.runtime.codec import RATE_HZ

FADE_S = 0.04
REACH_S = 0.2
"""How deep in what is new a crossfade may end."""
SIZE, HOP = 1024, 256
COPY_S = 0.02
"""What a sound that goes on knows of the sound before it, for `carried_on`."""
_STEP = 128  # samples from one place that is tried to the next
_ENOUGH = 1.0  # standard deviations over the mean: as music is anyway, so the nearest such place is taken
_AROUND_S = 4.0


def flux(sound: np.ndarray) -> np.ndarray:
    """How much louder the bins of a spectrum become from one moment to the next, in logarithms, summed.

    sound: (frames,) at 32 kHz. One value every 256 samples, windows of 1024 around it (Dixon 2006, log magnitudes).
    """
    size = np.log1p(100.0 * np.abs(spectra(sound, SIZE, HOP, SIZE // 2, "constant")))
    return np.maximum(np.diff(size, axis=0), 0.0).sum(axis=1)


def weights(old: np.ndarray, new: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How much of the old and of the new sound is in their crossfade; the level holds, alike as they may be.

    old, new: (..., frames) of the crossfade. Of equal gain where they are one, of equal power where they have nothing
    in common. float32 (frames,) each.
    """
    length = old.shape[-1]
    rise = 0.5 - 0.5 * np.cos(np.pi * (np.arange(length) + 0.5) / length)
    power = float(np.square(old, dtype=np.float64).sum() * np.square(new, dtype=np.float64).sum())
    alike = float((old.astype(np.float64) * new).sum()) / np.sqrt(power) if power > 0 else 0.0
    fall = rise[::-1]
    level = np.sqrt(rise**2 + fall**2 + 2 * max(0.0, alike) * rise * fall)
    return (fall / level).astype(np.float32), (rise / level).astype(np.float32)


def places(
    given: np.ndarray, made: np.ndarray, begin: int, end: int, fade: int = round(FADE_S * RATE_HZ),
    reach: int = round(REACH_S * RATE_HZ),
) -> tuple[slice | None, slice | None]:  # fmt: skip
    """The crossfades into what is new and out of it, both within samples begin .. end; None where a sound's end is.

    given, made: (frames,) at 32 kHz, mixes of the whole. fade, reach: samples, less where there is little room.
    """
    room = (end - begin) // 4
    fade, reach = max(1, min(fade, room)), max(1, min(reach, room))
    deep = np.arange(0, max(1, reach - fade + 1), _STEP)
    into = out = None
    if begin > 0:
        into = _place(given, made, begin + deep, fade)
    if end < len(given):
        out = _place(made, given, end - fade - deep, fade)
    return into, out


def carried_on(old: np.ndarray, new: np.ndarray, shared: int) -> np.ndarray:
    """The old sound, every sample as it is, and the new one after it, (..., frames).

    new: begins with its own copy of the last `shared` samples of the old sound. By what they differ there, the new
    sound differs as it begins, mirrored and dying away: nothing jumps, and what nobody goes on with fades.
    """
    fall = 0.5 + 0.5 * np.cos(np.pi * (np.arange(shared) + 0.5) / shared)
    apart = old[..., old.shape[-1] - shared :] - new[..., :shared]
    after = np.array(new[..., shared:])
    room = min(shared, after.shape[-1])
    after[..., :room] += (fall * apart[..., ::-1])[..., :room].astype(after.dtype)
    return np.concatenate([old, after], axis=-1)


def joined(given: np.ndarray, made: np.ndarray, begin: int, end: int) -> tuple[np.ndarray, list[slice]]:
    """Samples begin .. end of `made` in `given`, (stems, frames) at 32 kHz; and where the crossfades lie."""
    into, out = places(given.sum(axis=0), made.sum(axis=0), begin, end)
    whole = np.array(given, np.float32)
    inside = slice(begin if into is None else into.start, end if out is None else out.stop)
    whole[:, inside] = made[:, inside]
    for stem, (old, new) in enumerate(zip(given, made, strict=True)):
        for place, sounds in ((into, (old, new)), (out, (new, old))):
            if place is not None:
                first, then = (sound[place] for sound in sounds)
                fall, rise = weights(first, then)
                whole[stem, place] = fall * first + rise * then
    return whole, [place for place in (into, out) if place is not None]


def _place(first: np.ndarray, then: np.ndarray, starts: np.ndarray, fade: int) -> slice:
    """A crossfade from the first sound to the other: the earliest of these places that is quiet enough, or the best."""
    around = round(_AROUND_S * RATE_HZ)
    usual = flux(first[max(0, starts[0] - around) : starts[0] + around])
    found = []
    for start in starts:
        place = slice(int(start), int(start) + fade)
        found.append((_heard(first, then, place) - usual.mean()) / (usual.std() + 1e-9))
        if found[-1] < _ENOUGH:
            return place
    start = int(starts[int(np.argmin(found))])
    return slice(start, start + fade)


def _heard(first: np.ndarray, then: np.ndarray, place: slice) -> float:
    """The greatest flux from one window before a crossfade to one window behind it."""
    begin, end = max(0, place.start - 2 * SIZE), min(len(first), place.stop + 2 * SIZE)
    fall, rise = weights(first[place], then[place])
    part = np.concatenate(
        [first[begin : place.start], fall * first[place] + rise * then[place], then[place.stop : end]]
    )
    inside = slice(max(0, (place.start - begin - SIZE) // HOP), (place.stop - begin + SIZE) // HOP + 1)
    return float(flux(part)[inside].max())
