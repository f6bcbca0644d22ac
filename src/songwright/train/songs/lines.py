"""Where a song's lines of text end, when the notation shows only syllables under notes.

A line likely ends where a phrase does: punctuation, a capital that follows, a long note, a rest. The best cut of the
whole text is found by dynamic programming, with a mild wish for lines of about eight syllables.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from songwright.io.written import Tone

_STOPS, _PAUSES = ".!?;:", ",—–-"
_CAPITAL = {"en": 1.6, "fr": 1.6, "it": 1.6, "de": 0.5}
_CAPITALS = "I I'm I'll I've I'd O Oh God Lord Jesus Christ King Thee Thou Thy He His Him"
_NOT_OPENING = frozenset(_CAPITALS.split(" "))
_MOST = 20
_PRICE = 2.6


def line_starts(voice: Sequence[Tone], language: str) -> tuple[int, ...]:
    """Indices of the tones that open a line, the first syllable always among them."""
    heads = [i for i, tone in enumerate(voice) if tone.text]
    if not heads:
        return ()
    spans = [
        voice[after - 1].end - voice[here].tick
        for here, after in zip(heads, [*heads[1:], len(voice)], strict=True)
    ]
    usual = median(spans)
    gains = [_gain(voice, heads, spans, n, usual, language) for n in range(len(heads) - 1)]
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(heads) + 1):
        reach = range(max(0, end - _MOST), end)
        closing = gains[end - 1] - _PRICE if end < len(heads) else 0.0
        best.append(max((best[start][0] + closing - _odd(end - start), start) for start in reach))
    starts, at = [], len(heads)
    while at > 0:
        at = best[at][1]
        starts.append(heads[at])
    return tuple(reversed(starts))


def _odd(syllables: int) -> float:
    """How unusual a line of so many syllables is."""
    away = (syllables - 7.5) / (2.5 if syllables < 7.5 else 3.5)
    return 0.45 * away * away


def _gain(
    voice: Sequence[Tone], heads: Sequence[int], spans: Sequence[int], n: int, usual: float, language: str
) -> float:
    """What speaks for a line ending after syllable n."""
    here, after = voice[heads[n]], voice[heads[n + 1]]
    if after.syllabic in ("middle", "end"):
        return -20.0
    gain = 0.0
    tail = here.text.rstrip("\"'”’) ")[-1:]
    gain += 2.0 if tail in _STOPS and tail else 1.0 if tail in _PAUSES and tail else 0.0
    opening = after.text.lstrip("\"'“‘(").rstrip(",.!?;:")
    if opening[:1].isupper() and opening not in _NOT_OPENING:
        gain += _CAPITAL.get(language, 0.8)
    gap = after.tick - voice[heads[n + 1] - 1].end
    gain += 1.5 if gap >= 480 else 1.0 if gap >= 240 else 0.0
    gain += 1.2 if spans[n] >= 2 * usual else 0.6 if spans[n] >= 1.5 * usual else 0.0
    return gain
