"""A plan that comes back from a person's hands: what does not fit is named, what hangs on an edit follows it."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import pairwise
from math import isfinite

from songwright.errors import BriefError
from songwright.music.chord_sheet import bars_of
from songwright.music.instruments import INSTRUMENTS
from songwright.music.pitch import parse_key
from songwright.producer.casting import comfortable_range
from songwright.producer.edited_notes import with_notes
from songwright.producer.settings import ROLES
from songwright.producer.wishes import DURATION_S, TEMPERATURE, check_character, check_title, meter_of
from songwright.text.correction import shown
from songwright.text.phones import CONSONANTS, VOWELS
from songwright.text.tongues import Tongues
from songwright.values.context import Context
from songwright.values.plan import SECTION_KINDS, Key, PartPlan, SectionPlan, SongPlan
from songwright.values.seed import MAX_SEED
from songwright.values.shelf import Persona, VoiceCard
from songwright.values.wishes import COMPOSERS
from songwright.values.words import LyricLine, Word

_TEMPO_BPM = (15.0, 400.0)  # wider than a brief's, so that endings may slow down
_TAIL_S = (0.0, 30.0)
_RATE = 9.0  # syllables a second beyond which nobody sings words
_MAX_PARTS = 64
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
_SUNG_STEMS = frozenset(("lead", "backing", "rooms"))
_SUNG_PARTS = frozenset(("lead", "echo"))
_PHONES = VOWELS | CONSONANTS


def checked(plan: SongPlan, ctx: Context) -> SongPlan:
    """The plan, ready to be composed, or BriefError naming the field that cannot be.

    Length follows bars, tempo and tail; the sung range follows the voice; a line whose text was changed is
    pronounced anew; lines are counted afresh. What followed is told in the notes.
    """
    persona, card = _people(plan, ctx)
    key = _checked_time(plan)
    _check_sound(plan)
    _check_parts(plan.parts)
    tongues = Tongues(ctx.shelf, plan.language)
    sections, count = [], 0
    for number, section in enumerate(plan.sections):
        at = f"plan.sections[{number}]"
        _check_section(section, plan.sections[:number], at)
        lines = [_said(line, tongues, f"{at}.lines[{i}]") for i, line in enumerate(section.lines)]
        lines = [with_notes(line, plan, f"{at}.lines[{i}]") for i, line in enumerate(lines)]
        _check_windows(section, lines, plan, at)
        lines = [replace(line, index=count + i) for i, line in enumerate(lines)]
        count += len(lines)
        sections.append(replace(section, lines=tuple(lines)))
    plan = replace(plan, title=check_title(plan.title), key=key, sections=tuple(sections))
    return _with_length(_with_range(plan, persona, card))


def _people(plan: SongPlan, ctx: Context) -> tuple[Persona, VoiceCard]:
    """Persona and voice of the plan; unknown ones, and an unknown style, are refused with what is known."""
    ctx.shelf.style(plan.style)
    cards = {card.id: card for card in ctx.shelf.voice_cards()}
    if ":" in plan.voice or plan.voice.endswith(".toml"):  # a blend, or a voice of one's own
        return ctx.shelf.persona(plan.persona), ctx.shelf.voice(plan.voice).card
    if plan.voice not in cards:
        raise BriefError("plan.voice", f"there is no voice {plan.voice!r}.", _known(cards))
    return ctx.shelf.persona(plan.persona), cards[plan.voice]


def _known(names: Collection[str]) -> str:
    return f"Known: {', '.join(sorted(names))}."


def _within(field: str, value: float, bounds: tuple[float, float]) -> None:
    if not (isfinite(value) and bounds[0] <= value <= bounds[1]):
        raise BriefError(
            f"plan.{field}", f"{value:g} is out of range.", f"Give {bounds[0]:g} to {bounds[1]:g}."
        )


def _checked_time(plan: SongPlan) -> Key:
    """The key in its usual spelling, after meter and tempo were found possible."""
    try:
        key = parse_key(str(plan.key))
    except ValueError as problem:
        raise BriefError("plan.key", f"{problem}.") from problem
    meter_of(str(plan.meter))
    changes = plan.tempo_map.changes
    if not changes or changes[0].tick != 0:
        raise BriefError("plan.tempo_map", "should begin at tick 0.", "Give at least one tempo.")
    if any(after.tick <= before.tick for before, after in pairwise(changes)):
        raise BriefError("plan.tempo_map", "should go forward in time.", "Put its changes in order of tick.")
    for i, change in enumerate(changes):
        _within(f"tempo_map.changes[{i}].bpm", change.bpm, _TEMPO_BPM)
    return key


def _check_sound(plan: SongPlan) -> None:
    """Swing, tail, loudness, seed and the colours of the voice."""
    _within("swing", plan.swing, (0.5, 0.75))
    _within("tail_s", plan.tail_s, _TAIL_S)
    _within("loudness_lufs", plan.loudness_lufs, (-30.0, -6.0))
    _within("voice_low", plan.voice_low, (0, 127))
    _within("voice_high", plan.voice_high, (plan.voice_low + 1, 127))
    if not 0 <= plan.seed <= MAX_SEED:
        raise BriefError("plan.seed", f"{plan.seed} is no seed.", "Give a whole number from 0 to 2**63 - 1.")
    if plan.temperature is not None:
        _within("temperature", plan.temperature, TEMPERATURE)
    if plan.composer not in COMPOSERS:
        raise BriefError(
            "plan.composer", f"there is no composer {plan.composer!r}.", "Known: network, crafted."
        )
    check_character(plan.character, "plan.character")


def _check_parts(parts: Sequence[PartPlan]) -> None:
    """Every chair has a name of its own, a role, an instrument that can play it, and a stem that can be a file."""
    if len(parts) > _MAX_PARTS:
        raise BriefError("plan.parts", f"{len(parts)} are too many.", f"A band has up to {_MAX_PARTS}.")
    taken = set(_SUNG_PARTS)
    for number, part in enumerate(parts):
        at = f"plan.parts[{number}]"
        if part.id in taken or part.id.startswith("harmony") or not _NAME.fullmatch(part.id):
            raise BriefError(
                f"{at}.id", f"{part.id[:40]!r} is taken or no name.", "Give it a name of its own."
            )
        if part.role not in ROLES:
            raise BriefError(f"{at}.role", f"the band has no role {part.role!r}.", _known(ROLES))
        if part.instrument not in INSTRUMENTS or part.instrument == "voice":
            known = [name for name in INSTRUMENTS if name != "voice"]
            raise BriefError(
                f"{at}.instrument", f"there is no instrument {part.instrument!r}.", _known(known)
            )
        if (part.role == "drums") != (INSTRUMENTS[part.instrument].family == "drums"):
            raise BriefError(
                f"{at}.instrument",
                f"{part.instrument} cannot be the {part.role}.",
                "Change role or instrument.",
            )
        if part.stem.lower() in _SUNG_STEMS or not _NAME.fullmatch(part.stem):
            problem = f"{part.stem[:40]!r} cannot be the name of its stem."
            raise BriefError(
                f"{at}.stem", problem, "Use letters, digits and hyphens; lead and backing are sung."
            )
        taken.add(part.id)


def _check_section(section: SectionPlan, before: Sequence[SectionPlan], at: str) -> None:
    if not _NAME.fullmatch(section.id) or section.id in {other.id for other in before}:
        raise BriefError(
            f"{at}.id", f"{section.id[:40]!r} is taken or no name.", "Give it a name of its own."
        )
    if section.kind not in SECTION_KINDS:
        raise BriefError(f"{at}.kind", f"there is no kind {section.kind!r}.", _known(SECTION_KINDS))
    if section.bars < 1:
        raise BriefError(
            f"{at}.bars", f"{section.bars} is too short.", "Give 1 or more, or take the section out."
        )
    _within(f"{at.removeprefix('plan.')}.energy", section.energy, (0.0, 1.0))
    try:
        for bar in section.chords:
            if len(bars_of(f"| {bar}")) != 1:
                raise ValueError(f"{bar!r} is not one bar of chords")
    except ValueError as problem:
        raise BriefError(
            f"{at}.chords", f"{problem}.", "Give one text a bar, such as C, Am G, IV . . V."
        ) from None
    if section.tune_of is not None and section.tune_of not in {other.id for other in before}:
        raise BriefError(
            f"{at}.tune_of", f"no section {section.tune_of!r} comes before.", "Name an earlier one, or null."
        )


def _said(line: LyricLine, tongues: Tongues, at: str) -> LyricLine:
    """The line with words that say its text: its own where they do, else pronounced anew."""
    for syllable in (s for word in (*line.words, *line.echo) for s in word.syllables):
        for phone in syllable.phones:
            if phone not in _PHONES:
                raise BriefError(f"{at}.words", f"there is no phone {phone!r}.", _known(_PHONES))
    words = tongues.words(line.text, line.language)
    if not words:
        raise BriefError(
            f"{at}.text", f"{line.text[:40]!r} has nothing to sing.", "Write words, or take it out."
        )
    if _texts(line.words) == _texts(words) and _whole(line.words):
        return line
    return replace(line, text=shown(line.text), words=words)


def _texts(words: Sequence[Word]) -> list[str]:
    return [word.text for word in words]


def _whole(words: Sequence[Word]) -> bool:
    """Whether every word has syllables, and every syllable sounds."""
    return all(word.syllables and all(s.phones for s in word.syllables) for word in words)


def _check_windows(section: SectionPlan, lines: Sequence[LyricLine], plan: SongPlan, at: str) -> None:
    """Lines follow each other inside their section, each with bars enough to be sung in."""
    free = 0
    bar_s = plan.meter.bar_ticks / 8.0 / max(change.bpm for change in plan.tempo_map.changes)
    for number, line in enumerate(lines):
        field, end = f"{at}.lines[{number}]", line.start_bar + line.bars
        shared = line.notes and free == line.start_bar + 1 and line.bars >= 1  # short lines may share a bar
        if not shared and (line.bars < 1 or line.start_bar < free):
            raise BriefError(
                field, "should have bars of its own, after the line before.", "Mend its start_bar and bars."
            )
        if end > section.bars:
            problem = f"{section.label} has {section.bars} bars, but its lines need {end}."
            raise BriefError(
                f"{at}.bars", problem, "Give more bars, or mend start_bar and bars of the lines."
            )
        syllables = sum(len(word.syllables) for word in line.words)
        if syllables > _RATE * line.bars * bar_s and not line.notes:
            raise BriefError(
                field, f"{syllables} syllables are too many for {line.bars} bars.", "Give the line more bars."
            )
        free = end


def _with_range(plan: SongPlan, persona: Persona, card: VoiceCard) -> SongPlan:
    """The plan with a range that its voice has: another voice brings its own."""
    if card.midi_low <= plan.voice_low and plan.voice_high <= card.midi_high:
        return plan
    low, high = comfortable_range(persona, card)
    note = f"Range {low} to {high} (MIDI): that of the voice {card.id}."
    return replace(plan, voice_low=low, voice_high=high, notes=(*plan.notes, note))


def _with_length(plan: SongPlan) -> SongPlan:
    """The plan with the length that its bars, tempo and tail take. Raises BriefError outside 10 s to 10 min."""
    if not plan.sections:
        raise BriefError("plan.sections", "there are none.", "A song has at least one section.")
    played_s = plan.tempo_map.seconds_at(plan.bars * plan.meter.bar_ticks)
    duration_s = played_s + plan.tail_s
    shortest, longest = DURATION_S
    if not shortest - 0.05 <= duration_s <= longest + 0.05:
        problem = f"its bars last {duration_s:.1f} s."
        raise BriefError("plan", problem, f"Songs last {shortest:g} s to {longest / 60:g} min.")
    if abs(duration_s - plan.duration_s) <= 0.005:
        return plan
    note = f"Length {duration_s:.2f} s: what the bars, tempo and tail of this plan take."
    return replace(plan, duration_s=duration_s, notes=(*plan.notes, note))
