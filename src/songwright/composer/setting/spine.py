"""The bones of a tune before its notes: where its lines begin and where their last syllables come, how long they hold.

A network that writes from left to right does not know how much room a line has; so what people do with room is drawn
first. Two conditional logits (McFadden 1974), fitted to 7,739 beginnings and 11,053 last syllables of the training and
validation songs, weigh every sixteenth a line may begin on and its last syllable may come to; the weights are whole
numbers, 1024 to a nat. Ends also know where the harmony turns: people end on a chord that stays until the next line.
Set by hand: the four quickest rows of `_LAND_TICKS`, which hardly any song shows; half a nat more for two and three
eighths to the next line, in place of ends less than an eighth from it, which leave no breath; `_BEGIN_WANTED` and
`_LAND_LATE`, from 120 training songs, for lines came out shorter at both ends than people's.
recipes/measure_spine.py measures them again.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from songwright.composer.breaths import breath_ticks
from songwright.composer.frames import Room
from songwright.composer.progression import tune_owner
from songwright.composer.prosody import STRESSED, leading_light
from songwright.composer.setting.finest import QUARTERS, column
from songwright.composer.tune import TuneLine
from songwright.music.rhythm import strength
from songwright.runtime.drawing import draw
from songwright.values.plan import SongPlan
from songwright.values.seed import Luck
from songwright.values.time import Meter

_SIXTEENTH, _EIGHTH, _QUARTER, _HALF = 120, 240, 480, 960
_OFF_QUARTERS = 4096  # nats x 1024 for a place off the quarters in a tune that runs in them
_CROWDED = (
    8192  # nats x 1024 for a beginning that leaves this line or the one before none of the time it needs
)
_NEEDED = 250  # ticks a syllable needs

# Where a line begins, in sixteenths from its window (-8 .. 8), by the light syllables before its first heavy one (0 to
# 3), by meter (compound, three, others), by room (under 1.3, 1.8, 2.4 eighths a syllable, more).
_BEGIN_LIGHT = (
    (-373, -379, 39, -1055, 88, 229, 141, 134, 118, -123, 177, 410, 227, -357, 404, 434, -114),
    (-145, -308, -448, 71, 219, -264, 703, 755, -78, 68, -66, 946, 125, -440, 319, -517, -939),
    (57, -88, -164, -337, 748, 468, -13, -167, 554, -375, -186, -568, 263, -186, -398, -353, 744),
    (-658, -170, -18, 962, -64, -278, 309, 317, 70, -302, 138, 8, 232, -312, 354, -260, -328),
)
_BEGIN_METER = (
    (-257, -54, 905, -476, -419, 676, 709, 304, 67, -72, -415, 190, 131, -340, 1056, -376, -1628),
    (669, -40, -1775, -390, 974, -427, 410, 293, 403, -545, 460, 290, 344, -24, 417, -568, -492),
    (-1531, -850, 279, 507, 436, -94, 21, 442, 194, -114, 18, 316, 372, -931, -794, 248, 1482),
)
_BEGIN_ROOM = (
    (-311, -106, 85, 361, 58, 1286, 1016, 1449, -285, 1077, -446, -361, -674, -596, -762, -1164, -626),
    (-576, -255, 328, 336, 417, 413, 767, 405, 200, -878, 213, 251, -10, -471, 15, -191, -963),
    (-699, -262, -21, -420, 528, -746, 115, -676, 479, -501, 541, 342, 473, -299, 669, 448, 29),
    (468, -323, -983, -636, -12, -798, -758, -138, 270, -429, -244, 564, 1058, 72, 757, 210, 923),
)
_BEGIN_SAME, _BEGIN_LAST, _BEGIN_KNOWN = (
    600,
    378,
    1806,
)  # as the last line with as many light ones, the last, any
_BEGIN_AFTER = (
    (-504, -53, 402, 466),
    (-101, 221, 170, 375),
    (606, -168, -573, -841),
)  # early, on, late; room before
_BEGIN_FREE = ((-169, 249, -79), (481, 416, -897))  # early, on, late, with bars without words before it
_BEGIN_OFF = (-4558, -2265, -2310, -1053)  # off the eighths, by how quick the tune is (`finest`)
_BEGIN_WANTED = {-4: 500, -2: 350, 0: -150, 4: -500}  # by sixteenths from the window
_BEGIN_STRESS = (  # by strength, for two light syllables, a light and a stressed one, the other way round, two stressed
    (20, 80, 294, 249, -601, -42), (-272, 465, 753, 500, -615, -831), (-628, -1216, -227, 377, 449, 1246),
    (-487, -50, 312, 426, -493, 292),
)  # fmt: skip

# Where its last syllable comes: by strength (a heavy one, the light end of a word), by eighths to the window's end
# (-3 .. 12) and to the next line (0 .. 12, none), by its pace beside the room it has and beside that of the song.
_LAND_LEVEL = ((-2292, -1322), (-1295, -1049), (-1289, -535), (-269, 830), (198, 789), (1786, 1201))
_LAND_END = (-1130, -532, -483, -1395, 811, 310, 257, 587, 492, 532, -451, 435, 610, -195, -1726, -242)
_LAND_NEXT = (1669, 618, 1054, 798, -4, -176, -350, -605, -499, -441, -356, -142, -445, 0)
_LAND_FILL = (-1175, -473, 318, 751, 1196, 1244, 805, -40, -942, -906, -1854, -1091, -462)
_LAND_PACE = (-698, -138, -87, 137, 355, 645, 769, 546, 268, -210, -715, -1314, -1789)
RATIOS = (
    416,
    562,
    686,
    797,
    908,
    984,
    1066,
    1155,
    1315,
    1528,
    1866,
    2519,
)  # bounds of their classes, x 1024
_LAND_LATE = (600, 100, 75, 150)  # for every eighth less to the window's end, by the room a line has
_LAND_RHYME, _LAND_LAST, _LAND_SPAN, _LAND_KNOWN = 1792, -722, 1504, 1538
_LAND_OFF = (-3796, -2233, -2271, -1560)  # off the eighths, by how quick the tune is
_LAND_TURNS = (  # by how often the harmony turns from there to the next line; whether it turns just there
    (521, 1080),
    (-483, 62),
    (-1444, -551),
)
PACES = (110, 140, 200, 235, 250, 320, 400, 470, 490, 600, 800)  # ticks a syllable: bounds of the rows below
_LAND_TICKS = (
    (-4096, -4096, -4096, -3072), (-3072, -3072, -2048, -1500), (-1854, -1701, -1017, -600),
    (-1677, -1468, -851, 0), (767, 1402, 877, 732), (406, 964, 836, 517), (942, 886, 936, 491), (784, 582, 472, 107),
    (1527, 438, 874, 401), (935, 300, -82, -224), (645, 49, -291, -630), (40, 104, -192, -422),
)  # fmt: skip
# How many of a hundred last notes last until the next line begins, by the eighths between; how long others do. First
# of those off the accents of the bar, then of those on one.
_FULL = (
    (100, 100, 78, 41, 55, 47, 48, 15, 27, 38, 38, 38, 7, 20, 7, 0, 6),
    (100, 100, 88, 51, 76, 26, 49, 11, 57, 18, 44, 4, 40, 0, 25, 9, 9),
)
_ELSE = (  # eighths, one as likely as the other
    (
        (1,), (1,), (1,), (2, 2, 2, 1), (2, 2, 2, 2, 3, 1), (2, 2, 1, 1, 4, 4, 3), (2, 2, 2, 4, 3, 5),
        (5, 5, 5, 1, 1, 3, 6), (2, 2, 2, 6, 6, 4), (2, 2, 1, 3), (2, 2, 8, 6), (9, 9, 2, 5), (1, 10, 2, 6), (6, 6, 9),
        (2, 2, 10, 4), (2, 3, 8), (2, 2, 1, 4, 5, 9),
    ),
    (
        (1,), (1,), (1,), (2,), (2, 2, 3), (4, 4, 4, 2, 2, 3, 3), (4, 4, 4, 4, 4, 4, 5, 5, 2, 3),
        (4, 4, 4, 6, 6, 6, 2, 5), (6, 6, 6, 6, 6, 4, 4, 2), (6, 6, 6, 2, 2, 3, 5), (8, 8, 8, 8, 6, 6, 4, 2),
        (2, 5, 6, 8, 10, 4), (8, 8, 8, 10, 10, 6, 6, 4), (7, 8, 10), (10, 10, 8, 12, 4), (8, 8, 4, 14, 2),
        (4, 4, 8, 8, 2, 6, 10, 12),
    ),
)  # fmt: skip

Starts = Mapping[tuple[str, int], int]


def name_of(room: Room) -> tuple[str, int]:
    """The tune a line belongs to and its number there."""
    return tune_owner(room.section), room.number


# ---------------------------------------------------------------- where lines begin


def drawn_starts(
    plan: SongPlan,
    places: Sequence[Room],
    like: Mapping[tuple[str, int], tuple[str, int]],
    finest: str,
    luck: Luck,
) -> Starts:
    """(tune, line) -> ticks from its window to its first syllable; lines that are given are left out.

    like: lines that take up an earlier one begin as it does. finest: how quick the tune is.
    """
    opens: dict[tuple[str, int], int] = {}
    for room in places:
        name = name_of(room)
        opens[name] = min(opens.get(name, room.window), room.window)
    found: dict[tuple[str, int], int] = {}
    known: list[tuple[int, int]] = []  # light syllables before the first heavy one, ticks
    before: Room | None = None
    for room in places:
        name = name_of(room)
        if name not in found and not room.line.notes:
            crowds = _Crowd(plan, room, before, found)
            options = _options(plan, opens[name])
            model = found.get(like.get(name, name))
            if model in options and crowds(model) <= _CROWDED // 6:
                start = model
            else:
                weights = _begin_weights(plan, room, before, finest, known, options)
                weights = [weight - crowds(c) for weight, c in zip(weights, options, strict=True)]
                start = options[draw(np.array(weights), range(len(weights)), luck)]
            found[name] = start
            known.append((leading_light(room.sung), start))
        before = room
    return found


def _options(plan: SongPlan, window: int) -> list[int]:
    bar = plan.meter.bar_ticks
    first, last = -min(_HALF, bar // 2 // _SIXTEENTH * _SIXTEENTH), min(_HALF, bar - _SIXTEENTH)
    return [c for c in range(first, last + 1, _SIXTEENTH) if window + c >= 0]


@dataclass(frozen=True)
class _Crowd:
    """What it costs, 1/1024 nats, that a beginning leaves this line or the one before less time than it needs."""

    plan: SongPlan
    room: Room
    before: Room | None
    found: Starts

    def __call__(self, start: int) -> int:
        room, before = self.room, self.before
        cost = _short(room.window_end - room.window - start - _EIGHTH, len(room.sung) - 1)
        if before is not None:
            begun = before.window + self.found.get(name_of(before), before.earliest - before.window)
            cost += _short(room.window + start - breath_ticks(self.plan) - begun, len(before.sung))
        return cost


def _short(ticks: int, syllables: int) -> int:
    needed = max(1, _NEEDED * syllables)
    return _CROWDED * max(0, needed - ticks) // needed


def _begin_weights(
    plan: SongPlan, room: Room, before: Room | None, finest: str, known: Sequence[tuple[int, int]],
    options: Sequence[int],
) -> list[int]:  # fmt: skip
    light = leading_light(room.sung)
    meter = 0 if plan.meter.is_compound else 1 if plan.meter.beats == 3 else 2
    own, theirs = _room(room), 3 if before is None else _room(before)
    free = before is None or before.window_end < room.window
    same = [start for count, start in known if count == light]
    bears = [int(bool(item.syllable.stress)) for item in room.sung[:2]]
    stress = _BEGIN_STRESS[2 * bears[0] + bears[-1]]
    found = []
    for c in options:
        step = max(-8, min(8, c // _SIXTEENTH)) + 8
        side = 0 if c < 0 else 1 if c == 0 else 2
        weight = _BEGIN_LIGHT[min(3, light)][step] + _BEGIN_METER[meter][step] + _BEGIN_ROOM[own][step]
        weight += _BEGIN_WANTED.get(step - 8, 0)
        weight += _BEGIN_AFTER[side][theirs] + _BEGIN_FREE[free][side]
        weight += _BEGIN_SAME * (same[-1:] == [c]) + _BEGIN_LAST * (bool(known) and known[-1][1] == c)
        weight += _BEGIN_KNOWN * any(start == c for _, start in known)
        weight += 2 * stress[strength(c, plan.meter)]  # twice: stress is promised
        weight += _BEGIN_OFF[column(finest)] if c % _EIGHTH else 0
        weight -= _OFF_QUARTERS if finest == QUARTERS and c % _QUARTER else 0
        found.append(weight)
    return found


def _room(room: Room) -> int:
    """How much room a line has, in classes."""
    return bisect_right((312, 432, 576), (room.window_end - room.window) // len(room.sung))


# ---------------------------------------------------------------- where their last syllables come


@dataclass(frozen=True)
class Landing:
    """What bears on where a line's last syllable comes, ticks from its window. start: of its first syllable.

    after: where the next line begins, None for none. known: the lines of the song that have a tune. least: ticks under
    which a syllable is hurried. turned: where the harmony turns.
    """

    meter: Meter
    room: Room
    start: int
    after: int | None
    finest: str
    known: Sequence[TuneLine]
    least: int = 1
    turned: Sequence[int] = ()

    def weights(self, options: Sequence[int]) -> list[int]:
        """How much speaks for each place, 1/1024 nats."""
        room, count = self.room, len(self.room.sung)
        end, quick = room.window_end - room.window, column(self.finest)
        last = room.sung[-1]
        falls = last.weight < STRESSED and last.syllabic == "end"
        rhymes = [
            x
            for x in self.known
            if room.line.rhyme and (x.rhyme, x.bars) == (room.line.rhyme, room.line.bars)
        ]
        alike = [last_onset(x) for x in self.known if x.bars == room.line.bars]
        spans = {span_of(x) for x in self.known if len(x.words) == count}
        fills = min(end if self.after is None else self.after, end + self.meter.bar_ticks // 2) - self.start
        paces = [span_of(x) // (len(x.words) - 1) for x in self.known if len(x.words) > 1]
        late = _LAND_LATE[_room(room)]
        found = []
        for tick in options:
            span = max(1, tick - self.start)
            pace = span // (count - 1)
            weight = _LAND_LEVEL[strength(room.window + tick, self.meter)][falls]
            weight += _LAND_END[max(-3, min(12, (end - tick) // _EIGHTH)) + 3]
            weight += _LAND_NEXT[
                13 if self.after is None else max(0, min(12, (self.after - tick) // _EIGHTH))
            ]
            weight += _LAND_FILL[bisect_right(RATIOS, 1024 * count * span // ((count - 1) * max(1, fills)))]
            weight -= late * max(0, end - tick) // _EIGHTH
            if paces:
                weight += _LAND_PACE[bisect_right(RATIOS, 1024 * len(paces) * pace // max(1, sum(paces)))]
            weight += _LAND_RHYME * (bool(rhymes) and last_onset(rhymes[-1]) == tick)
            weight += _LAND_LAST * (alike[-1:] == [tick]) + _LAND_KNOWN * (tick in alike)
            weight += _LAND_SPAN * (tick - self.start in spans)
            weight += _LAND_TICKS[bisect_right(PACES, pace)][quick]
            weight -= 2 * _CROWDED * max(0, self.least - pace) // self.least
            weight += _LAND_TURNS[min(2, self._turns_after(tick))][tick in self.turned]
            weight += _LAND_OFF[quick] if tick % _EIGHTH else 0
            weight -= _OFF_QUARTERS if self.finest == QUARTERS and tick % _QUARTER else 0
            found.append(weight)
        return found

    def _turns_after(self, tick: int) -> int:
        """How often the harmony turns from a place to the next line."""
        until = self.room.window_end - self.room.window if self.after is None else self.after
        return sum(tick < turn < until for turn in self.turned)

    def drawn(self, options: Sequence[int], luck: Luck) -> int:
        """One of the places; the first where the line has one syllable."""
        if len(self.room.sung) < 2:
            return options[0]
        weights = self.weights(options)
        return options[draw(np.array(weights), range(len(weights)), luck)]


def held_eighths(eighths: int, accented: bool, luck: Luck) -> int:
    """How long a last note is held where the next line begins after so many eighths.

    accented: whether it begins on an accent of its bar.
    """
    place = max(0, min(len(_FULL[0]) - 1, eighths))
    return eighths if luck.integer(0, 99) < _FULL[accented][place] else luck.choice(_ELSE[accented][place])


def last_onset(line: TuneLine) -> int:
    """Ticks from the window to where a line's last syllable begins."""
    last = line.notes[-1][3]
    return next(tick for tick, _, _, which, _ in line.notes if which == last)


def span_of(line: TuneLine) -> int:
    """Ticks from a line's first syllable to its last."""
    return last_onset(line) - line.notes[0][0]
