"""Bars taken out and put at the end, so that a model can write the middle knowing both sides."""

from __future__ import annotations

from collections.abc import Sequence

from songwright.music.tokens.vocabulary import VOCABULARY

_BAR, _HOLE, _FILL, _FILLED = (VOCABULARY[name] for name in ("bar", "hole", "fill", "/fill"))


def bar_places(ids: Sequence[int]) -> list[int]:
    """Indices of the tokens that open bars."""
    return [n for n, token in enumerate(ids) if token == _BAR]


def holed(ids: Sequence[int], first_bar: int, last_bar: int) -> list[int]:
    """The song with bars first..last (both counted from 0, last not included) moved behind it: hole ... fill ... /fill.

    ValueError where there are no such bars.
    """
    places = bar_places(ids)
    if not 0 <= first_bar < last_bar <= len(places):
        raise ValueError(f"bars {first_bar} to {last_bar} of {len(places)}")
    start = places[first_bar]
    end = places[last_bar] if last_bar < len(places) else len(ids) - 1
    return [*ids[:start], _HOLE, *ids[end:], _FILL, *ids[start:end], _FILLED]


def filled(ids: Sequence[int]) -> list[int]:
    """The song with its middle back in its place: the inverse of `holed`. ValueError where the marks are not there."""
    row = list(ids)
    hole, fill = row.index(_HOLE), row.index(_FILL)
    if row[-1] != _FILLED or fill < hole:
        raise ValueError("no filled hole")
    return row[:hole] + row[fill + 1 : -1] + row[hole + 1 : fill]
