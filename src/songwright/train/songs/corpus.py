"""One corpus out of many folders: every song file read, settled, and either kept or listed with the reason."""

from __future__ import annotations

import csv
import json
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from songwright.errors import ShelfError
from songwright.io.abc import read_abc_song
from songwright.io.written import Unusable, Written
from songwright.text.language import detect
from songwright.train.songs.billboard import billboard_song
from songwright.train.songs.lilypond import read_lilypond_song
from songwright.train.songs.midi import read_midi_song
from songwright.train.songs.musicxml import read_musicxml_song
from songwright.train.songs.settle import Origin, settle
from songwright.train.songs.song import Song
from songwright.train.songs.words import Sounds

# Notations, best first: where a folder holds a song in several, the first is read.
READERS: dict[str, Callable[[Path], Written]] = {
    ".mxl": read_musicxml_song, ".musicxml": read_musicxml_song, ".xml": read_musicxml_song,
    ".abc": read_abc_song, ".ly": read_lilypond_song, ".mid": read_midi_song, ".midi": read_midi_song,
}  # fmt: skip
_FREE = re.compile(r"public domain|cc0|cc-by(?!-(nc|sa|nd))|mit\b|unlicense|bsd", re.IGNORECASE)
_LANGUAGES = {"english": "en", "german": "de", "french": "fr", "italian": "it", "swedish": "sv", "spanish": "es",
              "latin": "la"}  # fmt: skip
_SONG_FOLDERS = ("songs", "chords/billboard")


@dataclass(frozen=True)
class LeftOut:
    """A file that gave no song, and why."""

    path: str
    reason: str


def gather(
    folder: str | os.PathLike[str], licence: str = "", tell: Callable[[int, int, str], None] | None = None
) -> tuple[list[Song], list[LeftOut]]:
    """Every song under a folder, by path, and every file left out with its reason.

    A file's licence stands in `manifest.jsonl` of the folder or one above it (path, source, licence), or is given
    for all files that stand in none; what is not clearly free stays out. ShelfError where there is no song file.
    """
    root = Path(folder)
    if not root.is_dir():
        raise ShelfError(os.fspath(folder), "is no folder")
    root = root.resolve()
    base, cards = _manifest(root)
    files = [*song_files(root), *_charts(root)]
    if not files:
        raise ShelfError(os.fspath(folder), "holds no song file (.mxl, .musicxml, .abc, .ly, .mid)")
    songs: list[Song] = []
    left: list[LeftOut] = []
    sounds = Sounds()
    index: dict[Path, dict[str, dict[str, str]]] = {}
    for number, path in enumerate(files):
        if tell is not None:
            tell(number, len(files), path.name)
        name = path.relative_to(base).as_posix() if path.is_relative_to(base) else path.name
        card = cards.get(name, {"licence": licence, "source": path.parent.name})
        if path.parent not in index:
            index[path.parent] = _index(path.parent)
        row = index[path.parent].get(path.name, {})
        if (row.get("licence") or card["licence"]) == "" or not _FREE.search(card["licence"]):
            left.append(LeftOut(name, f"licence {card['licence'] or 'not told'}"))
            continue
        try:
            songs += _songs(path, name, card, row, sounds)
        except (Unusable, ShelfError) as problem:
            left.append(LeftOut(name, problem.problem if isinstance(problem, ShelfError) else str(problem)))
        except (ValueError, KeyError, IndexError, TypeError, AttributeError, ArithmeticError) as problem:
            left.append(LeftOut(name, f"cannot be followed ({type(problem).__name__}: {problem})"))
    return songs, left


def _songs(
    path: Path, name: str, card: dict[str, str], row: dict[str, str], sounds: Sounds
) -> tuple[Song, ...]:
    """The songs of one file."""
    folder = Path(name).parent.name
    told = (row.get("lang") or row.get("language") or card.get("language") or "").lower()
    language = _LANGUAGES.get(told, told if len(told) == 2 else "")
    author = row.get("composer") or row.get("authors") or ""
    title = " ".join((row.get("title") or "").split())
    licence = row.get("licence") or card["licence"]
    origin = Origin(name, f"{Path(name).parent.as_posix()}", licence, title, author, language)
    if folder == "billboard":
        return (billboard_song(path.read_text(encoding="utf-8"), origin),)
    written = READERS[path.suffix.lower()](path)
    if not language:
        words = " ".join(t.text + ("-" if t.syllabic in ("begin", "middle") else "") for t in written.voice)
        origin = Origin(name, origin.source, licence, title, author, detect(words.replace("- ", "")))
    return settle(written, origin, sounds)


def _manifest(root: Path) -> tuple[Path, dict[str, dict[str, str]]]:
    """The folder a manifest's paths count from, and its rows by path; (root, {}) where there is none."""
    for base in (root, *list(root.resolve().parents)[:2]):
        path = base / "manifest.jsonl"
        if path.is_file():
            rows = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line)
            return base, {
                row["path"]: {k: row.get(k) or "" for k in ("source", "licence", "language")} for row in rows
            }
    return root, {}


def song_files(root: Path) -> list[Path]:
    """Song files under a folder, in order; of one song in several notations the best."""
    best: dict[tuple[Path, str], Path] = {}
    order = list(READERS)
    for path in sorted(p for r in _roots(root) for p in _under(r)):
        key = (path.parent, path.stem)
        if key not in best or order.index(path.suffix.lower()) < order.index(best[key].suffix.lower()):
            best[key] = path
    return sorted(best.values())


def _roots(root: Path) -> list[Path]:
    """The folders that hold songs: those of a data pack, else the folder itself."""
    return [root / name for name in _SONG_FOLDERS if (root / name).is_dir()] or [root]


def _charts(root: Path) -> list[Path]:
    return [p for r in _roots(root) for p in sorted(r.rglob("*.txt")) if p.parent.name == "billboard"]


def _under(root: Path) -> Iterator[Path]:
    return (p for p in root.rglob("*") if p.suffix.lower() in READERS and p.is_file())


def _index(folder: Path) -> dict[str, dict[str, str]]:
    """index.tsv of a folder: file name -> its row."""
    path = folder / "index.tsv"
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        return {row["file"]: row for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)}
