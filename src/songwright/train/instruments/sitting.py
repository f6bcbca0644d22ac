"""A recorded instrument sits for its portrait: note by note, tone first, then the noise the tone leaves over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.signal.windows import blackmanharris

from songwright.band.additive import hiss, tones
from songwright.band.portrait import BANDS_HZ, FLOOR_DB, KNOTS_S, Portrait, to_bytes
from songwright.dsp.units import midi_to_hz
from songwright.train.instruments.partials import PARTIALS, find_partials, standing_out
from songwright.train.instruments.samples import BLOWN, Sample
from songwright.values.audio import RATE_HZ
from songwright.values.seed import Seed

_SIZE, _HOP = 768, 128
_LONGEST_S = 2.9
_STIFF_GUESS = 1e-4
_BODY = {"piano": 0.0}  # found by trying 0, 0.5 and 1 on the held-out notes
_NOISE_FALL_DB = 4.0  # struck: from knot to knot after 64 ms, or the hiss of the room would ring on


@dataclass(frozen=True, eq=False)
class _Note:
    """What one recording gave: dB against its strongest partial, see `band.portrait.Moment`."""

    partials: np.ndarray
    noise: np.ndarray
    stiffness: float
    sides: np.ndarray


def sit(samples: Sequence[Sample]) -> Portrait:
    """The portrait of one instrument from recordings at common pitches, each in the same layers."""
    strengths = sorted({sample.strength for sample in samples})
    layers = []
    for strength in strengths:
        mine = sorted((s for s in samples if s.strength == strength), key=lambda s: s.pitch)
        notes, guess = [], _STIFF_GUESS
        for sample in mine:
            notes.append(listen(sample, guess))
            guess = max(notes[-1].stiffness, 2e-6) * 2.0 ** (2 / 8.5)
        layers.append((np.array([s.pitch for s in mine]), notes))
    pitches = layers[0][0]
    if any(len(p) != len(pitches) or (p != pitches).any() for p, _ in layers):
        raise ValueError("every strength needs the same pitches")
    rows = [notes for _, notes in layers]
    stiffness = np.exp(np.mean([[np.log(max(n.stiffness, 1e-6)) for n in notes] for notes in rows], axis=0))
    sides = np.mean([[n.sides for n in notes] for notes in rows], axis=0)
    return Portrait(
        pitches.astype(np.float32),
        np.array(strengths, np.float32),
        to_bytes(np.array([[n.partials for n in notes] for notes in rows])),
        to_bytes(np.array([[n.noise for n in notes] for notes in rows])),
        stiffness.astype(np.float32),
        np.clip(np.round(sides * 4), -127, 127).astype(np.int8),
        np.float32(_BODY.get(samples[0].portrait, 1.0)),
    )


def listen(sample: Sample, guess: float) -> _Note:
    """One recording measured. guess: stiffness of a neighbouring string."""
    sound = sample.sound()[:, : int(_LONGEST_S * RATE_HZ)].astype(np.float64)
    blown = sample.portrait in BLOWN
    hz, stiffness = find_partials(sound.mean(axis=0), midi_to_hz(sample.pitch), 0.0 if blown else guess)
    ears = np.stack([standing_out(ear, hz, blown) for ear in sound])
    db = 10 * np.log10((10.0 ** (ears / 10.0)).mean(axis=0))
    top = float(db.max())
    db = np.maximum(db - top, FLOOR_DB)
    db = _held(db) if blown else _calmed(db)
    sides = np.clip((ears[0] - ears[-1])[:, 2:9].mean(axis=1), -12, 12)
    tone = tones(hz, np.pi * Seed(0).child("sitting").luck().noise(len(hz)), db, sound.shape[1])
    noise = leftover(sound * 10.0 ** (-top / 20.0), tone)
    noise = _held(noise) if blown else _faded(noise)
    missing = PARTIALS - len(hz)
    return _Note(
        np.pad(db, ((0, missing), (0, 0)), constant_values=FLOOR_DB),
        noise,
        stiffness,
        np.pad(sides, (0, missing)),
    )


def _held(db: np.ndarray) -> np.ndarray:
    """Curves of a blown note that stay, at the end, where they were for the last second."""
    out = db.copy()
    out[:, -2:] = db[:, -2:].mean(axis=1, keepdims=True)
    return out


def _calmed(db: np.ndarray) -> np.ndarray:
    """Decay curves that never climb far after the start, and go on falling at the end."""
    out = db.copy()
    for i in range(6, len(KNOTS_S)):
        out[:, i] = np.minimum(out[:, i], out[:, 5:i].min(axis=1) + 2.0)
    end = KNOTS_S[-1] - KNOTS_S[-2]
    out[:, -1] = np.minimum(out[:, -1], out[:, -2] - 2.0 * end)
    return out


def leftover(sound: np.ndarray, tone: np.ndarray) -> np.ndarray:
    """Noise bands at the knots that fill what the tone leaves over, dB (bands, knots).

    sound: (channels, frames), tone: (frames,), on one scale. The noise is sounded and measured in the same way as
    the recording, so the windows' smearing cancels out.
    """
    luck = Seed(0).child("sitting").luck()
    wanted = np.mean([band_levels(ear) for ear in sound], axis=0)
    # More than the tone is taken away, so that an error of its level is not filled with noise (Berouti 1979).
    empty = np.maximum(wanted - 1.3 * band_levels(tone), 1e-4 * wanted) + 1e-12
    noise = 10 * np.log10(empty)
    for _ in range(2):
        got = band_levels(hiss(noise, sound.shape[1], luck)) + 1e-12
        noise = np.clip(noise + np.clip(10 * np.log10(empty / got), -12, 12), FLOOR_DB, 15)
    return noise


def _faded(noise: np.ndarray) -> np.ndarray:
    """Noise of a stroke that is over soon, so that the hiss of the room does not ring on."""
    out = noise.copy()
    for i in range(5, len(KNOTS_S)):
        out[:, i] = np.minimum(out[:, i], out[:, i - 1] - _NOISE_FALL_DB)
    return np.maximum(out, FLOOR_DB)


def band_levels(sound: np.ndarray) -> np.ndarray:
    """Power of a sound (frames,) in each noise band around each knot, (bands, knots), mean square."""
    # Blackman-Harris: the strong low partials must not leak into the soft bands above them.
    window = blackmanharris(_SIZE, sym=False)
    window *= np.sqrt(2.0 / _SIZE / (window**2).sum())
    padded = np.pad(sound, (_SIZE // 2, _SIZE))
    views = np.lib.stride_tricks.sliding_window_view(padded, _SIZE)[::_HOP][: len(sound) // _HOP + 1]
    power = np.abs(np.fft.rfft(views * window)) ** 2
    edges = (np.arange(_SIZE // 2 + 2) - 0.5) * (RATE_HZ / _SIZE)
    low, high = BANDS_HZ[:-1, None], BANDS_HZ[1:, None]
    overlap = np.clip(np.minimum(high, edges[1:]) - np.maximum(low, edges[:-1]), 0, None) / (RATE_HZ / _SIZE)
    bands = power @ overlap.T
    time = np.arange(len(bands)) * (_HOP / RATE_HZ)
    near = np.exp(-0.5 * (np.log2((time[None] + 2e-3) / (KNOTS_S[:, None] + 2e-3)) / 0.3) ** 2) + 1e-12
    return (near @ bands / near.sum(axis=1, keepdims=True)).T
