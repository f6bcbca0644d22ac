"""Compare the songs of a folder: the work behind `analyse`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from songwright.cli.console import give, give_json, table


def analyse_folder(folder: Path, picture: Path | None, force: bool, json: bool) -> None:
    """Print what a folder's songs have in common and what sets each apart; draw it where a picture is asked for."""
    from songwright.bench.patterns import analyse
    from songwright.bench.songbook import read_folder
    from songwright.io import claims, press

    if picture is not None:
        claims.claim(picture, force)
    tunes, unread = read_folder(folder)
    found = analyse(tunes) | {"unread": [{"path": u.path, "problem": u.problem} for u in unread]}
    if picture is not None:
        from songwright.bench.pattern_picture import draw_patterns

        data = draw_patterns(found, folder.resolve().name)
        with press.whole(picture, force) as aside:
            (aside / picture.name).write_bytes(data)
    if json:
        give_json(found)
    else:
        _print(found)


def _print(found: Mapping[str, Any]) -> None:
    """The figures as tables."""
    columns = ["path", "key", "meter", "tempo_bpm", "notes", "novelty", "nearest", "longest_shared_run_notes"]
    give(table(found["songs"], columns))
    give(f"\nkeys      {_counted(found['keys'])}")
    give(f"meters    {_counted(found['meters'])}")
    give(f"shapes    {_counted(found['shapes'])}")
    common = sorted(found["intervals"].items(), key=lambda item: -item[1])[:8]
    give("intervals " + ", ".join(f"{int(size):+d} {share:.0%}" for size, share in common))
    for kind, loops in found["progressions"].items():
        give(f"{kind:<9} " + ", ".join(f"{loop} ({n})" for loop, n in list(loops.items())[:4]))
    give(f"novelty   {found['novelty']['median']:.0%} (median)")
    unread: Sequence[Mapping[str, str]] = found["unread"]
    for item in unread:
        give(f"not read  {item['path']}: {item['problem']}")


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {n}" for name, n in list(counts.items())[:8])
