"""Learn what people's notes do more often than the composer's: `weights/leanings.npz` and its card.

Run: python recipes/learn_leanings.py songs.jsonl WORK [--songs 240] [--from leanings.npz] [--shelf]

The network sets the words of training songs without leanings, or with those of --from, to which what is learned is
then added; songs are kept in WORK and not composed again. A logistic regression (ridge, L-BFGS, Liu & Nocedal 1989) on
the classes of `composer.setting.leanings` tells notes of people (all training songs of 8 to 64 bars in English and
German) from notes of the composer, both sides weighing the same. Lengths are told by their own classes alone, pitches
by all, of which theirs are taken: what a pitch tells once its length is known. Printed: nats a note in songs left
out, by ridge (0.693 for nothing told). With --shelf weights and card go to src/songwright/weights, else to WORK.
"""

from __future__ import annotations

import argparse
import hashlib
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from pathlib import Path
from typing import Any

import numpy as np
from scipy import optimize, sparse

from songwright.bench.composer import compose_all, held_out
from songwright.bench.composer_measures import lead_notes
from songwright.composer.setting.leanings import LENGTHS, PITCHES, of_length, of_opening, of_pitch, of_step
from songwright.io.shelf import HouseShelf
from songwright.music.harmony import chord_pitches
from songwright.music.pitch import pitch_class
from songwright.music.rhythm import strength
from songwright.values.score import Note, Score

_ALL = 100_000
_FOLDS = 4
_RIDGES = (3.0, 10.0, 30.0)
_RIDGE = 10.0
_UNIT = 1024
_MOST = 2.0  # nats at most of one class
_LENGTHS, _PITCHES = sum(LENGTHS.values()), sum(PITCHES.values())
_CARD = """\
id = "leanings"
name = "Leanings"
about = "What people's notes are likelier to do than the composer's: a weight for each kind of length and step."
licence = "Apache-2.0 (weights); learned from public-domain and CC0 songs"
source = "Songs in the public domain and under CC0, listed in docs/corpus.md; what the composer makes of their words"
commercial_use = true
recipe = "recipes/learn_leanings.py"
weights = {weights}
rounds = {rounds}
bytes = {bytes}
sha256 = "{sha256}"

[data]
songs = {songs}  # by people, {notes} notes
composed = {composed}  # of them set by the composer, too, {made} notes

[held_out]  # nats a note told in songs that were left out; 0.693 for nothing told
lengths = {lengths:.4f}
pitches = {pitches:.4f}
"""
Classes = tuple[int, ...]


class Shelf(HouseShelf):
    """The house's, but with these leanings, and nobody hears the drafts."""

    def __init__(self, known: dict[str, np.ndarray]) -> None:
        super().__init__()
        self._known = known

    def leanings(self) -> dict[str, Any]:
        """Those the songs are composed with."""
        return self._known

    def ear(self) -> dict[str, Any]:
        """None."""
        return {}


@dataclass(frozen=True)
class Notes:
    """What is counted of a song. lengths: classes of each length inside a line; pitches: of each note, its length's too
    (behind those of `PITCHES`)."""

    lengths: list[Classes]
    pitches: list[Classes]


def notes_of(score: Score) -> Notes:
    """The classes of a song's notes, line by line."""
    lines: dict[int, list[Note]] = {}
    for note in lead_notes(score):
        lines.setdefault(-1 if note.line is None else note.line, []).append(note)
    found = Notes([], [])
    before: int | None = None
    for line in lines.values():
        rows = _lengths(line, score)
        found.lengths.extend(rows)
        for n, classes in enumerate(_pitches(line, before, score)):
            more = tuple(_PITCHES + one for one in rows[n]) if n < len(rows) else ()
            found.pitches.append(classes + more)
        before = line[-1].pitch
    return found


def _lengths(line: Sequence[Note], score: Score) -> list[Classes]:
    meter = score.meter
    rows: list[Classes] = []
    earlier: int | None = None
    for note, after in pairwise(line):
        gap = after.start_tick - note.end_tick
        ticks = after.start_tick - note.start_tick if gap < meter.beat_ticks else note.length_ticks
        ends = strength(note.start_tick + ticks, meter)
        rows.append(of_length(strength(note.start_tick, meter), earlier, ticks, ends))
        earlier = after.start_tick - note.start_tick
    return rows


def _pitches(line: Sequence[Note], before: int | None, score: Score) -> Iterable[Classes]:
    tonic, minor = pitch_class(score.key.tonic), score.key.mode in ("minor", "dorian")
    fitted = False
    jumps: list[int] = []
    for n, note in enumerate(line):
        level = strength(note.start_tick, score.meter)
        fits = note.pitch % 12 in {pitch % 12 for pitch in chord_pitches(score.chord_at(note.start_tick))}
        classes: Classes = of_pitch((note.pitch - tonic) % 12, minor, level, fits)
        if n:
            jumps.append(note.pitch - line[n - 1].pitch)
            classes += of_step(jumps, level, fits, fitted)
        elif before is not None:
            classes += (of_opening(note.pitch - before),)
        fitted = fits
        yield classes


def table_of(rows: Sequence[Classes], size: int) -> sparse.csr_matrix:
    """Rows of classes as a matrix of ones."""
    ends = np.cumsum([0, *map(len, rows)])
    columns = np.fromiter(chain.from_iterable(rows), np.int64, count=ends[-1])
    return sparse.csr_matrix((np.ones(len(columns)), columns, ends), shape=(len(rows), size))


def fitted(human: Sequence[Classes], made: Sequence[Classes], size: int, ridge: float) -> np.ndarray:
    """Weights of the classes, the last one constant."""
    table, people, share = _sides(human, made, size)
    sign = np.where(people, 1.0, -1.0)

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        margin = sign * (table @ weights[:-1] + weights[-1])
        slope = -sign * share / (1 + np.exp(np.clip(margin, -30, 30)))
        grad = np.append(table.T @ slope + ridge * weights[:-1], slope.sum())
        value = (share * np.logaddexp(0, -margin)).sum() + 0.5 * ridge * (weights[:-1] ** 2).sum()
        return float(value), grad

    return optimize.minimize(
        loss, np.zeros(size + 1), jac=True, method="L-BFGS-B", options={"maxiter": 200}
    ).x


def told(human: Sequence[Classes], made: Sequence[Classes], weights: np.ndarray) -> float:
    """Nats a note by which the weights fail to tell who wrote it."""
    table, people, share = _sides(human, made, len(weights) - 1)
    margin = np.where(people, 1.0, -1.0) * (table @ weights[:-1] + weights[-1])
    return float((share * np.logaddexp(0, -margin)).sum() / share.sum())


def _sides(
    human: Sequence[Classes], made: Sequence[Classes], size: int
) -> tuple[sparse.csr_matrix, np.ndarray, np.ndarray]:
    """All notes, whose they are, and what each weighs: both sides as much as the composer's notes count."""
    people = np.repeat([True, False], [len(human), len(made)])
    share = np.where(people, len(made) / max(1, len(human)), 1.0)
    return table_of([*human, *made], size), people, share


def tried(human: Sequence[list[Classes]], made: dict[int, list[Classes]], size: int, ridge: float) -> float:
    """Nats a note in songs left out, fold by fold."""
    found = []
    for fold in range(_FOLDS):
        out = {number for n, number in enumerate(made) if n % _FOLDS == fold}
        weights = fitted(
            _joined(one for n, one in enumerate(human) if n not in out),
            _joined(one for n, one in made.items() if n not in out),
            size,
            ridge,
        )
        found.append(told(_joined(human[n] for n in out), _joined(made[n] for n in out), weights))
    return float(np.mean(found))


def _joined(songs: Iterable[list[Classes]]) -> list[Classes]:
    return list(chain.from_iterable(songs))


def learned(human: Sequence[Notes], made: dict[int, Notes]) -> tuple[dict[str, np.ndarray], dict[str, float]]:
    """The weights of lengths and of pitches, 1024 to a nat, and what is told in songs left out."""
    arrays, held = {}, {}
    for name, size, whole in (("lengths", _LENGTHS, _LENGTHS), ("pitches", _PITCHES, _PITCHES + _LENGTHS)):
        theirs, ours = (
            [getattr(one, name) for one in human],
            {n: getattr(one, name) for n, one in made.items()},
        )
        nats = {ridge: tried(theirs, ours, whole, ridge) for ridge in _RIDGES}
        print(name, ", ".join(f"ridge {ridge}: {told:.4f}" for ridge, told in nats.items()))
        weights = fitted(_joined(theirs), _joined(ours.values()), whole, _RIDGE)[:size]
        arrays[name] = np.round(np.clip(weights, -_MOST, _MOST) * _UNIT).astype(np.int32)
        held[name] = nats[_RIDGE]
    return arrays, held


def written(
    path: Path, arrays: dict[str, np.ndarray], held: dict[str, float], human: Sequence[Notes], made: Sequence[Notes],
    rounds: int,
) -> str:  # fmt: skip
    """Weights and card in their place; returns the card."""
    np.savez_compressed(path, **arrays)
    data = path.read_bytes()
    card = _CARD.format(
        weights=_LENGTHS + _PITCHES, rounds=rounds, bytes=len(data), sha256=hashlib.sha256(data).hexdigest(),
        songs=len(human), notes=sum(len(one.pitches) for one in human),
        composed=len(made), made=sum(len(one.pitches) for one in made), **held,
    )  # fmt: skip
    path.with_suffix(".toml").write_text(card, encoding="utf-8")
    return card


def main() -> None:
    """Compose, fit, try, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("work", type=Path)
    parser.add_argument("--songs", type=int, default=240)
    parser.add_argument("--from", dest="begin", type=Path)
    parser.add_argument("--shelf", action="store_true")
    args = parser.parse_args()
    known = {} if args.begin is None else dict(np.load(args.begin))
    rounds = 1 + (tomllib.loads(args.begin.with_suffix(".toml").read_text())["rounds"] if known else 0)
    everything = held_out(args.corpus, _ALL, "train")
    numbers = list(range(0, len(everything), max(1, len(everything) // args.songs)))[: args.songs]
    scores = compose_all([everything[n] for n in numbers], "network", args.work, print, Shelf(known))
    human = [notes_of(task.song.score) for task in everything]
    made = {n: notes_of(score) for n, score in zip(numbers, scores, strict=True)}
    arrays, held = learned(human, made)
    arrays = {name: (array + known.get(name, 0)).astype(np.int32) for name, array in arrays.items()}
    path = (
        Path(__file__).parents[1] / "src/songwright/weights" if args.shelf else args.work
    ) / "leanings.npz"
    print(written(path, arrays, held, human, list(made.values()), rounds))


if __name__ == "__main__":
    main()
