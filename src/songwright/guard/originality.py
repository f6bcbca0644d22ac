"""A song is no copy: the longest run of melody it shares with any song its composer learned from."""

from __future__ import annotations

from collections.abc import Sequence

from songwright.music.known_tunes import COUNTED, KnownTunes, SharedRun, notes_shared
from songwright.values.originality import Originality, Passage
from songwright.values.score import Note, Score
from songwright.values.verdict import Figure

LONGEST_RUN = 12  # notes in a row, by interval and rhythm, from which on a passage is named
LONG_COPY = 16  # ... from which on it is said to be the known tune
_SHOWN = 8
_ECHO_PERCENT, _COPY_PERCENT = 25, 50


def originality(score: Score, known: KnownTunes) -> Originality | None:
    """What the sung line shares with known tunes, in any key and tempo; None where nobody sings."""
    notes = next((part.notes for part in score.parts if part.role == "lead"), ())
    if not notes:
        return None
    runs = known.runs(notes)
    longest = max((run.notes for run in runs if not run.commonplace), default=0)
    covered = 100 * notes_shared(runs, COUNTED) // len(notes)
    order = sorted(runs, key=lambda run: (run.commonplace, -run.notes, run.first))[:_SHOWN]
    return Originality(
        longest,
        max((run.notes for run in runs), default=0),
        covered,
        tuple(_passage(run, notes, score, known) for run in order),
        len(known),
        known.about,
        known.people_percent(longest),
        verdict(longest, covered),
    )


def verdict(longest: int, covered_percent: int) -> str:
    """The finding in plain words, by the longest run and the share of the tune that lies in runs of eight and more."""
    if longest >= LONG_COPY or covered_percent >= _COPY_PERCENT:
        return "sings a known tune"
    if longest >= LONGEST_RUN or covered_percent >= _ECHO_PERCENT:
        return "recalls a known tune"
    return "no known tune found in it"


def _passage(run: SharedRun, notes: Sequence[Note], score: Score, known: KnownTunes) -> Passage:
    bar = score.meter.bar_ticks
    first, last = notes[run.first], notes[run.first + run.notes - 1]
    return Passage(
        first.start_tick // bar + 1, last.start_tick // bar + 1, run.notes, known.title(run.tune), run.tunes,
        run.commonplace,
    )  # fmt: skip


def originality_figures(found: Originality | None, problem: str = "") -> list[Figure]:
    """The figures of a verdict. found: None = nothing could be compared; problem: why."""
    name, bound = "longest run shared with known songs", f"< {LONGEST_RUN} notes"
    if found is None:
        return [Figure(name, None, "notes", bound, None, problem or "nobody sings")]
    said = f"compared with {found.songs} {found.compared_with}, not with all music"
    where = next((p for p in found.passages if not p.commonplace), None)
    if where is not None:
        others = f" and {where.songs - 1} more" if where.songs > 1 else ""
        said = f"bars {where.first_bar}-{where.last_bar}, as in {where.song!r}{others}; {said}"
    figures = [
        Figure(name, float(found.longest_run), "notes", bound, found.longest_run < LONGEST_RUN, said),
        Figure(
            f"notes in shared runs of {COUNTED} and more", float(found.covered_percent), "%",
            f"< {_ECHO_PERCENT} %", found.covered_percent < _ECHO_PERCENT,
        ),
        Figure("originality", found.verdict),
    ]  # fmt: skip
    if found.as_people_percent >= 0:
        said = "of songs people wrote share as long a run with others"
        figures.append(
            Figure("people's songs that share as much", float(found.as_people_percent), "%", note=said)
        )
    if found.longest_any > found.longest_run:
        figures.append(
            Figure(
                "longest shared commonplace", float(found.longest_any), "notes", note="scales, repeated notes"
            )
        )
    return figures
