"""Chords that somebody asked for: which section gets which, and whether they agree with the key."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from songwright.errors import BriefError
from songwright.music.chord_sheet import (
    HOLD,
    bars_of,
    chords_in,
    is_numeral,
    key_of_chords,
    nearest,
    strangers,
)
from songwright.music.harmony import chord_symbol
from songwright.music.pitch import parse_key
from songwright.producer.chordpro import ChordPro, placed_chords
from songwright.text.tags import read_tag
from songwright.values.plan import Key, SectionPlan
from songwright.values.score import Chord
from songwright.values.time import Meter

_HEADED = re.compile(r"\s*([A-Za-z][A-Za-z0-9 '_-]*?)\s*:\s*(?!\|)(.*)", re.DOTALL)
_EVERYWHERE = ("", "all", "song", "every")
_BAND = ("intro", "instrumental", "outro")
_MOST_BARS = 512


@dataclass(frozen=True)
class AskedChords:
    """Bars of chords by section: (kind, number) -> bars; number 0 = every one of that kind, kind "" = all sections."""

    bars: Mapping[tuple[str, int], tuple[str, ...]]

    def of(self, section: SectionPlan, number: int) -> tuple[str, ...]:
        """The bars asked for the number-th section of its kind, () where none were."""
        band = section.kind in _BAND and not section.lines  # it borrows from the sung sections
        for name in ((section.kind, number), (section.kind, 0), *(() if band else (("", 0),))):
            if name in self.bars:
                return self.bars[name]
        return ()


def read_asked(text: str) -> AskedChords:
    """Chords as they are asked for: "C G Am F", or "verse: C G | Am F; chorus: F G C C". Raises BriefError."""
    found: dict[tuple[str, int], tuple[str, ...]] = {}
    for piece in re.split(r"[;\n]", text):
        if not piece.strip():
            continue
        headed = _HEADED.fullmatch(piece)
        name, row = (headed[1], headed[2]) if headed else ("", piece)
        try:
            bars = bars_of(row)
        except ValueError as problem:
            raise BriefError("chords", f"{problem}.") from None
        if not bars:
            raise BriefError(
                "chords", f"there are none in {piece.strip()[:40]!r}.", "Write some, such as C G Am F."
            )
        if len(bars) > _MOST_BARS:
            raise BriefError("chords", f"{len(bars)} bars are too many.", f"Give up to {_MOST_BARS}.")
        found[_place(name)] = bars
    if not found:
        raise BriefError("chords", "there are none.", "Write some, such as C G Am F.")
    return AskedChords(found)


def _place(name: str) -> tuple[str, int]:
    """Which sections a heading means: "verse 2" the second verse, "chorus" all of them."""
    if name.strip().lower() in _EVERYWHERE:
        return "", 0
    tag = read_tag(f"[{name}]")
    if tag is None or not tag.kind:
        known = "verse, pre-chorus, chorus, bridge, intro, instrumental, outro; verse 2 for the second"
        raise BriefError("chords", f"{name.strip()[:40]!r} is no section.", f"Known: {known}.")
    digits = re.search(r"\d+", name)
    return tag.kind, int(digits[0]) if digits else 0


def with_chords(
    sections: Sequence[SectionPlan], asked: AskedChords
) -> tuple[tuple[SectionPlan, ...], tuple[str, ...]]:
    """The sections with the chords asked for, and what to tell: bars too many, sections there are none of."""
    found, notes, used = [], [], set()
    counts: dict[str, int] = {}
    for section in sections:
        counts[section.kind] = counts.get(section.kind, 0) + 1
        bars = asked.of(section, counts[section.kind]) or section.chords
        used |= {name for name in asked.bars if asked.bars[name] is bars}
        if len(bars) > section.bars:
            notes.append(
                f"{section.label} has {section.bars} bars: the first of the {len(bars)} bars of chords."
            )
            bars = bars[: section.bars]
        found.append(replace(section, chords=bars))
    for kind, number in asked.bars.keys() - used:
        notes.append(f"The song has no {kind}{f' {number}' if number else ''} for the chords asked there.")
    return _own_tunes(found), tuple(notes)


def _own_tunes(sections: Sequence[SectionPlan]) -> tuple[SectionPlan, ...]:
    """Sections that share a tune but not its chords get a tune of their own."""
    known: dict[str, SectionPlan] = {}
    found = []
    for section in sections:
        owner = known.get(section.tune_of or "")
        if owner is not None and section.chords and section.chords != owner.chords:
            section = replace(section, tune_of=None)
        elif owner is not None and section.chords == owner.chords:
            section = replace(section, chords=())
        found.append(section)
        known[section.id] = section
    return tuple(found)


@dataclass(frozen=True)
class GivenHarmony:
    """All chords a brief brings: asked for, or written over its words."""

    asked: AskedChords | None = None
    sheet: ChordPro | None = None

    @property
    def names(self) -> list[str]:
        """Every chord told by name, in order."""
        bars = [bar for row in self.asked.bars.values() for bar in row] if self.asked else []
        tokens = [token for bar in bars for token in bar.split()] + (self.sheet.chords if self.sheet else [])
        return [token for token in tokens if token != HOLD and not is_numeral(token)]

    def place(self, sections: Sequence[SectionPlan]) -> tuple[tuple[SectionPlan, ...], tuple[str, ...]]:
        """The sections with their chords, and notes."""
        placed = tuple(sections)
        if self.sheet is not None:
            placed = placed_chords(placed, self.sheet)
        if self.asked is not None:
            return with_chords(placed, self.asked)
        return _own_tunes(placed), ()

    def key(self, asked: str | None) -> tuple[str | None, tuple[str, ...]]:
        """The key that was asked for, else the one the chords lie in; and what to tell about them."""
        names = list(dict.fromkeys(self.names))
        if not names:
            return asked, ()
        chords = chords_named(self.names)
        notes = _bent(names)
        found = key_of_chords(chords)
        if asked is None:
            return str(found), (f"Key {found}: where the chords lie.", *_strange(chords, found), *notes)
        try:
            key = parse_key(asked)
        except ValueError:
            return asked, notes  # told by whoever reads the key
        outside = strangers(chords, key)
        if 2 * len(outside) >= len({(c.root, c.quality) for c in chords}) and found != key:
            shown = ", ".join(chord_symbol(chord) for chord in outside)
            return asked, (
                f"Chords against the key: {shown} lie outside {key}; the row lies in {found}. Played as asked.",
                *notes,
            )
        return asked, (*_strange(chords, key), *notes)


def chords_named(names: Sequence[str]) -> list[Chord]:
    """Chords by name, a bar each."""
    return [chord for i, name in enumerate(names) for chord in chords_in(name, Key("C"), Meter(), i * 1920)]


def _strange(chords: Sequence[Chord], key: Key) -> tuple[str, ...]:
    outside = strangers(chords, key)
    if not outside:
        return ()
    shown = ", ".join(chord_symbol(chord) for chord in outside)
    return (f"Chords borrowed from outside {key}: {shown}.",)


def _bent(names: Sequence[str]) -> tuple[str, ...]:
    """What is played for names with more colours than the band has."""
    bent = [f"{name} as {chord_symbol(chord)}" for name in names for chord in chords_named([name])
            if nearest(name) != name and chord_symbol(chord) != name]  # fmt: skip
    return (f"Played simpler: {', '.join(bent)}.",) if bent else ()
