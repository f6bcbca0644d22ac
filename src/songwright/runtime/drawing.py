"""Drawing the next token with whole numbers only: one seed, one song, on every machine.

Logits are whole numbers, 1024 to a nat. Exponentials come from a table of whole numbers that `decimal` computes
(exactly rounded, as the General Decimal Arithmetic specification asks), never from a mathematical library whose last
bit differs between machines; sums are of int64, and the draw is an inverse distribution function on a whole number.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Context, Decimal
from functools import cache

import numpy as np

from songwright.values.seed import Luck

UNIT = 1024
"""Parts of a nat in which logits, biases and costs are counted."""
_BITS = 30  # the likeliest token weighs 2^30; 2^32 tokens would not overflow
_DEEP = 64
_FINE = 128
_NATS = 22  # e^-22 of 2^30 is less than half: nothing


@cache
def exponentials() -> np.ndarray:
    """2^30 * e^(-n / 1024), whole numbers, for n = 0, 1, ... until it is 0: int64, read-only."""
    table = np.array([*_powers(-1, 0, _NATS * UNIT // _FINE), 0], dtype=np.int64)
    table.flags.writeable = False
    return table


@cache
def _growing() -> np.ndarray:
    """2^30 * e^((n - 1/2) / 1024) for n = 0, 1, ... : where a sum of weights stands in it is its logarithm, rounded."""
    return np.array(_powers(1, -1, 12 * UNIT // _FINE), dtype=np.int64)


def _powers(sign: int, halves: int, blocks: int) -> list[int]:
    """2^30 * e^(sign * (n + halves / 2) / 1024), rounded, from two short lists of twice as many digits."""
    context = Context(prec=40)

    def power(parts: Decimal) -> int:
        return int(context.multiply(context.exp(parts / UNIT), Decimal(1 << _DEEP)).to_integral_value())

    fine = [power(sign * (n + Decimal(halves) / 2)) for n in range(_FINE)]
    coarse = [power(Decimal(sign * n * _FINE)) for n in range(blocks)]
    drop = 2 * _DEEP - _BITS
    return [(a * b + (1 << (drop - 1))) >> drop for a in coarse for b in fine]


def draw(
    logits: np.ndarray,
    allowed: Sequence[int] | np.ndarray,
    luck: Luck,
    biases: Sequence[int] | np.ndarray | None = None,
    temperature_percent: int = 100,
    top_percent: int = 100,
) -> int:
    """One of the allowed tokens, likely as its logit says.

    logits: (vocabulary,) int, 1024 to a nat. allowed: ids, at least one. biases: added to the logits of `allowed`, in
    their order. temperature_percent: 100 as learned, less is safer, 0 takes the likeliest (the first of equals).
    top_percent: only the likeliest tokens that together have this share (Holtzman et al. 2020). Takes one draw of
    luck, whatever the choice. ValueError where nothing is allowed or a percentage is out of range.
    """
    ids = np.asarray(allowed, dtype=np.int64)
    if not ids.size:
        raise ValueError("no token is allowed")
    if temperature_percent < 0 or not 1 <= top_percent <= 100:
        raise ValueError("a temperature is 0 percent or more, a share 1 to 100 percent")
    scores = logits[ids].astype(np.int64)
    if biases is not None:
        scores += np.asarray(biases, dtype=np.int64)
    point = luck.bits()
    if temperature_percent == 0:
        return int(ids[scores.argmax()])
    weights = _weights(scores, temperature_percent)
    if top_percent < 100:
        weights = _nucleus(weights, top_percent)
    sums = weights.cumsum()
    return int(ids[sums.searchsorted(point * int(sums[-1]) >> 64, side="right")])


def _weights(scores: np.ndarray, temperature_percent: int) -> np.ndarray:
    """Of each score, 2^30 for the largest."""
    table = exponentials()
    below = scores.max() - scores
    if temperature_percent != 100:
        below = below * 100 // temperature_percent
    return table[np.minimum(below, len(table) - 1)]


def _nucleus(weights: np.ndarray, top_percent: int) -> np.ndarray:
    """The weights of the likeliest that have the share together, 0 for all others."""
    order = np.argsort(-weights, kind="stable")
    before = np.cumsum(weights[order]) - weights[order]
    dropped = order[before * 100 >= int(weights.sum()) * top_percent]
    kept = weights.copy()
    kept[dropped] = 0
    return kept


def surprise(logits: np.ndarray, tokens: Sequence[int] | np.ndarray) -> np.ndarray:
    """What each token costs: logits (rows, vocabulary) and a token a row -> (rows,) int32, 1024 to a nat."""
    scores = np.asarray(logits, dtype=np.int64)
    table = exponentials()
    top = scores.max(axis=1, keepdims=True)
    whole = table[np.minimum(top - scores, len(table) - 1)].sum(axis=1)
    above = np.searchsorted(_growing(), whole, side="right") - 1
    chosen = scores[np.arange(len(scores)), np.asarray(tokens, dtype=np.int64)]
    return (top[:, 0] + above - chosen).astype(np.int32)
