"""Loudness, effort and air of a sung phrase: accents, swells on long notes, the arc of the line, its release."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from songwright.performer.diction import VOWELS, Timed
from songwright.performer.manner import Manner
from songwright.performer.phrasing import Tone
from songwright.values.seed import Luck

_ACCENT_DB = 1.5
_ACCENT_S = 0.12
_SWELL_DB = 1.6
_ARC_DB = 2.0
_DB_PER_ST = 0.12
_RELEASE_S = 0.25
_USUAL_LEVEL = 0.7


@dataclass(frozen=True)
class Colour:
    """Three curves at the times of the phrase: energy_db (0 = middling), effort 0..1, breathiness 0..1."""

    energy_db: np.ndarray
    effort: np.ndarray
    breathiness: np.ndarray


def colour(
    tones: Sequence[Tone],
    phones: Sequence[Timed],
    t: np.ndarray,
    middle_pitch: float,
    softer: float,
    manner: Manner,
    luck: Luck,
) -> Colour:
    """The colour of one phrase at times t (seconds).

    middle_pitch: centre of the part's range, MIDI. softer: 0 soloist .. 1 a voice that wants to blend.
    """
    begin, end = phones[0].onset_s, phones[-1].offset_s
    place = np.clip((t - begin) / max(end - begin, 0.05), 0.0, 1.0)
    peak = luck.uniform(0.45, 0.65)
    arc = 1.0 - ((place - peak) / np.where(place < peak, peak, 1.0 - peak)) ** 2
    size = manner.dynamics * (1.0 - 0.4 * softer)
    level = _held_values(tones, t, [_note_db(tone, middle_pitch, manner.dynamics) for tone in tones])
    energy = level + _ARC_DB * size * (arc - 0.6)
    for tone in tones:
        _shape_note(energy, tone, t, size)
    drive = [0.22 + 0.5 * tone.energy + 0.014 * (tone.pitch - middle_pitch) for tone in tones]
    stress = [0.07 * (tone.stress == 1) + 0.25 * (tone.level - _USUAL_LEVEL) for tone in tones]
    effort = _held_values(tones, t, np.add(drive, stress).tolist()) + 0.06 * arc - 0.18 * softer
    left = np.clip((end - t) / 0.35, 0.0, 1.0)
    soft = _held_values(tones, t, [max(0.62 - tone.energy, 0.0) for tone in tones])
    gentle_start = 0.12 * (phones[0].symbol in VOWELS) * np.exp(-(t - begin) / 0.06)
    breath = 0.03 + 0.35 * soft + 0.14 * (1.0 - left) ** 1.5 + gentle_start + 0.08 * softer
    release = np.clip((end - t) / min(_RELEASE_S, 0.4 * (end - begin)), 0.0, 1.0)
    energy = energy - 7.0 * (1.0 - release) ** 2
    return Colour(energy, np.clip(effort, 0.0, 1.0), np.clip(breath, 0.0, 1.0))


def _note_db(tone: Tone, middle_pitch: float, dynamics: float) -> float:
    """How loud a note is meant: section, written level, height."""
    written = 8.0 * np.log10(max(tone.level, 0.1) / _USUAL_LEVEL)
    return float(dynamics * (3.5 * (tone.energy - 0.6) + written) + _DB_PER_ST * (tone.pitch - middle_pitch))


def _held_values(tones: Sequence[Tone], t: np.ndarray, values: Sequence[float]) -> np.ndarray:
    """One value a note, gliding from note to note over about 80 ms."""
    starts = np.array([tone.start_s for tone in tones])
    knots = np.empty(2 * len(tones))
    knots[0::2], knots[1::2] = starts - 0.05, starts + 0.03
    steps = np.repeat(np.asarray(values, dtype=float), 2)
    steps[2::2] = steps[1:-1:2]
    return np.interp(t, np.maximum.accumulate(knots), steps)


def _shape_note(energy: np.ndarray, tone: Tone, t: np.ndarray, size: float) -> None:
    """An accent on a stressed beginning, a swell on a held note."""
    first, last = np.searchsorted(t, (tone.start_s, tone.end_s))
    if last - first < 2:
        return
    x = t[first:last] - tone.start_s
    length = tone.end_s - tone.start_s
    if tone.head and tone.stress:
        accent = _ACCENT_DB * (1.0 if tone.stress == 1 else 0.5) * size
        energy[first:last] += accent * np.exp(-x / _ACCENT_S) * np.minimum(x / 0.015, 1.0)
    if length > 0.5:
        swell = np.sin(np.pi * np.clip(x / length, 0.0, 1.0) ** 0.8)
        energy[first:last] += _SWELL_DB * size * min(length / 1.2, 1.0) * swell
