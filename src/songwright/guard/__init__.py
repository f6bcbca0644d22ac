"""The guard listens to the finished song and measures it: quality, words, pitch, originality."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from songwright.music.known_tunes import KnownTunes
    from songwright.values.context import Context
    from songwright.values.originality import Originality
    from songwright.values.score import Score
    from songwright.values.take import Take
    from songwright.values.verdict import Verdict


def judge(take: Take, ctx: Context, known: KnownTunes | None = None) -> Verdict:
    """Measure a take; see `songwright.guard.report.judge`."""
    from songwright.guard import report

    return report.judge(take, ctx, known)


def compare(score: Score, ctx: Context) -> Originality | None:
    """What a song's tune shares with the songs its composer learned from; see `songwright.guard.report.compare`."""
    from songwright.guard import report

    return report.compare(score, ctx)


__all__ = ["compare", "judge"]
