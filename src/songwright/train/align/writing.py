"""What the aligner leaves behind: one JSON file and one Praat TextGrid a clip, and a summary of them all."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from songwright.errors import ShelfError
from songwright.text.phones import SILENCE


@dataclass(frozen=True)
class Aligned:
    """A clip with its borders. phones: (symbol, onset_s, offset_s), without gaps from 0 to the end, PAU = pause.

    words: (written word, onset_s, offset_s). log_likelihood: of its frames, mean.
    """

    id: str
    text: str
    phones: tuple[tuple[str, float, float], ...]
    words: tuple[tuple[str, float, float], ...]
    log_likelihood: float


def write_clip(folder: Path, clip: Aligned, text_grid: bool = True) -> None:
    """ID.json, and ID.TextGrid for Praat. Raises ShelfError where they cannot be written."""
    plain = {
        "text": clip.text,
        "phones": [[symbol, round(on, 4), round(off, 4)] for symbol, on, off in clip.phones],
        "words": [[word, round(on, 4), round(off, 4)] for word, on, off in clip.words],
        "log_likelihood": round(clip.log_likelihood, 4),
    }
    write_text(folder / f"{clip.id}.json", json.dumps(plain, ensure_ascii=False) + "\n")
    if text_grid:
        write_text(folder / f"{clip.id}.TextGrid", praat(clip))


def read_clip_alignment(path: Path) -> Aligned:
    """What `write_clip` wrote. Raises ShelfError where the file is missing or is no alignment."""
    try:
        plain = json.loads(path.read_text(encoding="utf-8"))
        return Aligned(
            path.stem,
            str(plain["text"]),
            tuple((str(s), float(on), float(off)) for s, on, off in plain["phones"]),
            tuple((str(w), float(on), float(off)) for w, on, off in plain.get("words", ())),
            float(plain.get("log_likelihood", 0.0)),
        )
    except OSError as problem:
        raise ShelfError(str(path), f"cannot be opened ({problem.strerror})") from problem
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        raise ShelfError(str(path), "is no alignment written by songwright") from problem


def praat(clip: Aligned) -> str:
    """The clip as a TextGrid (Praat, long text form) with a tier of words and a tier of phones."""
    end = clip.phones[-1][2]
    tiers = (("words", _filled(clip.words, end)), ("phones", clip.phones))
    lines = [
        'File type = "ooTextFile"', 'Object class = "TextGrid"', "", "xmin = 0", f"xmax = {end:.4f}",
        "tiers? <exists>", f"size = {len(tiers)}", "item []:",
    ]  # fmt: skip
    for number, (name, intervals) in enumerate(tiers, start=1):
        lines += [
            f"    item [{number}]:", '        class = "IntervalTier"', f'        name = "{name}"',
            "        xmin = 0", f"        xmax = {end:.4f}", f"        intervals: size = {len(intervals)}",
        ]  # fmt: skip
        for n, (text, on, off) in enumerate(intervals, start=1):
            quoted = ("" if text == SILENCE else text).replace('"', '""')
            lines += [
                f"        intervals [{n}]:", f"            xmin = {on:.4f}", f"            xmax = {off:.4f}",
                f'            text = "{quoted}"',
            ]  # fmt: skip
    return "\n".join(lines) + "\n"


def _filled(words: Sequence[tuple[str, float, float]], end: float) -> list[tuple[str, float, float]]:
    """Words with empty intervals where nobody speaks."""
    filled, at = [], 0.0
    for word, on, off in words:
        if on > at:
            filled.append(("", at, on))
        filled.append((word, on, off))
        at = off
    return [*filled, ("", at, end)] if end > at else filled


def write_summary(folder: Path, summary: Mapping[str, Any]) -> None:
    """summary.json. Raises ShelfError where it cannot be written."""
    write_text(folder / "summary.json", json.dumps(summary, ensure_ascii=False, indent=2) + "\n")


def write_text(path: Path, text: str) -> None:
    """A text file, whole or not at all. Raises ShelfError."""
    draft = path.with_name(f".{path.name}.part")
    try:
        draft.write_text(text, encoding="utf-8")
        os.replace(draft, path)
    except OSError as problem:
        raise ShelfError(str(path), f"cannot be written ({problem.strerror})") from problem
    finally:
        draft.unlink(missing_ok=True)
