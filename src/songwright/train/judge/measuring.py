"""How good a judge is: what it says of rendered pieces it never heard, whose truth is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from songwright.guard.words import phone_error_rate
from songwright.io.shelf import HouseShelf
from songwright.train.judge.excerpts import is_faithful, stem
from songwright.train.judge.listener import Listener
from songwright.train.judge.targets import UNASKED, targets_of
from songwright.train.renders.shards import Rendered


def accuracy(listener: Listener, pieces: Sequence[Rendered]) -> dict[str, float]:
    """Figures over all pieces: phone_errors (of lines, voice alone), pitch (share of voiced frames within a semitone),
    chord_band and chord_both (share of frames with a major, a minor or no chord), genre (from both), persona (from both
    and the voice alone; shares of pieces). faithful: of pieces in which a persona sings in its own voice and character,
    the share in which it is named; faithful_voice: by the voice alone; faithful_pieces: how many there are.
    """
    shelf = HouseShelf()
    asked: list[tuple[str, ...]] = []
    got: list[tuple[str, ...]] = []
    shares: dict[str, list[np.ndarray]] = {}
    for piece in pieces:
        wanted = targets_of(piece.labels)
        voice, band, both = (listener.listen(stem(piece, kind)) for kind in ("voice", "band", "both"))
        for line in piece.about["lines"]:
            asked.append(tuple(line["phones"].split()))
            got.append(voice.phones(line["from"], line["to"]))
        sung = wanted["pitch"] > 0
        near = np.abs(voice.pitch - wanted["pitch"]) <= 1
        shares.setdefault("pitch", []).append((near & (voice.pitch > 0))[sung])
        told = wanted["chord"] != UNASKED
        for name, said in (("chord_band", band), ("chord_both", both)):
            shares.setdefault(name, []).append((said.chord == wanted["chord"])[told])
        named = {"genre": both.named("genre"), "persona": both.named("persona", voice)}
        for name, answer in named.items():
            shares.setdefault(name, []).append(np.array([answer == piece.about[name]]))
        if piece.about["lines"] and is_faithful(piece.about, shelf):
            likely = voice.singer or voice.persona
            for name, answer in (
                ("faithful", named["persona"]),
                ("faithful_voice", max(likely, key=likely.get)),
            ):
                shares.setdefault(name, []).append(np.array([answer == piece.about["persona"]]))
    count = {"faithful_pieces": float(len(shares.get("faithful", ()))), "pieces": float(len(pieces))}
    figures: dict[str, float] = {name: _mean(values) for name, values in shares.items()}
    return {"phone_errors": round(phone_error_rate(asked, got), 4), **figures, **count}


def _mean(parts: Sequence[np.ndarray]) -> float:
    all_of_them = np.concatenate(parts) if parts else np.zeros(0)
    return round(float(all_of_them.mean()), 4) if len(all_of_them) else 0.0


def told(figures: Mapping[str, float], where: str) -> dict[str, float]:
    """The same figures, each named after the pieces it is of."""
    return {f"{where}_{name}": value for name, value in figures.items()}
