"""How quick the quick notes of a tune are: most tunes run in quarters or eighths, some are dotted, few rush.

Of 2,360 training songs those with a room of 2.2 eighths and more a syllable (windows of their lines, median) have no
sixteenth off the eighths in 73 of 100 cases, 8 have them after dotted eighths alone, 10 now and then, 9 often; with
less room 48, 22, 16 and 14 (1.6 eighths and more), 22, 25, 27 and 26 (1.2), 5, 19, 21 and 55. In meters of whole
quarters, compound ones apart, 8 of 100 have hardly a syllable off the quarters from 1.9 eighths on, 16 from 2.2, 27
from 2.6, 49 from 3.0 and 59 from 3.6 (1,438 songs); styles whose words push ahead of the beat have none of these.
Over 130 quarters a minute a quarter as many have sixteenths, where words have room for eighths (223 songs).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence

from songwright.composer.frames import Room
from songwright.values.plan import SongPlan
from songwright.values.seed import Luck
from songwright.values.time import TICKS_PER_QUARTER

QUARTERS, EIGHTHS, DOTTED, SOME, RUNS = FINEST = ("quarters", "eighths", "dotted", "some", "runs")
_SHARES = ((5, 19, 21, 55), (22, 25, 27, 26), (48, 22, 16, 14), (73, 8, 10, 9))
_ROOM = (12, 16, 22)  # tenths of an eighth a syllable
_PLAIN, _PLAIN_ROOM = (0, 8, 16, 27, 49, 59), (19, 22, 26, 30, 36)  # of the first, those in quarters
_FAST_BPM = 130.0  # of quarters: sixteenths are rare beyond
_PUSHED = 0.2  # syncopation of a style beyond which no tune runs in quarters
# What a sixteenth off the eighths costs and what one after a dotted eighth gains (`likes.Taste`), 1/1024 nats.
QUICKNESS: Mapping[str, tuple[int, int]] = {
    QUARTERS: (6144, -2560), EIGHTHS: (6144, -2560), DOTTED: (6144, 1024), SOME: (6144, 512), RUNS: (4096, 512),
}  # fmt: skip


def column(finest: str) -> int:
    """Where tables have it that tell apart only how sixteenths go: tunes in quarters and in eighths have none."""
    return max(0, FINEST.index(finest) - 1)


def quicker(finest: str) -> str:
    """What a tune goes in when its words find no beats as it is."""
    return EIGHTHS if finest == QUARTERS else SOME


def drawn_finest(plan: SongPlan, group: Sequence[Room], syncopation: float, luck: Luck) -> str:
    """How quick a song is, one of FINEST, by the room its lines have, by meter, tempo and style."""
    rooms = sorted((room.window_end - room.window) * 10 // (240 * len(room.sung)) for room in group)
    room = rooms[len(rooms) // 2]
    _, *others = _SHARES[bisect_right(_ROOM, room)]
    if room >= _ROOM[1] and plan.tempo_map.start_bpm > _FAST_BPM:
        others = [share // 4 for share in others]
    first = 100 - sum(others)
    whole = plan.meter.bar_ticks % TICKS_PER_QUARTER == 0 and not plan.meter.is_compound
    plain = _PLAIN[bisect_right(_PLAIN_ROOM, room)] if whole and syncopation <= _PUSHED else 0
    shares = (plain, first - plain, *others)
    point = luck.integer(0, sum(shares) - 1)
    for name, share in zip(FINEST, shares, strict=True):
        point -= share
        if point < 0:
            return name
    return RUNS
