"""What an engine is, and how engines are found: built-in ones enter by the same door as strangers'."""

from __future__ import annotations

import difflib
from importlib.metadata import entry_points
from typing import Protocol

from songwright.errors import BriefError
from songwright.values.brief import SongBrief
from songwright.values.context import Context
from songwright.values.take import EngineCard, Take

GROUP = "songwright.engines"
DEFAULT = "studio"


class Engine(Protocol):
    """A studio: its card says what it is and may be used for; `record` makes a song.

    A package offers one by an entry point of the group "songwright.engines" that names a class without arguments.
    """

    card: EngineCard

    def record(self, brief: SongBrief, ctx: Context) -> Take:
        """Make the song. Raises BriefError for wishes it cannot meet, Cancelled when `ctx.tell` does."""
        ...


def engines() -> dict[str, Engine]:
    """All engines installed here, by id."""
    found: dict[str, Engine] = {}
    for entry in sorted(entry_points(group=GROUP), key=lambda e: e.name):
        found[entry.name] = entry.load()()
    return found


def engine(name: str | None) -> Engine:
    """One engine by id (None = the built-in studio). Raises BriefError with the nearest name."""
    wanted = str(name or DEFAULT)
    for entry in entry_points(group=GROUP, name=wanted):
        return entry.load()()
    names = sorted(entry.name for entry in entry_points(group=GROUP))
    near = difflib.get_close_matches(wanted, names, 1)
    hint = f"Did you mean {near[0]!r}?" if near else f"There are: {', '.join(names)}."
    raise BriefError("engine", f"there is no engine {wanted!r}.", hint)
