"""The arranger: six genres that groove differently, chairs that do not disturb each other, endings that end."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache

import pytest

from songwright.arranger import arrange
from songwright.io.shelf import HouseShelf
from songwright.music.instruments import INSTRUMENTS
from songwright.values.context import Context
from songwright.values.plan import Key, PartPlan, SectionPlan, SongPlan
from songwright.values.score import Chord, Note, Part, Score, Section
from songwright.values.seed import Seed
from songwright.values.time import Meter, TempoMap
from songwright.values.words import Syllable

GENRES = ("country", "folk", "pop", "rock", "ballad", "electronic")
FORM = (
    ("intro", 4, 0.4), ("verse", 8, 0.46), ("chorus", 8, 0.76), ("verse", 8, 0.52), ("chorus", 8, 0.84),
    ("bridge", 8, 0.5), ("chorus", 8, 0.92), ("outro", 4, 0.45),
)  # fmt: skip
LA = Syllable("la", ("L", "AA"), 1)


@lru_cache
def shelf() -> HouseShelf:
    return HouseShelf()


def context(seed: int = 7) -> Context:
    return Context(Seed(seed).child("arranger"), shelf())


def chairs(genre: str) -> tuple[PartPlan, ...]:
    table = shelf().style(genre).tables["parts"]
    return tuple(PartPlan(i, part["role"], part["instrument"], part["stem"]) for i, part in table.items())


def song(
    genre: str = "country",
    form: tuple[tuple[str, int, float], ...] = FORM,
    meter: Meter | None = None,
    lead: bool = True,
    qualities: tuple[str, ...] = ("maj", "maj", "min", "7"),
    two_bars: bool = False,
) -> tuple[Score, SongPlan]:
    """A tune with chords in G major: lines of two bars, sung in the first bar and a half."""
    meter = meter or Meter()
    bar, beat = meter.bar_ticks, meter.beat_ticks
    sections, plans, chords, notes, lines, at = [], [], [], [], [], 0
    count: Counter[str] = Counter()
    tunes: dict[str, str] = {}
    for kind, bars, energy in form:
        count[kind] += 1
        name = f"{kind}-{count[kind]}"
        sections.append(Section(name, kind, name.title(), at, bars * bar, energy))
        plans.append(SectionPlan(name, kind, name.title(), bars, energy, tune_of=tunes.get(kind)))
        tunes.setdefault(kind, name)
        for i in range(bars):
            root, letter = ((7, "G"), (0, "C"), (4, "E"), (2, "D"))[i % 4]
            last = i == bars - 1 and len(sections) == len(form)
            chord = (7, "G", "maj") if last else (root, letter, qualities[i % len(qualities)])
            chords.append(Chord(at + i * bar, bar, chord[0], chord[2], chord[0], chord[1], chord[1]))
            if lead and kind in ("verse", "chorus", "bridge"):
                steps = range(max(1, bar // beat) if i % 2 == 0 else max(1, bar // beat // 2))
                for k in steps:
                    pitch = (55 if kind != "chorus" else 59) + (0, 4, 2, 5)[(i + k) % 4]
                    start = at + i * bar + k * beat
                    notes.append(
                        Note(
                            f"lead/{name}/{len(notes)}",
                            start,
                            beat - 20,
                            pitch,
                            0.7,
                            LA,
                            line=len(lines) // 2,
                        )
                    )
                lines.append(i)
        at += bars * bar
    parts = (Part("lead", "Voice", "lead", "voice", "lead", tuple(notes)),) if lead else ()
    tempo = TempoMap.constant(100)
    score = Score("Test", Key("G"), meter, tempo, tuple(sections), tuple(chords), (), parts, at)
    plan = SongPlan(
        "Test", genre, genre, "nobody", "en", Key("G"), meter, tempo, tuple(plans), chairs(genre), "voice", 48, 67,
        0.5, tempo.seconds_at(at) + 3, 3.0, 7,
    )  # fmt: skip
    return score, plan


@lru_cache
def arranged(genre: str) -> Score:
    return arrange(*song(genre), context())


def onsets(part: Part, start: int = 0, end: int = 10**9) -> list[int]:
    return sorted({n.start_tick for n in part.notes if start <= n.start_tick < end})


def in_section(score: Score, part_id: str, section_id: str) -> list[Note]:
    section = next(s for s in score.sections if s.id == section_id)
    return [n for n in score.part(part_id).notes if section.start_tick <= n.start_tick < section.end_tick]


def shape(notes: list[Note], origin: int) -> list[tuple[int, int, int]]:
    return [(n.start_tick - origin, n.length_ticks, n.pitch) for n in notes]


@pytest.mark.parametrize("genre", GENRES)
def test_every_part_is_well_written(genre: str) -> None:
    score = arranged(genre)
    ids = [n.id for p in score.parts for n in p.notes]
    assert len(ids) == len(set(ids))
    assert [p.id for p in score.parts if not p.is_sung] == [c.id for c in chairs(genre)]
    assert [p.is_sung for p in score.parts] == sorted((p.is_sung for p in score.parts), reverse=True)
    for part in score.parts:
        assert part.notes, part.id
        assert list(part.notes) == sorted(part.notes, key=lambda n: (n.start_tick, n.pitch))
        instrument = INSTRUMENTS[part.instrument]
        sounding: dict[int, int] = {}
        for note in part.notes:
            assert note.length_ticks > 0 and 0 < note.level <= 1 and note.end_tick <= score.length_ticks
            assert instrument.low <= note.pitch <= instrument.high or part.is_sung
            assert sounding.get(note.pitch, 0) <= note.start_tick, (part.id, note)
            sounding[note.pitch] = note.end_tick
            assert note.id.startswith(f"{part.id}/{score.section_at(note.start_tick).id}/")
