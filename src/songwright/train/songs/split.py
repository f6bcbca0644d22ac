"""A fair split: no tune stands in two parts under another name.

Songs are one group when they have the same title, when they share a run of twelve notes in interval and rhythm, or
when three tenths of the shorter tune's eight-note runs stand in the other. Both are found through an index of runs,
so the whole corpus is compared in seconds. A group goes to a part by the hash of its name: the same on every machine,
and a song that is added later moves no other group but its own.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Sequence

from songwright.music.likeness import steps
from songwright.train.songs.checks import plain_title
from songwright.train.songs.song import Song

RUN, GRAM = 12, 8
_SHARE = 0.3
_TEST, _VALID = 7, 7  # of 100 groups
_COMMON = 40  # a run in more songs than this is a commonplace, not a likeness


def split_songs(songs: Sequence[Song]) -> tuple[Song, ...]:
    """The same songs, each with its group and its part."""
    root = list(range(len(songs)))

    def find(n: int) -> int:
        while root[n] != n:
            root[n] = root[root[n]]
            n = root[n]
        return n

    for a, b in _alike(songs):
        left, right = sorted((find(a), find(b)))
        root[right] = left
    names: dict[int, str] = {}
    for n, song in enumerate(songs):
        name = plain_title(song.score.title) or song.id
        names[find(n)] = min(name, names.get(find(n), name))
    return tuple(song.placed(names[find(n)], part_of(names[find(n)])) for n, song in enumerate(songs))


def part_of(group: str) -> str:
    """ "train", "valid" or "test" for a group, by its name alone."""
    place = int.from_bytes(hashlib.sha256(group.encode()).digest()[:4], "big") % 100
    return "test" if place < _TEST else "valid" if place < _TEST + _VALID else "train"


def _alike(songs: Sequence[Song]) -> Iterable[tuple[int, int]]:
    """Pairs that belong together."""
    titles: dict[str, int] = {}
    files: dict[str, int] = {}
    for n, song in enumerate(songs):
        for where, key in ((titles, plain_title(song.score.title)), (files, song.id.split("#")[0])):
            if key:
                yield where.setdefault(key, n), n
    yield from _sharing(songs)


def _sharing(songs: Sequence[Song]) -> Iterable[tuple[int, int]]:
    """Pairs that share a telling run, or many short ones."""
    long_runs: dict[Hashable, list[int]] = defaultdict(list)
    short_runs: dict[Hashable, list[int]] = defaultdict(list)
    sizes = []
    for n, song in enumerate(songs):
        walked = steps(song.notes)
        for run in {r for r in _runs([(s[0], _ratio(s[1], s[2])) for s in walked], RUN - 1) if _telling(r)}:
            long_runs[run].append(n)
        short = {r for r in _runs([s[0] for s in walked], GRAM - 1) if len(set(r)) > 3}
        sizes.append(len(short))
        for run in short:
            short_runs[run].append(n)
    for holders in long_runs.values():
        yield from ((holders[0], other) for other in holders[1:] if len(holders) <= _COMMON)
    shared: Counter[tuple[int, int]] = Counter()
    for holders in short_runs.values():
        if 1 < len(holders) <= _COMMON:
            shared.update((a, b) for i, a in enumerate(holders) for b in holders[i + 1 :])
    for (a, b), count in sorted(shared.items()):
        if count >= 4 and count >= _SHARE * min(sizes[a], sizes[b]):
            yield a, b


def _runs(values: Sequence[Hashable], length: int) -> Iterable[tuple[Hashable, ...]]:
    return (tuple(values[n : n + length]) for n in range(len(values) - length + 1))


def _ratio(gap: int, before: int) -> int:
    """How a step's length compares with the one before, in coarse classes."""
    places = (1, 2, 3, 4, 6, 9, 12, 16, 24, 36, 48, 64)  # of gap * 12 / before, near enough
    value = 12 * gap // max(1, before)
    return min(range(len(places)), key=lambda n: abs(places[n] - value))


def _telling(run: tuple[tuple[int, int], ...]) -> bool:
    """Whether a run says something: not mostly one note repeated, not one scale in even notes."""
    intervals = [interval for interval, _ in run]
    return sum(i != 0 for i in intervals) >= 5 and len(set(intervals)) >= 4
