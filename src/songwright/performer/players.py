"""What the band's players do with their parts."""

from __future__ import annotations

import numpy as np

from songwright.performer.articulation import ring_out, sounding_lengths_s, strum_delays
from songwright.performer.drummer import Drummer
from songwright.performer.dynamics import played_levels
from songwright.performer.timing import Clock, lateness_s, places
from songwright.values.performance import PlayedNote, PlayedPart
from songwright.values.score import Part, Score
from songwright.values.seed import Seed

_TIGHT = 0.5  # drummers heard alone wander against their click; in a band they keep closer to it
_LAST_CHANCE_S = 0.02  # a note that would begin later than this before the end is not heard and not played


def play(
    part: Part,
    score: Score,
    clock: Clock,
    duration_s: float,
    looseness: float,
    seed: Seed,
    drummer: Drummer | None = None,
) -> PlayedPart:
    """A played part in physical time, notes by onset; every onset is at or after 0 s, every offset in the song.

    looseness: 0 machine .. 1 human .. 2 careless. seed: the part's own luck. drummer: who plays drums, None = rules.
    """
    notes = part.notes
    if not notes:
        return PlayedPart(part.id, part.role, part.instrument, part.stem, ())
    start = np.array([note.start_tick for note in notes])
    pitch = np.array([note.pitch for note in notes])
    where = places(score, start)
    beat_s = clock.seconds(start)
    written_s = clock.seconds(np.array([note.end_tick for note in notes])) - beat_s
    delay_s, along = strum_delays(part, seed)
    level = np.clip(played_levels(score, part, where, seed) * along, 0.02, 1.0)
    if drummer is not None and part.role == "drums":
        level, late_s = drummer.hands(start, pitch, level, where, score.meter.bar_ticks, seed)
        late_s = late_s * _TIGHT * min(looseness, 1.0)
    else:
        late_s = lateness_s(part.role, part.instrument, pitch, seed, where, looseness)
    onset_s = np.maximum(beat_s + late_s, 0.0) + delay_s
    offset_s = np.maximum(beat_s, 0.0) + delay_s + sounding_lengths_s(part, written_s)
    offset_s = np.maximum(offset_s, onset_s + 0.03)
    if part.role != "drums":
        offset_s = ring_out(part, offset_s, score.length_ticks, score.meter.unit_ticks // 2, duration_s)
    played = [
        PlayedNote(
            notes[n].id,
            float(onset_s[n]),
            float(min(offset_s[n], duration_s)),
            float(notes[n].pitch),
            float(level[n]),
            notes[n].articulation,
        )
        for n in np.lexsort((pitch, onset_s))
        if onset_s[n] < duration_s - _LAST_CHANCE_S
    ]
    return PlayedPart(part.id, part.role, part.instrument, part.stem, tuple(played))
