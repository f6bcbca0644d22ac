"""From what a file says to songs of the corpus: full bars, a key, whole words, lines, chords, sections."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from songwright.errors import BriefError
from songwright.io.score_names import sections_from
from songwright.io.written import Tone, Unusable, Written
from songwright.music.keyfinding import durations, find_key
from songwright.music.pitch import key_on
from songwright.text.rhyme import rhyme_letters
from songwright.train.songs.bars import Stretch, stretches
from songwright.train.songs.harmony import given_chords, heard_chords
from songwright.train.songs.lines import line_starts
from songwright.train.songs.song import Song, line_text
from songwright.train.songs.words import Sounds
from songwright.values.plan import Key
from songwright.values.score import Note, Part, Score, ScoreLine, Section
from songwright.values.time import TempoMap
from songwright.values.words import Syllable, Word

GRID = 40  # ticks: twelve places in a quarter
LONGEST_BAR = 3840
_FEWEST_SYLLABLES = 16
_WORDLESS_RUN = 12
_REST = 480
# Semitones from the tonic of a signature's major key to that of a mode.
_TONICS = {"major": 0, "minor": 9, "dorian": 2, "mixolydian": 7}


@dataclass(frozen=True)
class Origin:
    """Where a file comes from. language: two letters."""

    id: str
    source: str
    licence: str
    title: str
    author: str
    language: str


def settle(written: Written, origin: Origin, sounds: Sounds) -> tuple[Song, ...]:
    """The songs in one file, one for each stretch of one meter and key with at least 16 syllables.

    Unusable where none is left.
    """
    voice = _sung_only(written.voice)
    breaks = _known_breaks(written, voice)
    songs = []
    problems = []
    for number, stretch in enumerate(stretches(written), start=1):
        placed = [
            (i, replace(t, tick=at)) for i, t in enumerate(voice) if (at := stretch.place(t.tick)) is not None
        ]
        while placed and not placed[0][1].text:  # what is left of a syllable of the stretch before
            del placed[0]
        if sum(bool(tone.text) for _, tone in placed) < _FEWEST_SYLLABLES:
            continue
        if stretch.meter.bar_ticks > LONGEST_BAR or stretch.meter.unit not in (2, 4, 8):
            problems.append(f"meter {stretch.meter}")
            continue
        if stretch.padded > max(2, 0.15 * stretch.bars):
            problems.append(f"{stretch.padded} of {stretch.bars} bars do not add up")
            continue
        starts = frozenset(n for n, (i, _) in enumerate(placed) if i in breaks) if breaks else frozenset()
        tones = _on_grid([tone for _, tone in placed])
        songs.append(_song(written, origin, stretch, tones, starts, number, sounds))
    if not songs:
        raise Unusable("; ".join(problems[:2]) or "no stretch with 16 sung syllables")
    return tuple(songs)


def _sung_only(voice: Sequence[Tone]) -> tuple[Tone, ...]:
    """The line without notes that no syllable carries: before the first word, after a rest, in long wordless runs."""
    kept: list[Tone] = []
    run: list[Tone] = []
    singing = False
    for tone in voice:
        if tone.text:
            if len(run) <= _WORDLESS_RUN:
                kept += run
            run, singing = [], True
            kept.append(tone)
            continue
        last = run[-1] if run else kept[-1] if kept else None
        if not singing or last is None or tone.tick - last.end >= _REST:
            singing = False
            continue
        run.append(tone)
    return tuple(kept + (run if len(run) <= _WORDLESS_RUN else []))


def _known_breaks(written: Written, voice: Sequence[Tone]) -> frozenset[int]:
    """Where the source itself breaks its lines, as indices into the cleaned voice."""
    ticks = {written.voice[i].tick for i in written.breaks if i < len(written.voice)}
    return frozenset(i for i, tone in enumerate(voice) if tone.tick in ticks)


def _on_grid(tones: Sequence[Tone]) -> list[Tone]:
    """Tones on twelfths of a quarter, none shorter than one, none overlapping."""
    starts = [(tone.tick + GRID // 2) // GRID * GRID for tone in tones]
    for n in range(1, len(starts)):
        starts[n] = max(starts[n], starts[n - 1] + GRID)
    placed = []
    for n, tone in enumerate(tones):
        end = max(starts[n] + GRID, (tone.end + GRID // 2) // GRID * GRID)
        if n + 1 < len(starts):
            end = min(end, starts[n + 1])
        placed.append(replace(tone, tick=starts[n], ticks=end - starts[n]))
    return placed


def _song(
    written: Written, origin: Origin, stretch: Stretch, tones: Sequence[Tone], starts: frozenset[int],
    number: int, sounds: Sounds,
) -> Song:  # fmt: skip
    others = [
        (at, ticks, pitch) for tick, ticks, pitch in written.others if (at := stretch.place(tick)) is not None
    ]
    bar = stretch.meter.bar_ticks
    start, tones, others = _trimmed(tones, others, bar)
    length = -(-max(t.end for t in tones) // bar) * bar
    key = _key(stretch, tones, others)
    opening = sorted(starts | {0}) if starts else list(line_starts(tones, origin.language))
    syllables = sounds.syllables(tones, origin.language)
    sections = _sections(written, stretch, start, length)
    notes, lines = _sung(tones, syllables, opening, sections)
    signs = {
        (at - start + GRID // 2) // GRID * GRID: sign
        for tick, sign in sorted(written.signs.items())
        if (at := stretch.place(tick)) is not None and 0 <= at - start < length
    }
    voiced = [(t.tick, t.ticks, t.pitch, 0.5) for t in tones]
    if len(signs) >= 4:
        chords, chords_from = given_chords(signs, length), "given"
    elif len(others) >= len(tones):
        heard = [(tick, ticks, pitch, 1.0) for tick, ticks, pitch in others] + voiced
        chords, chords_from = heard_chords(heard, key, stretch.meter, length), "heard"
    else:
        chords, chords_from = (), "none"
    score = Score(
        origin.title or written.title, key, stretch.meter, TempoMap.constant(min(300.0, max(30.0, written.bpm))),
        sections, chords, lines, (Part("lead", "Voice", "lead", "voice", "lead", notes),), length,
    )  # fmt: skip
    rhymes = _rhymes(notes, len(lines)) if origin.language in ("en", "de") else ("",) * len(lines)
    return Song(
        f"{origin.id}#{number}", origin.source, origin.licence, origin.author or written.author,
        origin.language, chords_from, score, rhymes,
    )  # fmt: skip


def _trimmed(
    tones: Sequence[Tone], others: list[tuple[int, int, int]], bar: int
) -> tuple[int, list[Tone], list[tuple[int, int, int]]]:
    """The song from the bar in which singing begins: (what was cut off, tones, others)."""
    start = tones[0].tick // bar * bar
    moved = [replace(tone, tick=tone.tick - start) for tone in tones]
    return start, moved, [(tick - start, n, p) for tick, n, p in others if tick + n > start]


def _key(stretch: Stretch, tones: Sequence[Tone], others: Sequence[tuple[int, int, int]]) -> Key:
    """The key the source tells, else the one of its signature (or any) that fits what sounds."""
    weights = durations([(t.ticks, t.pitch) for t in tones] + [(n // 2, p) for _, n, p in others])
    last_bass = None
    if others:
        end = max(tick for tick, _, _ in others)
        last_bass = min(p for tick, n, p in others if tick + n > end)
    if stretch.mode in _TONICS and stretch.fifths is not None:
        return key_on((7 * stretch.fifths + _TONICS[stretch.mode]) % 12, stretch.mode)
    return find_key(weights, tones[-1].pitch, last_bass, stretch.fifths)


def _sections(written: Written, stretch: Stretch, start: int, length: int) -> tuple[Section, ...]:
    """Sections from the source's marks, moved to bar lines; a song without marks is one verse."""
    bar = stretch.meter.bar_ticks
    marks: dict[int, str] = {}
    for tick, label in sorted(written.marks.items()):
        at = stretch.place(tick)
        if at is not None and 0 <= (place := (at - start + bar // 2) // bar * bar) < length:
            marks[place] = _plain(label)
    if 0 not in marks and marks:
        marks[0] = "Verse"
    return sections_from(marks, length)


def _plain(label: str) -> str:
    """Form letters of a refrain as kinds of section: its B is a bridge, the rest chorus."""
    match = re.fullmatch(r"Refrain ([A-Z])\d*.*", label)
    if match:
        return "Bridge" if match.group(1) == "B" else f"Chorus {label.split()[-1]}"
    return label


def _sung(
    tones: Sequence[Tone], syllables: dict[int, Syllable], opening: Sequence[int], sections: Sequence[Section]
) -> tuple[tuple[Note, ...], tuple[ScoreLine, ...]]:
    """Notes with words and the lines they make."""
    notes: list[Note] = []
    line = -1
    opens = set(opening)
    for i, tone in enumerate(tones):
        line += i in opens
        syllable = syllables.get(i)
        kind = tone.syllabic if syllable is not None else "single"
        notes.append(Note(f"lead/{i}", tone.tick, tone.ticks, tone.pitch, 0.7, syllable, kind, max(0, line)))
    notes = _whole_words(notes)
    lines = []
    for index in range(line + 1):
        mine = [n for n in notes if n.line == index]
        home = next((s for s in reversed(sections) if s.start_tick <= mine[-1].start_tick), sections[0])
        lines.append(ScoreLine(index, line_text(mine), home.id, mine[0].start_tick, mine[-1].end_tick))
    return tuple(notes), tuple(lines)


def _whole_words(notes: list[Note]) -> list[Note]:
    """Syllable kinds made consistent: a word is single, or begins, goes on and ends inside one line."""
    sung = [i for i, n in enumerate(notes) if n.syllable is not None]
    fixed = list(notes)
    for place, i in enumerate(sung):
        before = notes[sung[place - 1]] if place else None
        after = notes[sung[place + 1]] if place + 1 < len(sung) else None
        joined = (
            before is not None
            and before.line == notes[i].line
            and before.syllabic in ("begin", "middle")
            and notes[i].syllabic in ("middle", "end")
        )
        goes_on = (
            after is not None
            and after.line == notes[i].line
            and notes[i].syllabic in ("begin", "middle")
            and after.syllabic in ("middle", "end")
        )
        kind = ("middle" if goes_on else "end") if joined else ("begin" if goes_on else "single")
        fixed[i] = replace(notes[i], syllabic=kind)
    return fixed


def _rhymes(notes: Sequence[Note], lines: int) -> tuple[str, ...]:
    """A letter for each line that rhymes with another."""
    last: list[tuple[Word, ...]] = []
    for index in range(lines):
        sung = [n for n in notes if n.line == index and n.syllable is not None]
        first = max((i for i, n in enumerate(sung) if n.syllabic in ("single", "begin")), default=0)
        syllables = tuple(n.syllable for n in sung[first:] if n.syllable is not None)
        last.append((Word(line_text(sung[first:]), syllables),) if syllables else ())
    try:
        return rhyme_letters(last)
    except (BriefError, IndexError):
        return ("",) * lines
