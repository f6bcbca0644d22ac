"""A line sung again note for note: the tokens of an earlier line, as far as words and chords bear them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from songwright.composer.frames import Room
from songwright.composer.setting.asking import misplaced, misplaced_now, stumbles
from songwright.composer.setting.echoes import OPENING, RHYTHM, Echo
from songwright.composer.tune import Song, TuneLine
from songwright.music.rhythm import strength
from songwright.music.tokens import GRID
from songwright.music.tokens.grammar import BAR, CLOSE, LINE, MELISMA, SYLLABLE, TIE, Grammar
from songwright.values.time import Meter

_EIGHTH = 240  # ticks
Notes = tuple[tuple[int, int, int, int, float], ...]


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

    @property
    def landing(self) -> int:
        """The place where the last syllable that is taken up begins."""
        return next(note.start for note in self._notes if note.syllable == self._notes[-1].syllable)

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

    number: of the line in the grammar. They do where syllables differ by two and more, where a word would have a hole,
    or where three stresses more would be misplaced than before, or more than one in three. For a syllable more or less
    a note is parted or two are made one. Notes that the chords do not bear are left to the network.
    """
    meter, count = song.plan.meter, len(room.sung)
    if echo.part == OPENING:
        ways = [_opening(line.notes, echo.share)]
        count = ways[0][-1][3] + 1
        if count + 1 > len(room.sung):
            return None
    else:
        ways = list(_ways(line.notes, count - len(line.words), meter))
    most = misplaced_now(meter, line) + 2
    own = [item.weight for item in room.sung[:count]]
    found: list[tuple[int, int, Notes]] = []
    for notes in ways:
        missed, pairs = stumbles(meter, room, notes)
        wrong = misplaced(meter, notes, own)
        if wrong <= most and 3 * missed <= pairs and not _torn(room, notes):
            found.append((missed, wrong, notes))
    if not found:
        return None
    notes = min(found, key=lambda one: one[:2])[2]
    last = len(notes) - 1 if echo.part != OPENING else len(notes)
    targets = tuple(
        Target(
            window + tick // GRID,
            window + (tick + length) // GRID,
            pitch if echo.part != RHYTHM and song.bears(room.window + tick, pitch, n == last) else None,
            which,
        )
        for n, (tick, length, pitch, which, _) in enumerate(notes)
    )
    return Copy(number, targets, echo.part != OPENING)


def _opening(notes: Notes, share: int) -> Notes:
    """The notes in so many sixteenths of a line."""
    until = notes[0][0] + share * (notes[-1][0] - notes[0][0]) // 16
    return tuple(note for note in notes if note[0] <= until)


def _torn(room: Room, notes: Notes) -> bool:
    """Whether a word would have a hole."""
    return any(
        room.sung[which].syllabic in ("middle", "end") and tick + length < after
        for (tick, length, *_), (after, _, _, which, _) in pairwise(notes)
    )


def _ways(notes: Notes, more: int, meter: Meter) -> Iterator[Notes]:
    """A line for so many syllables more: as it is, with a note of a quarter and more parted in two, or with a note made
    one with a stronger one before it."""
    if more == 0:
        yield notes
    for k, (tick, length, pitch, which, weight) in enumerate(notes):
        if more == 1 and length >= 2 * _EIGHTH:
            first = (length // 2 + _EIGHTH - 1) // _EIGHTH * _EIGHTH
            halves = (
                (tick, first, pitch, which, weight),
                (tick + first, length - first, pitch, which + 1, 0.0),
            )
            yield (*notes[:k], *halves, *((*note[:3], note[3] + 1, note[4]) for note in notes[k + 1 :]))
        if more == -1 and k and notes[k - 1][3] < which and tick == notes[k - 1][0] + notes[k - 1][1]:
            before = notes[k - 1]
            if strength(tick, meter) < strength(before[0], meter):
                one = (before[0], before[1] + length, *before[2:])
                yield (*notes[: k - 1], one, *((*note[:3], note[3] - 1, note[4]) for note in notes[k + 1 :]))
