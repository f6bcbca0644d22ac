"""The voices that sing along: a third above or below the lead, bent to the chord, on the lead's own words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from songwright.arranger.cues import Cue, home_of
from songwright.arranger.styles import BackingSettings
from songwright.arranger.voicing import tones_of
from songwright.music.harmony import INTERVALS, chord_scale
from songwright.music.pitch import scale
from songwright.music.rhythm import is_strong
from songwright.values.plan import SongPlan
from songwright.values.score import Note, Part, Score
from songwright.values.time import TICKS_PER_QUARTER

_REACH_ABOVE, _REACH_BELOW = 5, 4  # how far backing singers go beyond the lead's range, semitones
# Semitones from the lead -> how much the ear minds it as a harmony.
_INTERVAL_COST = {3: 0.0, 4: 0.0, 5: 1.2, 6: 4.0, 7: 2.4, 8: 1.6, 9: 1.6}


def sung_along(
    score: Score, plan: SongPlan, cues: Sequence[Cue], settings: BackingSettings
) -> tuple[Part, ...]:
    """The sung harmony parts: "harmony-1" in the choruses, "harmony-2" where the song is at its highest."""
    lead = [note for part in score.parts if part.role == "lead" for note in part.notes]
    homes_of = {note.id: home_of(note, score) for note in lead}
    peak = {cue.section.id: cue.energy for cue in cues}
    homes = [s for s in score.sections if s.kind in settings.kinds and peak[s.id] >= settings.enters]
    homes = homes or [s for s in score.sections if s.kind in settings.kinds][-1:]
    first, second = [], []
    for section in homes:
        tune = [note for note in lead if homes_of[note.id] == section.id]
        if not tune:
            continue
        wish = settings.interval == "above"
        out_of_reach = [_unisons(tune, side, score, plan) for side in (wish, not wish)]
        above = wish if out_of_reach[0] <= out_of_reach[1] else not wish
        voice = _voice(tune, above, score, plan, ())
        first += _notes("harmony-1", section.id, tune, voice, settings.level)
        if peak[section.id] >= settings.second:
            other = _voice(tune, not above, score, plan, voice)
            second += _notes("harmony-2", section.id, tune, other, settings.level * 0.92)
    parts = (("harmony-1", "Harmony 1", first), ("harmony-2", "Harmony 2", second))
    return tuple(
        Part(i, name, "backing", "voice", "backing", tuple(notes)) for i, name, notes in parts if notes
    )


def _unisons(tune: Sequence[Note], above: bool, score: Score, plan: SongPlan) -> int:
    """How many notes of the tune have no harmony on that side within the singers' range."""
    return sum(_options(note, above, score, plan) == [note.pitch] for note in tune)


def _voice(
    tune: Sequence[Note], above: bool, score: Score, plan: SongPlan, other: Sequence[int]
) -> list[int]:
    """The cheapest way through the tune on one side of it (Viterbi): near intervals, chord tones, small steps."""
    paths: list[dict[int, tuple[float, int]]] = []
    for i, note in enumerate(tune):
        options = _options(note, above, score, plan)
        column = {}
        for pitch in options:
            here = _cost(pitch, note, score, other[i] if other else None)
            if not paths:
                column[pitch] = (here, -1)
                continue
            leads = abs(note.pitch - tune[i - 1].pitch)
            best = min(
                (
                    total
                    + 0.25 * max(0, abs(pitch - was) - leads)
                    + (0.5 if (pitch == was) != (leads == 0) else 0.0),
                    was,
                )
                for was, (total, _) in paths[-1].items()
            )
            column[pitch] = (here + best[0], best[1])
        paths.append(column)
    pitch = min(paths[-1], key=lambda p: (paths[-1][p][0], p))
    voice = [pitch]
    for column in reversed(paths[1:]):
        pitch = column[pitch][1]
        voice.append(pitch)
    return voice[::-1]


def _options(note: Note, above: bool, score: Score, plan: SongPlan) -> list[int]:
    """Pitches a harmony could take against a note; the unison if the range leaves nothing else."""
    chord = score.chord_at(note.start_tick)
    tones = {(chord.root + t) % 12 for t in tones_of(chord)}
    notes = (
        set(chord_scale(chord, score.key)) if chord.quality in INTERVALS else set(scale(score.key)) | tones
    )
    low, high = plan.voice_low - _REACH_BELOW, plan.voice_high + _REACH_ABOVE
    found = [note.pitch + (step if above else -step) for step in _INTERVAL_COST]
    return [p for p in found if p % 12 in notes and low <= p <= high] or [note.pitch]


def _cost(pitch: int, note: Note, score: Score, other: int | None) -> float:
    """How ill a harmony note sits: its interval, whether the chord has it, whether it doubles the other voice."""
    chord = score.chord_at(note.start_tick)
    tones = {(chord.root + t) % 12 for t in tones_of(chord)}
    cost = _INTERVAL_COST.get(abs(pitch - note.pitch), 6.0)
    if pitch % 12 not in tones:
        bar = note.start_tick - score.section_at(note.start_tick).start_tick
        heavy = is_strong(bar, score.meter) or note.length_ticks >= TICKS_PER_QUARTER
        cost += 4.5 if heavy else 0.6
        if note.pitch % 12 in tones and any((pitch - t) % 12 in (1, 11) for t in tones):
            cost += 0.5
    if other is not None and (pitch - other) % 12 == 0:
        cost += 2.0
    return cost


def _notes(
    part_id: str, section: str, tune: Sequence[Note], voice: Sequence[int], level: float
) -> list[Note]:
    """The lead's notes with their words, on other pitches."""
    return [
        replace(
            note,
            id=f"{part_id}/{section}/{i + 1}",
            pitch=pitch,
            level=round(min(1.0, level * (0.6 + note.level * 0.5)), 3),
        )
        for i, (note, pitch) in enumerate(zip(tune, voice, strict=True))
    ]
