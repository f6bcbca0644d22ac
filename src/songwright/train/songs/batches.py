"""What a network sees of the corpus in one step: songs, shortened, with conditions left open and bars taken out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from songwright.music.tokens import KINDS, NAMES, VOCABULARY
from songwright.music.tokens.spans import bar_places, holed
from songwright.values.seed import Luck, Seed

_FORM_END, _BAR, _PAD = VOCABULARY["/form"], VOCABULARY["bar"], VOCABULARY["pad"]
_LINE, _LINE_END = VOCABULARY["line"], VOCABULARY["/line"]
_OPEN = {name: VOCABULARY[f"{name}:any"] for name in ("genre", "mood", "tempo", "key", "lang", "persona")}
_CONDITION = {n: name.split(":")[0] for n, name in enumerate(NAMES) if KINDS[n] == "condition"}
_STEP = 32  # lengths a batch may have: few of them, since a machine prepares itself for each one
_BLOCK = 16  # batches whose songs are sorted by length among themselves
_WEIGHTS = np.array([0.0 if kind in ("condition", "header") else 1.0 for kind in KINDS])


@dataclass(frozen=True)
class Manner:
    """How songs are shown. open_share: of songs with all conditions left open, and of each left open alone.

    hole_share: of songs with a middle to fill in. holes: bars such a middle has at least and at most.
    """

    batch: int = 8
    length: int = 512
    open_share: float = 0.15
    hole_share: float = 0.3
    holes: tuple[int, int] = (1, 8)


class Batches:
    """The rows of every step: the same for the same step, however often a run is resumed."""

    def __init__(self, rows: Sequence[np.ndarray], manner: Manner, seed: Seed) -> None:
        """rows: songs as token ids. Songs come in a new order every time all were seen."""
        self.rows, self.manner, self.seed = rows, manner, seed
        self._turn, self._order = -1, np.zeros(0, dtype=np.int64)

    def at(self, step: int) -> np.ndarray:
        """The rows of one step, (batch, at most length + 1), padded with 0 behind the shorter ones."""
        manner = self.manner
        found = np.full((manner.batch, manner.length + 1), _PAD, dtype=np.int64)
        longest = 0
        for n in range(manner.batch):
            turn, place = divmod(step * manner.batch + n, len(self.rows))
            if turn != self._turn:
                self._turn, self._order = turn, self._shuffled(self.seed.child("order", turn))
            shown = example(self.rows[self._order[place]], manner, self.seed.child("example", step, n).luck())
            found[n, : len(shown)] = shown
            longest = max(longest, len(shown))
        return found[:, : -(-(longest - 1) // _STEP) * _STEP + 1]

    def _shuffled(self, seed: Seed) -> np.ndarray:
        """All songs in a new order, those of about one length together: a batch holds little padding."""
        order = np.argsort(seed.luck().noise(len(self.rows)), kind="stable")
        seen = np.array([min(len(row), self.manner.length) for row in self.rows])
        block = self.manner.batch * _BLOCK
        for start in range(0, len(order), block):
            part = order[start : start + block]
            part = part[np.argsort(seen[part], kind="stable")]
            batches = [part[n : n + self.manner.batch] for n in range(0, len(part), self.manner.batch)]
            turns = np.argsort(seed.child(start).luck().noise(len(batches)), kind="stable")
            order[start : start + block] = np.concatenate([batches[turn] for turn in turns])
        return order


def example(row: np.ndarray, manner: Manner, luck: Luck) -> list[int]:
    """One song as it is shown: conditions perhaps left open, bars perhaps moved to the end, cut to length."""
    ids = [int(token) for token in row]
    head = ids.index(_FORM_END) + 1
    everything = luck.chance(manner.open_share)
    for n in range(head):
        what = _CONDITION.get(ids[n], "")
        if what in _OPEN and (everything or luck.chance(manner.open_share)):
            ids[n] = _OPEN[what]
    with_hole = luck.chance(manner.hole_share)
    ids = _window(ids, head, manner.length + 1 - (3 if with_hole else 0), luck)
    bars = len(bar_places(ids))
    if with_hole and bars >= 3:
        size = luck.integer(manner.holes[0], min(manner.holes[1], bars - 1))
        first = luck.integer(0, bars - size)
        ids = holed(ids, first, first + size)
    return ids[: manner.length + 1]


def _window(ids: list[int], head: int, length: int, luck: Luck) -> list[int]:
    """The opening, and as many bars from somewhere as there is room for."""
    if len(ids) <= length:
        return ids
    places = _between_lines(ids) or bar_places(ids)
    room = length - head
    latest = [place for place in places if len(ids) - place <= room]
    choices = [place for place in places if not latest or place <= latest[0]]
    # a third of all windows open the song, so that beginnings are learned
    start = head if luck.chance(1 / 3) else luck.choice(choices)
    return ids[:head] + ids[start : start + room]


def _between_lines(ids: Sequence[int]) -> list[int]:
    """Places of bars that no line runs into: where reading can begin without missing what was asked."""
    found, inside = [], False
    for place, token in enumerate(ids):
        inside = (inside or token == _LINE) and token != _LINE_END
        if token == _BAR and not inside:
            found.append(place)
    return found


def weights(targets: np.ndarray) -> np.ndarray:
    """1 for tokens that a model has to find, 0 for what it is given and for padding."""
    return np.where(targets == _PAD, 0.0, _WEIGHTS[targets])
