"""Words in brackets: the backing voices answer the line in the gap after it, or over its last note."""

from __future__ import annotations

from collections.abc import Sequence

from songwright.composer.frames import Room, shortest_ticks, ticks_of_ms
from songwright.composer.placement import Frame, Placed, place
from songwright.composer.prosody import sung_syllables
from songwright.music.harmony import chord_pitches, chord_scale
from songwright.music.rhythm import BEAT, strength
from songwright.values.plan import SongPlan
from songwright.values.score import Chord, Note


def echo_notes(
    plan: SongPlan, places: Sequence[Room], lead: Sequence[Note], chords: Sequence[Chord]
) -> tuple[Note, ...]:
    """The notes of part "echo": each answer takes up its line's own notes."""
    notes: list[Note] = []
    counts: dict[str, int] = {}
    for number, room in enumerate(places):
        if not room.line.echo:
            continue
        own = [note for note in lead if note.line == room.line.index]
        for placed, pitch in _answer(plan, places, number, own, chords):
            section = room.section.id
            counts[section] = counts.get(section, 0) + 1
            notes.append(
                Note(
                    f"echo/{section}/{counts[section]}", placed.start, placed.length, pitch,
                    round(min(1.0, 0.45 + 0.2 * room.section.energy + 0.12 * placed.sung.weight), 3),
                    placed.sung.syllable, placed.sung.syllabic, room.line.index, placed.sung.word,
                )
            )  # fmt: skip
    return tuple(notes)


def _answer(
    plan: SongPlan, places: Sequence[Room], number: int, own: Sequence[Note], chords: Sequence[Chord]
) -> list[tuple[Placed, int]]:
    """One answer: syllables in time, then pitches taken from the line."""
    room = places[number]
    sung = sung_syllables(room.line.echo)
    if not sung or not own:
        return []
    end = plan.bars * plan.meter.bar_ticks
    limit = min(end, room.window_end)
    if number + 1 < len(places):
        limit = min(limit, places[number + 1].earliest)
    pace = ticks_of_ms(plan, 280.0)
    need = int(pace * (len(sung) + 1))
    start = min(own[-1].end_tick, max(own[0].start_tick, (limit - need) // 240 * 240))
    frame = Frame(plan.meter, start, start, limit, pace, shortest_ticks(plan), int(2 * pace) // 120 * 120 + 120,
                  None, None, {}, 0.3)  # fmt: skip
    taken = _taken_up([item.syllable.text.lower() for item in sung], own)
    return [(placed, _near(plan, taken[i], placed, chords)) for i, placed in enumerate(place(sung, frame))]


def _taken_up(words: Sequence[str], own: Sequence[Note]) -> list[int]:
    """The line's pitches an answer takes up: those of the same words, else those of the line's end."""
    told = [note for note in own if note.syllable]
    texts = [note.syllable.text.lower() for note in told if note.syllable]
    for start in range(len(texts) - len(words), -1, -1):
        if texts[start : start + len(words)] == list(words):
            return [note.pitch for note in told[start : start + len(words)]]
    tail = [note.pitch for note in told[-len(words) :]]
    return [tail[0]] * (len(words) - len(tail)) + tail


def _near(plan: SongPlan, pitch: int, placed: Placed, chords: Sequence[Chord]) -> int:
    """The nearest pitch that fits: a chord tone on a beat or when held, else any note of the scale."""
    chord = next((c for c in chords if placed.start < c.end_tick), chords[-1])
    held = placed.length > 240 or strength(placed.start, plan.meter) >= BEAT
    fitting = chord_pitches(chord) if held else chord_scale(chord, plan.key)
    inside = [p for p in range(plan.voice_low, plan.voice_high + 1) if p % 12 in fitting]
    return min(inside or [pitch], key=lambda p: (abs(p - pitch), -p))
