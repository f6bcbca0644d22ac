"""Who sings: told from the average spectrum about the notes of a voice alone.

Personas of one voice differ by the air, the gravel and the brightness in it alone, which is a decibel here and there.
So frames are laid on the note that is sung: every harmonic, the air between two of them and the half of the frequency,
where gravel sounds, get a place of their own, whatever is sung. What is left of a stretch is one average, and a linear
discriminant (Fisher 1936), the usual last step of speaker recognition (Snyder et al. 2018), says whose it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from songwright.errors import ShelfError
from songwright.runtime.codec import CENTRE, FLOOR, MELS, SPREAD
from songwright.train.judge.hearing import LOWEST, STEPS
from songwright.train.judge.targets import LOWEST_PITCH

STRETCH = 512
"""Frames that are averaged: 16.4 s."""
FEWEST = 60
"""Frames with a note that a portrait needs: 2 s."""
_SHAPES = 40  # cosines that tell the average mel spectrum
_BELOW, _ABOVE = 13, 45  # semitones about the note
_WIDTH = _SHAPES + (_BELOW + _ABOVE) * STEPS
_HARMONICS = np.round(12 * STEPS * np.log2(np.arange(1, 7))).astype(int)
_OFF = np.arange(-3, 4)  # half semitones by which a note may be off
_LEVEL = slice(4, 60)  # mel bands that say how loud a frame is
_SOFTEST = 0.3  # share of frames that is too soft to tell
_DB = 20 / np.log(10) * SPREAD
_SHARED, _COLOUR, _OWN = 5.0, 1.0, 0.1
"""How far averages may lie from each other, in standard deviations: voices, full colours, personas beyond these."""
_SHRINK, _SURE = 0.1, 0.6
"""How much of the correlations is not believed; how far likelihoods of so many numbers that hang together are."""


@dataclass(frozen=True)
class Sung:
    """Who sang a stretch. voice, character: as in `Rendered.about`."""

    persona: str
    voice: str
    character: Mapping[str, float]
    genre: str

    @classmethod
    def of(cls, about: Mapping[str, Any]) -> Sung:
        """By what is known of a rendered piece."""
        return cls(about["persona"], about["voice"], about.get("character") or {}, about["genre"])


@dataclass(frozen=True, eq=False)
class Singers:
    """Whom a judge knows by the voice.

    weights: (numbers of a portrait, personas); bias: (personas,). home: (genres, personas), log shares of songs.
    """

    names: tuple[str, ...]
    genres: tuple[str, ...]
    weights: np.ndarray
    bias: np.ndarray
    home: np.ndarray

    def likely(self, portrait: np.ndarray | None) -> dict[str, float]:
        """Persona -> likelihood; of nothing that was sung all alike."""
        scores = self.bias * 0 if portrait is None else portrait @ self.weights + self.bias
        return dict(zip(self.names, _shares(scores).tolist(), strict=True))

    def at_home(self, genre: Mapping[str, float]) -> dict[str, float]:
        """Persona -> share of its songs among all of a genre, of which only likelihoods are known."""
        heard = np.array([genre.get(name, 0.0) for name in self.genres])
        return dict(zip(self.names, (heard @ np.exp(self.home)).tolist(), strict=True))

    def write(self, path: Path) -> None:
        """Keep them, whole or not at all."""
        aside = path.with_suffix(".part")
        with aside.open("wb") as file:
            np.savez(file, names=np.array(self.names), genres=np.array(self.genres), weights=self.weights,
                     bias=self.bias, home=self.home)  # fmt: skip
        aside.replace(path)


def read_singers(path: Path) -> Singers:
    """What `Singers.write` kept. Raises ShelfError for anything else."""
    try:
        with np.load(path) as kept:
            arrays = {name: kept[name] for name in ("weights", "bias", "home")}
            found = Singers(tuple(kept["names"].tolist()), tuple(kept["genres"].tolist()), **arrays)
    except (OSError, ValueError, KeyError) as problem:
        raise ShelfError(str(path), f"tells of no singers ({problem})") from problem
    if found.weights.shape != (_WIDTH, len(found.names)):
        raise ShelfError(str(path), "was learned by another judge; take an empty folder")
    return found


def portrait(frames: np.ndarray, pitch: np.ndarray) -> np.ndarray | None:
    """What a stretch of a voice sounds like on average: float64 (_WIDTH,); None where too little is sung.

    frames: (T, WIDTH) of `hearing.heard`. pitch: (T, PITCHES) log likelihoods of notes, as a judge hears them.
    """
    note = pitch.argmax(axis=1)
    for least in (np.log(0.5), -np.inf):
        sung = (note > 0) & (pitch.max(axis=1) > least)
        if sung.sum() >= FEWEST:
            break
    else:
        return None
    taken = frames[sung].astype(np.float64) * _DB
    mel, tones = taken[:, :MELS], _about(taken[:, 2 * MELS :], note[sung])
    level = mel[:, _LEVEL].mean(axis=1)
    loud = level >= np.quantile(level, _SOFTEST)
    shape = np.cos(np.pi * (np.arange(MELS) + 0.5) * np.arange(_SHAPES)[:, None] / MELS) * 2 / MELS
    means = [(part[loud] - level[loud, None]).mean(axis=0) for part in (mel, tones)]
    return np.concatenate((shape @ means[0], means[1]))


def _about(tones: np.ndarray, note: np.ndarray) -> np.ndarray:
    """Tones in dB (T, NOTES * STEPS) from _BELOW semitones under the note that is sung to _ABOVE over it."""
    silence = (np.log(FLOOR) - CENTRE) / SPREAD * _DB
    before, rows = 2 * _BELOW * STEPS, np.arange(len(tones))
    room = np.pad(tones, ((0, 0), (before, 3 * _ABOVE * STEPS)), constant_values=silence)
    at = (note - 1 + LOWEST_PITCH - LOWEST) * STEPS + before
    strength = sum(room[rows[:, None], at[:, None] + _OFF + harmonic] for harmonic in _HARMONICS)
    at = at + _OFF[np.argmax(strength, axis=1)]
    return room[rows[:, None], at[:, None] + np.arange(-_BELOW * STEPS, _ABOVE * STEPS)]


def learned_singers(portraits: Sequence[np.ndarray], sung: Sequence[Sung]) -> Singers:
    """The discriminant of portraits whose singers are known.

    The average of a persona is that of its voice, moved as its colours move all voices, and a little of its own: of
    many personas there are few pieces.
    """
    rows, raw = _design(sung), np.stack(portraits)
    names = tuple(sorted({one.persona for one in sung}))
    middle, spread = raw.mean(axis=0), raw.std(axis=0) + 1e-6
    values = (raw - middle) / spread
    effects = np.linalg.solve(rows.T @ rows + np.eye(rows.shape[1]), rows.T @ values)
    left = values - rows @ effects
    within = left.T @ left / len(left)
    within = (1 - _SHRINK) * within + _SHRINK * np.diag(np.diag(within)) + 0.01 * np.eye(_WIDTH)
    own = [
        np.mean([row for row, one in zip(rows, sung, strict=True) if one.persona == name], axis=0)
        for name in names
    ]
    means = np.stack(own) @ effects
    towards = np.linalg.solve(within, means.T)
    bias = -0.5 * np.einsum("pd,dp->p", means, towards) - (middle / spread) @ towards
    genres, home = _home(sung, names)
    return Singers(names, genres, _SURE * towards / spread[:, None], _SURE * bias, home)


def _design(sung: Sequence[Sung]) -> np.ndarray:
    """What a portrait may depend on, as rows: everybody, the voice, colours, the persona; larger = freer."""
    voices, personas = ({getattr(one, what): None for one in sung} for what in ("voice", "persona"))
    colours = sorted({name for one in sung for name in one.character})
    out = [
        [10.0]
        + [_SHARED * (one.voice == voice) for voice in voices]
        + [_COLOUR * one.character.get(colour, 0.0) for colour in colours]
        + [_OWN * (one.persona == persona) for persona in personas]
        for one in sung
    ]
    return np.array(out, np.float64)


def _home(sung: Sequence[Sung], names: Sequence[str]) -> tuple[tuple[str, ...], np.ndarray]:
    """Genres, and the log share (genres, personas) everybody has of their songs; one song of each is added."""
    genres = tuple(sorted({one.genre for one in sung}))
    count = Counter((one.genre, one.persona) for one in sung)
    table = np.array([[count[genre, name] + 1.0 for name in names] for genre in genres])
    return genres, np.log(table / table.sum(axis=1, keepdims=True))


def _shares(scores: np.ndarray) -> Any:
    raised = np.exp(scores - scores.max())
    return raised / raised.sum()
