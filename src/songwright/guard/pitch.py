"""Does the voice sing what is written? Pitch of the sung stem inside held vowels, against the score.

Fundamental by WORLD's DIO and StoneMask (Morise, Kawahara & Katayose 2009; Morise 2016) at 16 kHz. The search
reaches more than an octave below and above each voice, so that a wrong octave shows. DIO takes a strong second
harmonic for the fundamental now and then, so a wrong octave counts only if Harvest (Morise 2017), which is
slower and steadier, hears it too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from songwright.dsp.units import hz_to_midi
from songwright.text.phones import VOWELS
from songwright.values.audio import Audio
from songwright.values.performance import Performance
from songwright.values.score import Part, Score
from songwright.values.verdict import Figure

LISTEN_RATE_HZ = 16_000
FRAME_S = 0.005
_AFTER_START_S = 0.06
_BEFORE_END_S = 0.03
_SHORTEST_S = 0.15
_AROUND_S = 0.3
_OCTAVE_CENTS = 600.0


@dataclass(frozen=True)
class HeldNote:
    """The steady middle of a sung note: where, and at which written pitch (MIDI)."""

    start_s: float
    end_s: float
    pitch: float


@dataclass(frozen=True)
class Tuning:
    """errors_cents: median of the heard pitch minus the written one, note by note. unheard: notes without pitch."""

    errors_cents: np.ndarray
    unheard: int


def sung_f0(sound: np.ndarray, rate_hz: int, low_hz: float = 50.0, high_hz: float = 1000.0) -> np.ndarray:
    """Fundamental in Hz every 5 ms, 0 where nothing is voiced. sound: mono (frames,)."""
    import pyworld
    import soxr

    mono = soxr.resample(np.asarray(sound, dtype=np.float64), rate_hz, LISTEN_RATE_HZ)
    if len(mono) < LISTEN_RATE_HZ // 10:
        return np.zeros(0)
    # the rough search may work at a quarter of the rate; the refinement uses all of it
    rough, times = pyworld.dio(
        mono, LISTEN_RATE_HZ, f0_floor=low_hz, f0_ceil=high_hz, frame_period=1000.0 * FRAME_S, speed=4
    )
    return pyworld.stonemask(mono, rough, times, LISTEN_RATE_HZ)


def held_notes(part: Part, score: Score, performance: Performance | None) -> list[HeldNote]:
    """The steady middles of a sung part's notes; inside their vowels when the performance is known.

    60 ms after the beginning (of note and vowel) to 30 ms before their end; at least 150 ms long.
    """
    vowels = None
    sung = [p for p in performance.sung if p.id == part.id] if performance else []
    if sung:
        phones = [f for phrase in sung[0].phrases for f in phrase.phones if f.symbol in VOWELS]
        vowels = np.array([(phone.onset_s, phone.offset_s) for phone in phones]).reshape(-1, 2)
    out = []
    for note in part.notes:
        start, end = (score.tempo_map.seconds_at(tick) for tick in (note.start_tick, note.end_tick))
        if vowels is not None:
            overlap = np.minimum(vowels[:, 1], end) - np.maximum(vowels[:, 0], start)
            if not len(overlap) or overlap.max() <= 0:
                continue
            best = vowels[int(overlap.argmax())]
            start, end = max(start, float(best[0])), min(end, float(best[1]))
        start, end = start + _AFTER_START_S, end - _BEFORE_END_S
        if end - start >= _SHORTEST_S:
            out.append(HeldNote(start, end, float(note.pitch)))
    return out


def heard_again(
    f0_hz: np.ndarray, sound: np.ndarray, rate_hz: int, notes: Sequence[HeldNote], low_hz: float = 50.0
) -> np.ndarray:
    """The same curve, with Harvest's pitch inside notes that seem to be sung in a wrong octave."""
    import pyworld
    import soxr

    second = f0_hz.copy()
    for note in notes:
        errors = tuning(f0_hz, [note]).errors_cents
        if not len(errors) or abs(errors[0]) <= _OCTAVE_CENTS:
            continue
        begin_s = max(0.0, note.start_s - _AROUND_S)
        piece = sound[round(begin_s * rate_hz) : round((note.end_s + _AROUND_S) * rate_hz)]
        mono = soxr.resample(np.asarray(piece, dtype=np.float64), rate_hz, LISTEN_RATE_HZ)
        heard, _ = pyworld.harvest(mono, LISTEN_RATE_HZ, low_hz, 1000.0, 1000.0 * FRAME_S)
        first, last = round(note.start_s / FRAME_S), round(note.end_s / FRAME_S)
        offset = first - round(begin_s / FRAME_S)
        inside = heard[offset : offset + min(last, len(second)) - first]
        second[first : first + len(inside)] = inside
    return second


def tuning(f0_hz: np.ndarray, notes: Sequence[HeldNote]) -> Tuning:
    """How far each held note lies from what is written. f0_hz: as from `sung_f0`."""
    errors, unheard = [], 0
    for note in notes:
        heard = f0_hz[round(note.start_s / FRAME_S) : round(note.end_s / FRAME_S)]
        voiced = heard[heard > 0]
        if len(voiced) < 0.5 * max(len(heard), 1):
            unheard += 1
            continue
        pitch = float(hz_to_midi(np.median(voiced)))
        errors.append(100.0 * (pitch - note.pitch))
    return Tuning(np.array(errors), unheard)


def pitch_figures(stem: Audio, part: Part, score: Score, performance: Performance | None) -> list[Figure]:
    """Pitch of a sung stem against its part."""
    notes = held_notes(part, score, performance)
    if not notes:
        return [Figure("pitch of held notes", None, "cents", "<= 5 cents", None, "no held notes")]
    mono = stem.samples.mean(axis=0)
    found = tuning(heard_again(sung_f0(mono, stem.rate_hz), mono, stem.rate_hz, notes), notes)
    if not len(found.errors_cents):
        return [Figure("pitch of held notes", None, "cents", "<= 5 cents", False, "no pitch could be heard")]
    off = np.abs(found.errors_cents)
    octaves = int(np.sum(off > _OCTAVE_CENTS))
    middle, worst = float(np.median(off)), float(np.percentile(off, 90))
    said = f"{len(notes)} held notes, {found.unheard} without clear pitch"
    return [
        Figure("pitch of held notes", middle, "cents", "<= 5 cents", middle <= 5.0, said),
        Figure("pitch, 90 % of notes within", worst, "cents"),
        Figure("octave errors", float(octaves), "", "0", octaves == 0),
    ]
