"""The pronouncing dictionary: every word it knows, how it is said, and where its stress lies.

The dictionary is the text of the CMU Pronouncing Dictionary, one pronunciation a line: `word PH PH` and
`word(2) PH PH` for the next one. Some copies carry stress digits ("AH0"), some do not; `with_stress` puts them back.
Reading is lazy: the text is cut into lines at once, a word's phones only when it is asked for.

For the shelf: `with_stress(parse_dictionary(text), arrays)`, where arrays is `weights/stress-en.npz`, opened.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from songwright.text.phonemes import without_stress
from songwright.text.phones import VOWELS, is_vowel
from songwright.text.stress import likely_pattern

Pronunciations = tuple[tuple[str, ...], ...]


class Dictionary(Mapping[str, Pronunciations]):
    """Lower-case word -> its pronunciations in the order of the file."""

    def __init__(self, rows: Mapping[str, str]) -> None:
        """rows: "word" or "word(2)" -> phones parted by blanks."""
        self._rows = rows

    def __getitem__(self, word: str) -> Pronunciations:
        first = self._rows[word]
        found, variant = [_phones(first)], 2
        while (row := self._rows.get(f"{word}({variant})")) is not None:
            found.append(_phones(row))
            variant += 1
        return tuple(found)

    def __contains__(self, word: object) -> bool:
        return word in self._rows

    def __iter__(self) -> Iterator[str]:
        return (word for word in self._rows if not word.endswith(")"))

    def __len__(self) -> int:
        return sum(1 for _ in self)


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
    rows = {}
    for line in text.splitlines():
        word, _, phones = line.partition(" ")
        if phones and not word.startswith(";;;"):
            rows[word] = phones
    return Dictionary(rows)


def with_stress(
    dictionary: Mapping[str, Pronunciations], stress_arrays: Mapping[str, Any]
) -> StressedDictionary:
    """The same dictionary with stress digits on every vowel. stress_arrays: see `StressTable`."""
    return StressedDictionary(dictionary, StressTable(stress_arrays))


def _phones(row: str) -> tuple[str, ...]:
    return tuple(row.partition("#")[0].split())
