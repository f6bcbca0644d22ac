"""A small classifier: linear discriminants with a shrunk covariance (Friedman 1989), in plain numpy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_SHARES = (0.02, 0.05, 0.1, 0.2, 0.4, 0.7)


@dataclass(frozen=True, eq=False)
class Discriminants:
    """Linear scores of each class. mean, scale (features,); weights (features, classes); offsets (classes,)."""

    mean: np.ndarray
    scale: np.ndarray
    weights: np.ndarray
    offsets: np.ndarray

    def named(self, features: np.ndarray) -> np.ndarray:
        """The class of each row."""
        return ((features - self.mean) / self.scale @ self.weights + self.offsets).argmax(axis=1)


def trained(features: np.ndarray, classes: np.ndarray, groups: np.ndarray) -> Discriminants:
    """The classifier of some rows; how much the covariance is shrunk is found by leaving out groups of rows in turn.

    features (rows, features); classes, groups (rows,) whole numbers.
    """
    held = [groups % 5 == fold for fold in range(5)]
    right = [
        sum(
            int((_fitted(features[~out], classes[~out], share).named(features[out]) == classes[out]).sum())
            for out in held
            if out.any() and not out.all()
        )
        for share in _SHARES
    ]
    return _fitted(features, classes, _SHARES[int(np.argmax(right))])


def _fitted(features: np.ndarray, classes: np.ndarray, share: float) -> Discriminants:
    """Class means and one covariance, drawn towards that of independent features by `share`."""
    mean, scale = features.mean(axis=0), features.std(axis=0) + 1e-6
    rows = (features - mean) / scale
    count = int(classes.max()) + 1
    centres = np.stack([rows[classes == c].mean(axis=0) for c in range(count)])
    inner = rows - centres[classes]
    covariance = inner.T @ inner / len(rows)
    spread = np.trace(covariance) / len(covariance) + 1e-6  # one row a class has no spread
    covariance = (1 - share) * covariance + share * spread * np.eye(len(covariance))
    weights = np.linalg.solve(covariance, centres.T)
    return Discriminants(mean, scale, weights, -0.5 * (centres * weights.T).sum(axis=1))
