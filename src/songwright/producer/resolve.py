"""Answers every question a brief leaves open, and checks every wish it states."""

from __future__ import annotations

from dataclasses import replace

from songwright.producer.asked_chords import GivenHarmony, read_asked
from songwright.producer.casting import cast, choose_key
from songwright.producer.chordpro import read_chordpro, with_heads
from songwright.producer.given_tune import GivenTune, given_tune, settled, with_tune_chair
from songwright.producer.length import Pulse
from songwright.producer.sections import build_sections
from songwright.producer.settings import TempoSettings, form_settings, part_plans, tempo_settings
from songwright.producer.shape import find_shape
from songwright.producer.telling import form_notes, tempo_note
from songwright.producer.wishes import check_ranges, check_title, choose_meter, preferred_tempo
from songwright.producer.words import read_words
from songwright.values.brief import SongBrief
from songwright.values.context import Context
from songwright.values.plan import SongPlan
from songwright.values.seed import Seed
from songwright.values.time import Meter

LANGUAGE = "en"


def plan(brief: SongBrief, ctx: Context) -> SongPlan:
    """Decide the whole song: who sings, key, tempo, form, the bars of every line, exactly as long as asked.

    What was left open is drawn by luck (of brief.seed, else of `ctx`) and told in the plan's notes. Bit-exact on
    every machine. Raises BriefError(field, problem, hint) for a wish that cannot be met.
    """
    check_ranges(brief)
    ctx = seeded(brief, ctx)
    brief, harmony = given_harmony(brief)
    tune = given_tune(brief)
    brief, notes = tune.filled(brief) if tune else (brief, ())
    asked_key, chord_notes = harmony.key(brief.key)
    wordless = brief.instrumental and not brief.lyrics.strip()
    words = None if wordless else read_words(brief.lyrics, brief.language, ctx)
    language = brief.language or (words.language if words else LANGUAGE)
    people = cast(brief, ctx, language)
    style = people.style
    if tune:
        tune = tune.landed(brief.key, harmony, people.low, people.high)
        asked_key, notes = str(tune.key), notes + tune.notes
    tempo, form = tempo_settings(style), form_settings(style)
    meter = choose_meter(brief.meter, tempo)
    key, key_note = choose_key(asked_key, people, tempo.modes, form.keys, ctx.seed)
    pulse = _pulse(brief, tune, meter, tempo, ctx.seed)
    blocks = words.blocks if words else None
    if tune and blocks is not None:
        blocks = tune.placed(blocks, pulse, harmony)
    shape = find_shape(blocks, form, pulse, brief.duration_s, ctx.seed)
    sections = build_sections(shape.form, shape.picks, form, sung=tune is not None or not brief.instrumental)
    if tune:
        sections, told = settled(sections, meter, brief.instrumental)
        notes += told
    sections, placed_notes = harmony.place(sections)
    title = brief.title if brief.title is not None else words.title if words else f"{style.name} in {key}"
    notes = people.notes + notes + key_note + chord_notes + placed_notes
    notes += tempo_note(brief, shape, meter, tempo)
    notes += form_notes(brief, shape, sections) + (words.notes if words else ())
    return SongPlan(
        title=check_title(title),
        genre=people.genre,
        style=style.id,
        persona=people.persona.id,
        language=language,
        key=key,
        meter=meter,
        tempo_map=shape.fit.tempo_map,
        sections=sections,
        parts=with_tune_chair(part_plans(style), sections),
        voice=people.voice.id,
        voice_low=people.low,
        voice_high=people.high,
        swing=tempo.swing,
        duration_s=float(shape.duration_s),
        tail_s=shape.fit.tail_s,
        seed=ctx.seed.value,
        character=people.character,
        notes=notes,
        temperature=brief.temperature,
        composer=brief.composer or "",
    )


def _pulse(brief: SongBrief, tune: GivenTune | None, meter: Meter, tempo: TempoSettings, seed: Seed) -> Pulse:
    """The tempo the song may have: as asked, that of a given tune, or the style's."""
    if brief.tempo_bpm is not None:
        return Pulse.asked(meter, float(brief.tempo_bpm))
    if tune:
        return Pulse.around(meter, tune.source.tempo_bpm, tune.source.tempo_bpm)
    return Pulse.around(meter, tempo.nominal, preferred_tempo(tempo, seed))


def given_harmony(brief: SongBrief) -> tuple[SongBrief, GivenHarmony]:
    """The chords a brief brings, and the brief without those that stood over its words. Raises BriefError."""
    sheet = read_chordpro(brief.lyrics)
    if sheet is not None:
        brief = with_heads(brief, sheet)
    return brief, GivenHarmony(read_asked(brief.chords) if brief.chords is not None else None, sheet)


def seeded(brief: SongBrief, ctx: Context) -> Context:
    """The context with the luck of the brief's own seed, where it has one."""
    return ctx if brief.seed is None else replace(ctx, seed=Seed(brief.seed, ctx.seed.path))
