"""The song in musical time: whole ticks, 480 a quarter."""

from __future__ import annotations

from dataclasses import dataclass

from songwright.values.plan import Key
from songwright.values.time import Meter, TempoMap
from songwright.values.words import Syllable


@dataclass(frozen=True)
class Note:
    """A written note.

    id: unique in the song, "part/section/number". pitch: MIDI 0..127; in a drum part the General MIDI drum.
    level: how strongly it is meant, 0..1. syllable: what is sung on it; a sung note without a syllable continues
    the one before (melisma). line: index of the lyric line it belongs to. syllabic: single, begin, middle, end.
    articulation: "", "staccato", "legato", "accent", "mute", "strum-down", "strum-up", "fill"; of sung notes several,
    parted by spaces, among them "breath": a breath is taken from its end.
    """

    id: str
    start_tick: int
    length_ticks: int
    pitch: int
    level: float = 0.7
    syllable: Syllable | None = None
    syllabic: str = "single"
    line: int | None = None
    word: str = ""
    articulation: str = ""

    @property
    def end_tick(self) -> int:
        """The tick at which the note is over."""
        return self.start_tick + self.length_ticks


@dataclass(frozen=True)
class Chord:
    """A chord over a stretch of time. root, bass: pitch classes 0..11 (C = 0).

    quality: "maj", "min", "dim", "aug", "7", "maj7", "min7", "sus4", "sus2", "add9", "6", "min6", "m7b5", "9",
    "dim7", "5". spans of a score follow each other without gap. root_name: how it is spelled, "F#".
    """

    start_tick: int
    length_ticks: int
    root: int
    quality: str
    bass: int
    root_name: str
    bass_name: str = ""

    @property
    def end_tick(self) -> int:
        """The tick at which the chord gives way."""
        return self.start_tick + self.length_ticks


@dataclass(frozen=True)
class Section:
    """A section where it stands. kind, label, energy as in the plan."""

    id: str
    kind: str
    label: str
    start_tick: int
    length_ticks: int
    energy: float

    @property
    def end_tick(self) -> int:
        """The tick at which the next section begins."""
        return self.start_tick + self.length_ticks


@dataclass(frozen=True)
class Part:
    """What one player or singer has on the stand.

    role: "lead" (sung), "backing" (sung), "drums", "bass", "comping", "pad", "answer" (lead instrument).
    instrument: id in `music.instruments` ("voice" for sung parts). stem: the stem file it is heard in.
    notes: by start_tick, then pitch.
    """

    id: str
    name: str
    role: str
    instrument: str
    stem: str
    notes: tuple[Note, ...]

    @property
    def is_sung(self) -> bool:
        """True for voices that sing words or syllables."""
        return self.role in ("lead", "backing")


@dataclass(frozen=True)
class ScoreLine:
    """A lyric line where it is sung; end_tick is the end of its last note."""

    index: int
    text: str
    section: str
    start_tick: int
    end_tick: int


@dataclass(frozen=True)
class Score:
    """The written song. length_ticks: whole bars, without the ringing tail."""

    title: str
    key: Key
    meter: Meter
    tempo_map: TempoMap
    sections: tuple[Section, ...]
    chords: tuple[Chord, ...]
    lines: tuple[ScoreLine, ...]
    parts: tuple[Part, ...]
    length_ticks: int

    def part(self, part_id: str) -> Part:
        """The part of that id; KeyError if there is none."""
        for part in self.parts:
            if part.id == part_id:
                return part
        raise KeyError(part_id)

    def chord_at(self, tick: int) -> Chord:
        """The chord that sounds at a tick (the last one after the end)."""
        for chord in self.chords:
            if tick < chord.end_tick:
                return chord
        return self.chords[-1]

    def section_at(self, tick: int) -> Section:
        """The section a tick falls in (the last one after the end)."""
        for section in self.sections:
            if tick < section.end_tick:
                return section
        return self.sections[-1]
