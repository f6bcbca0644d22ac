"""What a good setting of words likes, laid over what the network thinks: whole numbers, 1024 to a nat.

A step's bias is the sum of these, in nats; `leaps`, `repeats`, `pentatonic`, `melisma` are the style's, 0..1:

* a syllable no stronger than a lighter neighbour, or no weaker than a heavier one: -3 x difference of weight; a heavy
  one off the strong beats -0.2 x weight a level; a light one on an accent -0.5; any on a sixteenth -0.5
* a rest inside a line: -0.15 a place, -0.02 after a comma; the first syllable away from where lines of this tune
  begin: -0.5 a quarter
* a length away from the wanted one: -0.8 x (ratio + 1/ratio - 2); a last note shorter than wanted -1.2 x (ratio - 1)
* a note held over a stronger beat: -0.4 a level; into a chord it is no tone of -1, out of whose scale it falls -4
* no chord tone: -1.2 on a felt beat, -0.8 more a semitone above one; when held a quarter -0.8; the degrees that five
  notes leave out -0.9 x pentatonic
* away from where the section lies: -0.025 x semitones squared; the outer two semitones of the range -0.5
* after a leap (a fourth or more) a step or third back +0.5, on in the same way -1.2; the same note a third time -0.7, a
  fourth -1.8; the augmented second of minor -4
* where a line takes up an earlier one: its places +`model`, its pitches -`model` x (1 + 0.35 a semitone)
* a further note on a syllable: -1.6 + 6 x melisma; the line's end: what it costs to rest there
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from songwright.music.rhythm import ACCENT, BEAT, QUARTER_BEAT
from songwright.music.tokens.grammar import BAR, CLOSE, LINE, MELISMA, SYLLABLE, Grammar, Span

UNIT = 1024
_QUARTER = 12


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
    would like. centre: MIDI x 1024. low, high: MIDI.
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
    ending: Mapping[int, int] = field(default_factory=dict)
    hook: bool = False


@dataclass(frozen=True)
class Taste:
    """What style and key like. levels: strength of each place of a bar. spice: pitch classes; gap: two of them."""

    levels: tuple[int, ...]
    spice: frozenset[int]
    gap: frozenset[int]
    spice_cost: int
    repeat: int
    leap: int
    turn: int


class Likes:
    """The biases of one tune in the making; `models` and `asked` are one for each line of its grammar."""

    def __init__(self, taste: Taste, asked: Sequence[Asked], spans: Sequence[Span]) -> None:
        self.taste, self.asked = taste, asked
        self.models: list[Model | None] = [None] * len(asked)
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
            return [self.taste.turn if value == MELISMA else 0 for value in grammar.values]
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
            return [nats(2.5) if (value == LINE) == early else 0 for value in grammar.values]
        if n == len(asked.weights):
            return [0] * len(grammar.values)
        if n == 0:
            first = self._first(line)
            return [
                self._place(grammar, n, place) - nats(0.5) * abs(place - first) // _QUARTER
                for place in grammar.values
            ]
        rest = nats(0.02) if asked.pauses[n - 1] else nats(0.15)
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
        bias = -nats(0.2) * weight * (5 - level) // UNIT
        if level >= ACCENT and weight < nats(0.3):
            bias -= nats(0.5)
        if level <= QUARTER_BEAT:
            bias -= nats(0.5)
        if n:
            heavier = weight - asked.weights[n - 1]
            before = (
                self._levels[grammar.onset % self._bar] if grammar.stage != "open" else self._onset(grammar)
            )
            if (heavier > nats(0.25) and level <= before) or (heavier < -nats(0.25) and level >= before):
                bias -= 3 * abs(heavier)
        if model is not None and place in model.onsets:
            bias += model.beat
        return bias

    def _onset(self, grammar: Grammar) -> int:
        """The strength of the place where the syllable sung last began."""
        for sound in reversed(grammar.sounds):
            if sound.syllable != grammar.sung - 1 or sound.line != grammar.line:
                break
            start = sound.start
        return self._levels[start % self._bar]

    # ------------------------------------------------------------ how long

    def _lengths(self, grammar: Grammar) -> list[int]:
        asked, lane = self.asked[grammar.line], grammar.lanes[grammar.line]
        n, onset = grammar.sung, grammar.onset
        start = grammar.note_start
        last = n == len(asked.weights)
        wanted = max(1, asked.hold if last else asked.pace * asked.lengths[n - 1] // (UNIT * UNIT))
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
            bias = _stretched(size, wanted, last) - nats(0.4) * (peak - level)
            bias += self._under(pitch, onset, end)
            if low <= end <= high:
                bias += self._place(grammar, n, end)
            found.append(bias)
        return found

    def _under(self, pitch: int, onset: int, end: int) -> int:
        """What the chords say to a note from onset to end."""
        bias, strange, pc = 0, 0, pitch % 12
        for start, tones, scale in self._spans:
            if start >= end - 2:
                break
            if start > onset:
                bias -= nats(4.0) if pc not in scale else nats(1.0) if pc not in tones else 0
            else:
                strange = nats(0.8) if pc not in tones and end - onset >= _QUARTER else 0
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
            bias = -(away * away // UNIT) // 40
            if pc not in tones:
                bias -= self._strange(pc, tones, level)
            if pitch - asked.low < 2 or asked.high - pitch < 2:
                bias -= nats(0.5)
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
            cost += nats(1.2) + (nats(0.8) if (pc - 1) % 12 in tones else 0)
        return cost + (self.taste.spice_cost if pc in self.taste.spice else 0)

    def _step(self, history: Sequence[int], pitch: int, opens: bool) -> int:
        """What the notes before say to the next pitch."""
        before = history[-1]
        jump = pitch - before
        size = abs(jump)
        if opens:
            return -nats(0.3) * max(0, size - 4)
        bias = self.taste.repeat if jump == 0 else self.taste.leap if size >= 5 else 0
        if size == 3 and {before % 12, pitch % 12} == self.taste.gap:
            bias -= nats(4.0)
        if len(history) > 1:
            came = before - history[-2]
            if abs(came) >= 5:
                back = came * jump < 0
                bias += nats(0.5) if back and size <= 4 else -nats(1.2) if not back and size >= 3 else 0
            if came == 0 and jump == 0:
                third = len(history) > 2 and history[-3] == before
                bias -= nats(1.8) if third else nats(0.7)
        return bias


def _stretched(size: int, wanted: int, last: bool) -> int:
    """What a length away from the wanted one costs."""
    ratio = size * UNIT // wanted
    if last:
        return -nats(1.2) * (wanted - size) // size if size < wanted else -(ratio - UNIT) // 4
    return -4 * (ratio + wanted * UNIT // size - 2 * UNIT) // 5
