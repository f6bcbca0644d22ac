"""Timed lyrics and lead sheets as text: LRC with word times, ChordPro."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from songwright.values.score import Note, Score


@dataclass(frozen=True)
class TimedWord:
    """A word with the times it is sung between."""

    text: str
    onset_s: float
    offset_s: float
    tick: int


@dataclass(frozen=True)
class TimedLine:
    """A lyric line with its words; onset_s is its first word's."""

    index: int
    text: str
    words: tuple[TimedWord, ...]

    @property
    def onset_s(self) -> float:
        """When the line begins to sound."""
        return self.words[0].onset_s

    @property
    def offset_s(self) -> float:
        """When its last word is over."""
        return self.words[-1].offset_s


def timed_lines(score: Score) -> tuple[TimedLine, ...]:
    """Every sung line of the lead with a time for each word, from the score's own ticks."""
    by_line: dict[int, list[Note]] = {}
    for part in score.parts:
        if part.role == "lead":
            for note in part.notes:
                if note.line is not None:
                    by_line.setdefault(note.line, []).append(note)
    lines = []
    for line in score.lines:
        words = tuple(_words(by_line.get(line.index, []), score))
        if words:
            lines.append(TimedLine(line.index, line.text, words))
    return tuple(lines)


def _words(notes: list[Note], score: Score) -> Iterator[TimedWord]:
    """Group a line's notes into words: each begins at a single or begin syllable."""
    groups: list[list[Note]] = []
    for note in notes:
        starts_word = note.syllable is not None and note.syllabic in ("single", "begin")
        if starts_word or not groups:
            groups.append([note])
        else:
            groups[-1].append(note)
    seconds = score.tempo_map.seconds_at
    for group in groups:
        text = group[0].word or "".join(n.syllable.text for n in group if n.syllable)
        first = group[0].start_tick
        yield TimedWord(text, seconds(first), seconds(group[-1].end_tick), first)


def lrc(score: Score, artist: str = "", duration_s: float | None = None) -> str:
    """Enhanced LRC: one row a sung line, `[mm:ss.xx]<mm:ss.xx>word <mm:ss.xx>word ...`.

    Times are rounded up to the next centisecond, so a time never lies before its word. duration_s: of the sound
    (None: of the written bars).
    """
    rows = [f"[ti:{_plain(score.title)}]"]
    if artist:
        rows.append(f"[ar:{_plain(artist)}]")
    length_s = duration_s or score.tempo_map.seconds_at(score.length_ticks)
    rows.append(f"[length:{_clock(length_s)}]")
    rows.append("[re:songwright]")
    for line in timed_lines(score):
        words = " ".join(f"<{_clock(word.onset_s)}>{word.text}" for word in line.words)
        rows.append(f"[{_clock(line.onset_s)}]{words}")
    return "\n".join(rows) + "\n"


def _clock(seconds: float) -> str:
    """Seconds as mm:ss.xx, rounded up."""
    hundredths = -int(-seconds * 100 // 1)
    return f"{hundredths // 6000:02d}:{hundredths // 100 % 60:02d}.{hundredths % 100:02d}"


def _plain(text: str) -> str:
    """Text that cannot break a one-line tag."""
    return " ".join(text.replace("[", "(").replace("]", ")").split())


def chordpro(score: Score, artist: str = "") -> str:
    """A ChordPro lead sheet: sections, words, and each chord where it changes."""
    from songwright.music.harmony import chord_symbol

    rows = [f"{{title: {_braceless(score.title)}}}"]
    if artist:
        rows.append(f"{{artist: {_braceless(artist)}}}")
    minor = "m" if score.key.mode in ("minor", "dorian") else ""
    rows += [f"{{key: {score.key.tonic}{minor}}}", f"{{time: {score.meter}}}"]
    rows.append(f"{{tempo: {score.tempo_map.start_bpm:g}}}")
    lines = timed_lines(score)
    placed: set[int] = set()
    for section in score.sections:
        kind = section.kind if section.kind in ("verse", "chorus", "bridge") else None
        rows += [
            "",
            f'{{start_of_{kind}: label="{section.label}"}}' if kind else f"{{comment: {section.label}}}",
        ]
        inside = [line for line in lines if _belongs(score, line, section.id)]
        chords = [c for c in score.chords if section.start_tick <= c.start_tick < section.end_tick]
        if not inside:
            rows.append(" ".join(f"[{chord_symbol(chord)}]" for chord in chords))
        for line in inside:
            rows.append(_chorded(line, chords, placed, chord_symbol, last=line is inside[-1]))
        if kind:
            rows.append(f"{{end_of_{kind}}}")
    return "\n".join(rows) + "\n"


def _braceless(text: str) -> str:
    return " ".join(text.replace("{", "(").replace("}", ")").split())


def _belongs(score: Score, line: TimedLine, section_id: str) -> bool:
    return next(item.section for item in score.lines if item.index == line.index) == section_id


def _chorded(line: TimedLine, chords: list, placed: set[int], symbol, last: bool) -> str:
    """A line with `[C]` before the word that is sung when the chord comes."""
    pieces = []
    for i, word in enumerate(line.words):
        until = line.words[i + 1].tick if i + 1 < len(line.words) else None
        here = [
            chord
            for chord in chords
            if chord.start_tick not in placed
            and ((until is None and last) or (until is not None and chord.start_tick < until))
        ]
        placed.update(chord.start_tick for chord in here)
        before = [c for c in here if c.start_tick <= word.tick or (i == 0 and c is here[0])]
        after = [c for c in here if c not in before]
        pieces.append("".join(f"[{symbol(c)}]" for c in before) + word.text)
        pieces.extend(f"[{symbol(c)}]" for c in after)
    return " ".join(pieces)
