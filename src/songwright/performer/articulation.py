"""How long each note sounds, how a strum runs over the strings, and how the last chord rings."""

from __future__ import annotations

import numpy as np

from songwright.values.score import Part
from songwright.values.seed import Seed

# Share of the written length that sounds.
_LENGTHS = {"staccato": 0.5, "mute": 0.35, "legato": 1.0, "accent": 0.95, "strum-down": 1.0, "strum-up": 1.0}
_BY_ROLE = {"bass": 0.93, "comping": 0.96, "pad": 1.0, "answer": 0.96, "drums": 1.0}
_LEGATO_OVERLAP_S = 0.02
_MUTE_S = 0.13
_SHORTEST_S = 0.03
# Families of sound that die away by themselves; the others must be let go before the recording ends.
_DECAYING = ("guitar-steel", "guitar-nylon", "guitar-clean", "guitar-muted", "piano", "banjo", "mandolin", "bass",
             "pluck-synth", "stab-synth", "drumkit")  # fmt: skip


def sounding_lengths_s(part: Part, written_s: np.ndarray) -> np.ndarray:
    """Seconds each note of a played part sounds, from its written length in seconds."""
    usual = _BY_ROLE.get(part.role, 0.95)
    share = np.array([_LENGTHS.get(note.articulation, usual) for note in part.notes])
    length = share * written_s
    muted = np.array([note.articulation == "mute" for note in part.notes])
    legato = np.array([note.articulation == "legato" for note in part.notes])
    length = np.where(muted, np.minimum(length, _MUTE_S), length)
    length = np.where(legato, length + _LEGATO_OVERLAP_S, length)
    return np.maximum(length, _SHORTEST_S)


def strum_delays(part: Part, seed: Seed) -> tuple[np.ndarray, np.ndarray]:
    """Seconds after the first string at which each note of a strum sounds, and its relative level.

    8 to 14 ms a string, low to high for "strum-down", high to low for "strum-up"; one pace for a whole strum. The
    hand loses a little force on its way. Other notes: 0 s, level 1.
    """
    delay, level = np.zeros(len(part.notes)), np.ones(len(part.notes))
    strums: dict[tuple[int, str], list[int]] = {}
    for number, note in enumerate(part.notes):
        if note.articulation in ("strum-down", "strum-up"):
            strums.setdefault((note.start_tick, note.articulation), []).append(number)
    if not strums:
        return delay, level
    paces = seed.child("strum").luck().noise(1024)
    for (tick, way), strings in strums.items():
        strings.sort(key=lambda n: part.notes[n].pitch, reverse=way == "strum-up")
        pace_s = 0.011 + 0.003 * paces[tick % 1024]
        for place, number in enumerate(strings):
            delay[number] = place * pace_s
            level[number] = 1.0 - 0.03 * place - (0.06 if way == "strum-up" else 0.0)
    return delay, level


def ring_out(part: Part, offsets_s: np.ndarray, end_tick: int, slack: int, duration_s: float) -> np.ndarray:
    """Offsets with the last chord held into the tail: what decays rings to the end, what is held is let go before.

    A note belongs to the last chord when its written end lies within `slack` ticks of the end of the score.
    """
    last = np.array(
        [note.end_tick >= end_tick - slack and note.articulation != "mute" for note in part.notes]
    )
    if part.instrument.startswith(_DECAYING):
        until = duration_s
    else:
        until = max(duration_s - 0.4, float(np.median(offsets_s[last])) if last.any() else 0.0)
    return np.minimum(np.where(last, np.maximum(offsets_s, until), offsets_s), duration_s)
