"""Codec and generator as model hubs keep networks: model.safetensors, config.json with its fingerprint, README.md."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from torch import Tensor, nn

from songwright.errors import EngineUnavailable, ShelfError
from songwright.runtime.jukebox.generator import notes_of
from songwright.train.codec.export import latents_id
from songwright.train.nets import codec, flow

WEIGHTS, CONFIG, CARD = "model.safetensors", "config.json", "README.md"
CODEC, GENERATOR = "songwright-codec", "songwright-jukebox"


def save_codec(
    net: codec.CodecNet, folder: Path, card: str, steps: int = 0, learned: Mapping[str, Any] | None = None
) -> None:
    """A codec: its decoder in float16, its encoder as it is, so that its latents stay the same.

    steps: all it took. learned: from what (`export.data_of`), for those who go on from it.
    """
    exact = {name for name in net.state_dict() if not name.startswith("decoder.")}
    notes = {
        "model_type": CODEC,
        "latents_id": latents_id(net),
        "steps": steps,
        "learned": dict(learned or {}),
    }
    _save(net, folder, notes, card, exact)


def load_codec(folder: Path) -> codec.CodecNet:
    """The codec of such a folder, in float32. Raises ShelfError for a missing, damaged or unfit one."""
    told, weights = _load(folder, CODEC)
    return _filled(folder, lambda: codec.CodecNet(codec.Config(**_tuples(told["architecture"]))), weights)


def codec_history(folder: Path) -> tuple[int, dict[str, Any]]:
    """How many steps the codec of such a folder has learned, and from what; 0 and {} where that was not written down.

    Raises ShelfError.
    """
    told = _load(folder, CODEC)[0]
    return int(told.get("steps", 0)), dict(told.get("learned", {}))


def save_generator(
    net: flow.Flow, names: Mapping[str, Sequence[str]], codec_id: str, folder: Path, card: str,
    learned: Mapping[str, Any],
) -> None:  # fmt: skip
    """A generator in float16. names: for each of GLOBALS, in order. codec_id: of the codec it learned latents of.

    learned: how many steps, and from what (`export.data_of`), for those who go on from it.
    """
    notes = notes_of(names, net.config.latents, codec_id, net.centre.tolist(), net.spread.tolist())
    _save(
        net, folder, {"model_type": GENERATOR, **notes, "learned": dict(learned)}, card, {"centre", "spread"}
    )


def load_generator(folder: Path) -> tuple[flow.Flow, dict[str, Any]]:
    """The generator of such a folder in float32, and what is told of it (names, latents_id ...). Raises ShelfError."""
    told, weights = _load(folder, GENERATOR)
    return _filled(folder, lambda: flow.Flow(flow.Config(**told["architecture"])), weights), told


def _save(net: Any, folder: Path, told: Mapping[str, Any], card: str, exact: set[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    state = {
        name: (value.float() if name in exact else value.half()).cpu().contiguous()
        for name, value in net.state_dict().items()
    }
    data = _safetensors().save(state, metadata={"format": "pt"})
    (folder / WEIGHTS).write_bytes(data)
    digest = hashlib.sha256(data).hexdigest()
    config = {
        **told,
        "architecture": asdict(net.config),
        "torch_dtype": "float16",
        "sha256": {WEIGHTS: digest},
    }
    (folder / CONFIG).write_text(json.dumps(config, indent=1) + "\n", encoding="utf-8")
    (folder / CARD).write_text(card, encoding="utf-8")


def _load(folder: Path, kind: str) -> tuple[dict[str, Any], dict[str, Tensor]]:
    try:
        told = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
        data = (folder / WEIGHTS).read_bytes()
        good = told["model_type"] == kind and hashlib.sha256(data).hexdigest() == told["sha256"][WEIGHTS]
    except OSError as problem:
        raise ShelfError(str(folder), f"has no {Path(problem.filename or WEIGHTS).name}") from None
    except (ValueError, KeyError, TypeError) as problem:
        raise ShelfError(str(folder), f"its {CONFIG} is damaged") from problem
    if not good:
        raise ShelfError(str(folder), f"is no {kind}, or {WEIGHTS} is damaged (see sha256 in {CONFIG})")
    return told, _safetensors().load(data)


def _filled(folder: Path, build: Any, weights: Mapping[str, Tensor]) -> Any:
    try:
        net: nn.Module = build()
        net.load_state_dict({name: value.float() for name, value in weights.items()})
    except (KeyError, TypeError, RuntimeError) as problem:
        raise ShelfError(str(folder), "is of another version") from problem
    return net.eval()


def _tuples(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in fields.items()}


def _safetensors() -> Any:
    try:
        import safetensors.torch
    except ImportError as problem:
        raise EngineUnavailable("the weights' format", "pip install 'songwright[train]'") from problem
    return safetensors.torch
