"""What the options of the command line mean."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from songwright.cli.console import say
from songwright.errors import BriefError, ShelfError

if TYPE_CHECKING:
    from songwright.values.brief import SongBrief

_MAX_LYRICS_BYTES = 2**20


def read_lyrics(file: str | None) -> str:
    """The text of a lyrics file ("-" = standard input), UTF-8 with or without BOM."""
    if file is None:
        return ""
    try:
        if file == "-":
            if sys.stdin is None:
                raise BriefError(
                    "lyrics", "there is no standard input.", "Give a file, or pipe the words in."
                )
            data = sys.stdin.buffer.read(_MAX_LYRICS_BYTES + 1)
        else:
            with Path(file).open("rb") as stream:
                data = stream.read(_MAX_LYRICS_BYTES + 1)
    except FileNotFoundError:
        raise ShelfError(file, "there is no such file") from None
    except OSError as problem:
        raise ShelfError(file, f"cannot be read ({problem.strerror})") from None
    if len(data) > _MAX_LYRICS_BYTES:
        raise BriefError(
            "lyrics", "the file is larger than 1 MiB.", "Lyrics of a song fit in a few kilobytes."
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BriefError(
            "lyrics", f"{file} is not text in UTF-8.", "Save it as plain text, encoding UTF-8, and try again."
        ) from None


def say_note(text: str) -> None:
    """A note about a file, for a person."""
    say(f"  note: {text}")


@dataclass(frozen=True)
class Rewriting:
    """New music for a place of a song that is there. source: its folder or score."""

    source: Path
    place: str
    chords: str | None
    seed: int | None


def rewriting(source: str | None, place: str, keep: str, chords: str | None, seed: int | None) -> Rewriting:
    """What --rewrite was asked to do. Raises BriefError without a song, or for something else to keep."""
    if source is None or source == "-":
        raise BriefError("rewrite", "needs a song.", "Give a song folder, or a score (.musicxml, .mid).")
    if keep.strip().lower() != "rest":
        raise BriefError(
            "keep", f"{keep[:40]!r} is nothing to keep.", "Say rest: everything outside stays as it is."
        )
    return Rewriting(Path(source), place, chords, seed)


def of_the_studio(brief: SongBrief, field: str) -> None:
    """Raises BriefError(field) where a brief asks for another engine, or for what only others can."""
    from songwright.engines import studio

    if brief.engine not in (None, studio.CARD.id):
        raise BriefError(field, "are written by the studio.", "Leave out --engine.")
    studio.check_wishes(brief)


def artists_of(blend: str | None) -> dict[str, float] | None:
    """The artists of a --blend with their shares; None where it names no artist (then it names genres)."""
    from songwright.io.shelf import HouseShelf

    if blend is None:
        return None
    known = {persona.id for persona in HouseShelf().personas()}
    if not any(piece.partition(":")[0].strip() in known for piece in blend.split(",")):
        return None
    return parse_amounts("blend", blend, 0.001, 100.0)


def parse_duration(text: str | None, field: str = "duration") -> float | None:
    """Seconds from "90", "1:30" or "1:30.5"."""
    if text is None:
        return None
    match = re.fullmatch(r"(?:(\d{1,2}):)?(\d+(?:\.\d+)?)", text.strip())
    if not match or (match.group(1) and float(match.group(2)) >= 60):
        raise BriefError(field, f"{text!r} is no time.", "Write seconds (90) or minutes and seconds (1:30).")
    return 60.0 * int(match.group(1) or 0) + float(match.group(2))


LOUD_LUFS = "-9"


def spelled_out(arguments: list[str]) -> list[str]:
    """The words of the command line, with its usual value after a --loud that stands alone."""
    spelled = []
    for word, after in zip(arguments, [*arguments[1:], ""], strict=False):
        spelled.append(word)
        if word == "--loud" and not re.fullmatch(r"-?\d+(\.\d+)?", after):
            spelled.append(LOUD_LUFS)
    return spelled


def parse_loudness(text: str | None, one_song: bool = True) -> float | None:
    """Integrated loudness from "-9", -30 to -6 LUFS; None where nothing is asked."""
    if text is None:
        return None
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not -30.0 <= value <= -6.0:
        raise BriefError(
            "loud", f"{text!r} LUFS is out of range.", "Ask for -30 to -6, or --loud alone for -9."
        )
    if not one_song:
        raise BriefError(
            "loud", "goes with one new song.", "Master it afterwards: songwright mix FOLDER --loud."
        )
    return value


def parse_character(text: str | None) -> Mapping[str, float] | None:
    """Colours of a voice from "gravel:0.4,breath:0.2"; each 0..1."""
    return parse_amounts("character", text, 0.0, 1.0) if text else None


def parse_amounts(field: str, text: str, low: float, high: float) -> dict[str, float]:
    """Names with amounts from "name:amount,name:amount". Raises BriefError where one is out of range."""
    amounts = {}
    for item in text.split(","):
        name, _, amount = item.partition(":")
        try:
            value = float(amount)
        except ValueError:
            value = float("nan")
        if not name.strip() or not low <= value <= high:
            raise BriefError(
                field, f"{item!r} does not fit.", f"Write name:amount, amount {low:g} to {high:g}."
            )
        amounts[name.strip()] = value
    return amounts


def folder_name(title: str, seed: int) -> str:
    """A folder name from a title: plain letters, digits and hyphens."""
    slug = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:40] or "song"
    return f"songs/{slug}-{seed}"
