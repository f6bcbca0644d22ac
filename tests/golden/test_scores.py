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
    "country": ("b225f12239c44ab3ef202ce2865a8bd9", "ef6e1668b6bfe5875c336e54c6d004ba"),
    "folk": ("e1fcd81f65f5412149c0c8ae71c9c8fd", "abc95417968b9fdb3c2b40f96a7ab2c2"),
    "pop": ("cac7f5e00f9b6bd82a97089a439ebeb5", "9c7b346cd05e20870bce05aa75508edc"),
    "rock": ("04154d625c6aa4f7840b74b6f6fb98b0", "512e5981cbaa65333cb798d096aaacdb"),
    "ballad": ("4725f174d24aa66b1f452a93e262b984", "aadddf5f47b7815ea8044c544b10737e"),
    "electronic": ("a712d6da496ca3dc20d0b1ab843d81db", "6c10d657b32680c8ded9f4791f6bdfd2"),
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
