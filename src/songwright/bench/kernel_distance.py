"""How far one collection of sounds is from another: kernel audio distance, and what it is computed on.

Chung, Eu, Lee, Choi, Nam & Chon, "KAD: No More FAD!" (2025): the unbiased square of the maximum mean discrepancy
(Gretton et al. 2012) under a Gaussian kernel whose bandwidth is the median distance between two sounds of the
reference, times 1000. Near 0 for two halves of one collection, slightly below it as often as above.
"""

from __future__ import annotations

import numpy as np

from songwright.runtime.codec import CENTRE, LATENT_HZ, MELS, SPREAD
from songwright.train.judge.hearing import NOTES, STEPS

SCALE = 1000.0
CHUNK_S = 2.0
_CHUNK = round(CHUNK_S * LATENT_HZ)
_BANDS = 32


def bandwidth(reference: np.ndarray) -> float:
    """Median distance between any two rows of (N, features)."""
    squares = _squares(reference, reference)
    return float(np.sqrt(np.median(squares[np.triu_indices(len(reference), 1)])))


def kernel_distance(one: np.ndarray, other: np.ndarray, width: float) -> float:
    """Unbiased squared discrepancy between rows (N, features) and (M, features), times `SCALE`; N, M > 1.

    width: bandwidth of the kernel exp(-d^2 / (2 width^2)).
    """

    def kernel(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return np.exp(-_squares(a, b) / (2 * max(width, 1e-9) ** 2))

    def inside(rows: np.ndarray) -> float:
        count = len(rows)
        return float((kernel(rows, rows).sum() - count) / (count * (count - 1)))

    return SCALE * (inside(one) + inside(other) - 2 * float(kernel(one, other).mean()))


def chunks(frames: np.ndarray) -> np.ndarray:
    """Frames (T, width) cut into whole pieces of `CHUNK_S`: (pieces, frames, width)."""
    count = len(frames) // _CHUNK
    return frames[: count * _CHUNK].reshape(count, _CHUNK, frames.shape[1])


def understood_features(understood: np.ndarray) -> np.ndarray:
    """What a judge understood (T, width), averaged over each chunk: (chunks, width)."""
    return chunks(understood).mean(axis=1)


def plain_features(heard: np.ndarray) -> np.ndarray:
    """Figures of each chunk that nobody had to learn: (chunks, 108).

    heard: (T, width) of `train.judge.hearing.heard`. Mean, spread and mean change of 32 mel bands in natural
    logarithms, and the share of each pitch class.
    """
    mel = chunks(heard[:, : 2 * MELS]).astype(np.float64)
    mel = mel.reshape(len(mel), _CHUNK * 2, MELS) * SPREAD + CENTRE
    bands = mel.reshape(len(mel), _CHUNK * 2, _BANDS, MELS // _BANDS).mean(axis=3)
    tones = np.exp(chunks(heard[:, 2 * MELS :]).astype(np.float64) * SPREAD + CENTRE)
    classes = (
        tones.mean(axis=1)
        .reshape(len(tones), NOTES // 12, 12 * STEPS)
        .sum(axis=1)
        .reshape(-1, 12, STEPS)
        .sum(axis=2)
    )
    classes /= classes.sum(axis=1, keepdims=True) + 1e-9
    change = np.abs(np.diff(bands, axis=1)).mean(axis=1)
    return np.concatenate((bands.mean(axis=1), bands.std(axis=1), change, classes), axis=1)


class Scale:
    """Brings every feature to mean 0 and spread 1 of a reference collection."""

    def __init__(self, reference: np.ndarray) -> None:
        self._mean, self._spread = reference.mean(axis=0), reference.std(axis=0) + 1e-6

    def __call__(self, rows: np.ndarray) -> np.ndarray:
        """Rows (N, features), scaled."""
        return (rows - self._mean) / self._spread


def _squares(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Squared distances of all rows from all rows."""
    return np.maximum((a**2).sum(1)[:, None] + (b**2).sum(1)[None] - 2 * a @ b.T, 0.0)
