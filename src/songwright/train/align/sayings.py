"""How the words of a line may be said: what the speaker of the house says, what else the dictionary lists, and how
speech shortens them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from songwright.text.phonemes import without_stress
from songwright.text.phones import PHONES, is_vowel
from songwright.train.align.graph import Sayings, Slot, plain
from songwright.values.words import Word

_MOST = 5
_CHEAP, _DEAR = 2.0, 8.0
_LENGTHS = (("A", "AL"), ("IH", "IY"), ("OH", "OO"), ("UH", "UW"), ("UEH", "UE"), ("OEH", "OE"), ("EH", "EE"))
_OTHER_LENGTH = {a: b for pair in _LENGTHS for a, b in (pair, pair[::-1])}


class Speaker(Protocol):
    """Anything that turns a line into words with phones, of any language."""

    def words(self, line_text: str) -> tuple[Word, ...]: ...


def line_sayings(
    text: str,
    language: str,
    speaker: Speaker,
    lexicon: Mapping[str, tuple[tuple[str, ...], ...]] | None = None,
) -> tuple[tuple[str, Sayings], ...]:
    """(written word, how it may be said) for each word of a line that sounds; the speaker's own way comes first.

    language: "en" or "de"; German words may also be said with the reductions of fluent speech. lexicon: word in lower
    case -> pronunciations, stress digits allowed, at most five are tried; words said as several (numbers) have the
    speaker's way only. Raises KeyError for a phone nobody knows.
    """
    found = []
    for word in speaker.words(text):
        phones = tuple(phone for syllable in word.syllables for phone in syllable.phones)
        for phone in phones:
            PHONES[phone]
        if not phones:
            continue
        if language == "de":
            found.append((word.text, ((0.0, _german(word)),)))
        else:
            found.append((word.text, plain(*_listed(word, phones, {} if lexicon is None else lexicon))))
    return tuple(found)


def _listed(
    word: Word, own: tuple[str, ...], lexicon: Mapping[str, tuple[tuple[str, ...], ...]]
) -> list[tuple[str, ...]]:
    """The speaker's pronunciation, then those of the dictionary."""
    written = word.text.lower().replace("’", "'").strip('"“”„.,;:!?()-–… ')
    more = lexicon.get(written, ())
    return list(dict.fromkeys((own, *(without_stress(phones) for phones in more))))[:_MOST]


def _german(word: Word) -> tuple[Slot, ...]:
    """A German word with what fluent speech may do to it (Kohler 1999): "r" after a vowel opens into one, "-en" loses
    its vowel, weak "e" is dulled, a vowel may open with the glottis closed; and, dear, a vowel of the other length."""
    spoken = [(phone, syllable.stress) for syllable in word.syllables for phone in syllable.phones]
    slots: list[Slot] = []
    if is_vowel(spoken[0][0]):
        slots.append((("", 0.0), ("Q", _CHEAP)))
    for (before, _), (phone, stress), (after, _) in zip(
        [("", 0), *spoken], spoken, [*spoken[1:], ("", 0)], strict=False
    ):
        slots.append(_german_slot(before, phone, after, stress))
    return tuple(slots)


def _german_slot(before: str, phone: str, after: str, stress: int) -> Slot:
    """One sound of a German word and what may stand for it."""
    usual = (phone, 0.0)
    if phone == "Q":
        return (usual, ("", 0.0))
    if phone == "RR" and is_vowel(before) and not is_vowel(after):
        return (usual, ("AR", 0.0), ("", _DEAR)) if before in ("A", "AL") else (usual, ("AR", 0.0))
    if phone == "AX" and before and not is_vowel(before) and after in ("N", "L", "M"):
        return (usual, ("", _CHEAP))
    if phone in ("EE", "EH", "EL") and not stress:
        return (usual, ("AX", _CHEAP), (_OTHER_LENGTH.get(phone, "EH"), _DEAR))
    if phone in _OTHER_LENGTH:
        return (usual, (_OTHER_LENGTH[phone], _DEAR))
    return (usual,)
