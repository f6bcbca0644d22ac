"""The whole way from a folder of songs to a corpus, its split, its tokens and its statistics page."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from songwright.train.songs.checks import check_methods
from songwright.train.songs.corpus import gather
from songwright.train.songs.dataset import save_shard
from songwright.train.songs.song import save_songs
from songwright.train.songs.split import split_songs
from songwright.train.songs.statistics import page, statistics


def make_corpus(
    folder: Path, out: Path, page_path: Path | None, licence: str, say: Callable[[str], None]
) -> dict[str, Any]:
    """Reads every song, splits them, and writes out (JSON lines), out.npz (tokens), out.json (statistics), the page.

    Returns the statistics without the list of what was left out. Raises ShelfError where the folder holds no songs.
    """

    def tell(number: int, total: int, name: str) -> None:
        if number % 50 == 0:
            say(f"{number} of {total} files read ({name})")

    songs, left = gather(folder, licence, tell)
    say(f"{len(songs)} songs, {len(left)} files left out; looking for the same tune under other names")
    placed = split_songs(songs)
    out.parent.mkdir(parents=True, exist_ok=True)
    save_songs(placed, out)
    shard = save_shard(placed, out.with_suffix(".npz"))
    say("checking the methods where the truth is known")
    found = statistics(placed, left, check_methods(folder, placed)) | {"shard": shard}
    out.with_suffix(".json").write_text(
        json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
    if page_path is not None:
        page_path.parent.mkdir(parents=True, exist_ok=True)
        command = f"songwright train data songs FOLDER --out {out.name} --page {page_path.name}"
        page_path.write_text(page(found, command), encoding="utf-8")
    return {name: value for name, value in found.items() if name != "left_out"} | {"left_out": len(left)}
