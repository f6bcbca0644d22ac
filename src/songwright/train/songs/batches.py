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
        """The rows of one step, (batch, length + 1), padded with 0."""
        manner = self.manner
        found = np.full((manner.batch, manner.length + 1), _PAD, dtype=np.int64)
        for n in range(manner.batch):
            turn, place = divmod(step * manner.batch + n, len(self.rows))
            if turn != self._turn:
                noise = self.seed.child("order", turn).luck().noise(len(self.rows))
                self._turn, self._order = turn, np.argsort(noise, kind="stable")
            shown = example(self.rows[self._order[place]], manner, self.seed.child("example", step, n).luck())
            found[n, : len(shown)] = shown
        return found


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
