"""The singer turns a performance into a sung voice: `sing`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from songwright.values.audio import Stems
    from songwright.values.context import Context
    from songwright.values.performance import Performance


def sing(performance: Performance, ctx: Context) -> Stems:
    """Sing every part of a performance: stems "lead" and "backing"; see `songwright.singer.stage.sing`."""
    from songwright.singer import stage

    return stage.sing(performance, ctx)
