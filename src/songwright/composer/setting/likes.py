"""What a good setting of words likes, laid over what the network thinks: whole numbers, 1024 to a nat.

A step's bias is the sum of these, in nats; `leaps`, `repeats`, `pentatonic`, `melisma` are the style's, 0..1:

* a syllable no stronger than a lighter neighbour, or no weaker than a heavier one: -7 x difference of weight (-16 where
  the first drafts stumbled), a stressed one beside an unstressed one another -3.5 (-12); a heavy one off the strong
  beats -0.4 x weight a level; a light one on an accent -1; any on a first beat +1.3, off the beats -0.3; any on a
  sixteenth what the tune says (`finest`), -0.8 where the words are too many for eighths, another -4 after a syllable
  that stands on no beat
* a rest inside a line: -2.4 and -0.3 a place, after a comma -0.8 and -0.12, and the time that is missed later
* a note from a sixteenth on that does not lead back to the eighths: -4; one from an eighth off the beat to a sixteenth
  -4, a sixteenth from a beat on -1.5; where there is less room than 1.2 eighths a syllable, only a sixteenth from an
  eighth off the beat: -5
* an eighth off the beats after a dotted quarter on one: +1.5
* a syllable over 1.3 of the line's average: -0.6 x (ratio + 1/ratio - 2), ratio counted from there; under 0.7 of it
  four times that: what is uneven is heard by the network, which then goes on so
* a length that leaves the syllables up to the last one, whose place is known (`spine`), more or less than the time they
  have on average: what `_BRIDGE` says. It was measured on 8,314 lengths of people's songs, as what has to be added to
  the network's own likelihoods (a conditional logit with those as offset) to know what people do who know the end;
  where people's songs have hardly a case, under .72 and over 1.6 of that time, it falls by 8 and 2.5 nats a unit; every
  eighth that is missing where the rest of a line should go in eighths costs what a sixteenth does
* a note held over a stronger beat: -1.4 x (1 - syncopation) a level, -0.4 at least, over a bar line a level and 1.5
  more; into a chord it is no tone of -0.7, out of whose scale it falls -4
* no chord tone on a beat -0.15, on an eighth off it -0.4, a semitone above one on a felt beat another -0.25; no chord
  tone held a quarter -0.2; the degrees that five notes leave out -0.15 x pentatonic
* away from where the section lies: -0.003 x semitones squared, a fifth of that where no other kind of section is sung;
  each line is drawn up or down by luck, up to 0.12 a semitone
* a step +0.06 (a semitone up +0.18), a third -0.12, to a first beat another +0.15 and -0.1, an octave +1.5, another
  leap (a fourth or more) +0.15 to a beat, -0.3 off them; after a leap a step or third back +0.2, on in the same way
  -0.4; up after a third up -0.3; a step up after another +0.12; a step down after a step up -0.25, after the same note
  twice +0.25; the same note again 0.5 x (repeats - 0.8), a third time -0.2, a fourth -1; the augmented second of minor
  -4
* where a line takes up an earlier one but cannot copy it: its places +3.5, its pitches -4 x (1 + 0.35 a semitone)
* what was learned beside all this (`leanings`)
* a further note on a syllable: -0.4 + 6 x melisma, up to -1 more for a light one; the line's end: what resting there
  costs
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Protocol

from songwright.composer.setting.leanings import Leanings
from songwright.music.rhythm import ACCENT, BEAT, DOWNBEAT, HALF_BEAT, QUARTER_BEAT
from songwright.music.tokens import GRID
from songwright.music.tokens.grammar import BAR, CLOSE, LINE, MELISMA, SYLLABLE, TIE, Grammar, Span
from songwright.music.tokens.lanes import Lane

UNIT = 1024
_LONG_DOTTED, _QUARTER, _DOTTED, _EIGHTH, _SIXTEENTH = 18, 12, 9, 6, 3
QUICK = 2560  # 2.5 nats
STUMBLE, STUMBLE_AGAIN = 3584, 12288  # 3.5 nats; 12 where drafts stumbled
STRESS, STRESS_AGAIN = 7, 16  # nats a difference of weight the wrong way round; where drafts stumbled
_LITTLE, _MUCH = 737, 1638  # time left beside the line's own, x 1024: people leave hardly less or more
_RATIOS = (870, 973, 1075, 1178, 1331)  # bounds between
_BRIDGE = (  # for one more length, two, three and four, more
    (592, 323, -179, 32, -305, 98),
    (1170, 1010, 1185, 693, 733, 42),
    (544, 1219, 1142, 972, 443, -60),
    (448, 891, 815, 470, 88, -463),
)
_SHORT, _LONG = 717, 1331  # a length is as long as the average from 0.7 to 1.3 of it
_RUSHED, _DAWDLED = 8, 5  # nats, and half nats, a unit beyond
_UNBORNE = 614  # nats x 1024 an end costs that a chord before the next line does not bear
_ARRIVAL = (
    517,
    0,
    -1536,
    -3072,
)  # for the length before the last syllable: 0, 1 to 3, 4 to 6, more places short of it


def nats(value: float) -> int:
    """A bias in nats as a whole number."""
    return int(value * UNIT)


@dataclass(frozen=True)
class Model:
    """An earlier line to take up. onsets: places; pitches: (place, MIDI) ascending. beat, tone: nats x 1024.

    until: the place up to which its pitches are taken up.
    """

    onsets: frozenset[int]
    pitches: tuple[tuple[int, int], ...]
    beat: int
    tone: int
    until: int

    def pitch_at(self, place: int) -> int:
        """The pitch it has at a place (its first before it begins)."""
        found = self.pitches[0][1]
        for start, pitch in self.pitches:
            if start > place:
                break
            found = pitch
        return found


@dataclass(frozen=True)
class Asked:
    """What one line asks. weights: of its syllables x 1024. pauses: after each.

    centre: MIDI x 1024. low, high: MIDI. stressed: syllables that bear a stress.
    ending: pitch class -> bias of resting there. hook: whether it wants a leap up. pull: nats x 1024 a semitone up.
    rings: the place up to which the last note may be held.
    """

    weights: tuple[int, ...]
    pauses: tuple[int, ...]
    centre: int
    low: int
    high: int
    stressed: tuple[bool, ...]
    ending: Mapping[int, int] = field(default_factory=dict)
    hook: bool = False
    pull: int = 0
    rings: int = 0


@dataclass(frozen=True)
class Taste:
    """What style and key like. levels: strength of each place of a bar. spice: pitch classes; gap: two of them.

    over: what a note costs that is held over a stronger beat, a level. away: one nat for so many squared semitones from
    where the section lies. stress: nats a difference of weight that stands
    the wrong way round. stumble: what a stressed syllable costs that has no stronger beat than the unstressed one
    beside it. quick, dotted: what a sixteenth off the eighths costs, what one after a dotted eighth gains. tonic: pitch
    class. minor: the mode. leanings: what was learned beside all this, None for nothing.
    """

    levels: tuple[int, ...]
    spice: frozenset[int]
    gap: frozenset[int]
    spice_cost: int
    repeat: int
    leap: int
    turn: int
    over: int
    away: int
    stress: int = STRESS
    stumble: int = STUMBLE
    quick: int = QUICK
    dotted: int = 0
    tonic: int = 0
    minor: bool = False
    leanings: Leanings | None = None


class Repeat(Protocol):
    """An earlier line sung again (`copying.Copy`)."""

    def token(self, grammar: Grammar) -> int | None:
        """The token that goes on as it did; None where the network has its say."""
        ...


class Likes:
    """The biases of one tune in the making; `models`, `copies` and `asked` are one for each line of its grammar."""

    def __init__(self, taste: Taste, asked: Sequence[Asked], spans: Sequence[Span]) -> None:
        self.taste, self.asked = taste, asked
        self.models: list[Model | None] = [None] * len(asked)
        self.copies: list[Repeat | None] = [None] * len(asked)
        self._spans = [(span.start, span.tones, frozenset(p % 12 for _, p in span.notes)) for span in spans]
        self._levels = taste.levels
        self._bar = len(taste.levels)

    def of(self, grammar: Grammar) -> list[int]:
        """The bias of each token the grammar allows now, in its order."""
        if grammar.stage == "pitch":
            return self._pitches(grammar)
        if grammar.stage == "length":
            return self._lengths(grammar)
        if grammar.stage == "mark":
            return [self._mark(grammar, value) for value in grammar.values]
        return self._places(grammar)

    def level(self, place: int) -> int:
        """The strength of a place."""
        return self._levels[place % self._bar]

    def _mark(self, grammar: Grammar, value: int) -> int:
        """What speaks for another syllable, a further note on the one that is sung, or holding it over a bar line."""
        weights = self.asked[grammar.line].weights
        if value == MELISMA:
            return self.taste.turn - (UNIT - weights[grammar.sung - 1])
        if value == TIE and grammar.sung < len(weights):
            return -nats(1.5) - self.taste.over * (
                DOWNBEAT + 1 - self._levels[grammar.sounds[-1].start % self._bar]
            )
        return 0

    # ------------------------------------------------------------ when

    def _places(self, grammar: Grammar) -> list[int]:
        n, now = grammar.sung, grammar.now
        asked = self.asked[grammar.line]
        if not grammar.inside:
            early = grammar.lanes[grammar.line].onsets[0][0] < grammar.bar_end
            return [nats(2.5) if (value == LINE) == early else 0 for value in grammar.values]
        if n == len(asked.weights):
            return [0] * len(grammar.values)
        if n == 0:
            return [self._place(grammar, n, place) for place in grammar.values]
        rest, pause = (nats(0.12), nats(0.8)) if asked.pauses[n - 1] else (nats(0.3), nats(2.4))
        bridge = _Bridge(grammar.lanes[grammar.line], n, self.taste.quick)

        def waiting(place: int) -> int:
            """What it costs to be silent until a place."""
            return -rest * (place - now) - pause * (place > now) + min(0, bridge.of(place) - bridge.of(now))

        found = []
        for value in grammar.values:
            if value == BAR:
                found.append(waiting(grammar.bar_end))
            elif value == CLOSE:
                found.append(0)
            else:
                found.append(self._place(grammar, n, value) + waiting(value))
        return found

    def _place(self, grammar: Grammar, n: int, place: int) -> int:
        """How well a place suits the line's n-th syllable."""
        asked, model = self.asked[grammar.line], self.models[grammar.line]
        weight, level = asked.weights[n], self._levels[place % self._bar]
        bias = -nats(0.4) * weight * (5 - level) // UNIT
        bias += nats(1.3) if level == DOWNBEAT else -nats(0.3) if level <= HALF_BEAT else 0
        if level >= ACCENT and weight < nats(0.3):
            bias -= nats(1.0)
        came = self._onset(grammar) if n else 0
        before = self._levels[came % self._bar]
        if level <= QUARTER_BEAT:
            if n and place - came == _DOTTED and before >= BEAT:
                bias += self.taste.dotted
            else:
                roomy = _pace(grammar.lanes[grammar.line]) >= _EIGHTH * UNIT
                bias -= self.taste.quick if roomy else nats(0.8)
                bias -= nats(4.0) if n and before < BEAT else 0
        elif level == HALF_BEAT and n and place - came == _LONG_DOTTED and before >= BEAT:
            bias += nats(1.5)
        if n:
            heavier = weight - asked.weights[n - 1]
            if (heavier > nats(0.25) and level <= before) or (heavier < -nats(0.25) and level >= before):
                bias -= self.taste.stress * abs(heavier)
            first, second = asked.stressed[n - 1], asked.stressed[n]
            if first != second and (level >= before if first else level <= before):
                bias -= self.taste.stumble
        if model is not None and place in model.onsets:
            bias += model.beat
        return bias

    @staticmethod
    def _onset(grammar: Grammar) -> int:
        """The place where the syllable sung last began."""
        if grammar.stage != "open":
            return grammar.onset
        start = grammar.now
        for sound in reversed(grammar.sounds):
            if sound.syllable != grammar.sung - 1 or sound.line != grammar.line:
                break
            start = sound.start
        return start

    # ------------------------------------------------------------ how long

    def _lengths(self, grammar: Grammar) -> list[int]:
        asked, lane = self.asked[grammar.line], grammar.lanes[grammar.line]
        n, onset = grammar.sung, grammar.onset
        start = grammar.note_start
        last = n == len(asked.weights)
        nexts, bridge = () if last else lane.onsets[n], _Bridge(lane, n, self.taste.quick)
        low = nexts[0] if nexts else 0
        high = nexts[-1] if nexts else -1
        level = peak = self._levels[start % self._bar]
        roomy = 5 * _pace(lane) >= 6 * _EIGHTH * UNIT
        at = start + 1
        pitch = grammar.last or 0
        leanings, before = self.taste.leanings, self._before(grammar, start)
        found = []
        for end in grammar.values:
            while at < end:
                peak = max(peak, self._levels[at % self._bar])
                at += 1
            bias = self._under(pitch, onset, end) - self.taste.over * (peak - level)
            bias -= self._odd(level, start, end, roomy)
            if leanings is not None and not last:
                bias += leanings.length(level, before, (end - start) * GRID, self._levels[end % self._bar])
            if not last:
                bias += bridge.of(max(end, low)) + bridge.even(max(end, low) - self._begun(grammar))
            if low <= end <= high:
                bias += self._place(grammar, n, end)
            found.append(bias)
        return found

    @staticmethod
    def _before(grammar: Grammar, start: int) -> int | None:
        """Ticks from the note before in the line to one that begins at a place; None for the line's first."""
        earlier = [
            sound for sound in grammar.sounds[-2:] if sound.line == grammar.line and sound.start < start
        ]
        return (start - earlier[-1].start) * GRID if earlier else None

    def _odd(self, level: int, start: int, end: int, roomy: bool) -> int:
        """What a length costs that hardly any tune has: off the eighths and not led back, or off them from a half beat.

        level: of its start. roomy: whether the words have room for eighths.
        """
        if level <= QUARTER_BEAT:
            return nats(4.0) if end - start > _SIXTEENTH else 0
        if self.level(end) > QUARTER_BEAT or not roomy:
            return nats(5.0) if level == HALF_BEAT and end - start <= _SIXTEENTH else 0
        return nats(4.0) if level == HALF_BEAT else nats(1.5) if end - start <= _SIXTEENTH else 0

    @staticmethod
    def _begun(grammar: Grammar) -> int:
        """The place where the syllable being sung began."""
        if grammar.mark == SYLLABLE:
            return grammar.onset
        start = grammar.note_start
        for sound in reversed(grammar.sounds):
            if sound.syllable != grammar.sung - 1 or sound.line != grammar.line:
                break
            start = sound.start
        return start

    def _under(self, pitch: int, onset: int, end: int) -> int:
        """What the chords say to a note from onset to end."""
        bias, strange, pc = 0, 0, pitch % 12
        for start, tones, scale in self._spans:
            if start >= end - 2:
                break
            if start > onset:
                bias -= nats(4.0) if pc not in scale else nats(0.7) if pc not in tones else 0
            else:
                strange = nats(0.2) if pc not in tones and end - onset >= _QUARTER else 0
        return bias - strange

    # ------------------------------------------------------------ which

    def _pitches(self, grammar: Grammar) -> list[int]:
        asked, model, onset = self.asked[grammar.line], self.models[grammar.line], grammar.onset
        n = grammar.sung
        tones = self._tones(onset)
        level = self._levels[onset % self._bar]
        history = [sound.pitch for sound in grammar.sounds[-3:]]
        opens = n == 1 and grammar.mark == SYLLABLE
        wanted = model.pitch_at(onset) if model is not None and onset < model.until else None
        ending = asked.ending if n == len(asked.weights) else {}
        leaning = self._leaning(grammar, level, opens)
        later = (
            [t for start, t, _ in self._spans if onset < start < asked.rings]
            if n == len(asked.weights)
            else []
        )
        found = []
        for pitch in grammar.values:
            pc = pitch % 12
            away = pitch * UNIT - asked.centre
            bias = -(away * away // UNIT) // self.taste.away + asked.pull * away // UNIT
            if pc not in tones:
                bias -= self._strange(pc, tones, level)
            if any(pc not in bearing for bearing in later):
                bias -= _UNBORNE
            if wanted is not None and model is not None and pitch != wanted:
                bias -= model.tone + model.tone * 35 * abs(pitch - wanted) // 100
            if history:
                bias += self._step(history, pitch, opens, level)
                if asked.hook and 5 <= pitch - history[-1] <= 9 and not opens:
                    bias += nats(0.8)
            found.append(bias + ending.get(pc, 0) + leaning(pitch, pc in tones))
        return found

    def _leaning(self, grammar: Grammar, level: int, opens: bool) -> Callable[[int, bool], int]:
        """What was learned about a pitch that is a tone of its chord or not, on a place of this strength."""
        taste = self.taste
        leanings = taste.leanings
        if leanings is None:
            return lambda pitch, fits: 0
        line = [sound for sound in grammar.sounds[-4:] if sound.line == grammar.line]
        known = [sound.pitch for sound in line]
        jumps = [b - a for a, b in pairwise(known)]
        fitted = bool(line) and known[-1] % 12 in self._tones(line[-1].start)
        last = grammar.sounds[-1].pitch if grammar.sounds else None

        def of(pitch: int, fits: bool) -> int:
            found = leanings.pitch((pitch - taste.tonic) % 12, taste.minor, level, fits)
            if known:
                return found + leanings.step([*jumps, pitch - known[-1]], level, fits, fitted)
            return found if last is None or not opens else found + leanings.opening(pitch - last)

        return of

    def _tones(self, place: int) -> frozenset[int]:
        tones = self._spans[0][1]
        for start, here, _ in self._spans:
            if start > place:
                break
            tones = here
        return tones

    def _strange(self, pc: int, tones: frozenset[int], level: int) -> int:
        """What a note outside the chord costs."""
        cost = 0
        if level >= HALF_BEAT:
            cost += nats(0.35) if level > HALF_BEAT else nats(0.4)
        if level >= BEAT:
            cost += nats(0.25) if (pc - 1) % 12 in tones else 0
        return cost + (self.taste.spice_cost if pc in self.taste.spice else 0)

    def _step(self, history: Sequence[int], pitch: int, opens: bool, level: int) -> int:
        """What the notes before say to the next pitch, on a place of this strength."""
        before = history[-1]
        jump = pitch - before
        size = abs(jump)
        if opens:
            return -nats(0.3) * max(0, size - 9)
        bias = self.taste.repeat if jump == 0 else self.taste.leap if size >= 5 else 0
        bias += (
            nats(0.18)
            if jump == 1
            else nats(0.06)
            if size in (1, 2)
            else -nats(0.12)
            if size in (3, 4)
            else 0
        )
        if level == DOWNBEAT:
            bias += nats(0.15) if size in (1, 2) else -nats(0.1) if size in (3, 4) else 0
        if size == 12:
            bias += nats(1.5)
        elif size >= 5:
            bias += -nats(0.3) if level <= HALF_BEAT else nats(0.15)
        if size == 3 and {before % 12, pitch % 12} == self.taste.gap:
            bias -= nats(4.0)
        if len(history) > 1:
            came = before - history[-2]
            if abs(came) >= 5:
                back = came * jump < 0
                bias += nats(0.2) if back and size <= 4 else -nats(0.4) if not back and size >= 3 else 0
            if came in (3, 4) and jump > 0:
                bias -= nats(0.3)
            if came in (1, 2) and jump in (1, 2):
                bias += nats(0.12)
            if jump in (-1, -2) and came in (0, 1, 2):
                bias += -nats(0.25) if came else nats(0.25)
            if came == 0 and jump == 0:
                third = len(history) > 2 and history[-3] == before
                bias -= nats(1.0) if third else nats(0.2)
        return bias


def _pace(lane: Lane) -> int:
    """Places x 1024 of an average syllable of a line up to the last one."""
    return (lane.onsets[-1][-1] - lane.onsets[0][0]) * UNIT // max(1, len(lane.marks) - 1)


class _Bridge:
    """What speaks for a place of syllable number n (from 0) of a line whose last syllable has its place."""

    def __init__(self, lane: Lane, n: int, quick: int) -> None:
        """quick: what a sixteenth off the eighths costs."""
        self._last = lane.onsets[-1][-1]
        self._more = len(lane.marks) - 1 - n
        self._pace = _pace(lane)
        self._known = len(lane.onsets[-1]) == 1
        self._quick = quick if self._pace >= _EIGHTH * UNIT else 0

    def even(self, size: int) -> int:
        """What it costs that a syllable lasts much longer or shorter than those of the line on average."""
        ratio = max(1, size) * UNIT * UNIT // max(1, self._pace)
        if _SHORT <= ratio <= _LONG:
            return 0
        much = ratio * UNIT // (_SHORT if ratio < _SHORT else _LONG)
        away = much + UNIT * UNIT // max(1, much) - 2 * UNIT
        return -(12 if ratio < _SHORT else 3) * away // 5

    def of(self, place: int) -> int:
        """The bias of a place, 1/1024 nats; 0 where the end is open."""
        left = self._last - place
        if not self._known or left < 0:
            return 0
        if not self._more:
            return _ARRIVAL[bisect_left((0, 3, 6), left)]
        row = _BRIDGE[0 if self._more == 1 else 1 if self._more == 2 else 2 if self._more < 5 else 3]
        ratio = left * UNIT * UNIT // max(1, self._more * self._pace)
        hurry = self._quick * max(0, self._more * _EIGHTH - left) // _EIGHTH
        beyond = hurry + _RUSHED * max(0, _LITTLE - ratio) + _DAWDLED * max(0, ratio - _MUCH) // 2
        return row[bisect_right(_RATIOS, ratio)] - beyond
