"""The last chorus a step higher: the song moves up, singer and all, and the band plays on in the new key."""

from __future__ import annotations

from dataclasses import replace

from songwright.arranger.styles import Settings
from songwright.music.pitch import key_on, pitch_class, spell
from songwright.values.plan import SongPlan
from songwright.values.score import Chord, Note, Part, Score
from songwright.values.seed import Seed


def lift_of(score: Score, plan: SongPlan, settings: Settings, seed: Seed) -> tuple[int, int]:
    """Where the song rises (a tick) and by how many semitones: (0, 0) where it does not.

    It rises with the last of several choruses, as far as the style asks and the voice reaches; chords and tunes that
    were given stay where they are.
    """
    if any(section.chords or any(line.notes for line in section.lines) for section in plan.sections):
        return 0, 0
    choruses = [section for section in score.sections if section.kind == "chorus"]
    if not settings.key_lift or len(choruses) < 2 or not score.chords:
        return 0, 0
    if not seed.child("key lift").luck().chance(settings.key_lift_odds):
        return 0, 0
    start = choruses[-1].start_tick
    sung = [n.pitch for p in score.parts if p.role == "lead" for n in p.notes if n.start_tick >= start]
    room = plan.voice_high - max(sung) if sung else settings.key_lift
    steps = min(settings.key_lift, room)
    return (start, steps) if steps > 0 else (0, 0)


def lifted(score: Score, steps: int) -> Score:
    """The whole score so many semitones higher, chords spelled in the new key."""
    key = key_on((pitch_class(score.key.tonic) + steps) % 12, score.key.mode)
    chords = []
    for chord in score.chords:
        root, bass = (chord.root + steps) % 12, (chord.bass + steps) % 12
        chords.append(
            replace(chord, root=root, bass=bass, root_name=spell(root, key), bass_name=spell(bass, key))
        )
    parts = tuple(
        replace(part, notes=tuple(replace(note, pitch=note.pitch + steps) for note in part.notes))
        for part in score.parts
    )
    return replace(score, key=key, chords=tuple(chords), parts=parts)


def joined(low: Score, high: Score, tick: int) -> Score:
    """The one score up to a tick and the other from there on; the key signature stays that of the first."""
    above = {part.id: part for part in high.parts}
    ids = [part.id for part in low.parts]
    parts = [_part(part, above.get(part.id), tick) for part in low.parts]
    parts += [_part(replace(part, notes=()), part, tick) for part in high.parts if part.id not in ids]
    chords: list[Chord] = [chord for chord in low.chords if chord.start_tick < tick]
    chords += [chord for chord in high.chords if chord.start_tick >= tick]
    parts.sort(key=lambda part: not part.is_sung)
    return replace(low, chords=tuple(chords), parts=tuple(parts))


def _part(low: Part, high: Part | None, tick: int) -> Part:
    notes: list[Note] = [
        note if note.end_tick <= tick or low.is_sung else replace(note, length_ticks=tick - note.start_tick)
        for note in low.notes
        if note.start_tick < tick
    ]
    notes += [note for note in (high.notes if high else ()) if note.start_tick >= tick]
    return replace(low, notes=tuple(notes))
