"""The chord players: strums and picking on guitar shapes, keyboard chords with quiet voice leading, pads.

Signs of a row. Guitar: D U strum down, up (d u softer), x damped stroke, M power chord, m palm-muted, p thumb on
the lowest string, q the thumb's other string, 1..6 strings from the highest, P thumb and first string together, K three
upper strings plucked together (k softer), B thumb and K; where the hand grips power chords, 1..6 are those on the steps
of the scale above the root. Keyboard: C chord (c softer), S short stab (s softer), B low note and chord (b softer),
L low note (l softer), 1..6 the chord's notes from the lowest.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from songwright.arranger.bass import stepped
from songwright.arranger.cues import Cue
from songwright.arranger.lines import sung_spans
from songwright.arranger.patterns import Event, chosen, events, too_fast
from songwright.arranger.sheet import Mark, apart, silenced
from songwright.arranger.styles import CompingSettings, PadSettings
from songwright.arranger.voicing import (
    close_chord,
    grip,
    power,
    shell_grip,
    spread_chord,
    tones_of,
    tuning_of,
)
from songwright.music.rhythm import is_strong
from songwright.values.plan import Key
from songwright.values.score import Chord, Score
from songwright.values.seed import Seed

_STRUCK = "DdUuMCcBbSsKk"
_FULL = 0.8  # energy from which keyboard chords are doubled at the octave


@dataclass(frozen=True)
class _Hand:
    """What lies under the hand at a moment: the chord's notes low to high, and a low note for the left hand."""

    notes: tuple[int, ...]
    low: int


def comped(
    part_id: str,
    instrument: str,
    score: Score,
    cues: Sequence[Cue],
    mine: Sequence[Cue],
    settings: CompingSettings,
    seed: Seed,
) -> list[Mark]:
    """All a chord player plays, the held last chord included."""
    marks: list[Mark] = []
    before: tuple[int, ...] = ()
    tuning = tuning_of(instrument, score.key)
    relaxed = too_fast(score, settings.half_time_bpm)
    sung = sung_spans(score) if settings.listen else []
    for cue in mine:
        luck = seed.child(part_id, cue.tune, cue.half).luck()
        slow = relaxed or cue.half_time
        pattern = chosen(settings.patterns, score.meter, cue.energy, cue.kind, luck, relaxed=slow)
        ear = seed.child(part_id, cue.tune, cue.half, "listens").luck()
        for event in _cut(events(pattern, "play", cue.start, cue.end, score.meter), score.chords):
            strong = is_strong(event.start - cue.start, score.meter)
            if settings.listen and ear.chance(settings.listen) and not strong and _over(event, sung):
                continue
            chord = score.chord_at(event.start)
            hand = _hand(chord, score.key, tuning, settings, before)
            before = hand.notes
            marks += _played(event, hand, chord, score.key, cue, strong, settings)
    marks = silenced(marks, cues)
    for cue in cues:
        if cue.final is not None:
            hand = _hand(score.chord_at(cue.final), score.key, tuning, settings, before)
            marks += _last(hand, cue, settings)
    return marks


def padded(score: Score, cues: Sequence[Cue], mine: Sequence[Cue], settings: PadSettings) -> list[Mark]:
    """Held chords whose common notes are tied, so that only what changes is heard to move."""
    marks: list[Mark] = []
    before: tuple[int, ...] = ()
    for cue in mine:
        held: dict[int, int] = {}
        level = settings.level * (0.82 + 0.18 * cue.energy)
        for start, end, chord in spans(score, cue.start, cue.end):
            notes = close_chord(chord, before, settings.low, settings.high, settings.voices)
            if cue.energy >= _FULL and notes[0] + 12 <= settings.high + 5:
                notes = (*notes, notes[0] + 12)
            marks += [
                Mark(at, pitch, start, level, "legato") for pitch, at in held.items() if pitch not in notes
            ]
            held = {pitch: held.get(pitch, start) for pitch in notes}
            before = notes[: settings.voices]
            if end == cue.end:
                marks += [Mark(at, pitch, end, level, "legato") for pitch, at in held.items()]
    marks = silenced(marks, cues)
    for cue in cues:
        if cue.final is not None:
            chord = score.chord_at(cue.final)
            notes = close_chord(chord, before, settings.low, settings.high, settings.voices)
            marks += [Mark(cue.final, pitch, cue.end, settings.level * 0.85, "legato") for pitch in notes]
    return marks


def spans(score: Score, start: int, end: int) -> list[tuple[int, int, Chord]]:
    """The chords between two ticks, with equal neighbours joined."""
    found: list[tuple[int, int, Chord]] = []
    for chord in score.chords:
        low, high = max(start, chord.start_tick), min(end, chord.end_tick)
        if low >= high:
            continue
        if found and _same(found[-1][2], chord):
            found[-1] = (found[-1][0], high, chord)
        else:
            found.append((low, high, chord))
    if found:  # chords may end before the bars do: the last one lasts
        found[0] = (start, found[0][1], found[0][2])
        found[-1] = (found[-1][0], end, found[-1][2])
    elif score.chords:
        found = [(start, end, score.chord_at(start))]
    return found


def _same(one: Chord, other: Chord) -> bool:
    return (one.root, one.quality, one.bass) == (other.root, other.quality, other.bass)


def _cut(line: Sequence[Event], chords: Sequence[Chord]) -> list[Event]:
    """Events cut where the chord changes; a chord still held there is struck anew, a single note just ends."""
    changes = [b.start_tick for a, b in pairwise(chords) if not _same(a, b)]
    out = []
    for event in line:
        inside = changes[bisect_right(changes, event.start) : bisect_left(changes, event.end)]
        edges = [event.start, *inside, event.end]
        for i, (start, end) in enumerate(pairwise(edges)):
            if i == 0 or event.sign in _STRUCK:
                out.append(Event(start, end, event.sign))
    return out


def _over(event: Event, sung: Sequence[tuple[int, int]]) -> bool:
    """Whether somebody sings while a stroke sounds."""
    return any(start < event.end and end > event.start for start, end in sung)


def _hand(
    chord: Chord, key: Key, tuning: tuple[int, ...], settings: CompingSettings, before: tuple[int, ...]
) -> _Hand:
    """The chord as this player grips it."""
    if settings.hand == "keys":
        count = settings.chord_notes
        notes = spread_chord(chord, key, settings.voicing, before[:count], settings.low, settings.high, count)
        bottom = max(28, settings.low - 18)
        return _Hand(notes, bottom + (chord.bass - bottom) % 12)
    if settings.hand == "power":
        notes = power(chord.root, settings.low)
        return _Hand(notes, notes[0])
    near = 0 if settings.low <= 45 else 5
    if settings.voicing == "shell":
        notes = shell_grip(chord, tuning, 5)
        return _Hand(notes, notes[0])
    notes = grip(chord.root, tones_of(chord), chord.bass, tuning, near)
    return _Hand(notes, notes[0])


def _played(
    event: Event, hand: _Hand, chord: Chord, key: Key, cue: Cue, strong: bool, settings: CompingSettings
) -> list[Mark]:
    """The notes of one sign."""
    sign = event.sign
    level = settings.level * (0.88 + 0.14 * cue.energy) * (1.0 if strong else 0.9)
    level *= 0.76 if sign in "ducsblk" else 1.0
    end = event.start + max(30, int((event.end - event.start) * settings.gate))
    if settings.hand == "power" and sign.isdigit():
        notes = power(stepped(hand.notes[0], int(sign) - 1, chord, key), settings.low)
        return [Mark(event.start, p, end, level, "accent") for p in notes]
    if sign in "pqP123456" or sign in "Ll":
        ring = min(cue.end, chord.end_tick) if settings.ring else end
        return [
            Mark(event.start, pitch, max(end, ring), level * weight, "")
            for pitch, weight in _picked(sign, hand, settings)
        ]
    if sign == "x":
        return [Mark(event.start, p, event.start + 60, level * 0.6, "mute") for p in hand.notes[-4:]]
    if sign in "Mm":
        notes = power(chord.root, hand.notes[0] if settings.hand == "power" else settings.low)
        if sign == "M":
            return [Mark(event.start, p, end, level, "accent") for p in notes]
        return [Mark(event.start, p, min(end, event.start + 200), level * 0.72, "mute") for p in notes[:2]]
    if sign in "Ss":
        notes = _full(hand.notes, cue, settings)
        return [Mark(event.start, p, min(end, event.start + 150), level, "staccato") for p in notes]
    return _chord(sign, event.start, end, hand, level, cue, settings)


def _chord(
    sign: str, start: int, end: int, hand: _Hand, level: float, cue: Cue, settings: CompingSettings
) -> list[Mark]:
    """A full chord: strummed on strings, together on keys."""
    if settings.hand == "keys":
        notes = _full(hand.notes, cue, settings)
        low = [hand.low] if sign in "Bb" else []
        if sign == "B" and cue.energy >= _FULL and hand.low >= 43:
            low.append(hand.low - 12)
        return [Mark(start, p, end, level, "") for p in (*low, *notes)]
    if sign in "KkBb":
        thumb = [hand.low] if sign in "Bb" else []
        return [Mark(start, p, end, level, "") for p in (*thumb, *hand.notes[-3:])]
    if sign in "Uu":
        return [Mark(start, p, end, level * 0.88, "strum-up") for p in hand.notes[-4:]]
    return [Mark(start, p, end, level, "strum-down") for p in hand.notes]


def _full(notes: tuple[int, ...], cue: Cue, settings: CompingSettings) -> tuple[int, ...]:
    """Keyboard chords gain an octave where the song is at its fullest."""
    if settings.hand == "keys" and cue.energy >= _FULL and notes[0] + 12 <= settings.high + 12:
        return (*notes, notes[0] + 12)
    return notes


def _picked(sign: str, hand: _Hand, settings: CompingSettings) -> list[tuple[int, float]]:
    """Single notes of a sign, each with its weight."""
    notes = hand.notes
    if settings.hand == "keys":
        if sign in "LlpqP":
            return [(hand.low, 1.0)]
        place = int(sign) - 1
        return [(notes[place % len(notes)] + 12 * (place // len(notes)), 0.95)]
    if sign == "p" or sign in "Ll":
        return [(notes[0], 1.0)]
    if sign == "q":
        return [(notes[min(1 if len(notes) < 6 else 2, len(notes) - 1)], 0.92)]
    if sign == "P":
        return [(notes[0], 1.0), (notes[-1], 0.9)]
    return [(notes[max(0, len(notes) - int(sign))], 0.92)]


def _last(hand: _Hand, cue: Cue, settings: CompingSettings) -> list[Mark]:
    """The chord the song ends on, held."""
    level = settings.level * (0.88 + 0.14 * cue.energy)
    if settings.hand == "keys":
        notes = tuple(dict.fromkeys((hand.low, *hand.notes)))
        return apart([Mark(cue.final, p, cue.end, level, "") for p in notes])
    return [Mark(cue.final, p, cue.end, level, "strum-down") for p in hand.notes]
