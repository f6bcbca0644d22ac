"""Read any MusicXML: parts, syllables, chords, tempo and sections, as a score.

Understands partwise files (.musicxml, .xml) and compressed ones (.mxl). Repeats are played out, each pass with its own
verse where there is one. A part with lyrics becomes a sung part of one voice: ties joined, grace notes sung, the top
notes of chords; marks over its notes and dynamics are kept. What is left out or understood otherwise is told.
"""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from xml.etree import ElementTree as ET

from songwright.errors import ShelfError, why
from songwright.io.musicxml_repeats import has_jumps, unfolded
from songwright.io.musicxml_write import KIND_TO_QUALITY
from songwright.io.score_names import DRUM_CHAIR, band_chair, meter_from, sections_from, sung_chair
from songwright.music.pitch import key_on, pitch_class
from songwright.values.plan import Key
from songwright.values.score import Chord, Note, Part, Score
from songwright.values.time import TICKS_PER_QUARTER, Meter, TempoChange, TempoMap
from songwright.values.words import Syllable

_MAX_BYTES = 64 * 2**20
# MusicXML's marks -> ours; dynamics -> how strongly a note is meant.
_MARKS = {
    "staccato": "staccato", "staccatissimo": "staccato", "spiccato": "staccato", "tenuto": "tenuto", "accent": "accent",
    "strong-accent": "marcato", "detached-legato": "tenuto", "breath-mark": "breath", "caesura": "breath",
}  # fmt: skip
_DYNAMICS = {
    "ppp": 0.3, "pp": 0.4, "p": 0.5, "mp": 0.6, "mf": 0.7, "f": 0.8, "ff": 0.9, "fff": 1.0,
}  # fmt: skip
_USUAL_LEVEL = 0.7
_HELD_TEXTS = frozenset("_-–—~+")  # a syllable written so goes on with the one before
_GRACE_TICKS = 60
_STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}


def read_musicxml(path: str | os.PathLike[str], tell: Callable[[str], None] = lambda _: None) -> Score:
    """Read a MusicXML file; syllables carry text only. ShelfError if it is missing, damaged or empty.

    tell: hears a sentence for whatever is left out or understood otherwise.
    """
    item = os.fspath(path)
    root = musicxml_root(path)
    try:
        return _score_of(root, item, tell)
    except (ValueError, KeyError, AttributeError, TypeError, ArithmeticError) as problem:
        raise ShelfError(item, f"holds something MusicXML does not allow ({problem})") from None


def musicxml_root(path: str | os.PathLike[str]) -> ET.Element:
    """The partwise score element of a MusicXML file, plain or zipped. ShelfError where there is none."""
    item = os.fspath(path)
    try:
        root = ET.fromstring(_xml_bytes(Path(path), item))
    except ET.ParseError as problem:
        raise ShelfError(item, f"is not readable MusicXML ({problem})") from None
    if root.tag == "score-timewise":
        raise ShelfError(item, "is a timewise MusicXML file; save it as partwise and try again")
    if root.tag != "score-partwise":
        raise ShelfError(item, f"is not MusicXML (its root is <{root.tag}>)")
    return root


def _xml_bytes(path: Path, item: str) -> bytes:
    """The XML of a file, out of its zip where it is compressed."""
    try:
        if not zipfile.is_zipfile(path):
            if path.stat().st_size > _MAX_BYTES:
                raise ShelfError(item, "is larger than 64 MiB; that is no score")
            return path.read_bytes()
        with zipfile.ZipFile(path) as archive:
            names = [
                n for n in archive.namelist() if n.endswith((".xml", ".musicxml")) and "META-INF" not in n
            ]
            if not names:
                raise ShelfError(item, "holds no score")
            if archive.getinfo(names[0]).file_size > _MAX_BYTES:
                raise ShelfError(item, "unpacks to more than 64 MiB; that is no score")
            return archive.read(names[0])
    except FileNotFoundError:
        raise ShelfError(item, "there is no such file") from None
    except (OSError, zipfile.BadZipFile) as problem:
        raise ShelfError(item, f"cannot be read ({why(problem)})") from None


@dataclass
class _Raw:
    """A note as it stands in the file, before ties are joined."""

    tick: int
    ticks: int
    pitch: int
    voice: str
    syllable: str | None
    syllabic: str
    tied_from: bool
    marks: tuple[str, ...] = ()
    level: float = _USUAL_LEVEL
    graces: tuple[tuple[int, bool], ...] = ()  # pitch, and whether it is a short one
    verses: int = 0
    turn: int = 1  # which pass through a repeat


@dataclass
class _Reading:
    """What was gathered from all parts so far."""

    meter: Meter | None = None
    key: Key | None = None
    tempi: dict[int, float] = field(default_factory=dict)
    marks: dict[int, str] = field(default_factory=dict)
    chords: dict[int, tuple[str, str, str]] = field(default_factory=dict)
    length: int = 0


def _score_of(root: ET.Element, item: str, tell: Callable[[str], None]) -> Score:
    reading = _Reading()
    order = unfolded(root.findall("part"))
    if len({bar for bar, _ in order}) < len(order):
        tell("Repeats are played out.")
    if has_jumps(root):
        tell("Jumps (da capo, dal segno, coda) are not followed.")
    described = {part.get("id"): part for part in root.iterfind("part-list/score-part")}
    parts = []
    for index, element in enumerate(root.iterfind("part")):
        entry = described.get(element.get("id"))
        notes, is_drums = _read_part(element, order, reading, _drum_sounds(entry))
        if notes:
            parts.append(_part(f"part-{index + 1}", entry, notes, is_drums, tell))
    if not parts:
        raise ShelfError(item, "has no notes")
    meter = reading.meter or Meter()
    length = -(-reading.length // meter.bar_ticks) * meter.bar_ticks
    title = root.findtext("work/work-title") or root.findtext("movement-title") or Path(item).stem
    reading.tempi.setdefault(0, min(reading.tempi.items())[1] if reading.tempi else 96.0)
    tempo_map = TempoMap(tuple(TempoChange(tick, bpm) for tick, bpm in sorted(reading.tempi.items())))
    sections = sections_from(reading.marks, length)
    chords = _chords(reading.chords, length)
    return Score(
        title.strip(), reading.key or Key("C"), meter, tempo_map, sections, chords, (), tuple(parts), length
    )


def _drum_sounds(entry: ET.Element | None) -> dict[str, int]:
    """Instrument id -> General MIDI drum, where the part list tells it (MusicXML counts drums from 1)."""
    sounds = {}
    for midi in entry.iterfind("midi-instrument") if entry is not None else ():
        drum = midi.findtext("midi-unpitched") or ""
        if drum.strip().isdecimal():
            sounds[midi.get("id") or ""] = max(0, min(127, int(drum) - 1))
    return sounds


@dataclass
class _Hand:
    """Where the reading of one part stands."""

    divisions: float = 1.0
    transpose: int = 0
    level: float = _USUAL_LEVEL
    graces: list[tuple[int, bool]] = field(default_factory=list)
    slurs: set[tuple[str, str]] = field(default_factory=set)


def _read_part(
    element: ET.Element, order: list[tuple[int, int]], reading: _Reading, drums: dict[str, int]
) -> tuple[list[_Raw], bool]:
    """All notes of a part as they sound, and whether it is a drum part. order: bars, and pass through each."""
    notes: list[_Raw] = []
    measures = element.findall("measure")
    hand, bar_start, is_drums = _Hand(), 0, False
    known: dict[int, tuple[float, int]] = {}  # what held at the beginning of each bar
    for bar, turn in order:
        if bar >= len(measures):
            continue
        hand.divisions, hand.transpose = known.setdefault(bar, (hand.divisions, hand.transpose))
        now = farthest = onset = bar_start
        for child in measures[bar]:
            ticks = round(float(child.findtext("duration") or 0) * TICKS_PER_QUARTER / hand.divisions)
            if child.tag == "attributes":
                hand.divisions = _number(child.findtext("divisions"), hand.divisions)
                hand.transpose = _transposition(child, hand.transpose)
                _read_attributes(child, reading)
            elif child.tag == "backup":
                now = max(bar_start, now - ticks)
            elif child.tag == "forward":
                now += ticks
            elif child.tag == "note" and child.find("cue") is None:
                if child.find("grace") is not None:
                    _read_grace(child, hand)
                    continue
                if child.find("chord") is None:
                    onset, now = now, now + ticks
                is_drums |= child.find("unpitched") is not None
                if ticks > 0 and child.find("rest") is None:
                    notes.append(_raw(child, onset, ticks, turn, hand, drums))
            elif child.tag in ("direction", "harmony", "sound"):
                offset = round(float(child.findtext("offset") or 0) * TICKS_PER_QUARTER / hand.divisions)
                hand.level = _dynamics(child, hand.level)
                _read_sign(child, max(0, now + offset), reading)
            farthest = max(farthest, now)
        bar_start = farthest
    reading.length = max(reading.length, bar_start)
    return notes, is_drums


def _read_grace(element: ET.Element, hand: _Hand) -> None:
    """Remember a grace note for the note it belongs to."""
    pitch, grace = element.find("pitch"), element.find("grace")
    if pitch is not None and grace is not None and element.find("chord") is None:
        hand.graces.append((_midi(pitch, hand.transpose), grace.get("slash") == "yes"))


def _dynamics(direction: ET.Element, before: float) -> float:
    """How strongly notes are meant from here on."""
    signs = [sign.tag for sign in direction.iterfind("direction-type/dynamics/*")]
    return next((_DYNAMICS[sign] for sign in signs if sign in _DYNAMICS), before)


def _number(text: str | None, otherwise: float) -> float:
    """A positive number, or what holds where none is written or readable."""
    try:
        value = float(text or "")
    except ValueError:
        return otherwise
    return value if 0 < value < float("inf") else otherwise


def _transposition(attributes: ET.Element, before: int) -> int:
    """Semitones from written to sounding pitch."""
    element = attributes.find("transpose")
    if element is None:
        return before
    octaves = int(element.findtext("octave-change") or 0)
    return round(float(element.findtext("chromatic") or 0)) + 12 * octaves


def _read_attributes(attributes: ET.Element, reading: _Reading) -> None:
    time, key = attributes.find("time"), attributes.find("key")
    if time is not None and reading.meter is None and time.findtext("beats"):
        beats = sum(int(n) for n in (time.findtext("beats") or "4").split("+"))
        reading.meter = meter_from(beats, int(time.findtext("beat-type") or 4))
    if key is not None and reading.key is None and key.findtext("fifths"):
        mode = key.findtext("mode") or "major"
        known = mode if mode in ("major", "minor", "dorian", "mixolydian") else "major"
        reading.key = _key(int(key.findtext("fifths") or 0), known)


def _key(signature: int, mode: str) -> Key:
    """The key of a mode whose signature has so many sharps (flats negative)."""
    offset = {"major": 0, "mixolydian": -1, "dorian": -2, "minor": -3}[mode]
    return key_on(7 * (signature - offset) % 12, mode)


def _raw(element: ET.Element, onset: int, ticks: int, turn: int, hand: _Hand, drums: dict[str, int]) -> _Raw:
    pitch = element.find("pitch")
    if pitch is not None:
        midi = _midi(pitch, hand.transpose)
    else:
        instrument = element.find("instrument")
        sound = instrument.get("id") if instrument is not None else None
        midi = drums.get(sound or "", 38)  # a snare where nothing says which drum
    verses = {_verse(lyric): lyric for lyric in reversed(element.findall("lyric"))}
    lyric = verses.get(turn, verses.get(1))
    text, syllabic = None, "single"
    if lyric is not None and lyric.find("text") is not None:
        text = "".join(t.text or "" for t in lyric.iterfind("text")).strip() or None
        syllabic = lyric.findtext("syllabic") or "single"
        if text in _HELD_TEXTS:
            text, syllabic = None, "single"
    voice = element.findtext("voice") or "1"
    graces, hand.graces = tuple(hand.graces), []
    return _Raw(
        onset,
        ticks,
        midi,
        voice,
        text,
        syllabic,
        any(tie.get("type") == "stop" for tie in element.iterfind("tie")),
        _marks(element, voice, hand),
        hand.level,
        graces,
        max(verses, default=0),
        turn,
    )


def _midi(pitch: ET.Element, transpose: int) -> int:
    """The sounding pitch, MIDI 0..127."""
    step = _STEPS[(pitch.findtext("step") or "C").strip()]
    alter = round(float(pitch.findtext("alter") or 0))
    return max(0, min(127, 12 * (int(pitch.findtext("octave") or 4) + 1) + step + alter + transpose))


def _verse(lyric: ET.Element) -> int:
    """The number of a verse: "2", "verse2", "part1verse2"; 1 where none can be read."""
    digits = (lyric.get("number") or "1").rpartition("verse")[2]
    return int(digits) if digits.isdecimal() else 1


def _marks(element: ET.Element, voice: str, hand: _Hand) -> tuple[str, ...]:
    """The marks over a note; "legato" while a slur goes on after it."""
    found = [_MARKS[mark.tag] for mark in element.iterfind("notations/articulations/*") if mark.tag in _MARKS]
    slurs = [
        (slur.get("type"), (voice, slur.get("number") or "1")) for slur in element.iterfind("notations/slur")
    ]
    hand.slurs -= {key for kind, key in slurs if kind == "stop"}
    hand.slurs |= {key for kind, key in slurs if kind == "start"}
    if any(key[0] == voice for key in hand.slurs):
        found.append("legato")
    return tuple(dict.fromkeys(found))


def _read_sign(element: ET.Element, tick: int, reading: _Reading) -> None:
    """Tempo, rehearsal mark or chord symbol."""
    sound = element if element.tag == "sound" else element.find("sound")
    if sound is not None and (tempo := _number(sound.get("tempo"), 0.0)):
        reading.tempi.setdefault(tick, tempo)
    elif (per_minute := element.findtext("direction-type/metronome/per-minute")) is not None:
        unit = {"half": 2.0, "eighth": 0.5}.get(
            element.findtext("direction-type/metronome/beat-unit") or "", 1.0
        )
        dotted = 1.5 if element.find("direction-type/metronome/beat-unit-dot") is not None else 1.0
        digits = "".join(c for c in per_minute if c.isdigit() or c == ".")
        if rate := _number(digits, 0.0):
            reading.tempi.setdefault(tick, rate * unit * dotted)
    mark = element.findtext("direction-type/rehearsal")
    if mark and mark.strip():
        reading.marks.setdefault(tick, mark.strip())
    if element.tag == "harmony" and (root := _name(element, "root")):
        kind = element.findtext("kind") or "major"
        quality = KIND_TO_QUALITY.get(
            kind, "min" if "minor" in kind else "7" if "dominant" in kind else "maj"
        )
        reading.chords.setdefault(tick, (root, quality, _name(element, "bass") or root))


def _name(harmony: ET.Element, what: str) -> str:
    """The note a chord symbol names, "" where it names none."""
    step = (harmony.findtext(f"{what}/{what}-step") or "").strip()
    alter = round(float(harmony.findtext(f"{what}/{what}-alter") or 0))
    return step + ("#" * alter if alter > 0 else "b" * -alter) if step in _STEPS and abs(alter) <= 2 else ""


def _chords(signs: dict[int, tuple[str, str, str]], length: int) -> tuple[Chord, ...]:
    starts = sorted(tick for tick in signs if tick < length)
    chords: list[Chord] = []
    for start, end in zip(starts, [*starts[1:], length][: len(starts)], strict=True):
        root, quality, bass = signs[start]
        first = 0 if not chords else start  # the first chord also covers what stands before it
        chords.append(Chord(first, end - first, pitch_class(root), quality, pitch_class(bass), root, bass))
    return tuple(chords)


def _part(
    part_id: str, entry: ET.Element | None, raw: list[_Raw], is_drums: bool, tell: Callable[[str], None]
) -> Part:
    name = (entry.findtext("part-name") if entry is not None else "") or part_id
    if any(note.syllable for note in raw) and not is_drums:
        sung = _sung(part_id, _one_voice(raw, name, tell), lambda said: tell(f"{name}: {said}"))
        return Part(part_id, name, *sung_chair(name), sung)
    written = entry.findtext("midi-instrument/midi-program") if entry is not None else None
    program = min(127, int(_number(written, 1.0)) - 1)
    role, instrument = DRUM_CHAIR if is_drums else band_chair(program)
    notes = tuple(_joined(part_id, raw))
    return Part(part_id, name, role, instrument, part_id, notes)


def _one_voice(raw: list[_Raw], name: str, tell: Callable[[str], None]) -> list[_Raw]:
    """The notes of the voice that is sung: the highest of those with (nearly) the most words."""
    voices: dict[str, list[_Raw]] = {}
    for note in raw:
        voices.setdefault(note.voice, []).append(note)
    words = {voice: sum(note.syllable is not None for note in notes) for voice, notes in voices.items()}
    most = [voice for voice in voices if words[voice] >= 0.8 * max(words.values())]
    singing = max(most, key=lambda voice: sum(note.pitch for note in voices[voice]) / len(voices[voice]))
    if len(voices) > 1:
        upper = "the upper one with words" if len(most) > 1 else "the one with the words"
        tell(f"{name}: {len(voices)} voices on one staff; {upper} is sung.")
    return voices[singing]


def _joined(part_id: str, raw: list[_Raw]) -> list[Note]:
    """Notes with ties joined, by time and pitch."""
    sounding: dict[int, int] = {}
    kept: list[_Raw] = []
    for note in sorted(raw, key=lambda n: (n.tick, n.pitch)):
        before = kept[sounding[note.pitch]] if note.pitch in sounding else None
        if note.tied_from and before is not None and before.tick + before.ticks == note.tick:
            before.ticks += note.ticks
            continue
        sounding[note.pitch] = len(kept)
        kept.append(note)
    return [
        Note(
            f"{part_id}/{i}",
            n.tick,
            n.ticks,
            n.pitch,
            articulation="staccato" if "staccato" in n.marks else "",
        )
        for i, n in enumerate(kept)
    ]


def _sung(part_id: str, raw: list[_Raw], tell: Callable[[str], None]) -> tuple[Note, ...]:
    """One sung line: the highest of notes that start together, ties joined, no overlap, grace notes in their place."""
    top: dict[int, _Raw] = {}
    for note in raw:
        old = top.get(note.tick)
        if old is None or note.pitch > old.pitch:
            if old is not None and note.syllable is None:
                note.syllable, note.syllabic = old.syllable, old.syllabic
            top[note.tick] = note
    if len(top) < len(raw):
        tell("of chords the top note is sung.")
    verses, turns = max(note.verses for note in raw), max(note.turn for note in raw)
    if verses > turns:
        tell(
            f"{verses} verses stand under the same notes; {'the first is' if turns == 1 else f'{turns} are'} sung."
        )
    line: list[_Raw] = []
    for note in (top[tick] for tick in sorted(top)):
        before = line[-1] if line else None
        if (
            note.tied_from
            and before is not None
            and before.pitch == note.pitch
            and before.tick + before.ticks == note.tick
        ):
            before.ticks += note.ticks
            before.marks += tuple(
                mark for mark in note.marks if mark == "breath"
            )  # stands where the note ends
            continue
        if before is not None:
            before.ticks = min(before.ticks, note.tick - before.tick)
        line.append(note)
    return tuple(
        Note(
            f"{part_id}/{i}", n.tick, n.ticks, n.pitch, n.level,
            syllable=Syllable(n.syllable, ()) if n.syllable else None,
            syllabic=n.syllabic if n.syllable else "single",
            articulation=" ".join(n.marks),
        )
        for i, n in enumerate(piece for note in line for piece in _graced(note))
    )  # fmt: skip


def _graced(note: _Raw) -> list[_Raw]:
    """A note with its grace notes before it, which take their time from it and carry its syllable."""
    out: list[_Raw] = []
    rest, tick = note.ticks, note.tick
    for pitch, short in note.graces:
        length = min(_GRACE_TICKS, rest // 4) if short or len(note.graces) > 1 else rest // 2
        if length > 0:
            out.append(replace(note, tick=tick, ticks=length, pitch=pitch, marks=("legato",)))
            tick, rest = tick + length, rest - length
    out.append(replace(note, tick=tick, ticks=rest))
    for later in out[1:]:
        later.syllable, later.syllabic = None, "single"
    return out
