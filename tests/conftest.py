"""What all tests share: the shelf, a short lyric, a context, and one small song made once."""

from __future__ import annotations

from pathlib import Path

import pytest

from songwright.io.shelf import HouseShelf
from songwright.values.brief import SongBrief
from songwright.values.context import Context
from songwright.values.seed import Seed

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "songwright"
SHORT_LYRICS = """Title: Little Lantern

[Verse]
Little lantern on the water
Tell me where the river goes

[Chorus]
Shine for me, oh shine for me
Till the morning rises slow
"""


@pytest.fixture(scope="session")
def shelf() -> HouseShelf:
    """The shelf of this installation."""
    return HouseShelf()


@pytest.fixture
def ctx(shelf: HouseShelf) -> Context:
    """A context with seed 7."""
    return Context(Seed(7), shelf)


@pytest.fixture(scope="session")
def example_lyrics() -> str:
    """The words of the example song."""
    return (ROOT / "examples" / "leave-the-gate-unlatched.txt").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def short_brief() -> SongBrief:
    """A small country song of 25 seconds."""
    return SongBrief(lyrics=SHORT_LYRICS, genre="country", persona="rusty-hale", duration_s=25.0, seed=7)


@pytest.fixture(scope="session")
def short_take(shelf: HouseShelf, short_brief: SongBrief):
    """The small song, made once for all tests."""
    from songwright.engines.studio import StudioEngine

    return StudioEngine().record(short_brief, Context(Seed(7), shelf))
