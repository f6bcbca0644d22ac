"""Train the vocoder from folders of recordings (metadata.csv and sound files) and put it on the shelf.

python recipes/train_vocoder.py WORK VOICE_FOLDER... [--size cpu] [--device cpu] [--max-seconds 4100] [--half]

WORK keeps features, checkpoint, log and the exported vocoder.onnx; the same command goes on where it stopped. With
--shelf the result is copied to src/songwright/weights.
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from songwright.train.run import Budget
from songwright.train.vocoder.task import measure, train_vocoder
from songwright.train.vocoder.training import Recipe


def main() -> None:
    """Measure what is not measured yet, train, and put the vocoder on the shelf if asked to."""
    import torch

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("work", type=Path)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--size", default="cpu", choices=("tiny", "cpu", "gpu"))
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--max-seconds", type=float, default=4_100.0)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--frames", type=int, default=110)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--half", action="store_true", help="bfloat16 inside the network")
    parser.add_argument(
        "--pitch", type=float, nargs=2, default=(90.0, 400.0), help="range of the speakers, Hz"
    )
    parser.add_argument("--shelf", action="store_true")
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    corpora = [(folder, given.work / "features" / folder.name) for folder in given.folders]
    for folder, measured in corpora:
        measure(folder, measured, tuple(given.pitch), print)
    train_vocoder(
        corpora,
        given.work,
        Budget(max_seconds=given.max_seconds, warm_steps=100),
        Recipe(batch=given.batch, frames=given.frames, half=given.half),
        given.size,
        given.device,
        print,
    )
    if given.shelf:
        weights = Path(__file__).parents[1] / "src" / "songwright" / "weights"
        for name in ("vocoder.onnx", "vocoder.toml"):
            shutil.copy(given.work / name, weights / name)


if __name__ == "__main__":
    main()
