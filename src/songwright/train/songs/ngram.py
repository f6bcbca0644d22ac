"""The oldest rival of a network: how likely a token is after the few before it, by counting.

Interpolated Kneser-Ney smoothing (Kneser & Ney 1995; Chen & Goodman 1999) with one discount an order: each order's
counts, less a discount, and what is left over is given to the next lower order, whose counts are of contexts, not of
places. Contexts are 64-bit hashes in sorted arrays, so a million tokens are learned in seconds.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from songwright.music.tokens import KINDS, NAMES

_MIX = np.uint64(0x9E3779B97F4A7C15)
# What a model has to find; the rest is given to it. Places of chords count as chords.
GIVEN = ("condition", "header")
VOICE = ("pos", "mark", "pitch", "dur")


class NGram:
    """Counts of runs of up to `order` tokens."""

    def __init__(self, order: int = 5) -> None:
        self.order = order
        self._tables: list[tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray, float]] = []

    def fit(self, rows: Sequence[np.ndarray]) -> NGram:
        """Learns from songs as rows of token ids."""
        self._tables = []
        for order in range(1, self.order + 1):
            runs, contexts = self._keys(rows, order)
            if order == self.order:
                keys, firsts, counts = np.unique(runs, return_index=True, return_counts=True)
            else:  # in how many different contexts does the run stand
                longer, _ = self._keys(rows, order + 1)
                _, places = np.unique(longer, return_index=True)
                keys, firsts, counts = np.unique(runs[places], return_index=True, return_counts=True)
                firsts = places[firsts]
            once, twice = int((counts == 1).sum()), int((counts == 2).sum())
            discount = min(0.95, max(0.1, once / max(1, once + 2 * twice)))
            heads, back = np.unique(contexts[firsts], return_inverse=True)
            totals = np.bincount(back, weights=counts)
            kinds = np.bincount(back)
            self._tables.append((keys, counts, heads, totals, kinds, discount))
        return self

    def nats(self, row: np.ndarray) -> np.ndarray:
        """How surprising each token of a song is: natural logarithm of one over its probability."""
        chance = np.full(len(row), 1.0 / len(NAMES))
        for order in range(1, self.order + 1):
            chance = self._smoothed(order, *self._keys([row], order), chance)
        return -np.log(chance)

    def chances(self, row: Sequence[int]) -> np.ndarray:
        """How likely each token of the vocabulary is after a row: (vocabulary,), a sum of 1."""
        last = np.array([0] * self.order + [token + 1 for token in row], dtype=np.uint64)
        every = np.arange(1, len(NAMES) + 1, dtype=np.uint64)
        chance = np.full(len(NAMES), 1.0 / len(NAMES))
        for order in range(1, self.order + 1):
            context = np.full(len(NAMES), order, dtype=np.uint64)
            for back in range(order - 1, 0, -1):
                context = _mixed(context, np.full_like(context, last[-back]))
            chance = self._smoothed(order, _mixed(context, every), context, chance)
        return chance

    def _smoothed(self, order: int, runs: np.ndarray, contexts: np.ndarray, chance: np.ndarray) -> np.ndarray:
        """Probabilities of runs after their contexts. chance: what the order below thinks."""
        keys, counts, heads, totals, kinds, discount = self._tables[order - 1]
        count = _looked_up(keys, counts, runs)
        total, kind = _looked_up(heads, totals, contexts), _looked_up(heads, kinds, contexts)
        known = total > 0
        safe = np.where(known, total, 1)
        found = np.maximum(count - discount, 0) / safe + discount * kind / safe * chance
        return np.where(known, found, chance)

    def _keys(self, rows: Sequence[np.ndarray], order: int) -> tuple[np.ndarray, np.ndarray]:
        """Hashes of the run that ends at each token, and of the tokens before it inside the run."""
        runs, contexts = [], []
        for row in rows:
            padded = np.concatenate([np.zeros(order, dtype=np.uint64), row.astype(np.uint64) + np.uint64(1)])
            context = np.full(len(row), order, dtype=np.uint64)
            for back in range(order - 1, 0, -1):
                context = _mixed(context, padded[order - back : len(padded) - back])
            contexts.append(context)
            runs.append(_mixed(context, padded[order:]))
        return np.concatenate(runs), np.concatenate(contexts)


def _mixed(state: np.ndarray, token: np.ndarray) -> np.ndarray:
    """A 64-bit hash with one token more."""
    value = (state ^ (token * _MIX)) * np.uint64(0xBF58476D1CE4E5B9)
    return value ^ (value >> np.uint64(29))


def _looked_up(keys: np.ndarray, values: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """The values of wanted keys; 0 where a key is not there."""
    place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[place] == wanted, values[place], 0)


def loss_kinds(row: Sequence[int] | np.ndarray) -> list[str]:
    """What each token of a row counts as: its kind, places and basses of chords as "chord"."""
    kinds = [KINDS[int(token)] for token in row]
    for n, kind in enumerate(kinds[:-1]):
        if kind == "pos" and kinds[n + 1] == "chord":
            kinds[n] = "chord"
    return kinds


def nats_by_kind(rows: Sequence[np.ndarray], nats: Sequence[np.ndarray]) -> dict[str, float | int]:
    """Mean nats a token for each kind that a model has to find, for the voice, and for all of them."""
    sums: dict[str, float] = {}
    counts: dict[str, int] = {}
    for row, cost in zip(rows, nats, strict=True):
        for kind, value in zip(loss_kinds(row), cost, strict=True):
            sums[kind] = sums.get(kind, 0.0) + float(value)
            counts[kind] = counts.get(kind, 0) + 1
    kinds = [kind for kind in sorted(sums) if kind not in GIVEN]
    found: dict[str, float | int] = {kind: sums[kind] / counts[kind] for kind in kinds}
    for name, group in (("voice", VOICE), ("found", tuple(kinds))):
        held = [kind for kind in group if kind in counts]
        total = sum(counts[kind] for kind in held)
        found[name] = sum(sums[kind] for kind in held) / max(1, total)
        found[f"{name}_tokens"] = total
    notes = sum(1 for row in rows for kind in loss_kinds(row) if kind == "pitch")
    found["voice_per_note"] = sum(sums[kind] for kind in VOICE if kind in sums) / max(1, notes)
    return found
