"""Which earlier line each line of a tune takes up, and how much of it: drawn as often as people do it.

People say things twice: of 18,689 lines of the training songs (2,400 songs, 8 to 64 bars) 17 % are an earlier line
again, 6 % begin as one, 21 % go in its rhythm. Whether they do depends on the chords, on the number of bars and
syllables, on rhyme, on how far back the line lies and on whether the line before took up the one before that.
`_WEIGHTS` is what a conditional logit (McFadden 1974) fitted to these lines says, whole numbers, 1024 to a nat, against
0 for something new: a column for each part that is taken up (recipes/measure_echoes.py). Not everything that is wanted
can be taken up, for words bring other stresses: so whole lines, rhythms, and whole lines after another that was taken
up with it are wanted more than that (`_MORE`, `_AFTER`), until bars
come again as much as in people's songs, whose other lines are more alike than the composer's.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from string import ascii_uppercase

import numpy as np

from songwright.composer.frames import Room
from songwright.composer.tune import Song, words_of
from songwright.runtime.drawing import draw
from songwright.values.seed import Luck

PARTS = WHOLE, OPENING, RHYTHM = ("whole", "opening", "rhythm")
_ALWAYS = (-1042, -562, -971)
_MORE = (1152, 0, 768)  # for each part
_AFTER = 3328  # for a whole line after another whole one
_WEIGHTS = {
    "chords": ((-2099, -1456, -465), (501, 1152, -434), (2233, 1718, -436)),  # other ones, alike at first, the same
    "bars": ((1002, -169, 511), (-1452, -715, -1205)),  # as many, others
    "syllables": ((2135, 121, 1963), (1006, -603, 1864), (-2788, -490, -2638)),  # as many, one more or less, other
    "rhyme": ((-972, -597, -882), (-74, -26, -92)),
    "words": ((-1246, -695, -1095), (719, 486, 307)),
    "before": ((-168, -255, -340), (1525, 1607, 200), (-375, 57, -145), (-809, -438, 230), (-1366, -1125, -954)),
    "apart": ((-958, 25, 426), (-172, -4, 203), (171, -275, -193), (263, -44, -547), (-315, -302, -258),
              (-172, -426, -780)),
}  # fmt: skip
_APART = {1: 0, 2: 1, 4: 2, 8: 3, 3: 4, 6: 4}
_SHARES = (8, 9, 10, 11, 12)  # sixteenths of a line that an opening is
_LETTER = 2048  # nats x 1024 for what the form of the style asks for


@dataclass(frozen=True)
class Echo:
    """What a line takes up. line: number of the earlier line of its section. part: "whole", "opening" or "rhythm".

    share: sixteenths of the line up to which pitches are taken up.
    """

    line: int
    part: str
    share: int = 16


@dataclass(frozen=True)
class Facts:
    """What there is to know of a line before it has a tune. chords: at every count of its bars, any names."""

    chords: tuple[Hashable, ...]
    words: tuple[str, ...]
    rhyme: str


def features(first: Facts, second: Facts, before: int, apart: int) -> dict[str, int]:
    """What speaks for taking up a line in a later one, as rows of the weights: chords as far as both go.

    before: what the line before the second has of the line before the first: 0 = there is none, 1 to 3 = that part,
    4 = nothing. apart: lines between them, 1 = neighbours.
    """
    same = [x == y for x, y in zip(first.chords, second.chords, strict=False)]
    return {
        "chords": 2 if all(same) else int(all(same[: max(1, len(same) // 2)])),
        "bars": int(len(first.chords) != len(second.chords)),
        "syllables": min(2, abs(len(first.words) - len(second.words))),
        "rhyme": int(bool(first.rhyme) and first.rhyme == second.rhyme),
        "words": int(first.words == second.words),
        "before": before,
        "apart": _APART.get(apart, 5),
    }


def drawn_echoes(
    song: Song, group: Sequence[Room], letters: Sequence[str], luck: Luck
) -> tuple[Echo | None, ...]:
    """For each line of a section what it takes up, None for something new. letters: the form the style asks for."""
    facts = [_facts(song, room) for room in group]
    found: list[Echo | None] = []
    idea: list[int] = []  # of each line the first that has its tune
    for j in range(len(group)):
        options: list[Echo | None] = [None]
        weights = [0]
        for i in range(j):
            seen = features(facts[i], facts[j], _before(found, idea, i, j), j - i)
            for part, name in enumerate(PARTS):
                options.append(Echo(i, name))
                weights.append(_weight(seen, part) + _asked(letters[i], letters[j], name))
        chosen = options[draw(np.array(weights), range(len(weights)), luck)]
        share = luck.choice(_SHARES)
        if chosen is not None and chosen.part == OPENING:
            chosen = Echo(chosen.line, OPENING, share)
        found.append(chosen)
        idea.append(idea[chosen.line] if chosen is not None and chosen.part == WHOLE else j)
    return tuple(found)


def lettered(letters: Sequence[str], echoes: Sequence[Echo | None]) -> tuple[str, ...]:
    """The form as it comes out: the same letter for a line that comes again, with a prime for its opening, another
    letter for something new."""
    found: list[str] = []
    for letter, echo in zip(letters, echoes, strict=True):
        used = {known[0] for known in found}
        if echo is not None and echo.part != RHYTHM:
            letter = found[echo.line] if echo.part == WHOLE else found[echo.line][0] + "'"
        elif letter[0] in used:
            letter = next((other for other in ascii_uppercase if other not in used), "Z")
        found.append(letter)
    return tuple(found)


def _weight(seen: Mapping[str, int], part: int) -> int:
    """What speaks for a part, 1/1024 nats: what was fitted, and what makes up for copies that do not come about."""
    after = _AFTER if PARTS[part] == WHOLE and seen["before"] == 1 else 0
    return (
        _ALWAYS[part] + _MORE[part] + after + sum(_WEIGHTS[row][value][part] for row, value in seen.items())
    )


def _facts(song: Song, room: Room) -> Facts:
    unit = song.plan.meter.unit_ticks
    chords = [song.chord_at(tick) for tick in range(room.window, room.window_end, unit)]
    names = tuple((chord.root, chord.quality) for chord in chords)
    return Facts(names, words_of(room.sung), room.line.rhyme)


def _before(found: Sequence[Echo | None], idea: Sequence[int], i: int, j: int) -> int:
    """What the line before j has of the line before i, as `features` asks."""
    if i == 0:
        return 0
    echo = found[j - 1]
    if idea[j - 1] == idea[i - 1]:
        return 1
    if echo is not None and idea[echo.line] == idea[i - 1]:
        return 1 + PARTS.index(echo.part)
    return 4


def _asked(first: str, second: str, part: str) -> int:
    """What the form of the style adds: a letter again wants all of it, a prime its opening."""
    wanted = WHOLE if second == first else OPENING
    return _LETTER if second[0] == first[0] and part == wanted else 0
