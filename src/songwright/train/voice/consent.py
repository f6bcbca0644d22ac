"""Whose voice it is, decided by that person: nothing is learned from recordings without a signed consent.

A consent is a TOML file that the person reads, fills in and signs:

    who = "Jane Doe"                        # whose voice it is
    contact = "jane@example.org"            # where this person can be reached, and can withdraw
    uses = ["private", "publish", "sell"]   # what songs in this voice may be used for
    term = "2030-12-31"                     # last day, or "unlimited"
    statement = "I allow that a model of my voice is made from my recordings and used as said here."

    [signed]
    name = "Jane Doe"
    date = "2026-11-21"

    [recordings]                            # optional: only these files may be learned from
    "hello-001.wav" = "SHA-256 of the file"

The hash of the file goes into the card of the voice and from there into every song it sings.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from songwright.errors import ShelfError, why

USES = ("private", "publish", "sell")
UNLIMITED = "unlimited"
_FEWEST_WORDS = 5


@dataclass(frozen=True)
class Consent:
    """What a person allowed. until: last day, None = without end. sha256: of the file. recordings: name -> SHA-256."""

    who: str
    contact: str
    uses: tuple[str, ...]
    until: dt.date | None
    statement: str
    signed_on: dt.date
    sha256: str
    recordings: Mapping[str, str] = field(default_factory=dict)

    @property
    def commercial_use(self) -> bool:
        """Whether songs in this voice may be sold."""
        return "sell" in self.uses

    def in_words(self) -> str:
        """The consent in one line, as cards and songs carry it."""
        end = "without end" if self.until is None else f"until {self.until}"
        return (
            f"consent of {self.who}, signed {self.signed_on}, to {', '.join(self.uses)}, {end}; "
            f"sha256 {self.sha256}"
        )


def read_consent(path: Path, today: dt.date) -> Consent:
    """A consent file, checked. Raises ShelfError with the first thing that is missing, unsigned or over."""
    try:
        data = path.read_bytes()
    except OSError as problem:
        reason = "there is no such consent file; nothing is learned without one"
        raise ShelfError(str(path), reason) from problem
    try:
        said = tomllib.loads(data.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise ShelfError(path.name, f"is not TOML ({why(problem)})") from problem
    who = _text(path, said, "who", "whose voice it is")
    contact = _text(path, said, "contact", "where this person can be reached")
    statement = _text(path, said, "statement", "what is allowed, in the person's own words")
    if len(statement.split()) < _FEWEST_WORDS:
        raise ShelfError(path.name, "statement: say in a sentence what is allowed")
    uses = _uses(path, said)
    until = _term(path, said)
    signed_on = _signature(path, said, who, today)
    if until is not None and until < today:
        raise ShelfError(path.name, f"the consent ended on {until}; ask {who} ({contact}) for a new one")
    return Consent(
        who,
        contact,
        uses,
        until,
        statement,
        signed_on,
        hashlib.sha256(data).hexdigest(),
        _recordings(path, said),
    )


def check_recordings(consent: Consent, paths: Iterable[Path]) -> None:
    """Raise ShelfError where the consent names its recordings and one of these files is not among them."""
    if not consent.recordings:
        return
    allowed = {value.lower() for value in consent.recordings.values()}
    for path in paths:
        if hashlib.sha256(path.read_bytes()).hexdigest() not in allowed:
            raise ShelfError(path.name, "is not among the recordings the consent names")


def _text(path: Path, said: Mapping[str, Any], name: str, meaning: str) -> str:
    value = said.get(name)
    if not isinstance(value, str) or not value.strip():
        raise ShelfError(path.name, f"{name} is missing: {meaning}")
    return " ".join(value.split())


def _uses(path: Path, said: Mapping[str, Any]) -> tuple[str, ...]:
    uses = said.get("uses")
    if not isinstance(uses, list) or not uses:
        raise ShelfError(path.name, f"uses is missing: a list of {', '.join(USES)}")
    strange = [use for use in uses if use not in USES]
    if strange:
        raise ShelfError(path.name, f"uses: {strange[0]!r} is none of {', '.join(USES)}")
    return tuple(use for use in USES if use in uses)


def _term(path: Path, said: Mapping[str, Any]) -> dt.date | None:
    if "term" not in said:
        raise ShelfError(path.name, f'term is missing: the last day, or "{UNLIMITED}"')
    return None if said["term"] == UNLIMITED else _day(path, "term", said["term"])


def _day(path: Path, name: str, value: object) -> dt.date:
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    try:
        return dt.date.fromisoformat(str(value))
    except ValueError as problem:
        raise ShelfError(path.name, f"{name}: {value!r} is no day such as 2026-11-21") from problem


def _signature(path: Path, said: Mapping[str, Any], who: str, today: dt.date) -> dt.date:
    """The day it was signed, by the person whose voice it is."""
    signed = said.get("signed")
    if not isinstance(signed, dict) or not str(signed.get("name", "")).strip() or not signed.get("date"):
        raise ShelfError(path.name, "is not signed: [signed] needs name and date")
    name = " ".join(str(signed["name"]).split())
    if name.casefold() != who.casefold():
        raise ShelfError(path.name, f"is signed by {name}, but the voice is that of {who}")
    day = _day(path, "signed.date", signed["date"])
    if day > today:
        raise ShelfError(path.name, f"is signed on {day}, a day that has not come")
    return day


def _recordings(path: Path, said: Mapping[str, Any]) -> dict[str, str]:
    named = said.get("recordings", {})
    if not isinstance(named, dict) or not all(isinstance(value, str) for value in named.values()):
        raise ShelfError(path.name, "recordings: a table of file names and their SHA-256")
    return dict(named)
