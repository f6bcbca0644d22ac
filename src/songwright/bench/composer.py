"""Composers beside people: the same words, bars, chords and keys, set once by a person and once by each composer.

The tasks are songs of the corpus's held-out part (`composer_plans`); what composers write is kept in a folder, one
corpus file each, so that a run that was stopped goes on and every figure can be taken again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import fsum, isnan, sqrt
from pathlib import Path
from statistics import fmean, stdev

import numpy as np

from songwright import api, composer
from songwright.bench.composer_measures import (
    HISTOGRAMS,
    figures,
    lead_notes,
    melody_distance,
    overlap,
    pooled,
    stress_area,
    stress_counts,
)
from songwright.bench.composer_plans import plan_of
from songwright.bench.composer_told_apart import counting, pairs, reading, sung_through, told_apart
from songwright.bench.composer_validity import validity
from songwright.errors import BriefError, ShelfError
from songwright.guard.originality import LONGEST_RUN
from songwright.music.known_tunes import KnownTunes
from songwright.train.songs.dataset import genre_of
from songwright.train.songs.song import Song, load_songs, to_row
from songwright.values.plan import SongPlan
from songwright.values.score import Score
from songwright.values.shelf import Shelf

COMPOSERS = ("crafted", "network")
Row = dict[str, object]
_BARS = (8, 64)


@dataclass(frozen=True)
class Task:
    """A song people wrote and the plan of the same task."""

    song: Song
    plan: SongPlan


def held_out(corpus: Path, count: int, split: str = "test") -> list[Task]:
    """Tasks out of songs nobody learned from: English and German, 8 to 64 bars, evenly spread over the corpus."""
    songs = [
        song
        for song in load_songs(corpus)
        if song.split == split and song.notes and song.score.chords and song.language in ("en", "de")
        and _BARS[0] <= song.score.length_ticks // song.score.meter.bar_ticks <= _BARS[1]
    ]  # fmt: skip
    if not songs:
        raise ShelfError(str(corpus), f"holds no songs with words in its part {split!r}")
    count = min(count, len(songs))
    chosen = [songs[n * len(songs) // count] for n in range(count)]
    ctx = api.context(0)
    return [Task(song, plan_of(song, genre_of(song), n, ctx)) for n, song in enumerate(chosen)]


def compose_all(
    tasks: Sequence[Task],
    name: str,
    folder: Path | None,
    say: Callable[[str], None],
    shelf: Shelf | None = None,
) -> list[Score]:
    """What a composer makes of the tasks. folder: keeps NAME.jsonl and goes on from it; None keeps nothing.

    shelf: what it takes its weights from, None for the house's.

    BriefError where there is no such composer, or the network is not there.
    """
    if name not in COMPOSERS:
        raise BriefError("composer", f"there is no composer {name!r}.", f"There are: {', '.join(COMPOSERS)}.")

    def write(plan: SongPlan) -> Score:
        ctx = api.context(plan.seed)
        ctx = ctx if shelf is None else replace(ctx, shelf=shelf)
        return composer.compose(replace(plan, composer=name), ctx.child("composer"))

    return all_written(tasks, name, write, folder, say)


def all_written(
    tasks: Sequence[Task], name: str, write: Callable[[SongPlan], Score], folder: Path | None,
    say: Callable[[str], None],
) -> list[Score]:  # fmt: skip
    """What somebody of that name writes to the tasks. folder: as in `compose_all`."""
    kept = _kept(folder / f"{name}.jsonl") if folder is not None else {}
    found = []
    for n, task in enumerate(tasks):
        if task.song.id not in kept:
            score = kept[task.song.id] = write(task.plan)
            if folder is not None:
                _keep(folder / f"{name}.jsonl", replace(task.song, score=score, rhymes=()))
            say(f"{name}: {n + 1} of {len(tasks)}")
        found.append(kept[task.song.id])
    return found


def _kept(path: Path) -> dict[str, Score]:
    return {song.id: song.score for song in load_songs(path)} if path.exists() else {}


def _keep(path: Path, song: Song) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(to_row(song), ensure_ascii=False, separators=(",", ":")) + "\n")


def composer_suite(
    corpus: Path, count: int, names: Sequence[str], folder: Path | None, say: Callable[[str], None],
    listeners: bool = False,
) -> list[Row]:  # fmt: skip
    """A row a figure: people, their standard error, each composer, how far it is off in percent, who is nearer.

    listeners: also train two classifiers to tell each composer from people.
    """
    tasks = held_out(corpus, count)
    made = {name: compose_all(tasks, name, folder, say) for name in names}
    human = [task.song.score for task in tasks]
    rows = tune_rows([task.song for task in tasks], made)
    if listeners:
        rows += told_rows(human, made)
    rows += originality_rows(human, made)
    for name in names:
        kept = [validity(score, task.plan) for score, task in zip(made[name], tasks, strict=True)]
        for row_name in kept[0]:
            share = fmean(one[row_name] for one in kept)
            row = next((r for r in rows if r["figure"] == f"kept: {row_name}"), None)
            if row is None:
                row = {"figure": f"kept: {row_name}", "people": 1.0, "error": 0.0}
                rows.append(row)
            row |= {name: round(share, 4), f"{name}_off_percent": round(100 * (1 - share), 2)}
    return with_nearest(rows, names)


def tune_rows(songs: Sequence[Song], made: Mapping[str, Sequence[Score]]) -> list[Row]:
    """All that is measured of tunes beside people's, listeners and originality apart."""
    human = [song.score for song in songs]
    return [*scalar_rows(human, made), *pooled_rows(human, made), *paired_rows(songs, made)]


def with_nearest(rows: list[Row], names: Sequence[str]) -> list[Row]:
    """The rows, each with who is nearest to people."""
    for row in rows:
        row["nearer"] = _nearer(row, names)
    return rows


def scalar_rows(human: Sequence[Score], made: Mapping[str, Sequence[Score]]) -> list[Row]:
    """Figures that each song has for itself: means over songs. Stress is pooled: one area over all syllables."""
    theirs = [figures(score) for score in human]
    ours = {name: [figures(score) for score in scores] for name, scores in made.items()}
    rows = []
    for figure in theirs[0]:
        values = [one[figure] for one in theirs if not isnan(one[figure])]
        if figure == "stress":
            people = _stress(human)
            got = {name: _stress(scores) for name, scores in made.items()}
        else:
            people = fmean(values)
            got = {
                name: fmean(one[figure] for one in found if not isnan(one[figure]))
                for name, found in ours.items()
            }
        error = stdev(values) / sqrt(len(values)) if len(values) > 1 else 0.0
        rows.append(_row(figure, people, error, got))
    return rows


def _stress(scores: Sequence[Score]) -> float:
    return stress_area(sum((stress_counts(score) for score in scores[1:]), stress_counts(scores[0])))


def pooled_rows(human: Sequence[Score], made: Mapping[str, Sequence[Score]]) -> list[Row]:
    """Overlap of the histograms of all songs with people's; theirs is one half against the other."""
    rows = []
    for name, read in HISTOGRAMS.items():
        theirs = [read(score) for score in human]
        ceiling = overlap(pooled(theirs[::2]), pooled(theirs[1::2]))
        got = {who: overlap(pooled(theirs), pooled(map(read, scores))) for who, scores in made.items()}
        rows.append(_row(f"overlap of {name} histograms", ceiling, 0.0, got, 1))
    return rows


def paired_rows(songs: Sequence[Song], made: Mapping[str, Sequence[Score]]) -> list[Row]:
    """Song by song to the same words (PD, DD and MD of SongMASS), pitch by step above the tonic.

    People's value is another tune of the same meter; a composer is off only as far as it is further away than that.
    Songs without another tune of their meter are left out; no rows where that leaves none.
    """
    beside = {n: other for n in range(len(songs)) if (other := _other(songs, n)) is not None}
    if not beside:
        return []
    human, other = [songs[n].score for n in beside], list(beside.values())
    made = {who: [scores[n] for n in beside] for who, scores in made.items()}
    rows = []
    for name in ("degree", "duration"):
        read = HISTOGRAMS[name]
        pairs = [overlap(read(a), read(b)) for a, b in zip(human, other, strict=True)]
        got = {
            who: fmean(overlap(read(a), read(b)) for a, b in zip(human, scores, strict=True))
            for who, scores in made.items()
        }
        rows.append(_row(f"{name} similarity to the same words", fmean(pairs), _error(pairs), got, 1))
    pairs = [melody_distance(a, b) for a, b in zip(other, human, strict=True)]
    got = {
        who: fmean(melody_distance(a, b) for a, b in zip(scores, human, strict=True))
        for who, scores in made.items()
    }
    rows.append(_row("melody distance to the same words", fmean(pairs), _error(pairs), got, -1))
    return rows


def told_rows(human: Sequence[Score], made: Mapping[str, Sequence[Score]]) -> list[Row]:
    """How often trained listeners know who wrote eight bars or a song, or pick the person's of two; chance is 0.5.

    Once as written, once with breaths sung through on both sides: people's scores leave breathing to the singer.
    """
    rows: list[Row] = []
    for how, listen in (("counting", counting), ("reading", reading)):
        for manner, heard in (
            ("", list),
            (", breaths sung through", lambda scores: [sung_through(s) for s in scores]),
        ):
            found = {
                who: told_apart(pairs(heard(human), heard(scores)), listen) for who, scores in made.items()
            }
            most = max((one.error for one in found.values()), default=0.0)
            for what, values in (
                ("8 bars", {who: one.accuracy for who, one in found.items()}),
                ("whole song", {who: one.songs_accuracy for who, one in found.items()}),
                ("side by side", {who: one.paired for who, one in found.items()}),
            ):
                error = most if what == "8 bars" else 0.0
                rows.append(_row(f"told apart by {how}, {what}{manner}", 0.5, error, values))
    return rows


def originality_rows(human: Sequence[Score], made: Mapping[str, Sequence[Score]]) -> list[Row]:
    """The longest run shared with the composer's training songs: mean, 99th percentile, share under twelve notes."""
    known = KnownTunes(api.context(0).shelf.tunes())

    def runs(scores: Sequence[Score]) -> list[int]:
        return [known.longest(lead_notes(score)) for score in scores]

    theirs, ours = runs(human), {name: runs(scores) for name, scores in made.items()}
    return [
        _row(
            figure,
            read(theirs),
            _error(theirs) if n == 0 else 0.0,
            {name: read(r) for name, r in ours.items()},
        )
        for n, (figure, read) in enumerate(
            (
                ("longest shared run, notes", fmean),
                ("longest shared run, 99th percentile", lambda found: float(np.percentile(found, 99))),
                ("songs sharing under twelve notes", lambda found: fmean(n < LONGEST_RUN for n in found)),
            )
        )
    ]


def _other(songs: Sequence[Song], n: int) -> Score | None:
    """Another tune of the same meter, the nearest in length; None where there is none.

    The same tune under another name, or set to other words, is of the same group (`train.songs.split`) and no other.
    """
    mine = songs[n]
    same = [s.score for s in songs if s.group != mine.group and s.score.meter == mine.score.meter]
    return min(same, key=lambda s: abs(s.length_ticks - mine.score.length_ticks), default=None)


def _error(values: Sequence[float]) -> float:
    mean = fsum(values) / len(values)
    return sqrt(fsum((v - mean) ** 2 for v in values)) / len(values)


def _row(figure: str, people: float, error: float, got: Mapping[str, float], better: int = 0) -> Row:
    """better: 1 = more is nearer to people, -1 = less is, 0 = as much as people is."""
    row: Row = {"figure": figure, "people": round(people, 4), "error": round(error, 4)}
    for name, value in got.items():
        gap = max(0.0, (people - value) * better) if better else abs(value - people)
        off = gap / abs(people) if people else gap
        row |= {name: round(value, 4), f"{name}_off_percent": round(100 * off, 1)}
    return row


def _nearer(row: Row, names: Sequence[str]) -> str:
    """The composer nearest to people; "" where they are equally near or there is one only."""
    off = {name: float(str(row[f"{name}_off_percent"])) for name in names}
    best = min(off.values())
    nearest = [name for name, value in off.items() if value == best]
    return nearest[0] if len(nearest) == 1 and len(names) > 1 else ""
