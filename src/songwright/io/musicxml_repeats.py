"""In which order the bars of a MusicXML score sound: repeats and their endings played out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET

_MOST_BARS = 20_000
_JUMPS = ("dacapo", "dalsegno", "tocoda", "fine")


@dataclass
class _Bar:
    """The signs at the edges of a bar. endings: the passes it is played in, () = all. times: passes of its repeat."""

    forward: bool = False
    times: int = 0
    endings: tuple[int, ...] = ()


def unfolded(parts: Sequence[ET.Element]) -> list[tuple[int, int]]:
    """Bars as they sound: (number of the bar from 0, which pass through its repeat from 1).

    A sign counts for all parts, whichever part it stands in. Jumps (da capo, dal segno) are not followed.
    """
    bars = _bars(parts)
    order: list[tuple[int, int]] = []
    at, start, turn = 0, 0, 1
    while at < len(bars) and len(order) < _MOST_BARS:
        bar = bars[at]
        if bar.forward and at != start:
            start, turn = at, 1
        if bar.endings and turn not in bar.endings:
            at += 1
            continue
        order.append((at, turn))
        asked = max([bar.times, *_later_endings(bars, start, at)]) if bar.times else 0
        closes = bar.endings and (at + 1 == len(bars) or bars[at + 1].endings != bar.endings)
        if turn < asked:
            at, turn = start, turn + 1
            continue
        at += 1
        if bar.times or (closes and max(bar.endings) >= turn and not _awaits(bars, at)):
            start, turn = at, 1
    return order


def has_jumps(root: ET.Element) -> bool:
    """Whether a score asks to jump (da capo, dal segno, coda)."""
    return any(sound.get(name) for sound in root.iter("sound") for name in _JUMPS)


def _awaits(bars: Sequence[_Bar], at: int) -> bool:
    """Whether another ending follows right here."""
    return at < len(bars) and bool(bars[at].endings)


def _later_endings(bars: Sequence[_Bar], start: int, at: int) -> list[int]:
    """The passes that the endings of a repeat ask for, those right after its last bar included."""
    last = at + 1
    while last < len(bars) and bars[last].endings:
        last += 1
    return [number for bar in bars[start:last] for number in bar.endings]


def _bars(parts: Sequence[ET.Element]) -> list[_Bar]:
    """The signs of all parts together, bar by bar."""
    bars = [_Bar() for _ in range(max((len(part.findall("measure")) for part in parts), default=0))]
    for part in parts:
        inside: tuple[int, ...] = ()
        for bar, measure in zip(bars, part.iterfind("measure"), strict=False):
            closes = False
            for line in measure.iterfind("barline"):
                repeat, ending = line.find("repeat"), line.find("ending")
                if ending is not None and ending.get("type") == "start":
                    inside = _numbers(ending.get("number") or "1")
                elif ending is not None:
                    closes = True
                if repeat is not None and repeat.get("direction") == "forward":
                    bar.forward = True
                elif repeat is not None:
                    times = repeat.get("times") or ""
                    bar.times = max(2, min(int(times), 99) if times.isdecimal() else 2)
            bar.endings = bar.endings or inside
            inside = () if closes else inside
    return bars


def _numbers(text: str) -> tuple[int, ...]:
    """The passes an ending is for: "1", "1, 2", "1-3"."""
    found: list[int] = []
    for piece in text.replace(" ", ",").split(","):
        first, _, last = piece.strip(". ").partition("-")
        if first.isdecimal():
            found += range(int(first), min(int(last), 99) + 1 if last.isdecimal() else int(first) + 1)
    return tuple(found) or (1,)
