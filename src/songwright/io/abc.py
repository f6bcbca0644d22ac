"""Songs out of ABC notation (standard 2.1): voices on `V:` lines, words on `w:` lines under the first voice.

Reads what hymn books need: key and meter, lengths, accidentals that hold for the bar, ties, slurs, chords in brackets,
tuplets, broken rhythm, rests, decorations (passed over), chord symbols in quotes, upbeats and bar lines.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

from songwright.errors import ShelfError
from songwright.io.written import Measure, Tone, Unusable, Written, one_voice
from songwright.music.harmony import parse_chord
from songwright.values.time import TICKS_PER_QUARTER, Meter

_WHOLE = 4 * TICKS_PER_QUARTER
_NATURAL = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_SHARPS, _FLATS = "FCGDAEB", "BEADGCF"
_MODES = {"": 0, "maj": 0, "ion": 0, "mix": -1, "dor": -2, "m": -3, "min": -3, "aeo": -3, "phr": -4, "lyd": 1}
_TOKEN = re.compile(
    r'"(?P<chord>[^"]*)"|!(?P<mark>[^!]*)!|\[(?P<field>[A-Za-z]):(?P<value>[^\]]*)\]|\{[^}]*\}'
    r"|(?P<bar>:?\|+[\]:|]*|\[\||::|\|\])|\[(?P<ending>[12])|\((?P<tuplet>[2-9])(?::\d*){0,2}"
    r"|(?P<note>[\^_=]*[A-Ga-g][,']*|[zxZX])(?P<length>\d*/*\d*)|(?P<open>\[)|(?P<close>\])(?P<clength>\d*/*\d*)"
    r"|(?P<tie>-)|(?P<broken>>+|<+)|(?P<other>.)"
)
_TUPLETS = {2: Fraction(3, 2), 3: Fraction(2, 3), 4: Fraction(3, 4), 5: Fraction(2, 5), 6: Fraction(1, 3)}


@dataclass
class _Voice:
    """One voice as read so far. now: ticks; events: (tick, ticks, pitches, tied to next)."""

    now: Fraction = Fraction(0)
    events: list[list] = field(default_factory=list)
    bars: list[Fraction] = field(default_factory=list)
    altered: dict[str, int] = field(default_factory=dict)
    row: list[int] = field(default_factory=list)
    tuplet: tuple[Fraction, int] = (Fraction(1), 0)
    pending: Fraction = Fraction(1)
    opened: list | None = None


@dataclass
class _Tune:
    """The head of the tune and its voices."""

    title: str = ""
    author: str = ""
    meter: Meter = field(default_factory=Meter)
    free: bool = False
    unit: Fraction = Fraction(1, 8)
    fifths: int = 0
    mode: str = ""
    bpm: float = 96.0
    voices: dict[str, _Voice] = field(default_factory=dict)
    signs: dict[int, tuple[str, str, str]] = field(default_factory=dict)
    words: dict[int, tuple[str, str]] = field(default_factory=dict)
    filled: int = 0


def read_abc_song(path: str | os.PathLike[str]) -> Written:
    """The first tune of an ABC file: its first voice with the first verse. Unusable where nothing is sung."""
    return abc_song(_text(path), Path(path).stem)


def read_abc_tune(path: str | os.PathLike[str]) -> Written:
    """The first tune of an ABC file, with or without words. Unusable where it has no notes or no meter."""
    text = _text(path)
    if not re.search(r"(?m)^\s*K:", text):
        raise Unusable("there is no K: line")
    return abc_song(text, Path(path).stem, wordless=True)


def abc_song(text: str, name: str, wordless: bool = False) -> Written:
    """The tune in ABC text; `name` stands in for a missing title. Unusable where nothing is sung (unless wordless)."""
    tune = _Tune()
    current, fresh = "", False
    for line in text.splitlines():
        line = re.sub(r"(?<!\\)%.*", "", line).strip()
        if re.match(r"w:", line):
            if fresh and current == next(iter(tune.voices), None):
                _words(tune, line[2:])
                fresh = False
        elif re.match(r"[A-Za-z]:", line):
            current = _head(tune, line[0], line[2:].strip()) or current
        elif line:
            match = re.match(r"\[V:\s*(\S+)\s*\]", line)
            current = match.group(1) if match else current
            voice = tune.voices.setdefault(current, _Voice())
            voice.row = []
            _music(tune, voice, line[match.end() :] if match else line, current)
            fresh = True
    if tune.free:
        raise Unusable("no meter (free time)")
    if not any(voice.events for voice in tune.voices.values()):
        raise Unusable("no notes")
    if not tune.words and not wordless:
        raise Unusable("no words under the notes")
    return _written(tune, name)


def _text(path: str | os.PathLike[str]) -> str:
    try:
        data = Path(path).read_bytes()
    except OSError as problem:
        raise ShelfError(os.fspath(path), f"cannot be read ({problem.strerror})") from None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _head(tune: _Tune, letter: str, value: str) -> str:
    """Takes a field of the head; the voice it switches to, if it does."""
    if letter == "T" and not tune.title:
        tune.title = value
    elif letter == "C" and "usic" in value[:6]:
        tune.author = value.split(":", 1)[-1].strip()
    elif letter == "M":
        _meter(tune, value)
    elif letter == "L" and re.fullmatch(r"\d+/\d+", value):
        tune.unit = Fraction(value)
    elif letter == "K":
        _key(tune, value)
    elif letter == "Q":
        _tempo(tune, value)
    elif letter == "V":
        name = value.split()[0]
        tune.voices.setdefault(name, _Voice())
        return name
    return ""


def _meter(tune: _Tune, value: str) -> None:
    value = value.strip()
    sign = {"C": "4/4", "C|": "2/2"}.get(value, value)
    if match := re.match(r"(\d+)/(\d+)$", sign):
        tune.meter = Meter(int(match.group(1)), int(match.group(2)))
    else:
        tune.free = True


def _key(tune: _Tune, value: str) -> None:
    match = re.match(r"([A-G])([#b]?)\s*([A-Za-z]*)", value)
    if match:
        letter, sign, mode = match.group(1), match.group(2), match.group(3).lower()
        short = "m" if mode in ("m", "minor") else mode[:3]
        steps = _MODES.get(short if short in _MODES else "", 0)
        tune.fifths = "FCGDAEB".index(letter) - 1 + 7 * ((sign == "#") - (sign == "b")) + steps
        told = {-3: "minor", -2: "dorian", -1: "mixolydian"}.get(steps, "major")
        tune.mode = told if mode else ""  # "K: F" often means the signature alone


def _tempo(tune: _Tune, value: str) -> None:
    if match := re.search(r"(\d+)/(\d+)\s*=\s*(\d+)", value):
        beat = Fraction(int(match.group(1)), int(match.group(2)))
        tune.bpm = float(beat * 4 * int(match.group(3)))


def _music(tune: _Tune, voice: _Voice, line: str, name: str) -> None:
    """Reads one line of notes into a voice."""
    leads = name == next(iter(tune.voices))
    for match in _TOKEN.finditer(line):
        kind = match.lastgroup
        if match.group("note") is not None:
            _note(tune, voice, match.group("note"), match.group("length"))
        elif match.group("field") and match.group("field") in "MKQL":
            _head(tune, match.group("field"), match.group("value").strip())
        elif match.group("bar"):
            voice.bars.append(voice.now)
            voice.altered.clear()
        elif match.group("tuplet"):
            count = int(match.group("tuplet"))
            voice.tuplet = (_TUPLETS.get(count, Fraction(1)), count)
        elif kind == "open":
            voice.opened = []
        elif match.group("close") is not None and voice.opened is not None:
            pitches = voice.opened
            voice.opened = None
            if pitches:
                _sound(tune, voice, [p for p, _ in pitches], pitches[0][1] * _length(match.group("clength")))
        elif match.group("tie") and voice.events:
            voice.events[-1][3] = True
        elif match.group("broken") and voice.events:
            _break(voice, match.group("broken"))
        elif match.group("chord") and leads:
            _chord(tune, voice, match.group("chord"))


def _break(voice: _Voice, sign: str) -> None:
    """Broken rhythm: a > b lengthens the note before and shortens the next."""
    short = Fraction(1, 2 ** len(sign))
    here, voice.pending = (2 - short, short) if sign[0] == ">" else (short, 2 - short)
    last = voice.events[-1]
    voice.now += last[1] * (here - 1)
    last[1] *= here


def _chord(tune: _Tune, voice: _Voice, text: str) -> None:
    try:
        chord = parse_chord(text)
    except ValueError:
        return
    tune.signs[round(voice.now)] = (chord.root_name, chord.quality, chord.bass_name or chord.root_name)


def _length(text: str) -> Fraction:
    """An ABC length as a multiple of the unit: "" 1, "3" 3, "/" 1/2, "3/2", "//" 1/4."""
    match = re.fullmatch(r"(\d*)(/*)(\d*)", text)
    if match is None:
        return Fraction(1)
    up, strokes, down = match.groups()
    bottom = int(down) if down else 2 ** len(strokes)
    return Fraction(int(up or 1), (bottom if strokes else 1) or 1)


def _note(tune: _Tune, voice: _Voice, sign: str, length: str) -> None:
    if sign in ("Z", "X"):
        voice.now += tune.meter.bar_ticks * (int(length) if length.isdigit() else 1)
        return
    if sign in ("z", "x"):
        _sound(tune, voice, [], _length(length))
        return
    pitch = _pitch(tune, voice, sign)
    if voice.opened is not None:
        voice.opened.append((pitch, _length(length)))
        return
    _sound(tune, voice, [pitch], _length(length))


def _sound(tune: _Tune, voice: _Voice, pitches: list[int], length: Fraction) -> None:
    """Adds a note, chord or rest of a length in units."""
    ticks = length * tune.unit * _WHOLE * voice.pending
    voice.pending = Fraction(1)
    factor, left = voice.tuplet
    if left:
        ticks *= factor
        voice.tuplet = (factor, left - 1)
    if pitches:
        voice.row.append(len(voice.events))
        voice.events.append([voice.now, ticks, pitches, False])
    voice.now += ticks


def _pitch(tune: _Tune, voice: _Voice, sign: str) -> int:
    accidentals = re.match(r"[\^_=]*", sign).group()
    letter = sign[len(accidentals)]
    marks = sign[len(accidentals) + 1 :]
    octave = (5 if letter.islower() else 4) + marks.count("'") - marks.count(",")
    place = f"{letter.upper()}{octave}"
    if accidentals:
        voice.altered[place] = accidentals.count("^") - accidentals.count("_")
    alter = voice.altered.get(place, _signature(tune.fifths, letter.upper()))
    return 12 * (octave + 1) + _NATURAL[letter.upper()] + alter


def _signature(fifths: int, letter: str) -> int:
    if fifths > 0:
        return int(letter in _SHARPS[:fifths])
    return -int(letter in _FLATS[: -fifths or 0]) if fifths < 0 else 0


def _words(tune: _Tune, text: str) -> None:
    """Lays one line of words under the notes of the line of music just read."""
    voice = next(iter(tune.voices.values()))
    row, inside, at = voice.row, False, 0
    text = re.sub(r"^\s*\d+\.\s*~?", "", text).replace("\\-", "\u2011")
    if tune.words:
        inside = tune.words[max(tune.words)][1] in ("begin", "middle")
    for piece in re.findall(r"\*|_|\||[^\s*_|-]+-?|-", text):
        if piece == "|":
            start = next((b for b in voice.bars if at < len(row) and b > voice.events[row[at]][0]), None)
            at = next((i for i in range(at, len(row)) if start and voice.events[row[i]][0] >= start), at)
            continue
        if at >= len(row):
            break
        if piece not in "*_-":
            goes_on = piece.endswith("-")
            kind = ("middle" if goes_on else "end") if inside else ("begin" if goes_on else "single")
            word = piece.rstrip("-").replace("~", " ").replace("\u2011", "-").strip()
            tune.words[row[at]] = (word, kind)
            inside = goes_on
        at += 1


def _written(tune: _Tune, name: str) -> Written:
    """The tune as a song: ties joined, bars from the lead's bar lines."""
    lead, *rest = tune.voices.values()
    tones: list[Tone] = []
    tied = False
    for index, (tick, ticks, pitches, goes_on) in enumerate(lead.events):
        text, syllabic = tune.words.get(index, ("", "single"))
        start, end = round(tick), round(tick + ticks)
        if tied and tones and tones[-1].pitch == max(pitches) and tones[-1].end == start and not text:
            before = tones[-1]
            tones[-1] = Tone(before.tick, end - before.tick, before.pitch, before.text, before.syllabic)
        else:
            tones.append(Tone(start, end - start, max(pitches), text, syllabic))
        tied = goes_on
    others = [
        (round(tick), round(ticks), pitch)
        for voice in rest
        for tick, ticks, pitches, _ in voice.events
        for pitch in pitches
    ]
    lines = sorted({0, *(round(b) for b in lead.bars), round(lead.now)})
    bars = [Measure(a, b - a, tune.meter, tune.fifths, tune.mode) for a, b in pairwise(lines)]
    return Written(
        tune.title or name, tune.author, tuple(bars), one_voice(tones), tuple(sorted(others)),
        dict(tune.signs), bpm=tune.bpm,
    )  # fmt: skip
