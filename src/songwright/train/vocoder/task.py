"""From folders of recordings to a vocoder on the shelf: one call, any machine, any size."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from songwright.errors import ShelfError
from songwright.train.corpus import read_clip, read_corpus, sound_problem
from songwright.train.nets.vocoder import Config
from songwright.train.run import Budget, train
from songwright.train.vocoder.data import Recording, read_recordings
from songwright.train.vocoder.export import put, to_onnx
from songwright.train.vocoder.training import Recipe, VocoderTask
from songwright.train.voice import features
from songwright.values.seed import Seed

Tell = Callable[[str], None]


def measure(
    folder: Path, measured: Path, pitch_hz: tuple[float, float], tell: Tell = lambda line: None
) -> None:
    """Take every clip of a corpus folder apart into measured/ID.npz; what is there already stays.

    pitch_hz: lowest and highest note of the speaker. Clips that cannot be used are named and left out.
    """
    measured.mkdir(parents=True, exist_ok=True)
    clips = read_corpus(folder).clips
    for number, clip in enumerate(clips):
        path = measured / f"{clip.id}.npz"
        if path.is_file():
            continue
        sound = read_clip(clip)
        problem = sound_problem(clip, sound)
        if problem:
            tell(f"{clip.id} {problem}; left out")
            continue
        features.save(path, features.analyse(sound, 48_000, pitch_hz))
        if number % 100 == 0:
            tell(f"{folder.name}: {number} of {len(clips)} clips measured")


def train_vocoder(
    corpora: Sequence[tuple[Path, Path]],
    out: Path,
    budget: Budget,
    recipe: Recipe | None = None,
    size: str = "cpu",
    device: str = "cpu",
    tell: Tell = lambda line: None,
) -> dict[str, object]:
    """Learn from corpora (folder of recordings, folder of features) and write out/vocoder.onnx and vocoder.toml.

    size: as `Config.of` knows them. device: "cpu", "cuda". The run (checkpoint, log) stands in out/run and goes on
    when started again. Returns what was learned from, how long, and the held-out distances at the end. Raises
    ShelfError where nothing can be learned from.
    """
    recipe = recipe or Recipe()
    learned: list[Recording] = []
    held: list[Recording] = []
    for folder, measured in corpora:
        learned += read_recordings(folder, measured, "train", tell)
        held += read_recordings(folder, measured, "validation", tell)
    task = VocoderTask(learned, held, Config.of(size), recipe, Seed(7).child("vocoder"), device)
    before = task.check()
    state = train(task, out / "run", budget, tell)
    after = task.check()
    if after["far"] > before["far"]:
        raise ShelfError("vocoder", "learned nothing: train longer; the run is kept")
    told: dict[str, object] = {
        "id": "vocoder",
        "name": "Vocoder",
        "about": "Corrects pulses and noise of the singer's voice, frame by frame.",
        "licence": "Apache-2.0 (weights)",
        "source": ", ".join(folder.name for folder, _ in corpora),
        "recipe": "recipes/train_vocoder.py",
        "size": size,
        "parameters": sum(part.numel() for part in task.network.parameters()),
        "minutes_of_speech": round(sum(len(item.f0_hz) for item in learned) / 12_000, 1),
        "steps": state.step,
        "seconds": round(state.seconds),
        "batch": recipe.batch,
        "frames": recipe.frames,
        "truth": recipe.truth,
        "distance_untrained": round(before["far"], 4),
        "distance": round(after["far"], 4),
        "apart_untrained": round(before["apart"], 4),
        "apart": round(after["apart"], 4),
    }
    put(to_onnx(task.network, {"size": size, "steps": str(state.step)}), out / "vocoder.onnx", told)
    tell(json.dumps(told))
    return told
