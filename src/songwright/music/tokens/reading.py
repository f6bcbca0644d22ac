"""From tokens to score: a strict reader, which says where a row of tokens breaks the rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from songwright.music.rhythm import parse_meter
from songwright.music.tokens.band import Band, Harmony, parts_of, read_band
from songwright.music.tokens.conditions import Conditions, LineSign, tempo_middle
from songwright.music.tokens.pitches import pitch_of, root_of
from songwright.music.tokens.row import Reader, TokenError
from songwright.music.tokens.sheet import VOWEL_OF_CLASS, joined_words, lines_of, numbered, spans
from songwright.music.tokens.vocabulary import GRID
from songwright.values.plan import Key
from songwright.values.score import Note, Part, Score
from songwright.values.time import Meter, TempoMap
from songwright.values.words import Syllable

_STRUCK = ("drum:", "comp:")


@dataclass(frozen=True)
class Sheet:
    """What a row of tokens says. signs: one for each line of the score."""

    score: Score
    conditions: Conditions
    signs: tuple[LineSign, ...]


@dataclass
class _Page:
    """What has been read so far."""

    meter: Meter
    key: Key
    register: int
    bar: int = -1
    place: int = 0
    chord_place: int = -1
    tied: int | None = None
    in_line: bool = False
    asked: list[tuple[str, str]] = field(default_factory=list)
    sung: int = 0
    line: int = -1
    notes: list[Note] = field(default_factory=list)
    inside: list[bool] = field(default_factory=list)
    chords: list[tuple[int, int, str, int]] = field(default_factory=list)
    sections: list[tuple[str, int]] = field(default_factory=list)
    signs: list[LineSign] = field(default_factory=list)
    band: Band = field(default_factory=Band)

    @property
    def start(self) -> int:
        """The tick at which the bar begins."""
        return self.bar * self.meter.bar_ticks

    @property
    def harmony(self) -> Harmony | None:
        """The chords so far, None before the first."""
        end = self.start + self.meter.bar_ticks
        return Harmony(spans(self.chords, self.key, end), self.key) if self.chords else None


def decode(ids: Sequence[int]) -> Sheet:
    """The song a row of tokens says. TokenError where it breaks a rule: bars overfull, words unfinished, and so on."""
    reader = Reader(ids)
    reader.take("song")
    genre, mood, tempo = reader.take("genre"), reader.take("mood"), reader.take("tempo")
    meter, mode, tonic = parse_meter(reader.take("meter")), reader.take("mode"), reader.take("key")
    language, persona, register = reader.take("lang"), reader.take("persona"), int(reader.take("register"))
    conditions = Conditions(genre, mood, language, persona, register, tempo != "any", tonic != "any")
    key = Key(tonic if tonic != "any" else "C", mode)
    page = _Page(meter, key, register)
    form = _form(reader)
    while reader.peek() not in ("end", ""):
        _bar(reader, page)
    if page.in_line:
        raise TokenError(reader.at, "the last line is not finished")
    reader.take("end")
    if page.tied is not None:
        raise reader.fail("the last note is held beyond the end")
    if [kind for kind, _ in page.sections] != form:
        raise reader.fail("the sections are not those of the form")
    bpm = 96 if tempo == "any" else tempo_middle(int(tempo))
    return Sheet(_score(page, bpm), conditions, tuple(page.signs))


def _form(reader: Reader) -> list[str]:
    reader.take("form")
    kinds = []
    while reader.peek().startswith("sec:"):
        kinds.append(reader.take("sec"))
    reader.take("/form")
    return kinds


def _bar(reader: Reader, page: _Page) -> None:
    """Reads one bar with its chords and notes."""
    if reader.peek().startswith("sec:"):
        page.sections.append((reader.take("sec"), (page.bar + 1) * page.meter.bar_ticks))
    reader.take("bar")
    if page.tied is not None and page.place != page.meter.bar_ticks:
        raise reader.fail("a held note does not reach the bar line")
    page.bar, page.place, page.chord_place = page.bar + 1, 0, -1
    while reader.peek().startswith(("pos:", "line", "/line")) and not reader.peek(1).startswith(_STRUCK):
        if reader.peek() == "line":
            _head(reader, page)
        elif reader.peek() == "/line":
            _close(reader, page)
        else:
            _event(reader, page)
    if reader.peek() not in ("bar", "end", "") and not reader.peek().startswith("sec:"):
        read_band(reader, page.band, page.harmony, page.start, page.meter.bar_ticks)
    held = page.notes[-1] if page.notes and page.place == page.meter.bar_ticks else None
    page.tied = len(page.notes) - 1 if held is not None and reader_holds(reader) else None


def reader_holds(reader: Reader) -> bool:
    """Whether the next bar opens with a note held over from this one."""
    at = reader.at
    names = reader.names
    while at < len(names) and (names[at] == "bar" or names[at].startswith("sec:")):
        at += 1
    while at + 1 < len(names) and names[at].startswith("pos:") and names[at + 1].startswith("c:"):
        at += 2
        at += at < len(names) and names[at].startswith("over:")
    return at + 1 < len(names) and names[at] == "pos:0" and names[at + 1] == "tie"


def _event(reader: Reader, page: _Page) -> None:
    """A chord or a note at its place."""
    place = int(reader.take("pos")) * GRID
    if place >= page.meter.bar_ticks:
        raise reader.fail("this place is beyond the bar")
    following = reader.peek()
    if following.startswith("c:"):
        sung_here = bool(page.notes) and page.notes[-1].end_tick > page.start
        if place <= page.chord_place or sung_here:
            raise reader.fail("chords stand in order, before the notes of their bar")
        page.chord_place = place
        _, root, quality = reader.peek().split(":")
        reader.at += 1
        bass = reader.take("over") if reader.peek().startswith("over:") else root
        page.chords.append((page.start + place, root_of(root, page.key), quality, root_of(bass, page.key)))
        return
    if place < page.place:
        raise reader.fail("a note begins before the one before it is over")
    if following == "tie":
        _tie(reader, page, place)
        return
    _note(reader, page, place)


def _tie(reader: Reader, page: _Page, place: int) -> None:
    if page.tied is None or place != 0:
        raise reader.fail("nothing is held here")
    reader.take("tie")
    length = int(reader.take("d")) * GRID
    _fits(reader, page, place + length)
    note = page.notes[page.tied]
    page.notes[page.tied] = replace(note, length_ticks=note.length_ticks + length)
    page.place, page.tied = place + length, None


def _note(reader: Reader, page: _Page, place: int) -> None:
    kind = ""
    if reader.peek() == "mel":
        reader.take("mel")
    else:
        kind = reader.take("syl")
    if kind and not page.in_line:
        raise reader.fail("a syllable outside every line")
    if kind and (page.sung >= len(page.asked) or page.asked[page.sung][0] != kind):
        raise reader.fail("not the syllable that the line asks for next")
    if not kind and page.in_line and page.sung == 0:
        raise reader.fail("a line begins with a syllable")
    name = reader.peek()
    reader.take("p")
    try:
        pitch = pitch_of(name, page.key, page.register)
    except ValueError as problem:
        raise reader.fail(str(problem)) from None
    length = int(reader.take("d")) * GRID
    _fits(reader, page, place + length)
    syllable = None
    if kind:
        stress = 0 if kind[0] == "x" else int(kind[0])
        syllable = Syllable("", (VOWEL_OF_CLASS[page.asked[page.sung][1]],), stress)
        page.sung += 1
    line = page.line if page.in_line else None
    start = page.start + place
    page.notes.append(Note(f"lead/{len(page.notes)}", start, length, pitch, 0.7, syllable, "single", line))
    page.inside.append(kind[1:] == "i")
    page.place = place + length


def _fits(reader: Reader, page: _Page, end: int) -> None:
    if end > page.meter.bar_ticks:
        raise reader.fail("the bar is overfull")


def _head(reader: Reader, page: _Page) -> None:
    if page.in_line:
        raise TokenError(reader.at, "a line inside a line")
    reader.take("line")
    count = int(reader.take("nsyl"))
    rhyme, close = reader.take("rhyme"), reader.take("close")
    page.asked = []
    for _ in range(count):
        kind, _, vowel = reader.take("s").partition(":")
        page.asked.append((kind, vowel))
    page.in_line, page.sung, page.line = True, 0, page.line + 1
    page.signs.append(LineSign("" if rhyme == "none" else rhyme, close))


def _close(reader: Reader, page: _Page) -> None:
    if not page.in_line:
        raise TokenError(reader.at, "no line to end")
    reader.take("/line")
    if page.sung < len(page.asked):
        raise reader.fail(f"{len(page.asked) - page.sung} syllables are not sung")
    page.in_line = False


def _score(page: _Page, bpm: int) -> Score:
    length = (page.bar + 1) * page.meter.bar_ticks
    sections = numbered(page.sections, length) if page.sections else numbered([("verse", 0)], length)
    notes = joined_words(page.notes, page.inside)
    parts = (Part("lead", "Voice", "lead", "voice", "lead", notes),) if notes else ()
    parts += parts_of(page.band, page.harmony, length)
    return Score(
        "", page.key, page.meter, TempoMap.constant(bpm), sections, spans(page.chords, page.key, length),
        lines_of(notes, sections), parts, length,
    )  # fmt: skip
