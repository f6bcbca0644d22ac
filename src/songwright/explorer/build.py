"""`songwright samples build`: a folder of samples, ready for a web page; stopped and started again, it goes on."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from songwright.bench.genre_lyrics import small_lyrics
from songwright.errors import BriefError, ShelfError
from songwright.explorer.catalogue import KINDS, Sample, Words
from songwright.explorer.entry import SCHEMA, entry
from songwright.explorer.making import Made, Maker
from songwright.io.claims import reach
from songwright.io.sound import write_audio
from songwright.train.renders.verses import read_verses
from songwright.values.context import Context
from songwright.values.digest import digest

INDEX = "samples.json"
FORMATS = ("mp3", "ogg", "opus", "flac", "wav")
NETWORKS = ("jukebox", "codec-decoder", "codec-encoder")
Row = dict[str, Any]


def words_of(folder: Path | None, licence: str = "") -> Words:
    """Words for the samples: of our own, never trained with; and, from a folder, those a network was trained with.

    folder: the one given to `train data renders` as --lyrics, parted here as it is there.
    """
    if folder is None:
        return Words((), small_lyrics())
    verses = read_verses(folder, licence)
    known = ["[Verse]\n" + "\n".join(stanza) for stanza in verses.parts["train"]]
    unseen = ["[Verse]\n" + "\n".join(stanza) for stanza in verses.parts["test"]]
    return Words(tuple(known), (*small_lyrics(), *unseen))


def build(
    samples: Sequence[Sample],
    out: Path,
    ctx: Context,
    suffix: str = "mp3",
    tell: Callable[[str], None] = lambda line: None,
) -> Row:
    """Make what is not there yet and write the index; returns it.

    Each sample is out/GENRE/PERSONA/KIND.json with its sound beside it, written whole; out/samples.json lists all of
    them. A sample that cannot be made (too many words for its length) is left out, with the reason. Raises BriefError
    for an unknown format or a folder of other things, ShelfError where weights are missing or nothing can be written.
    """
    if suffix not in FORMATS:
        raise BriefError("format", f"{suffix!r} is not written.", f"Use {', '.join(FORMATS)}.")
    if out.exists() and (not out.is_dir() or (any(out.iterdir()) and not (out / INDEX).is_file())):
        raise BriefError("out", f"{out} holds other things.", "Choose an empty folder.")
    reach(out / INDEX)
    networks = {name: ctx.shelf.weights_card(name).sha256 for name in NETWORKS}
    maker = Maker(ctx)
    entries: list[Row] = []
    left: list[Row] = []
    _put(out / INDEX, _index(entries, left, len(samples)))
    for number, sample in enumerate(samples):
        mark = digest([SCHEMA, sample, networks, suffix])
        found = _there(out, sample, mark)
        if found is None:
            tell(f"{number + 1} of {len(samples)}: {sample.id}")
            try:
                found = _made(sample, maker.make(sample), out, suffix, mark, ctx)
            except BriefError as problem:
                left.append({"id": sample.id, "problem": str(problem)})
                continue
        entries.append(found)
        _put(out / INDEX, _index(entries, left, len(samples)))
    index = _index(entries, left, len(samples))
    _put(out / INDEX, index)
    return index


def _index(entries: Sequence[Row], left: Sequence[Row], wanted: int) -> Row:
    return {
        "schema": SCHEMA, "kinds": KINDS, "wanted": wanted, "left_out": list(left),
        "genres": sorted({one["genre"] for one in entries}),
        "personas": sorted({name for one in entries for name in one["personas"]}),
        "samples": list(entries),
    }  # fmt: skip


def _there(out: Path, sample: Sample, mark: str) -> Row | None:
    """The entry of a sample that was made before from the same wish by the same networks, its sound beside it."""
    try:
        found = json.loads((out / f"{sample.id}.json").read_text(encoding="utf-8"))
        sounds = [found["audio"]] + ([found["prompt"]] if found["prompt"] else [])
        whole = all(_fingerprint(out / sound["file"]) == sound["sha256"] for sound in sounds)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return found if whole and found.get("fingerprint") == mark else None


def _made(sample: Sample, made: Made, out: Path, suffix: str, mark: str, ctx: Context) -> Row:
    """Write the sound, then the entry."""
    (out / sample.id).parent.mkdir(parents=True, exist_ok=True)
    artist = " and ".join(
        ctx.shelf.persona(name).name for name in (sample.brief.persona, sample.other) if name
    )
    found = entry(sample, made, artist)
    found["audio"] = _sound(made.take, out, f"{sample.id}.{suffix}")
    found["prompt"] = None
    if made.prompt is not None:
        found["prompt"] = _sound(made.prompt, out, f"{sample.id}-prompt.{suffix}")
    found["fingerprint"] = mark
    _put(out / f"{sample.id}.json", found)
    return found


def _sound(take: Any, out: Path, name: str) -> Row:
    audio = take.master.audio
    write_audio(out / name, audio)
    return {"file": name, "duration_s": round(audio.duration_s, 3), "sha256": _fingerprint(out / name)}


def _fingerprint(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _put(path: Path, value: Row) -> None:
    """Write JSON whole or not at all."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = path.with_name(f".{path.name}.part")
        aside.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        os.replace(aside, path)
    except OSError as problem:
        raise ShelfError(str(path), f"could not be written ({problem.strerror})") from problem
