"""A tune from any file: MusicXML, MIDI or ABC, or a song folder of our own; bars count from the first bar line."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from songwright.errors import ShelfError, why
from songwright.io.abc import read_abc_tune
from songwright.io.midi import read_midi
from songwright.io.musicxml_read import musicxml_root, read_musicxml
from songwright.io.score_names import sections_from
from songwright.io.written import Unusable, Written
from songwright.music.instruments import INSTRUMENTS
from songwright.music.pitch import SCALES, key_on, pitch_class
from songwright.music.upbeat import upbeat
from songwright.values.plan import Key
from songwright.values.score import Chord, Note, Part, Score
from songwright.values.time import TICKS_PER_QUARTER, Meter, TempoChange, TempoMap
from songwright.values.wire import from_plain
from songwright.values.words import Syllable

SUFFIXES = (".musicxml", ".mxl", ".xml", ".mid", ".midi", ".abc")
_MAX_BYTES = 16 * 2**20
_MAX_TICKS = 10**7
_FIFTHS_OF_MODE = {"major": 0, "mixolydian": -1, "dorian": -2, "minor": -3}


def read_tune(path: Path, tell: Callable[[str], None] = lambda _: None) -> Score:
    """A tune with its words, chords and sections where the file has them. ShelfError where it cannot be read.

    An upbeat stands at the end of a first bar of its own, so that every bar is full.
    """
    if path.is_dir():
        return _of_folder(path)
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES and suffix != ".json":
        raise ShelfError(
            str(path), f"is no tune: give a song folder or a file ending in {', '.join(SUFFIXES)}"
        )
    if path.is_file() and path.stat().st_size > _MAX_BYTES:
        raise ShelfError(str(path), "is larger than 16 MiB; that is no tune")
    if suffix == ".json":
        return _of_folder(path.parent, path)
    if suffix == ".abc":
        return _of_abc(path)
    if suffix in (".mid", ".midi"):
        score = read_midi(path, tell)
        return _later(score, _unbarred_upbeat(score))
    return _later(read_musicxml(path, tell), _written_upbeat(path))


def _of_folder(folder: Path, file: Path | None = None) -> Score:
    """The score of a song folder, from its take.json (else from its MusicXML or MIDI)."""
    take = file or folder / "take.json"
    if not take.exists():
        for name in ("score.musicxml", "score.mid"):
            if (folder / name).exists():
                return read_tune(folder / name)
        raise ShelfError(str(folder), "is no song folder (there is no take.json or score in it)")
    try:
        document = json.loads(take.read_text(encoding="utf-8"))
        return whole_score(document["score"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as problem:
        raise ShelfError(str(take), f"holds no score that can be read ({why(problem)})") from None


def whole_score(plain: Any) -> Score:
    """A score from the JSON of a take that all rooms may trust. Raises ValueError with the place that does not fit."""
    score = from_plain(Score, plain)
    pitch_class(score.key.tonic)
    if score.key.mode not in SCALES:
        raise ValueError(f"score.key.mode should be one of {', '.join(SCALES)}")
    if not score.tempo_map.changes or not all(1.0 <= c.bpm <= 1000.0 for c in score.tempo_map.changes):
        raise ValueError("score.tempo_map should be quarter notes a minute")
    for part in score.parts:
        if part.instrument not in INSTRUMENTS:
            raise ValueError(f"score.parts: there is no instrument {part.instrument!r}")
        for note in part.notes:
            if not (0 <= note.pitch <= 127 and 0 <= note.start_tick <= note.end_tick <= _MAX_TICKS):
                raise ValueError(f"score.parts: the note {note.id!r} cannot be played")
    return score


def _written_upbeat(path: Path) -> int:
    """Ticks by which the first measure of a MusicXML file falls short of a bar."""
    root = musicxml_root(path)
    measure = root.find("part/measure")
    try:
        divisions = float(measure.findtext("attributes/divisions") or 1) if measure is not None else 0.0
        if measure is None or divisions <= 0:
            return 0
        beats = sum(int(n) for n in (measure.findtext("attributes/time/beats") or "4").split("+"))
        unit = int(measure.findtext("attributes/time/beat-type") or 4)
        now = longest = 0.0
        for child in measure:
            step = float(child.findtext("duration") or 0)
            if child.tag == "backup":
                now -= step
            elif child.tag == "forward" or (child.tag == "note" and child.find("chord") is None):
                now += step
            longest = max(longest, now)
    except ValueError:
        return 0
    bar = TICKS_PER_QUARTER * 4 * beats // max(1, unit)
    length = round(longest * TICKS_PER_QUARTER / divisions)
    return bar - length if 0 < length < bar else 0


def _unbarred_upbeat(score: Score) -> int:
    """Ticks before the first note's bar line that a file without bar lines leaves out."""
    lead = next((part for part in score.parts if part.role == "lead"), score.parts[0])
    others = [
        (n.start_tick, n.length_ticks, n.pitch)
        for part in score.parts
        if part is not lead and part.role != "drums"
        for n in part.notes
    ]
    ahead = upbeat([(n.start_tick, n.length_ticks) for n in lead.notes], sorted(others), score.meter)
    return score.meter.bar_ticks - ahead if ahead else 0


def _later(score: Score, ticks: int) -> Score:
    """The whole score so many ticks later, its first bar filled up with silence."""
    if not ticks:
        return score
    bar = score.meter.bar_ticks
    length = -(-(score.length_ticks + ticks) // bar) * bar
    first, *rest = score.chords or (None,)
    chords = () if first is None else (
        replace(first, length_ticks=first.length_ticks + ticks), *(_moved(chord, ticks) for chord in rest)
    )  # fmt: skip
    opening, *others = score.sections
    sections = (
        replace(opening, length_ticks=opening.length_ticks + ticks),
        *(_moved(s, ticks) for s in others),
    )
    return replace(
        score,
        tempo_map=TempoMap(
            tuple(TempoChange(c.tick + ticks * (c.tick > 0), c.bpm) for c in score.tempo_map.changes)
        ),
        sections=sections,
        chords=chords,
        lines=tuple(
            replace(line, start_tick=line.start_tick + ticks, end_tick=line.end_tick + ticks)
            for line in score.lines
        ),
        parts=tuple(replace(part, notes=tuple(_moved(n, ticks) for n in part.notes)) for part in score.parts),
        length_ticks=length,
    )


def _moved(value, ticks: int):
    return replace(value, start_tick=value.start_tick + ticks)


def _of_abc(path: Path) -> Score:
    """The first tune of an ABC file as a score."""
    try:
        return score_of(read_abc_tune(path))
    except Unusable as problem:
        raise ShelfError(str(path), f"is no tune in ABC notation that can be used ({problem})") from None
    except (ValueError, ArithmeticError, LookupError, AttributeError) as problem:
        raise ShelfError(str(path), f"is not readable ABC ({problem})") from None


def score_of(written: Written) -> Score:
    """A tune as its source wrote it, as a score: an upbeat fills the end of its bar. Raises Unusable without notes."""
    if not written.voice or not written.measures:
        raise Unusable("no notes")
    first = written.measures[0]
    meter = first.meter if first.meter.beats and first.meter.unit in (1, 2, 4, 8, 16) else Meter()
    bar = meter.bar_ticks
    shift = bar - first.ticks if 0 < first.ticks < bar else 0
    notes = tuple(
        Note(f"tune/{i}", tone.tick + shift, max(1, tone.ticks), max(0, min(127, tone.pitch)), 0.7,
             Syllable(tone.text, ()) if tone.text else None, tone.syllabic if tone.text else "single")
        for i, tone in enumerate(written.voice)
    )  # fmt: skip
    length = -(-max(note.end_tick for note in notes) // bar) * bar
    starts = [tick for tick in sorted(written.signs) if tick + shift < length]
    chords = []
    for tick, after in zip(starts, [*starts[1:], length - shift][: len(starts)], strict=True):
        root, quality, bass = written.signs[tick]
        begin = tick + shift if chords else 0
        chords.append(
            Chord(begin, after + shift - begin, pitch_class(root), quality, pitch_class(bass), root, bass)
        )
    sung = any(note.syllable for note in notes)
    part = Part("tune", "Voice", "lead" if sung else "answer", "voice" if sung else "flute", "lead", notes)
    marks = {tick + shift: label for tick, label in written.marks.items()}
    return Score(
        written.title, _key(first.fifths or 0, first.mode), meter,
        TempoMap.constant(min(300.0, max(30.0, written.bpm))), sections_from(marks, length), tuple(chords), (),
        (part,), length,
    )  # fmt: skip


def _key(signature: int, mode: str) -> Key:
    mode = mode if mode in _FIFTHS_OF_MODE else "major"
    return key_on(7 * (signature - _FIFTHS_OF_MODE[mode]) % 12, mode)
