"""The players: a performance becomes sound, one dry stem a part."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from songwright.values.audio import Stems
    from songwright.values.context import Context
    from songwright.values.performance import Performance


def play(performance: Performance, ctx: Context) -> Stems:
    """The band plays: one dry stereo stem for each stem name of the played parts (see `band.stage`)."""
    from songwright.band.stage import play as play_on_stage

    return play_on_stage(performance, ctx)


__all__ = ["play"]
