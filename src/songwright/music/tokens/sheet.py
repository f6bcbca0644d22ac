"""What of a score tokens can say: the sung line on the grid, chords, sections, lines, syllables, the band's strokes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from songwright.music.pitch import spell
from songwright.music.tokens.band import Harmony, band_of, parts_of
from songwright.music.tokens.conditions import tempo_class, tempo_middle
from songwright.music.tokens.vocabulary import GRID
from songwright.values.plan import Key
from songwright.values.score import Chord, Note, Part, Score, ScoreLine, Section
from songwright.values.time import TempoMap
from songwright.values.words import Syllable

# The vowel that carries a syllable, in six classes; every spoken vowel of every language has one.
_CLASSES = {
    "a": "AA AE AH AY AW A AL AR", "e": "EH EY EE EL OEH OE", "i": "IY IH UE UEH", "o": "AO OW OY OO OH",
    "u": "UW UH", "x": "AX ER",
}  # fmt: skip
_VOWEL_CLASS = {phone: name for name, phones in _CLASSES.items() for phone in phones.split(" ")}
VOWEL_OF_CLASS = {"a": "AA", "e": "EH", "i": "IY", "o": "OW", "u": "UW", "x": "AX"}


def vowel_class(phones: Sequence[str]) -> str:
    """The class of a syllable's vowel; "x" for a weak vowel or none."""
    return next((_VOWEL_CLASS[phone] for phone in phones if phone in _VOWEL_CLASS), "x")


def representable(score: Score) -> Score:
    """The score as tokens can say it, so that encoding and decoding it changes nothing.

    Keeps the lead part and what `band` can say of bass, drums and chords. Notes go to the nearest place of the grid,
    one after another; chords, sections and tempo are rounded likewise; texts, ids, levels and how chords are spelled
    are set anew. ValueError where a sung syllable belongs to no line.
    """
    bar = score.meter.bar_ticks
    lead = next((part for part in score.parts if part.role == "lead"), None)
    notes = _notes(lead.notes if lead is not None else ())
    end = max([score.length_ticks, *(note.end_tick for note in notes)])
    length = -(-end // bar) * bar
    sections = _sections(score.sections, bar, length)
    parts = (Part("lead", "Voice", "lead", "voice", "lead", notes),) if notes else ()
    bpm = tempo_middle(tempo_class(score.tempo_map.start_bpm))
    chords = _chords(score.chords, score.key, length)
    harmony = Harmony(chords, score.key) if chords else None
    parts += parts_of(band_of(score.parts, harmony, bar, length), harmony, length)
    lines = lines_of(notes, sections)
    return Score("", score.key, score.meter, TempoMap.constant(bpm), sections, chords, lines, parts, length)


def _near(tick: int) -> int:
    return (tick + GRID // 2) // GRID * GRID


def _notes(notes: Sequence[Note]) -> tuple[Note, ...]:
    """Notes on the grid, none overlapping, lines numbered from 0, syllables without text."""
    starts = [_near(note.start_tick) for note in notes]
    for n in range(1, len(starts)):
        starts[n] = max(starts[n], starts[n - 1] + GRID)
    order: dict[int, int] = {}
    found = []
    for n, note in enumerate(notes):
        end = max(starts[n] + GRID, _near(note.end_tick))
        if n + 1 < len(starts):
            end = min(end, starts[n + 1])
        if note.line is None and note.syllable is not None:
            raise ValueError("a sung syllable belongs to no line")
        line = None if note.line is None else order.setdefault(note.line, len(order))
        syllable = note.syllable and Syllable(
            "", (VOWEL_OF_CLASS[vowel_class(note.syllable.phones)],), note.syllable.stress
        )
        inside = note.syllabic in ("middle", "end") and syllable is not None
        found.append(
            Note(
                f"lead/{n}",
                starts[n],
                end - starts[n],
                note.pitch,
                0.7,
                syllable,
                "end" if inside else "single",
                line,
            )
        )
    return _words_joined(found)


def _words_joined(notes: Sequence[Note]) -> tuple[Note, ...]:
    """Where a syllable stands in its word, from which syllables begin words; words stay inside lines."""
    sung = [n for n, note in enumerate(notes) if note.syllable is not None]
    found = list(notes)
    for place, n in enumerate(sung):
        before = notes[sung[place - 1]] if place else None
        after = notes[sung[place + 1]] if place + 1 < len(sung) else None
        inside = notes[n].syllabic == "end" and before is not None and before.line == notes[n].line
        goes_on = after is not None and after.syllabic == "end" and after.line == notes[n].line
        kind = ("middle" if goes_on else "end") if inside else ("begin" if goes_on else "single")
        found[n] = replace(notes[n], syllabic=kind)
    return tuple(found)


def joined_words(notes: Sequence[Note], inside: Sequence[bool]) -> tuple[Note, ...]:
    """Notes whose syllables stand inside a word where `inside` says so."""
    marked = [
        replace(note, syllabic="end" if within else "single")
        for note, within in zip(notes, inside, strict=True)
    ]
    return _words_joined(marked)


def _sections(sections: Sequence[Section], bar: int, length: int) -> tuple[Section, ...]:
    """Sections at bar lines, without gap; those that shrink to nothing are left out."""
    starts: dict[int, Section] = {}
    for section in sections:
        at = (section.start_tick + bar // 2) // bar * bar
        if at < length:
            starts.setdefault(at, section)
    if not starts:
        return numbered([("verse", 0)], length)
    ticks = sorted(starts)
    kinds = [(starts[tick].kind, tick if n else 0) for n, tick in enumerate(ticks)]
    return numbered(kinds, length)


def numbered(kinds: Sequence[tuple[str, int]], length: int) -> tuple[Section, ...]:
    """Sections of (kind, start), each up to the next, named by kind and count."""
    found: list[Section] = []
    counts: dict[str, int] = {}
    for (kind, start), end in zip(kinds, [*(s for _, s in kinds[1:]), length], strict=True):
        counts[kind] = counts.get(kind, 0) + 1
        name = f"{kind}-{counts[kind]}"
        found.append(Section(name, kind, f"{kind.title()} {counts[kind]}", start, end - start, 0.6))
    return tuple(found)


def _chords(chords: Sequence[Chord], key: Key, length: int) -> tuple[Chord, ...]:
    starts: dict[int, Chord] = {}
    for n, chord in enumerate(chords):
        at = 0 if n == 0 else _near(chord.start_tick)
        if at < length:
            starts[at] = chord
    return spans([(tick, c.root, c.quality, c.bass) for tick, c in sorted(starts.items())], key, length)


def spans(changes: Sequence[tuple[int, int, str, int]], key: Key, length: int) -> tuple[Chord, ...]:
    """Chords from (start, root, quality, bass), each up to the next; a chord that merely goes on is one."""
    kept: list[tuple[int, int, str, int]] = []
    for change in changes:
        if not kept or kept[-1][1:] != change[1:]:
            kept.append(change)
    return tuple(
        Chord(start, end - start, root, quality, bass, spell(root, key), spell(bass, key))
        for (start, root, quality, bass), end in zip(
            kept, [*(c[0] for c in kept[1:]), length][: len(kept)], strict=True
        )
    )


def lines_of(notes: Sequence[Note], sections: Sequence[Section]) -> tuple[ScoreLine, ...]:
    """The lines that notes belong to; a line is at home in the section in which its last note begins."""
    lines = []
    for index in sorted({note.line for note in notes if note.line is not None}):
        mine = [note for note in notes if note.line == index]
        last = mine[-1]
        home = next((s for s in reversed(sections) if s.start_tick <= last.start_tick), sections[0])
        lines.append(ScoreLine(index, "", home.id, mine[0].start_tick, last.end_tick))
    return tuple(lines)
