"""The riff: a figure of one or two bars that some chairs play together, each in its own register, and keep.

A song has one riff or none. Its steps are those of the scale over the chord that sounds, so it moves with the harmony.
Where nobody sings the whole figure is played; while somebody sings it goes on only if the style says so, else the
players go back to what they usually play and the tail of the figure answers the voice in its gaps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from songwright.arranger.cues import Cue
from songwright.arranger.lines import doubled, ladder, scaled, sung_spans
from songwright.arranger.sheet import Mark, silenced
from songwright.arranger.styles import PAUSE, AnswerSettings, FigureNote, RiffSettings, Settings
from songwright.arranger.voicing import power
from songwright.values.score import Score
from songwright.values.seed import Seed
from songwright.values.time import TICKS_PER_QUARTER

_BAR = 4 * TICKS_PER_QUARTER
_MUTED = 100  # ticks a damped note sounds
_SHORTEST = 60  # ticks
_BREATH = TICKS_PER_QUARTER // 4  # what is left to the voice before it comes in again


def riff_of(score: Score, settings: Settings, seed: Seed) -> Riff | None:
    """The riff of a song, the same for whoever asks; None where it has none, no chords, or a compound meter."""
    table = settings.tables.get("riff")
    if not isinstance(table, RiffSettings) or not score.chords or score.meter.is_compound:
        return None
    luck = seed.child("riff").luck()
    if not luck.chance(table.odds):
        return None
    return Riff(luck.choice(table.figures), table, score, tuple(sung_spans(score)))


@dataclass(frozen=True)
class Riff:
    """A song's riff. sung: stretches in which somebody sings, ticks."""

    figure: tuple[FigureNote, ...]
    settings: RiffSettings
    score: Score
    sung: tuple[tuple[int, int], ...]

    def played(
        self, marks: list[Mark], part_id: str, role: str, cues: Sequence[Cue], mine: Sequence[Cue], table: Any
    ) -> list[Mark]:
        """A chair's marks with the riff in its places. Who only answers leaves the riff's gaps to its players."""
        player = part_id in self.settings.players and role in ("bass", "comping", "answer")
        if not player and (role != "answer" or self.settings.under):
            return marks
        places = [
            place
            for cue in (mine if player else cues)
            for place in self._places(cue, self.settings.under and role != "answer")
            if player or self._is_reply(cue)
        ]
        kept = []
        for mark in marks:
            if any(start <= mark.start < end for start, end, _ in places):
                continue
            edge = next((start for start, _, _ in places if mark.start < start < mark.end), mark.end)
            kept.append(mark if edge == mark.end else replace(mark, end=edge))
        if not player:
            return kept
        new = [m for start, end, origin in places for m in self._laid(start, end, origin, role, table)]
        if isinstance(table, AnswerSettings):
            new = doubled(new, table, self.score)
        return sorted([*kept, *silenced(new, cues)])

    def _is_reply(self, cue: Cue) -> bool:
        """True where the riff answers a singer."""
        return any(start < cue.end and end > cue.start for start, end in self.sung)

    def _places(self, cue: Cue, under: bool) -> list[tuple[int, int, int]]:
        """Stretches of a cue in which the riff is played: from, to, and where its figure began."""
        if cue.kind not in self.settings.kinds or cue.energy < self.settings.enters:
            return []
        bar = self.score.meter.bar_ticks
        bars = max(1, sum(note.units for note in self.figure) * self.settings.unit_ticks // _BAR)
        found = []
        end_of_cue = cue.final if cue.final is not None else cue.end
        for origin in range(cue.start, end_of_cue, bars * bar):
            end = min(origin + bars * bar, end_of_cue)
            if under:
                found.append((origin, end, origin))
                continue
            for start, stop in self._gaps(origin, end):
                if stop - start >= bar // 2:
                    found.append((start, stop, origin))
        return found

    def _gaps(self, start: int, end: int) -> list[tuple[int, int]]:
        """Where nobody sings between two ticks, in whole beats after `start`."""
        gaps, at = [], start
        for a, b in self.sung:
            if a < end and b > start:
                stop = start + max(0, a - start) // TICKS_PER_QUARTER * TICKS_PER_QUARTER
                gaps.append((at, stop))
                at = start + -(-(b - start) // TICKS_PER_QUARTER) * TICKS_PER_QUARTER
        gaps.append((at, end))
        return gaps

    def _laid(self, start: int, end: int, origin: int, role: str, table: Any) -> list[Mark]:
        """The figure's notes from `start` to `end`; its bars are cut or rest where the meter is not 4/4."""
        bar, unit = self.score.meter.bar_ticks, self.settings.unit_ticks
        level = table.level * (0.84 + 0.16 * self.score.section_at(start).energy)
        marks: list[Mark] = []
        at = 0
        for note in self.figure:
            number, inside = divmod(at, _BAR)
            tick = origin + number * bar + inside
            at += note.units * unit
            if note.step == PAUSE or inside >= bar or not start <= tick < end:
                continue
            stop = min(tick + min(note.units * unit, bar - inside), end)
            if not self.settings.under or role == "answer":
                stop = min(stop, self._voice_after(tick) - _BREATH)
            if stop - tick < _SHORTEST:
                continue
            if note.articulation == "mute":
                stop = min(stop, tick + _MUTED)
            strength = level * (0.8 if note.articulation == "mute" else 0.94 if inside % 480 else 1.0)
            for pitch in self._pitches(note, tick, table):
                marks.append(Mark(tick, pitch, stop, strength, note.articulation))
        return marks

    def _voice_after(self, tick: int) -> int:
        """When somebody sings next, from a tick on."""
        return min((max(a, tick) for a, b in self.sung if b > tick), default=self.score.length_ticks + _BAR)

    def _pitches(self, note: FigureNote, tick: int, table: Any) -> tuple[int, ...]:
        """What a chair takes of a note: one, power hands a fifth on strong ones, keys an octave.

        The root lies as low as the chair goes, so that a figure keeps its shape over it.
        """
        chord = self.score.chord_at(tick)
        steps = ladder(chord, self.score.key, self.settings.scale)
        octave, place = divmod(note.step - 1, len(steps))
        pitch = table.low + (chord.root - table.low) % 12 + 12 * octave + steps[place]
        if self.settings.scale != "blues":
            pitch = scaled(pitch, tick, self.score)
        while pitch > table.high:
            pitch -= 12
        while pitch < table.low:
            pitch += 12
        hand = getattr(table, "hand", "")
        strong = note.articulation == "accent" or note.units * self.settings.unit_ticks >= TICKS_PER_QUARTER
        if hand == "power" and strong and note.articulation != "mute":
            return power(pitch % 12, pitch)[:2]
        if hand == "keys" and pitch + 12 <= table.high:
            return pitch, pitch + 12
        return (pitch,)
