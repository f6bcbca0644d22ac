"""What effort does to a voice: soft singing is breathier and darker, loud singing brighter, with a ring.

Between soft and loud the voice changes at its source. The closing of the folds grows sharper, so the spectrum falls
off less (where the whole is 10 dB louder, 3 kHz is about 15 dB louder: Sundberg & Nordenberg 2006); the fundamental
loses its lead over the second harmonic (about 10 dB soft, 3 dB loud: Gauffin & Sundberg 1989); the folds leave less
air through; and the ring around 3 kHz, the singing formant, comes out (Sundberg 1987).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from songwright.singer.characters import Colour
from songwright.singer.track import Diction, Track, class_weight
from songwright.text.phones import VOWELS, is_vowel

SONORANTS = frozenset(("L", "R", "W", "Y", "M", "N", "NG", "RR"))
HISSES = frozenset(("S", "SH", "CH", "Z", "ZH", "JH", "F", "TH", "T", "C", "TS", "PF"))
TILT_DB = 5.0
"""From softest to loudest, dB an octave above 600 Hz."""
CHEST_DB = 7.0
"""From loudest to softest, how much the fundamental gains."""
SOFT_BELOW, SOFT_AIR = 0.45, 0.5
"""Under this effort air leaks through the folds, this much of it for each unit of effort."""
HOLLOW_DB = -25.0
"""Voiceless sounds have no body below 600 Hz; what a mouth has there is the end of a vowel."""


@dataclass(frozen=True, eq=False)
class Timbre:
    """Curves for the frames of a track: dB weights of the colours of `spectrum`, and breath 0..1."""

    level: np.ndarray
    tilt: np.ndarray
    formant: np.ndarray
    twang: np.ndarray
    hollow: np.ndarray
    chest: np.ndarray
    breath: np.ndarray


def timbre(
    track: Track, colour: Colour, diction: Diction, ring_db: float,
    energy_db: np.ndarray, effort: np.ndarray, breath: np.ndarray,
) -> Timbre:  # fmt: skip
    """How the voice is coloured, frame by frame.

    energy_db, effort 0..1, breath 0..1: the singer's curves at the frames. ring_db: of the singing formant at effort
    0.5. The fundamental is lifted only where the folds swing.
    """
    effort = np.clip(effort, 0.0, 1.0)
    sonorant = class_weight(track, VOWELS | SONORANTS)
    hiss = class_weight(track, HISSES)
    leak = SOFT_AIR * np.maximum(SOFT_BELOW - effort, 0.0)
    air = np.clip(colour.breath + 0.4 * breath + leak, 0.0, 0.6)
    return Timbre(
        level=_held_to_the_end(track, energy_db) + diction.hiss_db * hiss,
        tilt=(diction.tilt_db + colour.tilt_db + TILT_DB * (effort - 0.5)) * sonorant,
        formant=ring_db * (0.5 + effort) * sonorant,
        twang=colour.twang_db * sonorant,
        hollow=HOLLOW_DB * ~track.voiced,
        chest=(CHEST_DB * (0.5 - effort) + 6.0 * colour.breath) * sonorant,
        breath=air,
    )


def _held_to_the_end(track: Track, energy_db: np.ndarray) -> np.ndarray:
    """Energy with the consonants after the last vowel as loud as most of that vowel, not swallowed by its fading."""
    last = max((k for k, span in enumerate(track.spans) if is_vowel(span.symbol)), default=None)
    if last is None or last + 2 >= len(track.spans):
        return energy_db
    vowel = track.spans[last]
    inside = (track.times_s >= vowel.onset_s) & (track.times_s < vowel.offset_s)
    if not inside.any():
        return energy_db
    sung = float(np.median(energy_db[inside]))
    end_s = track.spans[-1].onset_s if track.spans[-1].symbol == "PAU" else track.spans[-1].offset_s
    after = (track.times_s >= vowel.offset_s) & (track.times_s < end_s + 0.05)
    ramp = np.clip((track.times_s - vowel.offset_s) / 0.02, 0.0, 1.0)
    held = np.maximum(energy_db, min(sung, 0.0))
    return np.where(after, energy_db + ramp * (held - energy_db), energy_db)
