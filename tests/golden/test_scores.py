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
    "country": ("b225f12239c44ab3ef202ce2865a8bd9", "cefde43902058934865f73364934da47"),
    "folk": ("e1fcd81f65f5412149c0c8ae71c9c8fd", "bcacf53949ddd63637d9a20ace511fe9"),
    "pop": ("cac7f5e00f9b6bd82a97089a439ebeb5", "1e3e7ebbee9bd65d356ceae47146dc4f"),
    "rock": ("04154d625c6aa4f7840b74b6f6fb98b0", "a04169b38dec3b37e0042a424b2f93f3"),
    "ballad": ("4725f174d24aa66b1f452a93e262b984", "2f77e71878bc08fe5e6d9fe470f64f22"),
    "electronic": ("a712d6da496ca3dc20d0b1ab843d81db", "2b7981ca28014af24a053471ccdfac61"),
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
