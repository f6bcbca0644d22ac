"""What a written song says about its genre: rhythms, densities, intervals, chords. No instrument is named.

All is read from the score alone, as somebody would who was given the notes of a band without the names of its players.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np

from songwright.values.score import Note, Part, Score

_STEPS = 16
_KICK, _SNARE, _RIM, _CLAP = (35, 36), (38, 40), (37,), (39,)
_HATS, _OPEN, _RIDE, _CRASH = (42, 44), (46,), (51, 53), (49, 57)
_TOMS, _SHAKEN, _BELL = (41, 43, 45, 47, 48, 50), (54, 69, 70, 82), (56,)
_DRUMS = (_KICK, _SNARE, _RIM, _CLAP, _HATS, _OPEN, _RIDE, _CRASH, _TOMS, _SHAKEN, _BELL)
_GRIDS = (_KICK, (*_SNARE, *_RIM, *_CLAP), (*_HATS, *_OPEN, *_RIDE, *_SHAKEN))
_QUALITIES = (("maj", "add9"), ("min",), ("7", "9"), ("maj7", "6"), ("min7", "min6"), ("sus4", "sus2"), ("5",),
              ("dim", "dim7", "m7b5", "aug"))  # fmt: skip
_TRIPLET = 160
# Where the figures of each part of the band stand in `score_features`.
DRUMS, BASS, CHORDS = slice(0, 73), slice(73, 102), slice(189, 213)


def score_features(score: Score) -> np.ndarray:
    """213 numbers of a score, float64; tempo is not among them (see `tempo_feature`)."""
    drums = [note for part in score.parts if part.role == "drums" for note in part.notes]
    values = [*_drum_features(drums, score), *_bass_features(_of(score, "bass"), score)]
    for role in ("comping", "pad", "answer"):
        values += _hand_features(_of(score, role), score)
    return np.array([*values, *_chord_features(score)])


def tempo_feature(score: Score) -> float:
    """Quarter notes a minute, as doublings of 60."""
    return float(np.log2(score.tempo_map.start_bpm / 60.0))


def _of(score: Score, role: str) -> list[Part]:
    return [part for part in score.parts if part.role == role]


def _bars(score: Score) -> float:
    return max(1.0, score.length_ticks / score.meter.bar_ticks)


def _grid(notes: Iterable[Note], score: Score) -> list[float]:
    """How many bars have a note on each sixteenth (of a bar of any length), 0..1."""
    cells = {(n.start_tick // score.meter.bar_ticks, _step(n, score)) for n in notes}
    counts = np.bincount([step for _, step in cells], minlength=_STEPS)
    return list(counts / _bars(score))


def _step(note: Note, score: Score) -> int:
    return note.start_tick % score.meter.bar_ticks * _STEPS // score.meter.bar_ticks


def _drum_features(drums: Sequence[Note], score: Score) -> list[float]:
    values = [value for row in _GRIDS for value in _grid((n for n in drums if n.pitch in row), score)]
    for row in _DRUMS:
        mine = [n for n in drums if n.pitch in row]
        values += [len(mine) / _bars(score), _mean(n.level for n in mine)]
    off = sum(n.start_tick % 120 != 0 for n in drums)
    return [*values, off / max(1, len(drums)), float(score.meter.beats == 3), float(score.meter.is_compound)]


def _bass_features(parts: Sequence[Part], score: Score) -> list[float]:
    notes = sorted((n for part in parts for n in part.notes), key=lambda n: n.start_tick)
    moves = [abs(b.pitch - a.pitch) for a, b in pairwise(notes)]
    sizes = ((0, 0), (1, 2), (3, 4), (5, 7), (8, 11), (12, 12))
    shares = [sum(low <= m <= high for m in moves) / max(1, len(moves)) for low, high in sizes]
    onroot = sum(n.pitch % 12 == score.chord_at(n.start_tick).bass for n in notes) if score.chords else 0
    return [*_grid(notes, score), *shares, onroot / max(1, len(notes)), *_shape(notes, score)]


def _hand_features(parts: Sequence[Part], score: Score) -> list[float]:
    """All parts of one role together."""
    notes = [n for part in parts for n in part.notes]
    onsets = {(part.id, n.start_tick) for part in parts for n in part.notes}
    width = len(notes) / max(1, len(onsets))
    kinds = ("staccato", "mute", "accent", "strum-down", "strum-up")
    shares = [sum(n.articulation == kind for n in notes) / max(1, len(notes)) for kind in kinds]
    return [*_grid(notes, score), width, float(len(parts)), *shares, *_shape(notes, score)]


def _shape(notes: Sequence[Note], score: Score) -> list[float]:
    """Density, length, height and its spread, share off the sixteenths and on triplets."""
    count = max(1, len(notes))
    pitches = [n.pitch for n in notes] or [0]
    odd = [n.start_tick % 120 for n in notes]
    return [
        len(notes) / _bars(score),
        _mean(n.length_ticks / score.meter.bar_ticks for n in notes),
        float(np.mean(pitches)),
        float(np.std(pitches)),
        sum(tick != 0 for tick in odd) / count,
        sum(n.start_tick % _TRIPLET == 0 and n.start_tick % 480 != 0 for n in notes) / count,
    ]


def _chord_features(score: Score) -> list[float]:
    chords = score.chords
    if not chords:
        return [0.0] * (len(_QUALITIES) + 16)
    total = sum(c.length_ticks for c in chords)
    kinds = [sum(c.length_ticks for c in chords if c.quality in kind) / total for kind in _QUALITIES]
    moves = [(b.root - a.root) % 12 for a, b in pairwise(chords) if b.root != a.root]
    motion = np.bincount([min(m, 12 - m) for m in moves], minlength=7) / max(1, len(moves))
    modes = [float(score.key.mode == mode) for mode in ("major", "minor", "dorian", "mixolydian")]
    shorter = sum(c.length_ticks < score.meter.bar_ticks for c in chords) / len(chords)
    inverted = sum(c.bass != c.root for c in chords) / len(chords)
    different = len({(c.root, c.quality) for c in chords}) / len(chords)
    return [*kinds, *motion, *modes, shorter, inverted, different, len(moves) / _bars(score), 1.0]


def _mean(values: Iterable[float]) -> float:
    found = list(values)
    return float(sum(found) / len(found)) if found else 0.0
