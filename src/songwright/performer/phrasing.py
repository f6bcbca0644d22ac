"""How a line is read: notes become tones and syllables in seconds, with the marks over them obeyed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from songwright.performer.breathing import (
    BREATH_GAP_S,
    HOLD_BREATH_S,
    LONGEST_HOLD_S,
    REST_S,
    Border,
    breathe,
    closing,
)
from songwright.performer.diction import Sung, split_syllable
from songwright.performer.timing import Clock, Places, draws, places
from songwright.values.score import Note, Part, Score
from songwright.values.seed import Seed

# Share of the written length that sounds; what is not named is sung through to the next note.
_SHORTENED = {"staccato": 0.55, "marcato": 0.8}
_SHORTEST_S = 0.09  # a staccato is never shorter


@dataclass(frozen=True)
class Tone:
    """A note as the voice meets it. energy: of its section. stress: of its syllable (0 for a melisma's later notes).

    head: True where a vowel begins; a melisma's later notes only bend the pitch. marks: as written over the note
    ("accent", "legato" ...). text: its syllable.
    """

    start_s: float
    end_s: float
    pitch: float
    level: float
    note_id: str
    energy: float
    section: str
    stress: int
    head: bool
    marks: frozenset[str] = frozenset()
    text: str = ""


@dataclass(frozen=True)
class Line:
    """Everything of a sung part before its curves: tones by time, syllables by time."""

    tones: tuple[Tone, ...]
    sung: tuple[Sung, ...]


@dataclass(frozen=True)
class _Times:
    """When each note begins, is over, and is written to be over, seconds; how its consonants happen to be."""

    start: np.ndarray
    end: np.ndarray
    written_end: np.ndarray
    touch: np.ndarray


def read_line(
    part: Part, score: Score, clock: Clock, late_s: float, seed: Seed, loose_s: float = 0.003
) -> Line:
    """A sung part in seconds: one voice (a later note cuts an earlier one off), breaths decided.

    late_s: how far this singer leans back on average, loose_s: by how much single syllables vary; nothing comes
    before the beat, unless a choir's looseness does (at most 8 ms).
    """
    notes = _one_voice(part.notes)
    if not notes:
        return Line((), ())
    where = places(score, np.array([note.start_tick for note in notes]))
    times = _times(notes, clock, late_s, loose_s, where, seed)
    groups = _syllable_groups(notes, times.start, times.written_end)
    tones, sung, borders = list[Tone](), list[Sung](), list[Border]()
    for g, (first, last) in enumerate(groups):
        for n in range(first, last + 1):
            until = times.start[n + 1] if n < last else times.end[last]
            section = where.names[where.section[n]]
            tones.append(_tone(notes[n], times.start[n], until, where.energy[n], section, head=n == first))
        before = groups[g - 1] if g else None
        pieces = _syllables(notes[first], sung[-1].nucleus if sung else "AA", times, first, last)
        borders += [_border(notes, times, before, first)] + [_INSIDE] * (len(pieces) - 1)
        sung += pieces
    tones, sung, borders = _hold_breaths(tones, sung, borders)
    return Line(tuple(tones), tuple(breathe(sung, borders)))


_INSIDE = Border(0.0, False, False)


def _times(
    notes: Sequence[Note], clock: Clock, late_s: float, loose_s: float, where: Places, seed: Seed
) -> _Times:
    """Seconds of all notes: a little late, sung through small gaps, shortened where marked."""
    flat = np.zeros(len(notes))
    luck = np.clip(draws(seed.child("lag"), where, flat, 1)[0], -2.0, 2.0)
    lag = np.clip(late_s + loose_s * luck, 0.0 if loose_s <= 0.003 else -0.008, max(0.015, late_s + loose_s))
    touch = 0.5 * np.clip(draws(seed.child("consonants"), where, flat, 1)[0], -2.0, 2.0)
    start = clock.seconds(np.array([note.start_tick for note in notes]))
    end = clock.seconds(np.array([note.end_tick for note in notes]))
    lag = np.maximum(lag, -start)
    lag[:-1] = np.minimum(lag[:-1], 0.4 * np.diff(start))  # never past the next note
    end[:-1] = np.where(start[1:] - end[:-1] < REST_S, start[1:] + lag[1:], end[:-1] + lag[:-1])
    end[-1] += lag[-1]
    start = start + lag
    sounding = end.copy()
    for n, note in enumerate(notes):
        share = min(
            (_SHORTENED[mark] for mark in note.articulation.split() if mark in _SHORTENED), default=1.0
        )
        length = end[n] - start[n]
        if share < 1.0 and length > _SHORTEST_S:
            sounding[n] = start[n] + max(share * length, _SHORTEST_S)
    return _Times(start, sounding, end, touch)


def _tone(note: Note, start_s: float, end_s: float, energy: float, section: str, head: bool) -> Tone:
    """A note as the voice meets it."""
    syllable = note.syllable if head else None
    return Tone(
        float(start_s),
        float(end_s),
        float(note.pitch),
        note.level,
        note.id,
        float(energy),
        section,
        syllable.stress if syllable else 0,
        head,
        frozenset(note.articulation.split()),
        syllable.text if syllable else "",
    )


def _one_voice(notes: Sequence[Note]) -> list[Note]:
    """Notes by time, none overlapping the next; of notes that begin together the highest is sung."""
    out: list[Note] = []
    for note in sorted(notes, key=lambda n: (n.start_tick, -n.pitch)):
        if note.length_ticks <= 0 or (out and note.start_tick == out[-1].start_tick):
            continue
        if out and out[-1].end_tick > note.start_tick:
            out[-1] = replace(out[-1], length_ticks=note.start_tick - out[-1].start_tick)
        out.append(note)
    return out


def _syllable_groups(notes: Sequence[Note], start: np.ndarray, end: np.ndarray) -> list[tuple[int, int]]:
    """First and last note of each syllable: a note without syllable continues, unless a breath parts it."""
    groups: list[tuple[int, int]] = []
    for n, note in enumerate(notes):
        if groups and note.syllable is None and start[n] - end[n - 1] < BREATH_GAP_S:
            groups[-1] = (groups[-1][0], n)
        else:
            groups.append((n, n))
    return groups


def _syllables(note: Note, nucleus: str, times: _Times, first: int, last: int) -> list[Sung]:
    """The syllable of a note (several when its text has more than one vowel, sharing the time)."""
    phones = note.syllable.phones if note.syllable else (nucleus,)
    pieces = split_syllable(phones)
    edges = np.linspace(times.start[first], times.end[last], len(pieces) + 1)
    stress = note.syllable.stress if note.syllable else 0
    luck = float(times.touch[first])
    return [
        Sung(onset, core, coda, float(edges[k]), float(edges[k + 1]), note.id, stress, note.line, luck=luck)
        for k, (onset, core, coda) in enumerate(pieces)
    ]


def _border(notes: Sequence[Note], times: _Times, before: tuple[int, int] | None, first: int) -> Border:
    """What is written between the syllable at note `first` and the one before it."""
    if before is None:
        return _INSIDE
    last, here, opener = before[1], notes[first], notes[before[0]]
    word = next((n.word for n in reversed(notes[: last + 1]) if n.word), "")
    return Border(
        float(times.start[first] - times.written_end[last]),
        here.syllabic in ("single", "begin"),
        opener.line is not None and here.line is not None and opener.line != here.line,
        closing(word),
        "breath" in notes[last].articulation.split(),
    )


def _hold_breaths(
    tones: Sequence[Tone], sung: Sequence[Sung], borders: Sequence[Border]
) -> tuple[list[Tone], list[Sung], list[Border]]:
    """Syllables held longer than one breath are taken up again on their vowel, where a note changes if one does."""
    out_sung, out_borders, cuts = list[Sung](), list[Border](), list[float]()
    for here, border in zip(sung, borders, strict=True):
        length = here.end_s - here.start_s
        pieces = int(length // LONGEST_HOLD_S) + 1
        ends = [_near_change(tones, here.start_s + length * k / pieces) for k in range(1, pieces)]
        starts = [here.start_s, *(end + HOLD_BREATH_S for end in ends)]
        for k, (start, end) in enumerate(zip(starts, [*ends, here.end_s], strict=True)):
            onset, coda = here.onset if k == 0 else (), here.coda if k == pieces - 1 else ()
            out_sung.append(replace(here, onset=onset, coda=coda, start_s=start, end_s=end))
            out_borders.append(border if k == 0 else Border(HOLD_BREATH_S, False, False))
        cuts += ends
    return [piece for tone in tones for piece in _cut(tone, cuts)], out_sung, out_borders


def _near_change(tones: Sequence[Tone], at_s: float) -> float:
    """The end of a tone within 2 s of a time, or the time itself."""
    ends = [tone.end_s for tone in tones if abs(tone.end_s - at_s) <= 2.0]
    return min(ends, key=lambda end: abs(end - at_s)) - HOLD_BREATH_S if ends else at_s


def _cut(tone: Tone, cuts: Sequence[float]) -> list[Tone]:
    """A tone without the breaths that fall into it."""
    out = [tone]
    for cut in cuts:
        last = out[-1]
        if last.start_s < cut < last.end_s:
            again = cut + HOLD_BREATH_S
            out[-1] = replace(last, end_s=cut)
            if last.end_s - again > 0.05:
                out.append(replace(last, start_s=again, head=True, text="", stress=0))
    return out
