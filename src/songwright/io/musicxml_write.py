"""MusicXML 4.0: the score as notation programs read it, with syllables, chords and sections.

Written after the MusicXML 4.0 schema (W3C Music Notation Community Group, 2021); divisions are ticks.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

from songwright.music.harmony import spell_over
from songwright.music.instruments import INSTRUMENTS
from songwright.music.pitch import accidental, fifths, octave, spell
from songwright.values.score import Chord, Note, Part, Score
from songwright.values.time import TICKS_PER_QUARTER

_TYPES = {1920: "whole", 960: "half", 480: "quarter", 240: "eighth", 120: "16th", 60: "32nd", 30: "64th"}
_DOTTED = [ticks * 3 // 2 for ticks in _TYPES if ticks > 30]
_TRIPLET = [ticks * 2 // 3 for ticks in _TYPES]
_HEADS = sorted([*_TYPES, *_DOTTED, *_TRIPLET], reverse=True)
_KINDS = {
    "maj": "major", "min": "minor", "dim": "diminished", "aug": "augmented", "7": "dominant",
    "maj7": "major-seventh", "min7": "minor-seventh", "sus4": "suspended-fourth", "sus2": "suspended-second",
    "6": "major-sixth", "min6": "minor-sixth", "m7b5": "half-diminished", "9": "dominant-ninth",
    "dim7": "diminished-seventh", "5": "power", "add9": "major",
}  # fmt: skip
KIND_TO_QUALITY = {kind: quality for quality, kind in _KINDS.items() if quality != "add9"}
_PREAMBLE = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN" '
    '"http://www.musicxml.org/dtds/partwise.dtd">\n'
)


def write_musicxml(score: Score, path: str | os.PathLike[str], creator: str = "songwright") -> None:
    """Write the score as an uncompressed MusicXML file."""
    Path(path).write_text(musicxml(score, creator), encoding="utf-8")


def musicxml(score: Score, creator: str = "songwright") -> str:
    """The score as MusicXML text: parts with ties, lyrics, chord symbols and rehearsal marks."""
    root = ET.Element("score-partwise", version="4.0")
    ET.SubElement(ET.SubElement(root, "work"), "work-title").text = score.title
    identification = ET.SubElement(root, "identification")
    ET.SubElement(identification, "creator", type="composer").text = creator
    ET.SubElement(ET.SubElement(identification, "encoding"), "software").text = "songwright"
    part_list = ET.SubElement(root, "part-list")
    for number, part in enumerate(score.parts, start=1):
        _describe(part_list, part, number)
    for number, part in enumerate(score.parts, start=1):
        element = ET.SubElement(root, "part", id=f"P{number}")
        _write_part(element, part, score, leads=number == 1)
    ET.indent(root)
    return _PREAMBLE + ET.tostring(root, encoding="unicode") + "\n"


def _describe(part_list: ET.Element, part: Part, number: int) -> None:
    """The part's name and its sounds."""
    entry = ET.SubElement(part_list, "score-part", id=f"P{number}")
    ET.SubElement(entry, "part-name").text = part.name
    drums = sorted({note.pitch for note in part.notes}) if part.role == "drums" else [None]
    for drum in drums:
        instrument = ET.SubElement(entry, "score-instrument", id=_instrument_id(number, drum))
        ET.SubElement(instrument, "instrument-name").text = part.name if drum is None else f"Drum {drum}"
    channel = 10 if part.role == "drums" else [c for c in range(1, 17) if c != 10][(number - 1) % 15]
    for drum in drums:
        midi = ET.SubElement(entry, "midi-instrument", id=_instrument_id(number, drum))
        ET.SubElement(midi, "midi-channel").text = str(channel)
        ET.SubElement(midi, "midi-program").text = str(INSTRUMENTS[part.instrument].program + 1)
        if drum is not None:
            ET.SubElement(midi, "midi-unpitched").text = str(drum + 1)


def _instrument_id(number: int, drum: int | None) -> str:
    return f"P{number}-I{1 if drum is None else drum}"


def _write_part(element: ET.Element, part: Part, score: Score, leads: bool) -> None:
    bar_ticks = score.meter.bar_ticks
    pieces = _pieces_by_bar(part, bar_ticks)
    melismas = _melisma_starts(part)
    number = int(element.get("id", "P1")[1:])
    for bar in range(-(-score.length_ticks // bar_ticks)):
        measure = ET.SubElement(element, "measure", number=str(bar + 1))
        if bar == 0:
            _attributes(measure, part, score)
        if leads:
            _directions(measure, score, bar * bar_ticks, bar_ticks)
        voices = pieces.get(bar) or [[]]
        for index, voice in enumerate(voices, start=1):
            if index > 1:
                ET.SubElement(ET.SubElement(measure, "backup"), "duration").text = str(bar_ticks)
            _write_voice(measure, voice, index, bar * bar_ticks, bar_ticks, score, part, number, melismas)


def _attributes(measure: ET.Element, part: Part, score: Score) -> None:
    attributes = ET.SubElement(measure, "attributes")
    ET.SubElement(attributes, "divisions").text = str(TICKS_PER_QUARTER)
    key = ET.SubElement(attributes, "key")
    ET.SubElement(key, "fifths").text = str(fifths(score.key))
    ET.SubElement(key, "mode").text = score.key.mode
    time = ET.SubElement(attributes, "time")
    ET.SubElement(time, "beats").text = str(score.meter.beats)
    ET.SubElement(time, "beat-type").text = str(score.meter.unit)
    clef = ET.SubElement(attributes, "clef")
    pitches = sorted(note.pitch for note in part.notes) or [60]
    if part.role == "drums":
        ET.SubElement(clef, "sign").text = "percussion"
    else:
        low = pitches[len(pitches) // 2] < 57
        ET.SubElement(clef, "sign").text = "F" if low else "G"
        ET.SubElement(clef, "line").text = "4" if low else "2"


def _directions(measure: ET.Element, score: Score, start: int, length: int) -> None:
    """Rehearsal marks, tempo and chord symbols of this bar, each with its offset."""
    for section in score.sections:
        if start <= section.start_tick < start + length:
            direction = ET.SubElement(measure, "direction", placement="above")
            ET.SubElement(ET.SubElement(direction, "direction-type"), "rehearsal").text = section.label
            _offset(direction, section.start_tick - start)
    for change in score.tempo_map.changes:
        if start <= change.tick < start + length:
            direction = ET.SubElement(measure, "direction", placement="above")
            metronome = ET.SubElement(ET.SubElement(direction, "direction-type"), "metronome")
            ET.SubElement(metronome, "beat-unit").text = "quarter"
            ET.SubElement(metronome, "per-minute").text = f"{change.bpm:.6g}"
            _offset(direction, change.tick - start)
            ET.SubElement(direction, "sound", tempo=repr(change.bpm))
    for chord in score.chords:
        if start <= chord.start_tick < start + length:
            _harmony(measure, chord, chord.start_tick - start)


def _offset(parent: ET.Element, ticks: int) -> None:
    if ticks:
        ET.SubElement(parent, "offset").text = str(ticks)


def _harmony(measure: ET.Element, chord: Chord, offset: int) -> None:
    harmony = ET.SubElement(measure, "harmony")
    _step(ET.SubElement(harmony, "root"), "root", chord.root_name)
    ET.SubElement(harmony, "kind").text = _KINDS[chord.quality]
    if chord.bass_name and chord.bass != chord.root:
        _step(ET.SubElement(harmony, "bass"), "bass", chord.bass_name)
    if chord.quality == "add9":
        degree = ET.SubElement(harmony, "degree")
        ET.SubElement(degree, "degree-value").text = "9"
        ET.SubElement(degree, "degree-alter").text = "0"
        ET.SubElement(degree, "degree-type").text = "add"
    _offset(harmony, offset)


def _step(parent: ET.Element, prefix: str, name: str) -> None:
    ET.SubElement(parent, f"{prefix}-step").text = name[0]
    if accidental(name):
        ET.SubElement(parent, f"{prefix}-alter").text = str(accidental(name))


Piece = tuple[int, int, list[tuple[Note, bool, bool]]]  # start tick, ticks, notes with (tied from, tied to)


def _pieces_by_bar(part: Part, bar_ticks: int) -> dict[int, list[list[Piece]]]:
    """Chords cut at bar lines and sorted into voices that do not overlap themselves."""
    chords: dict[tuple[int, int], list[Note]] = defaultdict(list)
    for note in part.notes:
        chords[note.start_tick, note.length_ticks].append(note)
    bars: dict[int, list[list[Piece]]] = defaultdict(list)
    for (start, length), notes in sorted(chords.items()):
        at = start
        while at < start + length:
            bar = at // bar_ticks
            until = min(start + length, (bar + 1) * bar_ticks)
            piece = (at, until - at, [(note, at > start, until < start + length) for note in notes])
            _place(bars[bar], piece)
            at = until
    return bars


def _place(voices: list[list[Piece]], piece: Piece) -> None:
    for voice in voices:
        if voice[-1][0] + voice[-1][1] <= piece[0]:
            voice.append(piece)
            return
    voices.append([piece])


def _melisma_starts(part: Part) -> set[str]:
    """Ids of syllables that go on over following notes."""
    starts, last = set(), None
    for note in part.notes:
        if note.syllable is not None:
            last = note.id
        elif last is not None and part.is_sung:
            starts.add(last)
    return starts


def _write_voice(measure, voice, index, start, length, score, part, number, melismas) -> None:
    at = start
    for piece_start, ticks, notes in voice:
        _rest(measure, piece_start - at, index)
        steps = list(_notatable(ticks))
        for i, step in enumerate(steps):
            for position, (note, tied_from, tied_to) in enumerate(notes):
                ties = (tied_from or i > 0, tied_to or i + 1 < len(steps))
                _note(measure, note, step, ties, position > 0, index, score, part, number, melismas)
        at = piece_start + ticks
    _rest(measure, start + length - at, index)


def _notatable(ticks: int) -> Iterator[int]:
    """A length as lengths that have note heads of their own; odd remainders stay as they are."""
    plain = sorted(
        [*_TYPES, *(t * 3 // 2 for t in _TYPES if t > 30), *(t * 2 // 3 for t in _TYPES)], reverse=True
    )
    while ticks > 0:
        step = (
            ticks
            if ticks in plain
            else next((t for t in plain if t < ticks and (ticks - t) % 30 == 0), ticks)
        )
        yield step
        ticks -= step


def _rest(measure: ET.Element, ticks: int, voice: int) -> None:
    for step in _notatable(ticks):
        rest = ET.SubElement(measure, "note")
        ET.SubElement(rest, "rest")
        ET.SubElement(rest, "duration").text = str(step)
        ET.SubElement(rest, "voice").text = str(voice)
        _type(rest, step)


def _note(measure, note, ticks, ties, in_chord, voice, score, part, number, melismas) -> None:
    element = ET.SubElement(measure, "note")
    if in_chord:
        ET.SubElement(element, "chord")
    _pitch(element, note, score, part)
    ET.SubElement(element, "duration").text = str(ticks)
    for tied, kind in zip(ties, ("stop", "start"), strict=True):
        if tied:
            ET.SubElement(element, "tie", type=kind)
    if part.role == "drums":
        ET.SubElement(element, "instrument", id=_instrument_id(number, note.pitch))
    ET.SubElement(element, "voice").text = str(voice)
    _type(element, ticks)
    _notations(element, note, ties)
    if note.syllable is not None and not ties[0]:
        lyric = ET.SubElement(element, "lyric", number="1")
        ET.SubElement(lyric, "syllabic").text = note.syllabic
        ET.SubElement(lyric, "text").text = note.syllable.text
        if note.id in melismas:
            ET.SubElement(lyric, "extend")


def _spelled(note: Note, score: Score) -> str:
    """The pitch's name over its chord: G# over E7, Ab over Fm; the key decides where there is no chord."""
    if not score.chords:
        return spell(note.pitch, score.key)
    return spell_over(note.pitch, score.chord_at(note.start_tick), score.key)


def _pitch(element: ET.Element, note: Note, score: Score, part: Part) -> None:
    name = _spelled(note, score)
    height = str(max(0, min(9, octave(note.pitch, name))))
    if part.role == "drums":
        unpitched = ET.SubElement(element, "unpitched")
        ET.SubElement(unpitched, "display-step").text = name[0]
        ET.SubElement(unpitched, "display-octave").text = height
        return
    pitch = ET.SubElement(element, "pitch")
    ET.SubElement(pitch, "step").text = name[0]
    if accidental(name):
        ET.SubElement(pitch, "alter").text = str(accidental(name))
    ET.SubElement(pitch, "octave").text = height


def _type(element: ET.Element, ticks: int) -> None:
    """Note head, dot and triplet where the length has them."""
    if ticks in _TYPES:
        ET.SubElement(element, "type").text = _TYPES[ticks]
    elif ticks * 2 % 3 == 0 and ticks * 2 // 3 in _TYPES:
        ET.SubElement(element, "type").text = _TYPES[ticks * 2 // 3]
        ET.SubElement(element, "dot")
    elif ticks * 3 % 2 == 0 and ticks * 3 // 2 in _TYPES:
        ET.SubElement(element, "type").text = _TYPES[ticks * 3 // 2]
        ratio = ET.SubElement(element, "time-modification")
        ET.SubElement(ratio, "actual-notes").text = "3"
        ET.SubElement(ratio, "normal-notes").text = "2"


def _notations(element: ET.Element, note: Note, ties: tuple[bool, bool]) -> None:
    shown = {"staccato": not any(ties), "accent": not ties[0], "breath": not ties[1]}
    marks = [mark for mark in note.articulation.split() if shown.get(mark)]
    if not (any(ties) or marks):
        return
    notations = ET.SubElement(element, "notations")
    for tied, kind in zip(ties, ("stop", "start"), strict=True):
        if tied:
            ET.SubElement(notations, "tied", type=kind)
    if marks:
        found = ET.SubElement(notations, "articulations")
        for mark in marks:
            ET.SubElement(found, "breath-mark" if mark == "breath" else mark)
