"""Pitches and roots as the key counts them: degree, sign and octave above a tonic near middle C."""

from __future__ import annotations

from collections.abc import Sequence

from songwright.music.pitch import pitch_class
from songwright.music.tokens.vocabulary import OCTAVES, REGISTERS, ROOTS
from songwright.values.plan import Key

# Semitones above the tonic -> degree of the mode.
_DEGREES = {
    "major": ("1", "#1", "2", "b3", "3", "4", "#4", "5", "b6", "6", "b7", "7"),
    "minor": ("1", "b2", "2", "3", "#3", "4", "#4", "5", "6", "#6", "7", "#7"),
    "dorian": ("1", "b2", "2", "3", "#3", "4", "#4", "5", "b6", "6", "7", "#7"),
    "mixolydian": ("1", "#1", "2", "b3", "3", "4", "#4", "5", "b6", "6", "7", "#7"),
}
_STEPS = {mode: {degree: n for n, degree in enumerate(names)} for mode, names in _DEGREES.items()}
_LOWEST_TONIC = 54


def tonic_pitch(key: Key, register: int) -> int:
    """The tonic that octave 0 counts from: 54..65 at register 0."""
    return _LOWEST_TONIC + (pitch_class(key.tonic) - _LOWEST_TONIC) % 12 + 12 * register


def register_of(pitches: Sequence[int], key: Key) -> int:
    """The register in which the median of the tune lies in octave 0, as near as registers go."""
    if not pitches:
        return 0
    middle = sorted(pitches)[len(pitches) // 2]
    octave = (middle - tonic_pitch(key, 0)) // 12
    return max(REGISTERS[0], min(REGISTERS[-1], octave))


def pitch_name(pitch: int, key: Key, register: int) -> str:
    """The token of a MIDI pitch. ValueError where it lies beyond the octaves that tokens know."""
    octave, step = divmod(pitch - tonic_pitch(key, register), 12)
    if octave not in OCTAVES:
        raise ValueError(f"pitch {pitch} is too far from the key's middle")
    return f"p:{_DEGREES[key.mode][step]}:{octave}"


def pitch_of(name: str, key: Key, register: int) -> int:
    """The MIDI pitch of a token. ValueError for a degree that the mode writes otherwise."""
    _, degree, octave = name.split(":")
    step = _STEPS[key.mode].get(degree)
    if step is None:
        raise ValueError(f"{key.mode} has no degree {degree}")
    return tonic_pitch(key, register) + 12 * int(octave) + step


def degrees(mode: str) -> tuple[str, ...]:
    """The twelve degrees a mode writes, from the tonic up in semitones."""
    return _DEGREES[mode]


def root_name(pc: int, key: Key) -> str:
    """A root as its distance from the tonic: "V", "bVII"."""
    return ROOTS[(pc - pitch_class(key.tonic)) % 12]


def root_of(name: str, key: Key) -> int:
    """The pitch class of a root's name."""
    return (pitch_class(key.tonic) + ROOTS.index(name)) % 12
