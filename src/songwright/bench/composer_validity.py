"""Does a written song keep what its plan promises: key, meter, chords, form, range, every syllable, breath."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from songwright.bench.composer_measures import lead_notes, singability
from songwright.music.harmony import INTERVALS, parse_chord, roman_chord
from songwright.values.plan import SongPlan
from songwright.values.score import Note, Score

LONGEST_BREATH_S = 9.0


def validity(score: Score, plan: SongPlan) -> dict[str, bool]:
    """What was asked and whether it was kept, by name. `chords` is true where none were asked for.

    syllables: all of a line's, once, in order; time: notes one after the other, inside the song; windows: no line
    begins more than a bar before its window or after its end; repeats: sections that share a tune and the words of a
    line share its notes too; breath: none sings longer than nine seconds on one breath.
    """
    notes = lead_notes(score)
    return {
        "key": score.key == plan.key,
        "meter": score.meter == plan.meter,
        "tempo": score.tempo_map == plan.tempo_map,
        "form": _form(score, plan),
        "chords": all(_is(score, *asked) for asked in asked_chords(plan)),
        "range": all(plan.voice_low <= note.pitch <= plan.voice_high for note in notes),
        "syllables": _syllables(score, plan),
        "time": all(a.end_tick <= b.start_tick for a, b in pairwise(notes))
        and all(note.length_ticks > 0 and note.start_tick >= 0 for note in notes)
        and (not notes or notes[-1].end_tick <= score.length_ticks),
        "windows": _windows(score, plan),
        "repeats": _repeats(score, plan),
        "breath": singability(score)["longest_breath_s"] <= LONGEST_BREATH_S,
    }


def _form(score: Score, plan: SongPlan) -> bool:
    bar = plan.meter.bar_ticks
    asked = [(s.id, plan.start_bar(s.id) * bar, s.bars * bar) for s in plan.sections]
    return asked == [(s.id, s.start_tick, s.length_ticks) for s in score.sections]


def asked_chords(plan: SongPlan) -> Iterator[tuple[int, str]]:
    """(tick, chord as written) for every count on which a plan asks for a chord."""
    bar = plan.meter.bar_ticks
    for section in plan.sections:
        start, name = plan.start_bar(section.id) * bar, ""
        for n in range(section.bars if section.chords else 0):
            slots = section.chords[n % len(section.chords)].split() or ["."]
            for k, slot in enumerate(slots):
                name = name if slot == "." else slot
                if name:
                    yield start + n * bar + k * bar // len(slots), name


def _is(score: Score, tick: int, name: str) -> bool:
    """Whether the chord that sounds at a tick has the pitch classes and the bass of a name."""
    try:
        asked = parse_chord(name)
    except ValueError:
        asked = roman_chord(name, score.key)
    found = score.chord_at(tick)
    return (found.root, found.bass, INTERVALS[found.quality]) == (
        asked.root,
        asked.bass,
        INTERVALS[asked.quality],
    )


def _lines(score: Score) -> dict[int, list[Note]]:
    found: dict[int, list[Note]] = {}
    for note in lead_notes(score):
        if note.line is not None:
            found.setdefault(note.line, []).append(note)
    return found


def _syllables(score: Score, plan: SongPlan) -> bool:
    asked = [s.text for line in plan.lines for word in line.words for s in word.syllables]
    sung = [note.syllable.text for note in lead_notes(score) if note.syllable is not None]
    order = [note.line for note in lead_notes(score) if note.line is not None]
    return asked == sung and order == sorted(order)


def _windows(score: Score, plan: SongPlan) -> bool:
    bar, held = plan.meter.bar_ticks, _lines(score)
    for section in plan.sections:
        for line in section.lines:
            start = (plan.start_bar(section.id) + line.start_bar) * bar
            notes = held.get(line.index)
            if notes and not start - bar <= notes[0].start_tick < start + max(1, line.bars) * bar:
                return False
    return True


def _repeats(score: Score, plan: SongPlan) -> bool:
    held, by_id = _lines(score), {section.id: section for section in plan.sections}
    for section in plan.sections:
        owner = by_id.get(section.tune_of or "")
        for ours, theirs in zip(section.lines, owner.lines if owner else (), strict=False):
            if ours.words != theirs.words or (ours.start_bar, ours.bars) != (theirs.start_bar, theirs.bars):
                continue
            shift = (
                (plan.start_bar(section.id) - plan.start_bar(owner.id)) * plan.meter.bar_ticks if owner else 0
            )
            a = [(n.start_tick - shift, n.length_ticks, n.pitch) for n in held.get(ours.index, [])]
            b = [(n.start_tick, n.length_ticks, n.pitch) for n in held.get(theirs.index, [])]
            if a != b:
                return False
    return True
