"""Hands on the faders: compression, vocal riding, esses, and making way for kick and voice.

All gains are decibels on the control clock (a value every HOP frames), so they add up before they are
applied.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from songwright.desk.balance import Chair
from songwright.desk.settings import Settings
from songwright.dsp import dynamics, filters, units
from songwright.values.audio import RATE_HZ
from songwright.values.performance import Performance, PlayedNote

HOP = 64
CONTROL_HZ = RATE_HZ / HOP
_KICKS = (35, 36)


@dataclass(frozen=True)
class Compressor:
    """threshold_db: against the stem's own mean level while it plays. detect_s: how long a level is averaged."""

    threshold_db: float
    ratio: float
    attack_s: float
    release_db_s: float
    detect_s: float


_COMPRESSORS = {
    "lead": Compressor(-3.0, 3.0, 0.004, 60.0, 0.010),
    "backing": Compressor(-3.0, 3.0, 0.006, 50.0, 0.015),
    "drums": Compressor(2.0, 2.0, 0.012, 90.0, 0.006),
    "bass": Compressor(-3.0, 3.5, 0.015, 30.0, 0.030),
    "comping": Compressor(0.0, 2.0, 0.015, 40.0, 0.020),
    "answer": Compressor(0.0, 2.0, 0.015, 40.0, 0.020),
    "pad": Compressor(2.0, 1.5, 0.050, 20.0, 0.050),
}


def levels(samples: np.ndarray) -> np.ndarray:
    """Mean square on the control clock, (points,) float64."""
    return dynamics.mean_squares(samples, HOP)


def compression_db(energy: np.ndarray, role: str) -> np.ndarray:
    """What the strip's compressor turns down, from the stem's own level."""
    how = _COMPRESSORS.get(role, _COMPRESSORS["comping"])
    mean_db = playing_level_db(energy)
    level_db = units.power_to_db(np.maximum(dynamics.smoothed(energy, how.detect_s, CONTROL_HZ), 0.0))
    wanted = dynamics.compression_db(level_db, mean_db + how.threshold_db, how.ratio)
    return dynamics.follow(wanted, how.attack_s, how.release_db_s, CONTROL_HZ)


def riding_db(energy: np.ndarray) -> np.ndarray:
    """A hand on the singer's fader: soft words up, loud ones down, slowly, at most 4 dB; rests are left alone."""
    mean_db = playing_level_db(energy)
    slow = units.power_to_db(np.maximum(dynamics.smoothed(energy, 0.4, CONTROL_HZ), 0.0))
    wanted = np.clip(0.5 * (mean_db - slow), -4.0, 4.0)
    singing = slow > mean_db - 15.0
    if not singing.any():
        return np.zeros(len(energy))
    points = np.arange(len(energy))
    return dynamics.smoothed(np.interp(points, points[singing], wanted[singing]), 0.3, CONTROL_HZ)


def esses_db(samples: np.ndarray, energy: np.ndarray, lift_db: float = 0.0) -> np.ndarray:
    """The engineer's hand on "s" and "sh": sounds above 5 kHz that stick out are turned down, at most 8 dB.

    lift_db: how much more the strip's equalizer lifts them than the rest of the voice; the hand works on what is
    heard after it.
    """
    middle = samples.mean(axis=0) if len(samples) > 1 else samples[0]
    hiss = dynamics.mean_squares(filters.run(filters.high_pass(5000.0), middle), HOP)
    hiss_db = lift_db + units.power_to_db(np.maximum(dynamics.smoothed(hiss, 0.006, CONTROL_HZ), 0.0))
    threshold_db = playing_level_db(energy) - 10.5
    wanted = np.maximum(dynamics.compression_db(hiss_db, threshold_db, 3.0, 4.0), -8.0)
    return dynamics.follow(wanted, 0.002, 150.0, CONTROL_HZ)


def crushed_db(energy: np.ndarray, crush: float) -> np.ndarray | float:
    """Parallel compression of the drums: the kit as it is, and beside it a copy squeezed hard and brought up.

    Both are the same wave, so their sum is one gain: tails and ghost notes come up, the strokes keep their attack.
    crush: level of the copy against the kit while it plays on average, 0..1.
    """
    if crush <= 0.0 or not energy.any():
        return 0.0
    mean_db = playing_level_db(energy)
    level_db = units.power_to_db(np.maximum(dynamics.smoothed(energy, 0.004, CONTROL_HZ), 0.0))
    wanted = dynamics.compression_db(level_db, mean_db - 14.0, 8.0, 6.0)
    squeezed = units.db_to_amplitude(dynamics.follow(wanted, 0.003, 120.0, CONTROL_HZ))
    heard = level_db > mean_db - 6.0
    usual = float(np.median(squeezed[heard])) if heard.any() else 1.0
    both = (1.0 + crush * squeezed / max(usual, 1e-6)) / (1.0 + crush)
    return units.amplitude_to_db(np.minimum(both, 2.0))


def presence(energy: np.ndarray) -> np.ndarray:
    """0 where a voice rests, 1 where it sings, with soft edges; from its own level."""
    mean_db = playing_level_db(energy)
    level_db = units.power_to_db(np.maximum(dynamics.smoothed(energy, 0.05, CONTROL_HZ), 0.0))
    singing = (level_db > max(mean_db - 15.0, -80.0)).astype(float)
    return np.clip(dynamics.smoothed(singing, 0.25, CONTROL_HZ), 0.0, 1.0)


def kick_notes(performance: Performance) -> tuple[PlayedNote, ...]:
    """Every bass drum stroke of the song."""
    return tuple(
        note
        for part in performance.played
        if part.role == "drums"
        for note in part.notes
        if round(note.pitch) in _KICKS
    )


def way_for_kick_db(
    chair: Chair, kicks: Sequence[PlayedNote], beat_s: float, points: int, settings: Settings
) -> np.ndarray | float:
    """The bass steps back for a moment at every bass drum; with `pump_db` chords and pads breathe with it."""
    if not kicks:
        return 0.0
    onsets = np.array([note.onset_s for note in kicks])
    force = np.array([0.5 + 0.5 * min(max(note.level, 0.0), 1.0) for note in kicks])
    if chair.role == "bass":
        depth, hold_s, release_s = settings.kick_duck_db, 0.03, 0.11
        if settings.pump_db > 0:
            release_s = settings.pump_beats * beat_s * 0.6
    elif chair.role in ("comping", "pad") and settings.pump_db > 0:
        depth, hold_s, release_s = settings.pump_db, 0.03, settings.pump_beats * beat_s
        depth *= 1.0 if chair.role == "pad" else 0.7
    else:
        return 0.0
    return dynamics.ducking_db(onsets, depth * force, hold_s, release_s, points, CONTROL_HZ)


def way_for_voice_db(chair: Chair, voice: np.ndarray | None, settings: Settings) -> np.ndarray | float:
    """Chords, pads and answers make way while the lead sings. voice: `presence` of the lead, or None."""
    if voice is None or chair.role not in ("comping", "pad", "answer"):
        return 0.0
    return -settings.vocal_duck_db * voice


def hands_off_db(energy: np.ndarray) -> np.ndarray | float:
    """Hands on the strings just before the tape ends: a stem that still sounds then is damped, so that the
    room can die away inside the song's length; one that has died away by itself is left alone.
    """
    ring, damp = round(0.3 * CONTROL_HZ), round(0.25 * CONTROL_HZ)
    if len(energy) < 10 * (ring + damp):
        return 0.0
    if units.power_to_db(energy[-ring // 4 :].mean()) < playing_level_db(energy) - 40.0:
        return 0.0
    way = np.clip((np.arange(len(energy)) - (len(energy) - ring - damp)) / damp, 0.0, 1.0)
    return np.maximum(20.0 * np.log10(np.maximum(0.5 + 0.5 * np.cos(np.pi * way), 1e-6)), -90.0)


def playing_level_db(energy: np.ndarray) -> float:
    """Mean level of a stem while it plays (rests left out), dB; -120 for silence."""
    audible = energy[energy > 1e-9]
    if not len(audible):
        return units.SILENCE_DB
    loud = audible[audible > audible.mean() * 0.06]
    return float(units.power_to_db(loud.mean()))
