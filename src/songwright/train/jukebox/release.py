"""Codec and generator of two runs made ready for others: files for the shelf, folders for model hubs, cards."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from songwright.errors import ShelfError
from songwright.train.codec.export import latents_id
from songwright.train.codec.export import save_codec as save_codec_files
from songwright.train.codec.task import load_codec
from songwright.train.jukebox import hub
from songwright.train.jukebox.export import ABOUT, LICENCE, RECIPE, data_of, learned_from, save_generator
from songwright.train.jukebox.latents import CODEC
from songwright.train.jukebox.task import JUKEBOX, load_kind
from songwright.train.nets.codec import CodecNet
from songwright.train.run import read_checkpoint

_ABOUT = {
    "codec": "Sound as 96 numbers 31.25 times a second, and back; one channel at 32 kHz.",
    "jukebox": ABOUT,
}
_CARD = """---
license: apache-2.0
library_name: songwright
tags: [music-generation, singing-voice, flow-matching, audio]
---
# songwright {name} ({size})

{about}

* **Files**: `model.safetensors` (float16), `config.json` (architecture, names, sha256 of the weights). The same network
  as ONNX is what `songwright make --engine jukebox` runs.
* **Use**: `songwright.train.jukebox.hub.load_{loader}(folder)`; it checks the sha256.
* **Licence**: Apache-2.0. Songs made with it may be used commercially: {commercial}.

## Data
{data}

No recording of a person's music was used. Voices in the renders are those of the singer of songwright (see WEIGHTS.md).

## Training
{training}

## Figures
{figures}

## Limits
It knows the genres, personas and voices of songwright and nothing else, sounds like that studio heard through a small
codec (one channel a stem, 32 kHz), and sings the languages of its renders ({languages}). Words are clear only where a
score says when each sound is sung; in free mode nothing can be understood. It cannot imitate living singers: it has
heard none.

## Intended use
Sketches, continuations and repainted parts of songs, research on small generators, a start for training on one's own
catalogue. Tell listeners that a machine sings.
"""


def release(
    codec_run: Path, jukebox_run: Path, renders: Path, out: Path, measured: Mapping[str, Any] | None = None,
    tell: Callable[[str], None] = lambda line: None, recordings: str = "", also: Path | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Write codec-encoder, codec-decoder and jukebox (.onnx, .toml) and the folders hub/codec, hub/jukebox into `out`.

    codec_run: may be a hub folder: a codec that is released already stays as it is.
    renders: what both learned from; its card.json names sources and licences. measured: figures to put on the
    generator's card. recordings: what else the codec heard, with its licence. also: shards only the generator learned
    from. Returns figures of files and networks.
    Raises ShelfError where the runs do not belong together, a file is not its network's equal, or a codec heard
    recordings that are not named.
    """
    codec, (net, told) = load_codec(codec_run), load_kind(JUKEBOX, jukebox_run)
    _same_latents(jukebox_run, told, latents_id(codec))
    data = data_of(renders)
    if not data["pieces"]:
        raise ShelfError(str(renders), "has no card.json; let `songwright train data renders` finish")
    out.mkdir(parents=True, exist_ok=True)
    figures: dict[str, Any] = {}
    if not (codec_run / hub.WEIGHTS).is_file():
        tell("codec")
        figures["codec"] = _release_codec(codec, codec_run, data, out, recordings)
    tell("jukebox")
    data = learned_from(told["data_before"], data_of(renders, also))
    about = {key: data[key] for key in ("source", "commercial_use")}
    learned = _learned(jukebox_run)
    figures["jukebox"] = save_generator(net, told, latents_id(codec), out, about, learned)
    text = _card_text("jukebox", learned, data, measured or {})
    steps = learned["steps"] + learned.get("steps_before", 0)
    hub.save_generator(
        net, told["names"], latents_id(codec), out / "hub" / "jukebox", text, data | {"steps": steps}
    )
    return figures


def _release_codec(
    codec: CodecNet, run: Path, data: Mapping[str, Any], out: Path, recordings: str
) -> dict[str, Any]:
    learned = _learned(run) | {"parameters": sum(p.numel() for p in codec.parameters())}
    if learned.get("recordings") and not recordings:
        raise ShelfError(str(run), "heard recordings too; name them and their licence")
    known = learned.pop("learned", {})
    data, before = known if known.get("pieces") else data, known.get("heard_too", "")
    recordings = "; ".join(dict.fromkeys(one for one in (before, recordings) if one))
    card = {
        "name": "Codec", "about": _ABOUT["codec"], "licence": LICENCE, "recipe": RECIPE,
        "commercial_use": data["commercial_use"],
        "source": "; ".join(one for one in (data["source"], recordings) if one), **learned,
    }  # fmt: skip
    files = save_codec_files(codec, out, card)
    data = {**data, "heard_too": recordings}
    text = _card_text("codec", learned, data, {})
    steps = learned["steps"] + learned.get("steps_before", 0)
    hub.save_codec(codec, out / "hub" / "codec", text, steps, data)
    return {**learned, **files}


def _same_latents(run: Path, told: Mapping[str, Any], codec_id: str) -> None:
    """Raises ShelfError where a generator learned from latents of another codec."""
    path = run / "latents" / CODEC
    known = (
        json.loads(path.read_text(encoding="utf-8"))["encoder"] if path.is_file() else told.get("latents_id")
    )
    if known != codec_id:
        raise ShelfError(str(run), "learned from latents of another codec")


def _learned(run: Path) -> dict[str, Any]:
    """What a run tells of its learning: its figures; steps and seconds as its checkpoint has them."""
    path = run / "figures.json"
    figures = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    kept = read_checkpoint(run / "run" / "checkpoint.pt")
    figures |= {"steps": int(kept["step"]), "seconds": round(float(kept["seconds"]), 1)}
    return {key: value for key, value in figures.items() if not key.endswith("bytes")}


def _card_text(
    name: str, learned: Mapping[str, Any], data: Mapping[str, Any], measured: Mapping[str, Any]
) -> str:
    """The README.md of a hub folder."""
    told = ("size", "steps_before", "steps", "seconds", "device", "processes", "batch", "frames", "groups")
    lines = {key: learned[key] for key in told if key in learned}
    found = {key: value for key, value in learned.items() if key.startswith("held_")} | dict(measured)
    return _CARD.format(
        name=name, size=learned.get("size", "small"), about=_ABOUT[name],
        loader={"codec": "codec", "jukebox": "generator"}[name],
        commercial="yes" if data["commercial_use"] else "no",
        data=f"{data['source']}: {data['pieces']} parts of songs. Licences of what can be heard in them: "
             + "; ".join(data["licences"]) + "."
             + (f"\n\nHeard too: {data['heard_too']}." if data.get("heard_too") else ""),
        languages=", ".join(data["languages"]) or "not known",
        training=_rows(lines), figures=_rows(found) if found else "None measured.",
    )  # fmt: skip


def _rows(values: Mapping[str, Any]) -> str:
    return "\n".join(
        ["| | |", "|---|---|", *(f"| {key.replace('_', ' ')} | {value} |" for key, value in values.items())]
    )
