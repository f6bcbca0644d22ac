"""Learned likes of the composer: what is counted, how it is learned, and that it moves what is written."""

import importlib.util
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from test_composer import song

from songwright import api
from songwright.bench.composer_measures import lead_notes
from songwright.composer import compose
from songwright.composer.setting import leanings
from songwright.composer.setting.leanings import LENGTHS, PITCHES, Leanings
from songwright.io.shelf import HouseShelf
from songwright.values.score import Chord, Note, Part, Score
from songwright.values.seed import Seed

SIZES = {"lengths": sum(LENGTHS.values()), "pitches": sum(PITCHES.values())}


def recipe():
    """recipes/learn_leanings.py as a module."""
    path = Path(__file__).parents[2] / "recipes" / "learn_leanings.py"
    spec = importlib.util.spec_from_file_location("learn_leanings", path)
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)  # dataclasses look it up
    spec.loader.exec_module(module)
    return module


def empty() -> dict[str, np.ndarray]:
    return {name: np.zeros(size, np.int32) for name, size in SIZES.items()}


def test_every_class_has_a_place_of_its_own():
    luck = Seed(3).luck()
    seen: dict[int, set] = {}
    for _ in range(2000):
        jumps = [luck.integer(-15, 15) for _ in range(luck.integer(1, 4))]
        level, fits, fitted = luck.integer(0, 5), bool(luck.integer(0, 1)), bool(luck.integer(0, 1))
        for n, one in enumerate(leanings.of_step(jumps, level, fits, fitted)):
            seen.setdefault(n, set()).add(one)
        before = luck.choice([None, 80, 240, 960])
        rows = leanings.of_length(level, before, luck.integer(20, 3000), luck.integer(0, 5))
        assert len(set(rows)) == 3 and min(rows) >= 0 and max(rows) < SIZES["lengths"]
        degree = leanings.of_pitch(luck.integer(0, 11), fits, level, fitted)
        assert min(degree) >= 0 and max(degree) < min(min(group) for group in seen.values())
    groups = list(seen.values())
    assert max(max(group) for group in groups) < SIZES["pitches"]
    assert not any(a & b for n, a in enumerate(groups) for b in groups[n + 1 :])
    assert leanings.of_opening(40) == leanings.of_opening(12) != leanings.of_opening(11)


def test_arrays_of_another_shape_are_refused():
    with pytest.raises(ValueError, match="another version"):
        Leanings(empty() | {"lengths": np.zeros(3, np.int32)})
    with pytest.raises(ValueError, match="another version"):
        Leanings({"lengths": empty()["lengths"]})


def test_those_of_the_house_fit_their_card():
    arrays = HouseShelf().leanings()
    Leanings(arrays)
    assert all(array.dtype == np.int32 and np.abs(array).max() > 100 for array in arrays.values())


class Shelf(HouseShelf):
    """The house's with leanings of one's own."""

    def __init__(self, arrays) -> None:
        super().__init__()
        self._arrays = arrays

    def leanings(self):
        return self._arrays


def test_they_move_what_is_written():
    def repeats(weight: int) -> float:
        arrays = empty()
        for level in range(6):
            for fits in (False, True):
                arrays["pitches"][leanings.of_step([0], level, fits, True)[0]] = weight
        plan = replace(song("folk", seed=5), composer="network")
        ctx = replace(api.context(plan.seed), shelf=Shelf(arrays))
        notes = lead_notes(compose(plan, ctx.child("composer")))
        return float(np.mean([a.pitch == b.pitch for a, b in pairwise(notes)]))

    assert repeats(-3072) < repeats(0) < repeats(3072)


def test_the_recipe_finds_what_one_side_does_more_often():
    learn = recipe()
    people, ours = ([(0, 5)] * 80 + [(1, 5)] * 20, [(0, 5)] * 20 + [(1, 5)] * 80)
    weights = learn.fitted(people, ours, 6, 0.01)
    assert weights[0] - weights[1] == pytest.approx(2 * np.log(4), abs=0.1) and abs(weights[5]) < 0.05
    assert learn.told(people, ours, weights) < 0.51 < learn.told(people, ours, np.zeros(7)) < 0.7


def test_the_recipe_counts_what_the_composer_asks():
    """A line of a score gives the classes that `Likes` would look up on the way."""
    learn = recipe()
    plan = song("folk", seed=5)
    notes = (
        Note("a", 0, 480, 60, line=0),
        Note("b", 480, 200, 64, line=0),
        Note("c", 720, 240, 62, line=0),
        Note("d", 1920, 480, 67, line=1),
    )
    chords = (Chord(0, 3840, 0, "maj", 0, "C"),)
    part = Part("lead", "Voice", "lead", "voice", "lead", notes)
    key = replace(plan.key, tonic="C", mode="major")
    score = Score("", key, plan.meter, plan.tempo_map, (), chords, (), (part,), 3840)
    found = learn.notes_of(score)
    assert found.lengths == [leanings.of_length(5, None, 480, 3), leanings.of_length(3, 480, 240, 2)]
    assert found.pitches[0][:2] == leanings.of_pitch(0, False, 5, True)
    assert found.pitches[2][:6] == (
        *leanings.of_pitch(2, False, 2, False),
        *leanings.of_step([4, -2], 2, False, True),
    )
    assert found.pitches[3] == (*leanings.of_pitch(7, False, 5, True), leanings.of_opening(5))
