"""The judge at work: it listens to a sound and says what it hears, in names."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from songwright.runtime.codec import LATENT_HZ
from songwright.train.judge.hearing import heard
from songwright.train.judge.targets import PHONES_A_FRAME, steady, symbols_in
from songwright.train.nets.judge import Judge

PHONE_COST, CHORD_COST = 3.0, 6.0
"""What a change of phone or chord costs, in natural logarithms of likelihood."""
_PHONE_HZ = PHONES_A_FRAME * LATENT_HZ
_LONGEST = 4096


@dataclass(frozen=True, eq=False)
class Said:
    """What is heard in T frames. phone: log likelihoods (2 T, phones). pitch: numbers (T,), 0 = none, 1 = MIDI 36.

    chord: numbers (T,) of `targets.chord_classes`. genre, persona: name -> likelihood. understood: (T, width), what
    the trunk makes of the sound before any question.
    """

    phone: np.ndarray
    pitch: np.ndarray
    chord: np.ndarray
    genre: Mapping[str, float]
    persona: Mapping[str, float]
    understood: np.ndarray

    def phones(self, from_s: float, to_s: float) -> tuple[str, ...]:
        """The phones between two moments, silences left out."""
        begin, end = max(0, round(from_s * _PHONE_HZ)), round(to_s * _PHONE_HZ)
        scores = self.phone[begin:end]
        return symbols_in(steady(scores, PHONE_COST)) if len(scores) else ()

    def named(self, what: str, *beside: Said) -> str:
        """The likeliest "genre" or "persona"; beside: what was said of other parts of the same sound counts too."""
        found: list[Mapping[str, float]] = [getattr(said, what) for said in (self, *beside)]
        return max(found[0], key=lambda name: math.prod(likely[name] for likely in found))


class Listener:
    """A judge that has learned. names: of genres and personas, in the order of its answers."""

    def __init__(self, net: Judge, names: Mapping[str, Sequence[str]]) -> None:
        self._net, self.names = net.eval(), names

    def listen(self, sound: np.ndarray) -> Said:
        """What is heard in one channel at 32 kHz."""
        return self.answer(heard(sound))

    @torch.no_grad()
    def answer(self, frames: np.ndarray) -> Said:
        """What is said of frames (T, WIDTH) of `hearing.heard`; of very long sounds the first two minutes."""
        seen = torch.from_numpy(np.asarray(frames[:_LONGEST], np.float32))[None]
        understood = self._net.trunk(seen)
        answers = self._net.answers(understood)
        said = {name: logits[0].log_softmax(-1).numpy() for name, logits in answers.items()}
        likely = {
            what: dict(zip(self.names[what], np.exp(said[what]).tolist(), strict=False))
            for what in ("genre", "persona")
        }
        return Said(
            said["phone"].reshape(-1, said["phone"].shape[-1]),
            said["pitch"].argmax(-1),
            steady(said["chord"], CHORD_COST),
            likely["genre"],
            likely["persona"],
            understood[0].numpy(),
        )
