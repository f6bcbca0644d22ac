"""Loudness, effort and air of a sung phrase: accents, swells on held notes, the arc of the line, its release.

A phrase rises to its weightiest word and falls after it; louder is also brighter, since a singer who presses harder
gains most around 3 kHz (Sundberg 1987; Sjölander & Sundberg 2004), so effort follows the level.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from songwright.performer.diction import Timed
from songwright.performer.manner import Manner
from songwright.performer.phrasing import Tone
from songwright.text.phones import VOWELS
from songwright.values.seed import Luck

_ACCENT_DB = 1.5
_ACCENT_S = 0.12
_MARKED_DB = {"accent": 2.5, "marcato": 3.0, "tenuto": 0.6}
_SWELL_DB = 2.2
_HELD_S = 0.5  # notes from here on swell, fully from _SWELL_S on
_SWELL_S = 1.4
_ARC_DB = 2.0
_DB_PER_ST = 0.12
_EFFORT_PER_DB = 0.025
_RELEASE_S = 0.25
_RELEASE_DB = (
    -7.0,
    -3.0,
)  # at the end of an open vowel; of a word that closes with consonants, to keep them heard
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
    peak = _peak(tones, begin, end, luck)
    arc = 1.0 - ((place - peak) / np.where(place < peak, peak, 1.0 - peak)) ** 2
    size = manner.dynamics * (1.0 - 0.4 * softer)
    level = _held_values(tones, t, [_note_db(tone, middle_pitch, manner.dynamics) for tone in tones])
    shape = _ARC_DB * size * (arc - 0.6)
    for tone in tones:
        _shape_note(shape, tone, t, size)
    drive = [0.22 + 0.5 * tone.energy + 0.014 * (tone.pitch - middle_pitch) for tone in tones]
    stress = [0.07 * (tone.stress == 1) + 0.25 * (tone.level - _USUAL_LEVEL) for tone in tones]
    effort = _held_values(tones, t, np.add(drive, stress).tolist()) + _EFFORT_PER_DB * shape - 0.18 * softer
    left = np.clip((end - t) / 0.35, 0.0, 1.0)
    soft = _held_values(tones, t, [max(0.62 - tone.energy, 0.0) for tone in tones])
    gentle_start = 0.12 * (phones[0].symbol in VOWELS) * np.exp(-(t - begin) / 0.06)
    breath = 0.03 + 0.35 * soft + 0.14 * (1.0 - left) ** 1.5 + gentle_start + 0.08 * softer
    release = np.clip((end - t) / min(_RELEASE_S, 0.4 * (end - begin)), 0.0, 1.0)
    closed = phones[-1].symbol not in VOWELS
    energy = level + shape + _RELEASE_DB[closed] * (1.0 - release) ** 2
    return Colour(energy, np.clip(effort, 0.0, 1.0), np.clip(breath, 0.0, 1.0))


def _peak(tones: Sequence[Tone], begin_s: float, end_s: float, luck: Luck) -> float:
    """Where the phrase is fullest, 0.2..0.8 of its way: at its highest, longest, most stressed word."""
    chance = luck.uniform(0.45, 0.65)
    heads = [tone for tone in tones if tone.head]
    if len(heads) < 3:
        return chance
    low = min(tone.pitch for tone in heads)

    def weight(tone: Tone) -> float:
        return (
            0.15 * (tone.pitch - low) + 0.8 * min(tone.end_s - tone.start_s, 1.2) + 0.5 * (tone.stress == 1)
        )

    top = max(heads, key=weight)
    word = (0.5 * (top.start_s + min(top.end_s, top.start_s + 0.6)) - begin_s) / max(end_s - begin_s, 0.05)
    return float(np.clip(0.7 * word + 0.3 * chance, 0.2, 0.8))


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
    """An accent on a stressed or marked beginning, a swell on a held note (messa di voce)."""
    first, last = np.searchsorted(t, (tone.start_s, tone.end_s))
    if last - first < 2:
        return
    x = t[first:last] - tone.start_s
    length = tone.end_s - tone.start_s
    accent = _ACCENT_DB * {1: 1.0, 0: 0.0}.get(tone.stress, 0.5) * size if tone.head else 0.0
    accent += sum(_MARKED_DB.get(mark, 0.0) for mark in tone.marks)
    if accent:
        energy[first:last] += accent * np.exp(-x / _ACCENT_S) * np.minimum(x / 0.015, 1.0)
    if length > _HELD_S:
        swell = np.sin(np.pi * np.clip(x / length, 0.0, 1.0) ** 0.8)
        energy[first:last] += _SWELL_DB * size * min(length / _SWELL_S, 1.0) * swell
