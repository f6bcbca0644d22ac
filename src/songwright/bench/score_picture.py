"""A whole band on one page: every part's notes over time, a row a part, sections as bands of colour."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np

from songwright.errors import EngineUnavailable
from songwright.values.score import Part, Score

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_KINDS = {"verse": "#dce9f5", "chorus": "#fbe3c8", "bridge": "#e4dcf1", "prechorus": "#f6efc9"}
_OTHER_KIND = "#eeeeee"
_ROLES = {"lead": "#d1495b", "backing": "#e08d9a", "drums": "#444444", "bass": "#2e7d5b", "comping": "#30638e",
          "pad": "#8a7fb8", "answer": "#c77d1e"}  # fmt: skip


def draw_score(score: Score) -> bytes:
    """A PNG, 1600 points wide; a note's strength is how dark it is. EngineUnavailable without matplotlib."""
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError as problem:
        raise EngineUnavailable("matplotlib", "pip install 'songwright[picture]'") from problem
    parts = [part for part in score.parts if part.notes]
    figure = Figure(figsize=(16, 1.2 + 1.1 * max(1, len(parts))), dpi=100, layout="constrained")
    FigureCanvasAgg(figure)
    bpm = score.tempo_map.start_bpm
    figure.suptitle(f"{score.title} · {score.key} · {score.meter} · {bpm:.0f} bpm", x=0.01, ha="left")
    rows = np.atleast_1d(figure.subplots(max(1, len(parts)), 1, sharex=True))
    for axes, part in zip(rows, parts, strict=False):
        _row(axes, part, score)
    bars = score.length_ticks // score.meter.bar_ticks
    rows[-1].set_xlim(0, bars)
    rows[-1].set_xlabel("bar")
    out = io.BytesIO()
    figure.savefig(out, format="png")
    return out.getvalue()


def _row(axes: Axes, part: Part, score: Score) -> None:
    """One part: pitches of most parts, drums by the order of their numbers."""
    bar = score.meter.bar_ticks
    for section in score.sections:
        colour = _KINDS.get(section.kind, _OTHER_KIND)
        axes.axvspan(section.start_tick / bar, section.end_tick / bar, color=colour, zorder=0, lw=0)
    pitches = sorted({note.pitch for note in part.notes})
    place = {p: i for i, p in enumerate(pitches)} if part.role == "drums" else {p: p for p in pitches}
    table = np.array(
        [(n.start_tick / bar, n.length_ticks / bar, place[n.pitch], min(1.0, n.level)) for n in part.notes]
    )
    colours = np.tile(_rgb(_ROLES.get(part.role, "#666666")), (len(table), 1))
    axes.barh(table[:, 2], table[:, 1], height=0.9, left=table[:, 0], color=np.c_[colours, table[:, 3]])
    axes.set_ylabel(f"{part.id}\n{part.instrument}", rotation=0, ha="right", va="center", fontsize=8)
    axes.set_yticks([])


def _rgb(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[i : i + 2], 16) / 255.0 for i in (1, 3, 5))
    return red, green, blue
