"""A tune that was taken over is found, with its place and its name; a tune of one's own is left in peace."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from test_composer import song

from songwright import guard, label
from songwright.composer import compose
from songwright.errors import ShelfError
from songwright.guard.originality import LONGEST_RUN, originality, originality_figures, verdict
from songwright.io.shelf import HouseShelf
from songwright.music.known_tunes import COUNTED, GRAM, KnownTunes, index_tunes, is_commonplace, notes_shared
from songwright.music.likeness import longest_shared_run
from songwright.values.context import Context
from songwright.values.plan import Key
from songwright.values.score import Note, Part, Score
from songwright.values.seed import Seed
from songwright.values.time import Meter, TempoMap


def tune(name: object, notes: int = 60) -> tuple[Note, ...]:
    """A tune drawn by luck: steps and leaps, eighths and quarters and dots."""
    luck = Seed(3).child(name).luck()
    found, start, pitch = [], 0, 60
    for n in range(notes):
        length = luck.choice((240, 240, 480, 480, 720, 960))
        found.append(Note(f"lead/{n}", start, length, pitch))
        start, pitch = start + length, min(76, max(50, pitch + luck.integer(-4, 4)))
    return tuple(found)


def moved(notes, up: int, stretch: int, first: int = 0) -> tuple[Note, ...]:
    """The same tune in another key and tempo, later in a song."""
    return tuple(
        dataclasses.replace(
            n,
            pitch=n.pitch + up,
            start_tick=first + n.start_tick * stretch,
            length_ticks=n.length_ticks * stretch,
        )
        for n in notes
    )


def score_of(notes: tuple[Note, ...]) -> Score:
    end = -(-notes[-1].end_tick // 1920) * 1920
    lead = Part("lead", "Voice", "lead", "voice", "lead", notes)
    return Score("Mine", Key("C"), Meter(), TempoMap.constant(100.0), (), (), (), (lead,), end)


@pytest.fixture(scope="module")
def known() -> KnownTunes:
    tunes = [tune(n) for n in range(40)]
    return KnownTunes(index_tunes(tunes, [f"Song {n}" for n in range(40)], "songs of this test", [tune("x")]))


def test_a_tune_is_found_in_any_key_and_tempo(known: KnownTunes) -> None:
    (run,) = known.runs(moved(tune(7), 5, 2))
    assert (run.first, run.notes, run.tunes, run.commonplace) == (0, 60, 1, False)
    assert known.title(run.tune) == "Song 7"


@pytest.mark.parametrize("size", [GRAM - 1, GRAM, 9, 15])
def test_the_run_has_its_true_length(known: KnownTunes, size: int) -> None:
    own = tune("mine", 30)
    taken = tune(11)[20 : 20 + size]
    last = own[-1]
    spliced = own + moved(taken, last.pitch + 3 - taken[0].pitch, 1, last.end_tick - taken[0].start_tick)
    found = known.longest(spliced)
    assert found == (size if size >= GRAM else 0)
    assert found in (0, longest_shared_run(taken, tune(11)))


def test_one_changed_note_parts_a_run(known: KnownTunes) -> None:
    notes = list(tune(5))
    notes[30] = dataclasses.replace(notes[30], pitch=notes[30].pitch + 1)
    assert [(r.first, r.notes) for r in known.runs(notes)] == [(0, 30), (31, 29)]


def test_a_changed_rhythm_is_another_tune(known: KnownTunes) -> None:
    notes = [dataclasses.replace(n, start_tick=240 * k, length_ticks=240) for k, n in enumerate(tune(5))]
    assert known.longest(notes) < LONGEST_RUN


def test_tunes_of_ones_own_share_little(known: KnownTunes) -> None:
    assert max(known.longest(tune(f"own {n}", 200)) for n in range(20)) < LONGEST_RUN


def test_runs_do_not_reach_over_the_border_of_two_tunes() -> None:
    first, second = tune("a", 20), tune("b", 20)
    known = KnownTunes(index_tunes([first, second]))
    both = first + moved(second, 0, 1, first[-1].end_tick)
    assert [(r.first, r.notes) for r in known.runs(both)] == [(0, 20), (20, 20)]


def test_scales_and_repeated_notes_belong_to_nobody() -> None:
    scale = tuple(Note(str(n), 480 * n, 480, p) for n, p in enumerate((60, 62, 64, 65, 67, 69, 71, 72)))
    known = KnownTunes(index_tunes([scale]))
    assert known.longest(scale) == 0
    assert known.runs(scale)[0].commonplace and known.runs(scale)[0].notes == 8
    assert is_commonplace([dataclasses.replace(n, pitch=60) for n in scale])
    assert not is_commonplace(tune(3)[:12])


def test_empty_and_short_tunes_share_nothing(known: KnownTunes) -> None:
    assert known.runs(()) == () and known.longest(tune(1)[:3]) == 0
    assert KnownTunes(index_tunes([])).longest(tune(1)) == 0


def test_the_report_says_where_and_with_what(known: KnownTunes) -> None:
    own = tune("mine", 40)
    taken = moved(tune(9)[5:22], 2, 1, own[-1].end_tick)
    found = originality(score_of(own + taken), known)
    assert found is not None
    assert found.longest_run == 17 and found.passages[0].song == "Song 9" and found.songs == 40
    assert found.passages[0].first_bar == taken[0].start_tick // 1920 + 1
    assert found.verdict == "sings a known tune" and found.covered_percent == 100 * 17 // 57
    figures = {f.name: f for f in originality_figures(found)}
    longest = figures["longest run shared with known songs"]
    assert longest.passed is False and "'Song 9'" in longest.note and "not with all music" in longest.note
    assert originality(score_of(own), known).verdict == "no known tune found in it"
    assert originality_figures(None, "no index")[0].value is None
    assert originality(dataclasses.replace(score_of(own), parts=()), known) is None


def test_verdicts_follow_the_thresholds() -> None:
    found = [verdict(n, share) for n, share in ((11, 24), (12, 0), (0, 25), (16, 0), (0, 50))]
    assert found == ["no known tune found in it"] + ["recalls a known tune"] * 2 + ["sings a known tune"] * 2


def test_the_index_of_the_house(shelf: HouseShelf) -> None:
    arrays = shelf.tunes()
    house = KnownTunes(arrays)
    assert len(house) > 2000 and house.title(0) and arrays["hashes"].dtype == np.uint32
    assert house.people_percent(LONGEST_RUN) <= 1 <= house.people_percent(8) < house.people_percent(0) == 100
    assert house.longest(tune("mine", 100)) < LONGEST_RUN


def test_a_damaged_index_is_said(tmp_path) -> None:
    class Bare(HouseShelf):
        def tunes(self):
            raise ShelfError("index of tunes", "is damaged")

    with pytest.raises(ShelfError):
        guard.compare(score_of(tune(1)), Context(Seed(1), Bare()))
    (tmp_path / "weights").mkdir()
    (tmp_path / "weights" / "tunes.npz").write_bytes(b"no")
    (tmp_path / "weights" / "tunes.toml").write_text('id = "tunes"\nsha256 = "0"\n', encoding="utf-8")
    with pytest.raises(ShelfError, match="damaged"):
        HouseShelf(tmp_path).tunes()


def test_every_song_carries_its_originality(short_take) -> None:
    found = short_take.originality
    assert found is not None and found.songs > 2000 and found.longest_run < LONGEST_RUN
    assert any(line.startswith("tune: no known tune") for line in label.release(short_take).rights)


def test_of_several_drafts_none_that_recalls_a_known_tune_is_kept():
    plan = dataclasses.replace(song("folk", seed=5), composer="network")
    first = compose(plan, Context(Seed(plan.seed), HouseShelf())).part("lead").notes
    arrays = index_tunes([first])

    class Wary(HouseShelf):
        def tunes(self):
            return arrays

    again = compose(plan, Context(Seed(plan.seed), Wary())).part("lead").notes
    shared = [notes_shared(KnownTunes(arrays).runs(notes), COUNTED) / len(notes) for notes in (first, again)]
    assert shared[0] > 0.9 and shared[1] < 0.3
