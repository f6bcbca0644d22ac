"""The way of a line through time: where each of its syllables may begin and how long it may last.

Places (twelfths of a quarter) count from the start of the stretch of bars being written. A lane is exact: whoever
begins a syllable at one of its places, or ends one no later than it says, always finds room for all that is left.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Lane:
    """head: tokens that open the line. marks: the token of each syllable.

    onsets: for each syllable the places it may begin on, ascending. joined: True where no rest may stand before it.
    until: latest end of each syllable. least: places each lasts at least. grid: ends stand on its multiples, the last
    one also where it must end.
    home: pitch classes the last syllable belongs on where the chord holds one, else on any tone of the chord.
    """

    head: tuple[int, ...]
    marks: tuple[int, ...]
    onsets: tuple[tuple[int, ...], ...]
    joined: tuple[bool, ...]
    until: tuple[int, ...]
    least: tuple[int, ...]
    grid: int
    home: tuple[int, ...] = ()

    def before(self, syllable: int, end: int, after: int) -> tuple[int, ...]:
        """The places after <= place < end on which a syllable may begin."""
        row = self.onsets[syllable]
        return row[bisect_left(row, after) : bisect_left(row, end)]

    def landed(self, places: Collection[int]) -> Lane | None:
        """The same lane with its last syllable on one of these places; None where that cannot be."""
        return self.narrowed([lambda _: True] * (len(self.marks) - 1) + [lambda place: place in places])

    def narrowed(self, suits: Sequence[Callable[[int], bool]]) -> Lane | None:
        """The same lane with each syllable on places that suit it; None where that cannot be."""
        onsets = [tuple(filter(suit, row)) for suit, row in zip(suits, self.onsets, strict=True)]
        until = list(self.until)
        if not all(onsets) or not _pull(onsets, until, self.least, self.joined):
            return None
        return replace(self, onsets=tuple(onsets), until=tuple(until))


@dataclass(frozen=True)
class Stretch:
    """Syllables first..last (not included) of a line, sung in one breath between two places."""

    first: int
    last: int
    start: int
    end: int


def lane(
    head: Sequence[int], marks: Sequence[int], joined: Sequence[bool], stretches: Sequence[Stretch],
    least: Sequence[int], grid: int,
) -> Lane | None:  # fmt: skip
    """A lane through stretches of time; None where the syllables do not fit.

    grid: divides a bar, and all of `least` but the last: the places each syllable lasts at least. The end of the line
    itself stands on any place.
    """
    onsets: list[tuple[int, ...]] = []
    until: list[int] = []
    for stretch in stretches:
        start, whole = -(-stretch.start // grid) * grid, stretch.end // grid * grid
        for n in range(stretch.first, stretch.last):
            end = stretch.end if n + 1 == len(marks) else whole
            onsets.append(tuple(range(start, end - least[n] + 1, grid)))
            until.append(end)
            start += least[n]
    if not all(onsets) or not _pull(onsets, until, least, joined):
        return None
    return Lane(
        tuple(head), tuple(marks), tuple(onsets), tuple(joined), tuple(until), tuple(least), grid
    )  # fmt: skip


def _pull(
    onsets: list[tuple[int, ...]], until: list[int], least: Sequence[int], joined: Sequence[bool]
) -> bool:
    """Draws places and ends in to what the syllables after leave room for; False where nothing is left."""
    for n in range(len(onsets) - 2, -1, -1):
        last = onsets[n + 1][-1]
        until[n] = min(until[n], last)
        if joined[n + 1]:  # the end must be a place where the next one may begin
            reach = [p for p in onsets[n + 1] if p <= until[n]]
            if not reach:
                return False
            until[n] = reach[-1]
        row = onsets[n]
        onsets[n] = row[: bisect_right(row, until[n] - least[n])]
        if not onsets[n]:
            return False
    return True
