"""The band and the desk in one table: is the genre heard, are drums and chords like people's, is it mixed and quick."""

from __future__ import annotations

import json
import resource
import sys
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from songwright import api
from songwright.bench.costs import Cost, load, played, recorded
from songwright.bench.desk import desk_row
from songwright.bench.gallery import minute
from songwright.bench.genres_told import ALL, genres_told
from songwright.bench.lyrics import SONG
from songwright.engines.studio import Stopwatch, StudioEngine
from songwright.io.shelf import HOUSE
from songwright.values.brief import SongBrief
from songwright.values.context import Progress
from songwright.values.plan import PartPlan, SongPlan

Row = dict[str, object]
_SEED = 7
_LONG_S, _STEMS = 300.0, 12
_SPARE = ("piano", "organ", "guitar-steel", "strings", "vibraphone", "mandolin", "piano-electric", "banjo")
# The desk's figures (`desk.desk_row`) with their goals: unit, least, most.
GOALS = {
    "voice, weakest": ("dB", 2.0, 6.0), "voice, strongest": ("dB", 2.0, 6.0), "lift": ("LU", 1.5, 4.0),
    "range": ("LU", 4.0, 9.0), "left/right": ("", 0.2, 1000.0), "mono loss": ("LU", -1000.0, 3.0),
    "tone": ("dB", -4.0, 4.0), "LUFS": ("LUFS", -14.5, -13.5), "mp3": ("dBTP", -1000.0, 0.0),
    "opus": ("dBTP", -1000.0, 0.0), "loud LUFS": ("LUFS", -9.5, -8.5), "loud mp3": ("dBTP", -1000.0, 0.0),
    "loud opus": ("dBTP", -1000.0, 0.0),
}  # fmt: skip
_BOUND = "<= 0.05"
MINUTES = "band-minutes.json"


@dataclass(frozen=True)
class BandFigures:
    """Tables by title, each of rows (figure, value, unit, bound, passed, said), and the desk's figures by genre."""

    tables: dict[str, list[Row]]
    mixes: list[Row]

    @property
    def rows(self) -> list[Row]:
        """All rows, one after the other."""
        return [row for rows in self.tables.values() for row in rows]


def band_figures(out: Path | None, tell: Callable[[Progress], None]) -> BandFigures:
    """All figures. Takes some twenty minutes on two idle cores.

    out: where the figures of each genre and of the genre test are kept, to go on from there (None = not).
    """
    long = long_rows(tell)  # first, as memory is the most the process ever held
    mixes = minute_figures(out, tell)
    speed = [*speed_rows(mixes), *long]
    told = genres_told(out, tell)
    named = [
        _row(f"genre named from {name}", share, "", ">= 0.9" if name == ALL else "")
        for name, share in told.shares.items()
    ]
    tables = {
        "Which genre is it": named,
        "Drums": drum_rows(),
        "Chords": chord_rows(),
        "Desk": mix_rows(mixes),
        "Speed and memory": speed,
    }
    return BandFigures(tables, mixes)


def minute_figures(out: Path | None, tell: Callable[[Progress], None]) -> list[Row]:
    """A minute in every genre: what `desk.desk_row` says of each, and what its band and its desk cost."""
    kept: list[Row] = []
    path = out / MINUTES if out is not None else None
    if path is not None and path.is_file():
        kept = json.loads(path.read_text(encoding="utf-8"))
    styles = api.context(_SEED).shelf.styles()
    for style in styles:
        if any(row["genre"] == style.id for row in kept):
            continue
        tell(Progress("minutes", float(len(kept)), float(len(styles)), style.name))
        take, desk = recorded(minute(style.id), api.context(_SEED, tell))
        assert take.performance is not None
        costs = {"band": played(take.performance, _SEED), "desk": desk}
        kept.append(
            {"genre": style.id} | desk_row(take, desk) | {k: asdict(cost) for k, cost in costs.items()}
        )
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
        del take
    return kept


def speed_rows(mixes: Sequence[Mapping[str, Any]]) -> list[Row]:
    """Speed of band and desk over all those minutes."""
    rows: list[Row] = []
    for name in ("band", "desk"):
        rows += cost_rows(f"{name}, a minute", [Cost(**mix[name]) for mix in mixes])
    return rows


def _row(figure: str, value: object, unit: str = "", bound: str = "", said: str = "") -> Row:
    """A row; `bound` is ">= x" or "<= x" (or text), by which it passes or not."""
    sign, _, limit = bound.partition(" ")
    passed: object = ""
    if sign in (">=", "<=", "<") and isinstance(value, float):
        edge = float(limit.split()[0])
        passed = value >= edge if sign == ">=" else value < edge if sign == "<" else value <= edge
    shown = round(value, 4) if isinstance(value, float) else value
    return {"figure": figure, "value": shown, "unit": unit, "bound": bound, "passed": passed, "said": said}


def _card(name: str) -> dict[str, Any]:
    return tomllib.loads((HOUSE / "weights" / f"{name}.toml").read_text(encoding="utf-8"))


def drum_rows() -> list[Row]:
    """What the drummer's card says of held-out drummers (`songwright train drums` measures it)."""
    found = _card("drummer")["held_out"]
    return [
        _row("drums told from people's", found["told_apart"], "", "< 0.65", "guessing is 0.5"),
        _row("drums without the network, told", found["by_habit_told_apart"]),
        _row("velocity against the drummer", found["velocity_error"], "of 127"),
        _row("lateness against the drummer", found["late_error_ms"], "ms"),
        _row("spread of velocity, ours", found["velocity_spread_ours"], "of 127"),
        _row("spread of velocity, theirs", found["velocity_spread_theirs"], "of 127"),
    ]


def chord_rows() -> list[Row]:
    """Perplexity of chord successions on songs kept apart, from the table's card (`recipes/count_progressions.py`)."""
    found = _card("progressions")["perplexity_a_bar"]
    said = "chords a bar, held-out Billboard"
    return [
        _row("progressions, by frequency alone", found["unigram"], "", "", said),
        _row("progressions, best grammar of a style", found["grammar_best"], "", "", said),
        _row("progressions, counts by section", found["counts"], "", f"<= {found['grammar_best']}", said),
        _row(
            "progressions, counts in a style's colours",
            found["in_colours_worst"],
            "",
            f"<= {found['grammar_best']}",
            "the worst of fifteen styles",
        ),
    ]


def mix_rows(mixes: Sequence[Mapping[str, object]]) -> list[Row]:
    """The desk's figures (`desk.desk_row`) over all genres: their middle, their range, how many keep the goal."""
    rows = []
    for name, (unit, low, high) in GOALS.items():
        values = {
            str(mix["genre"]): float(mix[name]) for mix in mixes if isinstance(mix.get(name), float | int)
        }
        if not values:
            continue
        missed = [genre for genre, value in values.items() if not low <= value <= high]
        said = f"{min(values.values()):.2f} to {max(values.values()):.2f}"
        said += f"; missed by {', '.join(missed)}" if missed else ""
        row = _row(name, float(np.median(list(values.values()))), unit, "", said)
        passed = f"{len(values) - len(missed)} of {len(values)} genres"
        rows.append(row | {"bound": bound_of(low, high), "passed": passed})
    return rows


def bound_of(low: float, high: float) -> str:
    """A goal in words; figures of a hundred and more are no goal."""
    if low > -100 and high < 100:
        return f"{low:g} to {high:g}"
    return f"<= {high:g}" if high < 100 else f">= {low:g}"


def cost_rows(name: str, costs: Iterable[Cost], said: str = "") -> list[Row]:
    """Seconds for a second of sound, of all cores together and by the clock with two threads.

    The bound is that of the clock on two idle cores; on a busy machine only the cores' seconds mean something.
    """
    costs = list(costs)
    sound_s = sum(cost.sound_s for cost in costs)
    cores, clock = (sum(getattr(cost, kind) for cost in costs) / sound_s for kind in ("core_s", "clock_s"))
    return [
        _row(f"{name}, all cores together", cores, "core s a second", "", said),
        _row(f"{name}, by the clock", clock, "of real time", _BOUND, load()),
    ]


def long_rows(tell: Callable[[Progress], None]) -> list[Row]:
    """Five minutes of a band of twelve stems: speed of band and desk, and the most memory the process ever held."""
    brief = SongBrief(lyrics=SONG, genre="pop", duration_s=_LONG_S, seed=_SEED)
    ctx = api.context(_SEED, tell)
    take, desk = recorded(
        brief, ctx, with_stems(StudioEngine().plan(brief, None, ctx, Stopwatch(ctx)), _STEMS)
    )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 if sys.platform == "darwin" else 1024)
    assert take.performance is not None and take.stems is not None
    said = f"{len([name for name in take.stems if name != 'rooms'])} stems, five minutes"
    return [
        *cost_rows("band, five minutes", [played(take.performance, _SEED)], said),
        *cost_rows("desk, five minutes", [desk], said),
        _row("peak memory", round(peak / 1024, 3), "GiB", "<= 1.5", f"{said}; of the whole process"),
    ]


def with_stems(plan: SongPlan, count: int) -> SongPlan:
    """The plan with as many more chords' hands as make `count` stems with the singers'."""
    stems = {part.stem for part in plan.parts} | {"lead", "backing"}
    more = [name for name in _SPARE if name not in {part.instrument for part in plan.parts}]
    extra = tuple(PartPlan(f"more-{name}", "comping", name, f"more-{name}") for name in more)
    return replace(plan, parts=(*plan.parts, *extra[: max(0, count - len(stems))]))
