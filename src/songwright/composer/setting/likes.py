"""What a good setting of words likes, laid over what the network thinks: whole numbers, 1024 to a nat.

A step's bias is the sum of these, in nats; `leaps`, `repeats`, `pentatonic`, `melisma` are the style's, 0..1:

* a syllable no stronger than a lighter neighbour, or no weaker than a heavier one: -7 x difference of weight (-16 where
  the first drafts stumbled), a stressed one beside an unstressed one another -2 (-12); a heavy one off the strong beats
  -0.4 x weight a level; a light one on an accent -1.5; any on a sixteenth what the tune says (`finest`), -0.8 where the
  words are too many for eighths, another -1.5 after a syllable that stands on no beat
* a rest inside a line: -0.2 a place, -0.05 after a comma; the first syllable away from where lines of this tune
  begin: -0.8 a quarter; the last one before its pace brings it there: -0.8 a quarter
* a length over 1.3 of the wanted one: -1.2 x (ratio + 1/ratio - 2), ratio counted from there, under 0.7 twice that; a
  last note shorter than the room it has, up to twice what is wanted: -1.2 x (ratio - 1); a length that leaves the rest
  of the line under nine tenths of the time it wants: -3.5 x (wanted/left - 1)
* a note held over a stronger beat: -1.4 x (1 - syncopation) a level, -0.4 at least; into a chord it is no tone of -0.7,
  out of whose scale it falls -4
* a semitone above a chord tone on a felt beat -0.4; no chord tone held a quarter -0.2; the degrees that five notes
  leave out -0.15 x pentatonic
* away from where the section lies: -0.003 x semitones squared, a third of that where no other kind of section is sung
* after a leap (a fourth or more) a step or third back +0.2, on in the same way -0.4; the same note again
  0.5 x (repeats - 0.4), a third time -0.2, a fourth -1; the augmented second of minor -4
* where a line takes up an earlier one but cannot copy it: its places +3.5, its pitches -4 x (1 + 0.35 a semitone)
* a further note on a syllable: -0.4 + 6 x melisma, up to -1 more for a light one; the line's end: what resting there
  costs
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from songwright.music.rhythm import ACCENT, BEAT, QUARTER_BEAT
from songwright.music.tokens.grammar import BAR, CLOSE, LINE, MELISMA, SYLLABLE, Grammar, Span
from songwright.music.tokens.lanes import Lane

UNIT = 1024
_QUARTER, _DOTTED, _EIGHTH = 12, 9, 6
QUICK = 2560  # 2.5 nats
STUMBLE, STUMBLE_AGAIN = 2048, 12288  # 2 nats; 12 where drafts stumbled
STRESS, STRESS_AGAIN = 7, 16  # nats a difference of weight the wrong way round; where drafts stumbled
_SHORT, _LONG = 717, 1331  # a length is as wanted from 0.7 to 1.3 of what is wanted


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
    """What one line asks. weights, lengths: of its syllables x 1024. pauses: after each.

    pace: places x 1024 of a syllable of length 1. first: place where it would like to begin. hold: places its end
    would like. centre: MIDI x 1024. low, high: MIDI. left: from each syllable to the last one's beginning, lengths x
    1024. target: place where the last one comes to at that pace. stressed: syllables that bear a stress.
    ending: pitch class -> bias of resting there. hook: whether it wants a leap up.
    """

    weights: tuple[int, ...]
    lengths: tuple[int, ...]
    pauses: tuple[int, ...]
    pace: int
    first: int
    hold: int
    centre: int
    low: int
    high: int
    left: tuple[int, ...]
    target: int
    stressed: tuple[bool, ...]
    ending: Mapping[int, int] = field(default_factory=dict)
    hook: bool = False


@dataclass(frozen=True)
class Taste:
    """What style and key like. levels: strength of each place of a bar. spice: pitch classes; gap: two of them.

    over: what a note costs that is held over a stronger beat, a level. away: one nat for so many squared semitones from
    where the section lies. stress: nats a difference of weight that stands
    the wrong way round. stumble: what a stressed syllable costs that has no stronger beat than the unstressed one
    beside it. quick, dotted: what a sixteenth off the eighths costs, what one after a dotted eighth gains.
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
            light = UNIT - self.asked[grammar.line].weights[grammar.sung - 1]
            return [self.taste.turn - light if value == MELISMA else 0 for value in grammar.values]
        return self._places(grammar)

    def level(self, place: int) -> int:
        """The strength of a place."""
        return self._levels[place % self._bar]

    # ------------------------------------------------------------ when

    def _places(self, grammar: Grammar) -> list[int]:
        line, n, now = grammar.line, grammar.sung, grammar.now
        asked = self.asked[line]
        if not grammar.inside:
            early = self._first(line) < grammar.bar_end
            late = _haste(asked, 0, grammar.bar_end, grammar.lanes[line].onsets[-1][-1])
            return [
                (nats(2.5) if (value == LINE) == early else 0) - late * (value == BAR)
                for value in grammar.values
            ]
        if n == len(asked.weights):
            return [0] * len(grammar.values)
        if n == 0:
            first, last = self._first(line), grammar.lanes[line].onsets[-1][-1]
            return [
                self._place(grammar, n, place)
                - nats(0.8) * abs(place - first) // _QUARTER
                - _haste(asked, 0, place, last)
                for place in grammar.values
            ]
        rest = nats(0.05) if asked.pauses[n - 1] else nats(0.2)
        found = []
        for value in grammar.values:
            if value == BAR:
                found.append(-rest * (grammar.bar_end - now))
            elif value == CLOSE:
                found.append(0)
            else:
                found.append(self._place(grammar, n, value) - rest * (value - now))
        return found

    def _first(self, line: int) -> int:
        model = self.models[line]
        return model.pitches[0][0] if model is not None else self.asked[line].first

    def _place(self, grammar: Grammar, n: int, place: int) -> int:
        """How well a place suits the line's n-th syllable."""
        asked, model = self.asked[grammar.line], self.models[grammar.line]
        weight, level = asked.weights[n], self._levels[place % self._bar]
        bias = -nats(0.4) * weight * (5 - level) // UNIT
        if level >= ACCENT and weight < nats(0.3):
            bias -= nats(1.5)
        came = self._onset(grammar) if n else 0
        before = self._levels[came % self._bar]
        if level <= QUARTER_BEAT:
            if n and place - came == _DOTTED and before >= BEAT:
                bias += self.taste.dotted
            else:
                bias -= self.taste.quick if asked.pace >= _EIGHTH * UNIT else nats(0.8)
                bias -= nats(1.5) if n and before < BEAT else 0
        if n:
            heavier = weight - asked.weights[n - 1]
            if (heavier > nats(0.25) and level <= before) or (heavier < -nats(0.25) and level >= before):
                bias -= self.taste.stress * abs(heavier)
            first, second = asked.stressed[n - 1], asked.stressed[n]
            if first != second and (level >= before if first else level <= before):
                bias -= self.taste.stumble
        if n + 1 == len(asked.weights) and place < asked.target:
            bias -= nats(0.8) * (asked.target - place) // _QUARTER
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
        held = max(asked.hold, min(lane.until[-1] - start, 2 * asked.hold))
        wanted = held if last else self._pace(asked, lane, n - 1, start) * asked.lengths[n - 1]
        wanted = max(1, wanted if last else wanted // (UNIT * UNIT))
        nexts = () if last else lane.onsets[n]
        low = nexts[0] if nexts else 0
        high = nexts[-1] if nexts else -1
        level = peak = self._levels[start % self._bar]
        at = start + 1
        pitch = grammar.last or 0
        found = []
        for end in grammar.values:
            while at < end:
                peak = max(peak, self._levels[at % self._bar])
                at += 1
            size = end - start
            bias = _stretched(size, wanted, last) - self.taste.over * (peak - level)
            bias += self._under(pitch, onset, end)
            if not last:
                bias -= _haste(asked, n, max(end, low), lane.onsets[-1][-1])
            if low <= end <= high:
                bias += self._place(grammar, n, end)
            found.append(bias)
        return found

    @staticmethod
    def _pace(asked: Asked, lane: Lane, syllable: int, place: int) -> int:
        """Places x 1024 of length 1 from a syllable on, so that the last one comes to its place without haste."""
        left = asked.left[syllable]
        low = (lane.onsets[-1][0] - place) * UNIT * UNIT // left
        high = (lane.onsets[-1][-1] - place) * UNIT * UNIT // left
        return max(low, min(high, asked.pace))

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
        found = []
        for pitch in grammar.values:
            pc = pitch % 12
            away = pitch * UNIT - asked.centre
            bias = -(away * away // UNIT) // self.taste.away
            if pc not in tones:
                bias -= self._strange(pc, tones, level)
            if wanted is not None and model is not None and pitch != wanted:
                bias -= model.tone + model.tone * 35 * abs(pitch - wanted) // 100
            if history:
                bias += self._step(history, pitch, opens)
                if asked.hook and 5 <= pitch - history[-1] <= 9 and not opens:
                    bias += nats(0.8)
            found.append(bias + ending.get(pc, 0))
        return found

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
        if level >= BEAT:
            cost += nats(0.4) if (pc - 1) % 12 in tones else 0
        return cost + (self.taste.spice_cost if pc in self.taste.spice else 0)

    def _step(self, history: Sequence[int], pitch: int, opens: bool) -> int:
        """What the notes before say to the next pitch."""
        before = history[-1]
        jump = pitch - before
        size = abs(jump)
        if opens:
            return -nats(0.3) * max(0, size - 9)
        bias = self.taste.repeat if jump == 0 else self.taste.leap if size >= 5 else 0
        if size == 3 and {before % 12, pitch % 12} == self.taste.gap:
            bias -= nats(4.0)
        if len(history) > 1:
            came = before - history[-2]
            if abs(came) >= 5:
                back = came * jump < 0
                bias += nats(0.2) if back and size <= 4 else -nats(0.4) if not back and size >= 3 else 0
            if came == 0 and jump == 0:
                third = len(history) > 2 and history[-3] == before
                bias -= nats(1.0) if third else nats(0.2)
        return bias


def _haste(asked: Asked, syllable: int, place: int, latest: int) -> int:
    """What it costs to leave the syllables from this one on less time than they want."""
    left = asked.left[syllable] * asked.pace * 9 // (10 * UNIT * UNIT)
    room = max(1, latest - place)
    return min(nats(6.0), 7 * (left - room) * UNIT // (2 * room)) if left > room else 0


def _stretched(size: int, wanted: int, last: bool) -> int:
    """What a length away from the wanted one costs."""
    ratio = size * UNIT // wanted
    if last:
        return -nats(1.2) * (wanted - size) // size if size < wanted else -max(0, ratio - 2 * UNIT) // 4
    if ratio < _SHORT:
        ratio = ratio * UNIT // _SHORT
        return -5 * (ratio + UNIT * UNIT // max(1, ratio) - 2 * UNIT) // 2
    elif ratio > _LONG:
        ratio = ratio * UNIT // _LONG
    else:
        return 0
    return -6 * (ratio + UNIT * UNIT // max(1, ratio) - 2 * UNIT) // 5
