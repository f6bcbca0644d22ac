"""The guard measures what it says it measures: known sounds, known songs, known faults."""

from __future__ import annotations

import builtins
import dataclasses
import struct

import numpy as np
import pytest

from songwright.dsp import records
from songwright.errors import EngineUnavailable
from songwright.guard import craft, judge, mixing
from songwright.guard.craft import stress_figure, tune_figures
from songwright.guard.picture import draw
from songwright.guard.quality import clipped_runs, silent_tail_s, voice_to_band_db
from songwright.io.shelf import HouseShelf
from songwright.values.audio import Audio, Master, Stems
from songwright.values.brief import SongBrief
from songwright.values.context import Context
from songwright.values.performance import Performance, SungPart, SungPhone, SungPhrase
from songwright.values.plan import Key
from songwright.values.score import Note, Part, Score, ScoreLine, Section
from songwright.values.seed import Seed
from songwright.values.take import EngineCard, Take
from songwright.values.time import Meter, TempoMap
from songwright.values.verdict import Figure, Verdict
from songwright.values.words import Syllable

RATE = 48_000
BAR = 1920
CARD = EngineCard("t", "t", "", "", "", True, ("en",), 600.0)
TUNES = {"verse": (57, 59, 60, 57, 55, 57, 59, 52), "chorus": (64, 64, 62, 67, 65, 60, 62, 60)}
STEPS = {
    "verse": (0, 480, 960, 1440, 1920, 2400, 2880, 3360),
    "chorus": (0, 240, 480, 1200, 1920, 2160, 2880, 3120),
}


def song(kinds: tuple[str, ...] = ("verse", "chorus", "verse", "chorus")) -> Score:
    sections, notes, lines = [], [], []
    for k, kind in enumerate(kinds):
        start = 2 * BAR * k
        sections.append(Section(f"{kind}-{k}", kind, kind, start, 2 * BAR, 0.5))
        places = [*STEPS[kind], 3600]
        for n, pitch in enumerate(TUNES[kind]):
            stress = 1 if places[n] % 960 == 0 else 0
            notes.append(
                Note(f"lead/{kind}-{k}/{n}", start + places[n], places[n + 1] - places[n], pitch,
                     syllable=Syllable("la", ("L", "AA"), stress), line=k, word="la")
            )  # fmt: skip
        lines.append(ScoreLine(k, "la la la la la la la la", f"{kind}-{k}", start, start + 3600))
    lead = Part("lead", "Lead", "lead", "voice", "lead", tuple(notes))
    return Score(
        "Song", Key("A", "minor"), Meter(), TempoMap.constant(120.0), tuple(sections), (), tuple(lines), (lead,),
        2 * BAR * len(kinds),
    )  # fmt: skip


def sung(score: Score, cents: float = 0.0) -> tuple[Performance, np.ndarray]:
    """A performance of plain notes and its sound: a buzz at each note's pitch, `cents` off."""
    seconds = score.tempo_map.seconds_at
    duration = seconds(score.length_ticks)
    sound = np.zeros(int(duration * RATE), np.float32)
    phrases = []
    for number, note in enumerate(score.part("lead").notes):
        start, end = seconds(note.start_tick), seconds(note.end_tick) - 0.02
        hz = 440.0 * 2.0 ** ((note.pitch - 69 + cents / 100) / 12)
        t = np.arange(int((end - start) * RATE)) / RATE
        tone = sum(np.sin(2 * np.pi * hz * k * t) / k for k in range(1, 9))
        fade = np.minimum(1, np.minimum(t, t[-1] - t) / 0.01)
        sound[int(start * RATE) : int(start * RATE) + len(t)] = 0.1 * tone * fade
        phones = (
            SungPhone("L", start, start + 0.02, note.id, note.line),
            SungPhone("AA", start + 0.02, end, note.id, note.line),
        )
        curve = np.full(int((end - start) * 200), hz)
        zero = np.zeros_like(curve)
        phrases.append(SungPhrase(f"p{number}", start, 200.0, phones, curve, zero, zero, zero))
    part = SungPart("lead", "lead", "v", "lead", tuple(phrases))
    return Performance((), (part,), duration), sound


def take_of(score: Score, cents: float = 0.0) -> Take:
    performance, voice = sung(score, cents)
    band = 0.02 * np.asarray(Seed(1).luck().noise(len(voice)), np.float32)
    stems = Stems(("lead", "noise"), (Audio(np.stack([voice] * 2)), Audio(np.stack([band] * 2))))
    master = Master(Audio(np.stack([voice + band] * 2)), -14.0, -1.0, 5.0)
    return Take(SongBrief(), CARD, master, None, score, performance, stems)


@pytest.fixture(scope="module")
def take() -> Take:
    return take_of(song())


@pytest.fixture(scope="module")
def verdict(take: Take) -> Verdict:
    return judge(take, Context(Seed(1), HouseShelf()))


def named(verdict: Verdict, name: str) -> Figure:
    return next(figure for figure in verdict.figures if figure.name == name)


def test_a_tone_in_tune_is_in_tune(verdict: Verdict) -> None:
    assert named(verdict, "pitch of held notes").value < 2.0
    assert named(verdict, "octave errors").value == 0
    assert named(verdict, "lyric lines sung in order").value == 100.0
    assert named(verdict, "stems' sum against master").value > 0.999


@pytest.mark.parametrize(("cents", "octaves"), [(20.0, False), (-1200.0, True)])
def test_a_tone_out_of_tune_is_found(cents: float, octaves: bool) -> None:
    wrong = judge(take_of(song(("verse",)), cents), Context(Seed(1), HouseShelf()))
    figure = named(wrong, "pitch of held notes")
    assert figure.value == pytest.approx(abs(cents), abs=2.0)
    assert figure.passed is False
    assert (named(wrong, "octave errors").value > 0) is octaves


def test_lines_out_of_order_or_silent_are_missed(take: Take) -> None:
    lead = take.performance.sung[0]
    turned = dataclasses.replace(lead, phrases=lead.phrases[8:16] + lead.phrases[:8] + lead.phrases[16:])
    performance = Performance((), (turned,), take.performance.duration_s)
    wrong = judge(dataclasses.replace(take, performance=performance), Context(Seed(1), HouseShelf()))
    assert named(wrong, "lyric lines sung in order").passed is False
    silence = Audio(np.zeros((2, take.stems["lead"].frames), np.float32))
    stems = Stems(("voice", "noise"), (silence, take.stems["noise"]))  # as the raw-audio engine names it
    mute = judge(dataclasses.replace(take, stems=stems), Context(Seed(1), HouseShelf()))
    assert named(mute, "lyric lines sung in order").value == 0.0
    assert named(mute, "pitch of held notes").passed is False


def test_sound_alone_gives_the_figures_of_sound() -> None:
    t = np.arange(4 * RATE) / RATE
    wave = np.stack([0.3 * np.sin(2 * np.pi * 997 * t)] * 2).astype(np.float32)
    wave[:, 3 * RATE // 2 :] = 0.0
    take = Take(SongBrief(duration_s=4.0), CARD, Master(Audio(wave + np.float32(0.01)), -14.0, -1.0, 5.0))
    verdict = judge(take, Context(Seed(1), HouseShelf()))
    assert {figure.name for figure in verdict.figures} == {
        "duration", "loudness", "true peak", "loudness range", "constant offset", "clipped places", "silent tail",
        "peak over loudness", "left against right", "lost in mono", "sides below 120 Hz",
    }  # fmt: skip
    assert named(verdict, "duration").passed is True
    assert named(verdict, "constant offset").passed is False
    assert named(verdict, "true peak").value == pytest.approx(20 * np.log10(0.31), abs=0.1)
    assert not verdict.passed


def test_clipping_and_tails() -> None:
    wave = np.zeros((1, RATE), np.float32)
    wave[0, 100:110] = 1.0
    wave[0, 200:202] = 1.0
    wave[0, 300:303] = -1.0
    assert clipped_runs(wave) == 2
    assert silent_tail_s(Audio(wave)) == pytest.approx(1 - 303 / RATE)
    assert silent_tail_s(Audio(np.zeros((2, RATE), np.float32))) == 1.0


def test_voice_to_band() -> None:
    t = np.arange(RATE) / RATE
    tone = np.stack([np.sin(2 * np.pi * 2000 * t)] * 2)
    assert voice_to_band_db(tone, 0.5 * tone, [(0.1, 0.9)], RATE) == pytest.approx(6.02, abs=0.05)
    low = np.stack([np.sin(2 * np.pi * 100 * t)] * 2)
    assert voice_to_band_db(tone, low, [(0.1, 0.9)], RATE) > 40


def test_the_voice_is_weighed_against_the_band_section_by_section(take: Take) -> None:
    """A band four times as loud under the second half costs the voice 12 dB there and nothing before."""
    voice, noise = (take.stems[name].samples for name in ("lead", "noise"))
    half = voice.shape[1] // 2
    level = np.where(np.arange(voice.shape[1]) < half, 1.0, 4.0).astype(np.float32)
    spans = list(craft.line_spans(take.performance).values())

    def rows(band: np.ndarray) -> list[float]:
        energies = (mixing.band_energy(sound, RATE) for sound in (voice, band))
        found = mixing.voice_by_section_db(*energies, mixing.section_spans(take.score), spans)
        assert [label for label, _ in found] == [section.label for section in take.score.sections]
        return [ratio for _, ratio in found]

    even, uneven = rows(noise), rows(noise * level)
    assert np.allclose(uneven[:2], even[:2], atol=0.2)
    assert np.allclose(np.subtract(even[2:], uneven[2:]), 12.04, atol=0.3)


def test_width_knows_mono_wide_and_out_of_phase() -> None:
    noise = np.asarray(Seed(2).luck().noise(2 * RATE), np.float32).reshape(2, RATE) * 0.1
    same, apart, against = noise[[0, 0]], noise, np.stack([noise[0], -noise[0]])
    assert mixing.width(same)[0] == pytest.approx(1.0) and mixing.width(same)[1] == pytest.approx(
        0.0, abs=0.01
    )
    alike, lost, low = mixing.width(apart)
    assert abs(alike) < 0.05 and lost == pytest.approx(3.0, abs=0.2) and low == pytest.approx(0.0, abs=2.0)
    assert mixing.width(against)[0] == pytest.approx(-1.0) and mixing.width(against)[1] > 30.0


def test_the_tone_of_a_record_is_held_to_its_curve() -> None:
    style = HouseShelf().style("pop")
    bends = (style.tables["mix"].get(f"{bend}_db", 0.0) for bend in ("warmth", "brightness", "scoop"))
    curve = records.usual_spectrum_db(*bends)
    time = np.arange(4 * RATE) / RATE
    wave = sum(
        10 ** (db / 20) * np.sin(2 * np.pi * hz * time + n)
        for n, (hz, db) in enumerate(zip(records.BANDS_HZ, curve, strict=True))
    )
    good = mixing.tone_figure(Audio(np.stack([wave] * 2) * 0.05), style)
    assert good.passed and abs(good.value) < 1.5
    honk = wave + 9.0 * 10 ** (curve[16] / 20) * np.sin(2 * np.pi * 1000.0 * time)
    bad = mixing.tone_figure(Audio(np.stack([honk] * 2) * 0.05), style)
    assert not bad.passed and bad.value > 10.0 and "1000 Hz" in bad.note


def test_esses_are_measured() -> None:
    time = np.arange(4 * RATE) / RATE
    vowel = 0.2 * np.sin(2 * np.pi * 300 * time)
    hiss = np.zeros_like(vowel)
    hiss[RATE : RATE + RATE // 4] = np.diff(Seed(1).luck().noise(RATE // 4 + 1)) * 0.1
    soft, sharp = (mixing.sibilance_db((vowel + level * hiss)[None]) for level in (0.5, 1.0))
    assert sharp - soft == pytest.approx(6.0, abs=0.8)


def test_stress_and_tunes() -> None:
    score = song()
    assert stress_figure(score).value == 100.0
    lead = score.part("lead")
    upside = tuple(
        dataclasses.replace(n, syllable=dataclasses.replace(n.syllable, stress=1 - n.syllable.stress))
        for n in lead.notes
    )
    turned = dataclasses.replace(score, parts=(dataclasses.replace(lead, notes=upside),))
    assert stress_figure(turned).value == 0.0
    figures = {figure.name: figure for figure in tune_figures(score)}
    assert figures["choruses alike"].value == 1.0
    assert figures["verse like chorus"].value < 0.6
    assert figures["chorus above verse in pitch"].value > 3


def test_an_upbeat_of_the_next_verse_is_no_part_of_the_chorus() -> None:
    score = song()
    lead = score.part("lead")
    chorus = next(section for section in score.sections if section.kind == "chorus")
    upbeat = Note("lead/up/1", chorus.end_tick - 120, 120, 60, 0.7, Syllable("the", ("DH", "AH"), 0), line=99)
    verse = next(section.id for section in score.sections if section.kind == "verse")
    line = ScoreLine(99, "the", verse, upbeat.start_tick, upbeat.end_tick)
    notes = tuple(sorted((*lead.notes, upbeat), key=lambda note: note.start_tick))
    parts = tuple(dataclasses.replace(part, notes=notes) if part is lead else part for part in score.parts)
    early = dataclasses.replace(score, parts=parts, lines=(*score.lines, line))
    alike = {figure.name: figure for figure in tune_figures(early)}["choruses alike"]
    assert alike.value == 1.0


@pytest.mark.parametrize("span", [(0.0, None), (2.0, 6.0), (100.0, 5.0)])
def test_the_picture_is_a_page(take: Take, span: tuple[float, float | None]) -> None:
    pytest.importorskip("matplotlib")
    png = draw(take, *span)
    assert png.startswith(b"\x89PNG")
    assert struct.unpack(">II", png[16:24]) == (1600, 1000)


def test_a_sound_alone_has_a_picture(take: Take) -> None:
    pytest.importorskip("matplotlib")
    assert draw(Take(SongBrief(), CARD, take.master)).startswith(b"\x89PNG")


def test_without_matplotlib_one_line_says_what_to_do(take: Take, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: object) -> object:
        if name.startswith("matplotlib"):
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(EngineUnavailable, match=r"songwright\[picture\]"):
        draw(take)


def test_a_wish_is_met_however_it_was_spelled():
    from songwright.guard.craft import _means
    from songwright.music.pitch import parse_key
    from songwright.music.rhythm import parse_meter
    from songwright.values.plan import Key
    from songwright.values.time import Meter

    assert _means(parse_meter, " 6 / 8", Meter(6, 8)) and _means(
        parse_key, "b flat minor", Key("Bb", "minor")
    )
    assert not _means(parse_meter, "3/4", Meter(6, 8)) and not _means(parse_key, "", Key("C"))
