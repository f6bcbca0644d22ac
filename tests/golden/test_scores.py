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
    "country": ("b49d9560ef446f97acadcafe7a8e16de", "cefde43902058934865f73364934da47"),
    "folk": ("846a77107a8478a3828aad49e033d88c", "bcacf53949ddd63637d9a20ace511fe9"),
    "pop": ("6d255d497acd5a332cf8393ed22c7855", "0e5b9b230a329ad60e63d43f19419d41"),
    "rock": ("1f20351f2420023dd587ae32a9276895", "1070bc3c6f428f5a8b675dfba1714e3a"),
    "ballad": ("646d203e5102e481330808b3703da1fd", "2f77e71878bc08fe5e6d9fe470f64f22"),
    "electronic": ("41ea10a3a4dd4e003f645af6f6f50446", "2b7981ca28014af24a053471ccdfac61"),
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
