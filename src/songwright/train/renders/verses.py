"""Words for rendered songs: stanzas out of books that are free, parted by text, and lines out of the dictionary."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from songwright.errors import BriefError, ShelfError, why
from songwright.values.seed import Luck
from songwright.values.shelf import Shelf

SPLITS = ("train", "valid", "test")
Stanza = tuple[str, ...]
_LICENCE = "LICENSE*"
_LINES = (2, 4)
_WORDS = (3, 11)
_LONGEST_LINE = 58
_RUN = 16  # stanzas in a row of one book that stand in one part together
_PARTS = 20
_SYLLABLES = (6, 9)
_SIGNS = frozenset(" ,.;:!?'\"-()")


@dataclass(frozen=True)
class Verses:
    """Stanzas for each of SPLITS, and what the books are. files: name -> SHA-256."""

    parts: Mapping[str, tuple[Stanza, ...]]
    licence: str
    files: Mapping[str, str]

    @property
    def fingerprint(self) -> str:
        """SHA-256 of all that can be drawn from here."""
        text = repr([(name, self.parts[name]) for name in SPLITS])
        return hashlib.sha256(text.encode()).hexdigest()


def no_verses() -> Verses:
    """Nothing to draw: every line comes from the dictionary."""
    return Verses(dict.fromkeys(SPLITS, ()), "", {})


def read_verses(folder: Path, licence: str = "") -> Verses:
    """The stanzas of all .txt files of a folder, those inside it included.

    licence: of the texts; else the first line of a LICENSE file there. No line of "valid" or "test" stands in
    another part. Raises ShelfError where nothing can be sung, BriefError where the licence is not known.
    """
    if not folder.is_dir():
        raise ShelfError(str(folder), "there is no such folder of lyrics")
    licence = licence or _stated(folder)
    if not licence:
        problem = f"that of the lyrics in {folder} is not known."
        raise BriefError("licence", problem, "Name it, or put a LICENSE file there.")
    parts: dict[str, list[Stanza]] = {name: [] for name in SPLITS}
    files = {}
    for path in sorted(folder.rglob("*.txt")):
        if path.match(_LICENCE):
            continue
        text = _read(path)
        name = path.relative_to(folder).as_posix()
        stanzas = stanzas_of(text)
        if stanzas:
            files[name] = hashlib.sha256(text.encode()).hexdigest()
        for start in range(0, len(stanzas), _RUN):
            parts[_split_of(f"{name}/{start // _RUN}")] += stanzas[start : start + _RUN]
    taken: set[str] = set()
    for name in SPLITS:  # a refrain of the learned part is no unseen text
        parts[name] = [stanza for stanza in parts[name] if not any(_plain(line) in taken for line in stanza)]
        taken |= {_plain(line) for stanza in parts[name] for line in stanza}
    if not parts["train"]:
        raise ShelfError(str(folder), "holds no stanzas that can be sung (.txt, 2 to 4 short lines each)")
    return Verses({name: tuple(found) for name, found in parts.items()}, licence, files)


def stanzas_of(text: str) -> list[Stanza]:
    """The stanzas of a book that can be sung, in order; long ones are cut into fours, prose is left out."""
    found = []
    for block in "\n".join(line.strip() for line in text.splitlines()).split("\n\n"):
        lines = [line for line in block.split("\n") if line]
        if not lines or not all(_is_verse(line) for line in lines):
            continue
        if not any(line[-1] in ",.;!?" for line in lines):
            continue  # a list of titles
        for start in range(0, len(lines), _LINES[1]):
            stanza = tuple(_sung(line) for line in lines[start : start + _LINES[1]])
            if len(stanza) >= _LINES[0]:
                found.append(stanza)
    return found


def dictionary_stanza(shelf: Shelf, luck: Luck, words: Sequence[str] = ()) -> Stanza:
    """A stanza of words drawn from the English dictionary: no sense, but every sound in every company.

    words: what to draw from, as `dictionary_words` gives it (found afresh where empty).
    """
    lexicon = shelf.lexicon("en")
    words = words or dictionary_words(shelf)
    lines = []
    for _ in range(luck.integer(*_LINES)):
        line: list[str] = []
        wanted, count = luck.integer(*_SYLLABLES), 0
        while count < wanted:
            word = luck.choice(words)
            line.append(word)
            count += _syllables(lexicon[word][0])
        lines.append(" ".join(line))
    return tuple(lines)


def dictionary_words(shelf: Shelf) -> tuple[str, ...]:
    """The words of the English dictionary that are plain letters and have at most three syllables, by alphabet."""
    lexicon = shelf.lexicon("en")
    return tuple(
        word
        for word in sorted(lexicon)
        if word.isascii() and word.isalpha() and 2 < len(word) < 10 and 0 < _syllables(lexicon[word][0]) < 4
    )


def _syllables(phones: Sequence[str]) -> int:
    return sum(phone[-1].isdigit() for phone in phones)


def _is_verse(line: str) -> bool:
    """Whether a line is short, has a few words, and is no heading."""
    words = line.split()
    letters = [sign for sign in line if sign.isalpha()]
    if not _WORDS[0] <= len(words) <= _WORDS[1] or len(line) > _LONGEST_LINE or len(letters) < 10:
        return False
    return not line.isupper() and all(sign.isalpha() or sign in _SIGNS or sign in "’‘“”—" for sign in line)


def _sung(line: str) -> str:
    """A line as it is given to the studio: brackets would be an echo, dashes a pause."""
    return " ".join(line.replace("(", "").replace(")", "").replace("--", ", ").replace("—", ", ").split())


def _plain(line: str) -> str:
    return " ".join("".join(sign for sign in line.lower() if sign.isalpha() or sign == " ").split())


def _split_of(group: str) -> str:
    place = hashlib.sha256(group.encode()).digest()[0] % _PARTS
    return {0: "test", 1: "valid"}.get(place, "train")


def _stated(folder: Path) -> str:
    for path in sorted(folder.glob(_LICENCE)):
        for line in _read(path).splitlines():
            if line.strip():
                return line.strip()
    return ""


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as problem:
        raise ShelfError(str(path), f"cannot be read as text ({why(problem)})") from problem
