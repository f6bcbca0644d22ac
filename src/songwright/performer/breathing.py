"""Where a singer breathes: at the ends of lines and sentences, before a phrase grows too long, never inside a word.

All places of a line are weighed together (shortest path over the syllables): a breath costs little after a full stop
and much in mid-sentence, a phrase costs more the longer it grows beyond what is comfortable. Singers fill phrases of
2 to 10 s and draw breath in 0.2 to 0.6 s (Watson & Hixon 1985; Hoit, Jenks, Watson & Cleveland 1996); the time comes
out of the note before, so that the next vowel stays on its beat.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from songwright.performer.diction import Sung, onset_s

REST_S = 0.06  # a shorter gap is sung through
BREATH_GAP_S = 0.30  # a longer gap ends the phrase
LONGEST_HOLD_S = 11.0  # a syllable is held no longer in one breath
HOLD_BREATH_S = 0.55  # the gap a breath leaves inside a held syllable
_SHORTEST_BREATH_S = 0.14
_SOFT_START_S = 0.03
_KEEP = 0.6  # a note keeps at least this share of itself before a breath
_SHORTEST_GIVER_S = 0.30  # shorter notes give nothing
_COMFORT_S = (1.4, 7.5)  # phrases between these cost nothing
_LIMIT_S = 11.0  # beyond this air runs out
_SENTENCE = (".", "!", "?", ";", ":", "—", "…")
_QUOTES = "\"'”’»)]"


@dataclass(frozen=True)
class Border:
    """What is written between a syllable and the one before it.

    gap_s: rest between them. word, line: whether a word, a lyric line begins here. close: how the word before ends
    (its last sign). marked: a breath mark stands here.
    """

    gap_s: float
    word: bool
    line: bool
    close: str = ""
    marked: bool = False


def breathe(sung: Sequence[Sung], borders: Sequence[Border]) -> list[Sung]:
    """Decide how each syllable follows the one before, and make room for the breaths.

    borders: one a syllable; the first is not looked at.
    """
    if not sung:
        return []
    breaths = _places(sung, borders)
    first = sung[0]
    start = max(first.start_s, min(0.6 * onset_s(first.onset), 0.35 * first.end_s))
    out = [replace(first, start_s=start, before="breath")]
    for n in range(1, len(sung)):
        here, last = sung[n], out[-1]
        if n in breaths:
            until = next((k for k in range(n + 1, len(sung)) if k in breaths), len(sung)) - 1
            out[-1] = _give(last, here, sung[until].end_s - here.start_s)
            if not here.onset:  # a soft beginning is begun a little early, to be heard on time
                here = replace(here, start_s=max(here.start_s - _SOFT_START_S, out[-1].end_s))
            out.append(replace(here, before="breath"))
        else:
            out.append(replace(here, before="rest" if here.start_s - last.end_s >= REST_S else "join"))
    return out


def _give(last: Sung, here: Sung, phrase_s: float) -> Sung:
    """The syllable before a breath, shortened by what the breath needs; a long phrase needs more air."""
    room = onset_s(here.onset) + _SHORTEST_BREATH_S + 0.03 * min(max(phrase_s, 0.0), 6.0)
    floor = last.start_s + _KEEP * (last.end_s - last.start_s)
    return replace(last, end_s=max(min(last.end_s, here.start_s - room), floor))


def _places(sung: Sequence[Sung], borders: Sequence[Border]) -> set[int]:
    """Numbers of the syllables before which a breath is taken."""
    count = len(sung)
    price = [_price(sung, borders, n) for n in range(count)]
    best, back = [0.0] + [float("inf")] * count, [0] * (count + 1)
    for end in range(1, count + 1):
        for begin in range(end - 1, -1, -1):
            length = sung[end - 1].end_s - sung[begin].start_s
            if price[begin] is not None:
                total = best[begin] + (price[begin] or 0.0) + _phrase_price(length)
                if total < best[end]:
                    best[end], back[end] = total, begin
            if begin and (_forced(borders[begin]) or (length > 4 * _LIMIT_S and best[end] < float("inf"))):
                break
    out, at = set[int](), count
    while at > 0:
        at = back[at]
        out.add(at)
    return out - {0}


def _forced(border: Border) -> bool:
    """Whether everybody breathes here: a written rest, or a breath mark."""
    return border.gap_s >= BREATH_GAP_S or border.marked


def _price(sung: Sequence[Sung], borders: Sequence[Border], n: int) -> float | None:
    """What a breath before syllable n costs; None where none can be taken."""
    border = borders[n]
    if n == 0 or _forced(border):
        return 0.0
    last, here = sung[n - 1], sung[n]
    length = last.end_s - last.start_s
    if not border.word or last.note_id == here.note_id or length + border.gap_s < _SHORTEST_GIVER_S:
        return None
    if border.close in _SENTENCE:
        price = -0.3
    elif border.line:
        price = -0.2
    else:
        price = 0.9 if border.close == "," else 2.2
    return price + 2.0 * max(0.5 - length - border.gap_s, 0.0)


def _phrase_price(length_s: float) -> float:
    """What a phrase of this length costs: nothing while comfortable, ever more while air runs out."""
    short, long = _COMFORT_S
    price = 0.8 * max(short - length_s, 0.0) + 0.35 * max(length_s - long, 0.0)
    return price + 3.0 * max(length_s - _LIMIT_S, 0.0)


def closing(word: str) -> str:
    """The sign a written word ends with, "" for a letter."""
    bare = word.rstrip(_QUOTES)
    return bare[-1] if bare and not bare[-1].isalnum() else ""
