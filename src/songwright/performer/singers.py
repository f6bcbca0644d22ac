"""What a singer does with a line: phrases with phones, pitch, loudness, effort, air and breaths."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from songwright.performer.choir import Singer
from songwright.performer.diction import Timed, lay_out
from songwright.performer.expression import colour
from songwright.performer.intonation import Voice, consonants, corrected, pitch_line
from songwright.performer.layers import sung_hz, unrest_cents, vibrato_cents
from songwright.performer.manner import Manner, personal
from songwright.performer.phrasing import Tone, read_line
from songwright.performer.timing import Clock
from songwright.performer.vibrato import vibrato_of
from songwright.values.performance import SungNote, SungPart, SungPhone, SungPhrase, Unrest
from songwright.values.score import Score
from songwright.values.seed import Seed

RATE_HZ = 200.0
_BEFORE_BREATH_S = 0.04  # silence between the end of a phrase and the next breath
_SHORTEST_BREATH_S = 0.09
_LOOSE_S = (0.003, 0.005)  # how far single syllables of a soloist, of a choir singer stray
_DRIFT_CENTS, _JITTER_CENTS = 3.5, 2.0


def sing_part(
    singer: Singer, score: Score, clock: Clock, manner: Manner, middle: float, seed: Seed
) -> SungPart:
    """A singer's whole part in physical time. middle: of the voice's range, MIDI. seed: the singer's own luck."""
    late_s = min(manner.lag_ms * 0.001, 0.015) + singer.late_s
    manner = personal(manner, singer.character)
    line = read_line(singer.part, score, clock, late_s, seed, _LOOSE_S[singer.softer > 0.5])
    words = {n.id: n.word for n in singer.part.notes if n.word and n.syllabic in ("single", "begin")}
    phrases = lay_out(line.sung)
    voice = _voice(singer, seed)
    out: list[SungPhrase] = []
    count: dict[str, int] = {}
    for tones, phones in zip(_tones_of(line.tones, phrases), phrases, strict=True):
        section = tones[0].section
        count[section] = count.get(section, 0) + 1
        luck = seed.child(section, count[section])
        gap_s = phones[0].onset_s - (out[-1].offset_s if out else 0.0)
        phrase = _phrase(
            f"{singer.id}/{section}/{count[section]}", tones, phones, voice, middle, singer, manner, luck
        )
        text = " ".join(words[tone.note_id] for tone in tones if tone.text and tone.note_id in words)
        breath_s = _breath_s(gap_s, phrase.offset_s - phrase.onset_s, singer.softer)
        out.append(replace(phrase, text=text, breath_s=breath_s))
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
    """The singer's own vibrato: its speed and depth are luck, and another voice has other ones."""
    luck = seed.child("voice", singer.voice).luck()
    return Voice(luck.uniform(5.15, 5.95), luck.uniform(0.46, 0.62), singer.softer)


def _tones_of(tones: Sequence[Tone], phrases: Sequence[Sequence[Timed]]) -> list[list[Tone]]:
    """The tones of each phrase, cut to what is really sung."""
    groups: list[list[Tone]] = []
    ends = [phones[-1].offset_s for phones in phrases]
    starts = [*(phones[0].onset_s for phones in phrases[1:]), float("inf")]
    left = list(tones)
    for end, after in zip(ends, starts, strict=True):
        count = max(sum(tone.start_s < after for tone in left), 1)
        group, left = left[:count], left[count:]
        group[-1] = replace(group[-1], end_s=max(min(group[-1].end_s, end), group[-1].start_s + 0.01))
        groups.append(group)
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
) -> SungPhrase:
    """One phrase with its curves at `RATE_HZ`; breath and text are still to be filled in."""
    begin, end = phones[0].onset_s, phones[-1].offset_s
    frames = max(int(np.ceil((end - begin) * RATE_HZ)), 4)
    t = begin + np.arange(frames) / RATE_HZ
    vibrato = vibrato_of(tones, end, voice, manner, seed.child("vibrato").luck())
    calm = 1.0 - 0.3 * voice.steady
    unrest = Unrest(_DRIFT_CENTS * calm, _JITTER_CENTS * calm, seed.child("unrest").key() % 2**31)
    line = pitch_line(tones, phones, t, voice, manner, seed.child("pitch").luck())
    heard = line + 0.01 * (vibrato_cents(vibrato, t) + unrest_cents(unrest, t))
    line = corrected(line, heard, tones, t) + consonants(phones, t)
    look = colour(tones, phones, t, middle, singer.softer, manner, seed.child("colour").luck())
    edges = [begin, *(phone.offset_s for phone in phones)]
    sung = tuple(
        SungPhone(phone.symbol, edges[n], edges[n + 1], phone.note_id, phone.line)
        for n, phone in enumerate(phones)
    )
    return SungPhrase(
        name,
        begin,
        RATE_HZ,
        sung,
        sung_hz(line, t, vibrato, unrest),
        look.energy_db,
        look.effort,
        look.breathiness,
        notes=tuple(
            SungNote(tone.note_id, tone.text, tone.start_s, tone.end_s, tone.pitch) for tone in tones
        ),
        vibrato=vibrato,
        unrest=unrest,
    )


def _breath_s(gap_s: float, phrase_s: float, softer: float) -> float:
    """Length of the breath before a phrase: longer before long phrases, none where there is no time."""
    wanted = (0.16 + 0.05 * min(phrase_s, 6.0)) * (1.0 - 0.3 * softer)
    length = min(wanted, gap_s - _BEFORE_BREATH_S)
    return float(length) if length >= _SHORTEST_BREATH_S else 0.0
