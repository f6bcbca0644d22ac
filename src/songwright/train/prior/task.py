"""`songwright train prior`: from rendered pieces and a codec with codes to the generator's discrete rival."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from songwright.runtime.jukebox.telling import GLOBALS
from songwright.train.jukebox.latents import Coded, in_codes
from songwright.train.jukebox.task import Kind, load_kind, train_kind
from songwright.train.nets.codec import CodecNet
from songwright.train.nets.prior import SIZES, Prior
from songwright.train.prior.training import PriorTask


def _built(told: Mapping[str, Any]) -> Prior:
    """A fresh network that knows these names."""
    counts = {f"{name}s": len(told["names"][name]) for name in GLOBALS}
    return Prior(replace(SIZES[told["size"]], groups=told["groups"], latents=told["latents"], **counts))


def _begin(net: Prior, pieces: Sequence[Coded], coder: CodecNet) -> None:
    """Know what the codes stand for."""
    net.steps.load_state_dict(coder.steps.state_dict())


PRIOR = Kind("prior", SIZES, "groups", in_codes, _built, _begin, PriorTask)
train_prior = partial(train_kind, PRIOR)
"""As `train.jukebox.task.train_jukebox`, of a codec trained with groups; writes prior.json."""


def load_prior(folder: Path) -> tuple[Prior, dict[str, list[str]], str]:
    """The network of a run, its averaged weights, the names it knows and its codec's fingerprint.

    Raises ShelfError where there is none.
    """
    net, told = load_kind(PRIOR, folder)
    return net, told["names"], told["latents_id"]
