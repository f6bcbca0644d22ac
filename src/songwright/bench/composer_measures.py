"""What tunes are like, in figures: to lay the tunes of a composer beside tunes people wrote.

All are read from a score's lead part and its key, meter and tempo; nothing is heard. A tune without notes gives 0.0.

| figure | definition after |
|---|---|
| overlap of histograms (PD, DD) | SongMASS (Sheng et al., AAAI 2021): the sum of bin-wise minima |
| melody distance (MD) | SongMASS: dynamic time warping of pitches each eighth, each series less its mean |
| pitch-class entropy, grooving similarity | MusDr (Wu & Yang, ISMIR 2020) |
| structure index | after MusDr and Müller, Grosche & Wiering (ISMIR 2009), read from bars instead of sound |
| stress on strong beats | area under the ROC curve (Mann & Whitney 1947) over strengths of `music.rhythm` |
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from itertools import pairwise
from math import fsum, log2

import numpy as np

from songwright.music.harmony import chord_pitches
from songwright.music.pitch import SCALES, pitch_class
from songwright.music.rhythm import is_strong, strength
from songwright.music.tokens.sheet import vowel_class
from songwright.values.score import Note, Score

Histogram = Mapping[Hashable, float]
EIGHTH = 240
OPEN_VOWELS = "aeo"
_TWELFTH = 40  # ticks: a twelfth of a quarter note
_LEAP = 5  # semitones: a fourth and more
_GROOVE = 16  # places in a bar
_BREATH_S = 0.15
_LEVELS = 6  # strengths of a beat, `music.rhythm`
LAGS = {"short": (1, 3), "middle": (4, 7), "long": (8, 16)}


def lead_notes(score: Score) -> tuple[Note, ...]:
    """The sung line; () where nobody sings."""
    return next((part.notes for part in score.parts if part.role == "lead"), ())


# ---------------------------------------------------------------- how often what occurs


def pitches(score: Score) -> Histogram:
    """How often each pitch occurs, MIDI, as shares of the notes."""
    return _shares(note.pitch for note in lead_notes(score))


def degrees(score: Score) -> Histogram:
    """How often each step above the tonic occurs, 0..11 semitones, in whatever octave."""
    tonic = pitch_class(score.key.tonic)
    return _shares((note.pitch - tonic) % 12 for note in lead_notes(score))


def lengths(score: Score) -> Histogram:
    """How often each written length occurs, in twelfths of a quarter, 96 at most."""
    return _shares(min(96, max(1, round(note.length_ticks / _TWELFTH))) for note in lead_notes(score))


def intervals(score: Score) -> Histogram:
    """How often each interval to the next note occurs, -12..12 semitones; wider ones count as an octave."""
    return _shares(max(-12, min(12, b.pitch - a.pitch)) for a, b in pairwise(lead_notes(score)))


def places(score: Score) -> Histogram:
    """How often notes begin at each metrical strength, 0 (off the grid) .. 5 (first beat)."""
    return _shares(strength(note.start_tick, score.meter) for note in lead_notes(score))


HISTOGRAMS: Mapping[str, Callable[[Score], Histogram]] = {
    "pitch": pitches, "degree": degrees, "duration": lengths, "interval": intervals, "place": places,
}  # fmt: skip


def _shares(values: Iterable[Hashable]) -> Histogram:
    counts = Counter(values)
    total = sum(counts.values())
    return {name: counts[name] / total for name in sorted(counts)} if total else {}


def pooled(found: Iterable[Histogram]) -> Histogram:
    """The mean of histograms, each song as heavy as another."""
    every = [one for one in found if one]
    names = sorted({name for one in every for name in one})
    return {name: fsum(one.get(name, 0.0) for one in every) / len(every) for name in names}


def overlap(first: Histogram, second: Histogram) -> float:
    """What two histograms have in common, 0..1: the sum of bin-wise minima (PD and DD of SongMASS)."""
    return fsum(min(share, second.get(name, 0.0)) for name, share in first.items())


# ---------------------------------------------------------------- two tunes beside each other


def melody_distance(first: Score, second: Score) -> float:
    """How far two tunes to the same words lie apart, in semitones a step (MD of SongMASS).

    Both are read as the pitch that sounds each eighth (rests hold the last pitch), less its mean; they are laid over
    each other by dynamic time warping, and the sum of |differences| is divided by the length of the first.
    """
    a, b = _series(first), _series(second)
    if not len(a) or not len(b):
        return 0.0
    costs = np.abs((a - a.mean())[:, None] - (b - b.mean())[None, :])
    return float(_warped(costs) / len(a))


def _series(score: Score) -> np.ndarray:
    notes = lead_notes(score)
    if not notes:
        return np.zeros(0)
    start, end = notes[0].start_tick // EIGHTH, -(-notes[-1].end_tick // EIGHTH)
    onsets = np.array([note.start_tick for note in notes])
    held = np.searchsorted(onsets, np.arange(start, end) * EIGHTH + EIGHTH // 2, side="right") - 1
    return np.array([note.pitch for note in notes], dtype=np.float64)[np.maximum(held, 0)]


def _warped(costs: np.ndarray) -> float:
    """The cheapest way through a table of costs, from its first corner to its last, diagonal by diagonal."""
    rows, columns = costs.shape
    # the best way that ends in row i of a diagonal stands at i + 1
    before, last = np.full(rows + 1, np.inf), np.full(rows + 1, np.inf)
    for diagonal in range(rows + columns - 1):
        low, high = max(0, diagonal - columns + 1), min(rows, diagonal + 1)
        here = np.full(rows + 1, np.inf)
        row = np.arange(low, high)
        best = np.minimum(np.minimum(last[row], last[row + 1]), before[row])
        if diagonal == 0:
            best = np.zeros(1)
        here[row + 1] = best + costs[row, diagonal - row]
        before, last = last, here
    return float(last[rows])


# ---------------------------------------------------------------- pattern and form


def pitch_class_entropy(score: Score, bars: int = 1) -> float:
    """How many pitch classes a stretch of bars mixes, in bits: the mean over all stretches (H1, H4 of MusDr)."""
    bar = score.meter.bar_ticks
    held: dict[int, Counter[int]] = defaultdict(Counter)
    for note in lead_notes(score):
        held[note.start_tick // bar][note.pitch % 12] += 1
    if not held:
        return 0.0
    found = []
    for first in range(min(held), max(held) - bars + 2):
        counts = sum((held[n] for n in range(first, first + bars) if n in held), Counter())
        total = sum(counts.values())
        if total:
            found.append(-fsum(n / total * log2(n / total) for n in counts.values()))
    return fsum(found) / len(found) if found else 0.0


def grooving_similarity(score: Score) -> float:
    """How alike the rhythms of any two bars are, 0..1 (GS of MusDr, with 16 places in a bar instead of 64).

    One minus the share of places where one bar has an onset and the other none; bars nobody sings in are left out.
    """
    bar = score.meter.bar_ticks
    onsets: dict[int, set[int]] = defaultdict(set)
    for note in lead_notes(score):
        onsets[note.start_tick // bar].add(note.start_tick % bar * _GROOVE // bar)
    if len(onsets) < 2:
        return 0.0
    grid = np.zeros((len(onsets), _GROOVE))
    for row, n in enumerate(sorted(onsets)):
        grid[row, sorted(onsets[n])] = 1.0
    unlike = np.abs(grid[:, None] - grid[None]).mean(axis=2)
    return float(1.0 - unlike[np.triu_indices(len(grid), 1)].mean())


def structure_index(score: Score) -> dict[str, float]:
    """How strongly stretches of bars come again, 0..1: short (1-3 bars), middle (4-7) and long (8-16).

    Bars are alike by the share of sixteenths with the same pitch class and the same onset. A stretch's fitness is the
    harmonic mean of how alike its recurrences are and how much of the song they cover; the index is the greatest
    fitness of any stretch of that length (the fitness scape plot, on bars).
    """
    alike = _bars_alike(score)
    bars = len(alike)
    found = {}
    for name, (least, most) in LAGS.items():
        sizes = [size for size in range(least, most + 1) if 2 * size <= bars]
        found[name] = max((_fitness(alike, size) for size in sizes), default=0.0)
    return found


def _bars_alike(score: Score) -> np.ndarray:
    """How alike any two bars are, (bars, bars), 0..1; bars before the first and after the last note are cut."""
    notes = lead_notes(score)
    bar, cells = score.meter.bar_ticks, max(1, score.meter.bar_ticks // 120)
    if not notes:
        return np.zeros((0, 0))
    first, last = notes[0].start_tick // bar, (notes[-1].end_tick - 1) // bar + 1
    grid = np.full(((last - first) * cells, 2), -1)
    for note in notes:
        start = (note.start_tick - first * bar) * cells // bar
        end = max(start + 1, (note.end_tick - first * bar) * cells // bar)
        grid[start:end, 0] = note.pitch % 12
        grid[start, 1] = 1
    table = grid.reshape(last - first, cells, 2)
    return (table[:, None] == table[None]).all(axis=3).mean(axis=2)


def _fitness(alike: np.ndarray, size: int) -> float:
    """The fitness of the best stretch of a size."""
    bars = len(alike)
    starts = bars - size + 1
    runs = sum(alike[k : k + starts, k : k + starts] for k in range(size)) / size
    best = 0.0
    for start in range(starts):
        order = np.argsort(-runs[start], kind="stable")
        taken, total = [start], 0.0
        for other in order.tolist():
            if runs[start, other] < 0.5:
                break
            if all(abs(other - place) >= size for place in taken):
                taken.append(other)
                total += float(runs[start, other])
        if len(taken) > 1:
            score = total / (len(taken) - 1)
            cover = (len(taken) - 1) * size / max(1, bars - size)
            best = max(best, 2 * score * cover / (score + cover))
    return best


# ---------------------------------------------------------------- words and voice


def stress_counts(score: Score) -> np.ndarray:
    """How many stressed (row 1) and unstressed (row 0) syllables begin at each metrical strength 0..5."""
    counts = np.zeros((2, _LEVELS))
    for note in lead_notes(score):
        if note.syllable is not None:
            counts[int(note.syllable.stress > 0), strength(note.start_tick, score.meter)] += 1
    return counts


def stress_area(counts: np.ndarray) -> float:
    """How surely a stressed syllable stands on a stronger beat than an unstressed one: 0.5 chance, 1 always.

    counts: as `stress_counts` gives them, of one song or the sum of many. NaN where one of both is missing.
    """
    light, heavy = counts
    if not light.sum() or not heavy.sum():
        return float("nan")
    below = np.concatenate([[0.0], np.cumsum(light)[:-1]])
    return float((heavy * (below + 0.5 * light)).sum() / (light.sum() * heavy.sum()))


def singability(score: Score) -> dict[str, float]:
    """How a tune lies for a voice: see the keys.

    range and tessitura (10th to 90th percentile, weighted by length) in semitones; leap_share: intervals of a fourth
    and more; syllables_s: the 95th percentile of syllables a second inside lines; breath_share: lines followed by a
    rest of 0.15 s or more, or by a breath mark; longest_breath_s: the longest stretch without either; long_open_share:
    notes of two beats and more that are sung on an open vowel (a, e, o).
    """
    notes = lead_notes(score)
    if not notes:
        return dict.fromkeys(
            ("range", "tessitura", "leap_share", "syllables_s", "breath_share", "longest_breath_s", "long_open_share"),
            0.0,
        )  # fmt: skip
    by_pitch = sorted((note.pitch, note.length_ticks) for note in notes)
    sizes = [abs(b.pitch - a.pitch) for a, b in pairwise(notes)]
    sung = [note for note in notes if note.syllable is not None]
    gaps = [_seconds(score, a.start_tick, b.start_tick) for a, b in pairwise(sung) if a.line == b.line]
    rates = [1.0 / gap for gap in gaps if gap > 0]
    breaths = [
        "breath" in a.articulation.split() or _seconds(score, a.end_tick, b.start_tick) >= _BREATH_S
        for a, b in pairwise(notes)
    ]
    ends = [breath for breath, (a, b) in zip(breaths, pairwise(notes), strict=True) if a.line != b.line]
    return {
        "range": float(by_pitch[-1][0] - by_pitch[0][0]),
        "tessitura": float(_percentile(by_pitch, 0.9) - _percentile(by_pitch, 0.1)),
        "leap_share": _share(size >= _LEAP for size in sizes),
        "syllables_s": float(np.percentile(rates, 95)) if rates else 0.0,
        "breath_share": _share(ends) if ends else 1.0,
        "longest_breath_s": _longest_breath(score, notes, breaths),
        "long_open_share": _share(open_ for long, open_ in _held(notes, 2 * score.meter.beat_ticks) if long),
    }


def _seconds(score: Score, start: int, end: int) -> float:
    return score.tempo_map.seconds_at(end) - score.tempo_map.seconds_at(start)


def _percentile(weighted: Sequence[tuple[int, int]], share: float) -> int:
    total, passed = sum(weight for _, weight in weighted), 0
    for value, weight in weighted:
        passed += weight
        if passed >= share * total:
            return value
    return weighted[-1][0]


def _share(values: Iterable[bool]) -> float:
    found = list(values)
    return sum(found) / len(found) if found else 0.0


def _longest_breath(score: Score, notes: Sequence[Note], breaths: Sequence[bool]) -> float:
    """breaths: whether one comes after every note but the last."""
    longest, start = 0.0, notes[0].start_tick
    for note, after, breath in zip(notes, [*notes[1:], notes[-1]], [*breaths, True], strict=True):
        if breath:
            longest = max(longest, _seconds(score, start, note.end_tick))
            start = after.start_tick
    return longest


def _held(notes: Sequence[Note], least: int) -> Iterable[tuple[bool, bool]]:
    """Of every note: is it long, and is its vowel open."""
    vowel = "x"
    for note in notes:
        if note.syllable is not None:
            vowel = vowel_class(note.syllable.phones)
        yield note.length_ticks >= least, vowel in OPEN_VOWELS


# ---------------------------------------------------------------- all figures of a tune


def figures(score: Score) -> dict[str, float]:
    """Every figure of one tune that is a plain number; `stress` is NaN where all syllables weigh alike."""
    notes = lead_notes(score)
    steps = [b.pitch - a.pitch for a, b in pairwise(notes)]
    sung = sum(note.syllable is not None for note in notes)
    bars = max(1, score.length_ticks // score.meter.bar_ticks)
    structure = structure_index(score)
    strong = [note for note in notes if is_strong(note.start_tick, score.meter)]
    return {
        "pitch_class_entropy_1": pitch_class_entropy(score, 1),
        "pitch_class_entropy_4": pitch_class_entropy(score, 4),
        "grooving_similarity": grooving_similarity(score),
        **{f"structure_{name}": value for name, value in structure.items()},
        "stress": stress_area(stress_counts(score)),
        **singability(score),
        "repeated_share": _share(step == 0 for step in steps),
        "step_share": _share(0 < abs(step) <= 2 for step in steps),
        "chord_tone_share": _share(_fits(note, score) for note in strong) if score.chords else 0.0,
        "scale_share": _share(_in_scale(note, score) for note in notes),
        "notes_a_syllable": len(notes) / sung if sung else 0.0,
        "notes_a_bar": len(notes) / bars,
        "rest_share": 1.0 - min(1.0, sum(note.length_ticks for note in notes) / max(1, score.length_ticks)),
    }


def _fits(note: Note, score: Score) -> bool:
    return note.pitch % 12 in {pitch % 12 for pitch in chord_pitches(score.chord_at(note.start_tick))}


def _in_scale(note: Note, score: Score) -> bool:
    tonic = pitch_class(score.key.tonic)
    return (note.pitch - tonic) % 12 in SCALES[score.key.mode]
