"""Chords of a song: as the source writes them, or heard out of the accompaniment.

Heard: the song is cut into felt beats; each gets a 12-fold picture of what sounds (durations, the lowest note
counted twice), compared with chord templates, and the likeliest sequence is found by Viterbi with a price on every
change that is lowest at the bar line (after Sheh & Ellis 2003, with plain weights). Bass notes are not told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from songwright.music.harmony import INTERVALS
from songwright.music.pitch import pitch_class, scale, spell
from songwright.music.rhythm import strength
from songwright.values.plan import Key
from songwright.values.score import Chord
from songwright.values.time import Meter

_QUALITIES = ("maj", "min", "7", "min7", "maj7", "dim", "m7b5", "dim7", "aug")
_HANDICAP = {"maj": 0.0, "min": 0.0, "7": 0.06, "min7": 0.12, "maj7": 0.16, "dim": 0.12, "m7b5": 0.16,
             "dim7": 0.14, "aug": 0.22}  # fmt: skip
_WEIGHTS = (1.0, 0.9, 0.75, 0.7)
_STRANGER = 0.75
_BASS_ROOT, _BASS_INSIDE, _BASS_OUTSIDE = 0.35, 0.05, -0.25
_OUTSIDE_KEY = 0.12
_CHANGE = {5: 0.25, 4: 0.35, 3: 0.55}


def given_chords(signs: Mapping[int, tuple[str, str, str]], length: int) -> tuple[Chord, ...]:
    """Chord symbols as spans; the first also covers what stands before it, equal neighbours are one."""
    ticks = sorted(tick for tick in signs if tick < length)
    chords: list[Chord] = []
    for tick, end in zip(ticks, [*ticks[1:], length], strict=True):
        root, quality, bass = signs[tick]
        start = tick if chords else 0
        chords.append(Chord(start, end - start, pitch_class(root), quality, pitch_class(bass), root, bass))
    return tuple(chords)


def heard_chords(
    sounds: Sequence[tuple[int, int, int, float]], key: Key, meter: Meter, length: int
) -> tuple[Chord, ...]:
    """Chords out of what sounds. sounds: (tick, ticks, MIDI pitch, weight); length in ticks, whole bars."""
    beat = meter.beat_ticks
    frames = -(-length // beat)
    chroma, bass = _picture(sounds, frames, beat)
    scores = _scores(chroma, bass, key)
    change = np.array([_CHANGE.get(strength(f * beat, meter), 0.6) for f in range(frames)])
    change[chroma.sum(axis=1) == 0] = 1.0
    path = _viterbi(scores, change)
    chords: list[Chord] = []
    for frame, state in enumerate(path):
        root, quality = int(state) % 12, _QUALITIES[int(state) // 12]
        ticks = min(beat, length - frame * beat)
        last = chords[-1] if chords else None
        if last is not None and (last.root, last.quality) == (root, quality):
            chords[-1] = Chord(
                last.start_tick, last.length_ticks + ticks, root, quality, root, last.root_name, ""
            )
        else:
            chords.append(Chord(frame * beat, ticks, root, quality, root, spell(root, key), ""))
    return tuple(chords)


def _picture(
    sounds: Sequence[tuple[int, int, int, float]], frames: int, beat: int
) -> tuple[np.ndarray, np.ndarray]:
    """What sounds in each beat, (frames, 12), each row summing to 1 or 0; and the lowest pitch, -1 for none."""
    chroma = np.zeros((frames, 12))
    lowest = np.full(frames, 999)
    for tick, ticks, pitch, weight in sounds:
        for frame in range(max(0, tick // beat), min(frames, -(-(tick + ticks) // beat))):
            inside = min(tick + ticks, (frame + 1) * beat) - max(tick, frame * beat)
            chroma[frame, pitch % 12] += weight * inside / beat
            if inside * 3 >= beat or tick == frame * beat:
                lowest[frame] = min(lowest[frame], pitch)
    known = lowest < 999
    chroma[known, lowest[known] % 12] += 0.5
    total = chroma.sum(axis=1, keepdims=True)
    return np.divide(chroma, total, out=np.zeros_like(chroma), where=total > 0), np.where(known, lowest, -1)


def _scores(chroma: np.ndarray, bass: np.ndarray, key: Key) -> np.ndarray:
    """How well each chord fits each beat: (frames, qualities * 12)."""
    inside_key = set(scale(key))
    columns = []
    for quality in _QUALITIES:
        for root in range(12):
            weight = np.full(12, -_STRANGER)
            tones = [(root + step) % 12 for step in INTERVALS[quality]]
            for n, tone in enumerate(tones):
                weight[tone] = _WEIGHTS[n]
            fit = chroma @ weight - _HANDICAP[quality]
            fit -= _OUTSIDE_KEY * sum(tone not in inside_key for tone in tones[:3]) / 2
            low = np.where(bass < 0, -1, bass % 12)
            fit += np.where(
                low == root, _BASS_ROOT, np.where(np.isin(low, tones), _BASS_INSIDE, _BASS_OUTSIDE)
            )
            columns.append(np.where(low < 0, 0.0, fit))
    return np.stack(columns, axis=1)


def _viterbi(scores: np.ndarray, change: np.ndarray) -> np.ndarray:
    """The best sequence of states when every change costs what its beat says."""
    frames, states = scores.shape
    total = scores[0].copy()
    back = np.zeros((frames, states), dtype=np.int64)
    for frame in range(1, frames):
        leader = int(total.argmax())
        moved = total[leader] - change[frame] > total
        back[frame] = np.where(moved, leader, np.arange(states))
        total = np.where(moved, total[leader] - change[frame], total) + scores[frame]
    path = np.zeros(frames, dtype=np.int64)
    path[-1] = total.argmax()
    for frame in range(frames - 1, 0, -1):
        path[frame - 1] = back[frame, path[frame]]
    return path
