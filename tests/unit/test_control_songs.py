"""Several songs of one brief, and new music in one place of a song: from Python and from the command line."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from song_kit import WORDS

from songwright import api, composer
from songwright.cli.app import app
from songwright.composer.ranking import figures
from songwright.engines import studio
from songwright.engines.rewriting import place_of
from songwright.engines.variants import distances, variant_plan, variants
from songwright.errors import BriefError, ShelfError
from songwright.values.brief import SongBrief
from songwright.values.context import Context
from songwright.values.plan import SongPlan
from songwright.values.score import Note, Score
from songwright.values.seed import Seed
from songwright.values.wire import to_json, to_plain

BRIEF = SongBrief(lyrics=WORDS, genre="pop", seed=9, composer="crafted")


@pytest.fixture(scope="module")
def song() -> tuple[SongPlan, Score]:
    """A small pop song, band and all."""
    plan = api.plan(BRIEF)
    return plan, studio.write(plan, api.context(plan.seed))


@pytest.fixture
def folder(tmp_path: Path, song) -> Path:
    """What a song folder tells of its song."""
    plan, score = song
    place = tmp_path / "lantern"
    place.mkdir()
    document = {"plan": to_plain(plan), "score": to_plain(score), "brief": to_plain(BRIEF)}
    (place / "take.json").write_text(json.dumps(document), encoding="utf-8")
    return place


def call(*arguments: str | Path) -> None:
    app([str(argument) for argument in arguments], standalone_mode=False)


def tune(notes: tuple[Note, ...]) -> list[tuple[int, int, int]]:
    return [(note.start_tick, note.length_ticks, note.pitch) for note in notes]


# --- variants


@pytest.fixture(scope="module")
def ranked():
    """Three songs of one plan."""
    plan = api.plan(BRIEF)
    return plan, variants(plan, 3, api.context(plan.seed))


def test_variants_are_different_songs_of_one_form(ranked):
    plan, found = ranked
    assert sorted(v.number for v in found) == [1, 2, 3]
    assert len({to_json(v.score.part("lead").notes) for v in found}) == 3
    for variant in found:
        assert replace(variant.plan, seed=plan.seed) == plan
        assert variant.plan == variant_plan(plan, variant.number)
    first = next(v for v in found if v.number == 1)
    assert first.plan == plan  # the first is the song the seed itself gives
    assert first.score == composer.compose(plan, api.context(plan.seed).child("composer"))


def test_variants_are_ranked_by_the_stated_points(ranked):
    _, found = ranked
    points = [v.figures.points for v in found]
    assert points == sorted(points) and points[0] < points[-1]
    apart = distances(found)
    assert all(apart[i][i] == 0.0 and apart[i][j] == apart[j][i] for i in range(3) for j in range(3))
    assert min(apart[i][j] for i in range(3) for j in range(3) if i != j) > 0.15
    assert found[0].contour == 1.0 and all(-1.0 <= v.contour < 1.0 for v in found[1:])
    for variant in found:
        notes = variant.score.part("lead").notes
        pitches = [note.pitch for note in notes]
        assert variant.figures.notes == len(notes)
        assert variant.figures.range_semitones == max(pitches) - min(pitches)
        assert 0.0 <= variant.figures.stress_misplaced <= 1.0 and variant.figures.surprise_nats is None


def test_figures_hold_misplaced_stress_against_a_song(ranked):
    plan, found = ranked
    score = found[0].score
    late = replace(score, parts=tuple(
        replace(p, notes=tuple(replace(n, start_tick=n.start_tick + 240) for n in p.notes)) for p in score.parts
    ))  # fmt: skip
    ctx = api.context(plan.seed)
    assert figures(late, plan, ctx).stress_misplaced > figures(score, plan, ctx).stress_misplaced + 0.1


@pytest.mark.parametrize("count", [0, 17])
def test_so_many_variants_are_refused(ranked, count):
    with pytest.raises(BriefError) as caught:
        variants(ranked[0], count, api.context(1))
    assert caught.value.field == "variants"


def test_compose_writes_variants_with_an_index(tmp_path, capsys):
    (tmp_path / "l.txt").write_text(WORDS)
    out = tmp_path / "lantern"
    call("compose", tmp_path / "l.txt", "--genre", "pop", "--seed", "9", "--composer", "crafted", "--variants", "2",
         "--lead-sheet", "--out", out, "--json")  # fmt: skip
    told = capsys.readouterr()
    result = json.loads(told.out)
    assert [row["rank"] for row in result["variants"]] == [1, 2]
    assert (tmp_path / "lantern-1" / "score.musicxml").exists() and (
        tmp_path / "lantern-2" / "score.mid"
    ).exists()
    index = json.loads((tmp_path / "lantern-variants.json").read_text())
    assert index["variants"] == result["variants"] and index["distances"] == result["distances"]
    assert "RANK" in told.err and "APART" in told.err


# --- new music for a place


def outside(score: Score, other: Score, place) -> None:
    """Everything outside a place is the same, note for note and name for name."""
    assert [part.id for part in score.parts] == [part.id for part in other.parts]
    for a, b in zip(score.parts, other.parts, strict=True):
        assert [n for n in a.notes if not place.holds(n)] == [n for n in b.notes if not place.holds(n)], a.id
        assert len({n.id for n in b.notes}) == len(b.notes)
    assert score.chords == other.chords and score.sections == other.sections
    assert [line.text for line in score.lines] == [line.text for line in other.lines]


@pytest.mark.parametrize(
    ("where", "sections", "lines"),
    [("chorus", {"chorus-1", "chorus-2"}, {2, 3, 6, 7}), ("verse 2", {"verse-2"}, {4, 5}),
     ("chorus-2", {"chorus-2"}, {6, 7}), ("line 3", set(), {2}), ("Lines 1-2", set(), {0, 1}),
     ("verse-1, line 8", {"verse-1"}, {0, 1, 7})],
)  # fmt: skip
def test_a_place_gets_new_music_and_nothing_else_moves(song, where, sections, lines):
    plan, score = song
    found = api.rewrite(plan, score, where)
    assert found.place.sections == sections and found.place.lines == lines
    outside(score, found.score, found.place)
    for line in lines:
        old = [n for n in score.part("lead").notes if n.line == line]
        new = [n for n in found.score.part("lead").notes if n.line == line]
        assert [n.syllable for n in old if n.syllable] == [n.syllable for n in new if n.syllable]
    assert tune(score.part("lead").notes) != tune(found.score.part("lead").notes)
    assert all(plan.voice_low <= n.pitch <= plan.voice_high for n in found.score.part("lead").notes)


def test_a_shared_tune_stays_shared_unless_one_section_is_named(song):
    plan, score = song
    bar = plan.meter.bar_ticks

    def of(found: Score, section_id: str) -> list[tuple[int, int, int]]:
        start = plan.start_bar(section_id) * bar
        lines = {line.index for s in plan.sections if s.id == section_id for line in s.lines}
        return [
            (t - start, n, p)
            for t, n, p in tune(tuple(x for x in found.part("lead").notes if x.line in lines))
        ]

    both = api.rewrite(plan, score, "chorus").score
    assert of(both, "chorus-1") == of(both, "chorus-2") != of(score, "chorus-1")
    one = api.rewrite(plan, score, "chorus-2").score
    assert of(one, "chorus-1") == of(score, "chorus-1") != of(one, "chorus-2")


def test_bars_mean_the_lines_in_them(song):
    plan, score = song
    first = plan.start_bar("chorus-1")
    bars = next(s.bars for s in plan.sections if s.id == "chorus-1")
    place = place_of(f"bars {first + 1}-{first + bars}", plan, score)
    assert place.lines == {2, 3} and not place.sections


def test_a_rewritten_plan_makes_the_same_tune_again(song):
    plan, score = song
    found = api.rewrite(plan, score, "chorus")
    again = studio.write(found.plan, api.context(found.plan.seed))
    assert tune(again.part("lead").notes) == tune(found.score.part("lead").notes)
    assert [(c.start_tick, c.root, c.quality) for c in again.chords] == [
        (c.start_tick, c.root, c.quality) for c in found.score.chords
    ]
    assert api.rewrite(plan, score, "chorus").score == found.score  # and the same wish the same music
    assert api.rewrite(plan, score, "chorus", seed=5).score != found.score


def test_a_chorus_that_rises_is_rewritten_as_high(song):
    plan, score = song
    start = plan.start_bar("chorus-2") * plan.meter.bar_ticks
    up = replace(
        score,
        chords=tuple(
            replace(c, root=(c.root + 2) % 12, bass=(c.bass + 2) % 12) if c.start_tick >= start else c
            for c in score.chords
        ),
        parts=tuple(
            replace(p, notes=tuple(replace(n, pitch=n.pitch + 2) if n.line in (6, 7) else n for n in p.notes))
            if p.role == "lead" else p
            for p in score.parts
        ),
    )  # fmt: skip
    found = api.rewrite(plan, up, "chorus").score
    notes = found.part("lead").notes
    low = [n.pitch for n in notes if n.line in (2, 3)]
    assert [n.pitch - 2 for n in notes if n.line in (6, 7)] == low
    assert found.chords == up.chords


def test_new_chords_for_a_place(song):
    plan, score = song
    found = api.rewrite(plan, score, "chorus", chords="IV V")
    home = next(s for s in found.score.sections if s.id == "chorus-1")
    roots = [c.root for c in found.score.chords if home.start_tick <= c.start_tick < home.end_tick]
    assert len(set(roots)) == 2 and (roots[1] - roots[0]) % 12 == 2
    verse = next(s for s in found.score.sections if s.id == "verse-1")
    kept = [c for c in found.score.chords if verse.start_tick <= c.start_tick < verse.end_tick]
    assert kept == [c for c in score.chords if verse.start_tick <= c.start_tick < verse.end_tick]
    with pytest.raises(BriefError, match="chords"):
        api.rewrite(plan, score, "line 1", chords="C")


@pytest.mark.parametrize("where", ["attic", "line 99", "bars 0-3", "bars 900-901", "", "intro"])
def test_a_place_that_is_not_there_gets_one_line(song, where):
    with pytest.raises(BriefError) as caught:
        api.rewrite(*song, where)
    assert caught.value.field == "rewrite" and "\n" not in str(caught.value)


def test_compose_rewrites_a_song_folder_or_a_score(folder, song, tmp_path):
    out = tmp_path / "new"
    call("compose", folder, "--rewrite", "chorus", "--keep", "rest", "--out", out)
    assert (out / "score.musicxml").exists()
    again = tmp_path / "again"
    call("compose", out / "score.musicxml", "--rewrite", "verse 1", "--out", again)
    old, new = (api.melody(place / "score.musicxml") for place in (out, again))
    first = {n.start_tick: n.pitch for n in old.parts[0].notes}
    second = {n.start_tick: n.pitch for n in new.parts[0].notes}
    bar = song[0].meter.bar_ticks
    start = song[0].start_bar("chorus-1") * bar
    late = {tick: pitch for tick, pitch in first.items() if tick >= start}
    assert late and all(second[tick] == pitch for tick, pitch in late.items())
    assert first != second


def test_new_words_go_on_the_tune_of_a_song_folder(folder, song, ctx):
    score = song[1]
    words = WORDS.replace("Little lantern on the water", "Kleine Lampe auf dem Wasser")
    brief = SongBrief(
        lyrics=words, genre="pop", composer="crafted", melody=api.melody(folder), seed=3, language="en"
    )
    fresh = api.plan(brief)
    found = composer.compose(fresh, ctx.child("composer"))
    notes = [[n.pitch for n in s.part("lead").notes] for s in (score, found)]
    assert len(notes[0]) == len(notes[1])
    assert len({b - a for a, b in zip(*notes, strict=True)}) == 1


@pytest.mark.parametrize(
    ("arguments", "error", "word"),
    [
        (["compose", "--rewrite", "chorus"], BriefError, "rewrite"),
        (["compose", "nowhere", "--rewrite", "chorus"], ShelfError, "nowhere"),
        (["compose", "l.txt", "--continue"], BriefError, "continue"),
        (["compose", "l.txt", "--melody", "nowhere.abc"], ShelfError, "nowhere.abc"),
        (["compose", "l.txt", "--melody", "l.txt"], ShelfError, "no tune"),
        (["compose", "l.txt", "--chords", "C Zz"], BriefError, "Zz"),
        (["compose", "l.txt", "--temperature", "9"], BriefError, "temperature"),
        (["compose", "l.txt", "--composer", "bach"], BriefError, "bach"),
        (["compose", "song", "--rewrite", "chorus", "--keep", "nothing"], BriefError, "keep"),
        (
            ["compose", "song", "--rewrite", "chorus", "--genre", "jazz"],
            BriefError,
            "genre: does not go with",
        ),
        (["make", "song", "--rewrite", "chorus", "--steps", "8"], BriefError, "steps: does not go with"),
        (["make", "l.txt", "--plan", "p.json", "--seed", "3"], BriefError, "seed: does not go with --plan"),
        (["compose", "l.txt", "--plan", "p.json", "--first-phrase", "a.mid"], BriefError, "first-phrase"),
        (["make", "l.txt", "--variants", "2", "--stream", "x.raw"], BriefError, "stream: does not go"),
    ],
)
def test_odd_wishes_are_one_clear_line(tmp_path, monkeypatch, arguments, error, word):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "l.txt").write_text(WORDS)
    with pytest.raises(error) as caught:
        call(*arguments)
    assert word in str(caught.value) and "\n" not in str(caught.value)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["l.txt"]


def test_five_thousand_lines_end_with_the_known_limit():
    with pytest.raises(BriefError, match="lines are too many"):
        api.plan(SongBrief(lyrics="one more line\n" * 5000, chords="C G", seed=1))


def test_a_damaged_network_leaves_a_song_by_rule(shelf, monkeypatch):
    """A file whose digest is wrong is told, and the rules write the song."""

    class Damaged:
        def __getattr__(self, name: str) -> object:
            return getattr(shelf, name)

        def network(self, name: str) -> bytes:
            raise ShelfError(f"{name}.onnx", "is damaged: its digest is not that of its card")

    told: list[str] = []
    plan = replace(api.plan(BRIEF), composer="network")
    ctx = Context(Seed(plan.seed), Damaged(), tell=lambda progress: told.append(progress.note))
    score = composer.compose(plan, ctx.child("composer"))
    assert score.part("lead").notes == composer.compose(
        replace(plan, composer="crafted"), Context(Seed(plan.seed), shelf).child("composer")
    ).part("lead").notes  # fmt: skip
    assert any("damaged" in note for note in told)
