"""What a singer does with a line: phrases with phones, pitch, loudness, effort, air and breaths."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from songwright.dsp.units import midi_to_hz
from songwright.performer.choir import Singer
from songwright.performer.diction import Timed, lay_out
from songwright.performer.expression import colour
from songwright.performer.intonation import Voice, pitch_curve
from songwright.performer.manner import Manner
from songwright.performer.phrasing import Tone, read_line
from songwright.performer.timing import Clock
from songwright.values.performance import SungPart, SungPhone, SungPhrase
from songwright.values.score import Score
from songwright.values.seed import Seed

RATE_HZ = 200.0
_BEFORE_BREATH_S = 0.04  # silence between the end of a phrase and the next breath
_SHORTEST_BREATH_S = 0.09


def sing_part(
    singer: Singer, score: Score, clock: Clock, manner: Manner, middle: float, seed: Seed
) -> SungPart:
    """A singer's whole part in physical time. middle: of the voice's range, MIDI. seed: the singer's own luck."""
    late_s = min(manner.lag_ms * 0.001, 0.015) + singer.late_s
    line = read_line(singer.part, score, clock, late_s, seed)
    phrases = lay_out(line.sung)
    voice = _voice(singer, seed)
    out: list[SungPhrase] = []
    count: dict[str, int] = {}
    for tones, phones in zip(_tones_of(line.tones, phrases), phrases, strict=True):
        section = tones[0].section
        count[section] = count.get(section, 0) + 1
        name = f"{singer.id}/{section}/{count[section]}"
        out.append(
            _phrase(
                name, tones, phones, voice, middle, singer, manner, seed.child(section, count[section]), out
            )
        )
    return SungPart(
        singer.id,
        singer.role,
        singer.voice,
        singer.stem,
        tuple(out),
        dict(singer.character),
        singer.gain_db,
        singer.pan,
        singer.formant_scale,
    )


def _voice(singer: Singer, seed: Seed) -> Voice:
    """The singer's own vibrato: its speed is luck, its depth also character (breathy voices swing less)."""
    luck = seed.child("voice").luck()
    air = singer.character.get("breath", 0.0)
    depth = luck.uniform(0.42, 0.54) * (1.0 - 0.3 * air) * (1.0 - 0.5 * singer.softer)
    return Voice(luck.uniform(5.25, 5.9), depth, singer.softer)


def _tones_of(tones: Sequence[Tone], phrases: Sequence[Sequence[Timed]]) -> list[list[Tone]]:
    """The tones of each phrase, cut to what is really sung."""
    first_of = {phones[0].note_id: n for n, phones in enumerate(phrases)}
    groups: list[list[Tone]] = [[] for _ in phrases]
    current = 0
    for tone in tones:
        current = first_of.get(tone.note_id, current)
        groups[current].append(tone)
    for group, phones in zip(groups, phrases, strict=True):
        end = phones[-1].offset_s
        group[-1] = replace(group[-1], end_s=max(min(group[-1].end_s, end), group[-1].start_s + 0.01))
    return groups


def _phrase(
    name: str,
    tones: Sequence[Tone],
    phones: Sequence[Timed],
    voice: Voice,
    middle: float,
    singer: Singer,
    manner: Manner,
    seed: Seed,
    before: Sequence[SungPhrase],
) -> SungPhrase:
    """One phrase with its curves at `RATE_HZ`."""
    begin, end = phones[0].onset_s, phones[-1].offset_s
    frames = max(int(np.ceil((end - begin) * RATE_HZ)), 4)
    t = begin + np.arange(frames) / RATE_HZ
    pitch = pitch_curve(tones, phones, t, voice, manner, seed.child("pitch").luck())
    look = colour(tones, phones, t, middle, singer.softer, manner, seed.child("colour").luck())
    edges = [begin, *(phone.offset_s for phone in phones)]
    sung = tuple(
        SungPhone(phone.symbol, edges[n], edges[n + 1], phone.note_id, phone.line)
        for n, phone in enumerate(phones)
    )
    gap = begin - (before[-1].offset_s if before else 0.0)
    return SungPhrase(
        name,
        begin,
        RATE_HZ,
        sung,
        midi_to_hz(pitch),
        look.energy_db,
        look.effort,
        look.breathiness,
        _breath_s(gap, end - begin, singer.softer),
    )


def _breath_s(gap_s: float, phrase_s: float, softer: float) -> float:
    """Length of the breath before a phrase: longer before long phrases, none where there is no time."""
    wanted = (0.16 + 0.05 * min(phrase_s, 6.0)) * (1.0 - 0.3 * softer)
    length = min(wanted, gap_s - _BEFORE_BREATH_S)
    return float(length) if length >= _SHORTEST_BREATH_S else 0.0
