"""Songs out of LilyPond text: a small reader for engraved songs whose tune, words and chords are named blocks.

Understands relative and absolute pitch in Dutch and English names, durations, dots, ties, slurs, beams, chords,
tuplets, grace notes (passed over), upbeats, keys, meters, `\\lyricmode` with hyphens, and `\\chordmode`. Repeats are
read once, as written. Scheme and layout are passed over. What it cannot follow is Unusable, never guessed.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from songwright.errors import ShelfError
from songwright.io.written import Measure, Tone, Unusable, Written, one_voice
from songwright.train.songs.lilypond_text import (
    DUTCH,
    ENGLISH,
    blocks_of,
    chords_of,
    parts_of,
    syllables_of,
    tempo_of,
    written_length,
)
from songwright.values.time import TICKS_PER_QUARTER, Meter

_WHOLE = 4 * TICKS_PER_QUARTER
_NATURAL = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}
_TOKEN = re.compile(
    r'"(?:[^"\\]|\\.)*"|\\[A-Za-z]+|\\.|#\S+|<<|>>|<|>|\{|\}|\(|\)|\[|\]|~|\||'
    r"[a-grsR](?:isis|eses|is|es|sharp|flat|ss|ff|s|f|x)?[',]*[!?]*(?![A-Za-z])|"
    r"(?:\d+\.*(?:\*\d+(?:/\d+)?)*)|[A-Za-z]+|-[-._>^+|]|[-^_]|\S"
)
_NOTE = re.compile(r"([a-g])(isis|eses|is|es|sharp|flat|ss|ff|s|f|x)?([',]*)[!?]*$")
_GRACE = ("\\grace", "\\appoggiatura", "\\acciaccatura", "\\slashedGrace")
_TAKES_STRING = re.compile(r"\\(sect\w*|tempo\w*|xTextMark|textMark|mark|markup|clef|bar|har|box)$")


@dataclass
class _Stave:
    """A block of notes as read so far. tones: tick, ticks, pitch, free (takes a syllable)."""

    english: bool
    relative: int | None = None
    now: Fraction = Fraction(0)
    length: Fraction = Fraction(1, 4)
    scale: Fraction = Fraction(1)
    tones: list[list] = field(default_factory=list)
    lower: list[tuple[int, int, int]] = field(default_factory=list)
    tie: bool = False
    slurs: int = 0
    beam_rules: bool = False
    beamed: bool = False
    meters: list[tuple[int, Meter]] = field(default_factory=list)
    partials: list[tuple[int, int]] = field(default_factory=list)
    keys: list[tuple[int, int, str]] = field(default_factory=list)
    marks: dict[int, str] = field(default_factory=dict)


def read_lilypond_song(path: str | os.PathLike[str]) -> Written:
    """The song in a LilyPond file, its named parts (verse, refrain) one after another."""
    try:
        text = Path(path).read_text(encoding="utf-8", errors="replace")
    except OSError as problem:
        raise ShelfError(os.fspath(path), f"cannot be read ({problem.strerror})") from None
    return lilypond_song(text, Path(path).stem)


def lilypond_song(text: str, name: str) -> Written:
    """The song in LilyPond text. Unusable where no block of notes has words."""
    text = re.sub(r"%\{.*?%\}", " ", text, flags=re.S)
    text = re.sub(r"%.*", "", text)
    blocks = blocks_of(text)
    english = "english.ly" in text or "lead-sheets.ily" in text or '\\language "english"' in text
    found = [
        _part(blocks, melody, lyrics, chords, english) for melody, lyrics, chords in parts_of(text, blocks)
    ]
    if not found:
        raise Unusable("no block of notes with words")
    title = re.search(r'(?:title|headerTitle)\s*=\s*"((?:[^"\\]|\\.)*)"', text)
    author = re.search(r'(?:composer|headerComposer)\s*=\s*"((?:[^"\\]|\\.)*)"', text)
    return _joined(
        found, title.group(1) if title else name, author.group(1) if author else "", tempo_of(text)
    )


def _part(blocks: dict, melody: str, lyrics: str, chords: str, english: bool) -> tuple:
    stave = _Stave(english)
    head, body = blocks[melody]
    stave.relative = _start(head)
    if stave.relative is None and ("\\relative" in body[:200] or "\\transpose" in head):
        raise Unusable("notes in a form this reader does not follow")
    _music(stave, _TOKEN.findall(body), blocks)
    signs = chords_of(blocks[chords][1], english) if chords else {}
    return stave, syllables_of(blocks[lyrics][1]), signs, _beside(blocks, melody, stave)


def _beside(blocks: dict, melody: str, lead: _Stave) -> list[tuple[int, int, int]]:
    """What sounds under the tune: lower notes of its own stave, and other staves of the same length."""
    sounds = list(lead.lower)
    for name, (head, body) in blocks.items():
        if name == melody or "\\relative" not in head:
            continue
        stave = _Stave(lead.english, relative=_start(head))
        try:
            _music(stave, _TOKEN.findall(body), blocks)
        except (Unusable, ValueError, IndexError):
            continue
        if stave.now == lead.now:
            sounds += [
                (round(tick), round(ticks), pitch) for tick, ticks, pitch, _ in stave.tones
            ] + stave.lower
    return sorted(sounds)


def _start(head: str) -> int | None:
    """The pitch that the first note of a relative block is near; None for absolute pitch."""
    match = re.search(r"\\relative\s*(?:([a-g])(is|es|s|f)?([',]*))?", head)
    if match is None:
        return None
    marks = match.group(3) or ""
    middle = 48 if match.group(1) else 60
    return middle + 12 * (marks.count("'") - marks.count(",")) + _NATURAL[match.group(1) or "c"]


def _pitch(stave: _Stave, sign: str) -> int:
    match = _NOTE.match(sign)
    if match is None:
        raise Unusable(f"cannot read the note {sign!r}")
    letter, alter, octave = match.group(1), match.group(2) or "", match.group(3)
    names = ENGLISH if stave.english else DUTCH
    if alter not in names:
        raise Unusable(f"cannot read the note {sign!r}")
    shift = octave.count("'") - octave.count(",")
    if stave.relative is None:
        return 48 + 12 * shift + _NATURAL[letter] + names[alter]
    # relative: the nearest of that letter, counted in letters, not semitones
    ladder = "cdefgab"
    before = 7 * (stave.relative // 12) + ladder.index(_letter(stave.relative))
    here = 7 * (before // 7) + ladder.index(letter)
    while here - before > 3:
        here -= 7
    while before - here > 3:
        here += 7
    here += 7 * shift
    stave.relative = 12 * (here // 7) + _NATURAL[letter]
    return stave.relative + names[alter]


def _letter(natural: int) -> str:
    return next(letter for letter, step in _NATURAL.items() if step == natural % 12)


def _music(stave: _Stave, tokens: list[str], blocks: dict, depth: int = 0) -> None:
    """Reads tokens of a music block into the stave."""
    if depth > 6:
        raise Unusable("blocks nested too deep")
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if token.startswith("\\"):
            at = _command(stave, tokens, at, blocks, depth)
            continue
        if token == "<<":
            inner, end = _first_voice(tokens, at)
            _music(stave, inner, blocks, depth + 1)
            at = end
            continue
        if token == "<":
            close = tokens.index(">", at)
            first = None
            pitches = []
            for sign in tokens[at + 1 : close]:
                if _NOTE.match(sign):
                    pitches.append(_pitch(stave, sign))
                    first = stave.relative if first is None else first
            stave.relative = first
            at = _timed(stave, tokens, close + 1, pitches)
            continue
        if _NOTE.match(token):
            at = _timed(stave, tokens, at + 1, [_pitch(stave, token)])
            continue
        if re.match(r"[rsR][',]*$", token):
            at = _timed(stave, tokens, at + 1, [])
            continue
        _sign(stave, token)
        at += 1


def _sign(stave: _Stave, token: str) -> None:
    if token == "~":
        stave.tie = True
    elif token == "(":
        stave.slurs = 1
    elif token == ")":
        stave.slurs = 0
    elif token == "[" and stave.beam_rules:
        stave.beamed = True
    elif token == "]":
        stave.beamed = False


def _duration(stave: _Stave, token: str) -> bool:
    """Takes a written length, if the token is one."""
    length = written_length(token)
    if length is not None:
        stave.length = length
    return length is not None


def _timed(stave: _Stave, tokens: list[str], at: int, pitches: list[int]) -> int:
    """Adds a note, chord or rest with the length that follows it; where reading goes on."""
    if at < len(tokens) and _duration(stave, tokens[at]):
        at += 1
    ticks = stave.length * stave.scale * _WHOLE
    if pitches:
        held = stave.slurs or stave.beamed  # these signs stand after the note they open on
        top = max(pitches)
        last = stave.tones[-1] if stave.tones else None
        if stave.tie and last is not None and last[2] == top and last[0] + last[1] == stave.now:
            last[1] += ticks
        else:
            stave.tones.append([stave.now, ticks, top, not held and not stave.tie])
        stave.tie = False
        stave.lower += [(round(stave.now), round(ticks), p) for p in pitches if p != top]
    stave.now += ticks
    return at


def _command(stave: _Stave, tokens: list[str], at: int, blocks: dict, depth: int) -> int:
    """Follows a backslash command; where reading goes on."""
    name = tokens[at]
    follow = tokens[at + 1] if at + 1 < len(tokens) else ""
    if name == "\\time" and (match := re.match(r"(\d+)$", follow)):
        unit = tokens[at + 3]
        stave.meters.append((round(stave.now), Meter(int(match.group(1)), int(unit))))
        return at + 4
    if name == "\\partial":
        keep = stave.length
        _duration(stave, follow)
        stave.partials.append((round(stave.now), round(stave.length * _WHOLE)))
        stave.length = keep
        return at + 2
    if name == "\\key":
        return _key(stave, tokens, at, blocks)
    if name in ("\\tuplet", "\\times"):
        up, down = int(tokens[at + 1]), int(tokens[at + 3])
        inner, end = _braced(tokens, at + 4)
        keep = stave.scale
        stave.scale *= Fraction(down, up) if name == "\\tuplet" else Fraction(up, down)
        _music(stave, inner, blocks, depth + 1)
        stave.scale = keep
        return end
    if name in _GRACE:
        return _passed_over(stave, tokens, at + 1, blocks, depth)
    if name == "\\repeat":
        return at + 3
    if name in ("\\autoBeamOff", "\\autoBeamOn"):
        stave.beam_rules = name == "\\autoBeamOff"
        return at + 1
    if name in ("\\override", "\\set", "\\revert", "\\unset", "\\once", "\\tweak", "\\clef", "\\volta"):
        return _setting(tokens, at)
    if name == "\\markup" and follow == "{":
        return _braced(tokens, at + 1)[1]
    if _TAKES_STRING.match(name):
        return _labelled(stave, tokens, at)
    if name[1:] in blocks and blocks[name[1:]][0] != "pitch" and "\\" not in blocks[name[1:]][0]:
        _music(stave, _TOKEN.findall(blocks[name[1:]][1]), blocks, depth + 1)
    return at + 1


def _setting(tokens: list[str], at: int) -> int:
    """Passes over a setting: everything up to its value, a Scheme expression in brackets included."""
    name, end = tokens[at], at + 1
    if name in ("\\once",):
        return end
    if name in ("\\clef", "\\volta"):
        return end + 1
    limit = min(len(tokens), at + 14)
    while end < limit and not tokens[end].startswith(("#", '"')) and tokens[end] != "=":
        end += 1
    if end < limit and tokens[end] == "=":
        end += 1
    if name in ("\\revert", "\\unset"):
        return min(end, at + 4)
    if end < limit and tokens[end].startswith("#"):
        depth = tokens[end].count("(") - tokens[end].count(")")
        end += 1
        while depth > 0 and end < len(tokens):
            depth += tokens[end].count("(") - tokens[end].count(")")
            end += 1
        return end
    return end + 1


def _labelled(stave: _Stave, tokens: list[str], at: int) -> int:
    """A command with a text: section marks are kept, other texts passed over, with a metronome number."""
    name, end = tokens[at], at + 1
    label = ""
    while end < len(tokens) and tokens[end].startswith('"'):
        label = tokens[end].strip('"')
        end += 1
    if name.startswith("\\sect") and label:
        stave.marks.setdefault(round(stave.now), label)
    if name.startswith("\\tempo"):
        while end < len(tokens) and re.match(r"\d+\.*$|=$", tokens[end]):
            end += 1
    if name in ("\\clef",) and not label:
        end += 1
    return end


def _key(stave: _Stave, tokens: list[str], at: int, blocks: dict) -> int:
    sign, mode = tokens[at + 1], tokens[at + 2] if at + 2 < len(tokens) else ""
    if sign.startswith("\\"):
        sign = blocks.get(sign[1:], ("", ""))[1]
    match = _NOTE.match(sign)
    names = ENGLISH if stave.english else DUTCH
    if match and (match.group(2) or "") in names and mode in ("\\major", "\\minor"):
        fifths = "fcgdaeb".index(match.group(1)) - 1 + 7 * names[match.group(2) or ""]
        minor = mode == "\\minor"
        stave.keys.append((round(stave.now), fifths - (3 if minor else 0), mode[1:]))
    return at + 3


def _passed_over(stave: _Stave, tokens: list[str], at: int, blocks: dict, depth: int) -> int:
    """Grace notes: they move the pitch that the next note is relative to, and take no time."""
    keep = (stave.now, stave.length, list(stave.tones), stave.tie, stave.slurs)
    if at < len(tokens) and tokens[at] == "{":
        inner, end = _braced(tokens, at)
        _music(stave, inner, blocks, depth + 1)
    else:
        end = at + 1
        if at < len(tokens) and _NOTE.match(tokens[at]):
            end = _timed(stave, tokens, at + 1, [_pitch(stave, tokens[at])])
    stave.now, stave.length, stave.tones, stave.tie, stave.slurs = keep
    return end


def _braced(tokens: list[str], at: int) -> tuple[list[str], int]:
    """The tokens inside the braces that open at `at`, and where they end."""
    while at < len(tokens) and tokens[at] != "{":
        at += 1
    depth, end = 0, at
    while end < len(tokens):
        depth += {"{": 1, "}": -1}.get(tokens[end], 0)
        end += 1
        if depth == 0:
            break
    return tokens[at + 1 : end - 1], end


def _first_voice(tokens: list[str], at: int) -> tuple[list[str], int]:
    """Of voices side by side, the first; and where they all end."""
    inner, _ = _braced(tokens, at)
    level, end = 0, at
    while end < len(tokens):
        level += {"<<": 1, ">>": -1}.get(tokens[end], 0)
        end += 1
        if level == 0:
            break
    return inner, end


def _joined(parts: list[tuple], title: str, author: str, bpm: float) -> Written:
    """Parts set one after another, each with its words laid under its notes."""
    tones: list[Tone] = []
    breaks: set[int] = set()
    measures: list[Measure] = []
    signs: dict[int, tuple[str, str, str]] = {}
    marks: dict[int, str] = {}
    offset = 0
    others: list[tuple[int, int, int]] = []
    for number, (stave, words, chords, beside) in enumerate(parts):
        queue = iter(words)
        for tick, ticks, pitch, free in stave.tones:
            text, syllabic, opens = next(queue, ("", "single", False)) if free else ("", "single", False)
            if opens and text:
                breaks.add(len(tones))
            start = round(tick)
            tones.append(Tone(offset + start, round(tick + ticks) - start, pitch, text, syllabic))
        left = sum(1 for text, *_ in queue if text)
        if left > 0.1 * len(words):
            raise Unusable(f"{left} of {len(words)} syllables find no note")
        bars = _measures(stave)
        measures += [Measure(offset + m.tick, m.ticks, m.meter, m.fifths, m.mode) for m in bars]
        others += [(offset + tick, ticks, pitch) for tick, ticks, pitch in beside]
        signs |= {offset + tick: sign for tick, sign in chords.items()}
        if len(parts) > 1:
            marks[offset] = ("Verse", "Refrain")[min(number, 1)]
        marks |= {
            offset + tick: f"Refrain {label}"
            for tick, label in stave.marks.items()
            if number or len(parts) == 1
        }
        offset += sum(m.ticks for m in bars)
    if not any(tone.text for tone in tones):
        raise Unusable("no words under the notes")
    return Written(
        title, author, tuple(measures), one_voice(tones), tuple(others), signs, marks, bpm, frozenset(breaks)
    )


def _measures(stave: _Stave) -> list[Measure]:
    """Bars of a stave, counted from its meters and upbeats."""
    bars: list[Measure] = []
    tick, end = 0, round(stave.now)
    while tick < end:
        meter = next((m for t, m in reversed(stave.meters) if t <= tick), Meter())
        key = next((k for k in reversed(stave.keys) if k[0] <= tick), None)
        short = next((ticks for t, ticks in stave.partials if t == tick), None)
        ticks = min(short or meter.bar_ticks, end - tick)
        bars.append(Measure(tick, ticks, meter, key[1] if key else None, key[2] if key else ""))
        tick += ticks
    return bars
