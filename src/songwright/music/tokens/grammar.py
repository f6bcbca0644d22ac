"""What may stand next in a row of tokens: an automaton that can only write songs.

Whoever follows it, by whatever likes and dislikes, ends with bars that add up, every syllable of every line sung once
and in order and inside its lane, words without holes, notes inside the range and the chord's scale, and the given
chords. It never runs into a corner: a step is allowed only where what is left still fits into the room that is left
(see `lanes`). Everything is whole numbers.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass

from songwright.music.tokens.lanes import Lane
from songwright.music.tokens.vocabulary import NAMES, VOCABULARY

BAR, LINE, CLOSE = -1, -2, -3  # what `values` says of steps that are no places
SYLLABLE, MELISMA, TIE = 0, 1, 2
_LINE, _CLOSE = VOCABULARY["line"], VOCABULARY["/line"]
_MEL, _TIE = VOCABULARY["mel"], VOCABULARY["tie"]
_OCTAVE = 12
_POS, _DUR = VOCABULARY["pos:0"], VOCABULARY["d:1"] - 1


@dataclass(frozen=True)
class Span:
    """The notes one may sing from a place on: (token, MIDI) from low to high; tones: pitch classes of the chord."""

    start: int
    notes: tuple[tuple[int, int], ...]
    tones: frozenset[int]


@dataclass(frozen=True)
class Frame:
    """A stretch of bars to be written.

    bars: the tokens each bar opens with (section, bar, chords; the first may hold notes already). places: of a bar.
    start: place from which on notes are written. lanes: the lines, in order. spans: what may be sung, by place.
    leaps: semitones allowed from note to note. turns: how many further notes a syllable may have. before: the pitch
    sung last, None at the start.
    """

    bars: tuple[tuple[int, ...], ...]
    places: int
    start: int
    lanes: tuple[Lane, ...]
    spans: tuple[Span, ...]
    leaps: frozenset[int]
    turns: int = 2
    before: int | None = None


@dataclass(frozen=True)
class Sound:
    """One written note: places from the start of the stretch, MIDI, and which syllable of which line it carries."""

    start: int
    end: int
    pitch: int
    line: int
    syllable: int


class Grammar:
    """Follows a stretch: `allowed` names what may stand next, `push` takes one of it.

    stage: "open", "mark", "pitch", "length" or "" at the end. values: what each allowed token means: a place (or BAR,
    LINE, CLOSE) when open, SYLLABLE, MELISMA or TIE for a mark, MIDI for a pitch, the place of its end for a length.
    line, sung: which line, and how many of its syllables are begun. onset: where the note being written begins.
    mark: what it is. now: where the last one ended. rows: tokens so far, bar by bar. sounds: notes so far.
    """

    def __init__(self, frame: Frame) -> None:
        """ValueError where a place has no note to sing."""
        if not all(span.notes for span in frame.spans):
            raise ValueError("the range holds no note of the key")
        self.frame = frame
        self.lanes = list(frame.lanes)
        self.rows: list[list[int]] = []
        self.sounds: list[Sound] = []
        self.now = self.onset = frame.start
        self.line = self.sung = 0
        self.inside = self.must_tie = False
        self.ended = not frame.lanes
        self.values: tuple[int, ...] = ()
        self.stage = ""
        self._bar, self._turns = -1, 0
        self.mark = SYLLABLE
        self._last = frame.before
        self._starts = [span.start for span in frame.spans]
        self._pitches: dict[tuple[int, int | None, tuple[int, ...] | None], tuple[tuple[int, int], ...]] = {}
        self._queue: list[int] = []
        self._allowed: tuple[int, ...] = ()
        if not self.ended:
            self._next_bar()
            self._ready()

    @property
    def last(self) -> int | None:
        """The pitch sung last."""
        return self._last

    @property
    def between(self) -> bool:
        """Whether no line is begun: here `follow` may narrow the one to come."""
        return not self.inside

    def follow(self, lane: Lane) -> None:
        """The next line goes this way instead: its old lane, narrowed. ValueError inside a line."""
        if self.inside or self.ended:
            raise ValueError("a line that is begun keeps its lane")
        self.lanes[self.line] = lane
        self._ready()

    @property
    def note_start(self) -> int:
        """Where the note being written began, before the bar line if it is held over."""
        return self.sounds[-1].start if self.mark == TIE else self.onset

    @property
    def bar_end(self) -> int:
        """The place at which the bar being written ends."""
        return (self._bar + 1) * self.frame.places

    def allowed(self) -> tuple[int, ...]:
        """Ids of the tokens that may stand next; () after the end."""
        return self._allowed

    def push(self, token: int) -> None:
        """Takes the next token. ValueError for one that is not allowed."""
        if token not in self._allowed:
            raise ValueError(f"{NAMES[token]} may not stand here")
        self._take(token)

    def _take(self, token: int) -> None:
        if self._queue:
            self._queue.pop(0)
        else:
            value = self.values[self._allowed.index(token)]
            getattr(self, f"_took_{self.stage}")(value)
        self.rows[-1].append(token)
        self._ready()

    def _ready(self) -> None:
        """Finds what may stand next."""
        if self._queue:
            self._allowed, self.values = (self._queue[0],), (0,)
        elif self.ended:
            self._allowed, self.values, self.stage = (), (), ""
        else:
            ids, values = getattr(self, f"_at_{self.stage}")()
            self._allowed, self.values = tuple(ids), tuple(values)

    def _next_bar(self) -> None:
        """Opens the next bar with its own tokens."""
        self._bar += 1
        self.rows.append([])
        self._queue = list(self.frame.bars[self._bar])
        self.now = max(self.now, self._bar * self.frame.places)
        self.stage = "open"

    # ------------------------------------------------------------ an open place

    def _at_open(self) -> tuple[list[int], list[int]]:
        """A place for a note, a line that opens or closes, the end of the bar."""
        return self._between() if not self.inside else self._within()

    def _between(self) -> tuple[list[int], list[int]]:
        lane = self.lanes[self.line]
        ids, values = [], []
        if lane.before(0, self.bar_end, self.now):
            ids, values = [_LINE], [LINE]
        if lane.onsets[0][-1] >= self.bar_end:
            ids.append(self._bar_token())
            values.append(BAR)
        return ids, values

    def _within(self) -> tuple[list[int], list[int]]:
        lane, n = self.lanes[self.line], self.sung
        start = self.bar_end - self.frame.places
        places: list[int] = []
        at_line = self.now == start and self._holding()
        if at_line and self.must_tie:
            places = [start]
        elif n == len(lane.marks):
            if self.must_tie:
                return [self._bar_token()], [BAR]
            places = [start] if at_line and self._room_to_hold() else []
        else:
            places = self._places(lane, n, at_line)
        first = start - _POS
        ids = [place - first for place in places]
        values = list(places)
        if n == len(lane.marks):
            if not self.must_tie:
                ids.append(_CLOSE)
                values.append(CLOSE)
                if self.now == self.bar_end and lane.until[n - 1] > self.bar_end:
                    ids.append(self._bar_token())
                    values.append(BAR)
        elif n and not (at_line and self.must_tie) and self._may_go_on(lane, n):
            ids.append(self._bar_token())
            values.append(BAR)
        return ids, values

    def _places(self, lane: Lane, n: int, at_line: bool) -> list[int]:
        """Where in this bar the next syllable, or a further note of the one before, may begin."""
        if n and self.must_tie:
            return []
        if n and lane.joined[n]:
            return [self.now] if self.now < self.bar_end else []
        places = list(lane.before(n, self.bar_end, self.now))
        if n and self.now < self.bar_end and self.now not in places[:1]:
            held = at_line and self._room_to_hold()
            if held or self._may_turn():
                places.insert(0, self.now)
        return places

    def _may_go_on(self, lane: Lane, n: int) -> bool:
        """Whether the next syllable may wait for the next bar."""
        if self.must_tie:
            return self.now == self.bar_end
        if lane.joined[n]:
            return self.now == self.bar_end
        return lane.onsets[n][-1] >= self.bar_end

    def _bar_token(self) -> int:
        """The token the next bar opens with: its section or the bar itself."""
        return self.frame.bars[self._bar + 1][0]

    def _took_open(self, value: int) -> None:
        if value == BAR:
            self.must_tie |= self.inside and self.sung == len(self.lanes[self.line].marks)
            self._next_bar()
            self._queue.pop(0)
        elif value == LINE:
            self._queue = list(self.lanes[self.line].head[1:])
            self.inside, self.sung = True, 0
        elif value == CLOSE:
            self.inside, self.line = False, self.line + 1
            self.ended = self.line == len(self.lanes)
        else:
            self.onset, self.stage = value, "mark"

    # ------------------------------------------------------------ a note

    def _holding(self) -> bool:
        """Whether a note reaches up to where we are."""
        return bool(self.sounds) and self.sounds[-1].end == self.now and self.sounds[-1].line == self.line

    def _room_to_hold(self) -> bool:
        """Whether the note before may be held a little further."""
        lane, n = self.lanes[self.line], self.sung
        if n == len(lane.marks) or not lane.joined[n]:
            return lane.until[n - 1] > self.now
        return lane.onsets[n][-1] > self.now

    def _may_turn(self) -> bool:
        """Whether the syllable before may move to another pitch here."""
        lane, n = self.lanes[self.line], self.sung
        if self._turns >= self.frame.turns or n == len(lane.marks) or not self._holding():
            return False
        return bool(self._ends(lane, n - 1, self.now, lane.least[n - 1]))

    def _at_mark(self) -> tuple[list[int], list[int]]:
        lane, n = self.lanes[self.line], self.sung
        ids, values = [], []
        held = self.onset == self.bar_end - self.frame.places and self._holding() and self.onset == self.now
        if held and (self.must_tie or (n and self._room_to_hold())):
            ids, values = [_TIE], [TIE]
        if self.must_tie:
            return ids, values
        if n < len(lane.marks) and lane.before(n, self.onset + 1, self.onset):
            ids.append(lane.marks[n])
            values.append(SYLLABLE)
        if n and self.onset == self.now and self._may_turn():
            ids.append(_MEL)
            values.append(MELISMA)
        return ids, values

    def _took_mark(self, value: int) -> None:
        self.mark = value
        if value == SYLLABLE:
            self.sung, self._turns = self.sung + 1, 0
        elif value == MELISMA:
            self._turns += 1
        self.stage = "length" if value == TIE else "pitch"

    def _at_pitch(self) -> tuple[list[int], list[int]]:
        span = max(0, bisect_right(self._starts, self.onset) - 1)
        lane = self.lanes[self.line]
        home = lane.home if self.sung == len(lane.marks) else None
        apart = self._last if self.mark == MELISMA else None
        name = (span, self._last, home)
        if name not in self._pitches:
            self._pitches[name] = _pitches(self.frame, self.frame.spans[span], self._last, home)
        found = self._pitches[name]
        if apart is not None:
            found = tuple(option for option in found if option[1] != apart) or found
        return [token for token, _ in found], [pitch for _, pitch in found]

    def _took_pitch(self, value: int) -> None:
        self._last, self.stage = value, "length"

    def _at_length(self) -> tuple[list[int], list[int]]:
        lane, n = self.lanes[self.line], self.sung
        sounded = self.onset - self.sounds[-1].start if self.mark == TIE else 0
        ends = self._ends(lane, n - 1, self.onset, max(1, lane.least[n - 1] - sounded))
        return [_DUR + end - self.onset for end in ends], ends

    def _ends(self, lane: Lane, syllable: int, start: int, least: int) -> list[int]:
        """Where a note of a syllable from `start` on may end in this bar: then all that is left still fits."""
        until, after = lane.until[syllable], syllable + 1
        low, high = start + least, min(until, self.bar_end)
        if after < len(lane.marks) and lane.joined[after]:
            row = lane.onsets[after]
            ends = list(row[bisect_left(row, low) : bisect_right(row, high)])
            beyond = row[-1] > self.bar_end and row[-1] - start >= least
        else:
            grid = lane.grid
            ends = list(range(-(-low // grid) * grid, high + 1, grid))
            if after == len(lane.marks) and high >= low and high % grid:
                ends.append(high)
            beyond = until > self.bar_end and until - start >= least
        if beyond and (not ends or ends[-1] != self.bar_end):
            ends.append(self.bar_end)
        return ends

    def _took_length(self, value: int) -> None:
        lane, n = self.lanes[self.line], self.sung
        if self.mark == TIE:
            before = self.sounds.pop()
            start, pitch = before.start, before.pitch
        else:
            assert self._last is not None
            start, pitch = self.onset, self._last
        self.sounds.append(Sound(start, value, pitch, self.line, n - 1))
        self.now, self.stage = value, "open"
        short = value - start < lane.least[n - 1]
        stuck = n < len(lane.marks) and lane.joined[n] and not lane.before(n, value + 1, value)
        self.must_tie = value == self.bar_end and (short or stuck)


def _pitches(
    frame: Frame, span: Span, before: int | None, home: tuple[int, ...] | None
) -> tuple[tuple[int, int], ...]:
    """The notes that may follow a pitch; home: where a line's last syllable belongs, None inside a line."""
    notes = span.notes
    near = notes if before is None else tuple(o for o in notes if o[1] - before in frame.leaps)
    far = notes if before is None else tuple(o for o in notes if abs(o[1] - before) <= _OCTAVE)
    if home is not None:
        for wanted in (span.tones & set(home), span.tones):
            for options in (near, far):
                landing = tuple(o for o in options if o[1] % 12 in wanted)
                if landing:
                    return landing
    nearest = sorted(notes, key=lambda o: (abs(o[1] - (before or 0)), o[1]))[:1]
    return near or far or tuple(nearest)
