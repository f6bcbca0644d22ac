"""A line sung again note for note: the tokens of an earlier line, as far as words and chords bear them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from songwright.composer.frames import Room
from songwright.composer.setting.asking import misplaced, stumbles
from songwright.composer.setting.echoes import OPENING, RHYTHM, Echo
from songwright.composer.tune import Song, TuneLine
from songwright.music.tokens import GRID
from songwright.music.tokens.grammar import BAR, CLOSE, LINE, MELISMA, SYLLABLE, TIE, Grammar


@dataclass(frozen=True)
class Target:
    """A note to be sung again. start, end: places. pitch: MIDI, None where the network chooses."""

    start: int
    end: int
    pitch: int | None
    syllable: int


class Copy:
    """Names the tokens of a line that is taken up, as long as the grammar allows them; then no more.

    whole: whether the line ends with the last note that is taken up.
    """

    def __init__(self, line: int, notes: Sequence[Target], whole: bool) -> None:
        self._line, self._notes, self._whole = line, notes, whole
        self._over = False

    def token(self, grammar: Grammar) -> int | None:
        """The allowed token that goes on as the earlier line did; None where the network has its say."""
        if self._over or grammar.line != self._line:
            return None
        value = self._value(grammar)
        if value is None:
            return None
        if value not in grammar.values:
            self._over = True
            return None
        return grammar.allowed()[grammar.values.index(value)]

    def _sung(self, grammar: Grammar) -> int:
        """How many notes of the line are written."""
        count = 0
        for sound in reversed(grammar.sounds):
            if sound.line != self._line:
                break
            count += 1
        return count

    def _value(self, grammar: Grammar) -> int | None:
        """What the token means that goes on; None behind the last note that is taken up."""
        notes, done = self._notes, self._sung(grammar)
        if not grammar.inside:
            return LINE if notes[0].start < grammar.bar_end else BAR
        if grammar.stage in ("pitch", "length"):
            done -= grammar.mark == TIE
            if done >= len(notes):
                return None
            if grammar.stage == "pitch":
                return notes[done].pitch
            ends = [end for end in grammar.values if end <= min(notes[done].end, grammar.bar_end)]
            return ends[-1] if ends else grammar.values[0]
        return self._next(grammar, notes, done)

    def _next(self, grammar: Grammar, notes: Sequence[Target], done: int) -> int | None:
        """What comes after the notes that are done: a place, a mark, a bar line, the line's end."""
        held = 0 < done <= len(notes) and grammar.now % grammar.frame.places == 0
        held = held and grammar.sounds[-1].end == grammar.now < notes[done - 1].end
        if grammar.stage == "mark":
            if held and TIE in grammar.values:
                return TIE
            if done >= len(notes):
                return None
            fresh = done == 0 or notes[done].syllable != notes[done - 1].syllable
            return SYLLABLE if fresh else MELISMA
        if held:
            onward = BAR if grammar.now == grammar.bar_end else grammar.now
            if onward in grammar.values:
                return onward
        if done >= len(notes):
            return CLOSE if self._whole else None
        return notes[done].start if notes[done].start < grammar.bar_end else BAR


def copy_of(song: Song, room: Room, line: TuneLine, number: int, window: int, echo: Echo) -> Copy | None:
    """The copy of a line for a room whose window opens at a place; None where its words ask for other notes.

    number: of the line in the grammar. They do where syllables differ in number, where a word would have a hole, or
    where two stresses more would be misplaced than before, or more than one in five. Notes that the chords do not
    bear are left to the network.
    """
    notes = line.notes
    if echo.part == OPENING:
        until = notes[0][0] + echo.share * (notes[-1][0] - notes[0][0]) // 16
        notes = tuple(note for note in notes if note[0] <= until)
        if notes[-1][3] + 2 > len(room.sung):
            return None
    elif len(line.words) != len(room.sung):
        return None
    count = notes[-1][3] + 1
    for (tick, length, *_), (after, _, _, which, _) in pairwise(notes):
        if room.sung[which].syllabic in ("middle", "end") and tick + length < after:
            return None
    theirs = {which: weight for _, _, _, which, weight in notes}
    meter, own = song.plan.meter, [item.weight for item in room.sung[:count]]
    if misplaced(meter, notes, own) > misplaced(meter, notes, [theirs[n] for n in range(count)]) + 1:
        return None
    missed, pairs = stumbles(meter, room, notes)
    if 5 * missed > pairs:
        return None
    targets = tuple(
        Target(
            window + tick // GRID,
            window + (tick + length) // GRID,
            None
            if echo.part == RHYTHM
            else _borne(song, room.window + tick, pitch, n + 1 == len(line.notes)),
            which,
        )
        for n, (tick, length, pitch, which, _) in enumerate(notes)
    )
    return Copy(number, targets, echo.part != OPENING)


def _borne(song: Song, tick: int, pitch: int, last: bool) -> int | None:
    """A pitch where the chord bears it; the last of a line must be a tone of its chord."""
    tones, scale = song.writer.harmony(song.chord_at(max(0, tick)))[:2]
    return pitch if pitch % 12 in (tones if last else scale) else None
