"""What the bench hears in a singer: right lines, pitch of held notes, vibrato, how notes are joined."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from songwright.guard import pitch
from songwright.guard.words import LISTEN_RATE_HZ
from songwright.values.performance import Performance
from songwright.values.score import Part, Score

FRAME_S = pitch.FRAME_S
VIBRATO_HZ = (4.0, 8.0)
_HELD_S = 0.7
_STEP_SEMITONES = 1.5
_DEPTH_HEARD_CENTS = 10.0


def right_line_rank(sound: np.ndarray, rate_hz: int, texts: Sequence[Sequence[tuple[str, ...]]]) -> int:
    """Place of the first text among all of them when each is aligned to the sound: 0 = it fits best.

    sound: mono (frames,) of one line. texts: lines as words, each word a tuple of ARPAbet phones; the first is the
    one that was sung. Forced alignment by PocketSphinx en-us; a text that cannot be aligned comes last.
    """
    decoder = _aligner()
    pcm = _pcm(sound, rate_hz)
    scores = [_alignment_score(decoder, pcm, text) for text in texts]
    return sum(score >= scores[0] for score in scores[1:])


def _aligner() -> Any:
    from pocketsphinx import Decoder, get_model_path

    return Decoder(
        hmm=get_model_path("en-us/en-us"), lm=None, dict=get_model_path("en-us/cmudict-en-us.dict"),
        beam=1e-120, wbeam=1e-120, pbeam=1e-120, loglevel="FATAL",
    )  # fmt: skip


def _pcm(sound: np.ndarray, rate_hz: int) -> bytes:
    """16 kHz, 16 bit, at a common level."""
    import soxr

    mono = soxr.resample(np.asarray(sound, np.float32), rate_hz, LISTEN_RATE_HZ)
    level = np.sqrt(np.mean(mono.astype(np.float64) ** 2)) + 1e-9
    return (np.clip(mono * (0.06 / level), -0.99, 0.99) * 32767).astype("<i2").tobytes()


def _alignment_score(decoder: Any, pcm: bytes, text: Sequence[tuple[str, ...]]) -> float:
    """Log likelihood of a line; minus infinity when it does not fit at all."""
    names = []
    for phones in text:
        name = "x" + "".join(phones).lower()
        if decoder.lookup_word(name) is None:
            decoder.add_word(name, " ".join(phones), True)
        names.append(name)
    decoder.set_align_text(" ".join(names))
    decoder.start_utt()
    decoder.process_raw(pcm, no_search=False, full_utt=True)
    decoder.end_utt()
    found = decoder.hyp()
    return float(np.log(found.score)) if found is not None and found.score > 0 else float("-inf")


@dataclass(frozen=True)
class PitchHeard:
    """Held notes of a sung part: how far each is from what is written, in cents; notes an octave off; unheard ones."""

    off_cents: np.ndarray
    octaves: int
    unheard: int


def pitch_heard(sound: np.ndarray, part: Part, score: Score, performance: Performance) -> PitchHeard:
    """Pitch of the held notes of a part, heard in its sound, mono at 48 kHz (see `guard.pitch`)."""
    notes = pitch.held_notes(part, score, performance)
    f0_hz = pitch.heard_again(pitch.sung_f0(sound, 48_000), sound, 48_000, notes)
    found = pitch.tuning(f0_hz, notes)
    off = np.abs(found.errors_cents)
    return PitchHeard(off, int(np.sum(off > 600)), found.unheard)


@dataclass(frozen=True)
class Vibrato:
    """Vibrato of one held note: rate_hz, extent_cents (half of peak to peak), delay_s after the vowel's beginning."""

    rate_hz: float
    extent_cents: float
    delay_s: float


def vibratos(f0_hz: np.ndarray, notes: Sequence[pitch.HeldNote]) -> tuple[list[Vibrato], int]:
    """The vibrato of every note held 0.7 s or longer, and how many such notes there are.

    f0_hz: heard, every 5 ms. A note whose swing stays under 10 cents is sung straight and counts only in the number.
    Rate: the strongest of 4..8 Hz in the second half (zero-padded spectrum); delay: when the swing (analytic signal)
    first reaches half of its final size.
    """
    found, long_notes = [], 0
    for note in notes:
        cents = _cents(f0_hz, note.start_s, note.end_s)
        if cents is None or note.end_s - note.start_s < _HELD_S:
            continue
        long_notes += 1
        swing = cents - _smoothed(cents, 0.4)
        late = swing[len(swing) // 2 :]
        size = 4096
        spectrum = np.abs(np.fft.rfft(late * np.hanning(len(late)), size))
        hz = np.fft.rfftfreq(size, FRAME_S)
        inside = (hz >= VIBRATO_HZ[0]) & (hz <= VIBRATO_HZ[1])
        rate = float(hz[inside][np.argmax(spectrum[inside])])
        extent = float(np.sqrt(2.0) * np.std(late))
        if extent < _DEPTH_HEARD_CENTS:
            continue
        size_now = _smoothed(np.abs(_analytic(swing)), 0.08)
        begun = int(np.argmax(size_now >= 0.5 * np.median(size_now[len(size_now) // 2 :])))
        found.append(Vibrato(rate, extent, begun * FRAME_S + pitch._AFTER_START_S))
    return found, long_notes


def transitions_s(f0_hz: np.ndarray, notes: Sequence[pitch.HeldNote]) -> list[float]:
    """How long the voice takes from note to note, 10 to 90 % of the step, where it sounds all the way through.

    notes: as from `guard.pitch.held_notes`. Steps of at least 1.5 semitones whose notes follow within 0.3 s.
    """
    times = []
    for before, after in pairwise(notes):
        gap = after.start_s - before.end_s
        step = 100.0 * (after.pitch - before.pitch)
        if abs(step) < 100 * _STEP_SEMITONES or gap > 0.3:
            continue
        cents = _cents(f0_hz, before.end_s - 0.12, after.start_s + 0.15)
        if cents is None:
            continue
        place = (cents - _level(f0_hz, before)) / (_level(f0_hz, after) - _level(f0_hz, before))
        done = np.flatnonzero(place >= 0.9)
        if len(done) == 0:
            continue
        begun = np.flatnonzero(place[: done[0]] <= 0.1)
        if len(begun):
            times.append(float((done[0] - begun[-1]) * FRAME_S))
    return times


def _level(f0_hz: np.ndarray, note: pitch.HeldNote) -> float:
    """The middle of a note in cents above 1 Hz."""
    cents = _cents(f0_hz, note.start_s, note.end_s, gaps=True)
    return float(np.median(cents)) if cents is not None else 100.0 * note.pitch


def _cents(f0_hz: np.ndarray, start_s: float, end_s: float, gaps: bool = False) -> np.ndarray | None:
    """The heard curve in cents above MIDI 0; None where it breaks off (gaps: voiced frames alone)."""
    piece = f0_hz[max(0, round(start_s / FRAME_S)) : round(end_s / FRAME_S)]
    voiced = piece > 0
    if len(piece) < 10 or (not gaps and not voiced.all()) or voiced.sum() < 10:
        return None
    return 6_900.0 + 1_200.0 * np.log2(piece[voiced] / 440.0)


def _smoothed(curve: np.ndarray, length_s: float) -> np.ndarray:
    """A running mean under a Hann window with mirrored ends: 0.4 s leave nothing of a swing of 5 Hz or more."""
    half = max(1, round(0.5 * length_s / FRAME_S))
    half = min(half, len(curve) - 1)
    kernel = np.hanning(2 * half + 3)[1:-1]
    kernel /= kernel.sum()
    return np.convolve(np.pad(curve, half, mode="reflect"), kernel, mode="valid")


def _analytic(curve: np.ndarray) -> np.ndarray:
    """The analytic signal (Gabor 1946)."""
    from scipy.signal import hilbert

    return hilbert(curve)
