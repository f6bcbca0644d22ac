"""How soon a song begins to be there: `songwright compose` as somebody at the keyboard meets it, from the start on."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from songwright.errors import BriefError

RUNS = 5
# The command itself, with a listener that says when the first section has its tune.
_COMMAND = """
from songwright.cli import console, run

class Listener(console.Listener):
    def __call__(self, progress):
        if progress.stage == "compose" and progress.done > 1:
            print("section", flush=True)

console.Listener = Listener
run()
"""


def first_section(lyrics: str, genre: str, seed: int, runs: int = RUNS) -> dict[str, list[float]]:
    """Seconds from the command of a three-minute song, best of four drafts, to its first section and to its file.

    "first section" and "all": one number a run. Raises BriefError where the command fails.
    """
    found: dict[str, list[float]] = {"first section": [], "all": []}
    with tempfile.TemporaryDirectory() as folder:
        words = Path(folder) / "words.txt"
        words.write_text(lyrics, encoding="utf-8")
        for number in range(runs):
            order = [
                "compose", str(words), "--genre", genre, "--duration", "3:00", "--seed", str(seed),
                "--out", str(Path(folder) / f"{number}.musicxml"),
            ]  # fmt: skip
            for name, seconds in zip(found, _timed(order), strict=True):
                found[name].append(seconds)
    return found


def _timed(order: list[str]) -> tuple[float, float]:
    """Seconds to the first word of the listener, and to the end."""
    began = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-c", _COMMAND, *order], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        first = time.perf_counter() - began
        _, problem = process.communicate()
    if process.returncode or said.strip() != "section":
        raise BriefError("compose", f"the command failed: {problem.strip()[-200:] or 'no section was told'}")
    return first, time.perf_counter() - began


def rows(lyrics: str, genre: str, seed: int, runs: int = RUNS) -> list[dict[str, object]]:
    """Rows for the table of speeds: the median of the runs, and the slowest."""
    return [
        {"stage": f"songwright compose, {name}, {what}", "seconds": round(read(times), 2), "of_real_time": ""}
        for name, times in first_section(lyrics, genre, seed, runs).items()
        for what, read in ((f"median of {runs}", median), ("slowest", max))
    ]
