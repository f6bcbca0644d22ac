"""The partials of a recorded note: where they stand, and how loud they are from moment to moment."""

from __future__ import annotations

import numpy as np

from songwright.band.portrait import KNOTS_S
from songwright.values.audio import RATE_HZ

PARTIALS = 96
_TOP_HZ = 16000.0
_PERIODS = 4.5  # a Hann window of so many periods keeps neighbours apart
_SHOWN_DB, _SINK_DB = (
    3.0,
    12.0,
)  # a partial above its surroundings; what it loses from knot to knot below them
_SHORTEST_S, _LONGEST_S = 0.012, 0.16


def stretched(hz: float, stiffness: float, count: int) -> np.ndarray:
    """Frequencies of the first partials of a stiff string whose first stands at hz (Fletcher 1964)."""
    k = np.arange(1, count + 1, dtype=np.float64)
    return hz * k * np.sqrt((1 + stiffness * k**2) / (1 + stiffness))


def find_partials(sound: np.ndarray, hz: float, guess: float) -> tuple[np.ndarray, float]:
    """Where the partials of a note stand: (frequencies, stiffness B).

    sound: (frames,), from its onset. hz: about where the first partial is (within a quarter tone). guess: B of a
    neighbour, kept where too few partials are heard; 0 = no string, exact harmonics. Peaks are picked upwards, each
    sought where those below predict it; B is fitted to (f_k / k)^2 over k^2 by least squares.
    """
    part = sound[int(0.04 * RATE_HZ) : int(1.4 * RATE_HZ)]
    size = 1 << 18
    power = np.abs(np.fft.rfft(part * np.hanning(len(part)), size))
    step = RATE_HZ / size
    stiffness, first = guess, hz
    numbers: list[int] = []
    places: list[float] = []
    loudest = 0.0
    for k in range(1, min(PARTIALS, int(_TOP_HZ / hz)) + 1):
        wanted = stretched(first, stiffness, k)[-1]
        if len(numbers) > 8:  # the last few tell best how far the law is off up here
            law = stretched(first, stiffness, numbers[-1])[np.array(numbers[-5:]) - 1]
            wanted *= float(np.median(np.array(places[-5:]) / law))
        if wanted > _TOP_HZ:
            break
        reach = max(3.0 * step, min(0.3 * first, (0.03 if k < 3 else 0.008) * wanted + 0.06 * first))
        low, high = int((wanted - reach) / step), int((wanted + reach) / step) + 1
        peak = low + int(np.argmax(power[low:high]))
        loudest = max(loudest, power[peak])
        if power[peak] > loudest * 1e-3 and low < peak < high - 1:
            a, b, c = np.log(power[peak - 1 : peak + 2] + 1e-12)
            numbers.append(k)
            places.append(step * (peak + 0.5 * (a - c) / (a - 2 * b + c - 1e-9)))
        if len(numbers) >= 6:
            first, stiffness = _fit(np.array(numbers), np.array(places), guess > 0)
        elif k == 1 and numbers:
            first = places[0]
    if len(numbers) < 6:
        stiffness = guess
    hz_all = stretched(first, stiffness, min(PARTIALS, max(1, int(_TOP_HZ / first))))
    heard = np.array(numbers, dtype=int) - 1
    hz_all[heard[heard < len(hz_all)]] = np.array(places)[heard < len(hz_all)]
    return hz_all[hz_all < _TOP_HZ], stiffness


def _fit(k: np.ndarray, hz: np.ndarray, stiff: bool) -> tuple[float, float]:
    """First partial and stiffness by robust least squares."""
    y = (hz / k) ** 2
    weight = np.ones(len(k))
    base, slope = float(np.median(y)), 0.0
    for _ in range(4):
        if stiff:
            mean_x, mean_y = np.average(k**2, weights=weight), np.average(y, weights=weight)
            spread = np.average((k**2 - mean_x) ** 2, weights=weight)
            slope = float(np.average((k**2 - mean_x) * (y - mean_y), weights=weight) / (spread + 1e-9))
            slope = max(slope, 0.0)
            base = mean_y - slope * mean_x
        else:
            base = float(np.average(y, weights=weight))
        off = np.abs(y - base - slope * k**2) / base
        weight = 1 / (1 + (off / (2 * np.median(off) + 1e-5)) ** 2)
    stiffness = min(slope / base, 0.02)
    return float(np.sqrt(base * (1 + stiffness))), stiffness


def levels(sound: np.ndarray, hz: np.ndarray, blown: bool, apart_hz: float) -> np.ndarray:
    """dB of each partial at the knots, (partials, knots), the note's own scale (full-scale sine = 0).

    apart_hz: how far partials stand from each other, which sets the window.

    A window before whose middle the note began is read later and carried back along the partial's own slope;
    a blown note starts softly, so there the window sees the start as it is.
    """
    length = float(np.clip(_PERIODS / apart_hz, _SHORTEST_S, _LONGEST_S))
    size = int(length * RATE_HZ) // 2 * 2
    window = np.hanning(size + 1)[:-1]
    window /= window.sum() / 2
    time = np.concatenate([KNOTS_S[:1] + 0.002, KNOTS_S[1:]])
    grid = np.unique(np.concatenate([time * r for r in (0.8, 0.9, 1.0, 1.1, 1.25)]))
    if not blown:
        early = max(0.5 * length, 0.006)
        grid = np.unique(np.concatenate([grid[grid > early], early * np.array([1.0, 1.3, 1.7, 2.2])]))
    grid = grid[grid + length / 2 < len(sound) / RATE_HZ]
    padded = np.concatenate([np.zeros(size), sound, np.zeros(size)])
    starts = (grid * RATE_HZ).astype(int) + size // 2
    pieces = padded[starts[:, None] + np.arange(size)] * window
    turns = np.exp(-2j * np.pi * hz[None, :] * (np.arange(size) / RATE_HZ)[:, None])
    power = np.abs(pieces @ turns) ** 2
    return _at_knots(grid, 10 * np.log10(power.T + 1e-14))


def standing_out(sound: np.ndarray, hz: np.ndarray, blown: bool) -> np.ndarray:
    """`levels`, with partials that do not stand out from what lies half-way to their neighbours taken down.

    There the window hears noise, which has its own bands; a struck partial that has sunk into it goes on falling.
    """
    db = levels(sound, hz, blown, hz[0])
    half = 0.5 * hz[0]
    between = levels(sound, np.concatenate([[hz[0] - half], hz + half]), blown, hz[0])
    shown = db - np.maximum(between[:-1], between[1:])
    sunk = shown < _SHOWN_DB
    out = np.where(sunk, db - np.clip(2.0 * (_SHOWN_DB - shown), 0.0, 12.0), db)
    if not blown:
        for i in range(6, len(KNOTS_S)):
            fall = np.where(sunk[:, i], out[:, i - 1] - _SINK_DB, np.inf)
            out[:, i] = np.minimum(out[:, i], fall)
    return out


def _at_knots(grid: np.ndarray, db: np.ndarray) -> np.ndarray:
    """Curves over a time grid read at the knots, averaged a little around each; ends are carried on by slope."""
    out = np.empty((len(db), len(KNOTS_S)))
    for i, knot in enumerate(KNOTS_S):
        near = np.exp(-0.5 * (np.log2((grid + 1e-3) / (knot + 1e-3)) / 0.22) ** 2) + 1e-9
        out[:, i] = (db @ near) / near.sum()
        if knot < grid[0]:
            ahead = min(len(grid) - 1, 3)
            slope = (db[:, ahead] - db[:, 0]) / (grid[ahead] - grid[0])
            out[:, i] = db[:, 0] + np.clip(slope * (knot - grid[0]), 0.0, 8.0)
        elif knot > grid[-1]:
            slope = (out[:, i - 1] - out[:, i - 2]) / (KNOTS_S[i - 1] - KNOTS_S[i - 2])
            out[:, i] = out[:, i - 1] + np.minimum(slope, -3.0) * (knot - KNOTS_S[i - 1])
    return out
