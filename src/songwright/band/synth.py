"""Synthesizers: bass, lead, pluck, stab, pads, and the string section that many hands make."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from songwright.band.held import bowed
from songwright.band.modes import choir_of, cycles, decibels, falling, loop, read, ring, rising
from songwright.band.stroke import Stroke
from songwright.dsp.units import midi_to_hz
from songwright.values.audio import RATE_HZ
from songwright.values.seed import Luck


def saw(hz: float, corner_hz: float, resonance_db: float = 0.0, poles: int = 4) -> np.ndarray:
    """Harmonics of a sawtooth through a low-pass at corner_hz, amplitudes of harmonics 1.. ."""
    harmonics = np.arange(1, max(2, int(min(1000, 17000 / hz))) + 1)
    reach = hz * harmonics / corner_hz
    gain = 1 / np.sqrt(1 + reach ** (2 * poles))
    peak = decibels(resonance_db * np.exp(-0.5 * (np.log2(reach) / 0.22) ** 2))
    return gain * peak / harmonics


@dataclass(frozen=True)
class SynthBass:
    """A sawtooth with a sine below it; the filter snaps open at the stroke and closes to a warm hold."""

    open_hz: float = 3200.0
    rest_hz: float = 650.0
    close_s: float = 0.45

    def note(self, stroke: Stroke, luck: Luck) -> np.ndarray:
        """One note, float32 (frames,)."""
        hz = midi_to_hz(stroke.pitch)
        top = self.open_hz * 2.0 ** (1.6 * (stroke.strength - 0.6))
        corners = self.rest_hz * (top / self.rest_hz) ** np.linspace(0, 1, 5)
        tables = cycles(np.stack([saw(hz, c, 5.0) for c in corners]), 4096)
        sweep = falling(stroke.frames, self.close_s * 2.0 ** (stroke.strength - 0.5))
        tone = read(tables, hz, sweep, stroke.frames)
        tone += 0.4 * np.sin(2 * np.pi * hz * np.arange(stroke.frames) / RATE_HZ).astype(np.float32)
        return tone * (0.75 + 0.25 * falling(stroke.frames, 0.8)) * rising(stroke.frames, 0.003)


@dataclass(frozen=True)
class DeepBass:
    """The long tuned kick of a drum machine: a sine that drops into its pitch, driven until small speakers hear it."""

    ring_s: float = 2.6
    drive: float = 1.7

    def note(self, stroke: Stroke, luck: Luck) -> np.ndarray:
        """One note, float32 (frames,)."""
        hz = midi_to_hz(stroke.pitch)
        time = np.arange(stroke.frames) / RATE_HZ
        drop = 2.0 ** (1.1 * np.exp(-time / 0.012))
        body = np.sin(2 * np.pi * np.cumsum(hz * drop) / RATE_HZ).astype(np.float32)
        press = self.drive * (0.7 + 0.6 * stroke.strength)
        tone = np.tanh(press * body * (0.35 + 0.65 * falling(stroke.frames, self.ring_s)))
        return tone * falling(stroke.frames, 2.0 * self.ring_s) * rising(stroke.frames, 0.002)


@dataclass(frozen=True)
class SawLead:
    """Three sawtooths slightly apart, a filter that opens with the touch, vibrato on long notes; stereo."""

    cents: tuple[float, ...] = (-7.0, 0.0, 7.0)

    def note(self, stroke: Stroke, luck: Luck) -> np.ndarray:
        """One note, float32 (2, frames)."""
        hz = midi_to_hz(stroke.pitch)
        corners = (1500.0, 2800.0, 5200.0 + 5000.0 * stroke.strength)
        tables = cycles(np.stack([saw(hz, c, 2.0, 2) for c in corners]), 4096)
        time = np.arange(stroke.frames) / RATE_HZ
        depth = 11.0 * np.clip((time - 0.3) / 0.5, 0, 1)
        bend = 2.0 ** (depth * np.sin(2 * np.pi * 5.2 * time) / 1200.0)
        colour = 0.45 + 0.55 * falling(stroke.frames, 1.2)
        out = np.zeros((2, stroke.frames), dtype=np.float32)
        for i, cents in enumerate(self.cents):
            tone = read(tables, hz * 2.0 ** (cents / 1200.0) * bend, colour, stroke.frames, luck.uniform())
            side = 0.0 if len(self.cents) == 1 else 2 * i / (len(self.cents) - 1) - 1
            tone *= 1.0 if side == 0 else 0.6  # the middle one carries the pitch
            out[0] += tone * (1 - 0.35 * side)
            out[1] += tone * (1 + 0.35 * side)
        return out * rising(stroke.frames, 0.004)


@dataclass(frozen=True)
class ClosingSaw:
    """Sawtooths whose upper harmonics die first, as behind a closing filter: plucks and stabs; stereo.

    cents: the oscillators. corner_hz: how bright it starts at the softest and the hardest touch.
    close_s: T60 of a harmonic at 1 kHz. body_s: T60 of the lowest ones.
    """

    cents: tuple[float, ...]
    corner_hz: tuple[float, float]
    close_s: float
    body_s: float

    def note(self, stroke: Stroke, luck: Luck) -> np.ndarray:
        """One note, float32 (2, frames)."""
        hz = midi_to_hz(stroke.pitch)
        corner = self.corner_hz[0] * (self.corner_hz[1] / self.corner_hz[0]) ** stroke.strength
        level = saw(hz, corner, 3.0, 2)[:120]
        place = hz * np.arange(1, len(level) + 1)
        t60 = 1 / (1 / self.body_s + place / (1000.0 * self.close_s))
        # Free phases, as of oscillators that have long been running; aligned ones would all peak at the stroke.
        turns = np.exp(1j * np.pi * luck.noise(len(self.cents) * len(level))).reshape(len(self.cents), -1)
        hzs = np.concatenate([place * 2.0 ** (cents / 1200.0) for cents in self.cents])
        sides = np.linspace(-0.45, 0.45, len(self.cents))
        ears = []
        for sign in (-1, 1):
            amplitude = level * turns * (1 + sign * sides)[:, None]
            ears.append(ring(hzs, np.tile(t60, len(self.cents)), amplitude.ravel(), stroke.frames))
        return np.stack(ears) * rising(stroke.frames, 0.002)


@dataclass(frozen=True)
class Section:
    """Many on one note: a string section, or a warm pad of many detuned oscillators; stereo.

    kind: "strings" or "pad". attack_s: soft and hard. smear_cents: how far the players lie apart.
    """

    kind: str
    attack_s: tuple[float, float]
    smear_cents: float

    def note(self, stroke: Stroke, luck: Luck) -> np.ndarray:
        """One note, float32 (2, frames)."""
        hz = midi_to_hz(stroke.pitch)
        harmonics = np.arange(1, max(2, int(min(80, 14000 / hz))) + 1, dtype=np.float64)
        if self.kind == "strings":
            grades = (max(0.0, stroke.strength - 0.5), stroke.strength)
            levels = [decibels(bowed(stroke.pitch, harmonics, g)) for g in grades]
        else:
            top = 900.0 + 2600.0 * stroke.strength
            levels = [saw(hz, c, 1.5, 2)[: len(harmonics)] for c in (0.45 * top, top)]
        start = luck.integer(0, 1 << 16)
        key = luck.bits()
        dark, bright = (
            loop(choir_of(v, hz, self.smear_cents, Luck(key)), stroke.frames, start) for v in levels
        )
        attack = self.attack_s[0] + (self.attack_s[1] - self.attack_s[0]) * stroke.strength
        rise = rising(stroke.frames, attack)
        open_ = rising(stroke.frames, 3.0 * attack + (1.2 if self.kind == "pad" else 0.1))
        return (dark + (bright - dark) * open_) * rise
