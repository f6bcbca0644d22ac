"""A raw-audio engine for tests: tiny networks nobody trained, in the format of the real ones."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from songwright.io.shelf import HouseShelf
from songwright.runtime.jukebox.labels import (
    FIELDS,
    HOP,
    LOWEST_TONE,
    PLAYERS,
    RATE_HZ,
    STRIKERS,
    SYMBOLS,
    Labels,
)
from songwright.runtime.jukebox.telling import SUB
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
    for table in (net.genre, net.persona, net.voice):
        torch.nn.init.normal_(table.weight, std=0.5)  # who it is can be heard
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


def labels_of_a_line(frames: int, from_s: float, to_s: float, opening_s: float = 0.0) -> Labels:
    """A line at 220 Hz, L for opening_s and then AA, over a C chord and a piano that plays all the time.

    A kick is struck at .17 s and the piano's C4 at .64 s, which sounds from the beginning on.
    """
    count = frames * SUB
    fields = {name: np.zeros(count) for name in FIELDS}
    time = (np.arange(count) + 0.5) * HOP / RATE_HZ
    sung = (time > from_s) & (time < to_s)
    fields["phone"] = np.where(sung, SYMBOLS.index("AA"), 0)
    fields["phone"][sung & (time < from_s + opening_s)] = SYMBOLS.index("L")
    fields["voiced"] = sung.astype(float)
    fields["f0_hz"] = 220.0 * sung
    fields["bar"], fields["beat"] = time / 2 % 1, time * 2 % 1
    fields["playing"] = np.full(count, (1 << PLAYERS.index("piano")) + 1, np.uint64)
    fields["struck"][21], fields["struck"][80] = 1 << STRIKERS.index("kick"), 1 << STRIKERS.index("keys")
    fields["tones"] = np.full(count, 1 << (60 - LOWEST_TONE), np.uint64)
    kinds = {"phone": np.uint8, "playing": np.uint64, "struck": np.uint32, "tones": np.uint64}
    return Labels(*(fields[name].astype(kinds.get(name, np.float32)) for name in FIELDS))


def about_a_line(from_s: float, to_s: float) -> dict:
    """What a shard tells of a piece with one line, "la"."""
    line = {"text": "la", "phones": "L AA", "from": from_s, "to": to_s}
    return {"genre": "pop", "persona": "a", "voice": "rms", "tempo_bpm": 100.0, "language": "en",
            "master_gain_db": 0.0, "lines": [line], "character": {}}  # fmt: skip


def write_plain_shards(folder: Path, labels: Labels, about: dict) -> None:
    """Three shards of one piece each, two tones, to learn from, to choose by and to prove with."""
    from songwright.train.renders import shards

    time = np.arange(len(labels) * HOP) / RATE_HZ
    for number, split in enumerate(("train", "valid", "test")):
        sound = np.stack([np.sin(time * 1400), np.sin(time * 700)], 1) * 8000
        one = SimpleNamespace(sound=sound.astype(np.int16), labels=labels, about=about)
        shards.write_shard(folder, number, split, [one])
