"""Every question of the brief, answered: the plan a person can read, edit and hand back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from songwright.values.time import Meter, TempoMap
from songwright.values.wire import SPARSE
from songwright.values.words import GivenNote, LyricLine

SECTION_KINDS = ("intro", "verse", "prechorus", "chorus", "bridge", "instrumental", "outro")


@dataclass(frozen=True)
class Key:
    """Tonic and mode, as a musician writes them: Key("F#", "minor").

    tonic: A..G with optional # or b. mode: major, minor, dorian, mixolydian.
    """

    tonic: str
    mode: str = "major"

    def __str__(self) -> str:
        return f"{self.tonic} {self.mode}"


@dataclass(frozen=True)
class SectionPlan:
    """One section of the form.

    id: unique, like "verse-1". kind: one of SECTION_KINDS. label: as shown to people ("Verse 1").
    energy: 0..1. tune_of: id of the first section whose tune this one sings again (None = it has its own).
    chords: asked for, one text a bar, names or numerals: ("C", "Am G", "IV . . V"), "." holds on; they go round
    where there are fewer than bars, () = the composer's. tune: what an instrument plays here, for songs without words.
    """

    id: str
    kind: str
    label: str
    bars: int
    energy: float
    lines: tuple[LyricLine, ...] = ()
    tune_of: str | None = None
    chords: tuple[str, ...] = field(default=(), metadata=SPARSE)
    tune: tuple[GivenNote, ...] = field(default=(), metadata=SPARSE)


@dataclass(frozen=True)
class PartPlan:
    """A chair in the band: part id ("bass"), its role, the instrument (id in `music.instruments`), its stem."""

    id: str
    role: str
    instrument: str
    stem: str


@dataclass(frozen=True)
class SongPlan:
    """The whole song decided, before a note is written.

    genre: what was asked for; style: id of the style file that serves it. swing: where the off-beat eighth falls,
    0.5 straight .. 0.67 triplet. character: voice colouring, names of `values.brief.COLOURS` -> 0..1.
    voice_low, voice_high: the sung range, MIDI. tail_s: how long the last chord rings after the last bar;
    sum of bars + tail_s = duration_s. seed: 0..2**63-1. notes: what a person should know about choices made.
    temperature: how freely the composing network draws, 0.5 safe .. 1.5 wild, None = as it was tuned. composer:
    "network", "crafted", or "" for the best there is.
    """

    title: str
    genre: str
    style: str
    persona: str
    language: str
    key: Key
    meter: Meter
    tempo_map: TempoMap
    sections: tuple[SectionPlan, ...]
    parts: tuple[PartPlan, ...]
    voice: str
    voice_low: int
    voice_high: int
    swing: float
    duration_s: float
    tail_s: float
    seed: int
    loudness_lufs: float = -14.0
    character: Mapping[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    temperature: float | None = field(default=None, metadata=SPARSE)
    composer: str = field(default="", metadata=SPARSE)

    @property
    def bars(self) -> int:
        """Bars of the whole song."""
        return sum(section.bars for section in self.sections)

    @property
    def lines(self) -> tuple[LyricLine, ...]:
        """All sung lines in order."""
        return tuple(line for section in self.sections for line in section.lines)

    def start_bar(self, section_id: str) -> int:
        """The bar (0-based) in which a section begins."""
        bar = 0
        for section in self.sections:
            if section.id == section_id:
                return bar
            bar += section.bars
        raise KeyError(section_id)
