"""The pronouncing dictionary: every word it knows, how it is said, and where its stress lies.

The dictionary is the text of the CMU Pronouncing Dictionary, one pronunciation a line: `word PH PH` and
`word(2) PH PH` for the next one. Some copies carry stress digits ("AH0"), some do not; `with_stress` puts them back.
Reading is lazy: the text is cut into lines at once, which are put in order; a word is sought when it is asked for.

For the shelf: `with_stress(parse_dictionary(text), arrays)`, where arrays is `weights/stress-en.npz`, opened.
"""

from __future__ import annotations

import zlib
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from songwright.text.phonemes import without_stress
from songwright.text.phones import VOWELS, is_vowel
from songwright.text.stress import likely_pattern

Pronunciations = tuple[tuple[str, ...], ...]
_NO_WORD = ("", ";", "#")
"""What lines begin with that say nothing, or remarks."""


class Dictionary(Mapping[str, Pronunciations]):
    """Lower-case word -> its pronunciations in the order of their numbers."""

    def __init__(self, lines: Iterable[str]) -> None:
        """lines: "word PH PH" or "word(2) PH PH", each word once, in any order; remarks between them."""
        self._lines = sorted(lines)

    def __getitem__(self, word: str) -> Pronunciations:
        rows = [self._row(word)]
        while rows[-1]:
            rows.append(self._row(f"{word}({len(rows) + 1})"))
        if not rows[0]:
            raise KeyError(word)
        return tuple(_phones(row) for row in rows[:-1])

    def __contains__(self, word: object) -> bool:
        return isinstance(word, str) and bool(self._row(word))

    def __iter__(self) -> Iterator[str]:
        words = (line.partition(" ") for line in self._lines)
        return (word for word, _, phones in words if phones and word[:1] not in _NO_WORD and word[-1] != ")")

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _row(self, word: str) -> str:
        """What stands behind a word, "" if it stands nowhere."""
        # a blank sorts before all that words are made of, so a word's line is the first that is not before it
        place = bisect_left(self._lines, f"{word} ")
        first, _, phones = self._lines[place].partition(" ") if place < len(self._lines) else ("", "", "")
        return phones if first == word and word[:1] not in _NO_WORD else ""


class StressedDictionary(Mapping[str, Pronunciations]):
    """A dictionary whose vowels carry stress digits: from a table where it knows the word, else by rule."""

    def __init__(self, dictionary: Mapping[str, Pronunciations], table: StressTable) -> None:
        self._dictionary, self._table = dictionary, table

    def __getitem__(self, word: str) -> Pronunciations:
        return tuple(self._table.stressed(word, phones) for phones in self._dictionary[word])

    def __contains__(self, word: object) -> bool:
        return word in self._dictionary

    def __iter__(self) -> Iterator[str]:
        return iter(self._dictionary)

    def __len__(self) -> int:
        return len(self._dictionary)


class StressTable:
    """Where the stress of a known word lies: fingerprints of (word, phones), sorted, and the pattern of each.

    fingerprint: uint32, ascending. pattern: uint8, index into patterns. patterns: "10", "201", one digit a vowel.
    """

    def __init__(self, arrays: Mapping[str, Any]) -> None:
        self._fingerprint = np.asarray(arrays["fingerprint"])
        self._pattern = np.asarray(arrays["pattern"])
        self._patterns = tuple(str(pattern) for pattern in arrays["patterns"])

    def pattern(self, word: str, phones: tuple[str, ...]) -> str | None:
        """Stress digits, one a vowel, or None where the table does not know this pronunciation."""
        mark = np.uint32(fingerprint(word, phones))
        place = int(np.searchsorted(self._fingerprint, mark))
        if place == len(self._fingerprint) or self._fingerprint[place] != mark:
            return None
        pattern = self._patterns[int(self._pattern[place])]
        return pattern if len(pattern) == sum(phone in VOWELS for phone in phones) else None

    def stressed(self, word: str, phones: tuple[str, ...]) -> tuple[str, ...]:
        """The phones with stress digits on their vowels; digits already there are kept."""
        if without_stress(phones) != phones:
            return phones
        pattern = self.pattern(word, phones) or likely_pattern(phones)
        digits = iter(pattern)
        return tuple(phone + next(digits) if is_vowel(phone) else phone for phone in phones)


def fingerprint(word: str, phones: tuple[str, ...]) -> int:
    """32 bits that stand for a word said in one way (CRC-32)."""
    return zlib.crc32(f"{word} {' '.join(phones)}".encode())


def parse_dictionary(text: str) -> Dictionary:
    """The dictionary in a text of one pronunciation a line; blank lines and comments (`;;;`, `#`) are skipped."""
    return Dictionary(text.splitlines())


def with_stress(
    dictionary: Mapping[str, Pronunciations], stress_arrays: Mapping[str, Any]
) -> StressedDictionary:
    """The same dictionary with stress digits on every vowel. stress_arrays: see `StressTable`."""
    return StressedDictionary(dictionary, StressTable(stress_arrays))


def _phones(row: str) -> tuple[str, ...]:
    return tuple(row.partition("#")[0].split())
