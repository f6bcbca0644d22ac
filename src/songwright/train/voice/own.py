"""A voice of one's own: recordings of one person, with that person's consent, become a voice on the shelf.

The network of the house already knows how mouths move; it is given one more speaker, and only what makes speakers
different is learned: who it is, how that shifts each layer, and the last layer. A few minutes of speech are enough.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from songwright.errors import BriefError, ShelfError
from songwright.io.shelf import HouseShelf
from songwright.singer import fullband
from songwright.train import run
from songwright.train.align.task import Wish, align_folder
from songwright.train.corpus import read_corpus
from songwright.train.nets import acoustic
from songwright.train.voice import consent as consents
from songwright.train.voice import corpus as corpora
from songwright.train.voice import export, features, measure, singing
from songwright.values.seed import Seed

Tell = Callable[[str], None]
LEARNED = re.compile(r"^(speakers|leave\.|settle\.|blocks\.\d+\.(voice|scale))")
"""Weights that differ from person to person; the rest stays as it is."""
SPARE_ST = 9
"""Singers reach this much above and below the pitch they speak at, semitones, without strain."""


@dataclass(frozen=True)
class Own:
    """What is asked. name: of the voice. language: "en" or "de". base: the network to start from."""

    name: str = ""
    language: str = "en"
    base: str = "singer"
    max_seconds: float = 900.0
    max_steps: int = 0
    seed: int = 0


def train_voice(folder: Path, consent_file: Path, out: Path, own: Own, tell: Tell) -> dict[str, Any]:
    """Make out/voice.toml and the network beside it from a folder of recordings with metadata.csv (id|text).

    Nothing is read before the consent has been. Stopped and started again it goes on. Returns the figures of the
    voice. Raises ShelfError for a consent that does not hold or recordings that cannot be used, BriefError for a
    language nobody can align.
    """
    consent = consents.read_consent(consent_file, dt.date.today())
    if own.language not in ("en", "de"):
        raise BriefError("language", f"{own.language!r} has no pronunciations here.", "Use en or de.")
    corpus = read_corpus(folder)
    consents.check_recordings(consent, [clip.path for clip in corpus.clips])
    speaker = _slug(own.name or consent.who)
    work = out / "work"
    aligned, taken = work / "aligned", work / "features"
    if not (aligned / "summary.json").exists():
        align_folder(folder, aligned, Wish(own.language, text_grid=False), tell)
    _take_apart({clip.id: clip.path for clip in corpus.clips}, taken, tell)
    packed = corpora.pack([corpora.Source(speaker, own.language, taken, aligned)], tell)
    task = _task(packed, HouseShelf().network(own.base), own)
    budget = run.Budget(own.max_seconds, own.max_steps, warm_steps=20, decay=0.99, log_every=20)
    state = run.train(task, work / "run", budget, tell)
    network = _alone(task.network)
    data = export.to_onnx(network, (speaker,))
    figures = _figures(data, packed)
    _write(out, data, consent, packed, own, speaker, state, figures)
    return {"voice": str(out / "voice.toml"), "minutes": round(sum(packed.minutes().values()), 2), **figures}


def _slug(name: str) -> str:
    plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    return plain or "voice"


def _take_apart(recordings: Mapping[str, Path], out: Path, tell: Tell) -> None:
    """Features of every recording that has none yet; those that cannot be used are named and left out."""
    out.mkdir(parents=True, exist_ok=True)
    used = 0
    for count, (name, path) in enumerate(recordings.items(), start=1):
        place = out / f"{name}.npz"
        if not place.exists():
            try:
                features.save(place, features.analyse(*features.read_recording(path)))
            except ShelfError as problem:
                tell(f"left out: {problem}")
                continue
        used += 1
        if count % 50 == 0:
            tell(f"{count} of {len(recordings)} recordings taken apart")
    if not used:
        raise ShelfError(str(out), "none of the recordings can be used")


def _task(packed: corpora.Corpus, base: bytes, own: Own) -> singing.SingingTask:
    """The network of the house with one more speaker, who begins as the mean of all; only LEARNED may change."""
    known = export.from_onnx(base)
    newcomer = known.config.speakers
    config = replace(known.config, speakers=newcomer + 1)
    # the newcomer's row is the last, so the corpus calls its one speaker by that number
    moved = replace(
        packed,
        speaker=np.full_like(packed.speaker, newcomer),
        top_hz=np.repeat(packed.top_hz, newcomer + 1),
        share=np.repeat(packed.share, newcomer + 1),
    )
    dials = singing.Dials(batch=6, rate=2e-3, critic_from=2.0, half=False)
    task = singing.SingingTask(moved, config, Seed(own.seed), dials)
    state = known.state_dict()
    state["speakers"] = torch.cat([state["speakers"], state["speakers"].mean(dim=0, keepdim=True)])
    task.network.load_state_dict(state)
    for name, parameter in task.network.named_parameters():
        parameter.requires_grad_(bool(LEARNED.match(name)))
    return task


def _alone(network: acoustic.Acoustic) -> acoustic.Acoustic:
    """The same network with the newcomer as its only speaker: nobody else's voice leaves the house with it."""
    alone = acoustic.Acoustic(replace(network.config, speakers=1))
    state = network.state_dict()
    state["speakers"] = state["speakers"][-1:]
    alone.load_state_dict(state)
    return alone.eval()


def _figures(data: bytes, packed: corpora.Corpus) -> dict[str, float]:
    """How close the new voice is to sentences it was not learned from (or, with few, to those it was)."""
    from songwright.runtime.session import Network

    split = corpora.TEST if len(packed.clips(corpora.TEST)) else corpora.TRAIN
    rows = measure.held_out(Network(data, "voice"), packed, split)
    return {key: round(value, 3) for key, value in next(iter(rows.values())).items()}


def _write(
    out: Path, data: bytes, consent: consents.Consent, packed: corpora.Corpus, own: Own, speaker: str,
    state: run.State, figures: Mapping[str, float],
) -> None:  # fmt: skip
    """The card of the voice, the network and the card of the network."""
    pitch = packed.f0_hz[packed.f0_hz > 0]
    middle = float(np.median(69 + 12 * np.log2(pitch / 440.0)))
    bank = HouseShelf().voice("slt" if middle >= 52 else "rms").card
    voice = {
        "id": speaker, "name": own.name or consent.who, "about": f"The voice of {consent.who}, by consent.",
        "licence": consent.in_words(), "source": f"recordings of {consent.who}; network {own.base} of songwright",
        "language": own.language, "bank": bank.bank, "midi_low": round(middle) - SPARE_ST + 2,
        "midi_high": round(middle) + SPARE_ST + 5, "commercial_use": consent.commercial_use, "sha256": bank.sha256,
        "network": "singer", "speaker": speaker, "consent": consent.sha256,
        "consent_until": "" if consent.until is None else str(consent.until),
    }  # fmt: skip
    network = {
        "id": "singer", "name": f"Singing network of {speaker}", "licence": consent.in_words(),
        "source": voice["source"], "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest(),
        "corpus": packed.digest(), "frame_s": fullband.FRAME_S, "steps": state.step,
        "seconds": round(state.seconds), **figures,
    }  # fmt: skip
    for name, content in (
        ("singer.onnx", data), ("singer.toml", toml(network).encode()), ("voice.toml", toml(voice).encode())
    ):  # fmt: skip
        aside = out / f".{name}.part"
        aside.write_bytes(content)
        aside.replace(out / name)


def toml(table: Mapping[str, object]) -> str:
    """A flat table as TOML."""
    lines = []
    for name, value in table.items():
        if isinstance(value, bool):
            lines.append(f"{name} = {str(value).lower()}")
        elif isinstance(value, int | float):
            lines.append(f"{name} = {value}")
        else:
            quoted = str(value).replace("\\", "\\\\").replace('"', '\\"')
            lines.append(f'{name} = "{quoted}"')
    return "\n".join(lines) + "\n"
