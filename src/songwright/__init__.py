"""songwright: from lyrics, a genre and a persona to a finished, sung song.

    import songwright as sw
    song = sw.make(sw.SongBrief(lyrics=open("walk.txt").read(), genre="country", persona="rusty-hale", seed=7))
    song.save("songs/walk")

Importing this loads nothing heavy; names are found when they are first used.
"""

from __future__ import annotations

import importlib
from typing import Any

__version__ = "0.1.0"

_HOMES = {
    "SongBrief": "songwright.values.brief",
    "SoundWishes": "songwright.values.sounding",
    "SongPlan": "songwright.values.plan",
    "Score": "songwright.values.score",
    "Performance": "songwright.values.performance",
    "Audio": "songwright.values.audio",
    "Stems": "songwright.values.audio",
    "Take": "songwright.values.take",
    "Seed": "songwright.values.seed",
    "SongwrightError": "songwright.errors",
    "BriefError": "songwright.errors",
    "EngineUnavailable": "songwright.errors",
    "ShelfError": "songwright.errors",
    "GuardRefusal": "songwright.errors",
    "Cancelled": "songwright.errors",
    "make": "songwright.api",
    "plan": "songwright.api",
    "melody": "songwright.api",
    "variants": "songwright.api",
    "rewrite": "songwright.api",
    "stream": "songwright.api",
    "extend": "songwright.api",
    "repaint": "songwright.api",
    "Song": "songwright.api",
}

__all__ = sorted([*_HOMES, "__version__"])


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"songwright has no {name!r}")


def __dir__() -> list[str]:
    return __all__
