"""A folder of songs on one page: keys, tempi, intervals, shapes of lines, chord loops, novelty."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from songwright.errors import EngineUnavailable

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_BAR, _INK = "#30638e", "#222222"


def draw_patterns(found: Mapping[str, Any], name: str) -> bytes:
    """A PNG of 1600 x 1000 points from the figures of `patterns.analyse`. EngineUnavailable without matplotlib."""
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError as problem:
        raise EngineUnavailable("matplotlib", "pip install 'songwright[picture]'") from problem
    figure = Figure(figsize=(16, 10), dpi=100, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots(2, 3).flatten()
    songs = len(found["songs"])
    figure.suptitle(f"{name}: {songs} song{'s' if songs != 1 else ''}", fontsize=16, color=_INK)
    _bars(axes[0], dict(list(found["keys"].items())[:16]), "keys (songs)")
    axes[1].hist(found["tempo_bpm"]["all"], bins=20, color=_BAR)
    _named(axes[1], "tempo (quarter notes a minute)")
    _columns(axes[2], found["intervals"], "melodic intervals (share, semitones)")
    _bars(axes[3], found["shapes"], "shapes of lines (lines)")
    loops = {loop: n for kinds in found["progressions"].values() for loop, n in kinds.items()}
    best = dict(sorted(loops.items(), key=lambda item: (-item[1], item[0]))[:14])
    _bars(axes[4], best, "four chords in a row (songs)")
    axes[5].hist(found["novelty"]["all"], bins=20, range=(0, 1), color=_BAR)
    _named(axes[5], "novelty (share of runs in no other song)")
    file = io.BytesIO()
    figure.savefig(file, format="png")
    return file.getvalue()


def _named(axis: Axes, title: str) -> None:
    axis.set_title(title, fontsize=12, color=_INK)
    axis.spines[["top", "right"]].set_visible(False)


def _bars(axis: Axes, counts: Mapping[str, float], title: str) -> None:
    names = list(counts)[::-1]
    axis.barh(range(len(names)), [counts[name] for name in names], color=_BAR)
    axis.set_yticks(range(len(names)), names, fontsize=9)
    _named(axis, title)


def _columns(axis: Axes, shares: Mapping[str, float], title: str) -> None:
    axis.bar(range(len(shares)), list(shares.values()), color=_BAR)
    axis.set_xticks(range(len(shares)), list(shares), fontsize=8)
    _named(axis, title)
