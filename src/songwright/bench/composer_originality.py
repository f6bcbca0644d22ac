"""How much of many songs stands in the songs the composer learned from: songs of every genre to free verse."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import fmean

import numpy as np

from songwright import api, composer
from songwright.bench.composer_measures import lead_notes
from songwright.errors import BriefError
from songwright.guard.originality import LONGEST_RUN, originality
from songwright.music.known_tunes import KnownTunes
from songwright.train.renders.verses import Stanza, read_verses
from songwright.values.brief import SongBrief
from songwright.values.seed import Seed
from songwright.values.wire import to_plain

Row = dict[str, object]
_SECONDS = 60.0


def originality_suite(
    verses: Path, count: int, name: str, folder: Path, say: Callable[[str], None]
) -> list[Row]:
    """Rows of figures over `count` songs of a minute; each song's finding goes to folder/originality-NAME.jsonl.

    verses: folder of free lyrics (.txt with a LICENSE file). A run that was stopped goes on where it was. Songs differ
    in words, genre, persona, key, tempo and luck. BriefError where the composer cannot be had.
    """
    stanzas = read_verses(verses).parts["train"]
    ctx = api.context(0)
    known = KnownTunes(ctx.shelf.tunes())
    genres = [style.id for style in ctx.shelf.styles()]
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"originality-{name}.jsonl"
    done = _done(path)
    with path.open("a", encoding="utf-8") as file:
        for n in range(len(done), count):
            brief = SongBrief(
                lyrics=lyrics(stanzas, n), title=f"Song {n}", genre=genres[n % len(genres)], language="en",
                duration_s=_SECONDS, seed=Seed(11).child("originality", n).key() >> 1,
            )  # fmt: skip
            try:
                plan = replace(api.plan(brief), composer=name)
            except BriefError as problem:  # words that do not fit a minute
                plan = replace(api.plan(replace(brief, duration_s=None)), composer=name)
                say(f"song {n}: {problem}")
            score = composer.compose(plan, api.context(plan.seed).child("composer"))
            found = originality(score, known)
            row = {"song": n, "genre": plan.genre, "notes": len(lead_notes(score)), "found": to_plain(found)}
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
            file.flush()
            done.append(row)
            say(f"{name}: {n + 1} of {count}")
    return summary(done[:count])


def lyrics(stanzas: tuple[Stanza, ...], number: int) -> str:
    """Two verses and a chorus that comes twice, from stanzas drawn by luck."""
    luck = Seed(11).child("words", number).luck()
    first, refrain, second = (luck.choice(stanzas) for _ in range(3))
    parts = (("Verse", first), ("Chorus", refrain), ("Verse", second), ("Chorus", refrain))
    return "\n\n".join("\n".join([f"[{name}]", *lines]) for name, lines in parts)


def _done(path: Path) -> list[dict]:
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def summary(rows: list[dict]) -> list[Row]:
    """Figures of many findings."""
    found = [row["found"] for row in rows if row["found"]]
    longest = [one["longest_run"] for one in found]
    counts = Counter(longest)
    table: list[Row] = [
        {"figure": "songs", "value": len(found)},
        {"figure": "longest run, mean, notes", "value": round(fmean(longest), 2)},
        {"figure": "longest run, 99th percentile, notes", "value": float(np.percentile(longest, 99))},
        {"figure": "longest run of all, notes", "value": max(longest)},
        {
            "figure": f"songs under {LONGEST_RUN} notes, percent",
            "value": _percent(n < LONGEST_RUN for n in longest),
        },
        {
            "figure": f"songs under {LONGEST_RUN} notes with commonplaces, percent",
            "value": _percent(one["longest_any"] < LONGEST_RUN for one in found),
        },
        {
            "figure": "notes in runs of eight and more, percent",
            "value": fmean(one["covered_percent"] for one in found),
        },
    ]
    table += [
        {"figure": f"songs whose longest run has {n} notes", "value": counts[n]} for n in sorted(counts)
    ]
    return table


def _percent(values) -> float:
    held = list(values)
    return round(100 * sum(held) / len(held), 2)
