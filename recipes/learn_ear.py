"""Learn how tunes people write differ from those the composer writes to the same words: `weights/ear.npz` and its card.

Run: python recipes/learn_ear.py songs.jsonl WORK [--songs 240] [--shelf]

The network sets the words of training songs with nobody hearing its drafts; songs are kept in WORK and not composed
again. What `composer.setting.ear` counts, in windows of eight bars, of people (all training songs
of 8 to 64 bars in English and German) and of these, gives a linear discriminant (Fisher 1936; Ledoit & Wolf 2004 shrink
covariances likewise). Printed: in how many windows of songs it has not learned from it is right, by how much it is
shrunk. With --shelf weights and card go to src/songwright/weights, else to WORK.
"""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np

from songwright.bench.composer import compose_all, held_out
from songwright.bench.composer_measures import lead_notes
from songwright.bench.composer_told_apart import windows_of
from songwright.composer.setting.ear import SIZES, UNIT, Where, counted
from songwright.io.shelf import HouseShelf
from songwright.music.pitch import pitch_class
from songwright.values.score import Score

_ALL = 100_000
_FOLDS = 5
_RIDGES = (0.1, 0.3, 1.0, 3.0)
_RIDGE = 0.3  # of the variance of a share
_RARE = (
    0.01  # a share spread less than this is taken as spread so much: what is hardly ever seen tells little
)
_STARTS = np.cumsum([0, *SIZES.values()])
_CARD = """\
id = "ear"
name = "Ear"
about = "What tells tunes people write from drafts of the composer: a weight for each kind of note and step."
licence = "Apache-2.0 (weights); learned from public-domain and CC0 songs"
source = "Songs in the public domain and under CC0, listed in docs/corpus.md; drafts of the composer to their words"
commercial_use = true
recipe = "recipes/learn_ear.py"
weights = {weights}
bytes = {bytes}
sha256 = "{sha256}"

[data]
songs = {songs}  # by people, {windows} windows of eight bars
composed = {composed}  # of them with a tune by the composer, too, {made} windows

[held_out]  # windows of songs it did not learn from: how many of 100 it tells, and how far both lie apart in spreads
right = {right:.1f}
apart = {apart:.2f}
"""


class DeafShelf(HouseShelf):
    """The house's, without an ear."""

    def ear(self) -> dict[str, np.ndarray]:
        """Nobody hears the drafts."""
        return {}


@dataclass(frozen=True)
class Line:
    """Weights of shares and what is added: log odds that a person wrote a window."""

    weights: np.ndarray
    more: float

    def of(self, shares: np.ndarray) -> np.ndarray:
        """Log odds of windows (N, classes)."""
        return shares @ self.weights + self.more


def shares_of(score: Score) -> list[np.ndarray]:
    """What an ear counts in the windows of a song, as shares."""
    where = Where(score.meter, pitch_class(score.key.tonic), score.chord_at)
    found = []
    for window in windows_of(score, 0, True):
        tune = [(note.start_tick, note.length_ticks, note.pitch) for note in lead_notes(window.score)]
        heard = counted(tune, where)
        rows = [
            np.bincount(heard[name], minlength=size) / max(1, len(heard[name]))
            for name, size in SIZES.items()
        ]
        found.append(np.concatenate(rows))
    return found


def tables_of(weights: np.ndarray) -> dict[str, np.ndarray]:
    """Weights of shares, in the order of `shares_of`, as the tables of an ear."""
    return {
        name: np.round(weights[start : start + size] * UNIT).astype(np.int32)
        for (name, size), start in zip(SIZES.items(), _STARTS, strict=False)
    }


def fitted(human: np.ndarray, made: np.ndarray, ridge: float) -> Line:
    """The discriminant of two lots of windows, the covariance within them shrunk towards that of classes alone."""
    spread = np.maximum(np.concatenate([human, made]).std(axis=0), _RARE)
    a, b = human / spread, made / spread
    within = (np.cov(a.T) * len(a) + np.cov(b.T) * len(b)) / (len(a) + len(b))
    weights = np.linalg.solve(within + ridge * np.eye(len(within)), a.mean(0) - b.mean(0))
    return Line(weights / spread, float(-weights @ (a.mean(0) + b.mean(0)) / 2))


def tried(
    human: Sequence[list[np.ndarray]], made: dict[int, list[np.ndarray]], ridge: float
) -> tuple[float, float]:
    """Windows told rightly, 0..1, and how far apart both sides lie, in spreads, in songs left out fold by fold."""
    right, apart = [], []
    for fold in range(_FOLDS):
        out = [number for n, number in enumerate(made) if n % _FOLDS == fold]
        line = fitted(
            _rows(one for n, one in enumerate(human) if n not in out),
            _rows(one for n, one in made.items() if n not in out),
            ridge,
        )
        theirs, ours = line.of(_rows(human[n] for n in out)), line.of(_rows(made[n] for n in out))
        right.append(((theirs > 0).mean() + (ours <= 0).mean()) / 2)
        apart.append((theirs.mean() - ours.mean()) / np.sqrt((theirs.var() + ours.var()) / 2))
    return float(np.mean(right)), float(np.mean(apart))


def _rows(songs) -> np.ndarray:
    return np.array(list(chain.from_iterable(songs)))


def main() -> None:
    """Compose, fit, try, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("work", type=Path)
    parser.add_argument("--songs", type=int, default=240)
    parser.add_argument("--shelf", action="store_true")
    args = parser.parse_args()
    everything = held_out(args.corpus, _ALL, "train")
    step = max(1, len(everything) // args.songs)
    numbers = list(range(0, len(everything), step))[: args.songs]
    scores = compose_all([everything[n] for n in numbers], "network", args.work, print, DeafShelf())
    human = [shares_of(task.song.score) for task in everything]
    made = {n: shares_of(score) for n, score in zip(numbers, scores, strict=True)}
    for ridge in _RIDGES:
        right, apart = tried(human, made, ridge)
        print(f"ridge {ridge}: {100 * right:.1f} % of windows told, {apart:.2f} spreads apart")
    ours = _rows(made.values())
    line = fitted(_rows(human), ours, _RIDGE)
    right, apart = tried(human, made, _RIDGE)
    out = Path(__file__).parents[1] / "src/songwright/weights" if args.shelf else args.work
    path = out / "ear.npz"
    np.savez_compressed(path, **tables_of(line.weights))
    data = path.read_bytes()
    card = _CARD.format(
        weights=int(_STARTS[-1]), bytes=len(data), sha256=hashlib.sha256(data).hexdigest(), songs=len(human),
        windows=sum(map(len, human)), composed=len(made), made=len(ours), right=100 * right, apart=apart,
    )  # fmt: skip
    path.with_suffix(".toml").write_text(card, encoding="utf-8")
    print(card)


if __name__ == "__main__":
    main()
