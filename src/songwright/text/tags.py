"""Reads the signposts of a lyric sheet: [Verse 1], [Chorus x2], [Instrumental: 8 bars], "Bridge:"."""

from __future__ import annotations

import re
from dataclasses import dataclass

MAX_REPEATS = 8
MAX_BARS = 64

# First match wins, so "pre-chorus" stands before "chorus".
_KINDS = (
    (
        re.compile(r"\b(?:pre[- ]?chorus|pre[- ]?hook|pre[- ]?refrain|climb|lift|build(?:[- ]?up)?)\b"),
        "prechorus",
    ),
    (re.compile(r"\b(?:instrumental|solo|interlude|riff|break|turnaround)\b"), "instrumental"),
    (re.compile(r"\b(?:chorus|refrain|hook|drop|coro|estribillo|ritornello)\b"), "chorus"),
    (re.compile(r"\b(?:verse|verso|strophe|couplet|vers|stanza|strofa)\b"), "verse"),
    (re.compile(r"\b(?:bridge|middle (?:8|eight)|breakdown|brücke|pont|puente|c[- ]part)\b"), "bridge"),
    (re.compile(r"\b(?:intro|introduction|opening)\b"), "intro"),
    (re.compile(r"\b(?:outro|ending|coda|tag|end|fade(?:[- ]?out)?)\b"), "outro"),
)
_BRACKETED = re.compile(r"^\s*(?!\[\[)[\[{]\s*([^\]}]{0,80})[\]}]\s*:?\s*(.*)$")
_ROUND = re.compile(r"^\s*\(\s*([^()]{1,40})\)\s*$")
_HEADING = re.compile(r"^\s*(?:#{1,4}\s+([^#:]{1,40}?)\s*#*:?|([^:]{1,30}):)\s*$")
_BARE = re.compile(
    r"(?:repeat |the |final |last |first |second |third |guitar |short )*"
    r"(?:verse|chorus|refrain|pre[- ]?chorus|hook|bridge|intro|outro|solo|instrumental|interlude|break|coda)"
    r"(?: ?\d{1,2}| [a-d]| [ivx]{1,4})?(?: repeat)?(?:,? ?(?:x ?\d{1,2}|\d{1,2} ?x|\d{1,2} bars))?"
)
_TIMES = re.compile(r"(?:\bx\s?|×\s?)(\d{1,2})\b|\b(\d{1,2})\s?(?:x\b|×|times\b)|\b(twice)\b")
_LANGUAGE = re.compile(r"\b(?:lang|language|sprache)\s*[:= ]\s*([a-z]{2,12}(?:-[a-z]{2,4})?)\b")
_BARS = re.compile(r"(\d{1,4})\s*(?:bars?|measures?)\b")


@dataclass(frozen=True)
class Tag:
    """A signpost. kind: one of SECTION_KINDS, or "" for a direction ("[whispered]") that opens no section.

    label: as shown to people, without counts. repeats: how often in a row. bars: where it says so.
    rest: words that follow on the same line. language: where the signpost says in which language to go on ("de").
    """

    kind: str
    label: str
    repeats: int = 1
    bars: int | None = None
    rest: str = ""
    language: str = ""


def read_tag(line: str) -> Tag | None:
    """The signpost on this line, or None when the line is for singing."""
    bracketed = _BRACKETED.match(line)
    if bracketed:
        return _tag(bracketed[1], bracketed[2].strip())
    found = _ROUND.match(line) or _HEADING.match(line)
    if found:
        inside = next(group for group in found.groups() if group is not None)
        if _BARE.fullmatch(" ".join(inside.lower().replace("*", "").split())):
            return _tag(inside, "")
    return None


def _tag(inside: str, rest: str) -> Tag:
    spoken = _LANGUAGE.search(inside.lower())
    if spoken:
        inside = (inside[: spoken.start()] + inside[spoken.end() :]).strip(" ,;|-")
    low = " ".join(inside.lower().split())
    name = low.split(":")[0] if any(pattern.search(low.split(":")[0]) for pattern, _ in _KINDS) else low
    kind = next((kind for pattern, kind in _KINDS if pattern.search(name)), "")
    times, bars = _TIMES.search(low), _BARS.search(low)
    repeats = 1
    if times:
        repeats = 2 if times[3] else int(times[1] or times[2])
    return Tag(
        kind,
        _label(inside, kind),
        max(1, min(repeats, MAX_REPEATS)),
        max(1, min(int(bars[1]), MAX_BARS)) if bars else None,
        rest,
        spoken[1] if spoken else "",
    )


def _label(inside: str, kind: str) -> str:
    """The tag as a heading: "verse 1: Anna" -> "Verse 1", "CHORUS x2" -> "Chorus"."""
    text = re.sub(r"(?i)\brepeat\b", "", _TIMES.sub("", _BARS.sub("", inside.lower().split(":")[0])))
    label = re.sub(r"(?<![\w'’])\w", lambda first: first[0].upper(), " ".join(text.split()).strip(" ,.-"))
    return label or kind.capitalize()
