"""How much of a tune stands in tunes that are known: what was measured, not a judgement of law."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Passage:
    """A stretch of the tune that a known tune has too, by interval and rhythm, in any key and tempo.

    first_bar, last_bar: counted from 1. notes: how many in a row. song: a known song that has it, "" where the index
    does not say. songs: how many known songs have it. commonplace: a scale, a broken chord or a note repeated.
    """

    first_bar: int
    last_bar: int
    notes: int
    song: str
    songs: int
    commonplace: bool


@dataclass(frozen=True)
class Originality:
    """What a tune shares with the songs it was compared with.

    longest_run: notes of the longest shared passage that is no commonplace, 0 where none has six; longest_any: with
    commonplaces. covered_percent: notes that stand in shared passages of eight and more, of all. passages: the
    longest first, eight at most. songs: how many songs it was compared with; compared_with: which, in words.
    as_people_percent: of songs people wrote outside that set, how many share a passage as long or longer (-1 = not
    known). verdict: in words.
    """

    longest_run: int
    longest_any: int
    covered_percent: int
    passages: tuple[Passage, ...]
    songs: int
    compared_with: str
    as_people_percent: int
    verdict: str
