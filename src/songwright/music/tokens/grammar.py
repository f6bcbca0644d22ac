"""What may stand next in a row of tokens: an automaton that can only write songs.

Whoever follows it, by whatever likes and dislikes, ends with bars that add up, every syllable of every line sung once
and in order, notes inside the range, the asked sections with their bars, and the given chords. It never runs into a
corner: a step is allowed only where the syllables that are left still fit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from songwright.music.tokens.pitches import degrees, pitch_of
from songwright.music.tokens.sheet import GRID
from songwright.music.tokens.vocabulary import NAMES, OCTAVES, QUALITIES, ROOTS, VOCABULARY
from songwright.values.plan import Key
from songwright.values.time import Meter


@dataclass(frozen=True)
class Frame:
    """What a song is asked to be.

    sections: (kind, bars) in order. lines: the head of each line as names ("line" ... "s:1b:a"). chords: for each bar
    its tokens as names, or None to leave them to whoever writes. low, high: MIDI. shortest: places of the shortest
    note (3 = a sixteenth). leap: semitones at most from note to note.
    """

    key: Key
    meter: Meter
    register: int
    sections: tuple[tuple[str, int], ...]
    lines: tuple[tuple[str, ...], ...]
    chords: tuple[tuple[str, ...], ...] | None = None
    low: int = 48
    high: int = 84
    shortest: int = 3
    leap: int = 12

    @property
    def bars(self) -> int:
        """Bars of the whole song."""
        return sum(bars for _, bars in self.sections)


class Grammar:
    """Follows a row after its form: `allowed` names what may stand next, `push` takes one of it."""

    def __init__(self, frame: Frame) -> None:
        """ValueError where the syllables cannot fit, the range holds no note, or chords and bars differ in number."""
        self.frame = frame
        self._places = frame.meter.bar_ticks // GRID
        starts = [sum(bars for _, bars in frame.sections[:n]) for n in range(len(frame.sections))]
        self._kinds = dict(zip(starts, (kind for kind, _ in frame.sections), strict=True))
        self._asked = [[name.split(":")[1] for name in line if name.startswith("s:")] for line in frame.lines]
        self._pitches = _pitches(frame)
        self._left = sum(len(asked) for asked in self._asked)
        if self._room(0, 0) < self._left:
            raise ValueError(f"{self._left} syllables do not fit into {frame.bars} bars")
        if not self._pitches:
            raise ValueError("the range holds no note of the key")
        if frame.chords is not None and len(frame.chords) != frame.bars:
            raise ValueError(f"{len(frame.chords)} bars of chords for {frame.bars} bars")
        self._bar, self._place, self._chord = -1, 0, -1
        self._line, self._sung, self._inside = 0, 0, False
        self._last: int | None = None
        self._holds = self._sounded = self._tied = False
        self._queue: list[str] = []
        self._pos = -1
        self._stage = "between"
        self.ended = False

    def allowed(self) -> tuple[int, ...]:
        """Ids of the tokens that may stand next; () after the end."""
        return tuple(VOCABULARY[name] for name in self._names())

    def push(self, token: int) -> None:
        """Takes the next token. ValueError for one that is not allowed."""
        name = NAMES[token]
        if name not in self._names():
            raise ValueError(f"{name} may not stand here")
        self._take(name)

    def _names(self) -> Sequence[str]:
        if self.ended:
            return ()
        if self._queue:
            return self._queue[:1]
        return getattr(self, f"_at_{self._stage}")()

    def _room(self, bar: int, place: int) -> int:
        """How many shortest notes fit from a place to the end of the song."""
        short = self.frame.shortest
        return (self._places - place) // short + self._places // short * (self.frame.bars - bar - 1)

    def _at_between(self) -> list[str]:
        after = self._bar + 1
        if after == self.frame.bars:
            return ["end"]
        return [f"sec:{self._kinds[after]}"] if after in self._kinds else ["bar"]

    def _at_open(self) -> list[str]:
        """Inside a bar: a place for a chord or note, a line that opens or closes, the end of the bar."""
        if self._chord < 0 and self.frame.chords is None:
            return ["pos:0"]
        found = [
            f"pos:{place}" for place in range(self._places) if self._marks(place) or self._chord_at(place)
        ]
        if not self._inside and self._line < len(self._asked):
            found.append("line")
        if self._inside and self._sung == len(self._asked[self._line]):
            found.append("/line")
        last = self._bar + 1 == self.frame.bars
        done = self._left == 0 and not self._inside and self._line == len(self._asked)
        if done if last else self._room(self._bar + 1, 0) >= self._left:
            found += self._at_between()
        return found

    def _chord_at(self, place: int) -> bool:
        """Whether a chord may change here: free chords, on a beat, before the notes of the bar."""
        beat = self.frame.meter.beat_ticks // GRID
        return self.frame.chords is None and not self._sounded and place > self._chord and place % beat == 0

    def _marks(self, place: int) -> list[str]:
        """What may begin at a place: the next syllable, a further note of the one before, a note held over."""
        if place < self._place or not self._inside or self._chord < 0:
            return []
        found = []
        asked = self._asked[self._line]
        fits = self._places - place >= self.frame.shortest
        if fits and self._sung < len(asked) and self._room(self._bar, place) >= self._left:
            found.append(f"syl:{asked[self._sung]}")
        if fits and self._sung and self._room(self._bar, place + self.frame.shortest) >= self._left:
            found.append("mel")
        if place == 0 and self._holds and self._sung and self._room(self._bar, 1) >= self._left:
            found.append("tie")
        return found

    def _at_pos(self) -> list[str]:
        found = self._marks(self._pos)
        if self._chord_at(self._pos):
            found += [f"c:{root}:{quality}" for root in ROOTS for quality in QUALITIES]
        return found

    def _at_pitch(self) -> list[str]:
        """Notes of the range within a leap of the one before; the nearest where none is."""
        if self._last is None:
            return list(self._pitches)
        far = {name: abs(pitch - self._last) for name, pitch in self._pitches.items()}
        near = [name for name, size in far.items() if size <= self.frame.leap]
        return near or [min(far, key=lambda name: far[name])]

    def _at_dur(self) -> list[str]:
        shortest = 1 if self._tied else self.frame.shortest
        lengths = range(shortest, self._places - self._pos + 1)
        return [f"d:{n}" for n in lengths if self._room(self._bar, self._pos + n) >= self._left]

    def _take(self, name: str) -> None:
        head, _, tail = name.partition(":")
        if self._queue:
            self._queue.pop(0)
            self._chord = int(tail) if head == "pos" else self._chord
        elif head == "sec":
            self._queue = ["bar"]
        if head == "bar":
            self._holds = self._bar >= 0 and self._sounded and self._place == self._places
            self._bar, self._place, self._chord, self._sounded = self._bar + 1, 0, -1, False
            self._queue, self._stage = list(self.frame.chords[self._bar]) if self.frame.chords else [], "open"
            self._chord = 0 if self.frame.chords is not None and not self._queue else self._chord
        elif head == "end":
            self.ended = True
        elif head == "line" and not self._queue:
            self._queue = list(self.frame.lines[self._line][1:])
            self._inside, self._sung = True, 0
        elif head == "/line":
            self._inside, self._line, self._holds = False, self._line + 1, False
        elif head == "pos" and not self._queue and self._stage == "open":
            self._pos, self._stage = int(tail), "pos"
        elif head == "c" and self._stage == "pos":
            self._chord, self._stage = self._pos, "open"
        elif head in ("syl", "mel", "tie"):
            self._tied, self._sounded = head == "tie", True
            self._sung, self._left = self._sung + (head == "syl"), self._left - (head == "syl")
            self._stage = "dur" if self._tied else "pitch"
        elif head == "p":
            self._last, self._stage = self._pitches[name], "dur"
        elif head == "d":
            self._place, self._stage, self._holds = self._pos + int(tail), "open", False


def _pitches(frame: Frame) -> dict[str, int]:
    """Tokens of the notes inside the range."""
    found = {}
    for octave in OCTAVES:
        for degree in degrees(frame.key.mode):
            name = f"p:{degree}:{octave}"
            pitch = pitch_of(name, frame.key, frame.register)
            if frame.low <= pitch <= frame.high:
                found[name] = pitch
    return found
