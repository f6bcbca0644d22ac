"""What the judge should say of each frame: two phones, a pitch, a chord as major, minor or none."""

from __future__ import annotations

import numpy as np

from songwright.music.harmony import INTERVALS
from songwright.runtime.codec import STRIDE
from songwright.runtime.jukebox.labels import HOP, NO_ROOT, QUALITIES, SYMBOLS, Labels

PHONES_A_FRAME = 2
PITCHES = 62
"""None, then whole notes from MIDI 36 on."""
LOWEST_PITCH = 36
CHORDS = 25
"""None, twelve major, twelve minor."""
UNASKED = -1
"""Chords that are neither major nor minor are not asked for (as mir_eval's "majmin" has it; Raffel et al. 2014)."""
_SUB = STRIDE // HOP


def targets_of(labels: Labels, speed: float = 1.0, semitones: int = 0) -> dict[str, np.ndarray]:
    """phone (T, 2), pitch (T,), chord (T,), int64, of a piece's frames.

    speed: the sound was played so much faster, which raises pitch too. semitones: by how much chords went up with it
    (only said where it was a whole number).
    """
    frames = int(np.ceil(round(len(labels) / speed) / _SUB))

    def at(share: float) -> np.ndarray:
        return np.minimum(((np.arange(frames) + share) * _SUB * speed).astype(int), len(labels) - 1)

    middle = at(0.5)
    f0, voiced = labels.f0_hz[middle].astype(np.float64) * speed, labels.voiced[middle] > 0
    note = np.round(69 + 12 * np.log2(np.maximum(f0, 1.0) / 440.0)) - LOWEST_PITCH + 1
    return {
        "phone": np.stack([labels.phone[at(0.25)], labels.phone[at(0.75)]], axis=1).astype(np.int64),
        "pitch": np.where(voiced & (f0 > 0), np.clip(note, 1, PITCHES - 1), 0).astype(np.int64),
        "chord": chord_classes(labels.root[middle], labels.quality[middle], semitones),
    }


def chord_classes(root: np.ndarray, quality: np.ndarray, semitones: int = 0) -> np.ndarray:
    """Chords by number: 0 none, 1 + root major, 13 + root minor (sevenths and more with them), UNASKED all else."""
    table = np.array([_third(name) for name in QUALITIES])[quality.astype(int)]
    up = (root.astype(int) + semitones) % 12
    named = np.where(table == 4, 1 + up, np.where(table == 3, 13 + up, UNASKED))
    return np.where((root >= NO_ROOT) | (quality == 0), 0, named).astype(np.int64)


def _third(quality: str) -> int:
    """4 or 3 semitones for chords with a third and a pure fifth, else 0."""
    tones = {step % 12 for step in INTERVALS.get(quality, ())}
    return next((third for third in (4, 3) if {0, third, 7} <= tones), 0)


def steady(scores: np.ndarray, cost: float) -> np.ndarray:
    """The best path through log scores (T, K) when every change costs so much (Viterbi 1967): int64 (T,)."""
    best = scores[0].astype(np.float64)
    came = np.zeros(scores.shape, np.int64)
    own = np.arange(scores.shape[1])
    for t in range(1, len(scores)):
        top = int(best.argmax())
        stays = best >= best[top] - cost
        came[t] = np.where(stays, own, top)
        best = np.where(stays, best, best[top] - cost) + scores[t]
    path = np.empty(len(scores), np.int64)
    path[-1] = best.argmax()
    for t in range(len(scores) - 1, 0, -1):
        path[t - 1] = came[t, path[t]]
    return path


def symbols_in(path: np.ndarray) -> tuple[str, ...]:
    """The phones of a path of numbers, each once however long, silences left out."""
    changed = np.flatnonzero(np.diff(path, prepend=-1))
    return tuple(SYMBOLS[n] for n in path[changed] if n)
