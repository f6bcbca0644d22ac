"""The judge at work: it listens to a sound and says what it hears, in names."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from songwright.runtime.codec import LATENT_HZ
from songwright.train.judge.hearing import heard
from songwright.train.judge.singers import Singers, portrait
from songwright.train.judge.targets import PHONES_A_FRAME, steady, symbols_in
from songwright.train.nets.judge import Judge

PHONE_COST, CHORD_COST = 3.0, 6.0
"""What a change of phone or chord costs, in natural logarithms of likelihood."""
_PHONE_HZ = PHONES_A_FRAME * LATENT_HZ
_LONGEST = 4096


@dataclass(frozen=True, eq=False)
class Said:
    """What is heard in T frames. phone: log likelihoods (2 T, phones). pitch: numbers (T,), 0 = none, 1 = MIDI 36.

    chord: numbers (T,) of `targets.chord_classes`. genre, persona: name -> likelihood. singer: the same of personas, if
    this is a voice alone; at_home: persona -> share of songs of such a genre; both empty where no singer was learned.
    understood: (T, width), what the trunk makes of the sound before any question.
    """

    phone: np.ndarray
    pitch: np.ndarray
    chord: np.ndarray
    genre: Mapping[str, float]
    persona: Mapping[str, float]
    singer: Mapping[str, float]
    at_home: Mapping[str, float]
    understood: np.ndarray

    def phones(self, from_s: float, to_s: float) -> tuple[str, ...]:
        """The phones between two moments, silences left out."""
        begin, end = max(0, round(from_s * _PHONE_HZ)), round(to_s * _PHONE_HZ)
        scores = self.phone[begin:end]
        return symbols_in(steady(scores, PHONE_COST)) if len(scores) else ()

    def named(self, what: str, *voices: Said) -> str:
        """The likeliest "genre" or "persona". voices: what was said of the voice alone in the same sound.

        A singer is known by the voice; of singers that sound alike the one who is at home in the genre is likelier.
        """
        if what == "persona" and voices and self.at_home:
            found: list[Mapping[str, float]] = [self.at_home, *(voice.singer for voice in voices)]
        else:
            found = [getattr(said, what) for said in (self, *voices)]
        return max(found[0], key=lambda name: math.prod(likely[name] for likely in found))


class Listener:
    """A judge that has learned. names: of genres and personas, in the order of its answers. singers: whom it knows by
    their voices alone.
    """

    def __init__(
        self, net: Judge, names: Mapping[str, Sequence[str]], singers: Singers | None = None
    ) -> None:
        self._net, self.names, self._singers = net.eval(), names, singers

    def knowing(self, singers: Singers) -> Listener:
        """The same judge, who knows these by their voices."""
        return Listener(self._net, self.names, singers)

    def listen(self, sound: np.ndarray) -> Said:
        """What is heard in one channel at 32 kHz."""
        return self.answer(heard(sound))

    @torch.no_grad()
    def answer(self, frames: np.ndarray) -> Said:
        """What is said of frames (T, WIDTH) of `hearing.heard`; of very long sounds the first two minutes."""
        taken = np.asarray(frames[:_LONGEST], np.float32)
        understood = self._net.trunk(torch.from_numpy(taken)[None])
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
            {} if self._singers is None else self._singers.likely(portrait(taken, said["pitch"])),
            {} if self._singers is None else self._singers.at_home(likely["genre"]),
            understood[0].numpy(),
        )

    @torch.no_grad()
    def portrait(self, frames: np.ndarray) -> np.ndarray | None:
        """The average of a voice alone, as `singers.portrait`."""
        taken = np.asarray(frames[:_LONGEST], np.float32)
        answers = self._net(torch.from_numpy(taken)[None])
        return portrait(taken, answers["pitch"][0].log_softmax(-1).numpy())
