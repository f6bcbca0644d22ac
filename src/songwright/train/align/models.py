"""How each sound looks: mixtures of Gaussians with diagonal covariance, one mixture a row (a part of a phone).

Rows may be tied: a row of the graph looks up the mixture it uses. Mixtures are fitted to the frames a path gives
them by a few rounds of expectation and maximisation (Dempster, Laird & Rubin 1977); more Gaussians come by splitting.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

_LEAST_VARIANCE = 0.02  # of features with unit variance
_LEAST_FRAMES = 12  # a Gaussian
_ROUNDS = 3
_SPLIT = 0.2  # standard deviations


@dataclass(frozen=True)
class Sounds:
    """Mixtures: mean and precision (rows, Gaussians, dimensions), log weight (rows, Gaussians; -inf = unused).

    stay, leave: log probability that a state goes on for another frame, or ends. (rows,)
    """

    mean: np.ndarray
    precision: np.ndarray
    log_weight: np.ndarray
    stay: np.ndarray
    leave: np.ndarray

    def log_likelihood(self, frames: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Log likelihood of each frame in each of the given rows: float32 (frames, len(rows))."""
        wanted, place = np.unique(rows, return_inverse=True)
        return _total(self._each(frames, wanted))[:, place]

    def _each(self, frames: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Log likelihood times weight of each Gaussian: (frames, rows, Gaussians)."""
        mean, precision = self.mean[rows], self.precision[rows]
        dimensions = mean.shape[-1]
        offset = (
            self.log_weight[rows]
            + 0.5 * (np.log(precision).sum(-1) - dimensions * np.log(2 * np.pi))
            - 0.5 * (mean**2 * precision).sum(-1)
        )
        shape = (len(frames), *offset.shape)
        linear = (mean * precision).reshape(-1, dimensions).T
        square = (-0.5 * precision).reshape(-1, dimensions).T
        return (frames @ linear + frames**2 @ square).reshape(shape) + offset.astype(np.float32)

    def split(self) -> Sounds:
        """Twice as many Gaussians, each pair a little apart."""
        apart = _SPLIT / np.sqrt(self.precision)
        return Sounds(
            np.concatenate([self.mean - apart, self.mean + apart], axis=1),
            np.concatenate([self.precision] * 2, axis=1),
            np.concatenate([self.log_weight - np.float32(np.log(2.0))] * 2, axis=1),
            self.stay,
            self.leave,
        )

    def tied(self, table: np.ndarray) -> Sounds:
        """The same sounds under new row numbers; table: the old row of each new one."""
        return Sounds(*(part[table] for part in (
            self.mean, self.precision, self.log_weight, self.stay, self.leave
        )))  # fmt: skip


def _total(each: np.ndarray) -> np.ndarray:
    """The sum over Gaussians of what is given as logarithms."""
    top = each.max(axis=-1)
    if each.shape[-1] == 1:
        return top
    return top + np.log(np.exp(each - top[..., None]).sum(axis=-1))


def single(frames: np.ndarray, rows: np.ndarray, count: int) -> Sounds:
    """One Gaussian a row, from the frames that belong to it. Rows without frames look like all frames together."""
    everything = (frames.mean(axis=0), frames.var(axis=0))
    mean = np.tile(everything[0], (count, 1, 1)).astype(np.float32)
    variance = np.tile(everything[1], (count, 1, 1)).astype(np.float32)
    for row, own in _frames_of(frames, rows):
        if len(own) >= _LEAST_FRAMES:
            mean[row, 0], variance[row, 0] = own.mean(axis=0), own.var(axis=0)
    return Sounds(
        mean,
        1.0 / np.maximum(variance, _LEAST_VARIANCE),
        np.zeros((count, 1), dtype=np.float32),
        *_durations(rows, count),
    )


def refitted(sounds: Sounds, frames: np.ndarray, rows: np.ndarray) -> Sounds:
    """The mixtures moved to the frames a new path gives them; rows with too few frames stay as they are."""
    mean, precision, weight = sounds.mean.copy(), sounds.precision.copy(), sounds.log_weight.copy()
    for row, own in _frames_of(frames, rows):
        if len(own) >= 2 * _LEAST_FRAMES:
            for _ in range(_ROUNDS if weight.shape[1] > 1 else 1):
                current = Sounds(mean, precision, weight, sounds.stay, sounds.leave)
                mean[row], precision[row], weight[row] = _round(current, row, own)
    return Sounds(mean, precision, weight, *_durations(rows, len(mean)))


def _round(sounds: Sounds, row: int, own: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """One round of expectation and maximisation for one mixture."""
    each = sounds._each(own, np.array([row]))[:, 0]
    share = np.exp(each - _total(each)[:, None])
    mass = share.sum(axis=0)
    used = mass >= _LEAST_FRAMES
    used[np.argmax(mass)] = True
    part = share[:, used] / mass[used]
    mean, precision = sounds.mean[row].copy(), sounds.precision[row].copy()
    mean[used] = part.T @ own
    precision[used] = 1.0 / np.maximum(part.T @ own**2 - mean[used] ** 2, _LEAST_VARIANCE)
    weight = np.where(used, np.log(np.maximum(mass, 1e-9) / mass[used].sum()), -np.inf).astype(np.float32)
    return mean, precision, np.maximum(weight, -1e4)


def _frames_of(frames: np.ndarray, rows: np.ndarray) -> list[tuple[int, np.ndarray]]:
    """(row, its frames) for each row that occurs."""
    order = np.argsort(rows, kind="stable")
    found, starts = np.unique(rows[order], return_index=True)
    return [(int(r), frames[part]) for r, part in zip(found, np.split(order, starts[1:]), strict=True)]


def _durations(rows: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Log probability of staying and of leaving, from how often a row follows itself."""
    visits = np.bincount(rows, minlength=count) + 2.0
    left = np.bincount(rows[:-1][rows[1:] != rows[:-1]], minlength=count) + 1.0
    chance = np.clip(left / visits, 0.02, 0.98)
    return np.log(1.0 - chance), np.log(chance)


def save_sounds(path: Path, stage: int, sounds: Sounds) -> None:
    """Keep the sounds a stage ended with."""
    draft = path.with_suffix(".part.npz")
    np.savez(draft, stage=stage, **{f.name: getattr(sounds, f.name) for f in fields(sounds)})
    draft.replace(path)


def load_sounds(path: Path) -> tuple[int, Sounds] | None:
    """What `save_sounds` kept: (stage, sounds); None where there is nothing, or it was cut off."""
    try:
        with np.load(path) as arrays:
            return int(arrays["stage"]), Sounds(*(arrays[f.name] for f in fields(Sounds)))
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
