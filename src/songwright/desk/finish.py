"""The master: a last touch of tone and warmth, the asked loudness, and a ceiling no peak passes."""

from __future__ import annotations

import numpy as np

from songwright.dsp import dynamics, envelopes, filters, loudness, units
from songwright.values.audio import RATE_HZ, Audio, Master, Mix
from songwright.values.context import Context, Progress

CEILING_DBTP = -1.1
_HOP = 32  # limiter clock, frames
_CONTROL_HZ = RATE_HZ / _HOP
_LOOK_AHEAD = 5  # points: 3.3 ms
_RELEASE_DB_S = 45.0
_BLOCK = 65_536
_ENERGY_POINTS = 150  # 100 ms in points of the limiter clock
_TOLERANCE_LU = 0.02
_CLIP_KNEE_DB = 6.0  # saturation begins this far below the loudest transients it bends


def master(mix: Mix, loudness_lufs: float, ctx: Context) -> Master:
    """Finish a mix: rumble and DC out, gentle saturation, limiter, loudness loop.

    loudness_lufs: integrated loudness to reach (+/- 0.1 where the music allows it). True peak stays at or
    below -1.1 dBTP. A silent mix stays silent. Starts and ends at zero within 10 and 30 ms, without a
    fade-out.
    """
    samples = filters.run(polish(), np.nan_to_num(mix.sum.samples))
    samples = envelopes.fade_edges(samples, 0.005, 0.02)
    ctx.tell(Progress("master", 1, 3, "tone"))
    level = loudness.integrated_lufs(samples)
    if level <= loudness.SILENCE_LUFS:
        return Master(Audio(samples), loudness.SILENCE_LUFS, loudness.true_peak_dbtp(samples), 0.0)
    samples *= np.float32(units.db_to_amplitude(loudness_lufs - level))
    _saturate(samples)
    ctx.tell(Progress("master", 2, 3, "loudness"))
    energy, peak_db = _limit_to(samples, loudness_lufs)
    ctx.tell(Progress("master", 3, 3, "measured"))
    return Master(Audio(samples), loudness.gated_lufs(energy), peak_db, loudness.range_of(energy))


def polish() -> np.ndarray:
    """What is too slow to be heard, out; any higher would turn the phase of the lowest notes."""
    return filters.high_pass(3.0)


def _saturate(samples: np.ndarray) -> None:
    """Bend the sharpest transients softly, in place, so that the limiter has less to do: about 1 dB, no more."""
    top = float(units.db_to_amplitude(CEILING_DBTP + 3.0))
    knee = float(units.db_to_amplitude(CEILING_DBTP + 3.0 - _CLIP_KNEE_DB))
    for start in range(0, samples.shape[1], _BLOCK):
        dynamics.soft_clip(samples[:, start : start + _BLOCK], knee, top)


def _limit_to(samples: np.ndarray, wanted_lufs: float) -> tuple[np.ndarray, float]:
    """Drive and limit, in place, until the loudness is what was asked and no true peak passes the ceiling.

    The loop runs on the limiter's clock, where a change of drive costs milliseconds; the sound is touched
    once, then measured, then trimmed (twice at most). Returns K-weighted energy every 100 ms, and the peak in
    dBTP.
    """
    for _ in range(3):
        peaks = loudness.true_peaks(samples, _HOP)
        drive_db, gain = _drive(peaks, loudness.weighted_energy(samples, _HOP), wanted_lufs)
        dynamics.apply_gain(samples, gain * units.db_to_amplitude(drive_db), _HOP)
        energy, peak_db = _measured(samples)
        if peak_db <= CEILING_DBTP and abs(loudness.gated_lufs(energy) - wanted_lufs) <= _TOLERANCE_LU:
            return energy, peak_db
    if peak_db > CEILING_DBTP:
        samples *= np.float32(units.db_to_amplitude(CEILING_DBTP - peak_db - 0.001))
        return _measured(samples)
    return energy, peak_db


def _measured(samples: np.ndarray) -> tuple[np.ndarray, float]:
    """K-weighted energy every 100 ms, and the true peak in dBTP."""
    return loudness.weighted_energy(samples, RATE_HZ // 10), loudness.true_peak_dbtp(samples)


def _drive(peaks: np.ndarray, energy: np.ndarray, wanted_lufs: float) -> tuple[float, np.ndarray]:
    """The drive in dB, and the limiter's gain, that together give the loudness; found on the limiter's clock."""
    ceiling = float(units.db_to_amplitude(CEILING_DBTP - 0.03))
    drive_db = 0.0
    gain = np.ones(len(peaks) + 1)
    for _ in range(12):
        drive = float(units.db_to_amplitude(drive_db))
        gain = dynamics.limiting_gain(peaks * drive, ceiling, _LOOK_AHEAD, _RELEASE_DB_S, _CONTROL_HZ)
        power = energy * np.square(0.5 * (gain[:-1] + gain[1:])[: len(energy)] * drive)
        whole = len(power) // _ENERGY_POINTS * _ENERGY_POINTS
        slow = power[:whole].reshape(-1, _ENERGY_POINTS).mean(axis=1) if whole else power
        missing = wanted_lufs - loudness.gated_lufs(slow)
        if abs(missing) < 0.005 or drive_db > 20.0:
            break
        drive_db += missing
    return drive_db, gain
