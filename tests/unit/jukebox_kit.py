"""A raw-audio engine for tests: tiny networks nobody trained, in the format of the real ones."""

from __future__ import annotations

import hashlib
from functools import cache

import pytest

from songwright.io.shelf import HouseShelf
from songwright.values.context import Context
from songwright.values.seed import Seed
from songwright.values.shelf import WeightsCard

LATENTS = 8


class TinyShelf(HouseShelf):
    """The house shelf with a codec and a jukebox of next to no size; `files` may be replaced by a test."""

    def __init__(self) -> None:
        super().__init__()
        self.files = dict(tiny_files())

    def network(self, name: str) -> bytes:
        """One of the tiny files, or what the house has."""
        return self.files[name] if name in self.files else super().network(name)

    def weights_card(self, name: str) -> WeightsCard:
        """The card of a tiny file, or of the house."""
        if name not in self.files:
            return super().weights_card(name)
        return WeightsCard(
            name, "Apache-2.0 (weights)", "nothing: chance", hashlib.sha256(self.files[name]).hexdigest()
        )


def tiny_shelf(seed: int = 7, **options) -> Context:
    """A context whose shelf has "codec-encoder", "codec-decoder" and "jukebox"; options: of Context."""
    return Context(Seed(seed), TinyShelf(), **options)


@cache
def tiny_names() -> dict[str, tuple[str, ...]]:
    """All genres, personas and voices of the house, by alphabet."""
    shelf = HouseShelf()
    things = {"genre": shelf.styles(), "persona": shelf.personas(), "voice": shelf.voice_cards()}
    return {kind: tuple(sorted(one.id for one in found)) for kind, found in things.items()}


def tiny_codec():
    """A codec's network (PyTorch) of next to no size."""
    pytest.importorskip("torch")
    from songwright.train.nets import codec

    return codec.tiny().eval()


def tiny_flow():
    """A generator's network (PyTorch) that knows all names of the house and whose velocities are not all 0."""
    torch = pytest.importorskip("torch")
    from songwright.train.nets.flow import Config, Flow

    torch.manual_seed(1)
    counts = {f"{kind}s": len(known) for kind, known in tiny_names().items()}
    net = Flow(Config(32, 2, 2, 64, LATENTS, **counts))
    torch.nn.init.normal_(net.last.weight, std=0.1)
    torch.nn.init.normal_(net.table[1].weight, std=0.1)
    net.centre.copy_(torch.linspace(-0.2, 0.2, 2 * LATENTS))
    net.spread.copy_(torch.linspace(0.5, 1.5, 2 * LATENTS))
    return net.eval()


@cache
def tiny_files() -> dict[str, bytes]:
    """The three files by name."""
    pytest.importorskip("torch")
    from songwright.train.codec.export import decoder_file, encoder_file, latents_id
    from songwright.train.jukebox.export import generator_file

    codec = tiny_codec()
    notes = {"latents": str(LATENTS), "groups": "0", "latents_id": latents_id(codec)}
    return {
        "codec-encoder": encoder_file(codec, notes),
        "codec-decoder": decoder_file(codec, notes),
        "jukebox": generator_file(tiny_flow(), tiny_names(), latents_id(codec)),
    }
