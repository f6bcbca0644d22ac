"""Riffs that keep to their figure and leave the singer room; drops, builds and half-time as a style asks for them."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from typing import Any

import pytest

from songwright import composer, producer
from songwright.arranger import arrange
from songwright.arranger.styles import settings_of
from songwright.engines.genre_check import faults_of
from songwright.errors import ShelfError
from songwright.io.shelf import HouseShelf
from songwright.music.instruments import DRUMS
from songwright.values.brief import SongBrief
from songwright.values.context import Context
from songwright.values.digest import digest
from songwright.values.plan import SongPlan
from songwright.values.score import Note, Score, Section
from songwright.values.seed import Seed
from songwright.values.shelf import Style

SHELF = HouseShelf()
SONG = """[Verse]
Down by the water where the long grass grows
Somebody waited but nobody knows
Down by the water the evening was cold
Nobody listened and nothing was told

[Chorus]
Carry me over, carry me home
Over the water, over the foam

[Verse]
Up on the hill where the wind turns around
Somebody listened and heard not a sound
Up on the hill all the lanterns were lit
Somebody told me to stay for a bit

[Chorus]
Carry me over, carry me home
Over the water, over the foam

[Bridge]
And in the morning the river is wide
Nobody waits on the opposite side

[Chorus]
Carry me over, carry me home
Over the water, over the foam
"""


class With:
    """The shelf with one style in place of all, and without the composer's network."""

    def __init__(self, style: Style) -> None:
        self._style = style

    def style(self, style_id: str) -> Style:
        return self._style

    def styles(self) -> tuple[Style, ...]:
        return (self._style,)

    def network(self, name: str) -> bytes:
        if name == "composer":
            raise ShelfError("network composer", "is not asked")
        return SHELF.network(name)

    def __getattr__(self, name: str) -> Any:
        return getattr(SHELF, name)


def style_with(genre: str, change: Callable[[dict[str, Any]], None]) -> Style:
    tables = copy.deepcopy(dict(SHELF.style(genre).tables))
    quiet = {"stops": 0.0, "drops": 0.0, "builds": 0.0, "half_time": [], "key_lift": 0}
    tables["arrangement"] = dict(tables["arrangement"]) | quiet
    change(tables)
    return Style("changed", "Changed", "a test", "CC0-1.0", tables)


@lru_cache
def tune(genre: str, seed: int = 5) -> tuple[SongPlan, Score]:
    """A plan and its tune with chords; what the arranger's tables say does not touch them."""
    ctx = Context(Seed(seed), With(SHELF.style(genre)))
    plan = producer.plan(SongBrief(lyrics=SONG, genre=genre, seed=seed), ctx.child("producer"))
    return plan, composer.compose(plan, ctx.child("composer"))


def made(genre: str, change: Callable[[dict[str, Any]], None] = lambda tables: None, gone: str = "") -> Score:
    plan, score = tune(genre)
    plan = replace(plan, style="changed", parts=tuple(part for part in plan.parts if part.id != gone))
    return arrange(score, plan, Context(Seed(5), With(style_with(genre, change))).child("arranger"))


def with_riff(figure: str, **fields: object) -> Callable[[dict[str, Any]], None]:
    def change(tables: dict[str, Any]) -> None:
        tables["riff"] = dict(tables.get("riff", {})) | {"odds": 1.0, "figures": [figure]} | fields

    return change


def without_riff(tables: dict[str, Any]) -> None:
    tables.pop("riff", None)


@lru_cache
def riffing(under: str) -> Score:
    return made("rock", with_riff("1:1! 1:1m 4:1 1:1m 5:1 4:1 3:1 2:1", under=under))


def sections(score: Score, kind: str) -> list[Section]:
    return [section for section in score.sections if section.kind == kind]


def notes_in(score: Score, part: str, start: int, end: int) -> list[Note]:
    return [note for note in score.part(part).notes if start <= note.start_tick < end]


def sung(score: Score) -> list[tuple[int, int]]:
    return [(n.start_tick, n.end_tick) for p in score.parts if p.is_sung for n in p.notes]


def test_a_riff_is_kept_and_played_together() -> None:
    """Every bar of the intro has the figure, and the bass plays what the guitar plays, octaves below."""
    score = riffing("gaps")
    intro = sections(score, "intro")[0]
    alone = min(start for start, _ in sung(score)) // 1920 * 1920
    steps = []
    for bar in range(intro.start_tick, min(intro.end_tick, alone), 1920):
        lines = []
        for part in ("guitar", "bass"):
            lowest: dict[int, int] = {}
            for note in notes_in(score, part, bar, bar + 1920):
                lowest[note.start_tick - bar] = min(note.pitch, lowest.get(note.start_tick - bar, 127))
            lines.append(lowest)
        assert sorted(lines[0]) == sorted(lines[1]) == list(range(0, 1920, 240))
        assert all((a - b) % 12 == 0 for a, b in zip(lines[0].values(), lines[1].values(), strict=True))
        if len({chord.root for chord in score.chords if bar <= chord.start_tick < bar + 1920}) <= 1:
            first = lines[1][0]
            steps.append(tuple(pitch - first for pitch in lines[1].values()))
    assert len(steps) >= 2 and all((step[2] - step[0]) % 12 == 7 for step in steps)
    muted = [n.articulation for n in notes_in(score, "bass", intro.start_tick, intro.start_tick + 1920)]
    assert muted.count("mute") == 2 and muted.count("accent") == 1


def test_a_riff_answers_the_voice_in_its_gaps() -> None:
    """In verses, what the riff changes lies where nobody sings."""
    plain, score = made("rock", without_riff), riffing("gaps")
    voices = sung(score)
    assert voices == sung(plain)
    changed = 0
    for verse in sections(score, "verse"):
        span = verse.start_tick, verse.end_tick
        own = {(n.start_tick, n.pitch) for n in notes_in(plain, "guitar", *span)}
        for note in notes_in(score, "guitar", *span):
            if (note.start_tick, note.pitch) not in own:
                changed += 1
                assert not any(a < note.end_tick and b > note.start_tick for a, b in voices), note
        answers = notes_in(score, "answer", *span)
        assert len(answers) <= len(notes_in(plain, "answer", *span))
    assert changed > 4


def test_a_riff_may_go_on_under_the_voice() -> None:
    score = riffing("voice")
    verse = sections(score, "verse")[0]
    under = [
        note
        for note in notes_in(score, "guitar", verse.start_tick, verse.end_tick)
        if any(a <= note.start_tick < b for a, b in sung(score))
    ]
    assert {note.start_tick % 1920 for note in under} >= {0, 240, 480, 960}


@pytest.mark.parametrize("gone", ["guitar", "bass", "answer"])
def test_who_leaves_changes_nobody_else(gone: str) -> None:
    riff = with_riff("1:1! 1:1m 4:1 1:1m 5:1 4:1 3:1 2:1")
    before, after = made("rock", riff), made("rock", riff, gone)
    assert {part.id for part in before.parts} - {part.id for part in after.parts} == {gone}
    for part in after.parts:
        assert digest(part) == digest(before.part(part.id)), part.id


def arrangement(**fields: object) -> Callable[[dict[str, Any]], None]:
    def change(tables: dict[str, Any]) -> None:
        tables["arrangement"] |= fields
        tables.pop("riff", None)

    return change


def test_the_floor_drops_out_before_the_last_chorus() -> None:
    score = made("pop", arrangement(drops=1.0))
    chorus = sections(score, "chorus")[-1].start_tick
    bar = (chorus - 1920, chorus)
    assert not notes_in(score, "bass", *bar)
    drums = notes_in(score, "drums", *bar)
    assert all(n.articulation == "fill" and n.start_tick >= chorus - 480 for n in drums)
    assert notes_in(score, "keys", *bar)
    plain = made("pop", arrangement())
    assert notes_in(plain, "bass", *bar) and len(notes_in(plain, "drums", *bar)) > len(drums)


def test_a_build_grows() -> None:
    plain, score = made("ballad", arrangement()), made("ballad", arrangement(builds=1.0))
    chorus = sections(score, "chorus")[0].start_tick
    bar = score.meter.bar_ticks
    checked = 0
    for part in ("keys", "bass"):
        pairs = list(
            zip(
                notes_in(plain, part, chorus - 2 * bar, chorus),
                notes_in(score, part, chorus - 2 * bar, chorus),
                strict=True,
            )
        )
        shares = [b.level / a.level for a, b in pairs]
        assert (
            all(after > before - 0.01 for before, after in pairwise(shares)) and shares[0] < 0.8 < shares[-1]
        )
        checked += len(shares)
    assert checked > 4
    assert notes_in(plain, "keys", 0, chorus - 2 * bar) == notes_in(score, "keys", 0, chorus - 2 * bar)


def test_half_time_puts_the_backbeat_on_three() -> None:
    score = made("punk", arrangement(half_time=["bridge"], half_time_odds=1.0))
    plain = made("punk", arrangement())
    bridge = sections(score, "bridge")[0]
    hits = [
        {
            (n.start_tick - bridge.start_tick) % 1920
            for n in notes_in(one, "drums", bridge.start_tick, bridge.end_tick)
            if n.pitch == DRUMS["snare"] and n.articulation != "fill"
        }
        for one in (score, plain)
    ]
    assert 960 in hits[0] and not {480, 1440} & hits[0]
    assert {480, 1440} <= hits[1]
    assert notes_in(score, "guitar", 0, bridge.start_tick) == notes_in(plain, "guitar", 0, bridge.start_tick)


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"figures": ["1:3 2:2"]}, "one or two bars"),
        ({"figures": [".:8"]}, "without a note"),
        ({"figures": ["1:8x"]}, "step:eighths"),
        ({"figures": []}, "is empty"),
        ({"players": ["kazoo"]}, "cannot play it"),
        ({"players": ["drums"]}, "cannot play it"),
        ({"under": "water"}, "voice, gaps"),
        ({"figure": "1:8"}, "no field"),
    ],
)
def test_a_wrong_riff_is_named(fields: Mapping[str, object], word: str) -> None:
    def change(tables: dict[str, Any]) -> None:
        tables["riff"] = dict(tables["riff"]) | dict(fields)

    faults = faults_of(style_with("rock", change), SHELF)
    assert len(faults) == 1 and word in faults[0] and "[riff]" in faults[0]


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (("bass", "pattern"), None, ("[bass] pattern",)),
        (("melody", "lift"), None, ("[melody] lift",)),
        (("parts", "bass", "instrument"), "kazoo", ("[parts.bass]", "kazoo")),
        (("parts", "bass", "role"), None, ("[parts.bass]", "role")),
        (("bass", "high"), 34, ("[bass] high", "14 semitones")),
        (("bass", "low"), 58, ("[bass]",)),
        (("comping", "guitar", "high"), 41, ("[comping.guitar] high",)),
        (("tempo", "low"), 500, ("[tempo]", "low")),
        (("answer", "low"), 90, ("[answer]",)),
    ],
)
def test_missing_unknown_and_impossible_are_one_line(
    path: tuple[str, ...], value: object, words: tuple[str, ...]
) -> None:
    """A missing field, an instrument nobody has, a range no instrument plays: named by table and field."""

    def change(tables: dict[str, Any]) -> None:
        inner = tables
        for name in path[:-1]:
            inner = inner[name]
        if value is None:
            del inner[path[-1]]
        else:
            inner[path[-1]] = value

    style = style_with("rock", change)
    faults = faults_of(style, SHELF)
    assert faults and all("\n" not in fault for fault in faults)
    assert any(all(word in fault for word in words) for fault in faults), faults


def test_a_file_without_its_bass_is_no_half_style() -> None:
    def change(tables: dict[str, Any]) -> None:
        del tables["bass"]

    style = style_with("rock", change)
    assert any("[bass] is missing" in fault for fault in faults_of(style, SHELF))
    with pytest.raises(ShelfError, match=r"\[bass\]"):
        made("rock", lambda tables: tables.pop("bass"))
    assert "bass" not in settings_of(style).tables


def test_nods_between_lines_wait_for_a_gap() -> None:
    """A small fill inside a section never falls on the last beat of a bar in which somebody sings."""
    found = 0
    for genre in ("rock", "soul", "country", "pop"):
        score = made(genre)
        for section in score.sections:
            for tick in range(section.start_tick + 1920, section.end_tick - 1919, 1920):
                fill = [n for n in notes_in(score, "drums", tick - 480, tick) if n.articulation == "fill"]
                if fill and tick - section.start_tick != section.length_ticks // 2:
                    found += 1
                    assert not any(a < tick and b > tick - 480 for a, b in sung(score)), (genre, tick)
    assert found > 3
