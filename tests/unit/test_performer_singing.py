"""How a singer sings: vibrato, steps, breaths, swells, a choir of several people, any language."""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np
import pytest

from songwright.performer import perform
from songwright.performer.breathing import Border, breathe
from songwright.performer.diction import Sung, consonant_s, split_syllable
from songwright.performer.habits import habits
from songwright.performer.intonation import step_s
from songwright.performer.layers import line_of, sung_hz, times_s, unrest_cents, vibrato_cents
from songwright.performer.manner import Manner, personal
from songwright.text.phones import PHONES
from songwright.values.context import Context
from songwright.values.performance import Performance, SungPart, SungPhrase, Unrest, Vibrato
from songwright.values.plan import Key, SongPlan
from songwright.values.score import Note, Part, Score, Section
from songwright.values.seed import Seed
from songwright.values.shelf import Persona, Style, VoiceCard
from songwright.values.time import Meter, TempoMap
from songwright.values.words import Syllable

BAR = 1920
QUARTER = 480


@dataclasses.dataclass(frozen=True)
class Shelf:
    """A style with the given manner, and a choir of four voices and two more in German."""

    manner: dict

    def style(self, style_id: str) -> Style:
        return Style(style_id, "", "", "", {"performance": self.manner})

    def persona(self, persona_id: str) -> Persona:
        return Persona(persona_id, "", "", "", "baritone", 45, 64, (), choir=("alto", "tenor"))

    def voice_cards(self) -> tuple[VoiceCard, ...]:
        rows = (("alto", "en", 55, 74), ("baritone", "en", 43, 64), ("bass", "en", 38, 60), ("soprano", "en", 60, 81),
                ("tenor", "en", 48, 69), ("altstimme", "de", 55, 74), ("tenorstimme", "de", 48, 69))  # fmt: skip
        return tuple(VoiceCard(name, "", "", "", "", lang, "", low, high) for name, lang, low, high in rows)


def part(name: str, notes: list[Note], role: str = "lead") -> Part:
    return Part(name, name, role, "voice", role, tuple(notes))


def notes(pitches, lengths, words=None, name: str = "lead", rest: int = 0, **more) -> list[Note]:
    """Notes one after the other; words: text/phones, None = held on."""
    out, tick = [], BAR
    for n, (pitch, length) in enumerate(zip(pitches, lengths, strict=True)):
        word = words[n] if words else "la/L AA"
        text, _, phones = (word or "").partition("/")
        syllable = Syllable(text, tuple(phones.split()), 1) if word else None
        out.append(Note(f"{name}/{n}", tick, length, pitch, 0.7, syllable, word=text, **more))
        tick += length + rest
    return out


def sing(*parts: Part, bpm: float = 90.0, seed: int = 1, manner: dict | None = None, **plan) -> Performance:
    length = -(-max(note.end_tick for part in parts for note in part.notes) // BAR) * BAR
    sections = (Section("verse-1", "verse", "", 0, length, 0.6),)
    score = Score("T", Key("C"), Meter(), TempoMap.constant(bpm), sections, (), (), parts, length)
    fields = {"voice": "baritone", "voice_low": 45, "voice_high": 64, "persona": "p", "language": "en"} | plan
    song = SongPlan(
        "T", "g", "g", key=score.key, meter=score.meter, tempo_map=score.tempo_map, sections=(), parts=(), swing=0.5,
        duration_s=0.0, tail_s=1.0, seed=seed, **fields,
    )  # fmt: skip
    return perform(score, song, Context(Seed(seed), Shelf(manner or {})).child("performer"))  # type: ignore[arg-type]


def held(seed: int = 1, **more) -> list[SungPhrase]:
    """Twelve notes of 2.7 s, parted by rests."""
    return list(
        sing(part("lead", notes([55] * 12, [BAR] * 12, rest=QUARTER)), seed=seed, **more).sung[0].phrases
    )


def found(performance: Performance, name: str) -> np.ndarray:
    return np.array(next(habit for habit in habits(performance.sung) if habit.name == name).found)


def test_vibrato_is_late_and_of_human_size():
    songs = [sing(part("lead", notes([55] * 12, [BAR] * 12, rest=QUARTER)), seed=s) for s in range(4)]
    rates, depths, delays = (
        np.concatenate([found(song, f"vibrato {what}") for song in songs])
        for what in ("rate", "depth", "delay")
    )
    assert len(rates) >= 30
    assert rates.min() > 4.9 and rates.max() < 6.6 and rates.std() > 0.05
    assert depths.min() > 28 and depths.max() < 85
    assert delays.min() > 0.25 and np.median(delays) < 0.8


def test_vibrato_quickens_and_follows_the_genre():
    swings = [swing for phrase in held() for swing in phrase.vibrato]
    assert np.mean([swing.rate_hz[-1] - swing.rate_hz[0] for swing in swings]) > 0.1
    few = sum(len(phrase.vibrato) for phrase in held(manner={"vibrato": 0.3}))
    assert few < len(swings)
    deep = [max(s.depth_cents) for phrase in held(manner={"vibrato": 1.5}) for s in phrase.vibrato]
    assert np.mean(deep) > np.mean([max(swing.depth_cents) for swing in swings]) + 4


def test_short_notes_stay_straight():
    fast = sing(part("lead", notes([55, 57, 59, 60] * 4, [QUARTER // 2] * 16)))
    assert not any(phrase.vibrato for phrase in fast.sung[0].phrases)


def test_steps_take_their_time():
    tune = notes([52, 55, 50, 57, 52, 60, 48, 55], [QUARTER] * 8)
    steps = found(sing(part("lead", tune), bpm=80), "step from note to note")
    assert len(steps) >= 5
    assert steps.min() >= 0.055 and steps.max() <= 0.15
    assert step_s(12, 1.0, 1.0) > step_s(2, 1.0, 1.0) and step_s(2, 1.5, 1.0) > step_s(2, 0.7, 1.0)
    assert step_s(2, 1.0, 1.0, slurred=True) > step_s(2, 1.0, 1.0)
    assert step_s(12, 1.0, 0.1) < 0.05


def test_layers_add_up():
    t = np.arange(400) / 200.0
    vibrato = (Vibrato(0.5, 1.8, (5.0, 6.0), (50.0,), 0.3, 0.1),)
    hz = sung_hz(np.full(400, 69.0), t, vibrato, Unrest())
    cents = 1200 * np.log2(hz / 440.0)
    assert np.allclose(cents[t < 0.5], 0.0) and np.allclose(cents[t > 1.81], 0.0)
    assert 45 < np.abs(cents).max() <= 50.0
    assert np.allclose(vibrato_cents(vibrato, t), cents, atol=1e-6)
    turns = np.sum(np.diff(np.signbit(cents[(t > 0.55) & (t < 1.75)])))
    assert turns == pytest.approx(2 * 5.5 * 1.2, abs=2)
    unrest = unrest_cents(Unrest(4.0, 2.0, 9), np.arange(4000) / 200.0)
    assert 3.0 < unrest.std() < 6.5 and np.array_equal(
        unrest, unrest_cents(Unrest(4.0, 2.0, 9), np.arange(4000) / 200.0)
    )
    phrase = held()[0]
    again = sung_hz(line_of(phrase), times_s(phrase), phrase.vibrato, phrase.unrest)
    assert np.abs(1200 * np.log2(again / phrase.f0_hz)).max() < 0.01


def test_a_held_note_swells_and_gets_brighter():
    for phrase in held()[:4]:
        t = (times_s(phrase) - phrase.onset_s) / (phrase.offset_s - phrase.onset_s)
        early, middle, late = (phrase.energy_db[(t > a) & (t < a + 0.1)].mean() for a in (0.1, 0.45, 0.88))
        assert middle > early + 0.5 and middle > late + 0.5
        assert phrase.effort[(t > 0.4) & (t < 0.6)].mean() > phrase.effort[t > 0.9].mean()


def test_a_phrase_peaks_at_its_weightiest_word():
    early = sing(part("lead", notes([52, 60, 52, 52, 52, 52, 52, 52], [QUARTER] * 8))).sung[0].phrases[0]
    late = sing(part("lead", notes([52, 52, 52, 52, 52, 52, 60, 52], [QUARTER] * 8))).sung[0].phrases[0]

    def peak(phrase: SungPhrase) -> float:
        # the level apart from what height and accents add
        return float(
            np.argmax(np.convolve(phrase.energy_db, np.ones(200) / 200, "same")) / len(phrase.energy_db)
        )

    assert peak(early) < peak(late) - 0.2


def syllables(lengths_s, gap_s: float = 0.0) -> list[Sung]:
    out, at = [], 1.0
    for n, length in enumerate(lengths_s):
        out.append(Sung(("L",), "AA", (), at, at + length, f"n{n}", 1, 0))
        at += length + gap_s
    return out


def breaths(sung: list[Sung], borders: list[Border]) -> list[int]:
    return [n for n, here in enumerate(breathe(sung, borders)) if here.before == "breath"]


def test_breaths_follow_sentences_and_never_part_a_word():
    sung = syllables([0.5] * 24)
    plain = [Border(0.0, True, False)] * 24
    assert breaths(sung[:12], plain[:12]) == [0]  # six seconds need none
    halfway = list(plain)
    halfway[11] = Border(0.0, True, True, ".")
    assert breaths(sung, halfway) == [0, 11]
    comma = list(plain)
    comma[13] = Border(0.0, True, False, ",")
    assert 13 in breaths(sung, comma)
    inside = [Border(0.0, n % 3 == 0, False) for n in range(24)]
    assert all(n % 3 == 0 for n in breaths(sung, inside)) and len(breaths(sung, inside)) == 2
    assert breaths(syllables([0.1] * 90), [Border(0.0, True, False)] * 90) == [0]  # patter: no note can give


def test_a_breath_takes_its_time_from_the_note_before():
    sung = syllables([0.6] * 8)
    borders = [Border(0.0, True, n == 4) for n in range(8)]
    made = breathe(sung, borders)
    assert made[4].before == "breath" and made[4].start_s == sung[4].start_s
    assert made[3].end_s < sung[3].end_s - 0.14
    assert made[3].end_s - made[3].start_s >= 0.59 * 0.6
    marked = [Border(0.0, n != 2, False, marked=n == 2) for n in range(8)]
    assert breaths(sung, marked)[:2] == [0, 2]


def test_a_rest_ends_the_phrase_and_long_phrases_take_more_air():
    short = notes([55] * 2, [QUARTER] * 2) + [
        dataclasses.replace(n, id=f"x{n.id}", start_tick=n.start_tick + 3 * BAR)
        for n in notes([55] * 9, [QUARTER] * 9)
    ]
    tail = [
        dataclasses.replace(n, id=f"y{n.id}", start_tick=n.start_tick + 7 * BAR)
        for n in notes([55], [QUARTER])
    ]
    phrases = sing(part("lead", short + tail)).sung[0].phrases
    assert len(phrases) == 3
    assert phrases[1].breath_s > phrases[2].breath_s > 0.1


def test_german_and_words_without_vowels():
    assert split_syllable(("SH", "L", "OE", "S")) == ((("SH", "L"), "OE", ("S",)),)
    assert split_syllable(("P", "S", "T"))[0][1] == "S"
    assert split_syllable(("HH", "M"))[0][1] == "M"
    words = ("Ich/IH C", "traum'/T RR OY M", "von/F OH N", "Licht/L IH C T")
    phrase = sing(part("lead", notes([52, 55, 57, 55], [QUARTER] * 4, words))).sung[0].phrases[0]
    assert [p.symbol for p in phrase.phones] == [
        "IH",
        "C",
        "T",
        "RR",
        "OY",
        "M",
        "F",
        "OH",
        "N",
        "L",
        "IH",
        "C",
        "T",
    ]
    for symbol, phone in PHONES.items():
        if phone.kind not in ("vowel", "silence"):
            assert 0.02 < consonant_s(symbol, 0.0, 1, 0.0) < consonant_s(symbol, 1.0, 1, 0.0) < 0.18


def test_measured_lengths_order_the_consonants():
    longer = [("S", "F"), ("K", "T"), ("G", "D"), ("Z", "DH"), ("M", "N")]
    assert all(consonant_s(a, 0.5, 1, 0.0) > consonant_s(b, 0.5, 1, 0.0) for a, b in longer)


def test_a_persona_has_habits_of_its_own():
    usual = Manner(scoop=0.4, fall=0.3)
    twangy, breathy = personal(usual, {"twang": 1.0}), personal(usual, {"breath": 1.0})
    assert twangy.scoop > usual.scoop and twangy.fall > usual.fall and twangy.vibrato == usual.vibrato
    assert breathy.vibrato < usual.vibrato and breathy.scoop == usual.scoop
    assert personal(Manner(scoop=0.9), {"twang": 1.0, "gravel": 1.0}).scoop == 1.0


def test_scoops_and_falls_follow_the_genre():
    def depth(manner: dict) -> tuple[float, float]:
        tune = notes([55, 59, 62, 55] * 6, [2 * QUARTER] * 24)
        starts, ends = [], []
        for phrase in sing(part("lead", tune), manner=manner, seed=3).sung[0].phrases:
            t, line = times_s(phrase), line_of(phrase)
            for note in phrase.notes[1:]:
                near = (t > note.onset_s) & (t < note.onset_s + 0.12)
                starts.append(note.pitch - line[near].min())
            ends.append(phrase.notes[-1].pitch - line[-3:].min())
        return float(np.mean(starts)), float(np.mean(ends))

    plain, bent = depth({"scoop": 0.0, "fall": 0.0}), depth({"scoop": 1.0, "fall": 1.0})
    assert bent[0] > plain[0] + 0.15 and bent[1] > plain[1] + 0.4


def four_parts() -> tuple[Part, ...]:
    heights = {"Soprano": 69, "Alto": 62, "Tenor": 55, "Bass": 45}
    return tuple(
        part(name, notes([h, h + 2, h + 4, h + 2], [2 * QUARTER] * 3 + [BAR], name=name))
        for name, h in heights.items()
    )


def test_four_parts_are_four_people():
    choir = sing(*four_parts(), voice="baritone", voice_low=43, voice_high=62)
    voices = {p.id: p.voice for p in choir.sung}
    assert voices == {"Soprano": "soprano", "Alto": "alto", "Tenor": "baritone", "Bass": "bass"}
    assert (
        sorted(p.pan for p in choir.sung) == sorted({p.pan for p in choir.sung})
        and choir.sung[0].pan == -0.35
    )
    rates = [np.mean([r for ph in p.phrases for v in ph.vibrato for r in v.rate_hz]) for p in choir.sung]
    assert min(abs(a - b) for a, b in itertools.combinations(rates, 2)) > 0.01
    starts = np.array([[n.onset_s for n in p.phrases[0].notes] for p in choir.sung])
    apart = starts.max(axis=0) - starts.min(axis=0)
    assert apart.mean() > 0.001 and apart.max() < 0.03


def test_a_german_choir_is_sung_by_germans():
    choir = sing(*four_parts(), voice="baritone", voice_low=43, voice_high=62, language="de-DE")
    assert [p.voice for p in choir.sung] == ["altstimme", "altstimme", "baritone", "bass"]  # no German bass


def test_adding_a_singer_changes_nobody_else():
    quartet = sing(*four_parts())
    trio = sing(*four_parts()[:3], voice_low=43, voice_high=62)
    for a, b in zip(trio.sung[:2], quartet.sung[:2], strict=True):
        assert np.array_equal(a.phrases[0].f0_hz, b.phrases[0].f0_hz)


def test_habits_are_a_table():
    rows = [habit.row() for habit in habits(sing(*four_parts()).sung)]
    assert {row["habit"] for row in rows} >= {"vibrato rate", "step from note to note", "breath"}
    assert all(0.0 <= row["within"] <= 1.0 for row in rows)
    empty = habits([SungPart("x", "lead", "v", "lead", ())])
    assert all(habit.row()["count"] == 0 and habit.row()["median"] is None for habit in empty)
