"""The songwriter: invariants for any words, and what makes a tune a song."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from songwright.composer import compose
from songwright.composer.settings import harmony_settings, melody_settings
from songwright.errors import ShelfError
from songwright.io.shelf import HouseShelf
from songwright.music.form import median
from songwright.music.harmony import chord_pitches, chord_symbol
from songwright.music.likeness import likeness, longest_shared_run
from songwright.music.pitch import parse_key, pitch_class
from songwright.music.rhythm import BEAT, DOWNBEAT, parse_meter, strength
from songwright.values.context import Context
from songwright.values.digest import digest
from songwright.values.plan import SectionPlan, SongPlan
from songwright.values.score import Note, Score
from songwright.values.seed import Seed
from songwright.values.shelf import Style
from songwright.values.time import TempoMap
from songwright.values.words import LyricLine, Syllable, Word

GENRES = {
    "country": ("G", 96.0),
    "folk": ("D dorian", 92.0),
    "pop": ("C", 112.0),
    "rock": ("E mixolydian", 132.0),
    "ballad": ("Eb", 68.0),
    "electronic": ("A minor", 124.0),
}
METERS = ("4/4", "3/4", "6/8", "2/4", "12/8", "5/4")

# A song of our own; ' before a syllable is its stress, - joins syllables, _ marks a function word.
VERSE_1 = (
    "_I 'left _the 'porch 'light 'burn-ing _when _I 'drove a-'way 'last 'fall",
    "_your 'let-ters _in _the 'glove 'box _and _your 'pic-ture _on _the 'wall",
    "_the 'ra-di-o _was 'sing-ing _of _a 'love _that _would-n't 'last",
    "_and 'ev-ery 'mile be-'hind _me _was _a 'prom-ise _from _the 'past",
)
VERSE_2 = (
    "_the 'din-er 'lost _its 'ne-on _and _the 'riv-er 'lost _its 'song",
    "_the 'preach-er 'says for-'give your-'self _you've 'car-ried _it _too 'long",
    "_I 'saw _your 'moth-er 'smil-ing _in _a 'win-dow _on _the 'square",
    "_and 'ev-ery 'lit-tle 'thing _I 'loved _was 'some-how 'wait-ing _there",
)
CHORUS = (
    "_but _I'm 'walk-ing 'back _to _you",
    "'down _the 'on-ly 'road _I 'ev-er 'knew",
    "_through _the 'rain _and _the 'morn-ing 'blue",
    "_I'm 'walk-ing 'back _to _you",
)
BRIDGE = (
    "_and _if _the 'years _have 'made _you 'cold",
    "_I'll _be _a 'fire _for _you _to 'hold",
    "_no 'sil-ver 'ring _no 'chain _of 'gold",
    "'just _a 'sto-ry _that _was 'nev-er 'told",
)


class ShelfOfStyles:
    """A shelf that holds the six styles of the house and no network: songs are written by rule."""

    def style(self, style_id: str) -> Style:
        text = files("songwright").joinpath("styles", f"{style_id}.toml").read_text(encoding="utf-8")
        return style_of(tomllib.loads(text))

    def progressions(self) -> Mapping[str, Any]:
        return HouseShelf().progressions()

    def ear(self) -> Mapping[str, Any]:
        return {}

    def leanings(self) -> Mapping[str, Any]:
        return {}

    def tunes(self) -> Mapping[str, Any]:
        raise ShelfError("tunes", "are not on this shelf")

    def network(self, name: str) -> bytes:
        raise ShelfError(name, "is not on this shelf")


def style_of(document: Mapping[str, Any]) -> Style:
    head = document["style"]
    tables = {name: table for name, table in document.items() if name != "style"}
    return Style(head["id"], head["name"], head["about"], head["licence"], tables)


def words_of(text: str) -> tuple[Word, ...]:
    words = []
    for token in text.split():
        light, bare = token.startswith("_"), token.lstrip("_")
        parts = bare.split("-")
        syllables = tuple(
            Syllable(part.lstrip("'"), ("AH",), 1 if part.startswith("'") else 0) for part in parts
        )
        words.append(Word("".join(s.text for s in syllables), syllables, light))
    return tuple(words)


def section(
    kind: str, number: int, lines: tuple[str, ...], first: int, bars: int, tune: str | None
) -> SectionPlan:
    letters = "AABB" if kind != "chorus" else "AAAA"
    lyric = tuple(
        LyricLine(first + j, text, words_of(text), j * bars, bars, letters[j % 4])
        for j, text in enumerate(lines)
    )
    energy = {"verse": 0.5, "chorus": 0.85, "bridge": 0.65}[kind]
    return SectionPlan(
        f"{kind}-{number}", kind, f"{kind.title()} {number}", bars * len(lines), energy, lyric, tune
    )


def song(
    genre: str = "country", seed: int = 7, meter: str = "4/4", bars: int = 2, key: str | None = None,
    verses: int = 2, voice: tuple[int, int] = (45, 64), bpm: float | None = None,
) -> SongPlan:  # fmt: skip
    order = [("verse", VERSE_1), ("chorus", CHORUS), ("verse", VERSE_2), ("chorus", CHORUS), ("bridge", BRIDGE),
             ("chorus", CHORUS)]  # fmt: skip
    if verses == 1:
        del order[2:4]
    sections = [SectionPlan("intro-1", "intro", "Intro", 4, 0.4)]
    counts: dict[str, int] = {}
    line = 0
    for kind, lines in order:
        counts[kind] = counts.get(kind, 0) + 1
        tune = f"{kind}-1" if counts[kind] > 1 else None
        sections.append(section(kind, counts[kind], lines, line, bars, tune))
        line += len(lines)
    sections.append(SectionPlan("outro-1", "outro", "Outro", 2, 0.4))
    return plan_of(tuple(sections), genre, seed, meter, key, voice, bpm)


def plan_of(
    sections: tuple[SectionPlan, ...], genre: str = "country", seed: int = 7, meter: str = "4/4",
    key: str | None = None, voice: tuple[int, int] = (45, 64), bpm: float | None = None,
) -> SongPlan:  # fmt: skip
    tempo = TempoMap.constant(bpm or GENRES[genre][1])
    beat = parse_meter(meter)
    length = tempo.seconds_at(sum(s.bars for s in sections) * beat.bar_ticks)
    return SongPlan(
        "Walking Back", genre, genre, "nobody", "en", parse_key(key or GENRES[genre][0]), beat, tempo, sections, (),
        "voice", voice[0], voice[1], 0.5, length + 2.0, 2.0, seed,
    )  # fmt: skip


def write(plan: SongPlan) -> Score:
    return compose(plan, Context(Seed(plan.seed), ShelfOfStyles()).child("composer"))


@lru_cache(maxsize=32)
def sung(genre: str, seed: int) -> Score:
    """The song of this file in a genre; asked for by several tests."""
    return write(song(genre, seed))


def notes_of(score: Score, section_id: str) -> list[Note]:
    lines = {line.index for line in score.lines if line.section == section_id}
    return [note for note in score.part("lead").notes if note.line in lines]


def check_invariants(plan: SongPlan, score: Score) -> None:
    assert score.length_ticks == plan.bars * plan.meter.bar_ticks
    assert score.chords[0].start_tick == 0
    assert score.chords[-1].end_tick == score.length_ticks
    for here, after in pairwise(score.chords):
        assert here.end_tick == after.start_tick
        assert here.length_ticks > 0
    assert [s.id for s in score.sections] == [s.id for s in plan.sections]
    sung = [syllable for line in plan.lines for word in line.words for syllable in word.syllables]
    notes = score.part("lead").notes if sung else ()
    assert [note.syllable for note in notes if note.syllable] == sung
    assert len({note.id for part in score.parts for note in part.notes}) == sum(
        len(p.notes) for p in score.parts
    )
    end = 0
    for note in notes:
        assert note.start_tick >= end
        assert note.length_ticks > 0
        assert plan.voice_low <= note.pitch <= plan.voice_high
        assert 0.0 <= note.level <= 1.0
        end = note.end_tick
    assert end <= score.length_ticks
    sung_lines = [line for line in plan.lines if line.words]
    owners = [s.tune_of or s.id for s in plan.sections]
    follows = {  # in tunes that are sung once
        a.index: b
        for s in plan.sections
        if owners.count(s.tune_of or s.id) == 1
        for a, b in pairwise([x for x in s.lines if x in sung_lines])
    }
    begins = {stand.index: stand.start_tick for stand in score.lines}
    for line, stand in zip(sung_lines, score.lines, strict=True):
        place = next(s for s in plan.sections if line in s.lines)
        window = (plan.start_bar(place.id) + line.start_bar) * plan.meter.bar_ticks
        own = [note for note in notes if note.line == line.index]
        assert (stand.start_tick, stand.end_tick) == (own[0].start_tick, own[-1].end_tick)
        assert own[0].start_tick >= max(0, window - plan.meter.bar_ticks // 2)
        ends = window + line.bars * plan.meter.bar_ticks
        if line.index in follows:  # up to the next line where that begins late
            ends = max(ends, min(begins[follows[line.index].index], ends + plan.meter.bar_ticks))
        assert own[-1].end_tick <= ends
        for here, after in pairwise(own):  # no rest inside a word
            if after.syllabic in ("middle", "end") or after.syllable is None:
                assert here.end_tick == after.start_tick


def stress_rate(score: Score) -> float:
    """Share of stressed syllables that are metrically stronger than their unstressed neighbours."""
    good = pairs = 0
    notes = [note for note in score.part("lead").notes if note.syllable]
    for here, after in pairwise(notes):
        assert here.syllable is not None and after.syllable is not None
        if here.line == after.line and {here.syllable.stress, after.syllable.stress} == {0, 1}:
            strong, weak = (here, after) if here.syllable.stress else (after, here)
            pairs += 1
            good += strength(strong.start_tick, score.meter) > strength(weak.start_tick, score.meter)
    return good / max(1, pairs)


@pytest.mark.parametrize("genre", GENRES)
@pytest.mark.parametrize("seed", [1, 7])
def test_a_song_holds_together(genre: str, seed: int) -> None:
    score = sung(genre, seed)
    check_invariants(song(genre, seed), score)
    verse, chorus = notes_of(score, "verse-1"), notes_of(score, "chorus-1")
    assert stress_rate(score) >= 0.97
    assert median([n.pitch for n in chorus]) - median([n.pitch for n in verse]) >= 2
    assert likeness(verse, chorus) <= 0.6
    assert likeness(chorus, notes_of(score, "chorus-2")) >= 0.99
    assert likeness(verse, notes_of(score, "verse-2")) > likeness(verse, chorus)
    assert max(n.pitch for n in chorus) > max(n.pitch for n in verse)


@pytest.mark.parametrize("genre", GENRES)
def test_lines_are_tunes(genre: str) -> None:
    score = sung(genre, 7)
    notes = score.part("lead").notes
    strong = [n for n in notes if strength(n.start_tick, score.meter) >= BEAT]
    inside = [n for n in strong if n.pitch % 12 in chord_pitches(score.chord_at(n.start_tick))]
    assert len(inside) / len(strong) >= 0.8
    jumps = [b.pitch - a.pitch for a, b in pairwise(notes) if a.line == b.line]
    assert not [jump for jump in jumps if abs(jump) in (6, 10, 11) or abs(jump) > 12]
    assert sum(1 <= abs(jump) <= 2 for jump in jumps) / len(jumps) >= 0.25
    assert sum(abs(jump) <= 4 for jump in jumps) / len(jumps) >= 0.8
    assert any(jump >= 4 for jump in jumps)  # somewhere a hook leaps
    for line in score.lines:
        last = [n for n in notes if n.line == line.index][-1]
        assert last.length_ticks >= 240


@pytest.mark.parametrize("meter", METERS)
def test_every_meter_can_be_sung(meter: str) -> None:
    plan = song("folk", 3, meter, 4 if meter == "2/4" else 2, bpm=100.0)
    score = write(plan)
    check_invariants(plan, score)
    assert stress_rate(score) >= 0.95


def test_same_plan_same_score() -> None:
    assert digest(write(song("pop", 7))) == digest(sung("pop", 7))
    assert digest(sung("pop", 1)) != digest(sung("pop", 7))


def test_another_verse_leaves_the_tunes_alone() -> None:
    one, two = write(song("rock", 7, verses=1)), sung("rock", 7)
    for name in ("verse-1", "chorus-1"):
        assert [(n.start_tick, n.length_ticks, n.pitch) for n in notes_of(one, name)] == [
            (n.start_tick, n.length_ticks, n.pitch) for n in notes_of(two, name)
        ]


@pytest.mark.parametrize("genre", GENRES)
def test_cadences(genre: str) -> None:
    plan = song(genre, 7)
    score = sung(genre, 7)
    tonic = pitch_class(plan.key.tonic)
    assert score.chords[-1].root == tonic
    assert score.chords[-1].length_ticks >= plan.meter.bar_ticks
    ends = {s.id: score.chord_at(s.end_tick - 1) for s in score.sections}
    assert ends["chorus-1"].root == tonic
    assert ends["verse-1"].root != tonic  # a half cadence asks for the chorus
    assert ends["bridge-1"].root != tonic
    assert notes_of(score, "chorus-1")[-1].pitch % 12 in chord_pitches(ends["chorus-1"])


def test_six_genres_speak_six_harmonies() -> None:
    def spoken(genre: str) -> tuple[tuple[str, int], ...]:
        plan = song(genre, 7, key="C")
        band = replace(plan, sections=tuple(replace(s, lines=()) for s in plan.sections))
        return tuple((chord_symbol(chord), chord.start_tick) for chord in write(band).chords)

    assert len({spoken(genre) for genre in GENRES}) == len(GENRES)


def test_instrumental_has_chords_and_no_singer() -> None:
    plan = plan_of(
        (
            SectionPlan("intro-1", "intro", "Intro", 4, 0.4),
            SectionPlan("instrumental-1", "instrumental", "Band", 9, 0.7),
        )
    )
    score = write(plan)
    check_invariants(plan, score)
    assert score.parts == ()
    assert score.lines == ()


def test_bracketed_words_are_echoed() -> None:
    line = LyricLine(0, "walking home", words_of("'walk-ing 'home"), 0, 2, "", words_of("'walk-ing 'home"))
    plan = plan_of((SectionPlan("verse-1", "verse", "Verse", 4, 0.5, (line,)),))
    score = write(plan)
    echo = score.part("echo")
    assert (echo.role, echo.stem, echo.is_sung) == ("backing", "backing", True)
    assert [n.syllable for n in echo.notes] == [s for w in line.echo for s in w.syllables]
    assert echo.notes[0].start_tick >= score.part("lead").notes[-1].start_tick
    assert all(plan.voice_low <= n.pitch <= plan.voice_high for n in echo.notes)


@st.composite
def any_plan(draw: st.DrawFn) -> SongPlan:
    stresses = st.integers(0, 2)
    sections, index = [], 0
    for number in range(draw(st.integers(1, 3))):
        lines, bar = [], 0
        for _ in range(draw(st.integers(1, 4))):
            sizes = draw(st.lists(st.integers(1, 4), min_size=1, max_size=9))
            words = tuple(
                Word(
                    "word",
                    tuple(Syllable("la", ("AA",), draw(stresses)) for _ in range(size)),
                    draw(st.booleans()),
                )
                for size in sizes
            )[:25]
            bars = draw(st.integers(1, 4))
            lines.append(LyricLine(index, "la", words, bar, bars, draw(st.sampled_from(["", "A", "B"]))))
            index, bar = index + 1, bar + bars
        kind = draw(st.sampled_from(["verse", "chorus", "bridge", "prechorus"]))
        sections.append(
            SectionPlan(f"s-{number}", kind, kind, bar + draw(st.integers(0, 2)), 0.5, tuple(lines))
        )
    low = draw(st.integers(36, 60))
    return plan_of(
        tuple(sections), draw(st.sampled_from(sorted(GENRES))), draw(st.integers(0, 99)), draw(st.sampled_from(METERS)),
        draw(st.sampled_from(["C", "F# minor", "Ab mixolydian", "B dorian"])), (low, low + draw(st.integers(9, 24))),
        draw(st.sampled_from([30.0, 75.0, 120.0, 210.0, 300.0])),
    )  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(any_plan())
def test_any_words_in_any_windows(plan: SongPlan) -> None:
    check_invariants(plan, write(plan))


@pytest.mark.parametrize(
    ("table", "field", "value", "says"),
    [
        ("harmony", "walks", 3, "walks"),
        ("harmony", "major", {"T": {"I": 1}, "S": {"IV": 1}, "D": {"X": 1}}, "X"),
        ("melody", "pace_ms", [300, 100], "pace_ms"),
        ("melody", "starts", ["never"], "starts"),
        ("melody", "verse", [], "verse"),
    ],
)
def test_a_wrong_style_says_where(table: str, field: str, value: object, says: str) -> None:
    good = ShelfOfStyles().style("country")
    tables = {name: dict(content) for name, content in good.tables.items()}
    tables[table][field] = value  # type: ignore[index]
    style = Style(good.id, good.name, good.about, good.licence, tables)
    with pytest.raises(ShelfError, match=says) as caught:
        harmony_settings(style)
        melody_settings(style)
    assert "country" in str(caught.value)


def test_likeness_hears_through_key_and_tempo() -> None:
    tune = [
        Note(str(i), tick, 240, pitch)
        for i, (tick, pitch) in enumerate(
            zip(range(0, 1920, 240), (60, 62, 64, 60, 67, 65, 64, 62), strict=True)
        )
    ]
    moved = [Note(n.id, n.start_tick * 2, 480, n.pitch + 5) for n in tune]
    other = [Note(n.id, n.start_tick, 240, 127 - n.pitch) for n in tune]
    assert likeness(tune, moved) == 1.0
    assert longest_shared_run(tune, moved) == len(tune)
    assert likeness(tune, other) < 0.8
    assert likeness(tune, []) == 0.0
    assert longest_shared_run(tune[:1], tune) == 0
    assert strength(0, parse_meter("4/4")) == DOWNBEAT
