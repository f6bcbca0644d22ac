"""Says a word nobody has written down before, from its letters.

A joint n-gram over pairs of (letter, phones): each letter says zero, one or two phones, and a pair's cost depends on
the pairs before it (Bisani & Ney 2008). Trained by `recipes/train_letters.py`. All costs are whole numbers, so the
answer is the same on every machine.

Arrays, for sequences of length n = 1..order in the order of a trie (children of one parent side by side, ascending):
`pairs` (V,) "letter phone phone"; `symbol{n}` uint16, last pair of each sequence; `cost{n}` uint8, in steps of
COST_STEP nats; `backoff{n}` int8, cost of falling back to a shorter memory; `children{n}` uint16, how many sequences
of length n + 1 begin with this one. Symbol 0 opens a word, symbol 1 closes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from songwright.text.phonemes import stress_of, without_stress

ALPHABET = "abcdefghijklmnopqrstuvwxyz'"
COST_STEP = 1.0 / 14.0
BEAM = 24
MAX_LETTERS = 40
_OPEN, _CLOSE = 0, 1
_UNHEARD = 400  # cost of a letter saying what it never said in training
_NO_PRIMARY = round(2.0 / COST_STEP)  # a word with no main stress, or two, is unlikely


class Letters:
    """The letters model of one language, ready to say words."""

    def __init__(self, arrays: Mapping[str, Any]) -> None:
        """arrays: as in the module's docstring (an opened npz will do)."""
        self._order = int(arrays["order"])
        pairs = [str(pair).split(" ") for pair in arrays["pairs"]]
        self._phones = tuple(tuple(pair[1:]) for pair in pairs)
        self._vocabulary = len(pairs)
        self._of_letter = {
            letter: np.array([n for n, pair in enumerate(pairs) if pair[0] == letter], dtype=np.int64)
            for letter in ALPHABET
        }
        self._pair_cost = self._unigram_costs(arrays)
        self._keys, self._costs, self._backoffs = [], [], []
        parents = np.zeros(len(arrays["symbol1"]), dtype=np.int64)
        for n in range(1, self._order + 1):
            symbols = np.asarray(arrays[f"symbol{n}"]).astype(np.int64)
            self._keys.append(parents * self._vocabulary + symbols)
            self._costs.append(np.asarray(arrays[f"cost{n}"]).astype(np.int64))
            if n < self._order:
                self._backoffs.append(np.asarray(arrays[f"backoff{n}"]).astype(np.int64))
                parents = np.repeat(np.arange(len(symbols)), arrays[f"children{n}"])

    def say(self, word: str) -> tuple[str, ...]:
        """Phones with stress digits for a word of a-z and apostrophes; () when the letters say nothing."""
        letters = [letter for letter in word.lower() if letter in self._of_letter][:MAX_LETTERS]
        memory = np.full(
            (self._order, 1), -1, dtype=np.int64
        )  # row k: node of the last k pairs (row 0: the root)
        memory[0], memory[1] = 0, self._find(0, np.array([0]), np.array([_OPEN]))
        cost = np.zeros(1, dtype=np.int64)
        said: list[tuple[str, ...]] = [()]
        for letter in letters:
            cost, memory, said = self._step(self._of_letter[letter], cost, memory, said)
        cost, _, said = self._step(np.array([_CLOSE]), cost, memory, said)
        return min(zip(cost.tolist(), said, strict=True), key=lambda end: end[0] + _stress_cost(end[1]))[1]

    def align(self, word: str, phones: tuple[str, ...]) -> tuple[int, ...]:
        """For each character of the word, how many phones were said when it ends (dearest pairs last; Viterbi)."""
        letters, phones = word.lower(), without_stress(phones)
        far = 10**9
        best = [[0] + [far] * len(phones)]
        steps: list[list[int]] = []
        for letter in letters:
            row, step = [far] * (len(phones) + 1), [0] * (len(phones) + 1)
            for j, before in enumerate(best[-1]):
                for k in range(min(3, len(phones) - j) + 1):
                    cost = before + self._pair_cost.get((letter, phones[j : j + k]), _UNHEARD * (k + 1))
                    if cost < row[j + k]:
                        row[j + k], step[j + k] = cost, k
            best.append(row)
            steps.append(step)
        ends, j = [], len(phones)
        for step in reversed(steps):
            ends.append(j)
            j -= step[j]
        return tuple(reversed(ends))

    def _unigram_costs(self, arrays: Mapping[str, Any]) -> dict[tuple[str, tuple[str, ...]], int]:
        """The cheapest cost of each (letter, phones), stress aside."""
        costs: dict[tuple[str, tuple[str, ...]], int] = {("'", ()): 0}
        for symbol, cost in zip(arrays["symbol1"].tolist(), arrays["cost1"].tolist(), strict=True):
            letter = next((x for x, of in self._of_letter.items() if symbol in of), None)
            if letter is not None:
                key = (letter, without_stress(self._phones[symbol]))
                costs[key] = min(cost, costs.get(key, 255))
        return costs

    def _step(self, options: np.ndarray, cost: np.ndarray, memory: np.ndarray, said: list[tuple[str, ...]]):
        """Every hypothesis with every option of the next letter; the best of each memory, BEAM in all."""
        hypothesis = np.repeat(np.arange(len(cost)), len(options))
        symbol = np.tile(options, len(cost))
        grown = np.full((self._order, len(symbol)), -1, dtype=np.int64)
        grown[0] = 0
        total, open_ = cost[hypothesis], np.ones(len(symbol), dtype=bool)
        for k in range(self._order - 1, -1, -1):
            node = memory[k, hypothesis]
            known = node >= 0
            found = np.where(known, self._find(k, node, symbol), -1)
            if k + 1 < self._order:
                grown[k + 1] = found
            hit = open_ & (found >= 0)
            total = total + np.where(hit, self._costs[k][found], 0)
            if k > 0:
                total = total + np.where(open_ & known & ~hit, self._backoffs[k - 1][node], 0)
            open_ &= ~hit
        total = total + np.where(open_, 255, 0)
        return self._survivors(total, grown, hypothesis, symbol, said)

    def _survivors(self, total, grown, hypothesis, symbol, said):
        """The best hypotheses, at most two for one memory."""
        taken: list[int] = []
        seen: dict[bytes, int] = {}
        for n in np.argsort(total, kind="stable").tolist():
            key = grown[:, n].tobytes()
            if seen.get(key, 0) < 2:
                seen[key] = seen.get(key, 0) + 1
                taken.append(n)
                if len(taken) == BEAM:
                    break
        spoken = [said[hypothesis[n]] + self._phones[symbol[n]] for n in taken]
        return total[taken], grown[:, taken], spoken

    def _find(self, k: int, node: np.ndarray, symbol: np.ndarray) -> np.ndarray:
        """Index among sequences of length k + 1 of (node, symbol); -1 = never seen."""
        keys = self._keys[k]
        wanted = node * self._vocabulary + symbol
        place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        return np.where(keys[place] == wanted, place, -1)


def _stress_cost(phones: tuple[str, ...]) -> int:
    return 0 if sum(stress_of(phone) == 1 for phone in phones) == 1 else _NO_PRIMARY
