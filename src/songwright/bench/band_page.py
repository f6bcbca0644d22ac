"""The figures of band and desk as a page of the docs: every row, its bound, and what misses it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from songwright.bench import pages
from songwright.bench.band import GOALS, BandFigures, bound_of

_SAID = {
    "Which genre is it": """A classifier names the genre of 120 songs after it learned 120 others; the tables of what is
taken for what are in [genre-figures.md](genre-figures.md).""",
    "Drums": """From the card of the drummer's network, measured as it was learned, on drummers of the Groove MIDI
Dataset it never heard. It decides how hard and how late written strokes fall, so no stroke is missed or added. A
classifier learned from other windows tells ours from theirs (guessing is 0.5); told without the network: strokes drawn
one by one from the same drummers. Electronic, trap and cinematic play as written: Groove has no such drummers.""",
    "Chords": """Perplexity a bar of songs kept apart, from the card of the table of successions; grammars are those of
the styles, written by hand.""",
    "Desk": """A minute of the same words, seed 7, in every genre: middle, least and most. Peaks are those of decoded
files. `left/right` is the correlation of the channels, `tone` the third octave furthest off the genre's curve, `loud`
is `--loud`.""",
    "Speed and memory": """Bounds hold for the clock on two idle cores; how many jobs wanted them stands beside it
(the measured one counts for up to two). Seconds of all cores together hardly change with what else a machine does.""",
}


def write_page(path: Path, found: BandFigures) -> None:
    """Write the page, and every figure as JSON beside it."""
    pages.write(path, page(found), [*found.rows, *found.mixes], {"songs": "a minute, seed 7, every genre"})


def page(found: BandFigures) -> str:
    """The page in Markdown."""
    missed = [row for row in found.rows if misses(row)]
    bounds = [row for row in found.rows if row["passed"] != ""]
    lines = [
        "# Band and desk in figures",
        "",
        "Made by `songwright bench band --out FOLDER --page PAGE`.",
        "How near instruments come to recorded ones stands in [instruments.md](instruments.md).",
        f"Of {len(bounds)} bounds {len(bounds) - len(missed)} are kept{'; missed:' if missed else '.'}",
    ]  # fmt: skip
    if missed:
        lines += ["", *(f"* {row['figure']}: {_reading(row)}" for row in missed)]
    for title, rows in found.tables.items():
        lines += ["", f"## {title}", "", _SAID[title], ""]
        lines += pages.table(
            ("figure", "value", "unit", "bound", "kept", ""),
            (
                [str(row["figure"]), _number(row["value"]), *(str(row[name]) for name in ("unit", "bound")),
                 _kept(row), str(row["said"])]
                for row in rows
            ),
        )  # fmt: skip
    lines += ["", "## The desk, genre by genre", "", "Bold: outside the bound.", ""]
    heads = [f"{name} ({bound_of(low, high)})" for name, (_, low, high) in GOALS.items()]
    lines += pages.table(
        ["", *heads], ([str(mix["genre"]), *(_judged(mix, name) for name in GOALS)] for mix in found.mixes)
    )
    return "\n".join(lines) + "\n"


def misses(row: Mapping[str, object]) -> bool:
    """True where a bound is missed, by the figure or by one of the genres ("11 of 12 genres")."""
    passed = row["passed"]
    if isinstance(passed, str) and passed:
        some, _, all_of = passed.partition(" of ")
        return some != all_of.split()[0]
    return passed is False


def _kept(row: Mapping[str, object]) -> str:
    passed = row["passed"]
    return {True: "yes", False: "no"}[passed] if isinstance(passed, bool) else str(passed)


def _reading(row: Mapping[str, object]) -> str:
    """A row in a sentence."""
    said = f"; {row['said']}" if row["said"] else ""
    return f"{_number(row['value'])} {row['unit']}, bound {row['bound']}{said}"


def _number(value: object) -> str:
    """A figure as people write it."""
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def _judged(mix: Mapping[str, object], name: str) -> str:
    """One figure of one genre, bold where it misses."""
    value, (_, low, high) = mix.get(name), GOALS[name]
    if not isinstance(value, int | float):
        return ""
    return f"{value:.2f}" if low <= value <= high else f"**{value:.2f}**"
