"""Plans and scores are bit-exact on every machine: their digests are written down here.

When a change is meant to be heard, run `python tests/golden/test_scores.py` for the new digests, and say in
log/SOUND.md what changed.
"""

from pathlib import Path

import pytest

from songwright import producer
from songwright.engines.studio import write
from songwright.io.shelf import HouseShelf
from songwright.values.brief import SongBrief
from songwright.values.context import Context
from songwright.values.digest import digest
from songwright.values.seed import Seed

EXAMPLE = Path(__file__).parents[2] / "examples" / "leave-the-gate-unlatched.txt"
GOLDEN: dict[str, tuple[str, str]] = {
    "country": ("b225f12239c44ab3ef202ce2865a8bd9", "f067212893a6d4e74f65fd20ed0c9498"),
    "folk": ("e1fcd81f65f5412149c0c8ae71c9c8fd", "a43a5213050e2d9c05e2cbea9a5851c1"),
    "pop": ("cac7f5e00f9b6bd82a97089a439ebeb5", "006c062fa186fed3d5db1237c36378f6"),
    "rock": ("04154d625c6aa4f7840b74b6f6fb98b0", "943ca1a9ea16cb378d1324c95eaea5c3"),
    "ballad": ("4725f174d24aa66b1f452a93e262b984", "665382119f15002a57c353232bc17c8f"),
    "electronic": ("a712d6da496ca3dc20d0b1ab843d81db", "8865d77199a0c88cf099cc514873524f"),
}


def digests(genre: str, shelf: HouseShelf) -> tuple[str, str]:
    ctx = Context(Seed(7), shelf)
    brief = SongBrief(lyrics=EXAMPLE.read_text(encoding="utf-8"), genre=genre, seed=7)
    plan = producer.plan(brief, ctx.child("producer"))
    return digest(plan), digest(write(plan, ctx))


@pytest.mark.parametrize("genre", ["country", "folk", "pop", "rock", "ballad", "electronic"])
def test_same_plan_and_score_as_ever(shelf, genre):
    assert digests(genre, shelf) == GOLDEN[genre]


def test_six_genres_are_six_songs():
    assert len({score for _, score in GOLDEN.values()}) == 6


if __name__ == "__main__":
    for style in ("country", "folk", "pop", "rock", "ballad", "electronic"):
        print(f'    "{style}": {digests(style, HouseShelf())!r},'.replace("'", '"'))
