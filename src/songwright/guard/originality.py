"""A song is no copy: the longest run of melody it shares with any known song."""

from __future__ import annotations

from collections.abc import Sequence

from songwright.music.likeness import longest_shared_run
from songwright.values.score import Score
from songwright.values.verdict import Figure

LONGEST_RUN = 12  # notes in a row, by interval and rhythm, from which on a tune counts as taken over


def originality_figure(score: Score, reference: Sequence[Score]) -> Figure:
    """The longest melodic run shared with any of the reference songs, in any key and tempo.

    Without a reference nothing can be said, and the figure says so.
    """
    name, bound = "longest run shared with known songs", f"< {LONGEST_RUN} notes"
    if not reference:
        return Figure(name, None, "notes", bound, None, "no reference songs given")
    own = [part.notes for part in score.parts if part.role == "lead"]
    longest, nearest = 0, ""
    for song in reference:
        for part in song.parts:
            for tune in own if part.role in ("lead", "answer") else []:
                run = longest_shared_run(tune, part.notes)
                if run > longest:
                    longest, nearest = run, song.title
    return Figure(
        name, float(longest), "notes", bound, longest < LONGEST_RUN, f"nearest: {nearest or 'none'}"
    )
