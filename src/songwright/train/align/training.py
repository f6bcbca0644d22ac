"""Learning to align from a flat start: kinds of sounds first, then sounds, then sounds among their neighbours.

Nobody marks a border. At first the states of a line share its time evenly and only nine kinds of sound are told
apart (pause, vowel, hiss ...), which a wrong border cannot spoil; paths and mixtures then mend each other
(Viterbi training, Juang & Rabiner 1990), each stage finer than the last.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from songwright.text.phones import PHONES, SILENCE
from songwright.train.align.graph import PARTS, ROWS, SYMBOLS, Graph
from songwright.train.align.models import Sounds, refitted, single
from songwright.train.align.viterbi import best_paths

_BATCH = 24
_EARLY_CLIPS = 400  # enough for the coarse stages

Told = Callable[[int, str, float, Sounds], None]
"""Hears of each stage that ends: its number, its name, the mean log likelihood a frame, and the sounds."""


@dataclass(frozen=True)
class Stage:
    """One drawing of all paths. gaussians: a row, 0 = kinds of sounds only. all_clips: or a few hundred of them."""

    name: str
    gaussians: int
    all_clips: bool


STAGES = (
    *(Stage(f"kinds {n}", 0, False) for n in (1, 2, 3, 4)),
    *(Stage(f"sounds {n}", 1, n == 4) for n in (1, 2, 3, 4)),
    *(Stage(f"sounds in 2 shades {n}", 2, True) for n in (1, 2)),
    *(Stage(f"sounds in 4 shades {n}", 4, True) for n in (1, 2, 3)),
)


@dataclass(frozen=True)
class Learned:
    """What training ends with: the sounds, each clip's path (state of every frame) and its log likelihood a frame."""

    sounds: Sounds
    paths: list[np.ndarray]
    scores: np.ndarray


def learn(
    graphs: Sequence[Graph],
    tracks: Sequence[np.ndarray],
    told: Told,
    begun: tuple[int, Sounds] | None = None,
) -> Learned:
    """Train on all clips and align them. tracks: normalised features, (frames, dimensions) a clip.

    begun: the number of stages already done and the sounds they ended with; all stages done = align only. Clips that
    are shorter than their words allow have score -inf and an empty path; ValueError where that is so for all.
    """
    done, sounds = begun if begun is not None else (0, None)
    long_enough = [n for n, graph in enumerate(graphs) if len(tracks[n]) > PARTS * len(graph.usual)]
    if not long_enough:
        raise ValueError("no clip is long enough for its words")
    early = long_enough[:: max(1, len(long_enough) // _EARLY_CLIPS)]
    clips = range(len(graphs)) if done and STAGES[done - 1].all_clips else early
    if sounds is None:
        paths = [flat_path(graphs[i], tracks[i]) for i in clips]
    else:
        paths, scores = draw(sounds, [graphs[i] for i in clips], [tracks[i] for i in clips])
    for number, stage in enumerate(STAGES[done:], start=done):
        frames, rows = gathered([tracks[i] for i in clips], [graphs[i] for i in clips], paths)
        sounds = _fitted(stage, sounds, frames, rows)
        clips = range(len(graphs)) if stage.all_clips else early
        paths, scores = draw(sounds, [graphs[i] for i in clips], [tracks[i] for i in clips])
        told(number + 1, stage.name, mean_score(scores, [tracks[i] for i in clips]), sounds)
    return Learned(sounds, paths, scores)


def _fitted(stage: Stage, sounds: Sounds | None, frames: np.ndarray, rows: np.ndarray) -> Sounds:
    """The sounds of a stage, from the paths of the one before."""
    if stage.gaussians == 0:
        kind_of = _kinds()
        return single(frames, kind_of[rows], int(kind_of.max()) + 1).tied(kind_of)
    if stage.gaussians == 1 or sounds is None:
        return single(frames, rows, ROWS)
    grown = sounds if sounds.mean.shape[1] == stage.gaussians else sounds.split()
    return refitted(grown, frames, rows)


def mean_score(scores: np.ndarray, tracks: Sequence[np.ndarray]) -> float:
    """Log likelihood a frame over all clips that have a path; -inf where none has."""
    reached = np.isfinite(scores)
    frames = np.array([len(track) for track in tracks])[reached]
    return float(np.average(scores[reached], weights=frames)) if reached.any() else float("-inf")


def draw(
    sounds: Sounds, graphs: Sequence[Graph], tracks: Sequence[np.ndarray]
) -> tuple[list[np.ndarray], np.ndarray]:
    """The best path of every clip, and its log likelihood a frame (-inf where the clip is too short)."""
    order = sorted(range(len(graphs)), key=lambda i: (len(tracks[i]), len(graphs[i].row)))
    paths: list[np.ndarray] = [np.zeros(0, dtype=int)] * len(graphs)
    scores = np.full(len(graphs), -np.inf)
    for start in range(0, len(order), _BATCH):
        batch = order[start : start + _BATCH]
        heard = [sounds.log_likelihood(tracks[i], graphs[i].row) for i in batch]
        found = best_paths([graphs[i] for i in batch], heard, sounds.stay, sounds.leave)
        for i, (path, score) in zip(batch, found, strict=True):
            if np.isfinite(score):
                paths[i], scores[i] = path, score / len(tracks[i])
    return paths, scores


def gathered(
    tracks: Sequence[np.ndarray], graphs: Sequence[Graph], paths: Sequence[np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """All frames that lie on a path, and the row of each."""
    on = [i for i, path in enumerate(paths) if len(path)]
    rows = np.concatenate([graphs[i].row[paths[i]] for i in on])
    return np.concatenate([tracks[i] for i in on]), rows


def flat_path(graph: Graph, track: np.ndarray) -> np.ndarray:
    """The first pronunciations, no pauses inside, evenly over the time between the quiet edges."""
    loud = track[:, 0] > np.quantile(track[:, 0], 0.95) - 0.45 * np.ptp(
        np.quantile(track[:, 0], (0.02, 0.95))
    )
    first, last = int(np.argmax(loud)), len(loud) - int(np.argmax(loud[::-1]))
    states = np.flatnonzero(np.isin(graph.token, graph.usual))
    middle = states[np.arange(last - first) * len(states) // max(1, last - first)]
    before = np.arange(first) * PARTS // max(1, first)
    after = len(graph.row) - PARTS + np.arange(len(track) - last) * PARTS // max(1, len(track) - last)
    return np.concatenate([before, middle, after])


def _kinds() -> np.ndarray:
    """For each row its coarse class: the kind of phone, voiced or not, and the part."""
    names = [(PHONES[s].kind, PHONES[s].voiced or s == SILENCE) for s in SYMBOLS]
    numbers = {name: n for n, name in enumerate(sorted(set(names)))}
    return np.array([PARTS * numbers[name] + part for name in names for part in range(PARTS)])
