"""Measure a song: the work behind `judge`."""

from __future__ import annotations

from pathlib import Path

from songwright import api
from songwright.cli.console import give, give_json, table
from songwright.errors import BriefError, ShelfError
from songwright.values.verdict import Figure


def judge_target(
    target: Path, picture: Path | None, span_s: tuple[float, float | None], force: bool, json: bool
) -> bool:
    """Print the figures of a song folder or sound file; True when none misses its bound.

    picture: where to draw it, from span_s[0] to span_s[1] seconds (None = the end).
    """
    from songwright import guard
    from songwright.engines.memory import load
    from songwright.io import claims, press

    if not target.exists():
        raise ShelfError(str(target), "there is no such file or folder")
    if picture is not None:
        claims.claim(picture, force)
    ctx = api.context(0)
    take = load(target, ctx)
    _check_span(span_s, take.master.audio.duration_s)
    verdict = guard.judge(take, ctx.child("guard"))
    if picture is not None:
        from songwright.guard.picture import draw

        with press.whole(picture, force) as aside:
            (aside / picture.name).write_bytes(draw(take, *span_s))
    if json:
        give_json({"passed": verdict.passed, "figures": list(verdict.figures)})
    else:
        give(
            table(
                [_row(figure) for figure in verdict.figures], ["figure", "value", "bound", "verdict", "note"]
            )
        )
    return verdict.passed


def _check_span(span_s: tuple[float, float | None], length_s: float) -> None:
    """Raises BriefError for a stretch that is not in the sound."""
    start_s, end_s = span_s
    if not 0 <= start_s < (length_s if end_s is None else min(length_s, end_s)):
        raise BriefError(
            "from", f"{start_s:g} s is not before its end.", f"The sound lasts {length_s:.2f} s."
        )


def _row(figure: Figure) -> dict[str, str]:
    value = figure.value
    shown = "not measured" if value is None else f"{value:.4g}" if isinstance(value, float) else str(value)
    verdict = {True: "ok", False: "MISSED", None: ""}[figure.passed]
    unit = f" {figure.unit}" if figure.unit and value is not None else ""
    return {
        "figure": figure.name, "value": shown + unit, "bound": figure.bound, "verdict": verdict, "note": figure.note,
    }  # fmt: skip
