"""`songwright train originality`: the index of tunes that songs are compared with, and its card."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from songwright.errors import ShelfError
from songwright.music.known_tunes import GRAM, KnownTunes, index_tunes
from songwright.train.songs.song import Song, load_songs

_ABOUT = "public-domain and freely licensed songs its composer learned from"
_NUMBER = re.compile(r"^\s*\d+[.)]?\s+")  # of a song in its cycle
_CARD = """\
id = "tunes"
name = "Known tunes"
about = "Hashes of every six notes in a row of the songs the composer learned from, with their titles."
licence = "CC0-1.0"
source = "{sources}"
commercial_use = true
recipe = "songwright train originality CORPUS.jsonl --out src/songwright/weights"
songs = {songs}
hashes = {hashes}
bytes = {bytes}
sha256 = "{sha256}"

[found_by_mistake]  # chance that six notes nobody wrote are found, a run of six; longer ones practically never
a_run_of_six = {mistake}

[held_out_people]  # longest run that songs outside the index share with it, by people: how many of 100
songs = {held}
{lengths}
"""


def make_index(corpus: Path, out: Path, say: Callable[[str], None]) -> dict[str, Any]:
    """Writes out/tunes.npz and out/tunes.toml from a corpus (JSON lines); songs of its part "train" are indexed.

    Songs of the other parts measure how much songs share that never met. ShelfError where nothing is to be learned.
    """
    songs = [song for song in load_songs(corpus) if song.notes]
    known = [song for song in songs if song.split == "train"]
    held = [song.notes for song in songs if song.split in ("valid", "test")]
    if not known:
        raise ShelfError(str(corpus), "holds no tunes in its part 'train'")
    say(f"{len(known)} tunes to know, {len(held)} to compare")
    arrays = index_tunes([song.notes for song in known], [_name(song) for song in known], _ABOUT, held)
    out.mkdir(parents=True, exist_ok=True)
    path = out / "tunes.npz"
    np.savez_compressed(path, **arrays)
    data = path.read_bytes()
    people = [int(n) for n in arrays.get("people", ())]
    found = {
        "songs": len(known), "hashes": len(arrays["hashes"]), "bytes": len(data),
        "sha256": hashlib.sha256(data).hexdigest(), "held": len(people),
    }  # fmt: skip
    card = _CARD.format(
        **found,
        sources=", ".join(sorted({song.source.split("/")[-1] for song in known})),
        mistake=f"{len(arrays['hashes']) / 2**32:.1e}",
        lengths="\n".join(_lengths(people)),
    )
    (out / "tunes.toml").write_text(card, encoding="utf-8")
    return found | {"longest_in_itself": KnownTunes(arrays).longest(known[0].notes)}


def _name(song: Song) -> str:
    """What a song is called in a report: its title and, where known, who wrote it."""
    title = " ".join(_NUMBER.sub("", song.score.title).split())[:60] or song.id.rpartition("/")[2]
    author = " ".join(song.author.split())[:40]
    return f"{title} ({author})" if author else title


def _lengths(people: list[int]) -> list[str]:
    total = max(1, len(people))
    rows = [f"under_{GRAM} = {100 * sum(n < GRAM for n in people) / total:.1f}"]
    return rows + [f"{n}_and_more = {100 * sum(p >= n for p in people) / total:.1f}" for n in (8, 10, 12, 16)]
