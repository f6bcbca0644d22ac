"""Is a run of notes somebody's tune? An index of tunes as hashes, and the longest runs a new tune shares with them.

A tune is read as intervals in semitones and, from the second one on, how long each note's turn lasts against the one
before (onset to onset, in twelve classes): the same in every key and tempo. Of every six notes in a row one 32-bit hash
is kept, in the order of the tunes, so a shared run is a row of equal hashes and its length is exact; a run of six notes
is found by mistake with a chance of (notes of the index) / 2^32 a note, a longer one practically never. No note can be
read from a hash alone. Whole numbers only: the same answer on every machine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from songwright.values.score import Note

COUNTED = 8  # notes in a row from which on a passage counts: shorter runs are common to songs that never met
GRAM = 6  # notes to a hash: the shortest run that is found
_RATIOS = (1, 2, 3, 4, 6, 9, 12, 16, 24, 36, 48, 64)  # of a turn to the one before, in twelfths
_MOST_PLACES = 4_000  # of one hash: what stands in more places says nothing


@dataclass(frozen=True)
class SharedRun:
    """Notes in a row that a known tune has too.

    first: index of the run's first note in the new tune; notes: how many; tune: number of the known tune (the first of
    `tunes` that share it). commonplace: a scale, a repeated note or a chord in even notes, which belongs to nobody.
    """

    first: int
    notes: int
    tune: int
    tunes: int
    commonplace: bool


def notes_shared(runs: Sequence[SharedRun], least: int) -> int:
    """How many notes lie in runs of so many and more, commonplaces apart."""
    long = (run for run in runs if run.notes >= least and not run.commonplace)
    return len({n for run in long for n in range(run.first, run.first + run.notes)})


class KnownTunes:
    """Tunes to compare with. Made by `index_tunes`, or read from the shelf."""

    def __init__(self, arrays: Mapping[str, Any]) -> None:
        """arrays: "hashes" (uint32, all tunes in a row), "starts" (where each begins); may be missing: "titles",
        "about" (which tunes these are) and "people" (longest runs that other people's tunes share with these).
        """
        self._hashes = np.asarray(arrays["hashes"], dtype=np.uint32)
        self._starts = np.asarray(arrays["starts"], dtype=np.int64)
        self._order = np.argsort(self._hashes, kind="stable")
        self._sorted = self._hashes[self._order]
        self._titles: Sequence[Any] = arrays.get("titles", ())
        self._people = np.sort(np.asarray(arrays.get("people", ()), dtype=np.int64))
        self.about = str(arrays.get("about", "known songs"))

    def __len__(self) -> int:
        """How many tunes are known."""
        return len(self._starts)

    def title(self, tune: int) -> str:
        """What a known tune is called, "" where the index does not say."""
        return str(self._titles[tune]) if tune < len(self._titles) else ""

    def people_percent(self, notes: int) -> int:
        """Of songs by people outside the index, how many percent share a run as long or longer; -1 = not known."""
        if not len(self._people):
            return -1
        return 100 * int((self._people >= notes).sum()) // len(self._people)

    def longest(self, notes: Sequence[Note]) -> int:
        """The most notes in a row that a known tune has too, commonplaces apart; 0 where there are fewer than six."""
        return max((run.notes for run in self.runs(notes) if not run.commonplace), default=0)

    def runs(self, notes: Sequence[Note]) -> tuple[SharedRun, ...]:
        """Every longest run: none inside another, in order of its first note."""
        hashes = _hashes(notes)
        where, place = self._places(hashes)
        if not len(where):
            return ()
        tune = np.searchsorted(self._starts, place, side="right") - 1
        # equal hashes one after the other, in both tunes, stand next to each other in this order
        order = np.lexsort((where, place - where, tune))
        where, place, tune = where[order], place[order], tune[order]
        goes_on = (np.diff(where) == 1) & (np.diff(place) == 1) & (np.diff(tune) == 0)
        begins = np.flatnonzero(np.concatenate([[True], ~goes_on]))
        sizes = np.diff(np.concatenate([begins, [len(where)]]))
        return _longest_only(where[begins], sizes + GRAM - 1, tune[begins], notes)

    def _places(self, hashes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """All pairs (hash of the new tune, place in the index) that are equal."""
        low = np.searchsorted(self._sorted, hashes, side="left")
        counts = np.searchsorted(self._sorted, hashes, side="right") - low
        counts = np.where(counts > _MOST_PLACES, 0, counts)
        where = np.repeat(np.arange(len(hashes)), counts)
        inside = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        return where, self._order[np.repeat(low, counts) + inside]


def index_tunes(
    tunes: Sequence[Sequence[Note]], titles: Sequence[str] = (), about: str = "known songs",
    people: Sequence[Sequence[Note]] = (),
) -> dict[str, np.ndarray]:  # fmt: skip
    """The arrays of an index of tunes. titles: one a tune, or none. about: which tunes these are, in words.

    people: tunes by people that stand outside; how much they share with the index is kept as a measure.
    """
    rows = [_hashes(notes) for notes in tunes]
    starts = np.cumsum([0, *(len(row) for row in rows)])[:-1]
    arrays = {
        "hashes": np.concatenate([np.zeros(0, dtype=np.uint32), *rows]), "starts": starts.astype(np.uint32),
        "about": np.array(about),
    }  # fmt: skip
    if titles:
        arrays["titles"] = np.array(list(titles), dtype=np.str_)
    if people:
        known = KnownTunes(arrays)
        arrays["people"] = np.array(sorted(known.longest(notes) for notes in people), dtype=np.uint8)
    return arrays


def _longest_only(
    first: np.ndarray, size: np.ndarray, tune: np.ndarray, notes: Sequence[Note]
) -> tuple[SharedRun, ...]:
    """Runs that lie in no longer one, the same run in several tunes as one."""
    sharing: dict[tuple[int, int], set[int]] = {}
    for start, length, number in zip(first.tolist(), size.tolist(), tune.tolist(), strict=True):
        sharing.setdefault((start, length), set()).add(number)
    found: list[SharedRun] = []
    reached = 0
    for start, length in sorted(sharing, key=lambda run: (run[0], -run[1])):
        if start + length > reached:
            reached = start + length
            holders = sharing[start, length]
            plain = is_commonplace(notes[start : start + length])
            found.append(SharedRun(start, length, min(holders), len(holders), plain))
    return tuple(found)


def is_commonplace(notes: Sequence[Note]) -> bool:
    """Whether a run says nothing of its own: fewer than four different intervals, or mostly one note repeated."""
    steps = [after.pitch - here.pitch for here, after in pairwise(notes)]
    return len(set(steps)) < 4 or 2 * sum(step == 0 for step in steps) > len(steps)


def _hashes(notes: Sequence[Note]) -> np.ndarray:
    """One 32-bit hash of every six notes in a row, uint32."""
    count = len(notes) - GRAM + 1
    if count < 1:
        return np.zeros(0, dtype=np.uint32)
    pitch = np.array([note.pitch for note in notes], dtype=np.int64)
    start = np.array([note.start_tick for note in notes], dtype=np.int64)
    step = (np.diff(pitch) + 128).astype(np.uint64)
    turn = np.maximum(1, np.diff(start))
    ratio = _ratio(turn[1:], turn[:-1]).astype(np.uint64)
    state = np.full(count, 0x9E3779B97F4A7C15, dtype=np.uint64)
    for n in range(GRAM - 1):
        state = _mixed(state, step[n : n + count])
        if n:
            state = _mixed(state, ratio[n - 1 : n - 1 + count])
    return (state >> np.uint64(32)).astype(np.uint32)


def _ratio(turn: np.ndarray, before: np.ndarray) -> np.ndarray:
    """The class of a turn against the one before: the nearest of twelve ratios, the smaller of two as near."""
    value = 12 * turn // before
    return np.abs(value[:, None] - np.array(_RATIOS)[None]).argmin(axis=1)


def _mixed(state: np.ndarray, value: np.ndarray) -> np.ndarray:
    """SplitMix64's finaliser over state and value (Steele, Lea & Flood 2014)."""
    z = (state ^ value) * np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))
