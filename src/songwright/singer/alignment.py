"""Where in the bank each moment of a phrase is read: the words laid along the singer's timing.

The diphones of a phrase are joined to one long source; a map that never runs backwards sends every moment of the
song to a place in it. Transitions keep the speed of speech, what is stretched is the middle of the vowels; a
diphthong waits on its first half and glides at the end (after the timing rules of Saitou et al. 2007).
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

from songwright.singer.bank import FRAME_S, VOWELS, Bank, nearest_phone
from songwright.values.performance import SungPhrase

LEAD_S = 0.08
TAIL_S = 0.15
DIPHTHONGS = frozenset(("AW", "AY", "EY", "OW", "OY"))
STOPS = frozenset(("P", "T", "K", "B", "D", "G", "CH", "JH"))
VOICELESS = frozenset(("PAU", "P", "T", "K", "CH", "F", "TH", "S", "SH", "HH"))
EDGE_S = 0.07
EDGE_SHARE = 0.35
SPEED = 1.25
"""The banks were spoken slowly; transitions are read this much faster."""
GLIDE_S = 0.15


@dataclass(frozen=True)
class Span:
    """A phone from onset_s to offset_s (song time)."""

    symbol: str
    onset_s: float
    offset_s: float


@dataclass(frozen=True, eq=False)
class Track:
    """A phrase read from the bank, a row for each 5 ms from start_s on.

    cepstra (frames, D) in dB, noise_db (frames, 2) at 3 and 6 kHz, voiced (frames,) bool, vowel (frames,) 0..1.
    """

    start_s: float
    cepstra: np.ndarray
    noise_db: np.ndarray
    voiced: np.ndarray
    vowel: np.ndarray
    spans: tuple[Span, ...]

    @property
    def times_s(self) -> np.ndarray:
        """When each frame sounds."""
        return self.start_s + FRAME_S * np.arange(len(self.voiced))


def lay_out(phrase: SungPhrase) -> tuple[Span, ...]:
    """The phones of a phrase without gaps: silence before and after, holes closed or filled with silence."""
    spans: list[Span] = []
    for phone in sorted(phrase.phones, key=lambda p: p.onset_s):
        symbol, onset, offset = (
            nearest_phone(phone.symbol),
            phone.onset_s,
            max(phone.offset_s, phone.onset_s + 0.01),
        )
        if not spans:
            spans.append(Span("PAU", onset - LEAD_S, onset))
        before = spans[-1]
        if onset - before.offset_s > 0.04:
            spans.append(Span("PAU", before.offset_s, onset))
        else:
            onset = before.offset_s
        spans.append(Span(symbol, onset, max(offset, onset + 0.01)))
    if spans:
        spans.append(Span("PAU", spans[-1].offset_s, spans[-1].offset_s + TAIL_S))
    return tuple(spans)


def read(bank: Bank, phrase: SungPhrase, wander: np.ndarray) -> Track:
    """Read a phrase from the bank. wander: slow curve -1..1, any length, stretched over the phrase."""
    spans = lay_out(phrase)
    cepstra, noise, borders, middles = _source(bank, [span.symbol for span in spans])
    start_s = spans[0].onset_s
    count = int(np.ceil((spans[-1].offset_s - start_s) / FRAME_S)) + 1
    times = start_s + FRAME_S * np.arange(count)
    knots_t, knots_s = _map(spans, borders, middles)
    place = np.interp(times, knots_t, knots_s)
    vowel = _vowel_weight(spans, times)
    curve = np.interp(np.arange(count), np.linspace(0, count, len(wander)), wander)
    place = np.clip(place + 1.2 * curve * vowel, 0, len(cepstra) - 1.001)
    low = place.astype(int)
    part = (place - low)[:, None].astype(np.float32)
    voiced = np.zeros(count, bool)
    for span in spans:
        if span.symbol not in VOICELESS:
            voiced |= (times >= span.onset_s) & (times < span.offset_s)
    return Track(
        start_s,
        cepstra[low] * (1 - part) + cepstra[low + 1] * part,
        noise[low] * (1 - part) + noise[low + 1] * part,
        voiced,
        vowel,
        spans,
    )


def _source(bank: Bank, symbols: list[str]) -> tuple[np.ndarray, np.ndarray, list[int], list[int]]:
    """All diphones end to end, their joins smoothed; the row where each phone begins, and where its middle is.

    At a join both sides bend toward their mean, so no step is left.
    """
    units = [bank.diphone(a, b) for a, b in itertools.pairwise(symbols)]
    cepstra = [unit.cepstra.astype(np.float32) for unit in units]
    noise = [unit.noise_db.astype(np.float32) for unit in units]
    for rows in (cepstra, noise):
        for k in range(len(units) - 1):
            gap = (rows[k + 1][0] - rows[k][-1]) / 2
            behind, ahead = len(units[k].cepstra) - units[k].left, units[k + 1].left
            rows[k] = rows[k].copy()
            rows[k][-behind:] += np.linspace(0, 1, behind, dtype=np.float32)[:, None] * gap
            rows[k + 1] = rows[k + 1].copy()
            rows[k + 1][:ahead] -= np.linspace(1, 0, ahead, dtype=np.float32)[:, None] * gap
    borders, middles, row = [0], [0], 0
    for unit in units:
        borders.append(row + unit.left)
        row += len(unit.cepstra)
        middles.append(row)
    return np.concatenate(cepstra), np.concatenate(noise), [*borders, row - 1], middles


def _map(spans: tuple[Span, ...], borders: list[int], middles: list[int]) -> tuple[list[float], list[float]]:
    """Knots of the way from song time to source row."""
    times, places = [spans[0].onset_s], [0.0]
    for k, span in enumerate(spans):
        inner = _inner_knots(span, borders[k], middles[k], borders[k + 1])
        for time, place in [*inner, (span.offset_s, float(borders[k + 1]))]:
            times.append(max(time, times[-1] + 1e-4))
            places.append(max(place, places[-1]))
    return times, places


def _inner_knots(span: Span, begin: int, middle: int, end: int) -> list[tuple[float, float]]:
    """Knots inside one phone."""
    length = span.offset_s - span.onset_s
    rows = end - begin
    per_s = SPEED / FRAME_S
    if span.symbol == "PAU":
        return []
    if span.symbol in STOPS:
        burst = min((end - middle) / per_s, 0.75 * length)
        return [(span.offset_s - burst, float(middle))]
    if span.symbol not in VOWELS:
        return [(span.onset_s + length * 0.5, float(middle))]
    if length * per_s <= rows:
        return []
    edge = min(EDGE_S, EDGE_SHARE * length)
    into = min(edge * per_s, 0.4 * rows)
    if span.symbol in DIPHTHONGS:
        glide = min(max(GLIDE_S, 0.3 * length), 0.5 * length, 0.4)
        return [
            (span.onset_s + edge, begin + min(into, 0.22 * rows)),
            (span.offset_s - glide, begin + 0.40 * rows),
        ]
    return [(span.onset_s + edge, begin + into), (span.offset_s - edge, end - into)]


def _vowel_weight(spans: tuple[Span, ...], times: np.ndarray) -> np.ndarray:
    """1 inside vowels, 0 inside consonants, with ramps of 40 ms inside the vowel."""
    weight = np.zeros(len(times), np.float32)
    for span in spans:
        if span.symbol in VOWELS:
            ramp = max(min(0.04, (span.offset_s - span.onset_s) / 2), 1e-3)
            rise = np.minimum(times - span.onset_s, span.offset_s - times) / ramp
            weight = np.maximum(weight, np.clip(rise, 0, 1))
    return weight
