"""Songs out of MusicXML: the part with the most words, its bars as drawn, and everything that accompanies it."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree as ET

from songwright.io.musicxml_read import musicxml_root
from songwright.io.musicxml_write import KIND_TO_QUALITY
from songwright.io.score_names import meter_from
from songwright.io.written import Measure, Tone, Unusable, Written, one_voice
from songwright.values.time import TICKS_PER_QUARTER, Meter

_STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}


@dataclass
class _Heard:
    """A note as it stands in its part. lyrics: verse -> (text, syllabic)."""

    tick: int
    ticks: int
    pitch: int
    voice: str
    lyrics: dict[str, tuple[str, str]]
    tied: bool


@dataclass
class _Signs:
    """What parts say about the whole: chord symbols, section marks, tempi."""

    chords: dict[int, tuple[str, str, str]] = field(default_factory=dict)
    marks: dict[int, str] = field(default_factory=dict)
    tempi: dict[int, float] = field(default_factory=dict)


def read_musicxml_song(path: str | os.PathLike[str]) -> Written:
    """The song in a MusicXML file; repeats are read once. Unusable where nothing is sung, ShelfError if damaged."""
    root = musicxml_root(path)
    signs = _Signs()
    parts, measures = [], []
    for element in root.iterfind("part"):
        notes, bars = _part(element, signs)
        parts.append(notes)
        measures = measures if len(measures) >= len(bars) else bars
    sung = [(sum(bool(n.lyrics) for n in notes), -i) for i, notes in enumerate(parts)]
    if not sung or max(sung)[0] == 0:
        raise Unusable("no words under the notes")
    singer = -max(sung)[1]
    chair = Counter(n.voice for n in parts[singer] if n.lyrics).most_common(1)[0][0]
    voice = _line([n for n in parts[singer] if n.voice == chair])
    others = [
        (n.tick, n.ticks, n.pitch)
        for i, notes in enumerate(parts)
        for n in notes
        if i != singer or n.voice != chair
    ]
    title = root.findtext("work/work-title") or root.findtext("movement-title") or Path(path).stem
    author = next((c.text or "" for c in root.iterfind("identification/creator")), "")
    bpm = min(signs.tempi.items())[1] if signs.tempi else 96.0
    return Written(
        " ".join(title.split()), author.strip(), tuple(measures), voice, tuple(sorted(others)),
        signs.chords, signs.marks, bpm,
    )  # fmt: skip


def _part(element: ET.Element, signs: _Signs) -> tuple[list[_Heard], list[Measure]]:
    notes: list[_Heard] = []
    bars: list[Measure] = []
    divisions, shift, meter, fifths, mode = 1.0, 0, Meter(), None, ""
    start = 0
    for measure in element.iterfind("measure"):
        now = far = onset = start
        for child in measure:
            ticks = round(float(child.findtext("duration") or 0) * TICKS_PER_QUARTER / divisions)
            if child.tag == "attributes":
                divisions = float(child.findtext("divisions") or divisions)
                shift = _shift(child, shift)
                meter, fifths, mode = _attributes(child, meter, fifths, mode)
            elif child.tag == "backup":
                now = max(start, now - ticks)
            elif child.tag == "forward":
                now += ticks
            elif child.tag == "note" and child.find("grace") is None and child.find("cue") is None:
                if child.find("chord") is None:
                    onset, now = now, now + ticks
                if ticks > 0 and child.find("pitch") is not None:
                    notes.append(_heard(child, onset, ticks, shift))
            elif child.tag in ("direction", "harmony", "sound"):
                _sign(child, now, signs)
            far = max(far, now)
        if far > start:
            bars.append(Measure(start, far - start, meter, fifths, mode))
        start = far
    return notes, bars


def _shift(attributes: ET.Element, before: int) -> int:
    found = attributes.find("transpose")
    if found is None:
        return before
    return round(float(found.findtext("chromatic") or 0)) + 12 * int(found.findtext("octave-change") or 0)


def _attributes(
    element: ET.Element, meter: Meter, fifths: int | None, mode: str
) -> tuple[Meter, int | None, str]:
    time, key = element.find("time"), element.find("key")
    if time is not None and time.findtext("beats"):
        beats = sum(int(n) for n in (time.findtext("beats") or "4").split("+"))
        meter = meter_from(beats, int(time.findtext("beat-type") or 4))
    if key is not None and key.findtext("fifths"):
        fifths, mode = int(key.findtext("fifths") or 0), (key.findtext("mode") or "").strip()
        mode = "" if mode == "major" else mode  # programs write major where nobody told them
    return meter, fifths, mode


def _heard(element: ET.Element, onset: int, ticks: int, shift: int) -> _Heard:
    pitch = element.find("pitch")
    alter = round(float(pitch.findtext("alter") or 0))
    step = _STEPS[(pitch.findtext("step") or "C").strip()]
    midi = 12 * (int(pitch.findtext("octave") or 4) + 1) + step + alter + shift
    lyrics = {}
    for lyric in element.iterfind("lyric"):
        text = "".join(t.text or "" for t in lyric.iterfind("text")).strip()
        if text:
            lyrics[lyric.get("number", "1")] = (text, lyric.findtext("syllabic") or "single")
    tied = any(tie.get("type") == "stop" for tie in element.iterfind("tie"))
    voice = element.findtext("voice") or "1"
    return _Heard(onset, ticks, max(0, min(127, midi)), voice, lyrics, tied)


def _sign(element: ET.Element, now: int, signs: _Signs) -> None:
    sound = element if element.tag == "sound" else element.find("sound")
    if sound is not None and sound.get("tempo"):
        bpm = float(sound.get("tempo") or 0)
        if 20 <= bpm <= 400:
            signs.tempi.setdefault(now, bpm)
    mark = element.findtext("direction-type/rehearsal")
    if mark and mark.strip():
        signs.marks.setdefault(now, mark.strip())
    if element.tag == "harmony" and (root := _named(element, "root")):
        kind = element.findtext("kind") or "major"
        rough = "min" if "minor" in kind else "7" if "dominant" in kind else "maj"
        signs.chords[now] = (root, KIND_TO_QUALITY.get(kind, rough), _named(element, "bass") or root)


def _named(harmony: ET.Element, what: str) -> str:
    step = (harmony.findtext(f"{what}/{what}-step") or "").strip()
    alter = round(float(harmony.findtext(f"{what}/{what}-alter") or 0))
    return step + ("#" * alter if alter > 0 else "b" * -alter) if step in _STEPS and abs(alter) <= 2 else ""


def _line(notes: list[_Heard]) -> tuple[Tone, ...]:
    """The sung line with its fullest early verse, ties joined."""
    verse = _verse(notes)
    joined: list[Tone] = []
    by_pitch: dict[int, int] = {}
    for note in sorted(notes, key=lambda n: (n.tick, -n.pitch)):
        before = by_pitch.get(note.pitch)
        if note.tied and before is not None and joined[before].end == note.tick and not note.lyrics:
            old = joined[before]
            joined[before] = Tone(old.tick, old.ticks + note.ticks, old.pitch, old.text, old.syllabic)
            continue
        text, syllabic = note.lyrics.get(verse) or next(iter(note.lyrics.values()), ("", "single"))
        by_pitch[note.pitch] = len(joined)
        joined.append(Tone(note.tick, note.ticks, note.pitch, text, syllabic))
    return one_voice(joined)


def _verse(notes: list[_Heard]) -> str:
    """The first verse that has nearly as many syllables as the fullest."""
    counts: dict[str, int] = defaultdict(int)
    for note in notes:
        for verse in note.lyrics:
            counts[verse] += 1
    most = max(counts.values())
    return min((verse for verse, count in counts.items() if count >= 0.8 * most), key=lambda v: (len(v), v))
