"""How far the methods of the corpus can be trusted, each measured where the truth is known.

Upbeats: files with bar lines, read as if they had none. Keys: files that tell their mode. Lines: files whose words
stand in lines. Chords: songs that stand in one source with accompaniment and in another with chord symbols; beside
them, as the ceiling, songs for which two sources write symbols.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path

from songwright.errors import ShelfError
from songwright.io.abc import read_abc_song
from songwright.io.written import Unusable, Written
from songwright.music.keyfinding import durations, find_key
from songwright.music.upbeat import upbeat
from songwright.train.songs.lilypond import read_lilypond_song
from songwright.train.songs.lines import line_starts
from songwright.train.songs.musicxml import read_musicxml_song
from songwright.train.songs.song import Song
from songwright.values.score import Note

_LEAST_SHARED = 24
_FAMILY = {"maj": "maj", "7": "maj", "maj7": "maj", "6": "maj", "9": "maj", "add9": "maj", "min": "min",
           "min7": "min", "min6": "min", "dim": "dim", "dim7": "dim", "m7b5": "dim", "aug": "aug"}  # fmt: skip


def check_methods(folder: Path, songs: Sequence[Song]) -> dict[str, float | int]:
    """All checks that the sources under a folder allow, as named shares 0..1 and counts."""
    found: dict[str, float | int] = {}
    hymns = list(_read(folder, "openhymnal", "*.abc", read_abc_song))
    lieder = list(_read(folder, "lieder-en", "*.mxl", read_musicxml_song))
    sheets = list(_read(folder, "neonscribe-pd", "*.ly", read_lilypond_song))
    found |= _upbeats("hymns", hymns) | _upbeats("art_songs", lieder)
    found |= _keys([*hymns, *sheets]) | _lines(sheets)
    heard = [song for song in songs if song.chords_from == "heard"]
    given = [song for song in songs if song.chords_from == "given" and song.notes]
    found |= _chords("heard_against_given", heard, given)
    sources = sorted({song.source for song in given})
    for n, source in enumerate(sources):
        later = [song for song in given if song.source in sources[n + 1 :]]
        agreed = _chords("given_against_given", [song for song in given if song.source == source], later)
        if agreed.get("chord_given_against_given_pairs", 0) > found.get("chord_given_against_given_pairs", 0):
            found |= agreed
    return found


def _read(folder: Path, name: str, pattern: str, reader) -> Iterable[Written]:
    for path in sorted(folder.rglob(f"{name}/{pattern}")):
        try:
            yield reader(path)
        except (Unusable, ShelfError, ValueError, KeyError, IndexError):
            continue


def _upbeats(name: str, songs: Sequence[Written]) -> dict[str, float | int]:
    """How often an upbeat, or that there is none, is found without the bar lines."""
    right = seen = 0
    for written in songs:
        first = written.measures[0]
        if len({m.meter for m in written.measures}) > 1 or not written.others:
            continue
        truth = first.ticks if first.ticks < first.meter.bar_ticks else 0
        seen += 1
        right += upbeat([(t.tick, t.ticks) for t in written.voice], written.others, first.meter) == truth
    return {f"upbeat_{name}": right / seen, f"upbeat_{name}_songs": seen} if seen else {}


def _keys(songs: Sequence[Written]) -> dict[str, float | int]:
    """How often the mode of a known signature is found."""
    right = seen = 0
    for written in songs:
        first = written.measures[0]
        if first.mode not in ("major", "minor") or len({m.fifths for m in written.measures}) > 1:
            continue
        weights = durations(
            [(t.ticks, t.pitch) for t in written.voice] + [(n // 2, p) for _, n, p in written.others]
        )
        seen += 1
        right += find_key(weights, written.voice[-1].pitch, None, first.fifths).mode == first.mode
    return {"mode_of_signature": right / seen, "mode_of_signature_songs": seen} if seen else {}


def _lines(songs: Sequence[Written]) -> dict[str, float | int]:
    """Precision and recall of line starts against lines as typeset."""
    hits = found = truth = 0
    for written in songs:
        known = {i for i in written.breaks if i}
        if len(known) < 3:
            continue
        guess = {i for i in line_starts(written.voice, "en") if i}
        hits, found, truth = hits + len(guess & known), found + len(guess), truth + len(known)
    if not found or not truth:
        return {}
    return {"line_starts_precision": hits / found, "line_starts_recall": hits / truth, "line_starts": truth}


def plain_title(title: str) -> str:
    """A title for comparison: letters only, without articles, a leading number and what stands in brackets."""
    text = unicodedata.normalize("NFKD", re.sub(r"[(\[].*?[)\]]", " ", title)).lower()
    text = "".join(c for c in text if not unicodedata.combining(c)).replace("’", "'").replace("'", "")
    words = re.findall(r"[a-z0-9]+", re.sub(r"^\s*\d+[.,a-z]?\s+(?=\w)", "", text))
    return " ".join(word for word in words if word not in ("the", "a", "an")) or " ".join(words)


def _chords(name: str, songs: Sequence[Song], references: Sequence[Song]) -> dict[str, float | int]:
    """Agreement of chords, weighted by the length of the notes two versions of a song share."""
    titles: dict[str, list[Song]] = defaultdict(list)
    for song in references:
        titles[plain_title(song.score.title)].append(song)
    weight = roots = families = pairs = 0
    for song in songs:
        for other in titles.get(plain_title(song.score.title), ()):
            shared = shared_notes(song.notes, other.notes)
            if len(shared) < _LEAST_SHARED:
                continue
            pairs += 1
            for mine, theirs in shared:
                here, there = song.score.chord_at(mine.start_tick), other.score.chord_at(theirs.start_tick)
                moved = (theirs.pitch - mine.pitch) % 12
                weight += mine.length_ticks
                same = (here.root + moved) % 12 == there.root
                roots += mine.length_ticks * same
                kin = _FAMILY.get(here.quality) == _FAMILY.get(there.quality)
                families += mine.length_ticks * (same and kin)
    if not weight:
        return {}
    return {
        f"chord_root_{name}": roots / weight,
        f"chord_{name}": families / weight,
        f"chord_{name}_pairs": pairs,
    }


def shared_notes(first: Sequence[Note], second: Sequence[Note]) -> list[tuple[Note, Note]]:
    """Notes that two versions of a tune share in order, by local alignment of intervals (Smith & Waterman 1981)."""
    a = [after.pitch - here.pitch for here, after in pairwise(first)]
    b = [after.pitch - here.pitch for here, after in pairwise(second)]
    width = len(b) + 1
    score = [[0] * width for _ in range(len(a) + 1)]
    best = (0, 0, 0)
    for i, left in enumerate(a, start=1):
        row, above = score[i], score[i - 1]
        for j, right in enumerate(b, start=1):
            value = max(0, above[j - 1] + (2 if left == right else -2), above[j] - 2, row[j - 1] - 2)
            row[j] = value
            if value > best[0]:
                best = (value, i, j)
    pairs = []
    _, i, j = best
    while i and j and score[i][j] > 0:
        if score[i][j] == score[i - 1][j - 1] + (2 if a[i - 1] == b[j - 1] else -2):
            if a[i - 1] == b[j - 1]:
                pairs.append((first[i], second[j]))
            i, j = i - 1, j - 1
        elif score[i][j] == score[i - 1][j] - 2:
            i -= 1
        else:
            j -= 1
    return pairs[::-1]
