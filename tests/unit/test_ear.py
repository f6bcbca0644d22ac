"""Who hears the composer's drafts: what is counted, how it is learned, and that it chooses."""

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
from songwright.bench.composer_told_apart import windows_of
from songwright.composer import compose
from songwright.composer.setting.ear import SIZES, UNIT, Ear, Where, counted
from songwright.io.shelf import HouseShelf
from songwright.music.pitch import pitch_class
from songwright.values.score import Chord
from songwright.values.seed import Seed
from songwright.values.time import Meter

WALTZ, COMMON = Meter(3, 4), Meter(4, 4)
ODE = (64, 64, 65, 67, 67, 65, 64, 62, 60, 60, 62, 64, 64, 62, 62)
ODE_LENGTHS = (480,) * 12 + (720, 240, 960)


def recipe():
    """recipes/learn_ear.py as a module."""
    path = Path(__file__).parents[2] / "recipes" / "learn_ear.py"
    spec = importlib.util.spec_from_file_location("learn_ear", path)
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)  # dataclasses look it up
    spec.loader.exec_module(module)
    return module


def silent() -> dict[str, np.ndarray]:
    return {name: np.zeros(size, np.int32) for name, size in SIZES.items()}


def in_c(meter: Meter = COMMON) -> Where:
    return Where(meter, 0, lambda tick: Chord(0, 1 << 20, 0, "maj", 0, "C"))


def row(pitches, lengths) -> list[tuple[int, int, int]]:
    starts = np.cumsum([0, *lengths])
    return [(int(a), int(n), int(p)) for a, n, p in zip(starts, lengths, pitches, strict=False)]


def test_classes_are_inside_their_tables():
    luck = Seed(4).luck()
    for _ in range(200):
        count = luck.integer(0, 30)
        tune = row(
            [luck.integer(0, 127) for _ in range(count)], [luck.integer(1, 4000) for _ in range(count)]
        )
        found = counted(tune, in_c(WALTZ))
        assert set(found) == set(SIZES)
        for name, classes in found.items():
            assert all(0 <= one < SIZES[name] for one in classes)
            assert count - 3 <= len(classes) <= count


def test_breaths_are_not_heard():
    held, breathing = row(ODE, ODE_LENGTHS), row(ODE, ODE_LENGTHS)
    breathing[7] = (breathing[7][0], 360, breathing[7][2])
    assert counted(breathing, in_c()) == counted(held, in_c())
    apart = [
        *breathing[:7],
        (breathing[7][0], 240, breathing[7][2]),
        *((a + 480, n, p) for a, n, p in breathing[8:]),
    ]
    assert counted(apart, in_c())["lengths"][7] < counted(breathing, in_c())["lengths"][7]


def test_a_tune_is_counted_as_one_would():
    found = counted(row((60, 67, 66), (480, 240, 240)), in_c())
    assert [one - 12 for one in found["intervals"]] == [7, -1]
    assert found["degrees"] == [0, 7, 6] and found["levels"] == [5, 3, 2] and found["places"] == [0, 4, 6]
    assert found["in_chord"] == [2 * 5 + 1, 2 * 3 + 1, 2 * 2]


def test_the_weights_are_means_over_a_tune():
    tables = silent()
    tables["degrees"][0] = 3 * UNIT
    assert Ear(tables).likes(row((60, 62, 64), (480,) * 3), in_c()) == UNIT
    assert Ear(tables).likes((), in_c()) == 0
    with pytest.raises(ValueError, match="another ear"):
        Ear({**tables, "degrees": np.zeros(11, np.int32)})


def test_the_ear_of_the_house_is_whole():
    tables = HouseShelf().ear()
    Ear(tables)
    assert all(table.dtype == np.int32 and np.abs(table).max() > 100 for table in tables.values())


class Shelf(HouseShelf):
    """The house's with an ear of one's own."""

    def __init__(self, tables) -> None:
        super().__init__()
        self._tables = tables

    def ear(self):
        return self._tables


def test_it_chooses_among_drafts():
    def repeats(weight: int) -> float:
        tables = silent()
        tables["intervals"][12] = weight
        plan = replace(song("folk", seed=5), composer="network")
        ctx = replace(api.context(plan.seed), shelf=Shelf(tables))
        notes = lead_notes(compose(plan, ctx.child("composer")))
        return float(np.mean([a.pitch == b.pitch for a, b in pairwise(notes)]))

    assert repeats(-60 * UNIT) < repeats(60 * UNIT)


def test_the_recipe_finds_what_tells_two_sides_apart():
    learn, luck = recipe(), Seed(2).luck()
    people, ours = (0.2 + 0.1 * luck.noise(1800).reshape(300, 6) for _ in range(2))
    people[:, 2] += 0.05
    line = learn.fitted(people, ours, 0.1)
    assert np.argmax(np.abs(line.weights)) == 2 and line.weights[2] > 0
    assert (line.of(people) > 0).mean() > 0.6 > 0.4 > (line.of(ours) > 0).mean()
    sides = (
        [list(people[n : n + 3]) for n in range(0, 300, 3)],
        {n: list(ours[3 * n : 3 * n + 3]) for n in range(100)},
    )
    right, apart = learn.tried(*sides, 0.1)
    assert 0.6 < right < 0.8 and 0.6 < apart < 1.3


def test_what_the_recipe_weighs_is_what_the_ear_hears():
    """A window of a song, weighed by the recipe as shares and by the ear note by note."""
    learn = recipe()
    plan = replace(song("folk", seed=5), composer="crafted")
    score = compose(plan, api.context(plan.seed).child("composer"))
    window = windows_of(score, 0, True)[0]
    tune = [(note.start_tick, note.length_ticks, note.pitch) for note in lead_notes(window.score)]
    weights = Seed(3).luck().noise(sum(SIZES.values()))
    heard = Ear(learn.tables_of(weights)).likes(
        tune, Where(score.meter, pitch_class(score.key.tonic), score.chord_at)
    )
    assert heard / UNIT == pytest.approx(learn.shares_of(score)[0] @ weights, abs=0.02)
