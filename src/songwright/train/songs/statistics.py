"""What is in the corpus: songs, notes, syllables and hours, by source, licence, language and part."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from songwright.train.songs.corpus import LeftOut
from songwright.train.songs.dataset import tokens_of
from songwright.train.songs.song import SPLITS, Song

_METHODS = {
    "upbeat_hymns": "upbeat found without bar lines, hymns",
    "upbeat_art_songs": "upbeat found without bar lines, art songs",
    "mode_of_signature": "major or minor told from a signature and the notes",
    "line_starts_precision": "line starts found that are lines of the text",
    "line_starts_recall": "lines of the text whose start is found",
    "chord_root_heard_against_given": "chords heard out of the accompaniment against symbols of another source, root",
    "chord_heard_against_given": "the same, root and family (major, minor, diminished, augmented)",
    "chord_root_given_against_given": "ceiling: symbols of two sources against each other, root",
    "chord_given_against_given": "the same, root and family",
}

_HOW = """\
The sung line is the voice with the most words, first verse, repeats read once, ties joined, on a grid of twelve places
to a quarter note. Stretches of one meter and one signature are songs of their own. Chords are the source's symbols, or
are heard out of the accompaniment: each beat's notes (the lowest counted twice) against chord templates, the likeliest
sequence by Viterbi, changes dearest inside the bar. MIDI files show no bar lines: the upbeat is the shift under which
long notes, bass notes and the last note stand strongest. Where no mode is told, the key is the relative of the
signature that fits the notes. Lines of text are cut where punctuation, capitals, long notes and rests say so. Stress
comes from songwright's own English and German pronunciation; other languages have vowels only."""


def statistics(
    songs: Sequence[Song], left: Sequence[LeftOut], checks: Mapping[str, float | int]
) -> dict[str, Any]:
    """Counts by source, language and part; how chords were found; what was left out; how far methods can be trusted."""
    sizes = {song.id: len(tokens_of(song) or ()) for song in songs}
    return {
        "total": _counts(songs, sizes),
        "sources": _by(songs, sizes, lambda s: f"{s.source} | {s.licence}"),
        "languages": _by(songs, sizes, lambda s: s.language or "no words"),
        "parts": {name: _counts([s for s in songs if s.split == name], sizes) for name in SPLITS},
        "chords_from": dict(sorted(Counter(s.chords_from for s in songs).items())),
        "meters": dict(Counter(str(s.score.meter) for s in songs if s.notes).most_common()),
        "modes": dict(Counter(s.score.key.mode for s in songs if s.notes).most_common()),
        "groups": len({s.group for s in songs}),
        "largest_group": max(Counter(s.group for s in songs).values(), default=0),
        "methods": {name: round(value, 4) for name, value in checks.items()},
        "left_out": [{"path": item.path, "reason": item.reason} for item in left],
    }


def _by(
    songs: Sequence[Song], sizes: Mapping[str, int], key: Callable[[Song], str]
) -> dict[str, dict[str, float | int]]:
    names = sorted({key(song) for song in songs})
    return {name: _counts([song for song in songs if key(song) == name], sizes) for name in names}


def _counts(songs: Sequence[Song], sizes: Mapping[str, int]) -> dict[str, float | int]:
    """sizes: tokens of each song, by its id."""
    seconds = sum(s.score.tempo_map.seconds_at(s.score.length_ticks) for s in songs)
    return {
        "songs": len(songs),
        "bars": sum(s.score.length_ticks // s.score.meter.bar_ticks for s in songs),
        "notes": sum(len(s.notes) for s in songs),
        "syllables": sum(n.syllable is not None for s in songs for n in s.notes),
        "lines": sum(len(s.score.lines) for s in songs),
        "chords": sum(len(s.score.chords) for s in songs),
        "tokens": sum(sizes[s.id] for s in songs),
        "hours": round(seconds / 3600, 2),
    }


def page(found: Mapping[str, Any], command: str) -> str:
    """The statistics as a page of the documentation."""
    lines = [
        "# The song corpus",
        "",
        f"Written by `{command}`; do not edit by hand.",
        "",
        _summary(found),
        "",
        *_table("source and licence", found["sources"]),
        *_table("language", found["languages"]),
        *_table("part", found["parts"]),
        "Chords: " + ", ".join(f"{n:,} {name}" for name, n in found["chords_from"].items()) + ". Meters: "
        + ", ".join(f"{name} {n:,}" for name, n in found["meters"].items()) + ". Modes: "
        + ", ".join(f"{name} {n:,}" for name, n in found["modes"].items()) + ".",
        "",
        "## How it is made",
        "",
        _HOW,
        "",
        *_methods(found["methods"]),
        "## What it cannot teach",
        "",
        "Sung melody of the last ninety years: rock, soul, hip hop, electronic. Free files of such songs do not exist. "
        "For modern genres the style files, the chord charts (chords and form only) and the crafted composer's rules "
        "fill in. Rhythm is as notated, not as sung; spoken and rapped lines are absent.",
        "",
        "## Left out",
        "",
        *_left(found["left_out"]),
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def _summary(found: Mapping[str, Any]) -> str:
    total = found["total"]
    return (
        f"{total['songs']:,} songs (a song that changes meter or key counts once for each stretch), "
        f"{total['notes']:,} sung notes, {total['syllables']:,} syllables, {total['chords']:,} chords, "
        f"{total['tokens']:,} tokens, {total['hours']:,} hours at the written tempo. {found['groups']:,} groups of "
        f"songs that share a title or a tune; the largest holds {found['largest_group']}."
    )


def _table(head: str, rows: Mapping[str, Mapping[str, float | int]]) -> list[str]:
    columns = ("songs", "notes", "syllables", "lines", "chords", "tokens", "hours")
    lines = [f"| {head} | " + " | ".join(columns) + " |", "|---|" + "---:|" * len(columns)]
    for name, row in rows.items():
        label = name.replace(" | ", ", ")
        lines.append(f"| {label} | " + " | ".join(f"{row[c]:,}" for c in columns) + " |")
    return [*lines, ""]


def _methods(checks: Mapping[str, float | int]) -> list[str]:
    """How often each method is right, where the truth is known."""
    lines = ["| method, measured where the truth is known | right | on |", "|---|---:|---:|"]
    for name, text in _METHODS.items():
        if name in checks:
            stem = name.replace("chord_root_", "chord_")
            size = next(
                (checks[k] for k in (f"{name}_songs", f"{stem}_pairs") if k in checks),
                checks.get("line_starts", 0),
            )
            lines.append(f"| {text} | {checks[name]:.1%} | {size:,} |")
    return [*lines, ""] if len(lines) > 2 else []


def _left(items: Sequence[Mapping[str, str]]) -> list[str]:
    if not items:
        return ["Nothing."]
    reasons = Counter(
        (item["path"].rsplit("/", 2)[-2] if "/" in item["path"] else "", item["reason"]) for item in items
    )
    lines = ["| folder | reason | files |", "|---|---|---:|"]
    lines += [f"| {folder} | {reason} | {count} |" for (folder, reason), count in sorted(reasons.items())]
    return [*lines, "", "Each file is named in the JSON beside this page."]
