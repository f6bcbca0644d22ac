"""Where in the bank each moment of a phrase is read: the words laid along the singer's timing.

The diphones of a phrase are joined to one long source; a map that never runs backwards sends every moment of the
song to a place in it. Transitions keep the speed of speech, what is stretched is the middle of the vowels; a
diphthong waits on its first half and glides at the end (after the timing rules of Saitou et al. 2007).
"""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np

from songwright.singer import spectrum
from songwright.singer.bank import VOWELS, Bank, cosines, nearest_phone
from songwright.singer.glottis import Tract
from songwright.singer.spectrum import FINE_HZ, Shapes
from songwright.singer.track import FRAME_S, Diction, Span, Track, sounding, vowel_weight, wander
from songwright.values.performance import SungPhrase
from songwright.values.seed import Luck

VOICE_TOP_HZ, HISS_TOP_HZ = 5_600.0, 7_050.0
"""Where the bank ends for voiced sounds (above, it holds artefacts of its source) and for hisses."""
SLOPE_VOICED_DB, SLOPE_HISS_DB = -14.0, -11.0
"""How sounds fall off above the end of the bank, dB an octave."""
LEAD_S = 0.08
TAIL_S = 0.15
DIPHTHONGS = frozenset(("AW", "AY", "EY", "OW", "OY"))
STOPS = frozenset(("P", "T", "K", "B", "D", "G", "CH", "JH"))
EDGE_S = 0.07
EDGE_SHARE = 0.35
SPEED = 1.25
"""The banks were spoken slowly; transitions are read this much faster."""
GLIDE_S = 0.15


class BankMouth:
    """A voice that speaks with the diphones of its bank."""

    diction = Diction(
        sharpen=1.12,  # banks come from averaged speech with blunt formants; beyond 1.2 words suffer
        formants=(4, 20),
        wander_db=0.35,
        tilt_db=1.5,
        hiss_db=-4.5,
        anchors_hz=(0.0, 3_000.0, 6_000.0, 9_000.0, 13_000.0, 24_000.0),
        vowel_air_db=(-50.0, -16.0, -9.0, -8.0, -1.0, 0.0),
    )

    def __init__(self, bank: Bank) -> None:
        self.bank, self.card = bank, bank.card
        levels = [band_db(bank.diphone("T", vowel).cepstra[-8:]).mean() for vowel in sorted(VOWELS)]
        self.vowel_db = float(np.median(levels))

    def shapes(self, formant_scale: float, ring_hz: float) -> Shapes:
        """Curves of the bank as voice and as hiss, and the slopes with which each goes on above its end."""
        voice, voice_slope = _body(VOICE_TOP_HZ, 0.72, formant_scale)
        hiss, hiss_slope = _body(HISS_TOP_HZ, 0.92, formant_scale)
        return Shapes(np.vstack([voice, hiss, voice_slope, hiss_slope]), ring_hz, self.diction.anchors_hz)

    def read(self, phrase: SungPhrase, luck: Luck) -> Track:
        """The phrase read from the bank; in held vowels the place of reading wanders a little."""
        return read(self.bank, phrase, wander(luck, phrase, 3.0))

    def body(self, track: Track, cepstra: np.ndarray, hiss: np.ndarray) -> np.ndarray:
        """Cepstra shared out between the curves of voice and of hiss, and the slopes above."""
        share = hiss[:, None].astype(cepstra.dtype)
        slopes = np.stack([SLOPE_VOICED_DB * (1 - hiss), SLOPE_HISS_DB * hiss], axis=1)
        return np.hstack([cepstra * (1 - share), cepstra * share, slopes.astype(cepstra.dtype)])

    def refined(self, tract: Tract, track: Track, f0_hz: np.ndarray, formant_scale: float) -> Tract:
        """The tract as it is: no vocoder learned from a bank."""
        return tract


def lay_out(phrase: SungPhrase, spelled: Callable[[str], str] = nearest_phone) -> tuple[Span, ...]:
    """The phones of a phrase without gaps: silence before and after, holes closed or filled with silence.

    spelled: from any symbol to one the mouth knows.
    """
    spans: list[Span] = []
    for phone in sorted(phrase.phones, key=lambda p: p.onset_s):
        symbol, onset, offset = (
            spelled(phone.symbol),
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
    vowel = vowel_weight(spans, times)
    curve = np.interp(np.arange(count), np.linspace(0, count, len(wander)), wander)
    place = np.clip(place + 1.2 * curve * vowel, 0, len(cepstra) - 1.001)
    low = place.astype(int)
    part = (place - low)[:, None].astype(np.float32)
    read_noise = noise[low] * (1 - part) + noise[low + 1] * part
    return Track(
        start_s,
        cepstra[low] * (1 - part) + cepstra[low + 1] * part,
        _air_db(read_noise - 2.0),
        sounding(spans, times),
        vowel,
        spans,
    )


def _air_db(noise_db: np.ndarray) -> np.ndarray:
    """Noise at 3 and 6 kHz, (frames, 2) dB, continued to all anchors of the bank's diction."""
    count = len(noise_db)
    three, six = noise_db[:, 0], noise_db[:, 1]
    rest = np.full(count, -50.0), three, six, np.maximum(six, -8.0), np.full(count, -1.0), np.zeros(count)
    return np.stack(rest, axis=1)


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


def _body(top_hz: float, from_share: float, formant_scale: float) -> tuple[np.ndarray, np.ndarray]:
    """Cosines with their top cut off and replaced by the mean just below it (D, bins), and octaves above the top."""
    top = top_hz * formant_scale
    share = 1 / (1 + np.exp(-(FINE_HZ - top) / 150.0))
    near = cosines(np.linspace(from_share, 1.0, 9) * top_hz).mean(axis=1)
    octaves = np.log2(np.maximum(FINE_HZ, top) / top)
    return cosines(FINE_HZ / formant_scale) * (1 - share) + near[:, None] * share, octaves


def band_db(cepstra: np.ndarray) -> np.ndarray:
    """Power of frames of a bank from 150 Hz to 4 kHz, dB."""
    share = 10 * np.log10(3_850.0 / (spectrum.RATE_HZ / 2))
    matrix = cosines(np.linspace(150.0, 4_000.0, 64)).astype(np.float32)
    return share + 10 * np.log10(np.mean(10 ** (cepstra @ matrix / 10), axis=1))
