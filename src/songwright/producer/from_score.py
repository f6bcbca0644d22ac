"""A plan around a score that already exists, so that it can be sung, played and mixed like a song of our own."""

from __future__ import annotations

from collections.abc import Sequence

from songwright.errors import BriefError
from songwright.producer.casting import cast
from songwright.producer.resolve import LANGUAGE, seeded
from songwright.producer.wishes import MAX_TITLE, check_ranges, check_title
from songwright.text.language import SUNG
from songwright.text.rhyme import rhyme_letters
from songwright.text.tongues import Tongues
from songwright.values.brief import SongBrief
from songwright.values.context import Context
from songwright.values.plan import PartPlan, SectionPlan, SongPlan
from songwright.values.score import Note, Score, ScoreLine, Section
from songwright.values.words import LyricLine, Word

TAIL_S = 2.0
LONGEST_S = 1800.0
_LONGEST_SOUND_S = 6 * 3600.0  # of all parts together: more does not fit into memory
_WHOLE = {"lyrics": "words", "key": "key", "meter": "meter", "tempo_bpm": "tempo", "duration_s": "length"}


def plan_for_score(score: Score, brief: SongBrief, ctx: Context) -> SongPlan:
    """The plan of a given score: its own form, key, tempo and words; style, persona and voice by the brief.

    duration_s is the score's length and a tail of 2 s. Raises BriefError where the brief asks for something the
    score has already decided, or the score is endless.
    """
    check_ranges(brief)
    for field, what in _WHOLE.items():
        if getattr(brief, field):
            raise BriefError(field, f"the score brings its own {what}.", "Leave it out, or change the score.")
    ctx = seeded(brief, ctx)
    language = _language(score, brief.language, ctx)
    people = cast(brief, ctx, language)
    lead = tuple(note for part in score.parts if part.role == "lead" for note in part.notes)
    played_s = _length_s(score)
    return SongPlan(
        title=check_title(brief.title if brief.title is not None else _title(score)),
        genre=people.genre,
        style=people.style.id,
        persona=people.persona.id,
        language=language,
        key=score.key,
        meter=score.meter,
        tempo_map=score.tempo_map,
        sections=tuple(_sections(score, lead)),
        parts=tuple(PartPlan(p.id, p.role, p.instrument, p.stem) for p in score.parts if not p.is_sung),
        voice=people.voice.id,
        voice_low=people.low,
        voice_high=people.high,
        swing=0.5,  # a given score is played as it is written
        duration_s=played_s + TAIL_S,
        tail_s=TAIL_S,
        seed=ctx.seed.value,
        character=people.character,
        notes=people.notes + _range_note(lead, people.low, people.high),
    )


def _language(score: Score, asked: str | None, ctx: Context) -> str:
    """The language asked for, else that of most sung lines."""
    if asked or not score.lines:
        return asked or LANGUAGE
    found = Tongues(ctx.shelf).languages([line.text for line in score.lines])
    return max(SUNG, key=lambda code: (found.count(code), code == LANGUAGE))


def _length_s(score: Score) -> float:
    """How long the score lasts, if that can be sounded."""
    length_s = score.tempo_map.seconds_at(score.length_ticks)
    if not length_s <= LONGEST_S:
        problem = f"lasts {length_s / 60:.0f} minutes."
        raise BriefError("score", problem, f"Scores of up to {LONGEST_S / 60:g} minutes can be sounded.")
    if len({part.stem for part in score.parts}) * length_s > _LONGEST_SOUND_S:
        raise BriefError("score", "has too many parts for its length.", "Take some out, or cut it in pieces.")
    return length_s


def _title(score: Score) -> str:
    """The title of the score, cut where it is long."""
    line = " ".join("".join(c if c.isprintable() else " " for c in score.title).split())
    return line[:MAX_TITLE].strip() or "Untitled"


def _sections(score: Score, lead: Sequence[Note]) -> list[SectionPlan]:
    """The score's sections in whole bars, with the lines sung in them; a score without any is one verse."""
    bar = score.meter.bar_ticks
    end = max(1, -(-score.length_ticks // bar))
    given = score.sections or (Section("verse-1", "verse", "Verse", 0, end * bar, 0.5),)
    starts = [0, *(min(end, (section.start_tick + bar // 2) // bar) for section in given[1:]), end]
    plans = []
    for section, first, after in zip(given, starts, starts[1:], strict=False):
        if after > first:
            lines = tuple(_lines(score, lead, first * bar, after * bar))
            plans.append(
                SectionPlan(section.id, section.kind, section.label, after - first, section.energy, lines)
            )
    return plans


def _lines(score: Score, lead: Sequence[Note], start_tick: int, end_tick: int) -> list[LyricLine]:
    """The lyric lines that belong to a stretch of the score, with the words of the lead's notes."""
    bar = score.meter.bar_ticks
    found = [line for line in score.lines if start_tick <= _home_tick(line, score) < end_tick]
    words = [_words([note for note in lead if note.line == line.index]) for line in found]
    lines = []
    for line, spoken, rhyme in zip(found, words, rhyme_letters(words), strict=True):
        first = max(0, line.start_tick - start_tick) // bar
        bars = max(1, -(-(min(line.end_tick, end_tick) - start_tick) // bar) - first)
        lines.append(LyricLine(line.index, line.text, spoken, first, bars, rhyme))
    return lines


def _home_tick(line: ScoreLine, score: Score) -> int:
    """Where a line belongs: a pickup into its section counts from that section's first bar."""
    for section in score.sections:
        if section.id == line.section and 0 < section.start_tick - line.start_tick <= score.meter.bar_ticks:
            return section.start_tick
    return line.start_tick


def _words(notes: Sequence[Note]) -> tuple[Word, ...]:
    """The words under some notes: a syllable that begins or stands single opens one."""
    groups: list[list[Note]] = []
    for note in notes:
        if note.syllable is None:
            continue
        if not groups or note.syllabic in ("single", "begin"):
            groups.append([])
        groups[-1].append(note)
    words = []
    for group in groups:
        syllables = tuple(note.syllable for note in group if note.syllable is not None)
        text = next((note.word for note in group if note.word), "".join(s.text for s in syllables))
        words.append(Word(text, syllables))
    return tuple(words)


def _range_note(lead: Sequence[Note], low: int, high: int) -> tuple[str, ...]:
    """A warning where the tune leaves the voice's comfortable range."""
    outside = sum(not low <= note.pitch <= high for note in lead)
    if not outside:
        return ()
    return (f"{outside} of {len(lead)} sung notes lie outside the comfortable range of the voice.",)
