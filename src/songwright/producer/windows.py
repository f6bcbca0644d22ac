"""How many bars a lyric line takes, so that it is sung at the pace of speech and leaves time to breathe."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

BREATH_S = 0.4  # kept free at the end of every line
MAX_RATE = 5.0  # syllables a second that can still be sung and understood
LAZY_RATE = 0.85  # below this a line feels stretched, and takes half the bars if it can
STILL_RATE = 0.6  # below this a line may not be spread further


@dataclass(frozen=True)
class Layout:
    """Bars of each line of a section, and of the section: what is left over belongs to the band."""

    windows: tuple[int, ...]
    bars: int

    def padded(self, extra: int) -> Layout:
        """The same lines with more (or fewer) bars for the band at the end."""
        return Layout(self.windows, self.bars + extra)


@dataclass(frozen=True)
class Pace:
    """What decides a window. bar_s: seconds a bar; line_bars, line_rate: the style's habit."""

    bar_s: float
    line_bars: int
    line_rate: float

    def singable(self, syllables: int, bars: int, rate: float) -> bool:
        """Whether a line fits into so many bars at no more than `rate` syllables a second."""
        return syllables <= rate * (bars * self.bar_s - BREATH_S)

    def natural(self, syllables: int) -> int:
        """The bars a line takes by habit: doubled for a long line, halved for a very short one."""
        bars = self.line_bars
        while not self.singable(syllables, bars, self.line_rate):
            bars *= 2
        while bars > 1 and self.singable(syllables, bars, LAZY_RATE):
            if not self.singable(syllables, bars // 2, self.line_rate):
                break
            bars //= 2
        return bars

    def tight(self, syllables: int) -> int:
        """The fewest bars (1, 2, 4 ...) in which a line can be sung."""
        bars = 1
        while not self.singable(syllables, bars, MAX_RATE):
            bars *= 2
        return min(bars, self.natural(syllables))


def natural_layout(counts: Sequence[int], pace: Pace) -> Layout:
    """The lines of a section at their habitual width, in even bars. counts: syllables of each line.

    One-bar lines stand in pairs; a single one takes the bars of its neighbours.
    """
    windows = [pace.natural(count) for count in counts]
    run = 0
    for i, window in enumerate([*windows, 0]):
        if window == 1:
            run += 1
            continue
        if run % 2 and run < len(windows):
            windows[i - 1] = 2
        run = 0
    return Layout(tuple(windows), sum(windows) + sum(windows) % 2)


def tight_layout(counts: Sequence[int], pace: Pace) -> Layout:
    """The lines of a section as close together as they can be sung."""
    windows = tuple(pace.tight(count) for count in counts)
    return Layout(windows, sum(windows))


def wide_layout(counts: Sequence[int], pace: Pace) -> Layout | None:
    """Every line in twice its bars, or None where that would be too slow to be heard as a line."""
    windows = natural_layout(counts, pace).windows
    if not windows or all(
        pace.singable(n, bars * 2, STILL_RATE) for n, bars in zip(counts, windows, strict=True)
    ):
        return None
    return Layout(tuple(bars * 2 for bars in windows), 2 * sum(windows))


def mirrored(sections: Sequence[Sequence[int]]) -> list[list[int]]:
    """Syllable counts under which sections of one tune share their windows.

    Sections with equally many lines are laid out for the longest line at each place.
    """
    widest: dict[int, list[int]] = {}
    for counts in sections:
        known = widest.get(len(counts), [0] * len(counts))
        widest[len(counts)] = [max(a, b) for a, b in zip(known, counts, strict=True)]
    return [widest[len(counts)] for counts in sections]
