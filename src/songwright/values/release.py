"""What goes out of the house with a song: its tags, its rights, and the word that a machine made it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Release:
    """Tags and rights of a take.

    tags: field -> text (title, artist, genre, comment, lyrics, software, bpm, key). disclosure: one sentence to
    paste where a platform asks. rights: lines that name everything heard and its licence. commercial_use: False
    where an ingredient forbids it.
    """

    tags: Mapping[str, str] = field(default_factory=dict)
    disclosure: str = ""
    rights: tuple[str, ...] = ()
    commercial_use: bool = True
