"""How a sung line is breathed: notes become syllables to be sung, syllables become phrases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from songwright.performer.diction import Sung, onset_s, split_syllable
from songwright.performer.timing import Clock, draws, places
from songwright.values.score import Note, Part, Score
from songwright.values.seed import Seed

REST_S = 0.06  # a shorter gap is sung through
BREATH_GAP_S = 0.30  # a longer gap ends the phrase
_LONG_PHRASE_S = 7.5  # after this a singer looks for a place to breathe
_SHORTEST_BREATH_S = 0.14
_SOFT_START_S = 0.03
_KEEP = 0.6  # a note gives at most the rest of itself to the breath after it
_SHORTEST_GIVER_S = 0.30  # shorter notes give nothing: the phrase goes on


@dataclass(frozen=True)
class Tone:
    """A note as the voice meets it. energy: of its section. stress: of its syllable (0 for a melisma's later notes).

    head: True where a vowel begins; a melisma's later notes only bend the pitch.
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


@dataclass(frozen=True)
class Line:
    """Everything of a sung part before its curves: tones by time, syllables by time."""

    tones: tuple[Tone, ...]
    sung: tuple[Sung, ...]


def read_line(part: Part, score: Score, clock: Clock, late_s: float, seed: Seed) -> Line:
    """A sung part in seconds: one voice (a later note cuts an earlier one off), breaths decided.

    late_s: how far this singer leans back on average; single syllables vary by a few ms, 0..15 ms in all.
    """
    notes = _one_voice(part.notes)
    if not notes:
        return Line((), ())
    ticks = np.array([note.start_tick for note in notes])
    where = places(score, ticks)
    luck = np.clip(draws(seed.child("lag"), where, np.zeros(len(notes)), 1)[0], -2.0, 2.0)
    lag = np.clip(late_s + 0.003 * luck, 0.0, max(0.015, late_s))
    touch = 0.5 * np.clip(draws(seed.child("consonants"), where, np.zeros(len(notes)), 1)[0], -2.0, 2.0)
    start = clock.seconds(ticks)
    end = clock.seconds(np.array([note.end_tick for note in notes]))
    lag[:-1] = np.minimum(lag[:-1], 0.4 * np.diff(start))  # never past the next note
    end[:-1] = np.where(start[1:] - end[:-1] < REST_S, start[1:] + lag[1:], end[:-1] + lag[:-1])
    end[-1] += lag[-1]
    start = start + lag
    groups = _syllable_groups(notes, start, end)
    tones, sung = [], []
    for first, last in groups:
        span_end = float(end[last])
        for n in range(first, last + 1):
            tones.append(
                Tone(
                    float(start[n]),
                    float(start[n + 1] if n < last else span_end),
                    float(notes[n].pitch),
                    notes[n].level * (1.15 if notes[n].articulation == "accent" else 1.0),
                    notes[n].id,
                    float(where.energy[n]),
                    where.names[where.section[n]],
                    notes[n].syllable.stress if n == first and notes[n].syllable else 0,
                    n == first,
                )
            )
        sung.extend(
            _syllables(notes[first], _last_nucleus(sung), float(start[first]), span_end, float(touch[first]))
        )
    word_starts = {notes[first].id for first, _ in groups if notes[first].syllabic in ("single", "begin")}
    return Line(tuple(tones), tuple(_breathe(sung, word_starts)))


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


def _last_nucleus(sung: Sequence[Sung]) -> str:
    """The vowel that was sung last; "ah" at the beginning."""
    return sung[-1].nucleus if sung else "AA"


def _syllables(note: Note, nucleus: str, start_s: float, end_s: float, luck: float) -> list[Sung]:
    """The syllable of a note (several when its text has more than one vowel, sharing the time)."""
    phones = note.syllable.phones if note.syllable else (nucleus,)
    pieces = split_syllable(phones)
    edges = np.linspace(start_s, end_s, len(pieces) + 1)
    stress = note.syllable.stress if note.syllable else 0
    return [
        Sung(onset, core, coda, float(edges[k]), float(edges[k + 1]), note.id, stress, note.line, luck=luck)
        for k, (onset, core, coda) in enumerate(pieces)
    ]


def _breathe(sung: list[Sung], word_starts: set[str]) -> list[Sung]:
    """Decide how each syllable follows the one before, and make room for the breaths."""
    out: list[Sung] = []
    phrase_begin_s = 0.0
    for here in sung:
        if not out:
            start = max(here.start_s, min(0.6 * onset_s(here.onset), 0.35 * here.end_s))
            out.append(replace(here, start_s=start, before="breath"))
            phrase_begin_s = start
            continue
        last = out[-1]
        before = _border(last, here, here.start_s - phrase_begin_s, here.note_id in word_starts)
        if before == "breath":
            room = onset_s(here.onset) + _SHORTEST_BREATH_S
            floor = last.start_s + _KEEP * (last.end_s - last.start_s)
            out[-1] = replace(last, end_s=max(min(last.end_s, here.start_s - room), floor))
            phrase_begin_s = here.start_s
            if not here.onset:  # a soft beginning is begun a little early, to be heard on time
                here = replace(here, start_s=max(here.start_s - _SOFT_START_S, out[-1].end_s))
        out.append(replace(here, before=before))
    return out


def _border(last: Sung, here: Sung, phrase_s: float, word_start: bool) -> str:
    """ "breath", "rest" or "join" between two syllables."""
    gap = here.start_s - last.end_s
    if gap >= BREATH_GAP_S:
        return "breath"
    length = last.end_s - last.start_s
    may_give = word_start and last.note_id != here.note_id and length + gap >= _SHORTEST_GIVER_S
    new_line = last.line is not None and here.line is not None and last.line != here.line
    if may_give and (new_line or (phrase_s > _LONG_PHRASE_S and length >= 0.4)):
        return "breath"
    return "rest" if gap >= REST_S else "join"
