"""Channel strips: each stem's equalizer, its place between the loudspeakers, and its way through the rooms.

Equalizer, pan, width, room and plate are all linear, so a strip is one convolution: every block of the stem
is multiplied by its moving gain, carried to the frequency domain once, and comes back as it is heard in the
mix.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import scipy

from songwright.desk.balance import BANDS_HZ, Chair, Heard
from songwright.desk.faders import POCKET_HZ, POCKET_Q
from songwright.desk.moves import HOP
from songwright.desk.settings import Settings
from songwright.dsp import envelopes, filters, space, units
from songwright.values.audio import RATE_HZ
from songwright.values.seed import Seed

_SIDE_LOW_HZ = 150.0  # below this a stem is mono: bass belongs to both loudspeakers
_SPREAD_LOW_HZ = 200.0  # and what makes two sides of one begins here
_MIDDLE_BELOW_HZ = 120.0  # below this even a sound on one side stands in the middle
_EQ_TAIL = 8192
_SIGNS = (1.0, -1.0)  # what is added left is taken right
_LONGEST_BLOCK = 262_144
_DRIVE_BLOCK = 262_144


@dataclass(frozen=True, eq=False)
class Strip:
    """A channel of the desk.

    equalizer: second-order sections. tone: impulse response of the whole record's equalizer, (taps,). pan: -1..1.
    width: 0..1.5, scales the sides. returns: (2, frames), rooms. spread: (frames,), what a one-channel sound sends
    to its sides; empty for stereo sounds.
    """

    equalizer: np.ndarray
    tone: np.ndarray
    pan: float
    width: float
    returns: np.ndarray
    spread: np.ndarray


def equalizer(chair: Chair, instrument_pocket_db: float = -1.5) -> np.ndarray:
    """The strip's equalizer by role and instrument; accompanying parts leave a pocket where words are understood."""
    if chair.role == "drums":
        return filters.chain(
            filters.high_pass(32.0),
            filters.peak(65.0, 1.5, 1.0),
            filters.peak(380.0, -2.0, 0.9),
            filters.high_shelf(8000.0, 1.5),
        )
    if chair.role == "bass":
        return filters.chain(
            filters.high_pass(34.0),
            filters.peak(130.0, 2.5, 0.8),
            filters.peak(900.0, 1.5, 0.9),
            filters.high_shelf(5000.0, -3.0),
        )
    if chair.role == "lead":
        return filters.chain(
            filters.high_pass(75.0),
            filters.peak(280.0, -2.0, 1.0),
            filters.peak(3000.0, 1.5, 0.8),
            filters.high_shelf(9500.0, 2.0),
        )
    if chair.role == "backing":
        return filters.chain(
            filters.high_pass(140.0),
            filters.peak(350.0, -1.5, 0.9),
            filters.peak(2600.0, -2.0, 0.8),
            filters.high_shelf(9000.0, 1.5),
        )
    low_hz, mud_hz, air_db = _ACCOMPANIMENT.get(chair.family, (95.0, 300.0, 0.5))
    pocket_db = instrument_pocket_db * (0.5 if chair.role == "answer" else 1.0)
    return filters.chain(
        filters.high_pass(max(low_hz, 140.0) if chair.role == "pad" else low_hz),
        filters.peak(mud_hz, -1.0, 0.9),
        filters.peak(2400.0, pocket_db, 0.7),
        filters.high_shelf(8500.0, air_db),
    )


def brightening(chair: Chair, heard: Heard) -> np.ndarray:
    """A shelf that gives a dull kit its cymbals, a dull voice its consonants, a thin bass its weight, and tames shrill
    ones.

    heard: the stem after its equalizer. The share of the top (of a bass: of what lies below 90 Hz) in the whole is
    brought towards the usual one for the role, by -2 to +6 dB (a bass only up); other roles are left alone.
    """
    if chair.role not in (*_TOPS, "bass") or not heard.playing.any():
        return filters.chain()
    power = heard.bands[heard.playing].mean(axis=0)
    whole_db = units.power_to_db(power.sum())
    if chair.role == "bass":
        share_db = units.power_to_db(power[BANDS_HZ < _WEIGHT_HZ].sum()) - whole_db
        return filters.low_shelf(_WEIGHT_HZ, float(np.clip(_WEIGHT_DB - share_db, 0.0, 6.0)))
    above_hz, usual_db = _TOPS[chair.role]
    share_db = units.power_to_db(power[above_hz <= BANDS_HZ].sum()) - whole_db
    return filters.high_shelf(0.8 * above_hz, float(np.clip(usual_db - share_db, -2.0, 6.0)))


# Role: from where its top counts, and the top's usual share of the whole in dB.
_TOPS = {"drums": (2500.0, -12.0), "lead": (4500.0, -17.0), "backing": (4500.0, -18.0)}
_WEIGHT_HZ, _WEIGHT_DB = 90.0, -6.0  # a bass: up to where its weight counts, and its usual share of the whole

# Family of the instrument: where its useful sound begins, where it gets muddy, and how much air it likes.
_ACCOMPANIMENT = {
    "guitar": (85.0, 240.0, 1.0),
    "keys": (60.0, 320.0, 0.5),
    "organ": (90.0, 350.0, 0.0),
    "strings": (120.0, 380.0, 1.0),
    "wind": (140.0, 400.0, 0.5),
    "synth": (110.0, 350.0, 0.5),
}


def places(chairs: Sequence[Chair], settings: Settings) -> dict[str, tuple[float, float]]:
    """Pan and width of each stem: bass, drums and lead in the middle, chords left and right, answers off centre."""
    found: dict[str, tuple[float, float]] = {}
    chords = [chair.stem for chair in chairs if chair.role not in _FIXED and chair.role != "answer"]
    for chair in chairs:
        if chair.role in _FIXED:
            found[chair.stem] = _FIXED[chair.role]
        elif chair.role == "answer":
            found[chair.stem] = (0.4 * settings.spread if len(chords) % 2 else -0.4 * settings.spread, 1.0)
        else:
            number = chords.index(chair.stem)
            alone = len(chords) == 1
            side = (-1.0 if number % 2 == 0 else 1.0) * (0.4 if alone else 1.0) * (0.75 ** (number // 2))
            found[chair.stem] = (side * settings.spread, 1.0)
    return found


_FIXED = {
    "lead": (0.0, 0.6),
    "backing": (0.0, 1.2),
    "drums": (0.0, 0.9),
    "bass": (0.0, 0.3),
    "pad": (0.0, 1.3),
}


def spreader(chair: Chair, samples: np.ndarray, seed: Seed) -> np.ndarray:
    """A few milliseconds of sparse, fading noise that gives a one-channel instrument two sides; (frames,)
    float32.

    What it adds to the left it takes from the right, so the mono sum is exactly as before (H. Lauridsen,
    1954). Empty for stereo sounds and for what belongs in the middle.
    """
    amount, length_s = _SPREAD.get(chair.role, (0.0, 0.0))
    if not amount or (len(samples) > 1 and not np.array_equal(samples[0], samples[1])):
        return np.zeros(0, dtype=np.float32)
    frames = round(length_s * RATE_HZ)
    noise = seed.luck().noise(frames) * (seed.child("taps").luck().noise(frames) > 0.8)
    noise *= np.exp(-4.0 * np.arange(frames) / frames)
    return (noise * (amount / np.sqrt(np.sum(noise**2)))).astype(np.float32)


# How much of a one-channel sound goes to its sides, and for how long.
_SPREAD = {"comping": (0.4, 0.014), "pad": (0.6, 0.020), "answer": (0.3, 0.014), "drums": (0.2, 0.006)}


def driven(samples: np.ndarray, drive_db: float, out: np.ndarray) -> np.ndarray:
    """A bass driven into a warm circuit, at the level it came with; overtones of both kinds.

    drive_db: how far its usual swing is pushed into the bend (a hyperbolic tangent, leaning a little to one side; what
    is constant in it is left to the strip's equalizer). out: silence of the same shape to record on.
    """
    blocks = [slice(start, start + _DRIVE_BLOCK) for start in range(0, samples.shape[1], _DRIVE_BLOCK)]
    swing = _usual_swing(samples, blocks)
    if not swing:
        return samples
    push, lean = np.float32(units.db_to_amplitude(drive_db - 12.0) / swing), np.float32(0.2)
    for block in blocks:
        piece = samples[:, block]
        if piece.any():
            out[:, block] = np.tanh(piece * push + lean) - np.tanh(lean)
    out *= np.float32(swing / max(_usual_swing(out, blocks), 1e-9))
    return out


def _usual_swing(samples: np.ndarray, blocks: Sequence[slice]) -> float:
    """Root mean square of a sound where it sounds at all; 0 for silence."""
    power, count = 0.0, 0
    for block in blocks:
        squares = np.square(samples[:, block])
        loud = squares > 1e-8
        power, count = power + float(squares[loud].sum(dtype=np.float64)), count + int(loud.sum())
    return float(np.sqrt(power / count)) if count else 0.0


def heard_more(strip: Strip) -> float:
    """How much louder a strip's sides and rooms make it, as a factor of power (about; the direct sound is 1)."""
    return 1.0 + float(np.sum(np.square(strip.spread)) + 0.5 * np.sum(np.square(strip.returns)))


def print_strip(
    strip: Strip,
    samples: np.ndarray,
    gain: np.ndarray,
    pocket: np.ndarray | None = None,
    out: np.ndarray | None = None,
) -> np.ndarray:
    """The stem as it is heard in the mix: float32 (2, frames), same length, rooms included.

    samples: (1 or 2, frames). gain: amplitude on the control clock. pocket: on the same clock, what a band around
    2 kHz is multiplied by while it makes room for words (None = always 1). out: silence to record on (None = new).
    Silent blocks cost nothing, not even memory.
    """
    frames = samples.shape[1]
    tail = strip.returns.shape[1] + len(strip.tone) + _EQ_TAIL
    size = scipy.fft.next_fast_len(int(min(_LONGEST_BLOCK, max(frames + tail, 4096))), real=True)
    step = (size - tail) // HOP * HOP
    if step < HOP:
        size = scipy.fft.next_fast_len(2 * tail + HOP, real=True)
        step = (size - tail) // HOP * HOP
    middle, side = _transfer(strip, size)
    band = None if pocket is None else _pocket_response(size)
    out = np.zeros((2, frames), dtype=np.float32) if out is None else out
    for start in range(0, frames, step):
        block = samples[:, start : start + step]
        if not block.any():
            continue
        here = slice(start // HOP, start // HOP + block.shape[1] // HOP + 2)
        spectra = _spectra(block, gain[here], size)
        if pocket is not None and (pocket[here] < 0.999).any():
            for spectrum, taken in zip(
                spectra, _spectra(block, gain[here] * (pocket[here] - 1.0), size), strict=True
            ):
                spectrum += taken * band
        for channel in (0, 1):
            spectrum = spectra[0] * middle[channel]
            if len(spectra) > 1:
                spectrum += spectra[1] * side[channel]
            into = out[channel, start : start + size]
            into += scipy.fft.irfft(spectrum, size)[: len(into)]
    return out


@lru_cache(maxsize=2)
def _pocket_response(size: int) -> np.ndarray:
    """The band that makes room for words, bin by bin; the same for all strips, so it is worked out once."""
    hz = np.fft.rfftfreq(size, 1.0 / RATE_HZ)
    return filters.response(filters.band_pass(POCKET_HZ, POCKET_Q), hz).astype(np.complex64)


@lru_cache(maxsize=4)
def _sides_of(low_hz: float, size: int) -> np.ndarray:
    """What reaches the sides, bin by bin: nothing below low_hz; the same for all strips."""
    return filters.response(filters.high_pass(low_hz), np.fft.rfftfreq(size, 1.0 / RATE_HZ))


def _spectra(block: np.ndarray, control: np.ndarray, size: int) -> list[np.ndarray]:
    """Spectrum of the middle and, if the block is stereo at all, of the side; control: gain on its clock."""
    moving = envelopes.stretched(control.astype(np.float32), HOP, block.shape[1])
    if len(block) == 1 or np.array_equal(block[0], block[1]):
        return [scipy.fft.rfft(block[0] * moving, size)]
    half = moving * np.float32(0.5)
    return [
        scipy.fft.rfft((block[0] + block[1]) * half, size),
        scipy.fft.rfft((block[0] - block[1]) * half, size),
    ]


def _transfer(strip: Strip, size: int) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """What the middle and the side of the stem become in the left and right loudspeaker, bin by bin.

    Lows stay in the middle wherever the sound stands: panning begins above 120 Hz, sides above 150 Hz.
    """
    hz = np.fft.rfftfreq(size, 1.0 / RATE_HZ)
    eq = filters.response(strip.equalizer, hz) * scipy.fft.rfft(strip.tone, size)
    sides = eq * _sides_of(_SIDE_LOW_HZ, size) * strip.width
    gains = space.pan_gains(strip.pan)
    apart = 1.0 / (
        1.0 + _MIDDLE_BELOW_HZ / (1j * np.maximum(hz, 1.0))
    )  # first order, so the rest is its complement
    back = scipy.fft.rfft(strip.returns, size) * _sides_of(_SIDE_LOW_HZ, size)
    middle = [eq * (1.0 + (gain - 1.0) * apart + back[channel]) for channel, gain in enumerate(gains)]
    if len(strip.spread):
        spread = eq * _sides_of(_SPREAD_LOW_HZ, size) * scipy.fft.rfft(strip.spread, size)
        middle = [total + sign * spread for total, sign in zip(middle, _SIGNS, strict=True)]
    side = [(sides * gain * sign).astype(np.complex64) for gain, sign in zip(gains, _SIGNS, strict=True)]
    return [total.astype(np.complex64) for total in middle], side
