"""The corpus as tokens: what each song asks for, and shards of rows that a network learns from."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from songwright.errors import ShelfError, why
from songwright.music.tokens import NAMES, Conditions, LineSign, encode
from songwright.music.tokens.conditions import close_of
from songwright.music.tokens.vocabulary import LANGUAGES
from songwright.train.songs.song import SPLITS, Song

# What the folders of the corpus are called as genres.
_GENRES = {
    "lieder": "art", "openewld": "standard", "neonscribe": "standard", "carols": "carol", "openhymnal": "hymn",
    "opera": "nursery", "minstrel": "ballad", "bbloomf-songs": "traditional", "mutopia": "traditional",
    "billboard": "pop",
}  # fmt: skip


def genre_of(song: Song) -> str:
    """The genre a song is learned under, by the folder it stands in; "any" where that says nothing."""
    return next((genre for part, genre in _GENRES.items() if part in song.source), "any")


def tokens_of(song: Song) -> list[int] | None:
    """The tokens of a song; None where it holds something tokens cannot say."""
    language = song.language if song.language in LANGUAGES else "any"
    rhymes = song.rhymes or ("",) * len(song.score.lines)
    signs = [
        LineSign(rhyme if rhyme in "ABCDEFGH" else "", close_of(line.text))
        for rhyme, line in zip(rhymes, song.score.lines, strict=True)
    ]
    try:
        return encode(song.score, Conditions(genre=genre_of(song), language=language), signs)
    except ValueError:
        return None


def save_shard(songs: Iterable[Song], path: str | os.PathLike[str]) -> dict[str, int]:
    """Writes the tokens of a corpus as one compressed file; songs and tokens in each part."""
    rows: dict[str, list[list[int]]] = {name: [] for name in SPLITS}
    ids: dict[str, list[str]] = {name: [] for name in SPLITS}
    for song in songs:
        row = tokens_of(song)
        if row is not None and song.split in rows:
            rows[song.split].append(row)
            ids[song.split].append(song.id)
    arrays: dict[str, np.ndarray] = {}
    for name, held in rows.items():
        arrays[f"{name}_tokens"] = np.array([t for row in held for t in row], dtype=np.uint16)
        arrays[f"{name}_lengths"] = np.array([len(row) for row in held], dtype=np.int32)
        arrays[f"{name}_ids"] = np.array(ids[name], dtype=np.str_)
    arrays["vocabulary"] = np.frombuffer(json.dumps(NAMES).encode(), dtype=np.uint8)
    np.savez_compressed(path, **arrays)
    return {f"{name}_{what}": int(value) for name in SPLITS for what, value in (
        ("songs", len(rows[name])), ("tokens", arrays[f"{name}_tokens"].size))}  # fmt: skip


def load_shard(path: str | os.PathLike[str]) -> dict[str, list[np.ndarray]]:
    """The songs of each part as rows of token ids. ShelfError where the file is missing or of another vocabulary."""
    item = os.fspath(path)
    try:
        with np.load(Path(path)) as held:
            known = json.loads(held["vocabulary"].tobytes().decode())
            if tuple(known) != NAMES[: len(known)]:
                raise ShelfError(item, "was made with another vocabulary; make it again from the corpus")
            return {name: _rows(held[f"{name}_tokens"], held[f"{name}_lengths"]) for name in SPLITS}
    except OSError as problem:
        raise ShelfError(item, f"cannot be read ({why(problem)})") from None
    except (ValueError, KeyError, zipfile.BadZipFile):
        raise ShelfError(item, "is no shard of tokens; `songwright train data songs` writes one") from None


def _rows(tokens: np.ndarray, lengths: Sequence[int]) -> list[np.ndarray]:
    ends = np.cumsum(lengths)
    return [tokens[end - n : end].astype(np.int64) for end, n in zip(ends, lengths, strict=True)]
