"""Where the first bar line falls in notes that came without any."""

from __future__ import annotations

from collections.abc import Sequence

from songwright.music.rhythm import strength
from songwright.values.time import Meter

_LONG, _LAST = 4.0, 4.0  # beats; votes, fitted on songs that show their bar lines
_BASS, _BASS_MOVES, _NO_UPBEAT = 0.7, 0.5, 1.06
_GRAIN = 240  # upbeats are sought in eighths


def upbeat(
    voice: Sequence[tuple[int, int]],
    others: Sequence[tuple[int, int, int]],
    meter: Meter,
    end: int | None = None,
) -> int:
    """Ticks of upbeat before the first full bar, 0 for none: the shift under which long notes stand strongest.

    Every onset votes for its place with the strength of that place, weighted by how many beats it lasts (four at
    most); bass notes vote too, more where the bass moves, and so does the tune's last note. voice: (tick, ticks) of
    the tune; others: (tick, ticks, MIDI pitch) of what sounds beside it; end: where to stop listening.
    """
    beat = meter.beat_ticks
    votes = [(tick, min(ticks / beat, _LONG)) for tick, ticks in voice]
    lowest: dict[int, tuple[int, int]] = {}
    for tick, ticks, pitch in others:
        if tick not in lowest or pitch < lowest[tick][0]:
            lowest[tick] = (pitch, ticks)
    before = None
    for tick, (pitch, ticks) in sorted(lowest.items()):
        moves = before is not None and pitch % 12 != before % 12
        votes.append((tick, _BASS * min(ticks / beat, _LONG) + _BASS_MOVES * moves))
        before = pitch
    if voice and end is None:
        votes.append((voice[-1][0], _LAST))
    votes = [vote for vote in votes if end is None or vote[0] < end]
    scores = {
        shift: sum(weight * _WEIGHT[strength(tick - shift, meter)] for tick, weight in votes)
        for shift in range(0, meter.bar_ticks, _GRAIN)
    }
    scores[0] *= _NO_UPBEAT
    return max(scores, key=lambda shift: scores[shift])


_WEIGHT = (0.0, 0.1, 0.3, 0.6, 0.9, 1.3)
