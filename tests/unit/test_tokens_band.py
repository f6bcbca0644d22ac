"""The band in tokens: bass, drums and chords bar by bar, and the same strokes back."""

import json
from dataclasses import replace
from functools import lru_cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from songwright.arranger import arrange
from songwright.io.shelf import HouseShelf
from songwright.music.harmony import INTERVALS, roman_chord
from songwright.music.instruments import DRUMS
from songwright.music.tokens import (
    GRID,
    NAMES,
    VOCABULARY,
    Conditions,
    TokenError,
    decode,
    encode,
    representable,
)
from songwright.music.tokens.band import DRUM_BANKS, Harmony
from songwright.music.tokens.writing import names_of, readable
from songwright.values.context import Context
from songwright.values.plan import Key, PartPlan, SectionPlan, SongPlan
from songwright.values.score import Chord, Note, Part, Score, Section
from songwright.values.seed import Seed
from songwright.values.time import Meter, TempoMap

EN = Conditions(language="en")
BAR = 1920
SHELF = HouseShelf()
STYLES = sorted(style.id for style in SHELF.styles())
C_MAJOR = Key("C")


def struck(role, notes):
    return Part(role, role, role, "piano", role, tuple(
        Note(f"{role}/{n}", start, length, pitch) for n, (start, length, pitch) in enumerate(notes)
    ))  # fmt: skip


def song(parts, chords=("I", "V7", "vi", "IV"), key=C_MAJOR, meter=None):
    meter = meter or Meter()
    bar = meter.bar_ticks
    named = tuple(roman_chord(numeral, key, n * bar, bar) for n, numeral in enumerate(chords))
    section = Section("verse-1", "verse", "Verse 1", 0, 4 * bar, 0.6)
    return Score("", key, meter, TempoMap.constant(102), (section,), named, (), tuple(parts), 4 * bar)


@lru_cache
def arranged(style):
    """Sixteen bars of a style's whole band, verse and chorus, under no tune."""
    meter, tempo = Meter(), TempoMap.constant(100)
    form = (("verse", 8, 0.5), ("chorus", 8, 0.9))
    sections = tuple(
        Section(f"{kind}-1", kind, kind, n * 8 * BAR, 8 * BAR, energy) for n, (kind, _, energy) in enumerate(form)
    )  # fmt: skip
    named = [("I", "vi7", "IV/3", "V7")[n % 4] for n in range(15)] + ["I"]
    chords = tuple(roman_chord(numeral, Key("G"), n * BAR, BAR) for n, numeral in enumerate(named))
    score = Score("", Key("G"), meter, tempo, sections, chords, (), (), 16 * BAR)
    table = SHELF.style(style).tables["parts"]
    chairs = tuple(PartPlan(i, part["role"], part["instrument"], part["stem"]) for i, part in table.items())
    plan = SongPlan(
        "", style, style, "nobody", "en", Key("G"), meter, tempo,
        tuple(SectionPlan(s.id, s.kind, s.label, 8, s.energy) for s in sections), chairs, "voice", 48, 67, 0.5,
        tempo.seconds_at(16 * BAR) + 3, 3.0, 7,
    )  # fmt: skip
    return arrange(score, plan, Context(Seed(7).child("arranger"), SHELF))


def test_a_bar_reads_as_it_is_played():
    score = song([
        struck("bass", [(0, 700, 36), (720, 240, 43), (1920, 1920, 43)]),
        struck("drums", [(0, 60, DRUMS["kick"]), (0, 60, DRUMS["hat-closed"]), (480, 60, DRUMS["snare"]),
                         (480, 60, DRUMS["clap"]), (960, 60, DRUMS["side-stick"])]),
        struck("comping", [(0, 480, 48), (0, 480, 64), (0, 480, 67), (1920, 480, 53), (1920, 480, 71)]),
    ])  # fmt: skip
    text = readable(encode(score, EN))
    assert "c:I:maj bass register:0 pos:0 b:+0 d:18 pos:18 b:+7 d:6 /bass" in text
    assert "/bass pos:0 drum:5 pos:12 drum:2 drum:2 pos:24 drum:0 drum:1 pos:0 comp:21 d:12" in text
    assert "b:+12 d:48 /bass pos:0 comp:68 d:12" in text  # third and seventh of the dominant


@pytest.mark.parametrize("style", STYLES)
def test_the_band_of_every_style_comes_back(style):
    score = arranged(style)
    ids = encode(score, EN)
    sheet = decode(ids)
    assert sheet.score == representable(score)
    assert encode(sheet.score, sheet.conditions, sheet.signs) == ids
    assert {part.role for part in sheet.score.parts} >= {"drums", "bass", "comping"}


def by_bar(score, role, value):
    parts = [part for part in score.parts if part.role == role]
    parts = parts if role == "drums" else parts[:1]
    found = {}
    for note in (note for part in parts for note in part.notes):
        found.setdefault(note.start_tick // BAR, set()).add((note.start_tick, value(note)))
    return found


@pytest.mark.parametrize(
    ("role", "value", "least"),
    [
        ("bass", lambda note: note.pitch, 1.0),
        ("drums", lambda note: note.pitch, 0.94),  # rolls in thirty-seconds lie off the grid
        ("comping", lambda note: note.pitch % 12, 0.96),  # power chords leave the scale
    ],
)
def test_nearly_all_bars_of_all_bands_are_said_exactly(role, value, least):
    same = bars = 0
    for style in STYLES:
        written, said = (by_bar(s, role, value) for s in (arranged(style), representable(arranged(style))))
        bars += len(written)
        same += sum(said.get(bar) == strokes for bar, strokes in written.items())
    assert bars > 150 and same >= least * bars, f"{same} of {bars}"


def test_lengths_are_those_of_the_grid():
    for style in STYLES:
        written = {note.start_tick: note for note in arranged(style).part("bass").notes}
        for note in representable(arranged(style)).part("bass").notes:
            meant = min(written[note.start_tick].length_ticks, 96 * GRID)
            assert abs(note.length_ticks - meant) <= GRID // 2


def test_a_song_without_a_band_has_the_row_it_had():
    lead = Part("lead", "Voice", "lead", "voice", "lead", (Note("n", 0, 480, 60),))
    others = [
        Part(role, role, role, "piano", role, lead.notes) for role in ("pad", "answer", "backing")
    ]  # fmt: skip
    alone = names_of(song([lead]), EN, ())
    assert names_of(song([lead, *others]), EN, ()) == alone
    with_band = names_of(song([lead, struck("bass", [(0, 480, 36)])]), EN, ())
    start, end = with_band.index("bass"), with_band.index("/bass") + 1
    assert with_band[:start] + with_band[end:] == alone


def test_bass_and_chords_need_a_chord_to_count_from():
    parts = [struck("bass", [(0, 480, 36)]), struck("drums", [(0, 60, 36)]), struck("comping", [(0, 9, 60)])]
    assert [part.role for part in representable(song(parts, chords=())).parts] == ["drums"]


def test_every_drum_of_the_house_has_its_place():
    drums = [drum for bank in DRUM_BANKS for drum in bank]
    assert len(set(drums)) == len(drums) and all(len(bank) == 8 for bank in DRUM_BANKS)
    assert set(DRUMS.values()) <= set(drums)


@pytest.mark.parametrize("quality", sorted(INTERVALS))
def test_the_tones_of_every_chord_are_among_its_steps(quality):
    for key in (C_MAJOR, Key("F#", "minor"), Key("Bb", "dorian")):
        for root in range(12):
            steps = Harmony([Chord(0, BAR, root, quality, root, "C")], key).steps(0)
            assert len(set(steps)) == len(steps) == 7
            assert {(root + up) % 12 for up in INTERVALS[quality]} <= set(steps)


def test_the_network_was_trained_on_this_vocabulary():
    held = json.dumps(NAMES).encode()
    assert SHELF.network("composer").count(held) == 1


def row(*names):
    """A song of one bar with these tokens in it."""
    opening = names_of(song([], chords=("I",)), EN, ())
    at = opening.index("c:I:maj") + 1
    return [VOCABULARY[name] for name in (*opening[:at], *names, *opening[at:])]


@pytest.mark.parametrize(
    ("names", "problem"),
    [
        (("bass", "register:0", "/bass"), "plays nothing"),
        (("bass", "register:0", "pos:0", "b:+0", "d:12", "pos:6", "b:+0", "d:6", "/bass"), "one note at a time"),
        (("bass", "register:0", "pos:0", "b:+0", "d:12"), "pos should stand"),
        (("pos:6", "drum:1", "pos:0", "drum:1"), "rise"),
        (("pos:48", "drum:1"), "inside the bar"),
        (("pos:0", "drum:1", "drum:0"), "not empty"),
        (("pos:0", "comp:0", "d:6"), "nothing to strike"),
        (("pos:0", "comp:21"), "d should stand"),
    ],
)  # fmt: skip
def test_a_band_that_breaks_a_rule_is_named(names, problem):
    with pytest.raises(TokenError, match=problem):
        decode(row(*names))
    decode(
        row(
            "bass",
            "register:-1",
            "pos:0",
            "b:-12",
            "d:96",
            "/bass",
            "pos:0",
            "drum:255",
            "pos:0",
            "comp:127",
            "d:9",
        )
    )


strokes = st.lists(
    st.tuples(st.integers(0, 4 * BAR - 1), st.integers(1, 5000), st.integers(15, 90)), max_size=25
)
METERS = [Meter(4, 4), Meter(3, 4), Meter(6, 8), Meter(12, 8), Meter(4, 2)]


@settings(max_examples=40, deadline=None)
@given(strokes, strokes, strokes, st.sampled_from(METERS), st.sampled_from(["major", "minor", "mixolydian"]))
def test_any_band_comes_back(bass, drums, comping, meter, mode):
    named = ("I", "V7", "IV", "I") if mode != "minor" else ("i", "V7", "iv", "VI")
    inside = [[n for n in sorted(notes) if n[0] < 4 * meter.bar_ticks] for notes in (bass, drums, comping)]
    parts = [struck(role, notes) for role, notes in zip(("bass", "drums", "comping"), inside, strict=True)]
    score = song(parts, named, Key("Eb", mode), meter)
    ids = encode(score, EN)
    sheet = decode(ids)
    assert sheet.score == representable(score) == representable(sheet.score)
    assert encode(sheet.score, sheet.conditions, sheet.signs) == ids


def test_a_stroke_off_the_grid_goes_to_the_nearest_place():
    score = song([struck("bass", [(7, 460, 36)]), struck("drums", [(473, 60, 38)])])
    straight = song([struck("bass", [(0, 480, 36)]), struck("drums", [(480, 120, 38)])])
    assert representable(score) == representable(straight)
    late = representable(song([struck("drums", [(4 * BAR - 5, 60, 38)])]))
    assert late.parts[0].notes[0].start_tick == 4 * BAR - GRID and late.length_ticks == 4 * BAR
    assert replace(late, parts=()) == representable(song([]))
