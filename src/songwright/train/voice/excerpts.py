"""Excerpts to learn from: speech, and speech stretched and transposed until it has the shape of singing.

The envelope of a voice hardly depends on its pitch, so any pitch from 60 to 1100 Hz may stand beside it; the middle
of a vowel is read slowly until the vowel lasts as long as a note. Diphthongs hold their first sound and glide late,
as singers do.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator, Philox

from songwright.singer import conditioning, fullband
from songwright.text import phones as inventory
from songwright.train.voice.corpus import Corpus
from songwright.values.seed import Seed

LONGEST_NOTE_S = 1.0
VOWEL_EDGE_S = 0.06
DIPHTHONGS = frozenset(("AW", "AY", "EY", "OW", "OY"))


@dataclass(frozen=True, eq=False)
class Batch:
    """B excerpts of T frames. phones (B, T, 4), numbers (B, T, 10): see `conditioning`; speaker (B,).

    cepstra (B, T, 64), air_db (B, T, 5), voiced (B, T) 0/1: what was recorded. weight (B, T): 0 beyond the clip's end.
    """

    phones: np.ndarray
    numbers: np.ndarray
    speaker: np.ndarray
    cepstra: np.ndarray
    air_db: np.ndarray
    voiced: np.ndarray
    weight: np.ndarray


@dataclass(frozen=True)
class Manner:
    """How excerpts are changed. sung: share of excerpts whose vowels are stretched. transposed: share with another
    pitch. effort_known: share that is told how loud it was."""

    sung: float = 0.5
    transposed: float = 0.7
    effort_known: float = 0.75


AS_SPOKEN = Manner(sung=0.0, transposed=0.0, effort_known=1.0)


class Excerpts:
    """Draws excerpts from one split of a corpus; the same step always draws the same."""

    def __init__(self, corpus: Corpus, split: int, seed: Seed, manner: Manner = Manner()) -> None:
        self.corpus, self.seed, self.manner = corpus, seed, manner
        self.clips = corpus.clips(split)
        length = np.diff(corpus.frame_start)[self.clips]
        weight = length * corpus.share[corpus.speaker[self.clips]]
        self._below = np.cumsum(weight / weight.sum())
        pitch = corpus.f0_hz > 0
        self._voiced = pitch
        logs = np.log2(np.where(pitch, corpus.f0_hz, 1.0))
        place = np.arange(len(logs))
        self._log_f0 = np.interp(place, place[pitch], logs[pitch]).astype(np.float32)
        held = [s in inventory.VOWELS for s in corpus.symbols]
        gliding = [s in DIPHTHONGS for s in corpus.symbols]
        self._is_vowel, self._is_diphthong = np.array(held), np.array(gliding)

    def batch(self, step: int, size: int, frames: int) -> Batch:
        """The excerpts of a step: `size` of `frames` frames."""
        draw = Generator(Philox(key=self.seed.child("excerpts", step).key()))
        clips = self.clips[
            np.minimum(np.searchsorted(self._below, draw.uniform(size=size)), len(self.clips) - 1)
        ]
        return stack([self.excerpt(clip, frames, draw) for clip in clips])

    def excerpt(self, clip: int, frames: int, draw: Generator) -> Batch:
        """One excerpt of a clip, B = 1; from a random place, zero weight where the clip is over."""
        corpus = self.corpus
        rows = slice(corpus.phone_start[clip], corpus.phone_start[clip + 1])
        source = np.append(corpus.onset_s[rows], corpus.offset_s[rows.stop - 1]).astype(float)
        codes = corpus.phone[rows].astype(np.int64)
        sung = draw.uniform() < self.manner.sung
        if sung:
            borders, knots_new, knots_old = self._stretched(codes, source, draw)
        else:
            borders, knots_new, knots_old = source, source, source
        room = borders[-1] - frames * fullband.FRAME_S
        start = draw.uniform(0.0, room) if room > 0 else 0.0
        times = start + fullband.FRAME_S * np.arange(frames)
        place = np.interp(times, knots_new, knots_old) / fullband.FRAME_S
        return self._read(clip, codes, borders, times, place, draw)

    def whole(self, clip: int) -> Batch:
        """A whole clip as it was spoken, B = 1, frames even."""
        corpus = self.corpus
        rows = slice(corpus.phone_start[clip], corpus.phone_start[clip + 1])
        source = np.append(corpus.onset_s[rows], corpus.offset_s[rows.stop - 1]).astype(float)
        frames = int(corpus.frame_start[clip + 1] - corpus.frame_start[clip]) // 2 * 2
        times = fullband.FRAME_S * np.arange(frames)
        return self._read(
            clip, corpus.phone[rows].astype(np.int64), source, times, np.arange(frames) * 1.0, None
        )

    def _read(
        self, clip: int, codes: np.ndarray, borders: np.ndarray, times: np.ndarray, place: np.ndarray,
        draw: Generator | None,
    ) -> Batch:  # fmt: skip
        corpus = self.corpus
        first, stop = corpus.frame_start[clip], corpus.frame_start[clip + 1]
        exact = np.clip(place, 0, stop - first - 1.001)
        low = first + exact.astype(int)
        share = (exact - exact.astype(int)).astype(np.float32)[:, None]
        log_f0 = self._log_f0[low]
        effort: np.ndarray | None = corpus.effort[low].astype(np.float32)
        if draw is not None:
            if draw.uniform() < self.manner.transposed:
                middle = draw.uniform(np.log2(60.0), np.log2(1_100.0))
                log_f0 = middle + draw.uniform(0.3, 1.5) * (log_f0 - log_f0.mean())
            if draw.uniform() >= self.manner.effort_known:
                effort = None
        told = conditioning.at_frames(codes, borders[:-1], borders[1:], times, 2.0**log_f0, effort)

        def between(values: np.ndarray) -> np.ndarray:
            return (values[low] * (1 - share) + values[low + 1] * share).astype(np.float32)

        inside = (times < borders[-1]).astype(np.float32)
        return Batch(
            told["phones"][None], told["numbers"][None], np.array([corpus.speaker[clip]], np.int64),
            between(corpus.cepstra)[None], between(corpus.air_db)[None],
            self._voiced[low].astype(np.float32)[None], inside[None],
        )  # fmt: skip

    def _stretched(
        self, codes: np.ndarray, source: np.ndarray, draw: Generator
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Borders of the phones as if sung, and the time map: knots in the new time and in the recording."""
        knots_old, knots_new, borders = [source[0]], [0.0], [0.0]
        pace = draw.uniform(0.8, 1.3)
        usual = np.exp(draw.uniform(np.log(0.1), np.log(LONGEST_NOTE_S)))
        now = 0.0
        for code, onset, offset in zip(codes, source[:-1], source[1:], strict=True):
            length = offset - onset
            if self._is_vowel[code] and length > 0.03:
                head = min(VOWEL_EDGE_S, 0.35 * length)
                tail = 0.55 * length if self._is_diphthong[code] else head
                middle = length - head - tail
                asked = usual * np.exp(draw.normal() * 0.5) - head - tail
                middle_new = float(np.clip(asked, 0.4 * middle, 12.0 * middle))
                knots_old += [onset + head, offset - tail, offset]
                knots_new += [now + head, now + head + middle_new, now + head + middle_new + tail]
            else:
                knots_old.append(offset)
                knots_new.append(now + length * pace)
            now = knots_new[-1]
            borders.append(now)
        return np.array(borders), np.array(knots_new), np.array(knots_old)


def stack(parts: list[Batch]) -> Batch:
    """Several batches of equal length as one."""
    return Batch(
        *(np.concatenate([getattr(part, name) for part in parts]) for name in Batch.__dataclass_fields__)
    )
