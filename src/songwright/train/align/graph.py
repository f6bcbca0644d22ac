"""The ways a line can be said, as a graph of short states: sounds side by side, pauses where one may breathe.

Each phone is three states passed from left to right; a pause between words is a longer chain, so that the closure of
a "t" is not taken for one. Most steps go from one state to the next in the list; all others are jumps, and a jump to
a less usual sound has its price.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from songwright.text.phones import PHONES, SILENCE

PARTS = 3  # states of a phone
SYMBOLS = tuple(sorted(PHONES))
_NUMBER = {symbol: number for number, symbol in enumerate(SYMBOLS)}
ROWS = PARTS * len(SYMBOLS)
_PAUSE_STATES = 12  # 60 ms, the shortest pause inside a line
_BEGIN = -1

Slot = tuple[tuple[str, float], ...]
"""What may sound at one place of a word: (phone, price), "" = nothing. Price: how unlikely, as a log probability."""
Sayings = tuple[tuple[float, tuple[Slot, ...]], ...]
"""The pronunciations of one word: (price, slots); the first is the usual one."""


def plain(*pronunciations: Sequence[str], price: float = 1.0) -> Sayings:
    """Pronunciations without choices inside; all but the first have a price."""
    return tuple(
        (price * (n > 0), tuple(((phone, 0.0),) for phone in phones))
        for n, phones in enumerate(pronunciations)
    )


@dataclass(frozen=True)
class Graph:
    """States in order: of which token each is (`token`) and which row of the model it uses (`row`, see `row_of`).

    symbols: the phone of each token; word: the word it belongs to, -1 for a pause. steps[i]: state i-1 may be
    followed by i. jumps: (n, 2) further (from, to) and their price. starts and their entry price, ends: where a clip
    may begin and end. usual: the tokens of the first pronunciations, no pauses.
    """

    symbols: tuple[str, ...]
    word: tuple[int, ...]
    usual: tuple[int, ...]
    token: np.ndarray
    row: np.ndarray
    steps: np.ndarray
    jumps: np.ndarray
    price: np.ndarray
    starts: np.ndarray
    entry: np.ndarray
    ends: np.ndarray


def row_of(symbol: str, part: int) -> int:
    """The number of a phone's part 0..2 among ROWS. Raises KeyError for a stranger."""
    return PARTS * _NUMBER[symbol] + part


Leaving = dict[int, float]
"""From which states the next one may be entered, and at what price."""


class _Writer:
    """Collects states, steps and jumps."""

    def __init__(self) -> None:
        self.symbols: list[str] = []
        self.word: list[int] = []
        self.usual: list[int] = []
        self.token: list[int] = []
        self.row: list[int] = []
        self.steps: list[bool] = []
        self.jumps: list[tuple[int, int, float]] = []
        self.starts: dict[int, float] = {}

    def add(self, symbol: str, word: int, leaving: Leaving, price: float = 0.0, states: int = PARTS) -> int:
        """One phone, entered from `leaving`. Returns its last state."""
        first = len(self.token)
        joined = leaving == {first - 1: 0.0} and not price and first > 0
        self.symbols.append(symbol)
        self.word.append(word)
        for n in range(states):
            self.token.append(len(self.symbols) - 1)
            self.row.append(row_of(symbol, n * PARTS // states))
            self.steps.append(joined or n > 0)
        for state, paid in leaving.items():
            if state == _BEGIN:
                self.starts[first] = paid + price
            elif not joined:
                self.jumps.append((state, first, paid + price))
        return len(self.token) - 1

    def say(self, slots: Sequence[Slot], word: int, leaving: Leaving, is_usual: bool) -> Leaving:
        """One pronunciation of a word, entered from `leaving`. Returns where it may be left."""
        for slot in slots:
            after: Leaving = {}
            for n, (symbol, price) in enumerate(slot):
                if symbol:
                    after[self.add(symbol, word, leaving, price)] = 0.0
                    if is_usual and n == 0:
                        self.usual.append(len(self.symbols) - 1)
                else:
                    for state, paid in leaving.items():
                        after[state] = min(after.get(state, np.inf), paid + price)
            leaving = after
        return leaving

    def graph(self, ends: Sequence[int]) -> Graph:
        ways = np.array([(a, b) for a, b, _ in self.jumps], dtype=int).reshape(-1, 2)
        return Graph(
            tuple(self.symbols), tuple(self.word), tuple(self.usual), np.array(self.token), np.array(self.row),
            np.array(self.steps), ways, np.array([price for *_, price in self.jumps]),
            np.array(list(self.starts)), np.array(list(self.starts.values())), np.array(ends),
        )  # fmt: skip


def line_graph(words: Sequence[Sayings]) -> Graph:
    """All ways to say these words, with a pause allowed before, between and after them."""
    writer = _Writer()
    opening = writer.add(SILENCE, -1, {_BEGIN: 0.0})
    leaving: Leaving = {_BEGIN: 0.0, opening: 0.0}
    for number, sayings in enumerate(words):
        said: Leaving = {}
        for n, (price, slots) in enumerate(sayings):
            entering = {state: paid + price for state, paid in leaving.items()}
            said |= writer.say(slots, number, entering, is_usual=n == 0)
        states = PARTS if number == len(words) - 1 else _PAUSE_STATES
        pause = writer.add(SILENCE, -1, said, states=states)
        leaving = {**said, pause: 0.0}
    return writer.graph(list(leaving))


def chain_graph(symbols: Sequence[str], word: Sequence[int]) -> Graph:
    """One fixed row of phones, pauses included."""
    writer = _Writer()
    leaving: Leaving = {_BEGIN: 0.0}
    for symbol, number in zip(symbols, word, strict=True):
        leaving = {writer.add(symbol, number, leaving): 0.0}
    return writer.graph(list(leaving))
