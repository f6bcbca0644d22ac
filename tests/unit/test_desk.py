"""The desk: stems that sum, a voice that is heard, a master of the asked loudness."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from functools import cache
from importlib import resources
from types import SimpleNamespace

import numpy as np
import pytest

from songwright.desk import balance, faders, master, mix, moves, rooms, strips, tone
from songwright.desk.settings import Settings, settings_of
from songwright.dsp import filters, loudness, units
from songwright.errors import ShelfError
from songwright.io.tape import DiskTape
from songwright.values.audio import Audio, Mix, Stems
from songwright.values.context import Context
from songwright.values.performance import Performance, PlayedNote, PlayedPart, SungPart, SungPhone, SungPhrase
from songwright.values.plan import Key, PartPlan, SectionPlan, SongPlan
from songwright.values.seed import Seed
from songwright.values.shelf import Style
from songwright.values.time import Meter, TempoMap

RATE = 48_000
BAR_S = 2.0
SECTIONS = (("verse", 2, 0.4), ("chorus", 2, 0.9), ("verse", 2, 0.4), ("chorus", 2, 0.9))
GENRES = ("country", "folk", "pop", "rock", "ballad", "electronic")
PARTS = (
    PartPlan("drums", "drums", "drumkit-acoustic", "drums"),
    PartPlan("bass", "bass", "bass-finger", "bass"),
    PartPlan("guitar", "comping", "guitar-steel", "guitar"),
    PartPlan("keys", "comping", "piano", "keys"),
    PartPlan("answer", "answer", "fiddle", "fiddle"),
)


def style(genre: str, **changes: float) -> Style:
    tables = tomllib.loads((resources.files("songwright") / "styles" / f"{genre}.toml").read_text())
    tables["mix"] |= changes
    return Style(genre, genre, "", "CC0-1.0", tables)


def context(genre: str = "country", workers: int = 2, **changes: float) -> Context:
    shelf = SimpleNamespace(style=lambda _: style(genre, **changes))
    return Context(Seed(7), shelf, workers=workers)  # type: ignore[arg-type]


def rich(hz: float, seconds: float, partials: int = 20) -> np.ndarray:
    time = np.arange(round(seconds * RATE)) / RATE
    return sum(np.sin(2 * np.pi * hz * n * time + n) / n for n in range(1, partials + 1) if hz * n < 15_000)


@cache
def song() -> tuple[Stems, Performance, SongPlan]:
    """17 s of a made-up band and a made-up voice; the voice sings three of every four seconds."""
    bars = sum(section[1] for section in SECTIONS)
    frames = round((bars * BAR_S + 1.0) * RATE)
    energy = np.concatenate([[level] * length for _, length, level in SECTIONS])
    sounds = {
        name: np.zeros((2, frames), np.float32)
        for name in ("lead", "drums", "bass", "guitar", "keys", "fiddle")
    }
    kicks, phrases = [], []

    def add(
        name: str, at_s: float, sound: np.ndarray, level: float, pair: tuple[float, float] = (1, 1)
    ) -> None:
        first = round(at_s * RATE)
        for channel in (0, 1):
            here = sounds[name][channel, first : first + len(sound)]
            here += (level * pair[channel] * sound[: len(here)]).astype(np.float32)

    hit = np.exp(-30.0 * np.arange(RATE // 4) / RATE)
    noise = Seed(3).luck().noise(RATE // 4)
    for bar in range(bars):
        level, start = 0.4 + 0.6 * energy[bar], bar * BAR_S
        root = 55.0 * 2 ** ([0, 5, 7, 0][bar % 4] / 12)
        for beat in range(4):
            at_s = start + beat * BAR_S / 4
            if beat % 2 == 0:
                add("drums", at_s, hit * np.sin(2 * np.pi * 60 * np.arange(len(hit)) / RATE), level)
                kicks.append(PlayedNote(f"k{bar}{beat}", at_s, at_s + 0.1, 36.0, 0.9))
            else:
                add("drums", at_s, hit * noise, 0.6 * level)
            pluck = rich(root, BAR_S / 4) * np.exp(-3 * np.arange(RATE // 2) / RATE)
            add("bass", at_s, pluck, 0.3 * level)
            for third, name in ((2.0, "guitar"), (2.5, "keys"), (3.0, "keys")):
                chord = rich(root * 2 * third, BAR_S / 4) * np.exp(-4 * np.arange(RATE // 2) / RATE)
                add(name, at_s, chord, 0.12 * level, (1.0, 1.0) if name == "guitar" else (0.8, 1.0))
        if bar % 2 == 0:
            vowel = rich(root * 4, 1.5 * BAR_S, 24) * np.minimum(
                1.0, np.linspace(0, 20, round(1.5 * BAR_S * RATE))
            )
            wave = 0.6 + 0.4 * np.sin(2 * np.pi * 2.0 * np.arange(len(vowel)) / RATE)
            vowel[-960:] *= np.linspace(1.0, 0.0, 960)
            add("lead", start, vowel * wave, 0.1)
            phone = SungPhone("AA", start, start + 1.5 * BAR_S, "n", bar)
            phrases.append(
                SungPhrase(f"p{bar}", start, 100.0, (phone,), [200.0] * 9, [0.0] * 9, [0.5] * 9, [0.0] * 9)
            )
        else:
            add("fiddle", start + 1.0, rich(root * 8, 0.9), 0.08)
    sections = tuple(SectionPlan(f"{k}-{i}", k, k, n, e) for i, (k, n, e) in enumerate(SECTIONS))
    plan = SongPlan(
        "T", "country", "country", "p", "en", Key("A"), Meter(), TempoMap.constant(120.0), sections, PARTS, "v", 45, 64,
        0.5, frames / RATE, 1.0, 7,
    )  # fmt: skip
    played = tuple(
        PlayedPart(p.id, p.role, p.instrument, p.stem, tuple(kicks) if p.id == "drums" else ()) for p in PARTS
    )
    performance = Performance(played, (SungPart("lead", "lead", "v", "lead", tuple(phrases)),), frames / RATE)
    return Stems(tuple(sounds), tuple(Audio(sound) for sound in sounds.values())), performance, plan


@cache
def mixed(genre: str = "country") -> Mix:
    stems, performance, plan = song()
    return mix(stems, performance, plan, context(genre))


def heard(of: Mix) -> dict[str, balance.Heard]:
    return {name: balance.listen(sound.samples) for name, sound in of.stems.items() if name != rooms.STEM}


def section_lufs(samples: np.ndarray, kind: str) -> float:
    _, _, plan = song()
    times = balance.section_times_s(plan)
    found = [
        loudness.integrated_lufs(samples[:, round(a * RATE) : round(b * RATE)])
        for (a, b), section in zip(times, plan.sections, strict=True)
        if section.kind == kind
    ]
    return float(np.mean(found))


@pytest.mark.parametrize("genre", GENRES)
def test_every_genre_mixes_and_masters_to_the_figures(genre: str) -> None:
    stems, _, _ = song()
    made = mixed(genre)
    assert made.stems.names == (*stems.names, "rooms")
    assert made.sum.channels == 2 and made.sum.frames == stems.sounds[0].frames
    total = sum(sound.samples.astype(np.float64) for _, sound in made.stems.items())
    assert units.amplitude_to_db(np.std(total - made.sum.samples) / np.std(total)) <= -120.0
    assert np.abs(made.sum.samples).max() < 0.75
    finished = master(made, -14.0, context(genre))
    assert finished.integrated_lufs == pytest.approx(-14.0, abs=0.1)
    assert finished.integrated_lufs == pytest.approx(
        loudness.integrated_lufs(finished.audio.samples), abs=1e-6
    )
    assert finished.true_peak_dbtp <= -1.1
    assert np.abs(finished.audio.samples.mean(axis=1)).max() < 1e-4
    assert np.abs(finished.audio.samples[:, [0, -1]]).max() < 1e-3
    lead = balance.lead_over_band_db(heard(made), "lead")
    assert 2.0 <= lead <= 6.0
    assert (
        1.5
        <= section_lufs(finished.audio.samples, "chorus") - section_lufs(finished.audio.samples, "verse")
        <= 4.0
    )


def test_the_mix_is_mono_compatible() -> None:
    samples = mixed().sum.samples
    middle = samples.mean(axis=0, keepdims=True).repeat(2, axis=0)
    assert loudness.integrated_lufs(samples) - loudness.integrated_lufs(middle) < 1.5
    assert np.corrcoef(samples)[0, 1] > 0.4


def test_bass_and_lead_stand_in_the_middle_and_chords_apart() -> None:
    def lean_db(name: str) -> float:
        left, right = mixed().stems[name].samples
        return float(units.amplitude_to_db(np.std(left)) - units.amplitude_to_db(np.std(right)))

    assert abs(lean_db("bass")) < 0.5 and abs(lean_db("lead")) < 0.5
    assert lean_db("guitar") > 2.0 and lean_db("keys") < -2.0


def test_the_sound_does_not_depend_on_workers_and_comes_again() -> None:
    stems, performance, plan = song()
    alone = mix(stems, performance, plan, context(workers=1))
    assert np.array_equal(alone.sum.samples, mixed().sum.samples)
    assert all(np.array_equal(alone.stems[name].samples, mixed().stems[name].samples) for name in stems)


def test_the_given_stems_are_untouched_and_a_room_is_around_them() -> None:
    stems, _, _ = song()
    before = stems["guitar"].samples[:, : 10 * RATE].copy()
    mixed()
    assert np.array_equal(before, stems["guitar"].samples[:, : 10 * RATE])
    # after the last chord the dry guitar is silent; the room still answers
    end = round(16.0 * RATE) + 4800
    assert np.abs(stems["guitar"].samples[:, end:]).max() == 0.0
    assert np.abs(mixed().stems["guitar"].samples[:, end : end + 4800]).max() > 1e-6


def test_the_bass_makes_way_for_the_kick_and_pads_pump() -> None:
    _, performance, _ = song()
    kicks = moves.kick_notes(performance)
    assert len(kicks) == 16
    bass = balance.Chair("bass", "bass", "bass-finger", "bass")
    pad = balance.Chair("pad", "pad", "pad-warm", "synth")
    settings = Settings(kick_duck_db=4.0, pump_db=6.0)
    points = round(16 * moves.CONTROL_HZ)
    gain = moves.way_for_kick_db(bass, kicks, 0.5, points, settings)
    assert -4.0 <= gain.min() < -3.0 and gain[round(0.9 * moves.CONTROL_HZ)] == 0.0
    assert moves.way_for_kick_db(pad, kicks, 0.5, points, settings).min() < -5.0
    assert moves.way_for_kick_db(pad, kicks, 0.5, points, replace(settings, pump_db=0.0)) == 0.0


def test_chords_make_way_for_the_voice_where_it_sings() -> None:
    stems, _, _ = song()
    voice = moves.presence(moves.levels(stems["lead"].samples))
    chair = balance.Chair("keys", "comping", "piano", "keys")
    gain = moves.way_for_voice_db(chair, voice, Settings(vocal_duck_db=2.0))
    assert gain[round(1.5 * moves.CONTROL_HZ)] == pytest.approx(-2.0, abs=0.1)
    assert gain[round(3.7 * moves.CONTROL_HZ)] > -0.5
    assert moves.way_for_voice_db(chair, None, Settings()) == 0.0


def test_soft_words_come_up_and_loud_ones_down() -> None:
    time = np.arange(8 * RATE) / RATE
    voice = np.sin(2 * np.pi * 300 * time) * np.where(time < 4, 0.1, 0.4)
    ride = moves.riding_db(moves.levels(voice[None]))
    assert ride[round(2 * moves.CONTROL_HZ)] > 1.0 > -1.0 > ride[round(6 * moves.CONTROL_HZ)]


def test_esses_are_turned_down_and_vowels_left_alone() -> None:
    time = np.arange(4 * RATE) / RATE
    voice = 0.3 * np.sin(2 * np.pi * 300 * time)
    hiss = np.diff(Seed(1).luck().noise(9601)) * 0.4
    voice[2 * RATE : 2 * RATE + 9600] = hiss
    gain = moves.esses_db(voice[None], moves.levels(voice[None]))
    assert gain[round(2.1 * moves.CONTROL_HZ)] < -3.0
    assert gain[round(1.0 * moves.CONTROL_HZ)] == pytest.approx(0.0, abs=0.05)


def test_echoes_fill_the_rest_after_a_line_in_time() -> None:
    stems, performance, plan = song()
    sound = np.zeros_like(stems["lead"].samples)
    rooms.throw_echoes(
        sound, stems["lead"].samples, 1.0, performance, plan, Settings(echo_db=-12.0, echo_beats=1.0)
    )
    rest = slice(round(3.1 * RATE), round(3.5 * RATE))
    assert np.abs(stems["lead"].samples[:, rest]).max() < 1e-6
    assert -40.0 < units.amplitude_to_db(np.std(sound[:, rest]) / np.std(stems["lead"].samples)) < -6.0
    for phrase in performance.sung[0].phrases:  # no echo lies over words
        phone = phrase.phones[0]
        assert not sound[:, round(phone.onset_s * RATE) : round(phone.offset_s * RATE)].any()


def test_a_note_that_outlasts_the_tape_is_damped_and_others_are_not() -> None:
    ringing = np.ones(7500) * 0.01
    gain = moves.hands_off_db(ringing)
    assert gain[0] == 0.0 and gain[-1] < -80.0 and gain[-round(0.6 * moves.CONTROL_HZ)] == 0.0
    assert moves.hands_off_db(np.append(ringing, np.zeros(750))) == 0.0


@pytest.mark.parametrize("names", [("lead",), ("drums",), ("bass", "guitar")])
def test_few_stems_are_a_song_too(names: tuple[str, ...]) -> None:
    stems, performance, plan = song()
    few = Stems(names, tuple(stems[name] for name in names))
    finished = master(mix(few, performance, plan, context()), -14.0, context())
    assert finished.integrated_lufs == pytest.approx(-14.0, abs=0.1)
    assert finished.true_peak_dbtp <= -1.1


def test_silence_stays_silence() -> None:
    _, performance, plan = song()
    silent = Stems(("lead", "drums"), (Audio(np.zeros((2, RATE * 3))), Audio(np.zeros((2, RATE * 3)))))
    finished = master(mix(silent, performance, plan, context()), -14.0, context())
    assert not finished.audio.samples.any()
    assert finished.integrated_lufs == loudness.SILENCE_LUFS


def test_a_silent_stem_between_others_stays_silent() -> None:
    stems, performance, plan = song()
    sounds = tuple(Audio(np.zeros_like(s.samples)) if n == "keys" else s for n, s in stems.items())
    made = mix(Stems(stems.names, sounds), performance, plan, context())
    assert not made.stems["keys"].samples.any()
    assert made.stems["guitar"].samples.any()


@pytest.mark.parametrize("frames", [1, 60, 4_800, RATE])
@pytest.mark.parametrize("channels", [1, 2])
def test_very_short_and_one_channel_stems(frames: int, channels: int) -> None:
    _, performance, plan = song()
    noise = Seed(2).luck().noise(frames * channels).reshape(channels, frames) * 0.1
    stems = Stems(("lead", "drums"), (Audio(noise), Audio(noise * 0.5)))
    made = mix(stems, performance, plan, context())
    assert made.sum.samples.shape == (2, frames)
    assert np.isfinite(master(made, -14.0, context()).audio.samples).all()


def test_broken_numbers_do_not_reach_the_record() -> None:
    stems, performance, plan = song()
    broken = np.array(stems["guitar"].samples)
    broken[0, 1000:1010], broken[1, 5000] = np.nan, np.inf
    sounds = tuple(Audio(broken) if n == "guitar" else s for n, s in stems.items())
    made = mix(Stems(stems.names, sounds), performance, plan, context())
    assert np.isfinite(made.sum.samples).all()
    assert master(made, -14.0, context()).integrated_lufs == pytest.approx(-14.0, abs=0.1)


@pytest.mark.parametrize("wanted", [-23.0, -16.0, -9.0])
def test_other_loudness_targets(wanted: float) -> None:
    finished = master(mixed(), wanted, context())
    assert finished.integrated_lufs == pytest.approx(wanted, abs=0.1)
    assert finished.true_peak_dbtp <= -1.1


def test_nothing_to_mix_and_another_rate_are_said() -> None:
    _, performance, plan = song()
    with pytest.raises(ShelfError, match="nothing to mix"):
        mix(Stems((), ()), performance, plan, context())
    with pytest.raises(ShelfError, match="44100"):
        mix(Stems(("a",), (Audio(np.zeros((2, 10)), 44_100),)), performance, plan, context())


@pytest.mark.parametrize("genre", GENRES)
def test_the_mix_tables_are_sound(genre: str) -> None:
    assert settings_of(style(genre)) != Settings()


@pytest.mark.parametrize("change", [{"drumms": -3.0}, {"drums": 40.0}, {"drums": True}, {"plate_s": "long"}])
def test_a_wrong_mix_table_is_named(change: dict[str, object]) -> None:
    with pytest.raises(ShelfError, match=r"style rock: \[mix\]"):
        settings_of(style("rock", **change))  # type: ignore[arg-type]


def test_unknown_stems_are_chords_and_names_help() -> None:
    empty, plan = Performance((), (), 1.0), replace(song()[2], parts=())
    found = balance.chairs(("vocals", "bass", "Drums", "marimba"), empty, plan)
    assert [chair.role for chair in found] == ["lead", "bass", "drums", "comping"]


def test_one_channel_chords_get_two_sides_that_cancel_in_mono() -> None:
    chair = balance.Chair("guitar", "comping", "guitar-steel", "guitar")
    mono = Seed(4).luck().noise(RATE)[None].astype(np.float32)
    apart = strips.spreader(chair, mono, Seed(1))
    plain = strips.Strip(
        strips.equalizer(chair),
        np.ones(1, np.float32),
        0.0,
        1.0,
        np.zeros((2, 10), np.float32),
        np.zeros(0),
    )
    gain = np.ones(RATE // moves.HOP + 2, np.float32)
    narrow, wide = (strips.print_strip(s, mono, gain) for s in (plain, replace(plain, spread=apart)))
    assert np.corrcoef(narrow)[0, 1] == pytest.approx(1.0)
    assert 0.3 < np.corrcoef(wide)[0, 1] < 0.95
    assert np.allclose(narrow.sum(axis=0), wide.sum(axis=0), atol=1e-4)


def test_long_songs_lie_on_tape_and_sound_the_same() -> None:
    """With no memory to spare every stem goes through the disk; not one sample differs."""
    stems, performance, plan = song()
    tape = DiskTape(in_memory_bytes=0)
    onto = Stems(stems.names, tuple(Audio(tape.keep(sound.samples)) for _, sound in stems.items()))
    made = mix(onto, performance, plan, replace(context(), tape=tape))
    assert np.array_equal(made.sum.samples, mixed().sum.samples)
    tape.put_by(made.stems["guitar"].samples)
    assert np.array_equal(made.stems["guitar"].samples, mixed().stems["guitar"].samples)


def test_the_voice_keeps_its_place_in_every_section() -> None:
    """A band that doubles in the choruses costs the voice nothing: fader and pocket follow."""
    stems, performance, plan = song()
    ramp = np.ones(stems["lead"].frames, np.float32)
    for (start, end), section in zip(balance.section_times_s(plan), plan.sections, strict=True):
        ramp[round(start * RATE) : round(end * RATE)] = 2.0 if section.kind == "chorus" else 1.0
    sounds = tuple(
        Audio(sound.samples * ramp if name in ("guitar", "keys") else sound.samples)
        for name, sound in stems.items()
    )
    listened = heard(mix(Stems(stems.names, sounds), performance, plan, context()))
    sung = balance.sung_stretches(performance, listened["lead"])
    for start, end in balance.section_times_s(plan):
        here = slice(round(start * RATE / balance.STRETCH), round(end * RATE / balance.STRETCH))
        voice, band = (
            sum((listened[n].bands[here][sung[here]] @ balance.VOICE_SHARE).sum() for n in names)
            for names in (["lead"], [n for n in listened if n != "lead"])
        )
        assert 2.0 <= units.power_to_db(voice) - units.power_to_db(band) <= 6.0


def test_a_fader_on_its_way_is_heard_too() -> None:
    """A voice far above a soft verse sings on into the chorus; both come out at the wanted distance."""
    plan = replace(song()[2], sections=song()[2].sections[:2])
    settings, count = settings_of(style("pop")), round(8.0 * RATE / balance.STRETCH)
    verse = np.arange(count) < count // 2
    voice, band = np.zeros((2, count, len(balance.BANDS_HZ)))
    voice[count // 4 :, 18] = 1.0
    band[:, 18] = units.db_to_power(np.where(verse, -13.0, -3.0))
    tables = {"lead": balance.Heard(voice), "keys": balance.Heard(band)}
    rides = faders.lead_rides_db(tables, "lead", Performance((), (), 8.0), plan, settings)
    curve = faders.steps_db(rides, plan, count, RATE / balance.STRETCH, faders.RAMP_S)
    for here in (verse, ~verse):
        here = here & (voice[:, 18] > 0)
        over = units.power_to_db((units.db_to_power(curve) * voice[:, 18])[here].sum() / band[here, 18].sum())
        assert over == pytest.approx(settings.lead_over_band_db, abs=0.1)


def test_the_pocket_takes_from_words_alone() -> None:
    """A band cut by 6 dB at 2 kHz while the pocket is open is untouched at 200 Hz, and untouched when it is closed."""
    flat, dead = np.ones(1, np.float32), np.zeros((2, 10), np.float32)
    strip = strips.Strip(filters.chain(), flat, 0.0, 1.0, dead, np.zeros(0))
    time = np.arange(4 * RATE) / RATE
    sound = (np.sin(2 * np.pi * 200 * time) + np.sin(2 * np.pi * 2000 * time))[None].astype(np.float32)
    points = len(time) // moves.HOP + 2
    pocket = np.where(np.arange(points) < points // 2, 0.5, 1.0).astype(np.float32)
    out = strips.print_strip(strip, sound, np.ones(points, np.float32), pocket)[0]

    def level_db(hz: float, piece: np.ndarray) -> float:
        window = np.hanning(len(piece)) * np.exp(-2j * np.pi * hz * np.arange(len(piece)) / RATE)
        return float(
            units.amplitude_to_db(2.0 * abs((piece * window).mean()) / np.hanning(len(piece)).mean())
        )

    early, late = out[RATE // 2 : RATE * 3 // 2], out[RATE * 5 // 2 : RATE * 7 // 2]
    assert level_db(2000, early) == pytest.approx(-6.0, abs=0.2)
    assert level_db(200, early) == pytest.approx(0.0, abs=0.3)
    assert level_db(2000, late) == pytest.approx(0.0, abs=0.05)


def test_low_notes_stand_in_the_middle_whatever_the_pan() -> None:
    flat, dead = np.ones(1, np.float32), np.zeros((2, 10), np.float32)
    strip = strips.Strip(filters.chain(), flat, -1.0, 1.0, dead, np.zeros(0))
    time, gain = np.arange(2 * RATE) / RATE, np.ones(2 * RATE // moves.HOP + 2, np.float32)
    for hz, most, least in ((30.0, 2.5, 0.0), (2000.0, 99.0, 20.0)):
        left, right = strips.print_strip(strip, np.sin(2 * np.pi * hz * time)[None].astype(np.float32), gain)
        apart_db = float(units.amplitude_to_db(np.std(left)) - units.amplitude_to_db(np.std(right)))
        assert least <= apart_db <= most


def test_drums_are_thickened_and_keep_their_strokes() -> None:
    """Beside itself squeezed, a kit's tails come up by some decibels; the strokes stand as they stood."""
    hits = np.tile(np.append(np.full(8, 1.0), np.full(367, 0.003)), 16)
    gain = moves.crushed_db(hits, 0.5)
    tails, strokes = gain[300::375], gain[4::375]
    assert tails.mean() - strokes.mean() > 2.0
    assert moves.crushed_db(hits, 0.0) == 0.0


def test_the_record_is_brought_to_the_curve_of_its_genre() -> None:
    settings, levels, roles = settings_of(style("pop")), {"all": 0.0}, {"all": "comping"}
    wanted = tone.target_db(settings)
    table = balance.Heard(units.db_to_power(np.tile(wanted - 40.0, (10, 1))))
    assert np.abs(tone.correction_db({"all": table}, levels, roles, settings)).max() < 0.05
    dull = table.through(0.0, np.where(balance.BANDS_HZ > 3000.0, -9.0, 0.0))
    curve = tone.correction_db({"all": dull}, levels, roles, settings)
    assert (np.abs(curve) <= tone.MOST_DB).all() and curve[balance.BANDS_HZ > 5000.0].min() > 5.0
    response = np.fft.rfft(tone.taps(curve), 48_000)
    got = units.amplitude_to_db(np.abs(response[np.round(balance.BANDS_HZ).astype(int)]))
    assert np.abs(got - curve)[balance.BANDS_HZ > 60.0].max() < 0.5


def test_the_equalizer_knows_that_voices_only_get_its_tilt() -> None:
    """Half of the sound is a voice that lacks 2 kHz and hardly gets it: the band is given more instead."""
    settings = settings_of(style("pop"))
    usual = balance.Heard(units.db_to_power(np.tile(tone.target_db(settings) - 40.0, (10, 1))))
    hollow = usual.through(0.0, np.where(np.abs(balance.BANDS_HZ - 2000.0) < 10.0, -8.0, 0.0))
    heard, levels = {"guitar": hollow, "voice": hollow}, {"guitar": 0.0, "voice": 0.0}
    here = int(np.abs(balance.BANDS_HZ - 2000.0).argmin())
    played = tone.correction_db(heard, levels, dict.fromkeys(heard, "comping"), settings)[here]
    curve = tone.correction_db(heard, levels, {"guitar": "comping", "voice": "lead"}, settings)
    assert curve[here] > played - 0.01 and curve[here] > 5.5
    assert tone.for_voices(curve)[here] < 2.0


def test_no_fader_moves_against_the_equalizer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Highs brought up by the equalizer come up; the lows of a kit do not pay for its cymbals."""
    stems, performance, plan = song()
    lows = (balance.BANDS_HZ > 50.0) & (balance.BANDS_HZ < 260.0)
    weight_db = []
    for lift_db in (0.0, 6.0):
        curve = np.where(balance.BANDS_HZ > 3000.0, lift_db, 0.0)
        monkeypatch.setattr(tone, "correction_db", lambda *_, curve=curve: curve)
        monkeypatch.setattr(tone, "lean_db", lambda heard, *_: dict.fromkeys(heard, 0.0))
        mixed = mix(stems, performance, plan, context()).stems
        drums, bass = (balance.listen(mixed[name].samples).bands[:, lows].sum() for name in ("drums", "bass"))
        weight_db.append(float(units.power_to_db(drums / bass)))
    assert abs(weight_db[1] - weight_db[0]) < 0.5


def test_rooms_step_back_while_the_lead_sings() -> None:
    """6 dB in the words, nothing in the rests."""
    into = np.ones((2, 100 * moves.HOP), np.float32)
    voice = np.append(np.zeros(40), np.ones(61))
    rooms.step_back(into, voice)
    assert into[0, 30 * moves.HOP] == pytest.approx(1.0)
    assert into[1, 80 * moves.HOP] == pytest.approx(0.501, abs=0.002)


def test_a_thin_bass_gets_its_weight_and_a_heavy_one_stays() -> None:
    chair = balance.Chair("bass", "bass", "bass-finger", "bass")
    lows = balance.BANDS_HZ < 85.0
    for weight_db, least, most in ((-15.0, 4.0, 6.1), (0.0, -0.01, 0.01)):
        power = units.db_to_power(np.where(lows, weight_db, np.where(balance.BANDS_HZ < 400.0, 0.0, -40.0)))
        shelf = strips.brightening(chair, balance.Heard(np.tile(power, (10, 1))))
        assert least <= filters.response_db(shelf, np.array([45.0]))[0] <= most


def test_the_song_breathes_within_its_range() -> None:
    """Sections all alike are drawn apart, sections far apart drawn together."""
    _, _, plan = song()
    plan = replace(plan, sections=tuple(replace(s, bars=8) for s in plan.sections))
    seconds = np.arange(640) * 0.1
    lifts = []
    for high in (1.0, 40.0):
        energy = np.where((seconds // 16).astype(int) % 2 == 0, 1.0, high) * 1e-3
        gains = faders.section_gains_db(energy, 0.1, plan, settings_of(style("pop")))
        moved = energy * units.db_to_power(np.repeat(gains, 160))
        assert loudness.range_of(moved) <= 9.0
        lifts.append(units.power_to_db(moved[200] / moved[50]))
    assert all(1.8 <= lift <= 4.0 for lift in lifts)
