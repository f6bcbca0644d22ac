"""What the songwriter is asked for besides the plan: how many tries, what stands already."""

from __future__ import annotations

from dataclasses import dataclass

from songwright.values.score import Score

COMPOSERS = ("", "network", "crafted")
CANDIDATES = (1, 64)


@dataclass(frozen=True)
class Wishes:
    """How a song should be written; the defaults ask for nothing.

    candidates: tunes tried for each new section, 1..64, 0 = the house's own number. keep: a score of the same plan, of
    which everything stands but the tunes of the sections in `rewrite` (ids, or kinds: "chorus"), its chords too.
    mend_stress: rules set a section instead of the network where its tune misplaces over a tenth of the stresses.
    """

    candidates: int = 0
    keep: Score | None = None
    rewrite: tuple[str, ...] = ()
    mend_stress: bool = True
