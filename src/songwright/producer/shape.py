"""Finds the form, the bars and the tempo that make a song natural, and exactly as long as was asked."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import takewhile

from songwright.errors import BriefError
from songwright.producer.form import Block, Form, draft, wordless
from songwright.producer.length import (
    MAX_TAIL_S,
    Fit,
    Pulse,
    cheapest,
    choose,
    fits,
    natural_fit,
    neighbours,
    reachable,
)
from songwright.producer.settings import FormSettings
from songwright.producer.windows import Pace
from songwright.producer.wishes import DURATION_S
from songwright.values.seed import Seed

_MAX_REPRISES = 80
# A song without words may be cut down to its first sections: how many, and the price.
_WORDLESS_CUTS = ((8, 0.0), (4, 12.0), (2, 25.0), (1, 40.0))


@dataclass(frozen=True)
class Shape:
    """The form decided: which option each group takes, how many bars, which tempo, how long."""

    form: Form
    picks: tuple[int, ...]
    fit: Fit
    duration_s: float


def find_shape(
    blocks: tuple[Block, ...] | None,
    settings: FormSettings,
    pulse: Pulse,
    duration_s: float | None,
    seed: Seed,
) -> Shape:
    """The most natural shape. blocks: None = a song without words. Raises BriefError with lengths that can be."""

    def forms() -> Iterator[Form]:
        """All forms by rising price: the chorus as often as written, then once more, twice more ..."""
        variants = [(blocks, 0.0)] if blocks is not None else _wordless_variants(settings)
        rows = [_again(variant, price, settings, pulse, seed) for variant, price in variants]
        return heapq.merge(*rows, key=lambda form: form.price)

    if duration_s is not None:
        return _asked(forms, pulse, duration_s)
    form = next(forms(), None)
    if form is None:
        raise _too_long()
    shape = _habitual(form, (0,) * len(form.groups), pulse)
    shortest, longest = DURATION_S
    if shape.duration_s < shortest:
        return _asked(forms, pulse, shortest)
    return shape if shape.duration_s <= longest else _shortened(form, pulse)


def _habitual(form: Form, picks: tuple[int, ...], pulse: Pulse) -> Shape:
    """A form at the preferred tempo, as long as it happens to be."""
    bars = sum(group.options[pick].bars for group, pick in zip(form.groups, picks, strict=True))
    fit = natural_fit(bars, pulse)
    length_s = round(fit.tempo_map.seconds_at(bars * pulse.meter.bar_ticks) + fit.tail_s, 3)
    return Shape(form, picks, fit, length_s)


def _shortened(form: Form, pulse: Pulse) -> Shape:
    """A form that would be too long, at the least price that keeps it under ten minutes."""
    longest = DURATION_S[1]
    found = cheapest(form, int((longest - MAX_TAIL_S) / pulse.bar_s(pulse.preferred_bpm)))
    if not found:
        raise _too_long()
    return _habitual(form, min(found.values())[1], pulse)


def _wordless_variants(settings: FormSettings) -> list[tuple[tuple[Block, ...], float]]:
    variants = {}
    for count, price in _WORDLESS_CUTS:
        variants.setdefault(wordless(settings.sections[:count]), price)
    return list(variants.items())


def _again(
    blocks: tuple[Block, ...], price: float, settings: FormSettings, pulse: Pulse, seed: Seed
) -> Iterator[Form]:
    """The form with its chorus as often as written, then once more, twice more, while ten minutes can hold it."""
    pace = Pace(pulse.bar_s(pulse.preferred_bpm), settings.line_bars, settings.line_rate)
    most = int(DURATION_S[1] / pulse.bar_s(pulse.high_bpm))
    drafts = (draft(blocks, settings, pace, seed, again, price) for again in range(_MAX_REPRISES))
    return takewhile(lambda form: form.fewest_bars <= most, drafts)


def _asked(forms: Callable[[], Iterator[Form]], pulse: Pulse, duration_s: float) -> Shape:
    """The cheapest form of exactly this length."""
    found = choose(forms(), fits(duration_s, pulse))
    if found is None:
        raise _impossible(forms(), pulse, duration_s)
    form, picks, fit = found
    return Shape(form, picks, fit, duration_s)


def _impossible(forms: Iterator[Form], pulse: Pulse, duration_s: float) -> BriefError:
    """What can be done instead of a length that cannot."""
    shortest, longest = DURATION_S
    most = int(longest / pulse.bar_s(pulse.high_bpm))
    bars: set[int] = set()
    for form, _ in zip(forms, range(2), strict=False):
        bars |= reachable(form, most)
    below, above = neighbours(duration_s, sorted(bars), pulse)
    near = [length for length in (below, above) if length is not None and shortest <= length <= longest]
    if not near:
        return BriefError(
            "lyrics", "these words need more than ten minutes.", "Give fewer lines, or a faster tempo."
        )
    shown = " or ".join(f"{length:g} s ({clock(length)})" for length in near)
    problem = f"this form does not fit into {duration_s:g} s ({clock(duration_s)})."
    fewer = " Fewer lines fit into less." if below is None else ""
    return BriefError("duration_s", problem, f"Nearest that can: {shown}.{fewer}")


def _too_long() -> BriefError:
    return BriefError(
        "lyrics", "these words need more than ten minutes.", "Give fewer lines, or a faster tempo."
    )


def clock(seconds: float) -> str:
    """Minutes and seconds as on a record sleeve: 162.4 -> "2:42"."""
    whole = int(seconds)
    return f"{whole // 60}:{whole % 60:02d}"
