"""Rendered pieces on the disk: shards of a few pieces each, raw sound that can be read anywhere at once.

A shard is three files: NUMBER.pcm (int16, voice and band side by side, all its pieces one after another), NUMBER.npz
(labels) and NUMBER.json (what the pieces are), which is written last: a shard without it is not finished.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from songwright.errors import ShelfError
from songwright.runtime.jukebox.labels import (
    FIELDS,
    HOP,
    PLAYERS,
    QUALITIES,
    RATE_HZ,
    SECTIONS,
    STRIKERS,
    SYMBOLS,
    Labels,
)

if TYPE_CHECKING:  # who only reads needs no studio
    from songwright.train.renders.piece import Piece

VERSION = 2
_NAMES = {
    "phones": SYMBOLS,
    "qualities": QUALITIES,
    "sections": SECTIONS,
    "players": PLAYERS,
    "strikers": STRIKERS,
}


@dataclass(frozen=True, eq=False)
class Rendered:
    """A piece on the disk. sound: int16 (frames, 2), read where it is touched. about: as in `piece.Piece`."""

    name: str
    split: str
    sound: np.ndarray
    labels: Labels
    about: Mapping[str, Any]

    @property
    def seconds(self) -> float:
        """Length in seconds."""
        return len(self.sound) / RATE_HZ


def place(folder: Path, number: int) -> Path:
    """Where a shard stands, without its suffix."""
    return folder / "shards" / f"{number:05d}"


def is_finished(folder: Path, number: int) -> bool:
    """Whether a shard is whole."""
    return place(folder, number).with_suffix(".json").is_file()


def write_shard(folder: Path, number: int, split: str, pieces: Sequence[Piece]) -> dict[str, Any]:
    """Write a shard, its index last; returns the index."""
    path = place(folder, number)
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_suffix(".pcm.part")
    with aside.open("wb") as file:
        for piece in pieces:
            file.write(np.ascontiguousarray(piece.sound, "<i2").tobytes())
    aside.replace(path.with_suffix(".pcm"))
    arrays = {name: np.concatenate([getattr(p.labels, name) for p in pieces]) for name in FIELDS}
    aside = path.with_suffix(".npz.part")
    with aside.open("wb") as file:
        np.savez_compressed(file, **arrays)
    aside.replace(path.with_suffix(".npz"))
    index = {
        "version": VERSION, "split": split, "rate_hz": RATE_HZ, "hop": HOP, "names": _NAMES,
        "frames": [len(piece.sound) for piece in pieces], "pieces": [piece.about for piece in pieces],
    }  # fmt: skip
    aside = path.with_suffix(".json.part")
    aside.write_text(json.dumps(index, ensure_ascii=False) + "\n", encoding="utf-8")
    aside.replace(path.with_suffix(".json"))
    return index


def read_index(path: Path) -> dict[str, Any]:
    """The index of one shard. Raises ShelfError where it is damaged or of another version."""
    try:
        index = json.loads(path.read_text(encoding="utf-8"))
        names = {name: tuple(index["names"][name]) for name in _NAMES}
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise ShelfError(str(path), f"is no index of a shard ({problem})") from problem
    if index.get("version") != VERSION or names != _NAMES:
        raise ShelfError(str(path), "was rendered by another version; render it again")
    return index


def read_renders(folder: Path, split: str = "") -> list[Rendered]:
    """The pieces of all finished shards of a folder, of one split or all. Raises ShelfError where there are none."""
    found = [piece for path in sorted((folder / "shards").glob("*.json")) for piece in _pieces(path, split)]
    if not found:
        raise ShelfError(str(folder), f"holds no rendered pieces{f' of {split}' if split else ''}")
    return found


def _pieces(path: Path, split: str) -> Iterator[Rendered]:
    index = read_index(path)
    if split and index["split"] != split:
        return
    total = sum(index["frames"])
    try:
        sound = np.memmap(path.with_suffix(".pcm"), "<i2", "r", shape=(total, 2))
        with np.load(path.with_suffix(".npz")) as held:
            labels = Labels(*(held[name] for name in FIELDS))
    except (OSError, ValueError, KeyError) as problem:
        raise ShelfError(str(path.with_suffix("")), f"is damaged ({problem})") from problem
    if len(labels) * HOP != total:
        raise ShelfError(str(path.with_suffix("")), "is damaged (sound and labels differ in length)")
    begin = 0
    for number, (frames, about) in enumerate(zip(index["frames"], index["pieces"], strict=True)):
        end = begin + frames
        yield Rendered(
            f"{path.stem}/{number}",
            index["split"],
            sound[begin:end],
            labels.part(begin // HOP, end // HOP),
            about,
        )
        begin = end
