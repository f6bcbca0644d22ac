"""What the options of the command line mean."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from pathlib import Path

from songwright.errors import BriefError, ShelfError

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


def one_genre(genre: str | None, blend: str | None) -> str | None:
    """The genre that is asked for: by --genre or by --blend. Raises BriefError for both."""
    if genre is not None and blend is not None:
        raise BriefError("blend", "stands beside --genre.", "Give one of them.")
    return genre if blend is None else blend


def parse_duration(text: str | None) -> float | None:
    """Seconds from "90", "1:30" or "1:30.5"."""
    if text is None:
        return None
    match = re.fullmatch(r"(?:(\d{1,2}):)?(\d+(?:\.\d+)?)", text.strip())
    if not match:
        raise BriefError(
            "duration", f"{text!r} is no length.", "Write seconds (90) or minutes and seconds (1:30)."
        )
    return 60.0 * int(match.group(1) or 0) + float(match.group(2))


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
