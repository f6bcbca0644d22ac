"""The performer: groove, dynamics, phrases, phones and curves."""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from songwright.errors import ShelfError
from songwright.performer import perform
from songwright.performer.diction import Sung, lay_out, split_syllable
from songwright.performer.manner import read_manner
from songwright.performer.timing import Clock
from songwright.text.phones import VOWELS
from songwright.values.context import Context
from songwright.values.digest import digest
from songwright.values.performance import Performance
from songwright.values.plan import Key, SongPlan
from songwright.values.score import Chord, Note, Part, Score, Section
from songwright.values.seed import Seed
from songwright.values.shelf import Persona, Style, VoiceCard
from songwright.values.time import Meter, TempoChange, TempoMap
from songwright.values.words import Syllable

BAR = 1920
WORDS = (
    ("W AO K", 1), ("IH NG", 0), ("DH AH", 0), ("L AO NG", 1), ("R OW D", 1), ("B AE K", 1), ("HH OW M", 1), ("", 0)
)  # fmt: skip
TUNE = ((0, 480, 57), (480, 240, 59), (720, 240, 57), (960, 960, 62), (1920, 480, 64), (2400, 480, 60),
        (2880, 480, 57), (3360, 240, 55))  # fmt: skip


@dataclasses.dataclass(frozen=True)
class FakeShelf:
    """Just what the performer asks for."""

    def style(self, style_id: str) -> Style:
        return Style(style_id, "", "", "", {"performance": {"scoop": 0.4}})

    def persona(self, persona_id: str) -> Persona:
        return Persona(persona_id, "", "", "", "rms", 45, 64, (), choir=("alto", "rms"))

    def voice_cards(self) -> tuple[VoiceCard, ...]:
        return (
            VoiceCard("alto", "", "", "", "", "en", "", 57, 74),
            VoiceCard("rms", "", "", "", "", "en", "", 43, 64),
            VoiceCard("other", "", "", "", "", "en", "", 60, 70),
        )


def sung_notes(part: str, section: str, start: int, up: int = 0) -> tuple[Note, ...]:
    notes = []
    for n, ((at, length, pitch), (phones, stress)) in enumerate(zip(TUNE, WORDS, strict=True)):
        syllable = Syllable(phones.lower(), tuple(phones.split()), stress) if phones else None
        notes.append(
            Note(f"{part}/{section}/{n}", start + at, length, pitch + up, 0.7, syllable, line=start // 3840)
        )
    return tuple(notes)


def song(sections: int = 4, drums: bool = True) -> Score:
    kinds = ("verse", "chorus", "verse", "chorus", "outro")
    form = tuple(
        Section(f"{kinds[k % 5]}-{k}", kinds[k % 5], "", k * 2 * BAR, 2 * BAR, 0.45 if k % 2 == 0 else 0.85)
        for k in range(sections)
    )
    lead, high, beat, guitar, bass = [], [], [], [], []
    for section in form:
        lead += sung_notes("lead", section.id, section.start_tick)
        if section.kind == "chorus":
            high += sung_notes("harmony-1", section.id, section.start_tick, 4)
        for eighth in range(16):
            tick = section.start_tick + 240 * eighth
            name = f"{section.id}/{eighth}"
            beat.append(Note(f"drums/{name}h", tick, 120, 42, 0.5))
            beat.append(Note(f"drums/{name}g", tick + 120, 120, 38, 0.2))
            if eighth % 4 == 2:
                beat.append(Note(f"drums/{name}s", tick, 120, 38, 0.8))
            if eighth % 4 == 0:
                bass.append(Note(f"bass/{name}", tick, 960, 40, 0.8))
                way = "strum-down" if eighth % 8 == 0 else "strum-up"
                guitar += [
                    Note(f"guitar/{name}/{p}", tick, 960, p, 0.6, articulation=way)
                    for p in (40, 47, 52, 56, 59)
                ]
    sung = (
        Part("lead", "Lead", "lead", "voice", "lead", tuple(lead)),
        Part("harmony-1", "High", "backing", "voice", "backing", tuple(high)),
    )
    band = (
        Part("bass", "Bass", "bass", "bass-finger", "bass", tuple(bass)),
        Part("guitar", "Guitar", "comping", "guitar-steel", "guitar", tuple(guitar)),
    )
    kit = Part(
        "drums",
        "Drums",
        "drums",
        "drumkit-acoustic",
        "drums",
        tuple(sorted(beat, key=lambda n: n.start_tick)),
    )
    length = sections * 2 * BAR
    chords = (Chord(0, length, 9, "min", 9, "A"),)
    parts = sung + band + ((kit,) if drums else ())
    return Score("T", Key("A", "minor"), Meter(), TempoMap.constant(90.0), form, chords, (), parts, length)


def plan_of(score: Score, **changes: object) -> SongPlan:
    end = score.tempo_map.seconds_at(score.length_ticks)
    plan = SongPlan(
        "T", "country", "country", "rusty", "en", score.key, score.meter, score.tempo_map, (), (), "rms", 45, 64,
        0.6, end + 2.0, 2.0, 1, character={"gravel": 0.4},
    )  # fmt: skip
    return dataclasses.replace(plan, **changes)


def context(seed: int = 1) -> Context:
    return Context(Seed(seed), FakeShelf()).child("performer")  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def score() -> Score:
    return song()


@pytest.fixture(scope="module")
def performance(score: Score) -> Performance:
    return perform(score, plan_of(score), context())


def played(performance: Performance, part_id: str) -> dict[str, object]:
    part = next(part for part in performance.played if part.id == part_id)
    return {note.note_id: note for note in part.notes}


def test_same_seed_same_performance_other_seed_another(score: Score, performance: Performance) -> None:
    again = perform(score, plan_of(score), context())
    other = perform(score, plan_of(score), context(2))
    assert digest(again) == digest(performance)
    assert digest(other) != digest(performance)
    for part in performance.sung:
        twin = next(p for p in other.sung if p.id == part.id)
        assert not np.array_equal(part.phrases[0].f0_hz[:50], twin.phrases[0].f0_hz[:50])


def test_adding_a_part_or_a_verse_changes_nothing_before(score: Score, performance: Performance) -> None:
    fewer = perform(song(drums=False), plan_of(score), context())
    assert digest(fewer.sung) == digest(performance.sung)
    assert played(fewer, "bass") == played(performance, "bass")
    longer_score = song(5)
    longer = perform(longer_score, plan_of(longer_score), context())
    verse = {k: v for k, v in played(performance, "drums").items() if "/verse-0/" in k}
    assert verse == {k: v for k, v in played(longer, "drums").items() if "/verse-0/" in k}
    assert digest(longer.sung[0].phrases[0]) == digest(performance.sung[0].phrases[0])


def test_swing_moves_the_off_beats(score: Score) -> None:
    clock = Clock(TempoMap((TempoChange(0, 120.0), TempoChange(960, 60.0))), Meter(), 0.6)
    assert clock.seconds(np.array([0, 240, 480, 960, 1200, 1440])) == pytest.approx(
        [0, 0.3, 0.5, 1.0, 1.6, 2.0]
    )
    straight = Clock(TempoMap.constant(120.0), Meter(6, 8), 0.66)
    assert straight.seconds(np.array([240, 720])) == pytest.approx([0.25, 0.75])


def test_drums_are_tight_and_bass_leans_back(score: Score, performance: Performance) -> None:
    clock = Clock(score.tempo_map, score.meter, 0.6)
    for part_id, low, high, spread in (("drums", -0.002, 0.004, 0.004), ("bass", 0.003, 0.009, 0.006)):
        written = {note.id: note.start_tick for note in score.part(part_id).notes}
        late = np.array(
            [
                n.onset_s - clock.seconds(np.array([written[i]]))[0]
                for i, n in played(performance, part_id).items()
            ]
        )
        assert low < late.mean() < high
        assert 0.0005 < late.std() < spread


def test_strums_run_over_the_strings(score: Score, performance: Performance) -> None:
    groups: dict[str, list] = {}
    for note_id, note in played(performance, "guitar").items():
        groups.setdefault(note_id.rsplit("/", 1)[0], []).append(note)
    for notes in groups.values():
        notes.sort(key=lambda note: note.onset_s)
        pitches = [note.pitch for note in notes]
        assert pitches == sorted(pitches, reverse=notes[0].articulation == "strum-up")
        steps = np.diff([note.onset_s for note in notes])
        assert 0.004 < np.median(steps) < 0.018


def test_levels_follow_energy_and_keep_ghosts(score: Score, performance: Performance) -> None:
    drums = played(performance, "drums")
    quiet = np.mean([n.level for i, n in drums.items() if "/verse-0/" in i and i.endswith("s")])
    loud = np.mean([n.level for i, n in drums.items() if "/chorus-1/" in i and i.endswith("s")])
    assert loud > 1.04 * quiet
    assert all(n.level <= 0.2 for i, n in drums.items() if i.endswith("g"))


def test_last_chord_rings_and_nothing_is_outside(performance: Performance) -> None:
    notes = [note for part in performance.played for note in part.notes]
    assert min(note.onset_s for note in notes) >= 0.0
    assert max(note.offset_s for note in notes) <= performance.duration_s
    assert max(n.offset_s for n in played(performance, "guitar").values()) == performance.duration_s
    assert all(note.offset_s > note.onset_s and 0 < note.level <= 1 for note in notes)
    for part in performance.played:
        onsets = [note.onset_s for note in part.notes]
        assert onsets == sorted(onsets)


def check_phrases(performance: Performance) -> None:
    """Phones ordered, gapless, whole; curves long enough, finite, in range; phrases apart."""
    for part in performance.sung:
        end = 0.0
        for phrase in part.phrases:
            assert phrase.onset_s >= end - 1e-9
            assert phrase.onset_s - phrase.breath_s >= end - 1e-9
            assert phrase.phones[0].onset_s == phrase.onset_s
            for a, b in itertools.pairwise(phrase.phones):
                assert a.offset_s == b.onset_s
            assert all(phone.offset_s > phone.onset_s for phone in phrase.phones)
            end = phrase.phones[-1].offset_s
            assert phrase.offset_s >= end - 1e-6
            assert phrase.offset_s - end < 0.02 + 1e-9
            for curve in (phrase.f0_hz, phrase.energy_db, phrase.effort, phrase.breathiness):
                assert len(curve) == len(phrase.f0_hz) and np.isfinite(curve).all()
            assert phrase.f0_hz.min() > 20.0
            assert phrase.effort.min() >= 0.0 and phrase.effort.max() <= 1.0
            assert phrase.breathiness.min() >= 0.0 and phrase.breathiness.max() <= 1.0


def test_phrases_are_whole(performance: Performance) -> None:
    check_phrases(performance)
    lead = performance.sung[0]
    assert len(lead.phrases) == 4  # a line each, parted by the rest at its end
    assert all(phrase.breath_s > 0.08 for phrase in lead.phrases[1:])


def test_vowels_stand_on_the_beat(score: Score, performance: Performance) -> None:
    clock = Clock(score.tempo_map, score.meter, 0.6)
    written = {note.id: note.start_tick for note in score.part("lead").notes}
    for phrase in performance.sung[0].phrases:
        for phone in phrase.phones:
            if phone.symbol in VOWELS and phone.onset_s > 0.2:
                late = phone.onset_s - clock.seconds(np.array([written[phone.note_id]]))[0]
                assert -1e-6 <= late <= 0.0151
    symbols = [phone.symbol for phone in performance.sung[0].phrases[0].phones]
    assert " ".join(symbols) == "W AO K IH NG DH AH L AO NG R OW D B AE K HH OW M"


def held_errors_cents(score: Score, performance: Performance, part: int = 0) -> np.ndarray:
    """Median distance from the written pitch inside each held note, cents."""
    clock = Clock(score.tempo_map, score.meter, 0.6)
    sung = performance.sung[part]
    errors = []
    for note in score.part(sung.id).notes:
        begin, end = clock.seconds(np.array([note.start_tick, note.end_tick]))
        for phrase in sung.phrases:
            t = phrase.onset_s + np.arange(len(phrase.f0_hz)) / phrase.rate_hz
            inside = (t > begin + 0.075) & (t < end - 0.05)
            if end - begin > 0.3 and inside.sum() > 30:
                pitch = 69 + 12 * np.log2(phrase.f0_hz[inside] / 440.0)
                errors.append(100 * (np.median(pitch) - note.pitch))
    return np.array(errors)


def test_held_notes_are_in_tune_and_alive(score: Score, performance: Performance) -> None:
    errors = held_errors_cents(score, performance)
    assert len(errors) >= 16
    assert np.median(np.abs(errors)) < 3.0
    assert np.abs(errors).max() < 8.0
    long_note = next(n for n in score.part("lead").notes if n.length_ticks == 960)
    phrase = performance.sung[0].phrases[0]
    t = phrase.onset_s + np.arange(len(phrase.f0_hz)) / phrase.rate_hz
    begin = score.tempo_map.seconds_at(long_note.start_tick)
    vibrato = phrase.f0_hz[(t > begin + 0.7) & (t < begin + 1.2)]
    cents = 1200 * np.log2(vibrato / np.median(vibrato))
    assert 15 < np.abs(cents).max() < 80
    crossings = np.sum(np.diff(np.sign(cents - cents.mean())) != 0)
    assert 4 <= crossings <= 8  # half a second of 5 to 6.5 Hz


def test_backing_is_cast_placed_and_softer(performance: Performance) -> None:
    by_id = {part.id: part for part in performance.sung}
    assert set(by_id) == {"lead", "harmony-1", "harmony-1.2", "lead-double"}
    assert by_id["lead-double"].gain_db == -9.0 and by_id["lead-double"].role == "backing"
    assert len(by_id["lead-double"].phrases) == 1
    pair = (by_id["harmony-1"], by_id["harmony-1.2"])
    assert pair[0].pan == -pair[1].pan != 0.0
    assert {part.voice for part in pair} <= {"alto", "rms"}
    assert all(0.96 <= part.formant_scale <= 1.05 for part in performance.sung)
    lead = by_id["lead"].phrases[1]
    assert pair[0].phrases[0].effort.mean() < lead.effort.mean() - 0.05


def one_line(notes: list[Note], bpm: float = 100.0) -> Performance:
    length = -(-max([n.end_tick for n in notes], default=1) // BAR) * BAR
    part = Part("lead", "Lead", "lead", "voice", "lead", tuple(notes))
    score = Score("T", Key("C"), Meter(), TempoMap.constant(bpm), (), (), (), (part,), length)
    plan = plan_of(score, style="", persona="", swing=0.5)
    return perform(score, plan, context())


def test_melisma_holds_the_vowel_and_saves_the_coda() -> None:
    stay = Syllable("stay", ("S", "T", "EY", "D"), 1)
    notes = [Note("a", 960, 480, 60, syllable=stay), Note("b", 1440, 480, 64), Note("c", 1920, 960, 62)]
    phrase = one_line(notes).sung[0].phrases[0]
    assert [phone.symbol for phone in phrase.phones] == ["S", "T", "EY", "D"]
    t = phrase.onset_s + np.arange(len(phrase.f0_hz)) / phrase.rate_hz
    pitch = 69 + 12 * np.log2(phrase.f0_hz / 440)
    for at, want in ((1.4, 60), (2.05, 64), (2.8, 62)):
        assert abs(np.median(pitch[(t > at) & (t < at + 0.1)]) - want) < 0.5


@pytest.mark.parametrize(
    "word", [("M",), ("HH", "M"), ("SH",), ("AY",), ("S", "T", "R", "EH", "NG", "K", "TH", "S"), ()]
)
@pytest.mark.parametrize("length", [20, 60, 240, 1920])
def test_odd_words_and_fast_notes(word: tuple[str, ...], length: int) -> None:
    notes = [Note(f"n{n}", n * length, length, 55 + n % 3, syllable=Syllable("x", word, 1)) for n in range(6)]
    performance = one_line(notes, 140.0)
    check_phrases(performance)
    assert sum(phone.symbol in VOWELS or word == ("M",) or word == ("SH",) or phone.symbol == "M"
               for phrase in performance.sung[0].phrases for phone in phrase.phones) >= 6  # fmt: skip


def test_rests_inside_a_line_are_pauses() -> None:
    go = Syllable("go", ("G", "OW"), 1)
    notes = [Note("a", 480, 360, 60, syllable=go), Note("b", 960, 480, 62, syllable=go)]
    phrase = one_line(notes, 100.0).sung[0].phrases[0]
    assert [phone.symbol for phone in phrase.phones] == ["G", "OW", "PAU", "G", "OW"]


def test_consonants_leave_the_vowel_its_share() -> None:
    sung = [
        Sung(("S", "T", "R"), "EH", ("NG", "K", "TH", "S"), 1.0 + 0.2 * n, 1.2 + 0.2 * n, str(n), 1, 0)
        for n in range(5)
    ]
    phones = lay_out(sung)[0]
    vowels = [phone for phone in phones if phone.symbol == "EH"]
    assert all(phone.offset_s - phone.onset_s >= 0.45 * 0.2 - 1e-9 for phone in vowels[:-1])


def test_split_syllable() -> None:
    assert split_syllable(("S", "AH1", "N")) == ((("S",), "AH", ("N",)),)
    assert split_syllable(("HH", "M")) == ((("HH",), "M", ()),)
    assert split_syllable(("TH", "IY", "AE", "T")) == ((("TH",), "IY", ()), ((), "AE", ("T",)))


def test_empty_and_instrumental_scores() -> None:
    assert one_line([]).sung == ()


PHONES = ("AA", "IY", "AY", "P", "S", "M", "L", "HH", "CH", "NG")


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 600),
            st.integers(1, 2000),
            st.integers(36, 84),
            st.lists(st.sampled_from(PHONES), max_size=6),
            st.sampled_from(["single", "begin", "middle", "end"]),
            st.booleans(),
            st.integers(0, 3),
        ),
        min_size=1,
        max_size=12,
    ),
    st.integers(40, 280),
)
def test_any_line_can_be_sung(raw: list[tuple], bpm: int) -> None:
    tick, notes = 0, []
    for n, (rest, length, pitch, phones, syllabic, held, line) in enumerate(raw):
        tick += rest if n % 2 else 0
        syllable = None if held else Syllable("x", tuple(phones), n % 3)
        notes.append(Note(f"n{n}", tick, length, pitch, 0.5, syllable, syllabic, line))
        tick += length
    check_phrases(one_line(notes, float(bpm)))


def test_a_wrong_table_is_named() -> None:
    with pytest.raises(ShelfError, match=r"style pop, \[performance\] scoop"):
        read_manner("pop", {"scoop": "lots"})
    with pytest.raises(ShelfError, match="no such field"):
        read_manner("pop", {"scop": 0.1})


def test_every_style_has_its_own_manner(shelf) -> None:
    manners = {style.id: read_manner(style.id, style.tables["performance"]) for style in shelf.styles()}
    assert len(set(manners.values())) == len(manners) >= 6
    by_scoop = sorted(manners, key=lambda name: manners[name].scoop)
    assert set(by_scoop[-2:]) == {"country", "soul"}
    by_looseness = sorted(manners, key=lambda name: manners[name].looseness)
    assert set(by_looseness[:2]) == {"electronic", "trap"}
