"""A song as one source wrote it: what every reader hands on, before bars, key and lines are settled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from songwright.values.time import Meter


@dataclass(frozen=True)
class Tone:
    """A sung note in file time. text: its syllable, "" where the one before goes on; syllabic as in MusicXML."""

    tick: int
    ticks: int
    pitch: int
    text: str = ""
    syllabic: str = "single"

    @property
    def end(self) -> int:
        """The tick at which it is over."""
        return self.tick + self.ticks


@dataclass(frozen=True)
class Measure:
    """A bar as it stands in the file: its real length, the meter that holds, and the signature (None: not told)."""

    tick: int
    ticks: int
    meter: Meter
    fifths: int | None = None
    mode: str = ""


@dataclass(frozen=True)
class Written:
    """One song of one file.

    voice: the sung line by time, ties joined, one voice. others: (tick, ticks, MIDI pitch) of everything that
    sounds beside it. signs: tick -> (root name, quality, bass name). marks: tick -> section label. breaks:
    indices of tones that open a line of the text, where the source tells. barred: False where the file does not
    show its bar lines (MIDI), so that an upbeat has to be found.
    """

    title: str
    author: str
    measures: tuple[Measure, ...]
    voice: tuple[Tone, ...]
    others: tuple[tuple[int, int, int], ...] = ()
    signs: Mapping[int, tuple[str, str, str]] = field(default_factory=dict)
    marks: Mapping[int, str] = field(default_factory=dict)
    bpm: float = 96.0
    breaks: frozenset[int] = frozenset()
    barred: bool = True


class Unusable(Exception):
    """A file that gives no song; its message says why, in a few words."""


def one_voice(tones: list[Tone]) -> tuple[Tone, ...]:
    """Tones as one line: the top of those that sound together, each ending where the next begins.

    A lower tone that enters under a held one belongs to another voice, unless it bears a syllable of its own.
    """
    top: dict[int, Tone] = {}
    for tone in tones:
        held = top.get(tone.tick)
        if held is None or tone.pitch > held.pitch:
            if held is not None and held.text and not tone.text:
                tone = replace(tone, text=held.text, syllabic=held.syllabic)
            top[tone.tick] = tone
        elif tone.text and not held.text:
            top[tone.tick] = replace(held, text=tone.text, syllabic=tone.syllabic)
    line: list[Tone] = []
    for tone in (top[tick] for tick in sorted(top)):
        if line and line[-1].end > tone.tick:
            if not tone.text and tone.pitch < line[-1].pitch:
                continue
            line[-1] = replace(line[-1], ticks=tone.tick - line[-1].tick)
        line.append(tone)
    return tuple(line)
