"""Reads ChordPro: words with chords over their syllables ("[G]Walk with [D]me") and what stands in curly brackets.

Understood: {title} {key} {tempo} {time} and their short forms, {start_of_verse} ... {end_of_verse} (and chorus, bridge,
any section), {chorus} for the same again, {comment} where it names a section; tablature is passed over. See
chordpro.org, version 6.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from songwright.errors import BriefError
from songwright.music.chord_sheet import HOLD, bars_of, is_numeral
from songwright.text.tags import read_tag
from songwright.values.brief import SongBrief
from songwright.values.plan import SectionPlan
from songwright.values.words import LyricLine

_DIRECTIVE = re.compile(r"^\s*\{\s*([A-Za-z_]+)\s*(?:[:\s]\s*(.*?))?\s*\}\s*$")
_CHORD = re.compile(r"\[([^\[\]\s]{1,16})\](?!\])")
_LIKE_CHORD = re.compile(r"[A-H][#b]?(?:[^a-z]*$|(?:m|maj|min|dim|sus|aug|add)|[a-z]{0,3}\d)")
_SHORT = {"t": "title", "c": "comment", "ci": "comment", "sov": "start_of_verse", "soc": "start_of_chorus",
          "sob": "start_of_bridge", "sot": "start_of_tab", "sog": "start_of_grid", "eot": "end_of_tab",
          "eog": "end_of_grid", "highlight": "comment"}  # fmt: skip
_PASSED_OVER = ("start_of_tab", "start_of_grid", "start_of_abc", "start_of_ly")
_LABEL = re.compile(r'(?:label\s*=\s*)?"?([^"]*)"?')
_PICKUP = 0.4  # a line whose first chord comes later than this share of it begins on the chord before


@dataclass(frozen=True)
class _Line:
    """A line of the sheet. letters: what is sung, without blanks and signs; chords: (letters before it, chord)."""

    letters: str
    chords: tuple[tuple[int, str], ...]


@dataclass
class ChordPro:
    """A sheet with chords, read. text: the words as a plain lyric sheet. heads: title, key, tempo, time as written.

    lines: those that carry chords or words. wordless: section name -> chords of its bars where nothing is sung.
    """

    text: str = ""
    heads: dict[str, str] = field(default_factory=dict)
    lines: list[_Line] = field(default_factory=list)
    wordless: dict[str, list[str]] = field(default_factory=dict)

    @property
    def chords(self) -> list[str]:
        """All chords over words, in order."""
        return [chord for line in self.lines for _, chord in line.chords]


def read_chordpro(text: str) -> ChordPro | None:
    """The sheet in ChordPro, or None where the text is none. Raises BriefError for a chord nobody knows."""
    rows = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if not any(_tells(row) for row in rows):
        return None
    sheet, section, passing, plain = ChordPro(), "", False, []
    for number, row in enumerate(rows, start=1):
        directive = _DIRECTIVE.match(row)
        if directive:
            name = directive[1].lower()
            name = _SHORT.get(name, name)
            passing = name in _PASSED_OVER or (passing and not name.startswith("end_of"))
            opened = _opened(name, directive[2] or "", sheet)
            if opened is not None:
                plain.append(opened)
                section = opened.strip("[]") or section
        elif passing:
            continue
        elif (tag := read_tag(row)) is not None and tag.kind and not _chords_in(row, number, strict=False):
            section = tag.label
            plain.append(row)
        else:
            plain.append(_taken(row, number, sheet, section))
    title = sheet.heads.get("title")
    sheet.text = "\n".join(([f"Title: {title}", ""] if title else []) + plain)
    return sheet


def _tells(row: str) -> bool:
    """Whether a row can only come from ChordPro: a heading in curly brackets, or chords among words."""
    directive = _DIRECTIVE.match(row)
    if directive:
        name = _SHORT.get(directive[1].lower(), directive[1].lower())
        return (bool(directive[2]) and name in ("title", "key", "tempo", "time", "capo")) or "_of_" in name
    found = _chords_in(row, 0, strict=False)
    return bool(found) and (len(found) > 1 or bool(_CHORD.sub("", row).strip()))


def _chords_in(row: str, number: int, strict: bool = True) -> list[re.Match[str]]:
    """The chords between square brackets of a row."""
    found = []
    for match in _CHORD.finditer(row):
        if not re.match(r"[A-H](?![a-z]{2,}[^0-9]*$)|N\.?C|[b#]?[ivIV]+", match[1]):
            continue
        try:
            bars_of(match[1])
        except ValueError as problem:
            if strict and not is_numeral(match[1]) and _LIKE_CHORD.match(match[1]):
                raise BriefError("lyrics", f"line {number}: {problem}.") from None
            continue
        found.append(match)
    return found


def _opened(name: str, value: str, sheet: ChordPro) -> str | None:
    """What a directive becomes in a plain lyric sheet; headings are kept aside."""
    if name in ("title", "key", "tempo", "time", "capo"):
        sheet.heads.setdefault(name, value.strip())
        return None
    if name.startswith("start_of_") and name not in _PASSED_OVER:
        kind = name.removeprefix("start_of_").replace("_", " ")
        label = (_LABEL.match(value) or [None, ""])[1]
        tag = read_tag(f"[{label}]") if label else None
        return f"[{label}]" if tag is not None and tag.kind else f"[{kind}]"
    if name == "chorus":
        return "[Chorus]"
    if name.startswith("end_of_"):
        return ""
    if name == "comment":
        tag = read_tag(f"[{value}]")
        return f"[{value}]" if tag is not None and tag.kind else None
    return None


def _taken(row: str, number: int, sheet: ChordPro, section: str) -> str:
    """A row without its chords, which are kept with their places."""
    chords, words, last = [], "", 0
    for match in _chords_in(row, number):
        words += row[last : match.start()]
        chords.append((len(_letters(words)), match[1]))
        last = match.end()
    words += row[last:]
    if _letters(words):
        sheet.lines.append(_Line(_letters(words), tuple(chords)))
    elif chords:
        sheet.wordless.setdefault(section.lower(), []).extend(chord for _, chord in chords)
        return ""
    return re.sub(r"[ \t]{2,}", " ", words)


def _letters(text: str) -> str:
    return "".join(c for c in text.lower() if c.isalnum())


def with_heads(brief: SongBrief, sheet: ChordPro) -> SongBrief:
    """The brief with the sheet's words, and its title, key, tempo and meter where nothing else was asked."""
    heads = sheet.heads
    tempo = re.search(r"\d+(?:\.\d+)?", heads.get("tempo", ""))
    time = {"C": "4/4", "C|": "2/2"}.get(heads.get("time", ""), heads.get("time"))
    return replace(
        brief,
        lyrics=sheet.text,
        key=brief.key or heads.get("key") or None,
        meter=brief.meter or time or None,
        tempo_bpm=float(tempo[0]) if brief.tempo_bpm is None and tempo else brief.tempo_bpm,
    )


def placed_chords(sections: Sequence[SectionPlan], sheet: ChordPro) -> tuple[SectionPlan, ...]:
    """The sections with the sheet's chords: those of each line spread over its bars in order."""
    found, at = [], 0
    for section in sections:
        bars = [""] * section.bars
        for line in section.lines:
            at, own = _own_chords(line, sheet, at)
            for bar, text in zip(range(line.start_bar, section.bars), _spread(own, line), strict=False):
                bars[bar] = text
        wordless = sheet.wordless.get(section.label.lower(), sheet.wordless.get(section.kind, []))
        if wordless and not section.lines:
            bars = [wordless[i % len(wordless)] for i in range(section.bars)]
        told = any(bar for bar in bars)
        chords = tuple(bar or HOLD for bar in bars) if told else ()
        if chords and chords[0] == HOLD:  # nothing stands before it
            first = next(chord for bar in chords for chord in bar.split() if chord != HOLD)
            chords = (first, *chords[1:])
        found.append(replace(section, chords=chords))
    return tuple(found)


def _own_chords(line: LyricLine, sheet: ChordPro, start: int) -> tuple[int, list[tuple[float, str]]]:
    """The chords over a line, each with its place 0..1 in it, and where in the sheet it stands."""
    letters = _letters(line.text)
    count = len(sheet.lines)
    for step in range(count):
        place = (start + step) % count
        written = sheet.lines[place]
        inside = written.letters.find(letters)
        if inside < 0:
            continue
        end = inside + len(letters)
        last = end >= len(written.letters)
        size = max(1, len(letters))
        own = [
            ((offset - inside) / size, chord)
            for offset, chord in written.chords
            if (inside <= offset or inside == 0) and (offset < end or last)
        ]
        return place + last, own
    return start, []


def _spread(chords: Sequence[tuple[float, str]], line: LyricLine) -> list[str]:
    """Chords in order over the bars of a line; a first chord late in the line leaves the one before sounding."""
    names = [chord for _, chord in chords]
    if names and chords[0][0] > _PICKUP:
        names = [HOLD, *names]
    bars: list[list[str]] = [[] for _ in range(line.bars)]
    for i, name in enumerate(names):
        bars[i * line.bars // max(len(names), 1)].append(name)
    return [" ".join(bar) for bar in bars]
