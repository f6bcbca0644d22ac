"""From plan to score: chords, then the tune of every section, then notes with their words."""

from __future__ import annotations

from collections.abc import Sequence

from songwright.composer.echo import echo_notes
from songwright.composer.frames import Room, rooms
from songwright.composer.learned import Successions
from songwright.composer.melody import MelodyWriter
from songwright.composer.progression import tune_owner, write_chords
from songwright.composer.settings import MelodySettings, harmony_settings, melody_settings
from songwright.composer.tune import Register, Song, TuneLine, fit_tune, write_tune
from songwright.music.rhythm import strength
from songwright.values.context import Context, Progress
from songwright.values.plan import SongPlan
from songwright.values.score import Chord, Note, Part, Score, ScoreLine, Section


def compose(plan: SongPlan, ctx: Context) -> Score:
    """Writes the song: chords and sections for every bar, the sung part, its echoes.

    The lead is part "lead" (no such part when nothing is sung), answers in brackets are part "echo". Bit-exact: the
    same plan and seed give the same score on every machine. Raises ShelfError when the style's tables are wrong.
    """
    ctx.tell(Progress("compose", 0, 2, "chords"))
    style = ctx.shelf.style(plan.style)
    harmony = harmony_settings(style)
    table = Successions(ctx.shelf.progressions()) if harmony.learned else None
    chords = write_chords(plan, harmony, ctx.seed, table)
    ctx.tell(Progress("compose", 1, 2, "melody"))
    settings = melody_settings(style)
    places = rooms(plan)
    sung = _sing(plan, settings, chords, places, ctx) if places else []
    parts = []
    lines: list[ScoreLine] = []
    if sung:
        notes, lines = _lead(plan, sung)
        parts.append(Part("lead", "Voice", "lead", "voice", "lead", notes))
        echoes = echo_notes(plan, places, notes, chords)
        if echoes:
            parts.append(Part("echo", "Echo", "backing", "voice", "backing", echoes))
    ctx.tell(Progress("compose", 2, 2))
    return Score(
        plan.title, plan.key, plan.meter, plan.tempo_map, _sections(plan), chords, tuple(lines), tuple(parts),
        plan.bars * plan.meter.bar_ticks,
    )  # fmt: skip


def _sections(plan: SongPlan) -> tuple[Section, ...]:
    found, start = [], 0
    for section in plan.sections:
        length = section.bars * plan.meter.bar_ticks
        found.append(Section(section.id, section.kind, section.label, start, length, section.energy))
        start += length
    return tuple(found)


def _registers(plan: SongPlan, settings: MelodySettings) -> dict[str, Register]:
    """Where each kind of section lies: verses low, choruses `lift` higher, bridges between or above."""
    low, high = plan.voice_low, plan.voice_high
    span = high - low
    verse = low + 0.36 * span
    chorus = min(verse + min(float(settings.lift), 0.32 * span), high - 0.26 * span)
    half = max(5, int(0.42 * span))
    ceiling = min(high, max(int(verse) + half + 1, low + 7))
    floor = max(low, min(int(chorus) - half, high - 7))
    return {
        "verse": Register(low, ceiling, verse),
        "prechorus": Register(low, high, (verse + chorus) / 2),
        "chorus": Register(floor, high, chorus),
        "bridge": Register(low, high, (verse + 2 * chorus) / 3 + 0.5),
        "intro": Register(low, high, verse),
        "instrumental": Register(low, high, verse),
        "outro": Register(low, high, chorus),
    }


def _sing(
    plan: SongPlan, settings: MelodySettings, chords: tuple[Chord, ...], places: Sequence[Room], ctx: Context
) -> list[tuple[Room, TuneLine]]:
    """Every line with its tune: a new one for each section that owns one, the same again for those that share it."""
    writer = MelodyWriter(plan.key, plan.meter, settings)
    song = Song(plan, settings, writer, chords, _registers(plan, settings))
    groups: dict[str, list[Room]] = {}
    for room in places:
        groups.setdefault(room.section.id, []).append(room)
    tunes: dict[str, tuple[TuneLine, ...]] = {}
    found: list[tuple[Room, TuneLine]] = []
    for section_id, group in groups.items():
        owner = tune_owner(group[0].section)
        seed = ctx.seed.child("tune", owner)
        if owner in tunes:
            lines = fit_tune(song, group, tunes[owner], seed.child(section_id))
        else:
            lines = tunes[owner] = write_tune(song, group, seed)
        found += zip(group, lines, strict=True)
    return found


def _lead(plan: SongPlan, sung: Sequence[tuple[Room, TuneLine]]) -> tuple[tuple[Note, ...], list[ScoreLine]]:
    """The notes of the sung part, and where each line stands."""
    notes: list[Note] = []
    lines: list[ScoreLine] = []
    counts: dict[str, int] = {}
    for room, line in sung:
        before = -1
        first = len(notes)
        for tick, length, pitch, which, weight in line.notes:
            section = room.section
            counts[section.id] = counts.get(section.id, 0) + 1
            start = room.window + tick
            item = room.sung[which]
            fresh = which != before
            level = 0.5 + 0.22 * section.energy + 0.16 * weight + 0.02 * strength(start, plan.meter)
            notes.append(
                Note(
                    f"lead/{section.id}/{counts[section.id]}", start, length, pitch, round(min(1.0, level), 3),
                    item.syllable if fresh else None, item.syllabic if fresh else "single", room.line.index,
                    item.word if fresh else "", "" if fresh else "legato",
                )
            )  # fmt: skip
            before = which
        lines.append(
            ScoreLine(
                room.line.index, room.line.text, room.section.id, notes[first].start_tick, notes[-1].end_tick
            )
        )
    return tuple(notes), lines
