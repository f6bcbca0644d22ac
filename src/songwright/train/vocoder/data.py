"""Recordings and their frames as the vocoder learns from them: the folds close where they closed in the recording."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.signal import butter, sosfilt

from songwright.errors import ShelfError
from songwright.singer.glottis import HOP, Pulses, closings, place_pulses, sound_pulses
from songwright.singer.spectrum import BINS, RATE_HZ
from songwright.singer.vocoder import curves, filled, plain_tract, still
from songwright.train.corpus import Clip, read_clip, read_corpus
from songwright.train.voice import features

_LOOK = 1024
"""Samples over which the phase of the fundamental is measured."""
_POLARITY_CLIPS = 12
_SOFT = np.hanning(7)[1:-1]


@dataclass(frozen=True, eq=False)
class Recording:
    """A clip of T frames. sound ((T - 1) * HOP,) int16; cepstra (T, 64), air_db (T, 5) float16; f0_hz, voiced (T,).

    at, period (N,): where its folds close, samples, and how far from the one before.
    """

    name: str
    sound: np.ndarray
    cepstra: np.ndarray
    air_db: np.ndarray
    f0_hz: np.ndarray
    voiced: np.ndarray
    at: np.ndarray
    period: np.ndarray


def read_recordings(
    folder: Path, measured: Path, split: str, tell: Callable[[str], None] = lambda line: None
) -> list[Recording]:
    """The clips of a corpus folder (see `train.corpus`) of one split that have features, measured/ID.npz.

    Raises ShelfError where there is none.
    """
    clips = [clip for clip in read_corpus(folder).part(split) if (measured / f"{clip.id}.npz").is_file()]
    if not clips:
        raise ShelfError(str(measured), f"has no features of a {split} clip of {folder.name}")

    def made(clip: Clip) -> Recording:
        return recording(clip.id, read_clip(clip), features.load(measured / f"{clip.id}.npz"))

    sign = polarity([made(clip) for clip in clips[:_POLARITY_CLIPS]])
    out = []
    for clip in clips:
        taken = features.load(measured / f"{clip.id}.npz")
        out.append(recording(clip.id, sign * read_clip(clip), taken))
    tell(f"{folder.name}: {len(out)} {split} clips{', turned over' if sign < 0 else ''}")
    return out


def polarity(recordings: Sequence[Recording]) -> float:
    """1 where the voice was recorded the right way up, -1 where upside down (a microphone wired the other way).

    The fundamental fits either way; the second and third harmonic only fit the right one.
    """
    fits = 0.0
    band = butter(2, (300.0, 800.0), "bandpass", fs=RATE_HZ, output="sos")
    for item in recordings:
        pulses = Pulses(item.at, item.period, np.ones(len(item.at)))
        tract = plain_tract(item.cepstra, item.air_db, item.voiced)
        drawn = sosfilt(band, sound_pulses(pulses, tract, len(item.sound)))
        heard = sosfilt(band, item.sound)
        fits += float(drawn @ heard / (np.linalg.norm(drawn) * np.linalg.norm(heard) + 1e-9))
    return 1.0 if fits >= 0 else -1.0


def recording(name: str, sound: np.ndarray, taken: features.Features) -> Recording:
    """A clip made ready: pitch in every frame, pulses in step with the recorded voice."""
    voiced = taken.f0_hz > 0
    f0 = filled(taken.f0_hz)
    length = (len(f0) - 1) * HOP
    whole = np.zeros(length, np.float32)
    whole[: min(length, len(sound))] = sound[:length]
    at, period = _in_step(whole, f0, voiced, taken.cepstra)
    return Recording(
        name, np.round(whole * 32767).astype(np.int16), taken.cepstra, taken.air_db, f0, voiced, at, period
    )


def _in_step(
    sound: np.ndarray, f0_hz: np.ndarray, voiced: np.ndarray, cepstra: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Pulses (times, periods) whose fundamental keeps the phase of the recorded one.

    Without that, spectra at windows shorter than a few periods would be compared at different moments of a period.
    """
    at, period, turns = place_pulses(f0_hz, voiced)
    if not voiced.any():
        return at, period
    wave = np.pad(np.exp(-2j * np.pi * turns) * sound, _LOOK // 2)
    pieces = np.lib.stride_tricks.sliding_window_view(wave, _LOOK)[::HOP]
    rows = np.flatnonzero(voiced)
    heard = np.angle(pieces[np.minimum(rows, len(pieces) - 1)] @ np.hanning(_LOOK))
    drift = np.unwrap(heard - _phase_at(cepstra[rows], f0_hz[rows]))
    drift = np.convolve(np.pad(drift, 2, mode="edge"), _SOFT / _SOFT.sum(), "valid")
    drift = np.interp(np.arange(len(turns)) / HOP, rows, drift)
    return closings(turns + drift / (2 * np.pi), voiced)


def _phase_at(cepstra: np.ndarray, hz: np.ndarray) -> np.ndarray:
    """Phase of plain tracts (frames, 64) at one frequency each, (frames,) radians."""
    phase = cepstra.astype(np.float32) @ curves()[1] + still()[1]
    place = hz / (RATE_HZ / 2) * (BINS - 1)
    low = place.astype(int)
    every = np.arange(len(low))
    return phase[every, low] * (1 - place + low) + phase[every, low + 1] * (place - low)
