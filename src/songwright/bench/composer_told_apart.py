"""Can a listener that was trained for it tell a composer's tunes from people's, eight bars at a time?

Both sides set the same words to the same bars and chords, so a task tells nothing. Songs are dealt into five folds;
a listener learns on four of them (both sides of each song) and chooses on the fifth. One listener is a logistic
regression over what can be counted in a window, the other a small recurrent network that reads its notes
(`train.songs.ear`). Half of all windows are people's: 0.5 is chance.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import log2, sqrt
from typing import TypeVar

import numpy as np

from songwright.bench.composer_measures import figures, lead_notes
from songwright.music.form import notes_in
from songwright.music.harmony import chord_pitches
from songwright.music.pitch import pitch_class
from songwright.music.rhythm import strength
from songwright.values.score import Chord, Note, Part, Score

Timed = TypeVar("Timed", Note, Chord)

BARS, FOLDS, LEAST_NOTES = 8, 5, 8
_FIGURES = (
    "pitch_class_entropy_1", "pitch_class_entropy_4", "grooving_similarity", "structure_short", "range", "tessitura",
    "leap_share", "syllables_s", "repeated_share", "step_share", "chord_tone_share", "scale_share", "notes_a_syllable",
    "notes_a_bar", "rest_share",
)  # fmt: skip
_LENGTH_EDGES = (1, 2, 3, 4, 6, 8, 9, 12, 18, 24, 36)  # twelfths of a quarter note
_STEP_EDGES = (-7, -4, -2, 0, 1, 3, 5, 8)  # semitones, lower bounds of classes
_RIDGE = 3.0


@dataclass(frozen=True)
class Window:
    """Eight bars of a song. song: its number; human: who wrote it. score: the window alone; notes in its place."""

    song: int
    human: bool
    score: Score
    start_tick: int


@dataclass(frozen=True)
class Told:
    """How well a listener chose. windows, songs: how many; accuracy of both; error: standard error over songs.

    paired: share of songs where the person's setting sounded more human than the composer's to the same words.
    """

    windows: int
    songs: int
    accuracy: float
    error: float
    songs_accuracy: float
    paired: float


def windows_of(score: Score, song: int, human: bool) -> list[Window]:
    """A song in stretches of eight bars; stretches with fewer than eight notes are left out."""
    bar = score.meter.bar_ticks
    found = []
    for start in range(0, score.length_ticks, BARS * bar):
        notes = notes_in(lead_notes(score), start, start + BARS * bar)
        if len(notes) >= LEAST_NOTES:
            part = Part("lead", "Voice", "lead", "voice", "lead", notes)
            cut = Score(
                "", score.key, score.meter, score.tempo_map, (), score.chords, (), (part,), BARS * bar
            )
            found.append(Window(song, human, cut, start))
    return found


def sung_through(score: Score) -> Score:
    """The song with every note held to the next where less than a beat of silence lies between."""
    parts = []
    for part in score.parts:
        notes = list(part.notes)
        for n, (note, after) in enumerate(pairwise(part.notes)):
            if 0 < after.start_tick - note.end_tick < score.meter.beat_ticks:
                notes[n] = replace(note, length_ticks=after.start_tick - note.start_tick)
        parts.append(replace(part, notes=tuple(notes)))
    return replace(score, parts=tuple(parts))


def pairs(human: Sequence[Score], made: Sequence[Score]) -> list[Window]:
    """The windows of both sides of every song, of each as many as the side with fewer has."""
    found = []
    for n, (theirs, ours) in enumerate(zip(human, made, strict=True)):
        a, b = windows_of(theirs, n, True), windows_of(ours, n, False)
        found += a[: len(b)] + b[: len(a)]
    return found


def told_apart(
    windows: Sequence[Window],
    listen: Callable[[Sequence[Window], Sequence[Window]], np.ndarray],
) -> Told:
    """How well a listener chooses.

    listen: (windows to learn from, windows to judge) -> how human each sounds, above 0 = a person.
    """
    songs = sorted({window.song for window in windows})
    verdicts: list[tuple[Window, float]] = []
    for fold in range(FOLDS):
        held = [w for w in windows if songs.index(w.song) % FOLDS == fold]
        rest = [w for w in windows if songs.index(w.song) % FOLDS != fold]
        if held and rest:
            verdicts += zip(held, listen(rest, held).tolist(), strict=True)
    right = {song: [(v > 0) == w.human for w, v in verdicts if w.song == song] for song in songs}
    sides = {
        (song, human): float(np.mean([v for w, v in verdicts if w.song == song and w.human == human]))
        for song in songs for human in (True, False)
    }  # fmt: skip
    shares = [float(np.mean(found)) for found in right.values()]
    total = sum(sum(found) for found in right.values()) / max(1, len(verdicts))
    return Told(
        len(verdicts),
        len(songs),
        total,
        float(np.std(shares)) / sqrt(max(1, len(shares))),
        float(np.mean([(value > 0) == human for (_, human), value in sides.items()])),
        float(np.mean([sides[song, True] > sides[song, False] for song in songs])),
    )


def reading(learn: Sequence[Window], judge: Sequence[Window]) -> np.ndarray:
    """The network that reads notes: log odds that a person wrote each window to judge. Needs the extra `train`."""
    from songwright.train.songs.ear import listen

    human = [window.human for window in learn]
    return listen([note_codes(w) for w in learn], human, [note_codes(w) for w in judge], CODE_SIZES)


# ---------------------------------------------------------------- a listener who counts


def counting(learn: Sequence[Window], judge: Sequence[Window]) -> np.ndarray:
    """Logistic regression (ridge) over `features`: log odds that a person wrote each window to judge."""
    table = np.array([features(window) for window in learn])
    mean, spread = table.mean(axis=0), table.std(axis=0)
    keep = spread > 1e-9
    table = (table[:, keep] - mean[keep]) / spread[keep]
    other = (np.array([features(window) for window in judge])[:, keep] - mean[keep]) / spread[keep]
    weights = _fitted(_with_one(table), np.array([float(window.human) for window in learn]))
    return _with_one(other) @ weights


def _with_one(table: np.ndarray) -> np.ndarray:
    return np.hstack([np.clip(table, -5.0, 5.0), np.ones((len(table), 1))])


def _fitted(table: np.ndarray, human: np.ndarray) -> np.ndarray:
    """Weights by Newton's method (iteratively reweighted least squares)."""
    weights = np.zeros(table.shape[1])
    ridge = np.full(table.shape[1], _RIDGE)
    ridge[-1] = 1e-6
    for _ in range(12):
        chance = 1.0 / (1.0 + np.exp(-np.clip(table @ weights, -30, 30)))
        slope = table.T @ (human - chance) - ridge * weights
        curve = (table * (chance * (1 - chance))[:, None]).T @ table + np.diag(ridge)
        step = np.linalg.solve(curve, slope)
        weights = weights + step
        if np.abs(step).max() < 1e-6:
            break
    return weights


def features(window: Window) -> np.ndarray:
    """What can be counted in a window: figures, and shares of intervals, lengths, places, degrees and their pairs."""
    score, notes = window.score, lead_notes(window.score)
    measured = figures(_at_zero(window))
    tonic = pitch_class(score.key.tonic)
    steps = [_class(b.pitch - a.pitch, _STEP_EDGES) for a, b in pairwise(notes)]
    lengths = [_class(note.length_ticks // 40, _LENGTH_EDGES) for note in notes]
    places = [strength(note.start_tick, score.meter) for note in notes]
    chord = [
        note.pitch % 12 in {p % 12 for p in chord_pitches(score.chord_at(note.start_tick))} for note in notes
    ]
    kinds, sizes = len(_STEP_EDGES) + 1, len(_LENGTH_EDGES) + 1
    parts = [
        [measured[name] for name in _FIGURES],
        _spread([max(-12, min(12, b.pitch - a.pitch)) + 12 for a, b in pairwise(notes)], 25),
        _spread(lengths, sizes),
        _spread(places, 6),
        _spread([(note.pitch - tonic) % 12 for note in notes], 12),
        _spread([a * kinds + b for a, b in pairwise(steps)], kinds * kinds),
        _spread([a * sizes + b for a, b in pairwise(lengths)], sizes * sizes),
        _spread([6 * length + place for length, place in zip(lengths, places, strict=True)], 6 * sizes),
        _spread([2 * place + int(fits) for place, fits in zip(places, chord, strict=True)], 12),
        _spread([6 * step + place for step, place in zip(steps, places[1:], strict=True)], 6 * kinds),
    ]
    return np.concatenate([np.asarray(part, dtype=np.float64) for part in parts])


def _at_zero(window: Window) -> Score:
    """The window as a song of its own: bars counted from its start."""
    score, start = window.score, window.start_tick
    notes = tuple(_moved(note, -start) for note in lead_notes(score))
    chords = tuple(_moved(c, -start) for c in score.chords if c.end_tick > start)
    part = Part("lead", "Voice", "lead", "voice", "lead", notes)
    return Score("", score.key, score.meter, score.tempo_map, (), chords, (), (part,), score.length_ticks)


def _moved(item: Timed, ticks: int) -> Timed:
    return replace(item, start_tick=item.start_tick + ticks)


def _class(value: int, edges: Sequence[int]) -> int:
    return sum(value >= edge for edge in edges)


def _spread(values: Sequence[int], size: int) -> np.ndarray:
    return np.bincount(np.asarray(values, dtype=np.int64), minlength=size) / max(1, len(values))


def note_codes(window: Window) -> list[tuple[int, ...]]:
    """The notes of a window as numbers: interval, length, place in the bar, step above the chord, rest after it."""
    score, notes = window.score, lead_notes(window.score)
    rests = _rests(notes)
    found = []
    for n, note in enumerate(notes):
        step = max(-12, min(12, note.pitch - notes[n - 1].pitch)) + 13 if n else 0
        chord = score.chord_at(note.start_tick) if score.chords else None
        over = (note.pitch - chord.root) % 12 if chord is not None else 12
        place = note.start_tick % score.meter.bar_ticks * 16 // score.meter.bar_ticks
        found.append((step, _class(note.length_ticks // 40, _LENGTH_EDGES), place, over, rests[n]))
    return found


CODE_SIZES = (26, len(_LENGTH_EDGES) + 1, 16, 13, 6)


def _rests(notes: Sequence[Note]) -> list[int]:
    """How long the silence after each note is, in classes of powers of two of a sixteenth: 0 none .. 5."""
    gaps = [max(0, b.start_tick - a.end_tick) for a, b in pairwise(notes)]
    return [min(5, int(log2(1 + gap / 120))) for gap in gaps] + [0] * bool(notes)
