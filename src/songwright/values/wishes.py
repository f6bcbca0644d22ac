"""What the songwriter is asked for besides the plan: how bold, how many tries, what stands already."""

from __future__ import annotations

from dataclasses import dataclass

from songwright.values.score import Chord, Part, Score

COMPOSERS = ("", "network", "crafted")
TEMPERATURES = (30, 200)
CANDIDATES = (1, 64)


@dataclass(frozen=True)
class Wishes:
    """How a song should be written; the defaults ask for nothing.

    composer: one of COMPOSERS, "" = what the style says. temperature_percent: how far the network may stray from the
    likeliest, 30..200, 0 = the house's own. candidates: tunes tried for each section, 1..64, 0 = the house's own.
    chords: for the whole song without gap, () = the composer's own. opening: a first phrase to go on from, as the
    notes of its first line, ticks from the start of the song. melody: a tune given for the whole song.
    keep: a score of this plan of which everything stands but the sections in `rewrite` (ids, or kinds: "chorus").
    """

    composer: str = ""
    temperature_percent: int = 0
    candidates: int = 0
    chords: tuple[Chord, ...] = ()
    opening: Part | None = None
    melody: Part | None = None
    keep: Score | None = None
    rewrite: tuple[str, ...] = ()
