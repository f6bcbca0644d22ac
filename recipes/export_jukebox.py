"""Make the raw-audio engine's networks ready for others: ONNX files and cards for the shelf, folders for model hubs.

python recipes/export_jukebox.py RUN_CODEC RUN_JUKEBOX RENDERS [--out OUT] [--figures FILE.json]
    [--recordings TEXT] [--also RENDERS] [--shelf]

RUN_CODEC and RUN_JUKEBOX are folders of `songwright train codec` and `train jukebox`, finished or not; RENDERS is
what both learned from. RUN_CODEC may be weights/codec: a codec that is released already stays as it is. OUT
(RUN_JUKEBOX/export by default) gets codec-encoder, codec-decoder, jukebox (.onnx, .toml), hub/codec, hub/jukebox
and export.json. --figures: measurements for the generator's model card, a JSON object of names and values.
--recordings: what the codec heard besides the renders, with its licence. --also: renders only the generator learned
from. With --shelf the files are copied to src/songwright/weights, the folders to weights/ beside src.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from pathlib import Path

from songwright.errors import SongwrightError
from songwright.train.jukebox.release import release

FILES = ("codec-encoder", "codec-decoder", "jukebox")


def main() -> None:
    """Export, compare with the networks, write cards, and put all of it into the house if asked to."""
    import torch

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("codec", "jukebox", "renders"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--figures", type=Path)
    parser.add_argument("--recordings", default="")
    parser.add_argument("--also", type=Path)
    parser.add_argument("--shelf", action="store_true")
    given = parser.parse_args()
    torch.set_num_threads(1)
    out = given.out or given.jukebox / "export"
    measured = json.loads(given.figures.read_text(encoding="utf-8")) if given.figures else None
    try:
        figures = release(
            given.codec, given.jukebox, given.renders, out, measured, print, given.recordings, given.also
        )
    except SongwrightError as problem:
        sys.exit(str(problem))
    (out / "export.json").write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(figures, indent=1))
    if given.shelf:
        house = Path(__file__).parents[1]
        for name in FILES:
            for file in (out / f"{name}.onnx", out / f"{name}.toml"):
                if file.is_file():
                    shutil.copy(file, house / "src" / "songwright" / "weights" / file.name)
        shutil.copytree(out / "hub", house / "weights", dirs_exist_ok=True)


if __name__ == "__main__":
    main()
