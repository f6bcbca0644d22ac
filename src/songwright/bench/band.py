"""The band and the desk in one table: is the genre heard, are drums and chords like people's, is it mixed and quick."""

from __future__ import annotations

import resource
import sys
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from songwright import api
from songwright.bench.desk import desk_row
from songwright.bench.gallery import minute
from songwright.bench.genres_told import ALL, TWELVE, genres_told
from songwright.bench.lyrics import SONG
from songwright.engines.studio import Stopwatch, record_plan
from songwright.io.shelf import HOUSE
from songwright.values.brief import SongBrief
from songwright.values.context import Progress
from songwright.values.plan import PartPlan

Row = dict[str, object]
_SEED = 7
_LONG_S, _STEMS = 300.0, 12
_SPARE = ("piano", "organ", "guitar-steel", "strings", "vibraphone", "mandolin", "piano-electric", "banjo")
# The desk's figures (`desk.desk_row`) with their goals: unit, least, most.
_GOALS = {
    "voice, weakest": ("dB", 2.0, 6.0), "voice, strongest": ("dB", 2.0, 6.0), "lift": ("LU", 1.5, 4.0),
    "range": ("LU", 4.0, 9.0), "left/right": ("", 0.2, 1000.0), "mono loss": ("LU", -1000.0, 3.0),
    "tone": ("dB", -4.0, 4.0), "LUFS": ("LUFS", -14.5, -13.5), "mp3": ("dBTP", -1000.0, 0.0),
    "opus": ("dBTP", -1000.0, 0.0), "loud mp3": ("dBTP", -1000.0, 0.0), "loud opus": ("dBTP", -1000.0, 0.0),
}  # fmt: skip
_BAND, _DESK = ("play",), ("mix", "master")


def band_rows(out: Path | None, tell: Callable[[Progress], None]) -> list[Row]:
    """All rows: figure, value, unit, bound, passed, said. Takes some twenty minutes on two idle cores.

    out: where the figures of the genre test and its page are kept (`genres_told`).
    """
    told = genres_told(out, tell)
    rows = [
        _row(f"genre named from {name}", share, "", ">= 0.9" if name == ALL else "")
        for name, share in told.shares.items()
    ]
    rows += [*drum_rows(), *chord_rows()]
    mixes: list[dict[str, object]] = []
    times: list[tuple[dict[str, float], float]] = []
    for genre in TWELVE:
        take = minute(genre, tell)
        mixes.append(desk_row(take))
        times.append((take.timings_s, take.master.audio.duration_s))
        del take
    rows += mix_rows(mixes)
    rows += [_speed_row("band, a minute", times, _BAND), _speed_row("desk, a minute", times, _DESK)]
    return [*rows, *long_rows(tell)]


def _row(figure: str, value: object, unit: str = "", bound: str = "", said: str = "") -> Row:
    """A row; `bound` is ">= x" or "<= x" (or text), by which it passes or not."""
    sign, _, limit = bound.partition(" ")
    passed: object = ""
    if sign in (">=", "<=", "<") and isinstance(value, float):
        edge = float(limit.split()[0])
        passed = value >= edge if sign == ">=" else value <= edge
    shown = round(value, 4) if isinstance(value, float) else value
    return {"figure": figure, "value": shown, "unit": unit, "bound": bound, "passed": passed, "said": said}


def _card(name: str) -> dict[str, Any]:
    return tomllib.loads((HOUSE / "weights" / f"{name}.toml").read_text(encoding="utf-8"))


def drum_rows() -> list[Row]:
    """What the drummer's card says of held-out drummers (`songwright train drums` measures it)."""
    found = _card("drummer")["held_out"]
    return [
        _row("drums told from people's", found["told_apart"], "", "<= 0.65", "guessing is 0.5"),
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
    for name, (unit, low, high) in _GOALS.items():
        values = [float(mix[name]) for mix in mixes if isinstance(mix.get(name), float | int)]
        if not values:
            continue
        kept = sum(low <= value <= high for value in values)
        bound = (
            f"{low:g} to {high:g}"
            if low > -100 and high < 100
            else f"<= {high:g}"
            if high < 100
            else f">= {low:g}"
        )
        said = f"{min(values):.2f} to {max(values):.2f}"
        row = _row(name, float(np.median(values)), unit, "", said)
        rows.append(row | {"bound": bound, "passed": f"{kept} of {len(values)} genres"})
    return rows


def _speed_row(name: str, times: Iterable[tuple[dict[str, float], float]], stages: tuple[str, ...]) -> Row:
    """Seconds of some stages over seconds of sound."""
    pairs = list(times)
    seconds = sum(timings.get(stage, 0.0) for timings, _ in pairs for stage in stages)
    return _row(name, seconds / sum(length for _, length in pairs), "of real time", "<= 0.05")


def long_rows(tell: Callable[[Progress], None]) -> list[Row]:
    """Five minutes of a band of twelve stems: speed of band and desk, and the most memory the process ever held."""
    ctx = api.context(_SEED, tell)
    brief = SongBrief(lyrics=SONG, genre="pop", duration_s=_LONG_S, seed=_SEED)
    plan = api.plan(brief)
    stems = {part.stem for part in plan.parts} | {"lead", "backing"}
    more = [name for name in _SPARE if name not in {part.instrument for part in plan.parts}]
    extra = tuple(PartPlan(f"more-{name}", "comping", name, f"more-{name}") for name in more)
    plan = replace(plan, parts=(*plan.parts, *extra[: max(0, _STEMS - len(stems))]))
    take = record_plan(brief, plan, ctx, Stopwatch(ctx))
    times = [(take.timings_s, take.master.audio.duration_s)]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 if sys.platform == "darwin" else 1024)
    said = f"{len([name for name in take.stems if name != 'rooms'])} stems, five minutes"
    return [
        _speed_row("band, five minutes", times, _BAND) | {"said": said},
        _speed_row("desk, five minutes", times, _DESK) | {"said": said},
        _row("peak memory", round(peak / 1024, 3), "GiB", "<= 1.5", "of the whole process"),
    ]
