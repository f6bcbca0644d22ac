"""How quick the quick notes of a tune are: most tunes run in eighths from end to end, some are dotted, few rush.

Of 2,360 training songs those with a room of 2.2 eighths and more a syllable (windows of their lines, median) have no
sixteenth off the eighths in 74 of 100 cases, 8 have them after dotted eighths alone, 10 now and then, 9 often; with
less room 48, 22, 16 and 14 (1.6 eighths and more), 22, 25, 27 and 26 (1.2), 5, 19, 21 and 55.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from songwright.composer.frames import Room
from songwright.values.seed import Luck

EIGHTHS, DOTTED, SOME, RUNS = FINEST = ("eighths", "dotted", "some", "runs")
_SHARES = ((5, 19, 21, 55), (22, 25, 27, 26), (48, 22, 16, 14), (74, 8, 10, 9))
_ROOM = (12, 16, 22)  # tenths of an eighth a syllable
# What a sixteenth off the eighths costs and what one after a dotted eighth gains (`likes.Taste`), 1/1024 nats.
QUICKNESS: Mapping[str, tuple[int, int]] = {
    EIGHTHS: (6144, -2560), DOTTED: (6144, 512), SOME: (4608, 0), RUNS: (2304, 0),
}  # fmt: skip


def drawn_finest(group: Sequence[Room], luck: Luck) -> str:
    """How quick a song is, by the room its lines have: "eighths", "dotted", "some" or "runs"."""
    rooms = sorted((room.window_end - room.window) * 10 // (240 * len(room.sung)) for room in group)
    shares = _SHARES[sum(rooms[len(rooms) // 2] >= bound for bound in _ROOM)]
    point = luck.integer(0, sum(shares) - 1)
    for name, share in zip(FINEST, shares, strict=True):
        point -= share
        if point < 0:
            return name
    return RUNS
