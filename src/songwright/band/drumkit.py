"""Drums and cymbals: skins that ring, wires that rattle, bronze that shimmers, and their electronic cousins.

Each piece is modes plus shaped noise. A harder stroke is not only louder: skins bend further up in pitch, the
stick is brighter, wires answer later and less in proportion, bronze opens towards the top. Skin modes stand in the
ratios of a circular membrane (1, 1.59, 2.14, 2.30, 2.65, 2.92; Fletcher & Rossing, ch. 18), loaded by the air.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from songwright.band.drumportrait import DrumPortrait
from songwright.band.modes import decibels, falling, noise, ring, rising
from songwright.band.stroke import Stroke
from songwright.values.audio import RATE_HZ
from songwright.values.seed import Luck, Seed

_MEMBRANE = np.array([1.0, 1.593, 2.136, 2.296, 2.653, 2.918, 3.156, 3.5, 3.6, 4.06])


def _seconds(seconds: float) -> int:
    return int(seconds * RATE_HZ)


def skin(luck: Luck, frames: int, hz: float, t60_s: float, strength: float, bend: float = 0.06,
         top_db: float = -9.0) -> np.ndarray:  # fmt: skip
    """A struck skin: its lowest mode glides down as the tension relaxes, the higher ones die quickly."""
    time = np.arange(frames) / RATE_HZ
    lift = 1 + bend * (0.4 + 0.6 * strength) * np.exp(-time / 0.035)
    turn = 2 * np.pi * np.cumsum(hz * lift) / RATE_HZ
    low = np.sin(turn).astype(np.float32) * falling(frames, t60_s)
    ratios = _MEMBRANE[1:] * (1 + 0.01 * luck.noise(9))
    levels = decibels(top_db - 2.2 * np.arange(9) + 5 * (strength - 0.6) + 2.5 * luck.noise(9))
    times = t60_s * np.array([0.7, 0.55, 0.45, 0.4, 0.35, 0.3, 0.28, 0.25, 0.2])
    return low + ring(hz * ratios, times, -1j * levels, frames)


def kick(luck: Luck, frames: int, strength: float, hz: float, t60_s: float, drop: float, click: float,
         press: float) -> np.ndarray:  # fmt: skip
    """A bass drum: the beater's slap, then a low skin whose pitch drops at once.

    drop: octaves; click: dB; press: how hard it is driven into saturation, as a close microphone or tape would.
    """
    time = np.arange(frames) / RATE_HZ
    glide = hz * 2.0 ** (drop * (0.6 + 0.4 * strength) * np.exp(-time / 0.02))
    body = np.sin(2 * np.pi * np.cumsum(glide) / RATE_HZ).astype(np.float32)
    body *= 0.8 * falling(frames, t60_s) + 0.2 * falling(frames, 0.25 * t60_s)
    shell = ring(
        hz * np.array([2.3, 3.6, 5.1]),
        np.array([0.12, 0.08, 0.05]),
        -1j * np.array([0.2, 0.12, 0.08]),
        frames,
    )
    n = min(frames, _seconds(0.06))
    slap = noise(luck, n, 900.0, 1800.0 + 4200.0 * strength) * falling(n, 0.022)
    thud = noise(luck, n, 180.0, 700.0) * falling(n, 0.045)
    out = np.tanh(press * (body + shell)) / np.float32(np.tanh(press))
    out[:n] += float(decibels(click + 10 * (strength - 0.6))) * slap + 0.15 * thud
    return out * rising(frames, 0.0008)


def wires(luck: Luck, frames: int, strength: float, t60_s: float, low_hz: float = 1300.0) -> np.ndarray:
    """Snare wires: bright noise that answers a moment late and rattles on in the soft."""
    rattle = noise(luck, frames, low_hz, 6500.0 + 4500.0 * strength, 1.0)
    tail = noise(luck, frames, low_hz, 4500.0)
    late = rising(frames, 0.0025)
    return late * (rattle * falling(frames, 0.6 * t60_s) + 0.35 * tail * falling(frames, 1.5 * t60_s))


def snare(luck: Luck, frames: int, strength: float, hz: float, t60_s: float, wire_db: float,
          crack_db: float) -> np.ndarray:  # fmt: skip
    """A snare drum: skin, wires and the crack of the stick, pressed a little as by a close microphone."""
    body = skin(luck, frames, hz, t60_s, strength, 0.05, -3.0)
    rattle = wires(luck, frames, strength, 0.26 + 0.1 * strength)
    n = min(frames, _seconds(0.04))
    crack = noise(luck, n, 900.0, 4000.0 + 5000.0 * strength) * falling(n, 0.016)
    out = body * (0.35 + 0.65 * strength) + float(decibels(wire_db)) * (0.6 + 0.4 * strength) * rattle
    out[:n] += float(decibels(crack_db + 14 * (strength - 0.7))) * crack
    return np.tanh(1.1 * out * rising(frames, 0.0005))


def bronze(name: str, luck: Luck, frames: int, strength: float, span_hz: tuple[float, float], t60_s: float,
           count: int, tilt_db: float, bloom_s: float = 0.0, thin_hz: float = 0.0) -> np.ndarray:  # fmt: skip
    """Cymbal bronze: hundreds of modes without order, the high ones brighter when struck harder; stereo.

    name: the cymbal, whose modes never change. bloom_s: how long the shimmer takes to
    open. thin_hz: below it the modes are weak, 12 dB an octave.
    """
    own = Seed(0).child("bronze", name).luck().noise(2 * count).reshape(2, count)
    place = np.geomspace(span_hz[0], span_hz[1], count) * 2.0 ** (0.05 * own[0])
    octaves = np.log2(place / 3000.0)
    level = decibels(4.5 * own[1] + (tilt_db + 7 * (strength - 0.6)) * octaves)
    if thin_hz:
        level = level / (1 + (thin_hz / place) ** 2)
    times = t60_s * 2.0 ** (-0.45 * octaves) * (1 + 0.3 * own[0])
    turns = luck.noise(2 * count).reshape(2, count) * np.pi
    grain = decibels(2.0 * luck.noise(count))
    sides = [
        ring(place, times, level * grain * np.exp(1j * (turns[0] * 0.6 + turns[1] * sign)), frames)
        for sign in (-0.5, 0.5)
    ]
    out = np.stack(sides) / np.sqrt(count)
    if bloom_s:
        out *= 0.25 + 0.75 * rising(frames, bloom_s)
    return out


def hat(luck: Luck, frames: int, strength: float, t60_s: float, pedal: bool = False) -> np.ndarray:
    """A pair of hi-hat cymbals: tight when closed, sizzling when open, a soft chick by foot; stereo."""
    thin = 3000.0 if t60_s < 1 else 1800.0
    metal = bronze("hat", luck, frames, strength, (900.0, 17000.0), t60_s, 240, 0.6, thin_hz=thin)
    metal *= rising(frames, 0.002)
    hiss = noise(luck, frames, 5000.0, 8000.0 + 9000.0 * strength) * falling(frames, 0.8 * t60_s)
    n = min(frames, _seconds(0.03))
    tick = noise(luck, n, 2500.0, 9000.0) * falling(n, 0.01)
    out = metal + 0.35 * hiss
    if pedal:
        clack = ring(
            np.array([240.0, 330.0, 480.0]), np.array([0.07, 0.06, 0.05]), np.array([-0.12j] * 3), frames
        )
        return (out + 3.0 * np.sqrt(np.mean(out**2)) * clack / 0.2) * rising(frames, 0.004)
    out[:, :n] += float(decibels(-24 + 10 * (strength - 0.6))) * tick * rising(n, 0.001)
    return out


def ride(luck: Luck, frames: int, strength: float, bell: bool) -> np.ndarray:
    """A ride cymbal: the ping of the tip over a wash, or the clear bell; stereo."""
    wash = bronze("ride", luck, frames, strength, (350.0, 16000.0), 2.3, 280, 0.8, 0.02, thin_hz=2200.0)
    if bell:
        hz = np.array([1060.0, 2080.0, 2830.0, 3640.0, 4620.0, 5890.0, 7400.0])
        levels, times = np.array([-14, 0, -1, -4, -6, -7, -12]), np.array([1.6, 2.0, 1.7, 1.3, 1.0, 0.8, 0.6])
    else:
        hz = np.array([2350.0, 3120.0, 3980.0, 4900.0, 6100.0, 7650.0, 9300.0])
        levels, times = (
            np.array([-4, -1, 0, -2, -4, -6, -9]),
            np.array([0.6, 0.55, 0.5, 0.4, 0.35, 0.3, 0.25]),
        )
    ping = ring(hz, times, -1j * decibels(levels + 2 * luck.noise(7)), frames)
    n = min(frames, _seconds(0.03))
    out = (0.4 if bell else 0.8) * wash + (0.7 if bell else 0.4) * ping
    out[:, :n] += 0.35 * (0.4 + strength) * noise(luck, n, 4000.0, 12000.0) * falling(n, 0.015)
    return out


def crash(luck: Luck, frames: int, strength: float) -> np.ndarray:
    """A crash cymbal: opens within a few hundredths of a second and decays for seconds; stereo."""
    metal = bronze("crash", luck, frames, strength, (260.0, 16000.0), 2.9, 380, 0.6, 0.03, thin_hz=900.0)
    spray = np.stack([noise(luck, frames, 3000.0, 14000.0) for _ in range(2)])
    return metal + 0.3 * strength * spray * falling(frames, 0.9) * rising(frames, 0.01)


def stick(luck: Luck, frames: int, strength: float) -> np.ndarray:
    """A stick laid across the rim: a wooden knock, the shell and the wires answering faintly."""
    hz = np.array([480.0, 820.0, 1650.0, 2480.0, 3900.0, 5300.0, 6900.0])
    levels = np.array([0.3, 0.8, 1.0, 0.7, 0.4 + 0.4 * strength, 0.4 * strength, 0.3 * strength])
    times = np.array([0.09, 0.1, 0.09, 0.07, 0.05, 0.04, 0.03])
    knock = ring(hz * (1 + 0.004 * luck.noise(7)), times, -1j * levels, frames)
    n = min(frames, _seconds(0.05))
    knock[:n] += 0.7 * noise(luck, n, 2000.0, 8000.0) * falling(n, 0.014)
    return knock + 0.08 * wires(luck, frames, strength, 0.15)


def clap(luck: Luck, frames: int, strength: float, room_s: float) -> np.ndarray:
    """Several hands not quite together, and the room they clap in."""
    out = 0.45 * noise(luck, frames, 800.0, 3200.0) * falling(frames, room_s)
    palm = noise(luck, frames, 800.0, 2400.0 + 2600.0 * strength, -1.0)
    for base in (0.0, 0.0095, 0.0185, 0.0285):
        at = _seconds(base * luck.uniform(0.9, 1.1)) if base else 0
        n = max(0, frames - at)
        out[at:] += palm[:n] * falling(n, 0.014 if base < 0.02 else 0.07)[: max(n, 0)]
    return out


def jingle(luck: Luck, frames: int, strength: float) -> np.ndarray:
    """A tambourine: pairs of small jingles and a soft skin; stereo."""
    metal = bronze("jingle", luck, frames, strength, (3800.0, 17000.0), 0.6, 120, 0.5)
    shake = noise(luck, frames, 6000.0, 15000.0) * falling(frames, 0.3) * rising(frames, 0.004)
    return metal * rising(frames, 0.003) + 0.35 * shake


def shaker(luck: Luck, frames: int, strength: float) -> np.ndarray:
    """Beads thrown against a wall: noise that swells for a moment, then stops."""
    swell = 0.030 - 0.016 * strength
    time = np.arange(frames, dtype=np.float32) / RATE_HZ
    shape = np.where(time < swell, (time / swell) ** 1.5, np.exp(-(time - swell) / 0.022))
    return noise(luck, frames, 3800.0, 9000.0 + 5000.0 * strength) * shape.astype(np.float32)


def cowbell(luck: Luck, frames: int, strength: float) -> np.ndarray:
    """Two bright modes and their overtones."""
    hz = np.array([562.0, 845.0, 1480.0, 2390.0, 3300.0, 5200.0])
    levels = decibels(np.array([-2, 0, -6, -7, -9, -13]) + 6 * (strength - 0.6) * np.arange(6) / 5)
    return ring(hz, np.array([0.32, 0.3, 0.15, 0.1, 0.08, 0.05]), -1j * levels, frames)


def brush(luck: Luck, frames: int, strength: float, sweep_s: float) -> np.ndarray:
    """A brush swept over the skin for sweep_s seconds."""
    time = np.arange(frames) / RATE_HZ
    arc = np.sin(np.pi * np.clip(time / max(sweep_s, 0.08), 0, 1)) ** 0.8
    flutter = 1 + 0.25 * np.sin(2 * np.pi * 11.0 * time + luck.uniform(0, 6))
    return noise(luck, frames, 1000.0, 4500.0 + 3500.0 * strength, -1.0) * (arc * flutter).astype(np.float32)


@dataclass(frozen=True)
class Piece:
    """A piece of the kit. length_s: how long it sounds. gain_db: its peak against full scale. pan: -1 left..1 right.

    strike: (luck, frames, strength, length_s of the note) -> sound. choke: pieces with the same letter cut each other.
    """

    strike: Callable[[Luck, int, float, float], np.ndarray]
    length_s: float
    gain_db: float
    pan: float = 0.0
    choke: str = ""


def _metal(open_hat_s: float) -> dict[str, Piece]:
    """The cymbals and small percussion that all kits share."""
    return {
        "hat-closed": Piece(lambda k, n, s, _: hat(k, n, s, 0.3 + 0.1 * s), 0.4, -12, 0.22, "hat"),
        "hat-pedal": Piece(lambda k, n, s, _: hat(k, n, 0.7 * s, 0.27, True), 0.3, -17, 0.22, "hat"),
        "hat-open": Piece(lambda k, n, s, _: hat(k, n, s, open_hat_s), 2.2, -12, 0.22, "hat"),
        "crash": Piece(lambda k, n, s, _: crash(k, n, s), 3.2, -6, -0.25),
        "ride": Piece(lambda k, n, s, _: ride(k, n, s, False), 2.4, -13, 0.3),
        "ride-bell": Piece(lambda k, n, s, _: ride(k, n, s, True), 2.4, -12, 0.3),
        "side-stick": Piece(lambda k, n, s, _: stick(k, n, s), 0.25, -6, -0.05),
        "clap": Piece(lambda k, n, s, _: clap(k, n, s, 0.34), 0.45, -5),
        "tambourine": Piece(lambda k, n, s, _: jingle(k, n, s), 0.6, -12, -0.3),
        "shaker": Piece(lambda k, n, s, _: shaker(k, n, s), 0.18, -15, 0.35),
        "cowbell": Piece(lambda k, n, s, _: cowbell(k, n, s), 0.4, -9, 0.15),
        "brush-sweep": Piece(lambda k, n, s, d: brush(k, n, s, d), 1.2, -16, -0.1),
    }


def _toms(low: float, t60_s: float, gain_db: float) -> dict[str, Piece]:
    def tom(ratio: float) -> Callable[[Luck, int, float, float], np.ndarray]:
        def strike(luck: Luck, frames: int, strength: float, _: float) -> np.ndarray:
            out = skin(luck, frames, low * ratio, t60_s / ratio**0.5, strength, 0.12, -5.0)
            n = min(frames, _seconds(0.03))
            out = np.tanh(0.9 * out)
            out[:n] += 0.9 * strength * noise(luck, n, 500.0, 6000.0, -1.5) * falling(n, 0.03)
            return out * rising(frames, 0.0008)

        return strike

    ratios = {"tom-low": (1.0, 0.3), "tom-mid": (1.36, 0.05), "tom-high": (1.78, -0.25)}
    return {name: Piece(tom(ratio), 1.3, gain_db, pan) for name, (ratio, pan) in ratios.items()}


def _electronic_snare(luck: Luck, frames: int, strength: float, _: float) -> np.ndarray:
    time = np.arange(frames) / RATE_HZ
    glide = 185.0 * (1 + 0.5 * np.exp(-time / 0.012))
    body = np.sin(2 * np.pi * np.cumsum(glide) / RATE_HZ).astype(np.float32) * falling(frames, 0.16)
    body += 0.6 * ring(np.array([331.0]), np.array([0.12]), np.array([-1j]), frames)
    hiss = noise(luck, frames, 900.0, 7000.0 + 5000.0 * strength, 0.5)
    return np.tanh(0.9 * body + 0.5 * hiss * (0.9 * falling(frames, 0.32) + 0.35 * falling(frames, 0.04)))


def _electronic_hat(t60_s: float) -> Callable[[Luck, int, float, float], np.ndarray]:
    squares = (
        np.array([205.3, 304.4, 369.6, 522.7, 540.0, 800.0]) * 1.7
    )  # six square oscillators, as in the 1980s

    def strike(luck: Luck, frames: int, strength: float, _: float) -> np.ndarray:
        odd = np.arange(1, 60, 2)
        hz = (squares[:, None] * odd).ravel()
        level = np.where(hz > 5200, 1.0, (hz / 5200.0) ** 3) / np.tile(odd, 6)
        turns = np.exp(1j * np.pi * luck.noise(len(hz)))
        tone = ring(hz, np.full(len(hz), t60_s), level * turns, frames)
        hiss = noise(luck, frames, 6500.0, 11000.0 + 5000.0 * strength) * falling(frames, t60_s)
        return 1.2 * tone + 0.35 * hiss

    return strike


def _acoustic() -> dict[str, Piece]:
    return _metal(2.0) | _toms(92.0, 1.25, -2) | {
        "kick": Piece(lambda k, n, s, _: kick(k, n, s, 58.0, 0.42, 0.95, -11, 1.3), 0.5, 0),
        "snare": Piece(lambda k, n, s, _: snare(k, n, s, 192.0, 0.3, -6, -13), 0.5, -1, -0.05),
    }  # fmt: skip


def _power() -> dict[str, Piece]:
    return _metal(1.9) | _toms(82.0, 1.3, -1) | {
        "kick": Piece(lambda k, n, s, _: kick(k, n, min(1.0, s + 0.1), 52.0, 0.46, 1.35, -7, 1.8), 0.5, 1),
        "snare": Piece(lambda k, n, s, _: snare(k, n, min(1.0, s + 0.1), 176.0, 0.42, -3, -8), 0.6, 0.5, -0.05),
    }  # fmt: skip


def _brushes() -> dict[str, Piece]:
    def slap(luck: Luck, frames: int, strength: float, _: float) -> np.ndarray:
        fan = noise(luck, frames, 700.0, 4000.0 + 3500.0 * strength, -1.0) * rising(frames, 0.006)
        skin_part = skin(luck, frames, 188.0, 0.2, 0.5 * strength, 0.03, -12.0)
        return (
            0.5 * fan * falling(frames, 0.13)
            + 0.3 * skin_part
            + 0.3 * wires(luck, frames, 0.3 * strength, 0.2)
        )

    return _acoustic() | {
        "kick": Piece(lambda k, n, s, _: kick(k, n, 0.6 * s, 60.0, 0.4, 0.7, -17, 1.0), 0.5, -2),
        "snare": Piece(slap, 0.4, -7, -0.05),
        "hat-closed": Piece(lambda k, n, s, _: hat(k, n, 0.6 * s, 0.27), 0.4, -15, 0.22, "hat"),
        "ride": Piece(lambda k, n, s, _: ride(k, n, 0.5 * s, False), 2.4, -13, 0.3),
    }


def _electronic() -> dict[str, Piece]:
    return _metal(1.5) | _toms(85.0, 0.8, -3) | {
        "kick": Piece(lambda k, n, s, _: kick(k, n, s, 46.0, 0.75, 2.1, -10, 1.8), 0.6, 1),
        "snare": Piece(_electronic_snare, 0.4, -1),
        "hat-closed": Piece(_electronic_hat(0.09), 0.2, -12, 0.12, "hat"),
        "hat-pedal": Piece(_electronic_hat(0.06), 0.2, -14, 0.12, "hat"),
        "hat-open": Piece(_electronic_hat(0.5), 0.7, -13, 0.12, "hat"),
    }  # fmt: skip


def _jazz() -> dict[str, Piece]:
    return _acoustic() | _toms(105.0, 1.0, -4) | {
        "kick": Piece(lambda k, n, s, _: kick(k, n, 0.7 * s, 66.0, 0.5, 0.6, -16, 0.9), 0.55, -4),
        "snare": Piece(lambda k, n, s, _: snare(k, n, 0.85 * s, 208.0, 0.28, -5, -16), 0.5, -4, -0.05),
        "hat-pedal": Piece(lambda k, n, s, _: hat(k, n, 0.8 * s, 0.24, True), 0.3, -13, 0.22, "hat"),
        "ride": Piece(lambda k, n, s, _: ride(k, n, 0.85 * s, False), 2.4, -9, 0.3),
    }  # fmt: skip


def _eight_o_eight() -> dict[str, Piece]:
    """The drum machine of 1980: a long soft kick, a thin snare, hats of six square waves."""
    return _electronic() | _toms(70.0, 0.9, -4) | {
        "kick": Piece(lambda k, n, s, _: kick(k, n, 0.8 * s, 45.0, 0.9, 1.2, -16, 1.2), 0.8, 1),
        "hat-closed": Piece(_electronic_hat(0.05), 0.12, -13, 0.1, "hat"),
        "hat-open": Piece(_electronic_hat(0.38), 0.5, -14, 0.1, "hat"),
        "clap": Piece(lambda k, n, s, _: clap(k, n, s, 0.22), 0.35, -3),
        "shaker": Piece(lambda k, n, s, _: shaker(k, n, 0.8 * s), 0.12, -17, -0.3),
    }  # fmt: skip


def _big_drum(hz: float, t60_s: float) -> Callable[[Luck, int, float, float], np.ndarray]:
    """A barrel drum the size of a man, struck with a club: a low skin, a thud of wood, a hall's first answer."""

    def strike(luck: Luck, frames: int, strength: float, _: float) -> np.ndarray:
        out = skin(luck, frames, hz, t60_s, strength, 0.1, -7.0)
        n = min(frames, _seconds(0.12))
        out[:n] += (
            (0.3 + 0.9 * strength)
            * noise(luck, n, 120.0, 1400.0 + 2600.0 * strength, -2.0)
            * falling(n, 0.07)
        )
        late = _seconds(0.021)
        if frames > late:
            out[late:] += 0.3 * skin(luck, frames - late, hz * 1.03, 0.8 * t60_s, strength, 0.08, -10.0)
        return np.tanh(0.9 * out) * rising(frames, 0.001)

    return strike


def _cinema() -> dict[str, Piece]:
    sizes = {"tom-low": (64.0, 0.3), "tom-mid": (84.0, 0.0), "tom-high": (112.0, -0.3)}
    toms = {name: Piece(_big_drum(hz, 1.5), 1.8, -1, pan) for name, (hz, pan) in sizes.items()}
    return _metal(2.0) | toms | {
        "kick": Piece(_big_drum(47.0, 1.9), 2.2, 1),
        "snare": Piece(lambda k, n, s, _: snare(k, n, s, 168.0, 0.5, -5, -14), 0.7, -3, -0.1),
        "side-stick": Piece(lambda k, n, s, _: stick(k, n, s), 0.3, -9, 0.25),
    }  # fmt: skip


_WIDE = frozenset({"hat-closed", "hat-open", "crash", "ride", "tambourine"})  # heard by two microphones
# General MIDI drum numbers -> pieces; numbers not named fall to the nearest relative.
_NUMBERS = {
    27: "side-stick", 28: "side-stick", 31: "side-stick", 35: "kick", 36: "kick", 37: "side-stick", 38: "snare",
    39: "clap", 40: "snare", 41: "tom-low", 42: "hat-closed", 43: "tom-low", 44: "hat-pedal", 45: "tom-mid",
    46: "hat-open", 47: "tom-mid", 48: "tom-high", 49: "crash", 50: "tom-high", 51: "ride", 52: "crash",
    53: "ride-bell", 54: "tambourine", 55: "crash", 56: "cowbell", 57: "crash", 59: "ride", 69: "shaker",
    70: "shaker", 80: "ride-bell", 81: "ride-bell", 82: "shaker",
}  # fmt: skip
KITS: Mapping[str, Callable[[], dict[str, Piece]]] = {
    "acoustic": _acoustic, "power": _power, "brush": _brushes, "electronic": _electronic,
    "jazz": _jazz, "808": _eight_o_eight, "cinema": _cinema,
}  # fmt: skip


@dataclass(frozen=True)
class DrumKit:
    """A kit by name: one of KITS. portraits: pieces that are played as they were recorded."""

    kit: str
    portraits: Mapping[str, DrumPortrait] = field(default_factory=dict)

    def piece_name(self, pitch: float) -> str:
        """Which piece a General MIDI drum number strikes; number 40 is the sweep in the brush kit."""
        number = round(pitch)
        if self.kit == "brush" and number == 40:
            return "brush-sweep"
        return _NUMBERS.get(number, "side-stick")

    def piece(self, pitch: float) -> Piece:
        """The piece itself."""
        name = self.piece_name(pitch)
        piece = KITS[self.kit]()[name]
        if name not in self.portraits:
            return piece
        drum, wide = self.portraits[name], name in _WIDE
        return replace(
            piece, strike=lambda luck, frames, strength, _: drum.strike(luck, frames, strength, wide)
        )

    def note(self, stroke: Stroke, luck: Luck) -> np.ndarray:
        """One stroke at the level of its piece, float32 (2, frames)."""
        piece = self.piece(stroke.pitch)
        sound = np.atleast_2d(piece.strike(luck, stroke.frames, stroke.strength, stroke.length_s))
        level = np.abs(sound).max() + 1e-9
        sides = np.array([[1 - max(piece.pan, 0.0)], [1 + min(piece.pan, 0.0)]], dtype=np.float32)
        return sound * sides * np.float32(decibels(piece.gain_db) / level)
