"""Makes a score from elsewhere singable: pitches a voice has, notes a mouth can follow; and says what it changed.

A part is moved by whole octaves, and only where the voice would have to leave its range; notes too short for any
syllable (under 30 ms; the fastest speech has about 120 ms a syllable) borrow time or join their neighbours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from songwright.performer.choir import lead_voices
from songwright.values.context import Context
from songwright.values.plan import SongPlan
from songwright.values.score import Note, Score
from songwright.values.time import TempoMap

SHORTEST_S = 0.030
_BORROWED_S = 0.090  # a short note with a syllable is made this long where its neighbours allow
_GIVER_S = 0.180  # a neighbour gives down to this
_STRETCH = 3  # semitones a voice may be asked beyond its comfortable range
_STRAINED = 0.08  # share of notes beyond that from which the part is moved


def singable(score: Score, plan: SongPlan, ctx: Context) -> tuple[Score, tuple[str, ...]]:
    """The score with every sung part fit for its singer, and a sentence for each thing that was changed."""
    said: list[str] = []
    leads = [part for part in score.parts if part.role == "lead" and part.notes]
    voices = dict(zip((part.id for part in leads), lead_voices(leads, plan, ctx), strict=True))
    cards = {card.id: card for card in ctx.shelf.voice_cards()}
    parts = []
    for part in score.parts:
        if not part.is_sung or not part.notes:
            parts.append(part)
            continue
        voice = cards.get(voices.get(part.id, plan.voice))
        low, high = plan.voice_low, plan.voice_high
        if voice is not None and voice.id != plan.voice:
            low, high = voice.midi_low, voice.midi_high
        notes, words = _followed(part.notes, score.tempo_map)
        notes, more = _reached(notes, low, high)
        said += [f"{part.name}: {word}" for word in (*words, *more)]
        parts.append(replace(part, notes=notes))
    return replace(score, parts=tuple(parts)), tuple(said)


def _reached(notes: Sequence[Note], low: int, high: int) -> tuple[tuple[Note, ...], list[str]]:
    """Notes within reach of a voice: the whole by octaves if many lie outside, then strays one by one."""
    bottom, top = low - _STRETCH, high + _STRETCH

    def outside(shift: int) -> int:
        return sum(not bottom <= note.pitch + shift <= top for note in notes)

    said, shift = [], 0
    if outside(0) > _STRAINED * len(notes):
        shift = min(range(-96, 97, 12), key=lambda s: (outside(s), abs(s)))
        if outside(shift) >= outside(0):
            shift = 0
    if shift:
        said.append(f"transposed {abs(shift)} semitones {'up' if shift > 0 else 'down'} to lie in the voice.")
    moved, strays = [], 0
    for note in notes:
        pitch = note.pitch + shift
        while pitch < bottom - _STRETCH and pitch + 12 <= top + _STRETCH:
            pitch += 12
        while pitch > top + _STRETCH and pitch - 12 >= bottom - _STRETCH:
            pitch -= 12
        strays += pitch != note.pitch + shift
        moved.append(replace(note, pitch=pitch))
    if strays:
        said.append(f"{strays} of {len(notes)} notes no voice of this kind has were moved by octaves.")
    return tuple(moved), said


def _followed(notes: Sequence[Note], tempo: TempoMap) -> tuple[tuple[Note, ...], list[str]]:
    """Notes long enough to be sung: short ones without a syllable join the note before, others borrow time."""
    out: list[Note] = []
    joined = lengthened = 0
    for number, note in enumerate(notes):
        if out and out[-1].end_tick > note.start_tick:  # the note before has borrowed from this one
            note = _from(note, out[-1].end_tick)
        if _seconds(note, tempo) >= SHORTEST_S:
            out.append(note)
            continue
        following = notes[number + 1] if number + 1 < len(notes) else None
        longer = _lengthened(note, following, tempo)
        if longer is not None and note.syllable is not None:
            out.append(longer)
            lengthened += 1
        elif out and _touches(out[-1], note):
            out[-1] = replace(out[-1], length_ticks=max(note.end_tick, out[-1].end_tick) - out[-1].start_tick)
            joined += 1
        else:
            out.append(replace(note, length_ticks=max(note.length_ticks, 1)))
    said = []
    if lengthened:
        said.append(f"{lengthened} notes under {1000 * SHORTEST_S:g} ms were lengthened.")
    if joined:
        said.append(f"{joined} notes under {1000 * SHORTEST_S:g} ms were joined to the note before.")
    return tuple(out), said


def _seconds(note: Note, tempo: TempoMap) -> float:
    """How long a note lasts."""
    return tempo.seconds_at(note.end_tick) - tempo.seconds_at(note.start_tick)


def _from(note: Note, tick: int) -> Note:
    """A note begun later."""
    return replace(note, start_tick=tick, length_ticks=max(note.end_tick - tick, 1))


def _touches(before: Note, note: Note) -> bool:
    return before.end_tick >= note.start_tick


def _lengthened(note: Note, following: Note | None, tempo: TempoMap) -> Note | None:
    """A note made as long as what follows allows: a rest is used, a long note gives some of itself."""
    wanted = round(tempo.tick_at(tempo.seconds_at(note.start_tick) + _BORROWED_S))
    if following is not None:
        spare_s = tempo.seconds_at(following.end_tick) - _GIVER_S
        wanted = min(wanted, max(following.start_tick, round(tempo.tick_at(max(spare_s, 0.0)))))
    longer = replace(note, length_ticks=max(wanted - note.start_tick, note.length_ticks))
    return longer if _seconds(longer, tempo) >= SHORTEST_S else None
