"""Loudness against the standards: BS.1770-5, EBU Tech 3341 and 3342 test signals, and pyloudnorm."""

from __future__ import annotations

import numpy as np
import pyloudnorm
import pytest

from songwright.dsp import loudness
from songwright.values.seed import Seed

RATE = 48_000


def sine(dbfs: float, seconds: float, hz: float = 1000.0, rate: int = RATE, phase: float = 0.0) -> np.ndarray:
    """The same sine in both channels, peak level in dB below full scale."""
    time = np.arange(round(seconds * rate)) / rate
    return np.tile(10 ** (dbfs / 20) * np.sin(2 * np.pi * hz * time + phase), (2, 1))


def steps(*levels: tuple[float, float]) -> np.ndarray:
    return np.concatenate([sine(dbfs, seconds) for dbfs, seconds in levels], axis=1)


def test_k_weighting_is_the_table_of_the_standard() -> None:
    shelf = [1.53512485958697, -2.69169618940638, 1.19839281085285, 1.0, -1.69065929318241, 0.73248077421585]
    high_pass = [1.0, -2.0, 1.0, 1.0, -1.99004745483398, 0.99007225036621]
    assert np.allclose(loudness.k_weighting(RATE), [shelf, high_pass], atol=1e-7)


@pytest.mark.parametrize("rate", [44_100, 48_000, 96_000])
def test_full_scale_997_hz_in_one_channel_reads_minus_3_01(rate: int) -> None:
    tone = sine(0.0, 5, 997.0, rate)
    tone[1] = 0
    assert loudness.integrated_lufs(tone, rate) == pytest.approx(-3.01, abs=0.02)


# EBU Tech 3341 table 1, cases 1 to 5 (stereo), tolerance 0.1 LU
@pytest.mark.parametrize(
    ("signal", "wanted"),
    [
        (steps((-23, 20)), -23.0),
        (steps((-33, 20)), -33.0),
        (steps((-36, 10), (-23, 60), (-36, 10)), -23.0),
        (steps((-72, 10), (-36, 10), (-23, 60), (-36, 10), (-72, 10)), -23.0),
        (steps((-26, 20), (-20, 20.1), (-26, 20)), -23.0),
    ],
)
def test_integrated_loudness_of_the_ebu_cases(signal: np.ndarray, wanted: float) -> None:
    assert loudness.integrated_lufs(signal) == pytest.approx(wanted, abs=0.1)


def test_short_term_and_momentary_of_the_ebu_cases() -> None:
    tone = sine(-23, 10)
    assert np.allclose(loudness.momentary_lufs(tone)[5:-5], -23.0, atol=0.1)
    assert np.allclose(loudness.short_term_lufs(tone), -23.0, atol=0.1)
    # case 9: 1.34 s at -20 and 1.66 s at -30 in turn read -23 LUFS in every 3 s
    turns = steps(*[(-20, 1.34), (-30, 1.66)] * 5)
    assert np.allclose(loudness.short_term_lufs(turns), -23.0, atol=0.1)


# EBU Tech 3342 table 1, cases 1 to 4, tolerance 1 LU
@pytest.mark.parametrize(
    ("signal", "wanted"),
    [
        (steps((-20, 20), (-30, 20)), 10.0),
        (steps((-20, 20), (-15, 20)), 5.0),
        (steps((-40, 20), (-20, 20)), 20.0),
        (steps((-50, 20), (-35, 20), (-20, 20), (-35, 20), (-50, 20)), 15.0),
    ],
)
def test_loudness_range_of_the_ebu_cases(signal: np.ndarray, wanted: float) -> None:
    assert loudness.loudness_range_lu(signal) == pytest.approx(wanted, abs=1.0)


# EBU Tech 3341 cases 15 to 19: sines whose crests fall between the samples; tolerance +0.2 / -0.4 dB
@pytest.mark.parametrize(
    ("divisor", "degrees", "amplitude"),
    [(4, 0, 0.5), (4, 45, 0.5), (6, 60, 0.5), (8, 67.5, 0.5), (4, 45, 1.41)],
)
def test_true_peak_of_the_ebu_cases(divisor: int, degrees: float, amplitude: float) -> None:
    tone = sine(20 * np.log10(amplitude), 1, RATE / divisor, phase=np.radians(degrees))
    edge = np.minimum(1.0, np.arange(RATE) / 4800)
    measured = loudness.true_peak_dbtp(tone * edge * edge[::-1])
    assert -0.4 <= measured - 20 * np.log10(amplitude) <= 0.2


@pytest.mark.parametrize("rate", [44_100, 48_000])
def test_noise_reads_as_pyloudnorm_reads_it(rate: int) -> None:
    noise = np.stack([Seed(1).child(side).luck().noise(rate * 12) for side in ("left", "right")])
    noise *= np.interp(np.arange(rate * 12), [0, rate * 6, rate * 12], [0.02, 0.4, 0.001])
    reference = pyloudnorm.Meter(rate).integrated_loudness(noise.T)
    assert loudness.integrated_lufs(noise, rate) == pytest.approx(reference, abs=0.1)


def test_silence_and_very_short_sounds_have_figures() -> None:
    assert loudness.integrated_lufs(np.zeros((2, RATE))) == loudness.SILENCE_LUFS
    assert loudness.integrated_lufs(np.zeros((2, 0))) == loudness.SILENCE_LUFS
    assert loudness.loudness_range_lu(np.zeros((2, 10))) == 0.0
    assert loudness.true_peak_dbtp(np.zeros((1, 0))) == -120.0
    assert loudness.integrated_lufs(sine(-23, 0.1)) == pytest.approx(-23.0, abs=1.0)
