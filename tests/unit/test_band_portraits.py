"""Portraits of recorded instruments: what is measured is what sounds, and what hands add to it."""

from __future__ import annotations

import numpy as np
import pytest
import soundfile

from songwright import band
from songwright.band.additive import hiss, tones
from songwright.band.patches import PATCHES
from songwright.band.portrait import BANDS_HZ, KNOTS_S, from_bytes, portrait_of, to_bytes
from songwright.band.recorded import BETTER, patches_of
from songwright.band.stroke import Stroke
from songwright.dsp.resemblance import aligned, mel_distance_db, stft_distance
from songwright.dsp.units import midi_to_hz
from songwright.errors import ShelfError
from songwright.io.shelf import HouseShelf
from songwright.music.instruments import INSTRUMENTS
from songwright.performer.manner import read_manner
from songwright.train.instruments.partials import stretched
from songwright.train.instruments.samples import read_samples
from songwright.train.instruments.task import train_instruments
from songwright.values.audio import RATE_HZ, Audio
from songwright.values.context import Context, Progress
from songwright.values.performance import Performance, PlayedNote, PlayedPart
from songwright.values.seed import Seed

ARRAYS = HouseShelf().instruments()
RECORDED = patches_of(ARRAYS)
STRUCK = ("guitar-clean", "bass-finger", "bass-upright", "piano")


def note(instrument, pitch, strength=0.7, how="", seconds=1.5, take=0, patches=RECORDED):
    frames = int(seconds * RATE_HZ)
    stroke = Stroke(pitch, strength, how, seconds, frames)
    return np.atleast_2d(patches[instrument].voice.note(stroke, Seed(3).child(take).luck()))


def middle(instrument):
    one = INSTRUMENTS[instrument]
    return (one.low + one.high) // 2


def energies(x, step_s=0.25):
    hop = int(step_s * RATE_HZ)
    mono = (x**2).mean(axis=0)
    return mono[: len(mono) // hop * hop].reshape(-1, hop).sum(axis=1)


def centroid(x):
    power = np.abs(np.fft.rfft(x.mean(axis=0))) ** 2
    return (np.fft.rfftfreq(x.shape[1], 1 / RATE_HZ) * power).sum() / power.sum()


def test_decibels_survive_their_byte():
    db = np.linspace(-110, 17, 300)
    assert np.abs(from_bytes(to_bytes(db)) - db).max() <= 0.25


def test_partials_sound_at_their_frequency_level_and_decay():
    db = np.zeros((2, len(KNOTS_S)))
    db[0] = -6.0 - 20.0 * KNOTS_S
    db[1] = -100.0
    x = tones(np.array([437.0, 900.0]), np.zeros(2), db, 3 * RATE_HZ)
    time = np.arange(len(x)) / RATE_HZ
    assert np.abs(x - 10 ** (db[0, 0] / 20) * 10 ** (-time) * np.cos(2 * np.pi * 437.0 * time)).max() < 0.01


def test_noise_has_the_level_asked_in_each_band():
    db = np.tile(np.linspace(-20, -40, len(BANDS_HZ) - 1)[:, None], len(KNOTS_S))
    x = hiss(db, 4 * RATE_HZ, Seed(1).luck())
    power = np.abs(np.fft.rfft(x)) ** 2 * 2 / len(x) ** 2
    hz = np.fft.rfftfreq(len(x), 1 / RATE_HZ)
    for i in range(8, len(BANDS_HZ) - 1, 4):
        got = 10 * np.log10(power[(hz >= BANDS_HZ[i]) & (hz < BANDS_HZ[i + 1])].sum())
        assert got == pytest.approx(db[i, 0], abs=1.5)


@pytest.mark.parametrize("instrument", STRUCK)
def test_what_was_struck_dies_away(instrument):
    for pitch in (INSTRUMENTS[instrument].low, middle(instrument), INSTRUMENTS[instrument].high):
        steps = energies(note(instrument, pitch, seconds=4.0), 0.5)
        assert (np.diff(steps) < 0.02 * steps[0]).all(), (instrument, pitch, steps)
        assert steps[-1] < 0.2 * steps[0]


@pytest.mark.parametrize("instrument", [*STRUCK, "sax-tenor"])
def test_harder_is_brighter(instrument):
    soft, hard = (centroid(note(instrument, middle(instrument), s)) for s in (0.15, 0.95))
    assert hard > 1.05 * soft


def test_a_blown_note_stays_as_long_as_the_breath():
    steps = energies(note("sax-tenor", 60, seconds=6.0))
    assert steps[4:-1].min() > 0.4 * steps[4:-1].max()


@pytest.mark.parametrize("instrument", ["guitar-clean", "guitar-distorted", "bass-finger"])
def test_the_palm_shortens_and_darkens(instrument):
    free, damped = (note(instrument, middle(instrument), how=how) for how in ("", "mute"))
    late = slice(int(0.35 * RATE_HZ), None)
    share = [(x[:, late] ** 2).sum() / (x**2).sum() for x in (free, damped)]
    assert share[1] < 0.2 * share[0]
    ringing = slice(int(0.03 * RATE_HZ), int(0.15 * RATE_HZ))
    assert centroid(damped[:, ringing]) < 0.9 * centroid(free[:, ringing])


def test_a_slurred_note_has_no_new_stroke():
    first = slice(0, int(0.02 * RATE_HZ))
    plain, slurred = (note("bass-finger", 40, how=how) for how in ("", "legato"))
    top = [
        np.abs(np.fft.rfft(x[0, first] * np.hanning(960)))[40:].sum() / np.sqrt((x**2).sum())
        for x in (plain, slurred)
    ]
    assert top[1] < 0.8 * top[0]
    tongued, tied = (energies(note("sax-tenor", 60, how=how), 0.02)[0] for how in ("", "legato"))
    assert tied > 2 * tongued


def test_takes_differ_and_the_same_take_does_not():
    for instrument in (*STRUCK, "sax-tenor"):
        a, b, again = (note(instrument, 45, take=t, seconds=0.3) for t in (0, 1, 0))
        assert np.array_equal(a, again) and not np.array_equal(a, b)
        assert mel_distance_db(b[0], a[0]) < 6.0  # still the same instrument


def test_the_bass_string_is_stiff_as_measured():
    piano = portrait_of(ARRAYS, "piano")
    low, high = piano.at(33, 0.7).stiffness, piano.at(72, 0.7).stiffness
    assert 5e-5 < low < 5e-4 < high < 3e-3


def recorded(tmp_path, pitches=(48, 52, 55, 59, 62, 64), stiffness=2e-4):
    """A folder of plucked strings whose laws are known: partials fall by 3 dB each, T60 of 3 s over the number."""
    rows = ["file\tinstrument\tmidi_note\tvelocity\tsource\tlicence"]
    time = np.arange(int(2.2 * RATE_HZ)) / RATE_HZ
    for pitch in pitches:
        for name, slope in (("p", 4.0), ("f", 3.0)):
            hz = stretched(midi_to_hz(pitch), stiffness, 16)
            k = np.arange(1, 17)
            partials = 10.0 ** (-slope * (k - 1)[:, None] / 20 - 3 * time * np.sqrt(k)[:, None] / 3.0)
            x = 0.1 * (partials * np.sin(2 * np.pi * hz[:, None] * time + 2.4 * k[:, None] ** 2)).sum(axis=0)
            x += 0.004 * Seed(pitch).luck().noise(len(x)) * np.exp(-time / 0.02)
            soundfile.write(tmp_path / f"{pitch}{name}.wav", x, RATE_HZ)
            rows.append(f"{pitch}{name}.wav\telectric guitar\t{pitch}\t{name}\ttest\tCC0")
    (tmp_path / "index.tsv").write_text("\n".join(rows))
    return tmp_path


def test_known_strings_are_measured_and_come_nearer_than_the_textbook(tmp_path):
    folder = recorded(tmp_path)
    card = train_instruments(folder, tmp_path / "out", lambda line: None)
    with np.load(tmp_path / "out" / "instruments.npz") as kept:
        guitar = portrait_of(kept, "guitar-electric")
    assert card["bytes"] == (tmp_path / "out" / "instruments.npz").stat().st_size
    assert str(card["sha256"]) in (tmp_path / "out" / "instruments.toml").read_text()
    assert guitar.stiffness == pytest.approx(np.full(6, 2e-4), rel=0.15)
    moment = guitar.at(55, 0.85)
    early = moment.partials[:8, 5]
    assert early - early[0] == pytest.approx(
        -3.0 * np.arange(8) - 20 * 0.064 * (np.sqrt(np.arange(1, 9)) - 1), abs=1.5
    )
    fall = (moment.partials[:4, 8] - moment.partials[:4, 6]) / (KNOTS_S[8] - KNOTS_S[6])
    assert fall == pytest.approx(-20 * np.sqrt(np.arange(1, 5)), rel=0.15)

    from songwright.band.portrayed import Struck

    like = next(s for s in read_samples(folder) if s.pitch == 55 and s.strength == 0.85).sound()[0]
    stroke = Stroke(55, 0.85, "", 2.0, len(like))
    mine, textbook = (
        aligned(np.atleast_2d(voice.note(stroke, Seed(1).luck()))[0], like)
        for voice in (Struck("test", guitar), PATCHES["guitar-clean"].voice)
    )
    assert mel_distance_db(mine, like) < 0.5 * mel_distance_db(textbook, like)
    assert stft_distance(mine, like) < stft_distance(textbook, like)


def test_a_folder_without_index_is_named(tmp_path):
    with pytest.raises(ShelfError, match=r"index\.tsv"):
        read_samples(tmp_path)
    (tmp_path / "index.tsv").write_text(
        "file\tinstrument\tmidi_note\tvelocity\tsource\tlicence\na.wav\tgrand piano\t60\tp\tx\tCC0\n"
    )
    with pytest.raises(ShelfError, match=r"a\.wav"):
        read_samples(tmp_path)


def test_distances_know_silence_level_and_delay():
    x = note("piano", 60)[0]
    late = np.concatenate([np.zeros(2000, np.float32), 0.3 * x])
    assert mel_distance_db(x, x) == 0.0 and stft_distance(x, x) == 0.0
    assert mel_distance_db(aligned(late, x), x) < 0.3
    assert mel_distance_db(aligned(note("piano", 67)[0], x), x) > 3.0


class Shelf:
    """Portraits or none, and a sampler that remembers what it was asked."""

    def __init__(self, portraits=True):
        self._portraits, self.asked = portraits, []

    def instruments(self):
        if not self._portraits:
            raise ShelfError("weights instruments", "is damaged")
        return ARRAYS

    def sampler(self):
        return self

    def describe(self):
        return "silence"

    def play(self, parts, frames, rate_hz, keep=None):
        self.asked.extend(part.instrument for part in parts)
        return {part.id: Audio(np.zeros((2, frames), np.float32), rate_hz) for part in parts}


def played(instrument, sound=""):
    return PlayedPart(instrument, "x", instrument, instrument, (PlayedNote("a", 0.0, 0.3, 50, 0.7),), sound)


def test_each_part_takes_the_better_sound_unless_the_genre_asks():
    own = next(name for name, sound in BETTER.items() if sound == "own")
    shelf = Shelf()
    band.play(Performance((played(own), played("flute")), (), 0.5), Context(Seed(1), shelf))
    assert shelf.asked == ["flute"]
    shelf = Shelf()
    asked = Performance(
        (played(own, "soundfont"), played("flute", "own"), played("pad-warm", "soundfont")), (), 0.5
    )
    band.play(asked, Context(Seed(1), shelf))
    assert shelf.asked == [own]


def test_without_portraits_the_textbook_plays_and_says_so():
    told: list[Progress] = []
    song = Performance((played("bass-finger", "own"),), (), 0.5)
    stems = band.play(song, Context(Seed(1), Shelf(False), tell=told.append))
    assert np.abs(stems["bass-finger"].samples).max() > 0.01
    assert any("damaged" in progress.note for progress in told)


def test_who_sat_for_no_portrait_plays_as_in_the_textbook():
    some = {name: array for name, array in ARRAYS.items() if name.startswith("piano/")}
    patches = patches_of(some)
    assert patches["piano"] is not PATCHES["piano"]
    assert all(patches[name] is PATCHES[name] for name in PATCHES if name != "piano")


@pytest.mark.parametrize(
    "table", [{"sounds": "own"}, {"sounds": {"theremin": "own"}}, {"sounds": {"piano": "gramophone"}}]
)
def test_a_wrong_wish_for_a_sound_is_one_clear_line(table):
    with pytest.raises(ShelfError, match="sounds"):
        read_manner("mine", table)
    assert read_manner("mine", {"sounds": {"piano": "own"}}).sounds == (("piano", "own"),)


def test_the_card_counts_what_was_heard():
    card = HouseShelf().weights_card("instruments")
    assert "CC-BY-4.0" in card.licence and "HeadroomPiano" in card.source


def test_a_staccato_note_is_stopped_by_the_hand():
    def tail(how):
        part = PlayedPart("p", "x", "piano", "p", (PlayedNote("a", 0.0, 0.3, 60, 0.7, how),), "own")
        x = band.play(Performance((part,), (), 0.8), Context(Seed(1), Shelf()))["p"].samples
        return (x[:, int(0.35 * RATE_HZ) :] ** 2).sum()

    assert tail("staccato") < 0.5 * tail("")


def test_a_softer_stroke_on_a_recorded_drum_is_darker():
    snare = RECORDED["drumkit-power"].voice
    soft, hard = (snare.note(Stroke(38, s, "", 0.3, RATE_HZ // 3), Seed(1).luck()) for s in (0.1, 1.0))
    assert centroid(hard) > 1.1 * centroid(soft)
