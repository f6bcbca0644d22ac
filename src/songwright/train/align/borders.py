"""Each border moved to where the sound changes, by a listener that has heard thousands of borders of its kind.

A hidden Markov model places borders where its states fit best, which is near the change but not on it. For every
pair of neighbour classes a linear discriminant (Fisher 1936) learns how 90 ms around a border look against the same
stretch a little earlier or later; each border then moves to the best place nearby, and the listener learns again
from the borders so moved: what they have in common gets sharper.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from songwright.train.align.context import neighbour_class
from songwright.train.align.features import CEPSTRA

OFFSETS = (-9, -6, -4, -3, -2, -1, 0, 1, 2, 3, 5, 8)  # frames around the border
_VOICING = 3 * CEPSTRA
_NEARBY = 5  # frames a border may move in one round
_APART = (-12, -9, -7, -5, -4, 4, 5, 7, 9, 12)  # where the same border is surely not
_LEAST = 60  # borders of a kind that teach
_STIFFNESS = 0.1  # how strongly a border is held where the model put it, per frame squared
_ROUNDS = 3
_LEAST_FRAMES = 2


def settled(
    tracks: Sequence[np.ndarray], symbols: Sequence[Sequence[str]], starts: Sequence[np.ndarray]
) -> list[np.ndarray]:
    """The starts of all phones, moved: frames with fractions, one array a clip (the first is left at 0).

    tracks: normalised features. symbols: the phones of each clip. starts: first frame of each phone.
    """
    moved = [np.asarray(s, dtype=float).copy() for s in starts]
    for _ in range(_ROUNDS):
        for borders in _grouped(symbols).values():
            _settle(tracks, borders, moved)
    return moved


def _grouped(symbols: Sequence[Sequence[str]]) -> dict[tuple[str, str], list[tuple[int, int]]]:
    """Kind of border -> (clip, index of the phone on its right); rare kinds are put together."""
    fine: dict[tuple[str, str], list[tuple[int, int]]] = {}
    coarse: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for clip, own in enumerate(symbols):
        for n in range(1, len(own)):
            kind = (neighbour_class(own[n - 1]), neighbour_class(own[n]))
            fine.setdefault(kind, []).append((clip, n))
    for (left, right), borders in fine.items():
        if len(borders) < _LEAST:
            coarse.setdefault((left.split()[0], right.split()[0]), []).extend(borders)
    common = {kind: borders for kind, borders in fine.items() if len(borders) >= _LEAST}
    return common | {kind: borders for kind, borders in coarse.items() if len(borders) >= _LEAST}


def _settle(
    tracks: Sequence[np.ndarray], borders: Sequence[tuple[int, int]], starts: list[np.ndarray]
) -> None:
    """Move all borders of one kind."""
    places = np.array([starts[clip][n] for clip, n in borders])
    frames = np.rint(places).astype(int)
    shifts = np.arange(-max(_APART) - 1, max(_APART) + 2)
    seen = np.stack(
        [_window(tracks[clip], frame + shifts) for (clip, _), frame in zip(borders, frames, strict=True)]
    )
    middle = -int(shifts[0])
    at = seen[:, middle]
    off = seen[:, [middle + shift for shift in _APART]].reshape(-1, at.shape[1])
    listener = _discriminant(at, off)
    near = slice(middle - _NEARBY, middle + _NEARBY + 1)
    offsets = shifts[near]
    score = seen[:, near] @ listener - _STIFFNESS * offsets**2
    best = score.argmax(axis=1)
    for (clip, n), frame, row, top in zip(borders, frames, score, best, strict=True):
        own = starts[clip]
        low = own[n - 1] + _LEAST_FRAMES
        high = (own[n + 1] if n + 1 < len(own) else len(tracks[clip]) - 1) - _LEAST_FRAMES
        place = frame + offsets[top] + _between(row, top)
        if low <= place <= high:
            own[n] = place


def _window(track: np.ndarray, frames: np.ndarray) -> np.ndarray:
    """Cepstra and voicing around each of the frames: (len(frames), numbers)."""
    index = np.clip(frames[:, None] + np.array(OFFSETS), 0, len(track) - 1)
    return track[:, _SEEN][index].reshape(len(frames), -1)


_SEEN = [*range(CEPSTRA), _VOICING]


def _discriminant(at: np.ndarray, off: np.ndarray) -> np.ndarray:
    """The direction that tells borders from other places, scaled to log odds."""
    spread = np.cov(at.T) * 0.5 + np.cov(off.T) * 0.5
    spread += np.eye(len(spread)) * (0.05 * np.trace(spread) / len(spread))
    return cho_solve(cho_factor(spread), at.mean(axis=0) - off.mean(axis=0))


def _between(row: np.ndarray, top: int) -> float:
    """The fraction of a frame by which a parabola through three scores peaks beside the top, -0.5..0.5."""
    if not 0 < top < len(row) - 1:
        return 0.0
    left, middle, right = row[top - 1 : top + 2]
    bend = left - 2 * middle + right
    return 0.0 if bend >= 0 else float(np.clip(0.5 * (left - right) / bend, -0.5, 0.5))
