"""May a file or folder be written? Asked before any work begins."""

from __future__ import annotations

import os
from pathlib import Path

from songwright.errors import BriefError


def claim(target: Path, force: bool = False) -> None:
    """Make sure, before any work, that a file or folder may be written. Raises BriefError("out").

    force replaces a file, or a folder that songwright wrote; nothing else is ever taken away.
    """
    try:
        exists = target.exists()
    except OSError as problem:  # a name too long
        raise BriefError(
            "out", f"{str(target)[:60]!r} is no name for a file.", "Choose another."
        ) from problem
    if exists and not force:
        raise BriefError(
            "out", f"{target} exists already.", "Choose another name, or say --force to replace it."
        )
    if exists and not _replaceable(target):
        raise BriefError(
            "out", f"{target} is not a song of ours; it will not be replaced.", "Choose another name."
        )
    reach(target)


def reach(target: Path) -> None:
    """Make sure, before any work, that the folders above a file or folder take it. Raises BriefError("out")."""
    parent = next((p for p in [target.parent, *target.parent.parents] if p.exists()), Path("."))
    if not parent.is_dir() or not os.access(parent, os.W_OK):
        raise BriefError("out", f"{parent} cannot be written to.", "Choose another place with --out.")


def _replaceable(target: Path) -> bool:
    """True for a plain file, an empty folder, and a folder that holds a song, a score or only stems."""
    if not target.is_dir():
        return target.is_file()
    names = {entry.name for entry in target.iterdir()}
    ours = "take.json" in names or {"score.mid", "score.musicxml"} <= names
    return ours or all(name.endswith(".flac") for name in names)
