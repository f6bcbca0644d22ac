"""How music falls into phrases: fours of bars, and lines that state, repeat, answer and depart.

A line form is written as in analysis: "A A' B A''": the same letter is the same idea, each ' one more change.
"""

from __future__ import annotations

from collections.abc import Sequence

from songwright.values.score import Note


def phrase_lengths(bars: int, phrase: int = 4) -> tuple[int, ...]:
    """Bars cut into phrases: 10 -> (4, 4, 2), 9 -> (4, 5): a single bar joins the phrase before."""
    lengths = [phrase] * (bars // phrase)
    rest = bars % phrase
    if rest == 1 and lengths:
        lengths[-1] += 1
    elif rest:
        lengths.append(rest)
    return tuple(lengths)


def line_form(form: str, lines: int) -> tuple[str, ...]:
    """The letters of a form for so many lines; a longer text goes round again: ("A A' B A''", 6)."""
    letters = form.split()
    return tuple(letters[i % len(letters)] for i in range(lines))


def notes_in(notes: Sequence[Note], start_tick: int, end_tick: int) -> tuple[Note, ...]:
    """The notes that begin in start_tick <= tick < end_tick."""
    return tuple(note for note in notes if start_tick <= note.start_tick < end_tick)


def median(values: Sequence[int]) -> float:
    """The middle value (mean of the two middle ones); 0 for nothing."""
    ordered = sorted(values)
    if not ordered:
        return 0.0
    half = len(ordered) // 2
    return float(ordered[half]) if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2
