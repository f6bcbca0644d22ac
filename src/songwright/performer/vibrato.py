"""Vibrato on held notes: it sets in late, grows, quickens a little; short notes and some held ones stay straight.

Trained singers swing 5 to 6.5 times a second, 30 to 120 cents either way, faster toward the end of a note (Prame 1994,
1997; Sundberg 1994); in popular styles it is shallower and begins after the note has been heard straight.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from songwright.performer.intonation import Voice
from songwright.performer.manner import Manner
from songwright.performer.phrasing import Tone
from songwright.values.performance import Vibrato
from songwright.values.seed import Luck

HELD_S = 0.60
"""Notes from here on get vibrato."""
DELAY_S = (0.26, 0.42)
RATE_HZ = (5.0, 6.5)
DEPTH_CENTS = (34.0, 80.0)
_STRAIGHT = 0.12  # share of held notes without
_FULL_S = 1.5  # a note must be this long for the full depth
_SHORTEST_S = 0.34  # less than two turns are none
_STEP_S = 0.5  # rate and depth wander from point to point, so far apart


def vibrato_of(
    tones: Sequence[Tone], end_s: float, voice: Voice, manner: Manner, luck: Luck
) -> tuple[Vibrato, ...]:
    """The vibrato of a phrase that ends at end_s; a choir's is half as deep.

    A manner that likes little vibrato leaves more notes straight rather than trembling without being heard.
    """
    out = []
    straight = _STRAIGHT + 0.25 * voice.steady + 0.4 * max(1.0 - manner.vibrato, 0.0)
    for tone in tones:
        chance, wait, rise = luck.uniform(), luck.uniform(*DELAY_S), luck.uniform(0.30, 0.45)
        deep, quick = luck.uniform(0.85, 1.15), luck.uniform(-0.2, 0.2)
        wander = [luck.uniform(-1.0, 1.0) for _ in range(8)]
        end = min(tone.end_s, end_s)
        length = end - tone.start_s
        if length < HELD_S or chance < straight or "straight" in tone.marks:
            continue
        begin = tone.start_s + wait * (1.0 + 0.25 * min(max(length - 1.0, 0.0), 2.0))
        if end - begin < _SHORTEST_S:
            continue
        points = max(min(int((end - begin) / _STEP_S) + 1, len(wander)), 2)
        place = np.linspace(0.0, 1.0, points)
        walk = np.array(wander[:points])
        rate = voice.vibrato_hz + quick + 0.12 * walk - 0.15 + 0.4 * place**2
        peak = 100.0 * voice.vibrato_st * manner.vibrato**0.5 * deep * (0.8 + 0.4 * tone.energy)
        peak *= 0.7 + 0.3 * min((length - HELD_S) / (_FULL_S - HELD_S), 1.0)
        limits = [limit * (1.0 - 0.5 * voice.steady) for limit in DEPTH_CENTS]
        depth = np.clip(peak * (1.0 + 0.12 * walk[::-1]), *limits)
        out.append(
            Vibrato(
                float(begin),
                float(end),
                tuple(np.round(np.clip(rate, *RATE_HZ), 3).tolist()),
                tuple(np.round(depth, 2).tolist()),
                float(round(min(rise, 0.6 * (end - begin)), 3)),
                0.08,
            )
        )
    return tuple(out)
