"""How long a song lasts: whole bars, one tempo, the last chord ringing, and together exactly what was asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from songwright.producer.form import Form
from songwright.values.time import TICKS_PER_QUARTER, Meter, TempoChange, TempoMap

MIN_TAIL_S, MAX_TAIL_S = 0.8, 2.5
_GOOD_TAIL_S = (1.2, 2.2)
_TEMPO_SPAN = 0.06  # how far the tempo may leave the style's when none was asked
_TEMPO_PRICE = 16.0  # at the edge of the span; a quarter of it half way
_SHORT_TAIL_PRICE = 1.0
_RITARDANDO_PRICE = 12.0
_MAX_SLOWING = 0.25  # mean stretch of the bars that slow down
_EASY_SLOWING = 0.15


@dataclass(frozen=True)
class Pulse:
    """The tempo a song may have, in quarter notes a minute. preferred: what luck would choose within low..high."""

    meter: Meter
    low_bpm: float
    preferred_bpm: float
    high_bpm: float

    @classmethod
    def asked(cls, meter: Meter, bpm: float) -> Pulse:
        """Exactly this tempo."""
        return cls(meter, bpm, bpm, bpm)

    @classmethod
    def around(cls, meter: Meter, nominal_bpm: float, preferred_bpm: float) -> Pulse:
        """The tempo of a style, give or take 6 %."""
        return cls(meter, nominal_bpm * (1 - _TEMPO_SPAN), preferred_bpm, nominal_bpm * (1 + _TEMPO_SPAN))

    def bar_s(self, bpm: float) -> float:
        """Seconds a bar."""
        return self.meter.bar_ticks * 60.0 / (TICKS_PER_QUARTER * bpm)


@dataclass(frozen=True)
class Fit:
    """So many bars at this tempo, and the tail after them. slowing_bars: how many bars at the end slow down."""

    bars: int
    tempo_map: TempoMap
    tail_s: float
    price: float = 0.0
    slowing_bars: int = 0


def natural_fit(bars: int, pulse: Pulse) -> Fit:
    """So many bars at the preferred tempo; the last chord rings for most of a bar, whole tenths in all."""
    tempo_map = TempoMap.constant(pulse.preferred_bpm)
    played_s = tempo_map.seconds_at(bars * pulse.meter.bar_ticks)
    low, high = _GOOD_TAIL_S
    ring_s = min(high - 0.1, max(low, pulse.bar_s(pulse.preferred_bpm) * 0.75))
    duration_s = round((played_s + ring_s) * 10) / 10
    return Fit(bars, tempo_map, duration_s - played_s)


def fits(duration_s: float, pulse: Pulse) -> dict[int, Fit]:
    """Every number of bars that can fill exactly `duration_s`, with tempo and tail."""
    most = int((duration_s - MIN_TAIL_S) / pulse.bar_s(pulse.high_bpm)) + 1
    found = (fit(bars, duration_s, pulse) for bars in range(1, most + 1))
    return {each.bars: each for each in found if each is not None}


def fit(bars: int, duration_s: float, pulse: Pulse) -> Fit | None:
    """So many bars in exactly `duration_s`, or None where tempo, tail and a slower ending cannot do it."""
    one_bpm_s = bars * pulse.bar_s(1.0)
    for (short_s, long_s), price in ((_GOOD_TAIL_S, 0.0), ((MIN_TAIL_S, MAX_TAIL_S), _SHORT_TAIL_PRICE)):
        slow = max(pulse.low_bpm, one_bpm_s / (duration_s - short_s))
        fast = min(pulse.high_bpm, one_bpm_s / (duration_s - long_s))
        if slow <= fast:
            bpm = _round_tempo(slow, pulse.preferred_bpm, fast)
            leaving = abs(bpm - pulse.preferred_bpm) / (_TEMPO_SPAN * pulse.preferred_bpm)
            tempo_map = TempoMap.constant(bpm)
            tail_s = duration_s - tempo_map.seconds_at(bars * pulse.meter.bar_ticks)
            return Fit(bars, tempo_map, tail_s, price + _TEMPO_PRICE * leaving * leaving)
    return _slower_ending(bars, duration_s, pulse)


def _round_tempo(slow: float, preferred: float, fast: float) -> float:
    """The roundest tempo in slow..fast, near the preferred one: whole numbers before tenths before hundredths."""
    for scale in (1, 10, 100, 1000):
        first, last = -int(-slow * scale // 1), int(fast * scale // 1)
        if first <= last:
            return max(first, min(last, round(preferred * scale))) / scale
    return max(slow, min(fast, preferred))


def _slower_ending(bars: int, duration_s: float, pulse: Pulse) -> Fit | None:
    """The slowest tempo and a ritardando over the last bars, where a bar is too few and one more too many."""
    bpm = pulse.low_bpm
    bar_s = pulse.bar_s(bpm)
    excess_s = duration_s - bars * bar_s - _GOOD_TAIL_S[1]
    if excess_s <= 0:
        return None
    for slowing_bars, most in ((2, _EASY_SLOWING), (4, _MAX_SLOWING)):
        slowing_bars = min(slowing_bars, bars)
        if excess_s <= most * slowing_bars * bar_s:
            tempo_map = _ritardando(bars, slowing_bars, excess_s, bpm, pulse.meter)
            tail_s = duration_s - tempo_map.seconds_at(bars * pulse.meter.bar_ticks)
            leaving = (pulse.preferred_bpm - bpm) / (_TEMPO_SPAN * bpm)
            price = _RITARDANDO_PRICE + _TEMPO_PRICE * leaving * leaving
            return Fit(bars, tempo_map, tail_s, price, slowing_bars)
    return None


def _ritardando(bars: int, slowing_bars: int, excess_s: float, bpm: float, meter: Meter) -> TempoMap:
    """A tempo map whose last bars slow down beat by beat, evenly, until they have taken `excess_s` more."""
    beats = slowing_bars * meter.bar_ticks // meter.beat_ticks
    beat_s = meter.beat_ticks * 60.0 / (TICKS_PER_QUARTER * bpm)
    step = 2 * excess_s / (beat_s * beats * (beats + 1))
    first_tick = (bars - slowing_bars) * meter.bar_ticks
    changes = [] if first_tick == 0 else [TempoChange(0, bpm)]
    for beat in range(beats):
        slower = round(bpm / (1 + step * (beat + 1)), 3)
        changes.append(TempoChange(first_tick + beat * meter.beat_ticks, slower))
    return TempoMap(tuple(changes))


def lengths(bars: int, pulse: Pulse) -> tuple[float, float]:
    """The shortest and longest a song of so many bars can be, seconds."""
    slow_s = pulse.bar_s(pulse.low_bpm)
    slowing_s = max(_EASY_SLOWING * min(2, bars), _MAX_SLOWING * min(4, bars)) * slow_s
    return bars * pulse.bar_s(pulse.high_bpm) + MIN_TAIL_S, bars * slow_s + slowing_s + _GOOD_TAIL_S[1]


def reachable(form: Form, most_bars: int) -> set[int]:
    """All numbers of bars up to `most_bars` that a form can have."""
    bits, mask = 1, (2 << most_bars) - 1
    for group in form.groups:
        grown = 0
        for bars in {option.bars for option in group.options}:
            grown |= bits << bars
        bits = grown & mask
    return {bars for bars in range(most_bars + 1) if bits >> bars & 1}


def cheapest(form: Form, most_bars: int) -> dict[int, tuple[float, tuple[int, ...]]]:
    """For each number of bars a form can have: the least price, and the option each group takes for it."""
    best: dict[int, tuple[float, tuple[int, ...]]] = {0: (form.price, ())}
    for group in form.groups:
        grown: dict[int, tuple[float, tuple[int, ...]]] = {}
        for bars, (price, picks) in best.items():
            for index, option in enumerate(group.options):
                total, cost = bars + option.bars, price + option.price
                if total <= most_bars and (total not in grown or cost < grown[total][0]):
                    grown[total] = (cost, (*picks, index))
        best = grown
    return best


def choose(forms: Iterable[Form], targets: Mapping[int, Fit]) -> tuple[Form, tuple[int, ...], Fit] | None:
    """The cheapest of some forms (by rising price) that comes to one of the target lengths; None if none does."""
    most = max(targets, default=0)
    best: tuple[float, Form, tuple[int, ...], Fit] | None = None
    for form in forms:
        if best is not None and form.price >= best[0]:
            break
        if reachable(form, most).isdisjoint(targets):
            continue
        for bars, (price, picks) in cheapest(form, most).items():
            if bars in targets and (best is None or price + targets[bars].price < best[0]):
                best = (price + targets[bars].price, form, picks, targets[bars])
    return None if best is None else best[1:]


def neighbours(duration_s: float, bars: Sequence[int], pulse: Pulse) -> tuple[float | None, float | None]:
    """The nearest lengths below and above `duration_s` that some numbers of bars can have, whole tenths inwards."""
    spans = [lengths(count, pulse) for count in bars]
    below = [int(high * 10) / 10 for _, high in spans if int(high * 10) / 10 < duration_s]
    above = [-int(-low * 10 // 1) / 10 for low, _ in spans if -int(-low * 10 // 1) / 10 > duration_s]
    return max(below, default=None), min(above, default=None)
