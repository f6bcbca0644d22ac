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
    "country": ("b225f12239c44ab3ef202ce2865a8bd9", "35813bfc4378b0687100b7bbf3fcead4"),
    "folk": ("e1fcd81f65f5412149c0c8ae71c9c8fd", "3ab9b1cde870eeec015cf995a6f8666a"),
    "pop": ("cac7f5e00f9b6bd82a97089a439ebeb5", "251a0af161e2be2f9c82c6b58f0a38c7"),
    "rock": ("04154d625c6aa4f7840b74b6f6fb98b0", "ce69550c1b6e40b7c7b34fbcd6e36ba8"),
    "ballad": ("4725f174d24aa66b1f452a93e262b984", "9fb022f37b29c5f3e2a63f166f015a4e"),
    "electronic": ("a712d6da496ca3dc20d0b1ab843d81db", "8892d8ecbb5e3981b0b0a08394cfd434"),
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
