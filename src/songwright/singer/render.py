"""One phrase sung: what the mouth makes of it, coloured by effort and character, and made to sound."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from songwright.dsp import filters
from songwright.singer import spectrum
from songwright.singer.characters import Colour
from songwright.singer.glottis import HOP, Pulses, Tract, place_pulses, sound_air, sound_pulses
from songwright.singer.spectrum import COLOURS, RATE_HZ, Shapes
from songwright.singer.timbre import HISSES, timbre
from songwright.singer.track import FRAME_S, Mouth, Track, class_weight, stretch, wander
from songwright.text.phones import is_vowel
from songwright.values.performance import SungPhrase
from songwright.values.seed import Luck, Seed

_BELOW_VOICES_HZ = 35.0
NOMINAL_DB = -23.0
"""RMS of a vowel at energy 0 dB, full scale."""
LEVEL_PULL = 0.8
Curves = dict[str, np.ndarray]


@dataclass(frozen=True, eq=False)
class Singer:
    """A voice made ready: its mouth, its colour, the curves of its throat."""

    mouth: Mouth
    colour: Colour
    shapes: Shapes
    ring_db: float


def prepare(mouth: Mouth, colour: Colour) -> Singer:
    """Make a voice ready to sing in a colour. High voices ring at 3.2 kHz, low ones at 2.9 kHz (Sundberg 1987)."""
    high = mouth.card.midi_low >= 52
    scale = colour.formant_scale * mouth.card.formant_scale
    return Singer(mouth, colour, mouth.shapes(scale, 3_200.0 if high else 2_900.0), 4.0 if high else 5.0)


def render(singer: Singer, phrase: SungPhrase, seed: Seed) -> tuple[float, np.ndarray]:
    """Sing a phrase: when its sound begins (seconds) and the sound, float32 mono at 48 kHz."""
    luck = seed.luck()
    track = singer.mouth.read(phrase, luck)
    curves = _curves(phrase, track)
    scale = singer.colour.formant_scale * singer.mouth.card.formant_scale
    tract = singer.mouth.refined(_tract(singer, track, curves, luck, phrase), track, curves["f0"], scale)
    frames = (len(track.voiced) - 1) * HOP
    f0 = curves["f0"] * 2 ** (_tremor(singer.colour, track, luck) / 1200)
    at, period, turns = place_pulses(f0, track.voiced)
    pulses = _pulses(singer.colour, at, period, luck)
    voice = sound_pulses(pulses, tract, frames)
    noise = luck.noise(frames + 2 * HOP) * np.sqrt(3.0)
    noise[:frames] *= _breathing(turns, track, frames)
    sound = voice + sound_air(noise, tract, frames)
    # pulses all lean to one side; what lies below any voice would only be a constant offset
    return track.start_s, _fade(filters.run(filters.high_pass(_BELOW_VOICES_HZ), sound))


def _curves(phrase: SungPhrase, track: Track) -> Curves:
    """The singer's curves at the frames of the track; before and after the phrase the nearest value holds."""
    when = phrase.onset_s + np.arange(len(phrase.f0_hz)) / phrase.rate_hz
    names = {
        "f0": phrase.f0_hz,
        "energy": phrase.energy_db,
        "effort": phrase.effort,
        "breath": phrase.breathiness,
    }
    curves = {name: np.interp(track.times_s, when, values) for name, values in names.items()}
    curves["f0"] = np.clip(curves["f0"], 30.0, 2_000.0)
    curves["energy"] = np.clip(curves["energy"], -60.0, 12.0)
    return curves


def _tract(singer: Singer, track: Track, curves: Curves, luck: Luck, phrase: SungPhrase) -> Tract:
    """The vocal tract through the phrase."""
    colour, diction, shapes = singer.colour, singer.mouth.diction, singer.shapes
    look = timbre(
        track, colour, diction, singer.ring_db, curves["energy"], curves["effort"], curves["breath"]
    )
    cepstra = track.cepstra.copy()
    cepstra[:, slice(*diction.formants)] *= diction.sharpen
    for dimension in range(1, 7):  # living sound: formants are never quite still
        drift = stretch(wander(luck, phrase, 4.0), len(cepstra))
        cepstra[:, dimension] += diction.wander_db * drift * track.vowel
    weights = shapes.weights(singer.mouth.body(track, cepstra, class_weight(track, HISSES)))
    for name in COLOURS:
        weights[:, shapes.column(name)] = getattr(look, name)
    shapes.lift_fundamental(weights, curves["f0"], look.chest)
    loudness, phase = shapes.shape(weights)
    gain = _levelling(singer, track, loudness, curves)
    loudness += (gain * spectrum.LN10_20).astype(np.float32)[:, None]
    return Tract(loudness, phase, _air(singer, track, look.breath))


def _air(singer: Singer, track: Track, breath: np.ndarray) -> np.ndarray:
    """Share of noise at every frequency, (frames, BINS): all of it in voiceless sounds."""
    anchors = np.minimum(track.air_db, track.vowel[:, None] * np.array(singer.mouth.diction.vowel_air_db))
    air = 10 ** (np.minimum(anchors, 0.0).astype(np.float32) @ singer.shapes.noise / 20)
    hz = np.linspace(0, RATE_HZ / 2, air.shape[1])
    ramp = np.clip((hz - 1_200.0) / 2_000.0, 0, 1).astype(np.float32)
    air = np.minimum(air + breath.astype(np.float32)[:, None] * ramp, 1.0)
    air[~track.voiced] = 1.0
    return air


def _levelling(singer: Singer, track: Track, loudness: np.ndarray, curves: Curves) -> np.ndarray:
    """Gain in dB that brings vowels near one level, followed through each vowel, linear across consonants.

    A vowel's level is the power of its harmonics, so a note whose harmonics miss the formants is helped too.
    """
    kernel = np.hanning(43)[1:-1] / np.hanning(43).sum()  # 0.2 s: vibrato keeps its play of loudness
    f0 = np.convolve(np.pad(curves["f0"], 20, mode="edge"), kernel, mode="valid")
    times, gains = [], []
    for span in track.spans:
        if is_vowel(span.symbol):
            length = span.offset_s - span.onset_s
            edge = min(0.05, 0.3 * length)
            at = np.linspace(span.onset_s + edge, span.offset_s - edge, 2 + int(length / 0.1))
            for row in np.clip(np.round((at - track.start_s) / FRAME_S).astype(int), 0, len(loudness) - 1):
                level = _harmonic_db(loudness[row], f0[row]) - curves["energy"][row]
                times.append(track.times_s[row])
                gains.append(float(np.clip(LEVEL_PULL * (singer.mouth.vowel_db - level), -10.0, 10.0)))
    lift = np.interp(track.times_s, times, gains) if times else np.zeros(len(loudness))
    return lift + NOMINAL_DB - singer.mouth.vowel_db


def _harmonic_db(loudness: np.ndarray, f0_hz: float) -> float:
    """Power (dB, full scale) of a voice with this fundamental through a tract of this log amplitude (BINS,)."""
    hz = f0_hz * np.arange(1, max(2, int(5_000 / f0_hz)) + 1)
    amplitude = np.exp(np.interp(hz * 2 / RATE_HZ * (len(loudness) - 1), np.arange(len(loudness)), loudness))
    return float(10 * np.log10(2 * f0_hz / RATE_HZ * np.sum(amplitude**2)))


def _pulses(colour: Colour, at: np.ndarray, period: np.ndarray, luck: Luck) -> Pulses:
    """Pulses as folds really close: never quite in time, never quite as strong; with growl some weaker."""
    count = len(at)
    if count == 0:
        return Pulses(at, period, np.ones(0))
    jitter = luck.noise(count) * colour.jitter_cents * np.sqrt(3.0) / 1200 * np.log(2) * period
    shimmer = luck.noise(count) * np.sqrt(3.0) * colour.shimmer_db
    growl = colour.growl * (1 + 0.4 * stretch(luck.noise(max(4, count // 12)), count))
    weak = _weak_pulses(luck, count)
    gain = 10 ** (shimmer / 20) * (1 - 0.6 * growl * weak)
    return Pulses(at + jitter, period, gain)


def _weak_pulses(luck: Luck, count: int) -> np.ndarray:
    """1 for pulses that growl weakens: every second or third, changing at random.

    A strict alternation would be a clear octave below; broken, it stays roughness.
    """
    steps = 2 + (luck.noise(count // 2 + 1) > 0.1).astype(int)
    weak = np.zeros(count)
    places = np.cumsum(steps)
    weak[places[places < count]] = 1.0
    return weak


def _breathing(turns: np.ndarray, track: Track, frames: int) -> np.ndarray:
    """How the hiss swells with each opening of the folds while the voice sounds (mean power 1)."""
    voiced = np.repeat(track.voiced[:-1], HOP)[:frames]
    swell = (1 + 0.7 * np.cos(2 * np.pi * (turns - 0.05))) / np.sqrt(1 + 0.7**2 / 2)
    return np.where(voiced, swell, 1.0)


def _tremor(colour: Colour, track: Track, luck: Luck) -> np.ndarray:
    """Slow unsteadiness of pitch in cents."""
    if colour.tremor_cents == 0:
        return np.zeros(len(track.voiced))
    turn = 2 * np.pi * (4.6 * track.times_s + luck.uniform())
    return colour.tremor_cents * np.sin(turn)


def _fade(sound: np.ndarray) -> np.ndarray:
    """5 ms in, 20 ms out, so no edge clicks."""
    first, last = min(HOP, len(sound)), min(4 * HOP, len(sound))
    sound[:first] *= np.linspace(0, 1, first, dtype=np.float32)
    sound[-last:] *= np.linspace(1, 0, last, dtype=np.float32)
    return sound
