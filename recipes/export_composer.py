"""Put a trained composer on the shelf: whole numbers, ONNX, card, figures.

python recipes/export_composer.py RUN/checkpoint.pt CORPUS.npz OUT [--size small] [--shelf]

RUN/checkpoint.pt is what `songwright train composer` keeps while it learns (a folder with model.safetensors does too).
OUT gets composer.onnx, composer.toml and export.json; with --shelf the first two are copied to src/songwright/weights.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from pathlib import Path

from songwright.errors import SongwrightError
from songwright.train.songs.release import from_checkpoint


def main() -> None:
    """Export, measure, write the card, and put both on the shelf if asked to."""
    import torch

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("trained", type=Path)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--size", default="small")
    parser.add_argument("--shelf", action="store_true")
    given = parser.parse_args()
    torch.set_num_threads(1)
    try:
        figures = from_checkpoint(given.trained, given.corpus, given.out, given.size, print)
    except SongwrightError as problem:
        sys.exit(str(problem))
    (given.out / "export.json").write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(figures, indent=1))
    if given.shelf:
        weights = Path(__file__).parents[1] / "src" / "songwright" / "weights"
        for name in ("composer.onnx", "composer.toml"):
            shutil.copy(given.out / name, weights / name)


if __name__ == "__main__":
    main()
