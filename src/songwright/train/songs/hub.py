"""The composer's network in the layout model hubs and language-model runtimes read: config.json, model.safetensors.

Names and shapes of the weights are those of Qwen3ForCausalLM, so nothing has to be converted. The vocabulary is
words, one a token: `vocabulary.json` lists them in order, as a row of a song is given and taken as ids.
"""

from __future__ import annotations

import json
from pathlib import Path

import torch

from songwright.errors import EngineUnavailable, ShelfError
from songwright.music.tokens import NAMES
from songwright.train.nets.composer import Composer, Config, hub_config


def save_hub(net: Composer, folder: Path, half: bool = True) -> list[str]:
    """Write the files into a folder; their names. half: weights in bfloat16, else float32."""
    save_file = _safetensors().save_file
    folder.mkdir(parents=True, exist_ok=True)
    dtype = torch.bfloat16 if half else torch.float32
    weights = {name: value.to(dtype).contiguous() for name, value in net.state_dict().items()}
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    config = hub_config(net.config) | {"torch_dtype": str(dtype).removeprefix("torch.")}
    (folder / "config.json").write_text(json.dumps(config, indent=1) + "\n", encoding="utf-8")
    (folder / "vocabulary.json").write_text(json.dumps(NAMES) + "\n", encoding="utf-8")
    return ["model.safetensors", "config.json", "vocabulary.json"]


def load_hub(folder: Path) -> Composer:
    """The network of such a folder, in float32, ready to be asked.

    ShelfError where a file is missing, damaged or made for other tokens.
    """
    load_file = _safetensors().load_file
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        names = json.loads((folder / "vocabulary.json").read_text(encoding="utf-8"))
        weights = load_file(folder / "model.safetensors")
        net = Composer(_config(config))
        net.load_state_dict({name: value.float() for name, value in weights.items()})
    except FileNotFoundError as problem:
        raise ShelfError(
            str(folder), f"has no {Path(problem.filename or 'model.safetensors').name}"
        ) from None
    except Exception as problem:  # the reader raises types of its own
        raise ShelfError(str(folder), "holds no composer's network, or a damaged one") from problem
    if tuple(names) != NAMES:
        raise ShelfError(str(folder), "was made for other tokens")
    return net.eval()


def _config(config: dict) -> Config:
    return Config(
        config["hidden_size"], config["num_hidden_layers"], config["num_attention_heads"],
        config["num_key_value_heads"], config["intermediate_size"], config["vocab_size"], config["rope_theta"],
    )  # fmt: skip


def _safetensors():
    try:
        import safetensors.torch
    except ImportError as problem:
        raise EngineUnavailable("the weights' format", "pip install 'songwright[train]'") from problem
    return safetensors.torch
