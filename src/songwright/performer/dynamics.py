"""How hard each note is struck: section energy, metric accents, phrase arcs, small unevenness."""

from __future__ import annotations

import numpy as np

from songwright.performer.timing import Places, draws
from songwright.values.score import Part, Score
from songwright.values.seed import Seed

GHOST_LEVEL = 0.35  # below this a note is meant to be felt, not heard: it is never pushed up


def played_levels(score: Score, part: Part, where: Places, seed: Seed) -> np.ndarray:
    """Level 0.02..1 of every note of a played part, in its order."""
    written = np.array([note.level for note in part.notes])
    ticks = np.array([note.start_tick for note in part.notes])
    accents = np.array([note.articulation == "accent" for note in part.notes])
    factor = 0.88 + 0.24 * where.energy
    factor *= 1.0 + (0.5 if part.role == "drums" else 1.0) * metric_accent(score, ticks)
    factor *= 1.0 + rise_into_next(score, where, ticks)
    factor *= np.where(accents, 1.12, 1.0)
    if part.role == "answer":
        factor *= arcs(ticks, np.array([note.end_tick for note in part.notes]), score.meter.beat_ticks)
    uneven = draws(seed.child("touch"), where, np.array([note.pitch for note in part.notes]), 1)[0]
    factor *= 1.0 + 0.035 * np.clip(uneven, -2.0, 2.0)
    factor = np.where(written < GHOST_LEVEL, np.minimum(factor, 1.0), factor)
    return np.clip(written * factor, 0.02, 1.0)


def metric_accent(score: Score, ticks: np.ndarray) -> np.ndarray:
    """Relative push of each tick by its place in the bar: downbeat +5 %, beats 0, off-beats -4 %."""
    inside = ticks % score.meter.bar_ticks
    off = np.where(inside % score.meter.beat_ticks == 0, 0.0, -0.04)
    return np.where(inside == 0, 0.05, off)


def rise_into_next(score: Score, where: Places, ticks: np.ndarray) -> np.ndarray:
    """Up to +10 % over the last bar of a section when the next one has more energy."""
    if len(score.sections) < 2:
        return np.zeros(len(ticks))
    energy = np.array([section.energy for section in score.sections])
    ends = np.array([section.end_tick for section in score.sections])
    gain = np.append(np.maximum(np.diff(energy), 0.0), 0.0)[where.section]
    left = np.clip((ends[where.section] - ticks) / score.meter.bar_ticks, 0.0, 1.0)
    return np.minimum(gain, 0.4) * 0.25 * (1.0 - left)


def arcs(starts: np.ndarray, ends: np.ndarray, gap_ticks: int) -> np.ndarray:
    """A swell and a fall over each phrase of a melody, 0.92..1.06; phrases are parted by a beat of rest."""
    if len(starts) == 0:
        return np.ones(0)
    phrase = np.concatenate(([0], np.cumsum(starts[1:] - ends[:-1] >= gap_ticks)))
    first = np.searchsorted(phrase, phrase, side="left")
    last = np.searchsorted(phrase, phrase, side="right") - 1
    length = np.maximum(starts[last] - starts[first], 1)
    place = (starts - starts[first]) / length
    return 0.92 + 0.14 * 4.0 * place * (1.0 - place) ** 0.8
