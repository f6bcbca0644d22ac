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
    "country": ("b225f12239c44ab3ef202ce2865a8bd9", "a386f2c31051d4eb4c8547f925fc7553"),
    "folk": ("e1fcd81f65f5412149c0c8ae71c9c8fd", "7ae7c43c73df6f4e4c7288f25cb110cc"),
    "pop": ("cac7f5e00f9b6bd82a97089a439ebeb5", "70aea26c99cf2feb1c0d8b6402543650"),
    "rock": ("04154d625c6aa4f7840b74b6f6fb98b0", "ee69cf4239bad54ca54554d6ad29c89e"),
    "ballad": ("4725f174d24aa66b1f452a93e262b984", "548d768af8ea1fb14a0fbd560add4fc7"),
    "electronic": ("a712d6da496ca3dc20d0b1ab843d81db", "46e234c905f2905afe962e473d95330a"),
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
