"""What the singing network is told, and the 64 numbers it answers with."""

import numpy as np
import pytest

from songwright.singer import conditioning, fullband
from songwright.text import phones


def timing(*rows):
    symbols, onsets, offsets = zip(*rows, strict=True)
    return conditioning.Timing(symbols, np.array(onsets), np.array(offsets))


def column(told, name):
    return told["numbers"][:, conditioning.NUMBERS.index(name)]


def test_the_table_has_every_phone_once():
    assert sorted(conditioning.SYMBOLS) == sorted(phones.PHONES)
    assert conditioning.SYMBOLS[0] == "PAU"


def test_an_unknown_phone_is_told_as_its_nearest():
    english = [symbol for symbol in conditioning.SYMBOLS if symbol in phones.ENGLISH]
    assert english[conditioning.codes(["UE"], english)[0]] in ("IY", "UW")
    assert english[conditioning.codes(["T"], english)[0]] == "T"


def test_neighbours_of_a_frame():
    told = conditioning.condition(
        timing(("M", 0.0, 0.1), ("AA", 0.1, 0.3), ("N", 0.3, 0.4)), 0.0, 80, np.full(80, 220.0)
    )
    names = [[conditioning.SYMBOLS[code] for code in row] for row in told["phones"]]
    assert names[0] == ["PAU", "M", "AA", "N"]
    assert names[20] == ["M", "AA", "N", "PAU"]
    assert names[79] == ["AA", "N", "PAU", "PAU"]
    assert told["numbers"].dtype == np.float32


def test_the_middle_of_a_long_note_looks_the_same_however_long_it_is():
    """A vowel of 1 s and one of 8 s: half a second after the onset the network is told exactly the same."""
    rows = []
    for length in (1.0, 8.0):
        told = conditioning.condition(
            timing(("L", 0.0, 0.08), ("AA", 0.08, 0.08 + length), ("T", 0.08 + length, 0.2 + length)),
            0.0, 200, np.full(200, 440.0),
        )  # fmt: skip
        rows.append((told["phones"][116], told["numbers"][116]))
    assert np.array_equal(rows[0][0], rows[1][0])
    assert np.array_equal(rows[0][1], rows[1][1])


def test_time_is_counted_from_and_to_the_borders():
    told = conditioning.condition(timing(("AA", 0.0, 0.4), ("T", 0.4, 0.5)), 0.0, 100, np.full(100, 100.0))
    since, until = column(told, "since"), column(told, "until")
    assert since[10] == pytest.approx(0.05 / conditioning.REACH_S, abs=1e-6)
    assert until[70] == pytest.approx(0.05 / conditioning.REACH_S, abs=1e-6)
    assert since[79] == 1.0 and since[80] == pytest.approx(0.0, abs=1e-6)


def test_pitch_and_effort_reach_the_network():
    f0 = np.full(20, 440.0)
    quiet = conditioning.condition(timing(("AA", 0.0, 0.1)), 0.0, 20, f0)
    loud = conditioning.condition(timing(("AA", 0.0, 0.1)), 0.0, 20, f0, np.ones(20))
    assert np.all(column(quiet, "pitch") == 1.0)  # an octave above 220 Hz
    assert not column(quiet, "effort_known").any() and column(loud, "effort_known").all()
    assert np.all(column(loud, "effort") == 1.0)


def test_silence_stands_where_no_phone_sounds():
    full = conditioning.without_gaps(timing(("AA", 0.1, 0.2), ("T", 0.3, 0.35)), 0.0, 0.5)
    assert full.symbols == ("PAU", "AA", "PAU", "T", "PAU")
    assert np.array_equal(full.onset_s[1:], full.offset_s[:-1])
    assert full.onset_s[0] == 0.0 and full.offset_s[-1] == 0.5


def test_a_voice_between_two():
    weights = conditioning.speaker_weights({"a": 3, "c": 1}, ("a", "b", "c"))
    assert weights.tolist() == [0.75, 0.0, 0.25]
    with pytest.raises(KeyError):
        conditioning.speaker_weights({"stranger": 1}, ("a",))
    with pytest.raises(ValueError, match="share"):
        conditioning.speaker_weights({"a": 0}, ("a",))


def test_an_envelope_of_formants_survives_the_64_numbers():
    """Three resonances on a falling slope: 64 cosines on the mel scale hold them within half a decibel."""
    hz = fullband.band_hz()
    curve = -6.0 - hz / 4_000.0
    for centre, width in ((700, 130), (1_200, 150), (2_600, 220)):
        curve = curve + 4.0 * np.exp(-0.5 * ((hz - centre) / width) ** 2)
    again = fullband.envelope_of(fullband.cepstra_of(curve[None]))[0]
    assert np.abs(again - curve).max() * 10 / np.log(10) < 0.5


def test_spectrum_and_back():
    hz = np.linspace(0, 24_000, 1025)
    power = np.exp(-4.0 - 2.0 * np.cos(fullband.mel(hz) / 500.0))[None]
    cepstra = fullband.cepstra_of(fullband.envelope_of_power(power))
    assert np.abs(np.log(fullband.power_of(cepstra, 1025)) - np.log(power)).max() < 0.05


def test_air_between_the_places_where_it_is_known():
    air = np.array([[-20.0, -10.0, -5.0, -2.0, -1.0]])
    share = 20 * np.log10(fullband.aperiodicity_of(air, 1025)[0])
    assert (
        share[0] == pytest.approx(-60)
        and share[128] == pytest.approx(-20)
        and share[256] == pytest.approx(-10)
    )
    assert share[64] == pytest.approx(-40)
    assert np.all(fullband.aperiodicity_of(np.full((1, 5), -0.1), 1025) == 1.0)
