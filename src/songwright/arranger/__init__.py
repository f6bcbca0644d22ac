"""The arranger gives every chair of the band its part: drums, bass, chords, answers, and the harmony singers."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from songwright.values.context import Context
    from songwright.values.plan import SongPlan
    from songwright.values.score import Score


def arrange(score: Score, plan: SongPlan, ctx: Context) -> Score:
    """The score with all parts of the band and the sung harmony; see `songwright.arranger.tutti.arrange`."""
    from songwright.arranger import tutti

    return tutti.arrange(score, plan, ctx)


__all__ = ["arrange"]
