"""Which pitches a line is sung on: a beam search under a stated objective.

Cost of a note, in points (lower is better); `leaps`, `repeats`, `pentatonic` are the style's likings, 0..1:

* no chord tone on a felt beat 2.2 (first beat 3.0); half of it when it is left by step; a clash a semitone above a
  chord tone 1.5 more; off the beat a non-chord tone costs 0.3, and 1.5 more when leapt to or from
* the fourth and seventh degree: 0.9 x pentatonic (when no chord tone)
* interval: step 0.2, repeat 1 - 0.9 x repeats, thirds 0.5 and 0.6, fourth 0.9, fifth 1.2, sixths 1.9, octave 2.4; those
  above a second less up to 0.6 x leaps; from a fourth on, between two tones of one chord, 0.3 less; tritone and
  sevenths 30, the augmented second of minor 5; wider never
* a leap (fourth or more) not answered by a step or third back: 1.6; two leaps one way 1.5 more
* the same note three times 0.8, four times 2; there and back by a third or more 0.5, to and fro 0.7
  more; a turn after a step 0.3, with a third 0.5 (small intervals like to go on:
  Narmour 1990); a fifth step in a row the same way 0.6 (scales are no tunes)
* a light syllable above the heavy ones around it: 1.5; a leap down inside a word 0.5; up onto a heavy one -0.2
* distance from the line's contour: 0.06 x semitones squared (light syllables 0.02); the register's outer two
  semitones 0.8
* distance from the model's pitch where the line develops an earlier one: given weight
* the line's end: no chord tone 6; not where question or answer should end: 2.5; reached by a leap 0.8
* the hook: its leap onto the hook syllable earns 4
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from songwright.composer.settings import MelodySettings
from songwright.music.harmony import chord_pitches, chord_scale
from songwright.music.pitch import pitch_class
from songwright.music.rhythm import BEAT, DOWNBEAT, strength
from songwright.values.plan import Key
from songwright.values.score import Chord
from songwright.values.seed import Luck
from songwright.values.time import Meter

WIDTH = 20
_INTERVALS = (0.0, 0.2, 0.2, 0.5, 0.6, 0.9, 30.0, 1.2, 1.9, 1.9, 30.0, 30.0, 2.4)
CONTOURS = {
    "arch": (-2.0, 1.0, 3.0, 1.0, -1.5),
    "fall": (3.0, 2.5, 1.0, -1.0, -2.5),
    "rise": (-2.5, -1.5, 0.0, 2.0, 3.0),
    "valley": (2.0, 0.0, -2.0, -1.0, 1.0),
    "level": (0.0, 0.5, 0.0, 0.5, 0.0),
    "crest": (-1.0, 3.5, 3.0, 0.5, -1.5),
}


@dataclass(frozen=True)
class Spot:
    """A note without its pitch: where it stands and what it carries."""

    tick: int
    length: int
    weight: float
    inside_word: bool
    chord: Chord


@dataclass(frozen=True)
class LineTask:
    """What a line's melody should do.

    low, high: MIDI it must keep to; centre: where it lives. contour: semitones around the centre at five points.
    ending: pitch class -> points it costs to end there. model: pitch wanted at each spot (None = free) with weight.
    before: the pitch sung last before this line. hook: (spot number, semitones of the leap onto it).
    """

    low: int
    high: int
    centre: float
    contour: tuple[float, ...]
    ending: Mapping[int, float]
    model: tuple[tuple[int, float] | None, ...] = ()
    before: int | None = None
    hook: tuple[int, int] | None = None
    moods: Mapping[int, float] = field(default_factory=dict)


@dataclass(frozen=True)
class _Path:
    cost: float
    pitches: tuple[int, ...]


class MelodyWriter:
    """Writes lines in one key, meter and style."""

    def __init__(self, key: Key, meter: Meter, settings: MelodySettings) -> None:
        self.key, self.meter, self.settings = key, meter, settings
        self._harmony: dict[tuple[int, str], tuple[frozenset[int], frozenset[int]]] = {}
        tonic = pitch_class(key.tonic)
        minor = key.mode in ("minor", "dorian")
        # The augmented second of the harmonic minor: not for singing.
        self._gap = {(tonic + 8) % 12, (tonic + 11) % 12} if minor else {-1}
        self._spice = {(tonic + step) % 12 for step in ((2, 8, 9) if minor else (5, 10, 11))}

    def harmony(self, chord: Chord) -> tuple[frozenset[int], frozenset[int]]:
        """Chord tones and scale of a chord, as pitch classes."""
        name = (chord.root, chord.quality)
        if name not in self._harmony:
            tones = frozenset(chord_pitches(chord))
            self._harmony[name] = (tones, frozenset(chord_scale(chord, self.key)))
        return self._harmony[name]

    def write(self, spots: Sequence[Spot], task: LineTask, luck: Luck) -> tuple[float, tuple[int, ...]]:
        """The cheapest pitches found for a line, and their cost."""
        paths = [_Path(0.0, ())]
        for i in range(len(spots)):
            fixed = self._spot_costs(spots, i, task, luck)
            fresh: list[_Path] = []
            for path in paths:
                for pitch, cost in fixed:
                    step = self._step_cost(spots, i, path.pitches, pitch, task)
                    if step is not None:
                        fresh.append(_Path(path.cost + cost + step, (*path.pitches, pitch)))
            fresh.sort(key=lambda path: (path.cost, path.pitches))
            paths = _varied(fresh)
        return paths[0].cost, paths[0].pitches

    def _spot_costs(
        self, spots: Sequence[Spot], i: int, task: LineTask, luck: Luck
    ) -> list[tuple[int, float]]:
        """What each possible pitch costs at a spot, whatever came before."""
        spot = spots[i]
        tones, scale = self.harmony(spot.chord)
        level = strength(spot.tick, self.meter)
        wanted = task.centre + _at(task.contour, i, len(spots))
        model = task.model[i] if task.model else None
        last = i == len(spots) - 1
        costs = []
        for pitch in range(task.low, task.high + 1):
            pc = pitch % 12
            noise = luck.uniform(0.0, 0.3)
            if pc not in scale:
                continue
            away = pitch - wanted
            cost = (0.06 if spot.weight >= 0.5 else 0.02) * away * away + noise + task.moods.get(pc, 0.0)
            if pc not in tones:
                cost += self._colour(pc, tones, level, spot)
            if min(pitch - task.low, task.high - pitch) < 2:
                cost += 0.8
            if model is not None:
                off = pitch - model[0] if pitch > model[0] else model[0] - pitch
                cost += model[1] * (0.0 if off == 0 else 1.0 + 0.35 * off)
            if last:
                cost += (0.0 if pc in tones else 6.0) + task.ending.get(pc, 2.5)
            costs.append((pitch, cost))
        return costs or [(int(task.centre), 0.0)]

    def _colour(self, pc: int, tones: frozenset[int], level: int, spot: Spot) -> float:
        """What a note outside the chord costs."""
        held = spot.length >= self.meter.beat_ticks
        cost = 3.0 if level == DOWNBEAT else 2.2 if level >= BEAT else 1.2 if held else 0.3
        if (pc - 1) % 12 in tones and (level >= BEAT or held):
            cost += 1.5
        if pc in self._spice:
            cost += 0.9 * self.settings.pentatonic
        return cost

    def _step_cost(
        self, spots: Sequence[Spot], i: int, path: tuple[int, ...], pitch: int, task: LineTask
    ) -> float | None:
        """What it costs to come to this pitch from where the line is; None = never."""
        if i == 0:
            if task.before is None:
                return 0.0
            gap = pitch - task.before if pitch > task.before else task.before - pitch
            return 0.0 if gap <= 4 else 0.3 * (gap - 4)
        jump = pitch - path[-1]
        size = jump if jump > 0 else -jump
        if size > 12:
            return None
        cost = _INTERVALS[size]
        if size >= 3:
            cost -= 0.6 * self.settings.leaps * min(cost, 1.0)
        elif size == 0:
            cost = 1.0 - 0.9 * self.settings.repeats
        if task.hook is not None and task.hook == (i, jump):
            cost = -4.0
        spot = spots[i]
        if jump <= -5 and spot.inside_word:
            cost += 0.5
        if jump >= 3 and spot.weight >= 0.5:
            cost -= 0.2
        cost += self._dissonance(spots, i, path[-1], pitch, size)
        if i == len(spots) - 1 and size > 4:
            cost += 0.8
        if spot.weight >= 0.3 and _light_peak(spots, i, path, pitch):
            cost += 1.5
        return cost + _memory(path, jump, size)

    def _dissonance(self, spots: Sequence[Spot], i: int, before: int, pitch: int, size: int) -> float:
        """Passing notes may pass, suspensions may fall; leaps to or from a strange note hurt."""
        tones_before = self.harmony(spots[i - 1].chord)[0]
        tones_here = self.harmony(spots[i].chord)[0]
        cost = 0.0
        if before % 12 not in tones_before:
            cost += 1.5 if size > 2 else 0.4 if size == 0 else -0.4
        if pitch % 12 not in tones_here and size > 2:
            cost += 1.5
        if size == 3 and {before % 12, pitch % 12} == self._gap:
            cost += 5.0
        if size >= 5 and {before % 12, pitch % 12} <= tones_here:
            cost -= 0.3
        return cost


def _memory(path: tuple[int, ...], jump: int, size: int) -> float:
    """What the notes before ask of this step: leaps answered, no drone, no see-saw."""
    if len(path) < 2:
        return 0.0
    before = path[-1] - path[-2]
    cost = 0.0
    if before >= 5 or before <= -5:
        answered = jump * before < 0 and size <= 4
        if not answered:
            cost += 0.5 if jump == 0 else 1.6
        if jump * before > 0 and size >= 3:
            cost += 1.5
    if jump * before < 0 and -4 <= before <= 4:
        cost += 0.3 if size <= 2 and -2 <= before <= 2 else 0.5
    if jump == 0 and before == 0:
        cost += 0.8 if len(path) < 3 or path[-3] != path[-2] else 2.0
    if jump == -before and jump != 0:
        cost += (0.5 if size >= 3 else 0.0) + (0.7 if len(path) >= 3 and path[-3] == path[-1] else 0.0)
    if 0 < size <= 2 and len(path) >= 5 and _runs(path[-5:], jump):
        cost += 0.6
    return cost


def _light_peak(spots: Sequence[Spot], i: int, path: tuple[int, ...], pitch: int) -> bool:
    """True where a light syllable since the last heavy one (or the line's start) stands above both heavy ones."""
    last = i - 1
    while last >= 0 and spots[last].weight < 0.3:
        last -= 1
    roof = pitch if last < 0 else max(path[last], pitch)
    return any(light > roof for light in path[last + 1 :])


def _runs(path: tuple[int, ...], jump: int) -> bool:
    """True where the last notes all step the same way as `jump`."""
    return all(0 < (b - a) * (1 if jump > 0 else -1) <= 2 for a, b in pairwise(path))


def _varied(paths: list[_Path]) -> list[_Path]:
    """The best paths, at most four on each last pitch, so that the search does not narrow too early."""
    kept: list[_Path] = []
    seen: dict[int, int] = {}
    for path in paths:
        last = path.pitches[-1]
        if seen.get(last, 0) < 4:
            seen[last] = seen.get(last, 0) + 1
            kept.append(path)
            if len(kept) == WIDTH:
                break
    return kept


def _at(contour: Sequence[float], i: int, count: int) -> float:
    """The contour's height at note i of count, straight lines between its points."""
    if count < 2:
        return contour[0]
    place = i * (len(contour) - 1) / (count - 1)
    left = min(int(place), len(contour) - 2)
    part = place - left
    return contour[left] * (1.0 - part) + contour[left + 1] * part
