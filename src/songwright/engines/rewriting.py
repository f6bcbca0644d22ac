"""New music for one place of a song that is there; everything else stays as it is, note for note.

A place is a kind of section ("chorus": all that share its tune), one section ("verse 2", "chorus-3"), a line
("line 3") or bars ("bars 9-16": the lines that mostly lie there). The tune is written anew over the chords that are
there (or others that are asked for); what the band and the choir play outside stays as it was, inside it follows the
new tune.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from songwright import arranger, composer
from songwright.composer.keeping import kept
from songwright.engines.studio import context
from songwright.errors import BriefError
from songwright.music.chord_sheet import bars_of, chords_in
from songwright.music.harmony import moved
from songwright.producer.tune_source import bar_texts
from songwright.values.context import Context
from songwright.values.digest import digest
from songwright.values.plan import SectionPlan, SongPlan
from songwright.values.score import Chord, Note, Part, Score, Section
from songwright.values.wishes import Wishes

_TRIES = 4


@dataclass(frozen=True)
class Place:
    """What is to be new. sections: ids; lines: indices; spans: (first tick, end) of what may change."""

    sections: frozenset[str]
    lines: frozenset[int]
    spans: tuple[tuple[int, int], ...]

    def holds(self, note: Note) -> bool:
        """Whether a note belongs to the place: by its line if it has one, else by where it begins."""
        if note.line is not None:
            return note.line in self.lines
        return any(start <= note.start_tick < end for start, end in self.spans)


@dataclass(frozen=True)
class Rewritten:
    """The song with new music. plan: with the whole tune and chords written into it, so that it can be made again."""

    plan: SongPlan
    score: Score
    place: Place
    notes: tuple[str, ...] = ()


def rewritten(plan: SongPlan, score: Score, where: str, ctx: Context, chords: str | None = None) -> Rewritten:
    """The song with new music at a place. Raises BriefError("rewrite") for a place that is not there.

    chords: for the place, as in `--chords` without headings; None = those that are there.
    """
    place = place_of(where, plan, score)
    if not place.lines:
        raise BriefError("rewrite", f"nothing is sung in {where.strip()!r}.", "Name a place with words.")
    harmony, steps = _flat_chords(plan, score, place)
    if chords is not None:
        harmony = _with_chords(harmony, chords, plan, place)
        steps = dict.fromkeys(steps, 0)
    old = _lead_of(score)
    free = _loosened(kept(plan, replace(score, parts=_renamed(score.parts, old)), ()), place)
    names, fresh = tuple(_names(place, free)), None
    for attempt in range(_TRIES):
        luck = replace(ctx, seed=ctx.seed.child("rewrite", digest(score), attempt)).child("composer")
        keep = Wishes(keep=replace(score, chords=harmony, parts=_renamed(score.parts, old)), rewrite=names)
        fresh = composer.compose(free, luck, keep)
        if _tune(fresh, place) != _tune(score, place):
            break
    assert fresh is not None
    fresh = _lifted(fresh, plan, place, steps)
    kept_chords = score.chords if chords is None else harmony
    sheet = replace(
        score, chords=kept_chords, parts=_sung_parts(score, fresh, place), lines=_lines(score, fresh, place)
    )
    final = _frozen(kept(plan, replace(sheet, parts=_renamed(sheet.parts, _lead_of(sheet))), ()), sheet)
    band = [part.id for part in score.parts if not part.is_sung]
    if band and {chair.id for chair in plan.parts} >= set(band):
        lead_sheet = replace(sheet, parts=tuple(part for part in sheet.parts if part.id in ("lead", "echo")))
        arranged = arranger.arrange(lead_sheet, final, context(plan.seed, ctx).child("arranger"))
        sheet = replace(sheet, parts=_spliced(sheet, arranged, place))
    return Rewritten(final, sheet, place, (_told(plan, place),))


def place_of(where: str, plan: SongPlan, score: Score) -> Place:
    """The place someone names, several parted by commas. Raises BriefError with what there is."""
    sections: set[str] = set()
    lines: set[int] = set()
    for name in where.split(","):
        found, single = _named(name.strip().lower(), plan, score)
        sections |= found
        lines |= single
    lines |= {line.index for section in plan.sections if section.id in sections for line in section.lines}
    spans = [(s.start_tick, s.end_tick) for s in score.sections if s.id in sections]
    spans += [(line.start_tick, line.end_tick) for line in score.lines if line.index in lines]
    return Place(frozenset(sections), frozenset(lines), tuple(sorted(spans)))


def _named(name: str, plan: SongPlan, score: Score) -> tuple[set[str], set[int]]:
    """The sections, or the single lines, of one name."""
    numbers = [int(n) for n in re.findall(r"\d+", name)]
    if re.fullmatch(r"lines? \d+(\s*(-|to)\s*\d+)?", name):
        wanted = set(range(numbers[0] - 1, numbers[-1]))
        known = {line.index for line in plan.lines}
        if not wanted or not wanted <= known:
            raise BriefError("rewrite", f"there is no {name}.", f"The song has lines 1 to {len(known)}.")
        return set(), wanted
    if re.fullmatch(r"bars? \d+(\s*(-|to)\s*\d+)?", name):
        if not 1 <= numbers[0] <= numbers[-1] <= plan.bars:
            raise BriefError("rewrite", f"there are no {name}.", f"The song has bars 1 to {plan.bars}.")
        start, end = ((n * plan.meter.bar_ticks) for n in (numbers[0] - 1, numbers[-1]))
        middle = {line.index: (line.start_tick + line.end_tick) // 2 for line in score.lines}
        return set(), {index for index, tick in middle.items() if start <= tick < end}
    one = [s.id for s in plan.sections if numbers and name == s.label.lower()]
    one += [s.id for s in plan.sections if name in (s.id, s.id.replace("-", " "))]
    if one:  # a single section, by label or id
        return {one[0]}, set()
    found = {section.id for section in plan.sections if name in (section.kind, section.label.lower())}
    found |= {
        section.id for section in plan.sections if section.kind == name.replace("-", "").replace(" ", "")
    }
    if not found:
        there = ", ".join(dict.fromkeys(x for s in plan.sections if s.lines for x in (s.kind, s.id)))
        raise BriefError(
            "rewrite", f"no place is called {name[:40]!r}.", f"There are {there}, line 1, bars 1-8 ..."
        )
    owners = {section.tune_of or section.id for section in plan.sections if section.id in found}
    return {s.id for s in plan.sections if s.id in owners or s.tune_of in owners} | found, set()


def _names(place: Place, plan: SongPlan) -> list[str]:
    """The place as wishes name it: sections and lines."""
    inside = {
        line.index for section in plan.sections if section.id in place.sections for line in section.lines
    }
    return [*sorted(place.sections), *(f"line {index + 1}" for index in sorted(place.lines - inside))]


def _loosened(plan: SongPlan, place: Place) -> SongPlan:
    """A plan in which every line has its notes, with those of the place taken away again."""
    sections = []
    for section in plan.sections:
        lines = tuple(
            replace(line, notes=() if line.index in place.lines else line.notes) for line in section.lines
        )
        fresh = section.id in place.sections
        shared = fresh and section.tune_of in place.sections
        sections.append(replace(section, lines=lines, tune_of=section.tune_of if shared else None))
    return replace(plan, sections=tuple(sections))


def _flat_chords(plan: SongPlan, score: Score, place: Place) -> tuple[tuple[Chord, ...], dict[str, int]]:
    """The chords to write over, and by how many semitones sections that sing a shared tune stand higher than it."""
    homes = {section.id: section for section in score.sections}
    steps: dict[str, int] = {}
    chords = list(score.chords)
    for section in plan.sections:
        owner = section.tune_of
        if section.id not in place.sections or owner not in place.sections or owner not in homes:
            continue
        lift = _lift_between(chords, homes[owner], homes[section.id])
        if lift:
            steps[section.id] = lift
            chords = _lowered(chords, homes[section.id], homes[owner])
    return tuple(chords), steps


def _inside(chords: Sequence[Chord], section: Section) -> list[Chord]:
    return [chord for chord in chords if section.start_tick <= chord.start_tick < section.end_tick]


def _lift_between(chords: Sequence[Chord], first: Section, second: Section) -> int:
    """Semitones by which the chords of one section stand above those of another, 0 where they are others."""
    a, b = _inside(chords, first), _inside(chords, second)
    gaps = {(y.root - x.root) % 12 for x, y in zip(a, b, strict=False)}
    return gaps.pop() if len(a) == len(b) and len(gaps) == 1 else 0


def _lowered(chords: Sequence[Chord], section: Section, owner: Section) -> list[Chord]:
    """The chords with those of one section put where another's are."""
    shift = section.start_tick - owner.start_tick
    copies = [moved(c, c.start_tick + shift, c.length_ticks) for c in _inside(chords, owner)]
    rest = [c for c in chords if not section.start_tick <= c.start_tick < section.end_tick]
    return sorted([*rest, *copies], key=lambda chord: chord.start_tick)


def _lifted(score: Score, plan: SongPlan, place: Place, steps: Mapping[str, int]) -> Score:
    """The sung parts with the sections that stand higher put up again."""
    if not steps:
        return score
    above = {line.index: steps[s.id] for s in plan.sections if s.id in steps for line in s.lines}
    parts = tuple(
        replace(part, notes=tuple(replace(n, pitch=n.pitch + above.get(n.line or 0, 0)) for n in part.notes))
        for part in score.parts
    )
    return replace(score, parts=parts)


def _with_chords(chords: Sequence[Chord], text: str, plan: SongPlan, place: Place) -> tuple[Chord, ...]:
    """Other chords for the sections of a place."""
    try:
        bars = bars_of(text)
    except ValueError as problem:
        raise BriefError("chords", f"{problem}.") from None
    if not bars or not place.sections:
        raise BriefError(
            "chords", "can only be new for whole sections.", "Name a section to rewrite, such as chorus."
        )
    found, start = [], 0
    for section in plan.sections:
        length = section.bars * plan.meter.bar_ticks
        if section.id in place.sections:
            own: list[Chord] = []
            for bar in range(section.bars):
                at = start + bar * plan.meter.bar_ticks
                own += chords_in(bars[bar % len(bars)], plan.key, plan.meter, at, own[-1] if own else None)
            found += own
        else:
            found += [c for c in chords if start <= c.start_tick < start + length]
        start += length
    return tuple(found)


def _lead_of(score: Score) -> str:
    """The id of the part that sings the lines."""
    return next((part.id for part in score.parts if part.role == "lead"), "lead")


def _renamed(parts: Sequence[Part], lead: str) -> tuple[Part, ...]:
    """The lead alone, as the composer calls it."""
    return tuple(replace(part, id="lead") for part in parts if part.id == lead)


def _tune(score: Score, place: Place) -> list[tuple[int, int, int]]:
    return [
        (n.start_tick, n.length_ticks, n.pitch)
        for part in score.parts
        if part.role == "lead"
        for n in part.notes
        if n.line in place.lines
    ]


def _sung_parts(score: Score, fresh: Score, place: Place) -> tuple[Part, ...]:
    """The parts with the new notes of lead and echo in their place."""
    lead = _lead_of(score)
    new = {("lead" if part.role == "lead" else part.id): part for part in fresh.parts}
    parts = []
    for part in score.parts:
        other = new.get("lead" if part.id == lead else part.id)
        parts.append(part if other is None else replace(part, notes=_mixed(part.notes, other.notes, place)))
    return tuple(parts)


def _spliced(score: Score, arranged: Score, place: Place) -> tuple[Part, ...]:
    """The band and the choir: as they were outside the place, as they are arranged now inside it."""
    new = {part.id: part for part in arranged.parts}
    return tuple(
        part if part.id in ("lead", "echo") or part.id not in new
        else replace(part, notes=_mixed(part.notes, new[part.id].notes, place))
        for part in score.parts
    )  # fmt: skip


def _mixed(old: Sequence[Note], new: Sequence[Note], place: Place) -> tuple[Note, ...]:
    """Old notes outside a place, new ones inside, each with an id of its own."""
    stays = [note for note in old if not place.holds(note)]
    taken = {note.id for note in stays}
    comes = []
    for note in new:
        if place.holds(note):
            name = note.id
            while name in taken:
                name += "'"
            taken.add(name)
            comes.append(note if name == note.id else replace(note, id=name))
    return tuple(sorted([*stays, *comes], key=lambda note: (note.start_tick, note.pitch)))


def _lines(score: Score, fresh: Score, place: Place):
    new = {line.index: line for line in fresh.lines}
    return tuple(new.get(line.index, line) if line.index in place.lines else line for line in score.lines)


def _frozen(plan: SongPlan, score: Score) -> SongPlan:
    """The plan with the chords of the score written into every section."""
    sections: list[SectionPlan] = []
    bar = 0
    for section in plan.sections:
        chords = bar_texts(score.chords, bar, section.bars, plan.meter, plan.key, 0)
        sections.append(replace(section, chords=chords))
        bar += section.bars
    return replace(plan, sections=tuple(sections))


def _told(plan: SongPlan, place: Place) -> str:
    labels = list(dict.fromkeys(s.label for s in plan.sections if s.id in place.sections))
    inside = {line.index for s in plan.sections if s.id in place.sections for line in s.lines}
    labels += [f"line {index + 1}" for index in sorted(place.lines - inside)]
    return f"New music: {', '.join(labels)}. Everything else stays."
