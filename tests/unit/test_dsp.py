"""The sound basics do what their names say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from songwright.dsp import dynamics, envelopes, filters, loudness, space, spectra, units
from songwright.values.seed import Seed

RATE = 48_000


def noise(frames: int, name: str = "noise") -> np.ndarray:
    return Seed(1).child(name).luck().noise(frames)


def tone(hz: float, seconds: float = 1.0, amplitude: float = 0.5) -> np.ndarray:
    return amplitude * np.sin(2 * np.pi * hz * np.arange(round(seconds * RATE)) / RATE)


def test_decibels_and_pitches_round_trip() -> None:
    assert units.db_to_amplitude(20.0) == pytest.approx(10.0)
    assert units.amplitude_to_db(0.0) == units.SILENCE_DB
    assert units.midi_to_hz(69) == 440.0
    assert units.hz_to_midi(units.midi_to_hz(43.25)) == pytest.approx(43.25)


@pytest.mark.parametrize(
    ("sos", "hz", "wanted_db"),
    [
        (filters.low_pass(1000), 1000, -3.01),
        (filters.low_pass(1000), 100, 0.0),
        (filters.high_pass(1000), 1000, -3.01),
        (filters.high_pass(1000), 100, -40.0),
        (filters.peak(2500, -6.0, 1.0), 2500, -6.0),
        (filters.low_shelf(200, 4.0), 20, 4.0),
        (filters.high_shelf(5000, -3.0), 22000, -3.0),
        (filters.chain(filters.peak(500, 3.0), filters.peak(500, -3.0)), 500, 0.0),
        (filters.chain(), 500, 0.0),
    ],
)
def test_filters_have_the_gain_they_promise(sos: np.ndarray, hz: float, wanted_db: float) -> None:
    assert filters.response_db(sos, np.array([hz]))[0] == pytest.approx(wanted_db, abs=0.1)


def test_running_a_filter_does_what_its_response_says_and_ignores_block_edges() -> None:
    sos = filters.chain(filters.high_pass(300), filters.peak(1000, 5.0))
    sound = tone(1000, 3.0)
    level = units.amplitude_to_db(np.sqrt(np.mean(filters.run(sos, sound)[RATE:] ** 2) * 2) / 0.5)
    assert level == pytest.approx(filters.response_db(sos, np.array([1000.0]))[0], abs=0.01)
    assert filters.run(sos, sound.astype(np.float32)).dtype == np.float32
    assert np.abs(np.diff(filters.run(sos, sound)[60_000:70_000], 3)).max() < 1e-2


def test_a_rise_and_its_mirror_sum_to_one() -> None:
    assert np.allclose(envelopes.rise(480) + envelopes.rise(480)[::-1], 1.0)
    faded = envelopes.fade_edges(np.ones((2, 4800), np.float32), 0.01, 0.01)
    assert faded[0, 0] < 0.01 and faded[1, -1] < 0.01 and faded[0, 2400] == 1.0


@given(st.lists(st.floats(-60, 6), min_size=1, max_size=40), st.integers(1, 64), st.integers(1, 900))
def test_a_stretched_curve_passes_through_its_points(values: list[float], hop: int, frames: int) -> None:
    curve = envelopes.stretched(np.array(values), hop, frames)
    assert len(curve) == frames
    known = min(len(values), -(-frames // hop))
    assert np.allclose(curve[::hop][:known], values[:known], atol=1e-4)


def test_soft_steps_reach_their_levels() -> None:
    at_s = np.linspace(0, 3, 301)
    curve = envelopes.half_cosine_steps([0, 1, 2], [0.0, 3.0, -1.0], 0.2, at_s)
    assert curve[50] == 0.0 and curve[150] == pytest.approx(3.0) and curve[-1] == pytest.approx(-1.0)
    assert curve[100] == pytest.approx(1.5)


def test_the_static_curve_halves_what_is_over() -> None:
    curve = dynamics.compression_db(np.array([-40.0, -20.0, -10.0]), -20.0, 2.0, knee_db=6.0)
    assert curve[0] == 0.0
    assert curve[1] == pytest.approx(-0.375)
    assert curve[2] == pytest.approx(-5.0)


def test_a_compressor_gain_comes_back_as_fast_as_asked() -> None:
    wanted = np.zeros(750)
    wanted[100:120] = -6.0
    gain = dynamics.follow(wanted, 0.002, 20.0, 750.0)
    assert gain[118] == pytest.approx(-6.0, abs=0.05)
    assert gain[120 + 75] == pytest.approx(-4.0, abs=0.1)
    assert gain[-1] == pytest.approx(0.0, abs=1e-3)


def test_ducking_is_down_when_the_kick_falls() -> None:
    gain = dynamics.ducking_db([0.0, 0.5], [4.0, 2.0], 0.03, 0.1, 750, 750.0)
    assert gain[0] == -4.0 and gain[375] == -2.0 and gain[300] == 0.0 and gain[-1] == 0.0


@given(st.integers(0, 2**32), st.floats(0.05, 0.9))
def test_no_peak_passes_the_limiter(number: int, ceiling: float) -> None:
    swings = np.abs(Seed(number).luck().noise(400)) ** 4 * 3.0
    gain = dynamics.limiting_gain(swings, ceiling, 5, 45.0, 1500.0)
    assert len(gain) == 401
    assert (np.maximum(gain[:-1], gain[1:]) * swings).max() <= ceiling * (1 + 1e-9)
    assert gain.max() <= 1.0


def test_limit_holds_the_true_peak_and_leaves_quiet_sounds_alone() -> None:
    loud = (noise(RATE) * 1.4).astype(np.float32)[None]
    assert loudness.true_peak_dbtp(dynamics.limit(loud, -1.0)) <= -1.0
    quiet = tone(440, amplitude=0.2).astype(np.float32)[None]
    assert np.array_equal(dynamics.limit(quiet.copy(), -1.0), quiet)


def test_saturation_is_straight_below_its_knee_and_never_passes_the_top() -> None:
    bent = dynamics.soft_clip(np.array([0.1, -0.4, 0.8, -20.0], np.float32), 0.5, 1.0)
    assert np.allclose(bent[:2], [0.1, -0.4])
    assert 0.5 < bent[2] < 0.8 and -1.0 < bent[3] < -0.9


def test_peaks_and_mean_squares_see_every_frame() -> None:
    sound = np.zeros((2, 1000), np.float32)
    sound[1, 999] = -0.5
    assert dynamics.peaks(sound, 64)[-1] == 0.5
    assert len(dynamics.mean_squares(sound, 64)) == 16
    assert dynamics.mean_squares(np.ones((2, 1000)), 64) == pytest.approx(1.0)


@pytest.mark.parametrize("decay_s", [0.4, 1.5])
def test_a_room_rings_as_long_as_asked_and_is_the_same_every_time(decay_s: float) -> None:
    room = space.Room(decay_s, early=0.2)
    response = space.room_response(room, Seed(3))
    assert np.array_equal(response, space.room_response(room, Seed(3)))
    assert np.allclose(np.sum(response.astype(float) ** 2, axis=1), 1.0, atol=1e-4)
    assert abs(np.corrcoef(response)[0, 1]) < 0.1
    middle = filters.run(filters.chain(filters.high_pass(700), filters.low_pass(1400)), response[0])
    energy = np.cumsum(middle[::-1] ** 2)[::-1]
    fall = units.power_to_db(energy / energy[0])
    measured = 3.0 * (np.argmax(fall < -25) - np.argmax(fall < -5)) / RATE
    assert measured == pytest.approx(decay_s, rel=0.2)


def test_echoes_come_in_time_and_grow_softer() -> None:
    click = np.zeros((2, 480), np.float32)
    click[0, 0] = 1.0
    out = space.echoes(click, 0.25, 0.5, 3, 6000.0)
    heights = [np.abs(out[:, n * 12_000 : n * 12_000 + 480]).max() for n in range(4)]
    assert heights[0] == 0.0 and heights[1] > heights[2] > heights[3] > 0.0


def test_pan_keeps_its_power() -> None:
    left, right = space.pan_gains(-0.5)
    assert left > right and left**2 + right**2 == pytest.approx(2.0)
    assert space.pan_gains(0.0) == pytest.approx((1.0, 1.0))


def test_convolution_with_a_click_changes_nothing() -> None:
    sound = noise(1000)[None].astype(np.float32)
    assert np.allclose(space.convolve(sound, np.array([[1.0, 0.0]]))[:, :1000], sound, atol=1e-6)


def test_bands_hold_all_the_energy_and_know_where_a_tone_lies() -> None:
    sound = np.stack([noise(40_960, "left"), noise(40_960, "right")]).astype(np.float32)
    assert spectra.band_power(sound).sum(axis=1).mean() == pytest.approx(np.mean(sound**2), rel=1e-3)
    bands = spectra.band_power(tone(1000).astype(np.float32)).mean(axis=0)
    assert spectra.THIRD_OCTAVES_HZ[bands.argmax()] == pytest.approx(1000.0)


def test_spectrum_scale_and_brightness() -> None:
    power = spectra.stft_power(tone(3000, amplitude=1.0), 2048, 512)
    assert power[20].max() == pytest.approx(0.25, rel=0.01)
    assert spectra.centroid_hz(tone(3000)) == pytest.approx(3000, rel=0.02)
    assert spectra.centroid_hz(np.zeros(RATE)) == 0.0
