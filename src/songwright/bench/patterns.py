"""What songs have in common and what sets each apart: keys, tempi, chord loops by section, shapes of tunes, novelty."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import fsum, log2
from statistics import median
from typing import Any

from songwright.music.likeness import longest_shared_run, steps
from songwright.music.pitch import pitch_class
from songwright.music.tokens.pitches import degrees, root_name
from songwright.values.score import Note, Score

# Huron's nine shapes (1996), by where a line begins, where its middle lies on average, and where it ends.
SHAPES = {
    (1, -1): "arch", (-1, 1): "bowl", (1, 1): "rising", (-1, -1): "falling", (0, 0): "level", (0, 1): "level, then up",
    (0, -1): "level, then down", (1, 0): "up, then level", (-1, 0): "down, then level",
}  # fmt: skip
_LOOP, _RUN = 4, 6
_MARKS = {"maj": "", "min": "m", "min7": "m7", "min6": "m6"}


@dataclass(frozen=True)
class Tune:
    """A song as it is compared: its file, its score, and the line that is its melody."""

    path: str
    score: Score
    notes: tuple[Note, ...]


def analyse(tunes: Sequence[Tune]) -> dict[str, Any]:
    """Figures of every tune and of all together; see the keys. Plain numbers and lists, ready for JSON."""
    novelty = _novelty(tunes)
    songs = [_one(tune) | found for tune, found in zip(tunes, novelty, strict=True)]
    return {
        "songs": songs,
        "keys": _most(f"{t.score.key.tonic} {t.score.key.mode}" for t in tunes),
        "modes": _most(t.score.key.mode for t in tunes),
        "meters": _most(str(t.score.meter) for t in tunes),
        "tempo_bpm": {
            "median": median(s["tempo_bpm"] for s in songs),
            "all": [s["tempo_bpm"] for s in songs],
        },
        "progressions": _progressions(tunes),
        "shapes": _most(shape for tune in tunes for shape in shapes(tune)),
        "intervals": _intervals(tunes),
        "degrees": _degrees(tunes),
        "durations": _durations(tunes),
        "novelty": {"median": median(s["novelty"] for s in songs), "all": [s["novelty"] for s in songs]},
    }


def _most(values) -> dict[str, int]:
    return dict(Counter(values).most_common())


def _one(tune: Tune) -> dict[str, Any]:
    """One tune's own figures."""
    pitches = [note.pitch for note in tune.notes]
    score = tune.score
    return {
        "path": tune.path,
        "title": score.title,
        "key": str(score.key),
        "meter": str(score.meter),
        "tempo_bpm": round(score.tempo_map.start_bpm, 1),
        "bars": score.length_ticks // score.meter.bar_ticks,
        "seconds": round(score.tempo_map.seconds_at(score.length_ticks), 1),
        "notes": len(pitches),
        "range_semitones": max(pitches) - min(pitches) if pitches else 0,
        "pitch_class_entropy": round(entropy([pitch % 12 for pitch in pitches]), 3),
        "grooving_similarity": round(grooving(tune), 3),
        "steps": round(_share(tune, lambda size: 0 < size <= 2), 3),
        "leaps": round(_share(tune, lambda size: size > 4), 3),
        "shapes": _most(shapes(tune)),
        "sections": [section.kind for section in score.sections],
    }


def _share(tune: Tune, wanted) -> float:
    sizes = [abs(after.pitch - here.pitch) for here, after in pairwise(tune.notes)]
    return sum(map(wanted, sizes)) / len(sizes) if sizes else 0.0


def entropy(values: Sequence[Hashable]) -> float:
    """Bits of surprise in a set of values (Shannon): 0 for one value only."""
    counts = Counter(values)
    return -fsum(n / len(values) * log2(n / len(values)) for n in counts.values()) if values else 0.0


def grooving(tune: Tune) -> float:
    """How alike the rhythm of neighbouring bars is, 0..1: onsets on a grid of sixteen (Wu & Yang 2020)."""
    bar = tune.score.meter.bar_ticks
    bars: dict[int, set[int]] = defaultdict(set)
    for note in tune.notes:
        bars[note.start_tick // bar].add(note.start_tick % bar * 16 // bar)
    alike = [1 - len(bars[n] ^ bars[n + 1]) / 16 for n in sorted(bars) if n + 1 in bars]
    return fsum(alike) / len(alike) if alike else 0.0


def shapes(tune: Tune) -> list[str]:
    """The shape of every line: how its middle lies to its beginning, and its end to its middle, in semitones."""
    found = []
    for line in lines_of(tune):
        if len(line) < 3:
            continue
        middle = fsum(note.pitch for note in line[1:-1]) / (len(line) - 2)
        found.append(SHAPES[_way(middle - line[0].pitch), _way(line[-1].pitch - middle)])
    return found


def _way(semitones: float) -> int:
    return 0 if abs(semitones) < 0.5 else 1 if semitones > 0 else -1


def lines_of(tune: Tune) -> list[list[Note]]:
    """The melody in phrases: lines of text where they are known, else parted by rests of a beat and long notes."""
    phrases: list[list[Note]] = []
    beat = tune.score.meter.beat_ticks
    for n, note in enumerate(tune.notes):
        before = tune.notes[n - 1] if n else None
        breathes = before is not None and (
            note.start_tick - before.end_tick >= beat or before.length_ticks >= 2 * beat
        )
        if before is None or note.line != before.line or (note.line is None and breathes):
            phrases.append([])
        phrases[-1].append(note)
    return phrases


def _intervals(tunes: Sequence[Tune]) -> dict[str, float]:
    """How often each melodic interval occurs, -12..12 semitones, as shares; wider ones count as an octave."""
    counts: Counter[int] = Counter()
    for tune in tunes:
        counts.update(max(-12, min(12, b.pitch - a.pitch)) for a, b in pairwise(tune.notes))
    total = max(1, sum(counts.values()))
    return {str(size): round(counts[size] / total, 4) for size in range(-12, 13)}


def _degrees(tunes: Sequence[Tune]) -> dict[str, float]:
    """How long each degree of the key sounds, as shares."""
    weight: Counter[str] = Counter()
    for tune in tunes:
        names, tonic = degrees(tune.score.key.mode), pitch_class(tune.score.key.tonic)
        for note in tune.notes:
            weight[names[(note.pitch - tonic) % 12]] += note.length_ticks
    total = max(1, sum(weight.values()))
    return {name: round(value / total, 4) for name, value in weight.most_common()}


def _durations(tunes: Sequence[Tune]) -> dict[str, float]:
    """How often each length occurs, in twelfths of a quarter, as shares."""
    counts = Counter(max(1, round(note.length_ticks / 40)) for tune in tunes for note in tune.notes)
    total = max(1, sum(counts.values()))
    return {str(length): round(n / total, 4) for length, n in counts.most_common(24)}


def _progressions(tunes: Sequence[Tune]) -> dict[str, dict[str, int]]:
    """Four chords in a row by kind of section: the commonest, in how many songs each stands."""
    songs: dict[str, Counter[str]] = defaultdict(Counter)
    for tune in tunes:
        seen: set[tuple[str, str]] = set()
        for section in tune.score.sections:
            names = [
                root_name(chord.root, tune.score.key) + _MARKS.get(chord.quality, chord.quality)
                for chord in tune.score.chords
                if chord.start_tick < section.end_tick and chord.end_tick > section.start_tick
            ]
            loops = (names[n : n + _LOOP] for n in range(len(names) - _LOOP + 1))
            seen |= {(section.kind, " ".join(loop)) for loop in loops}
        for kind, loop in seen:
            songs[kind][loop] += 1
    return {
        kind: dict(sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:10])
        for kind, counts in sorted(songs.items())
    }


def _novelty(tunes: Sequence[Tune]) -> list[dict[str, Any]]:
    """For each tune: the share of its six-note runs that stand in no other, its nearest kin, and what they share."""
    runs = [_runs(tune) for tune in tunes]
    holders: Mapping[Hashable, list[int]] = defaultdict(list)
    for n, mine in enumerate(runs):
        for run in mine:
            holders[run].append(n)
    found = []
    for n, mine in enumerate(runs):
        kin: Counter[int] = Counter()
        for run in mine:
            kin.update(other for other in holders[run] if other != n)
        own = sum(len(holders[run]) == 1 for run in mine)
        nearest = min(kin, key=lambda other: (-kin[other], other)) if kin else None
        shared = longest_shared_run(tunes[n].notes, tunes[nearest].notes) if nearest is not None else 0
        found.append(
            {
                "novelty": round(own / len(mine), 3) if mine else 1.0,
                "nearest": tunes[nearest].path if nearest is not None else "",
                "longest_shared_run_notes": shared,
            }
        )
    return found


def _runs(tune: Tune) -> set[Hashable]:
    walked = [(interval, round(4 * gap / before)) for interval, gap, before in steps(tune.notes)]
    return {tuple(walked[n : n + _RUN - 1]) for n in range(len(walked) - _RUN + 2)}
