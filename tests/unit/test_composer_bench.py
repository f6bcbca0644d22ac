"""The bench of composers measures what it says: on tunes whose figures are known beforehand."""

from __future__ import annotations

import importlib.util
import itertools
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from songwright import api, composer
from songwright.bench import composer_measures as m
from songwright.bench.composer import held_out, paired_rows, pooled_rows, scalar_rows
from songwright.bench.composer_networks import markdown, network_rows
from songwright.bench.composer_plans import plan_of
from songwright.bench.composer_told_apart import (
    CODE_SIZES,
    counting,
    note_codes,
    pairs,
    told_apart,
    windows_of,
)
from songwright.bench.composer_validity import asked_chords, validity
from songwright.errors import BriefError, ShelfError
from songwright.train.songs.song import Song, line_text, save_songs
from songwright.values.plan import Key
from songwright.values.score import Chord, Note, Part, Score, ScoreLine, Section
from songwright.values.seed import Seed
from songwright.values.time import Meter, TempoMap
from songwright.values.words import Syllable

BAR = 1920
FOUR = Meter()


def score_of(pitches, length=480, meter=FOUR, stresses=(1, 0), line_notes=8, chords=(), gap=0) -> Score:
    """Even notes, each with a syllable; every `line_notes` a new line; gap: ticks of silence after each."""
    notes = tuple(
        Note(f"lead/{n}", n * length, length - gap, p, 0.7, Syllable("la", ("L", "AA"), stresses[n % len(stresses)]),
             "single", n // line_notes)
        for n, p in enumerate(pitches)
    )  # fmt: skip
    end = -(-notes[-1].end_tick // meter.bar_ticks) * meter.bar_ticks
    lines = []
    for index in sorted({n.line for n in notes}):
        mine = [n for n in notes if n.line == index]
        lines.append(ScoreLine(index, line_text(mine), "verse-1", mine[0].start_tick, mine[-1].end_tick))
    section = Section("verse-1", "verse", "Verse 1", 0, end, 0.6)
    lead = Part("lead", "Voice", "lead", "voice", "lead", notes)
    return Score(
        "T", Key("C"), meter, TempoMap.constant(120.0), (section,), chords, tuple(lines), (lead,), end
    )


def tune(name, count=64, low=55, high=74) -> Score:
    """A tune drawn by luck in steps and leaps of the scale."""
    luck, scale, at = Seed(5).child(name).luck(), (0, 2, 4, 5, 7, 9, 11), 8
    pitches = []
    for _ in range(count):
        at = min(14, max(0, at + luck.choice((-2, -1, -1, 0, 1, 1, 2, 4, -4))))
        pitches.append(48 + 12 * (at // 7) + scale[at % 7])
    return score_of(pitches)


def test_histograms_are_shares_and_overlap_is_what_they_have_in_common():
    score = score_of([60, 62, 64, 60])
    assert m.pitches(score) == {60: 0.5, 62: 0.25, 64: 0.25}
    assert m.intervals(score) == {-4: pytest.approx(1 / 3), 2: pytest.approx(2 / 3)}
    assert m.lengths(score) == {12: 1.0}
    assert m.degrees(replace(score, key=Key("D"))) == {0: 0.25, 2: 0.25, 10: 0.5}
    assert m.overlap(m.pitches(score), m.pitches(score)) == pytest.approx(1.0)
    assert m.overlap(m.pitches(score), m.pitches(score_of([60, 71, 71, 71]))) == 0.25
    assert m.overlap(m.pitches(score), m.pitches(score_of([71]))) == 0.0


def test_melody_distance_knows_shapes_not_keys():
    a = tune("a")
    up = replace(
        a, parts=(replace(a.parts[0], notes=tuple(replace(n, pitch=n.pitch + 5) for n in a.parts[0].notes)),)
    )
    assert m.melody_distance(a, up) == pytest.approx(0.0)
    assert m.melody_distance(a, tune("b")) > 0.5


def test_the_warping_is_the_cheapest_of_all_ways():
    costs = np.abs(Seed(1).luck().noise(12).reshape(3, 4))
    total = np.full((3, 4), np.inf)
    for i, j in itertools.product(range(3), range(4)):
        before = [total[i - a, j - b] for a, b in ((1, 0), (0, 1), (1, 1)) if i >= a and j >= b]
        total[i, j] = costs[i, j] + (min(before) if before else 0.0)
    assert m._warped(costs) == pytest.approx(total[2, 3])


def test_entropy_counts_pitch_classes():
    assert m.pitch_class_entropy(score_of([60] * 16)) == 0.0
    assert m.pitch_class_entropy(score_of([60, 62, 64, 65] * 4)) == pytest.approx(2.0)
    assert m.pitch_class_entropy(score_of([60, 60, 60, 60, 62, 62, 62, 62]), 2) == pytest.approx(1.0)


def test_grooving_is_one_where_bars_share_their_rhythm():
    assert m.grooving_similarity(score_of([60] * 16)) == 1.0
    ragged = score_of([60] * 16, length=600)
    assert 0.4 < m.grooving_similarity(ragged) < 0.95


def test_a_repeated_phrase_has_structure_and_a_wandering_one_has_none():
    phrase = [n.pitch for n in tune("a", 16).parts[0].notes]
    again = m.structure_index(score_of(phrase * 4))
    assert again["middle"] == pytest.approx(1.0) and again["long"] == pytest.approx(1.0)
    wandering = m.structure_index(tune("long", 64))
    assert wandering["middle"] < 0.6 and wandering["long"] < 0.6


def test_stress_area_is_the_chance_of_the_stronger_beat():
    good = score_of([60] * 32, length=480, stresses=(1, 0))
    assert m.stress_area(m.stress_counts(good)) == pytest.approx(1.0)
    bad = score_of([60] * 32, length=480, stresses=(0, 1))
    assert m.stress_area(m.stress_counts(bad)) == pytest.approx(0.0)
    counts = np.array([[3, 1, 0, 2, 0, 1], [0, 1, 2, 0, 1, 3]], dtype=float)
    light = [k for k in range(6) for _ in range(int(counts[0, k]))]
    heavy = [k for k in range(6) for _ in range(int(counts[1, k]))]
    brute = np.mean([(h > li) + 0.5 * (h == li) for h in heavy for li in light])
    assert m.stress_area(counts) == pytest.approx(brute)
    assert np.isnan(m.stress_area(np.zeros((2, 6))))


def test_singability_in_seconds_and_semitones():
    found = m.singability(score_of([60, 67, 60, 72] * 4, gap=0))
    assert found["range"] == 12 and found["leap_share"] == 1.0 and found["syllables_s"] == pytest.approx(2.0)
    assert found["breath_share"] == 0.0 and found["longest_breath_s"] == pytest.approx(8.0)
    rested = m.singability(score_of([60, 67, 60, 72] * 4, gap=240))
    assert rested["breath_share"] == 1.0 and rested["longest_breath_s"] == pytest.approx(0.25)
    through = score_of([60, 67, 60, 72] * 4)
    marked = [
        replace(n, articulation="legato breath") if k == 7 else n
        for k, n in enumerate(through.parts[0].notes)
    ]
    marked = m.singability(replace(through, parts=(replace(through.parts[0], notes=tuple(marked)),)))
    assert marked["breath_share"] == 1.0 and marked["longest_breath_s"] == pytest.approx(4.0)
    assert m.singability(replace(tune("a"), parts=()))["range"] == 0.0


def test_every_figure_is_a_number():
    found = m.figures(tune("a"))
    assert all(np.isfinite(value) for value in found.values()) and found["notes_a_bar"] == 4.0


@pytest.fixture(scope="module")
def person() -> Song:
    """A song by "people": four lines with upbeats, chords, a second verse on the same tune."""
    scale = (60, 62, 64, 65, 67, 65, 64, 62)
    notes, lines = [], []
    for line in range(8):
        first = len(notes)
        for n in range(7):
            start = line * 2 * BAR + n * 480 - (480 if line else 0) + (0 if line else 480)
            syllable = Syllable("la", ("L", "AA"), n % 2)
            notes.append(
                Note(f"lead/{len(notes)}", start, 480, scale[(n + line) % 8], 0.7, syllable, "single", line)
            )
        home = f"verse-{1 + line // 4}"
        text = line_text(notes[first:])
        lines.append(ScoreLine(line, text, home, notes[first].start_tick, notes[-1].end_tick))
    for k in range(28):  # the second verse sings the first one's tune
        notes[28 + k] = replace(notes[28 + k], pitch=notes[k].pitch)
    sections = tuple(Section(f"verse-{k + 1}", "verse", "Verse", k * 8 * BAR, 8 * BAR, 0.6) for k in range(2))
    chords = []
    for bar in range(16):
        name, root = (("C", 0), ("G", 7), ("F", 5), ("C", 0))[bar % 4]
        chords.append(Chord(bar * BAR, BAR // 2, root, "maj", root, name))
        chords.append(Chord(bar * BAR + BAR // 2, BAR // 2, 9, "min", 9, "A"))
    score = Score("P", Key("C"), Meter(), TempoMap.constant(100.0), sections, tuple(chords), tuple(lines),
                  (Part("lead", "Voice", "lead", "voice", "lead", tuple(notes)),), 16 * BAR)  # fmt: skip
    return Song(
        "a/b#1", "songs/openhymnal", "CC0-1.0", "", "en", "given", score, tuple("ABABCDCD"), "p", "test"
    )


@pytest.fixture(scope="module")
def task(person):
    return plan_of(person, "hymn", 3, api.context(0))


def test_a_task_asks_for_everything_but_the_tune(person, task):
    assert [s.text for line in task.lines for w in line.words for s in w.syllables] == ["la"] * 56
    assert task.key == person.score.key and task.meter == person.score.meter and task.bars == 16
    assert [line.start_bar for line in task.sections[0].lines] == [0, 2, 4, 6]
    assert task.sections[1].tune_of in (None, "verse-1")
    assert dict(asked_chords(task))[0] == "C" and dict(asked_chords(task))[BAR // 2] == "Am"
    assert (task.voice_low, task.voice_high) == (60, 79)


def test_a_crafted_song_keeps_its_task_and_a_spoiled_one_does_not(task):
    plan = replace(task, composer="crafted")
    score = composer.compose(plan, api.context(plan.seed).child("composer"))
    kept = validity(score, plan)
    assert all(
        kept[name] for name in ("key", "meter", "form", "chords", "range", "syllables", "time", "windows")
    )
    notes = score.part("lead").notes

    def with_notes(changed) -> dict[str, bool]:
        parts = tuple(replace(p, notes=tuple(changed)) if p.id == "lead" else p for p in score.parts)
        return validity(replace(score, parts=parts), plan)

    assert not with_notes(notes[1:])["syllables"]
    assert not with_notes((replace(notes[0], pitch=100), *notes[1:]))["range"]
    assert not with_notes((replace(notes[0], length_ticks=9 * BAR), *notes[1:]))["time"]
    assert not validity(replace(score, key=Key("D")), plan)["key"]
    assert not validity(replace(score, chords=(replace(score.chords[0], root=1), *score.chords[1:])), plan)[
        "chords"
    ]


def test_rows_lay_composers_beside_people():
    people = [tune(n) for n in range(6)]
    rows = {
        row["figure"]: row for row in scalar_rows(people, {"same": people, "dull": [score_of([60] * 64)] * 6})
    }
    assert rows["pitch_class_entropy_4"]["same_off_percent"] == 0.0
    assert rows["pitch_class_entropy_4"]["dull"] == 0.0 and rows["repeated_share"]["dull"] == 1.0
    pooled = {row["figure"]: row for row in pooled_rows(people, {"same": people})}
    assert pooled["overlap of interval histograms"]["same"] == pytest.approx(1.0)


def test_another_tune_is_neither_the_song_itself_nor_the_same_tune_under_another_name(person):
    songs = [
        replace(person, id=f"{name}#{n}", group=group, score=score)
        for n, (name, group, score) in enumerate((
            ("a", "carol", tune(0)), ("b", "carol", tune(0)), ("c", "ballad", tune(1, 68)),
            ("d", "waltz", score_of([60, 62, 64] * 16, meter=Meter(3, 4))),
        ))
    ]  # fmt: skip
    same = [song.score for song in songs]
    rows = {row["figure"]: row for row in paired_rows(songs, {"same": same})}
    apart = [m.melody_distance(tune(1, 68), tune(0))] * 2 + [m.melody_distance(tune(0), tune(1, 68))]
    distance = rows["melody distance to the same words"]  # the waltz has no other tune of its meter
    assert distance["people"] == pytest.approx(sum(apart) / 3, abs=1e-4) and distance["same"] == 0.0
    assert rows["degree similarity to the same words"]["people"] < 1.0
    assert paired_rows(songs[3:], {"same": same[3:]}) == []


def test_held_out_songs_are_asked_for(tmp_path, person):
    save_songs([person, replace(person, id="c#1", split="train")], tmp_path / "songs.jsonl")
    (only,) = held_out(tmp_path / "songs.jsonl", 5)
    assert only.song.id == person.id and only.plan.genre == "hymn"
    with pytest.raises(ShelfError):
        held_out(tmp_path / "songs.jsonl", 5, "valid")


def dull(name) -> Score:
    """A composer who only knows two notes."""
    luck = Seed(6).child(name).luck()
    return score_of([luck.choice((60, 67)) for _ in range(64)])


def test_windows_are_eight_bars():
    windows = windows_of(tune("a", 100), 0, True)
    assert [w.start_tick for w in windows] == [0, 8 * BAR, 16 * BAR, 24 * BAR][: len(windows)]
    assert len(pairs([tune("a", 100)], [tune("b", 40)])) == 4


def test_a_listener_who_counts_knows_a_dull_composer_and_not_a_twin():
    chords = (Chord(0, 99 * BAR, 0, "maj", 0, "C"),)
    people = [replace(tune(n), chords=chords) for n in range(16)]
    twins = [replace(tune(f"twin {n}"), chords=chords) for n in range(16)]
    bored = [replace(dull(n), chords=chords) for n in range(16)]
    easy, hard = told_apart(pairs(people, bored), counting), told_apart(pairs(people, twins), counting)
    assert easy.accuracy > 0.95 and easy.paired > 0.9 and easy.songs == 16 and easy.windows == 64
    assert hard.accuracy < 0.75


def test_a_listener_who_reads_knows_a_dull_composer():
    listen = pytest.importorskip("songwright.train.songs.ear").listen
    windows = pairs([tune(n, 32) for n in range(8)], [dull(n) for n in range(8)])
    codes, human = [note_codes(w) for w in windows], [w.human for w in windows]
    found = listen(codes[:12], human[:12], codes[12:], CODE_SIZES, turns=12)
    assert ((found > 0) == human[12:]).all()


def run_folder(folder, name, nats):
    (folder / name / "run").mkdir(parents=True)
    part = {"pitch": nats, "voice": nats, "found": nats + 0.1, "voice_per_note": 3 * nats}
    figures = {"valid": part, "test": part, "net": name, "size": "small", "steps": 100, "seconds": 50.0,
               "parameters": 4_770_000}  # fmt: skip
    (folder / name / "figures.json").write_text(json.dumps(figures), encoding="utf-8")
    lines = [{"step": 50, "seconds": 25.0, "nats": 2.0, "tokens": 3000.0},
             {"step": 100, "seconds": 50.0, "nats": 1.0, "tokens": 3000.0, "held_found": nats}]  # fmt: skip
    text = "\n".join(json.dumps(line) for line in lines)
    (folder / name / "run" / "log.jsonl").write_text(text, encoding="utf-8")
    return folder / name


def test_networks_side_by_side(tmp_path):
    runs = [run_folder(tmp_path, "lstm", 0.9), run_folder(tmp_path, "transformer", 0.7)]
    rows = network_rows(runs)
    assert [row["network"] for row in rows] == ["transformer small", "lstm small"]
    assert rows[0]["tokens_s"] == 6000 and rows[0]["parameters"] == 4_770_000
    table = markdown(rows).splitlines()
    assert len(table) == 4 and "4,770,000" in table[2] and table[0].count("|") == table[3].count("|")
    pytest.importorskip("matplotlib")
    network_rows(runs, tmp_path / "pictures")
    assert (tmp_path / "pictures" / "composer-loss.png").read_bytes().startswith(b"\x89PNG")


def test_runs_that_are_none_are_named(tmp_path):
    with pytest.raises(BriefError):
        network_rows(())
    with pytest.raises(ShelfError, match=r"figures\.json"):
        network_rows([tmp_path])
    (tmp_path / "figures.json").write_text("{}", encoding="utf-8")
    with pytest.raises(ShelfError, match="not of a composer"):
        network_rows([tmp_path])


def test_the_page_holds_what_is_given():
    path = Path(__file__).parents[2] / "recipes" / "composer_figures.py"
    spec = importlib.util.spec_from_file_location("composer_figures", path)
    recipe = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(recipe)
    rows = [
        {
            "figure": "step_share",
            "people": 0.5,
            "error": 0.02,
            "network": 0.45,
            "network_off_percent": 10.0,
            "nearer": "",
        },
        {
            "figure": "kept: key",
            "people": 1.0,
            "error": 0.0,
            "network": 1.0,
            "network_off_percent": 0.0,
            "nearer": "",
        },
    ]
    canaries = {
        "size": "small",
        "steps": 450,
        "seconds": 900.0,
        "canaries": {"64": {"exposure": 7.5, "nats": 1.0}},
    }
    text = recipe.page({"composer": rows, "canaries": canaries}, "Measured once.")
    assert "| step share | 0.5 | 0.02 | 0.45 (10 %) |" in text and "share of songs: key 100 %" in text
    assert "| 64 | 7.5 | 1.0 |" in text and "Measured once." in text and "Networks side by side" not in text
