"""Tones that are held by breath, bow or bellows: organ, accordion, harmonica, flute, saxophone, fiddle.

Each note glides between single cycles of the instrument's spectrum, dark to bright, as the player leans into it:
attack, swell, vibrato that comes late, and the noise of the air or the bow.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter1d

from songwright.band.fitted import SAX_LOUD, SAX_SOFT
from songwright.band.modes import bumps, cycles, decibels, falling, noise, read, rising
from songwright.band.stroke import Stroke
from songwright.dsp.units import midi_to_hz
from songwright.values.audio import RATE_HZ
from songwright.values.seed import Luck

Spectrum = Callable[[float, np.ndarray, float], np.ndarray]
"""(pitch, harmonics 1.., strength 0..1) -> dB of each harmonic."""
_CURVE_HZ = 200.0


@dataclass(frozen=True)
class Held:
    """How a sustaining instrument plays.

    spectrum: see above. attack_s: soft and hard. scoop_cents: how far below the note it begins. vibrato_cents,
    vibrato_hz, vibrato_after_s: the late vibrato; tremble: how much of it is loudness. air_db: noise against the
    tone; air_hz: its band; chiff_db: extra noise at the start. voices: reeds or pipes that beat against each
    other, cents. sway_cents: slow unsteadiness. swell: 0..1 how much the tone grows after the attack.
    """

    spectrum: Spectrum
    attack_s: tuple[float, float] = (0.06, 0.025)
    scoop_cents: float = 0.0
    vibrato_cents: float = 0.0
    vibrato_hz: float = 5.4
    vibrato_after_s: float = 0.25
    tremble: float = 0.0
    air_db: float = -60.0
    air_hz: tuple[float, float] = (800.0, 8000.0)
    chiff_db: float = 0.0
    voices: tuple[float, ...] = (0.0,)
    sway_cents: float = 1.5
    swell: float = 0.15

    def note(self, stroke: Stroke, luck: Luck) -> np.ndarray:
        """One note, float32 (frames,)."""
        frames = stroke.frames
        hz = midi_to_hz(stroke.pitch)
        count = int(min(120, max(1, 17000 / hz)))
        harmonics = np.arange(1, count + 1, dtype=np.float64)
        grades = np.clip(stroke.strength + np.array([-0.55, -0.2, 0.1]), 0, 1)
        tables = cycles(decibels(np.stack([self.spectrum(stroke.pitch, harmonics, g) for g in grades])),
                        2048 if count < 60 else 4096, phases=np.linspace(0, 5, count) ** 2)  # fmt: skip
        bend, lean = self.curves(stroke, luck)
        legato = stroke.articulation == "legato"
        attack = self.attack_s[0] + (self.attack_s[1] - self.attack_s[0]) * stroke.strength
        rise = rising(frames, attack * (1.6 if legato else 1.0))
        colour = rise * (0.72 + 0.28 * lean)
        tone = np.zeros(frames, dtype=np.float32)
        for cents in self.voices:
            tone += read(tables, hz * bend * 2.0 ** (cents / 1200.0), colour, frames, luck.uniform())
        tone *= rise * (1 - self.swell + self.swell * lean)
        return tone + self._air(stroke, tone, rise, luck)

    def curves(self, stroke: Stroke, luck: Luck) -> tuple[np.ndarray, np.ndarray]:
        """Speed of the cycle (1 = in tune) and how hard the player leans (0..1), per sample."""
        steps = max(2, int(stroke.frames / RATE_HZ * _CURVE_HZ) + 2)
        time = np.arange(steps) / _CURVE_HZ
        wait = self.vibrato_after_s * luck.uniform(0.8, 1.2)
        depth = self.vibrato_cents * np.clip((time - wait) / 0.4, 0, 1)
        rate = self.vibrato_hz * luck.uniform(0.95, 1.05)
        swing = np.sin(2 * np.pi * rate * time + luck.uniform(0, 0.6))
        drift = gaussian_filter1d(luck.noise(steps + 400)[:steps], 14)
        cents = depth * swing + self.sway_cents * drift * 4
        if stroke.articulation != "legato":
            cents -= self.scoop_cents * (0.4 + 0.6 * stroke.strength) * np.exp(-time / 0.035)
        lean = (
            np.clip(time / 0.35, 0, 1)
            + self.tremble * np.clip((time - wait) / 0.4, 0, 1) * swing
            + 0.15 * drift
        )
        grid = np.arange(stroke.frames) * (_CURVE_HZ / RATE_HZ)
        return (np.interp(grid, np.arange(steps), 2.0 ** (cents / 1200.0)),
                np.interp(grid, np.arange(steps), np.clip(lean, 0, 1.3)).astype(np.float32))  # fmt: skip

    def _air(self, stroke: Stroke, tone: np.ndarray, rise: np.ndarray, luck: Luck) -> np.ndarray:
        if self.air_db <= -60:
            return np.zeros_like(tone)
        level = float(np.sqrt(np.mean(tone**2))) * float(decibels(self.air_db))
        hiss = noise(luck, stroke.frames, *self.air_hz, tilt_db=-4.0)
        extra = float(decibels(self.chiff_db)) - 1.0
        return level * hiss * rise * (1 + extra * falling(stroke.frames, 0.12))


def organ(pitch: float, harmonics: np.ndarray, strength: float) -> np.ndarray:
    """Drawbars 88 8400 000 with a little of the top: tone wheels, so the harmonics are those of the footages.

    The 16' is an octave below, so the cycle is read an octave down: see `Organ`.
    """
    bars = {1: 0.0, 2: -1.0, 3: -2.0, 4: -5.0, 6: -14.0, 8: -13.0, 12: -24.0, 16: -18.0}
    db = np.full(len(harmonics), -120.0)
    for number, level in bars.items():
        if number <= len(harmonics):
            db[number - 1] = level + (6 * (strength - 0.6) if number > 3 else 0.0)
    return db


@dataclass(frozen=True)
class Organ:
    """A tone-wheel organ: drawbars from 16' up, a key click, percussion on the third. Rotary comes afterwards."""

    def note(self, stroke: Stroke, luck: Luck) -> np.ndarray:
        """One note, float32 (frames,)."""
        low = midi_to_hz(stroke.pitch - 12)
        count = int(min(16, 15000 / low))
        harmonics = np.arange(1, count + 1, dtype=np.float64)
        levels = organ(stroke.pitch, harmonics, stroke.strength)
        levels[0] -= 12.0 * np.clip((60 - stroke.pitch) / 24.0, 0, 1)  # low 16' would only be mud
        turns = luck.noise(count) * np.pi
        tone = read(cycles(decibels(levels), 4096, turns), low, 0.0, stroke.frames)
        time = np.arange(stroke.frames) / RATE_HZ
        bite = np.sin(2 * np.pi * midi_to_hz(stroke.pitch) * 3 * time).astype(np.float32) * falling(
            stroke.frames, 0.5
        )
        tone = tone * rising(stroke.frames, 0.004) + 0.25 * bite * rising(stroke.frames, 0.003)
        n = min(stroke.frames, int(0.012 * RATE_HZ))
        tone[:n] += 0.3 * noise(luck, n, 1500.0, 5000.0) * np.hanning(n).astype(np.float32)
        return tone


def accordion(pitch: float, harmonics: np.ndarray, strength: float) -> np.ndarray:
    """A free reed: a rich, buzzing spectrum behind a small box."""
    hz = midi_to_hz(pitch) * harmonics
    box = 20 * np.log10(bumps(hz, ((700, 4, 0.5), (1700, 5, 0.4), (3000, 3, 0.4))))
    even = np.where(harmonics % 2 == 0, -2.5, 0.0)
    return box + even - 5.2 * np.log2(harmonics) - (13 - 9 * strength) * np.maximum(0, np.log2(hz / 2600.0))


def harmonica(pitch: float, harmonics: np.ndarray, strength: float) -> np.ndarray:
    """A small free reed in cupped hands: strong second and third harmonic, a vocal bump at 1-2 kHz."""
    hz = midi_to_hz(pitch) * harmonics
    hands = 20 * np.log10(bumps(hz, ((1100, 6, 0.45), (2400, 6, 0.35), (4200, 3, 0.3))))
    return hands - 4.5 * np.log2(harmonics) - (17 - 10 * strength) * np.maximum(0, np.log2(hz / 3000.0))


def flute(pitch: float, harmonics: np.ndarray, strength: float) -> np.ndarray:
    """Few harmonics, the second gaining on the first when blown hard."""
    fall = (15.5 - 5.5 * strength) * np.log2(harmonics)
    low = np.clip((76 - pitch) / 16.0, 0, 1)  # the low register has a strong octave
    return (
        -fall + np.where(harmonics == 2, 3 * strength + 6 * low, 0.0) + np.where(harmonics == 3, 3 * low, 0.0)
    )


def saxophone(pitch: float, harmonics: np.ndarray, strength: float) -> np.ndarray:
    """Levels learned from a recorded saxophone, soft to loud (`fitted`)."""
    soft, loud = (s.levels_db(pitch, harmonics) for s in (SAX_SOFT, SAX_LOUD))
    hz = midi_to_hz(pitch) * harmonics
    return soft + (loud - soft) * (1.3 * strength - 0.15) - 6 * np.maximum(0, np.log2(hz / 7000.0))


def brassy(pitch: float, harmonics: np.ndarray, strength: float) -> np.ndarray:
    """Lips at a bell: soft it is nearly a horn, loud the upper harmonics rise to a blare (Risset & Mathews 1969)."""
    hz = midi_to_hz(pitch) * harmonics
    bell = 20 * np.log10(bumps(hz, ((1200, 7, 0.6), (2400, 4, 0.4))))
    corner = 700.0 + 3800.0 * strength
    return bell - 2.0 * np.log2(harmonics) - (13 - 6 * strength) * np.maximum(0, np.log2(hz / corner))


def hummed(pitch: float, harmonics: np.ndarray, strength: float) -> np.ndarray:
    """A voice without words, between "oo" and "ah": formants over a falling source."""
    hz = midi_to_hz(pitch) * harmonics
    throat = 20 * np.log10(bumps(hz, ((520, 15, 0.35), (980, 11, 0.25), (2750, 9, 0.2), (3500, 6, 0.2))))
    return throat - (11 - 3 * strength) * np.log2(harmonics) - 6 * np.maximum(0, np.log2(hz / 4500.0))


# Resonances of a violin body: air, main wood, bridge hill (Dünnwald 1991; Bissinger 2008), hz, dB, octaves.
_VIOLIN = ((275, 7, 0.12), (460, 7, 0.14), (560, 5, 0.1), (1000, 2, 0.3), (2500, 9, 0.4), (4200, 2, 0.3))


def bowed(pitch: float, harmonics: np.ndarray, strength: float) -> np.ndarray:
    """A bowed string is a sawtooth at the bridge, heard through the body of the fiddle."""
    hz = midi_to_hz(pitch) * harmonics
    body = 20 * np.log10(bumps(hz, _VIOLIN))
    return body - 6.02 * np.log2(harmonics) - (12 - 6 * strength) * np.maximum(0, np.log2(hz / 5000.0))
