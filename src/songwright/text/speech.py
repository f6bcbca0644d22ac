"""Turns a line of lyrics into words as they are sung: sounds, syllables, stress.

    pronouncer = Pronouncer(shelf.lexicon("en"), shelf.letters("en"))
    pronouncer.words("Runnin' down 2 country roads")

The lexicon maps lower-case words to pronunciations with stress digits (`text.lexicon`); words it does not know are
derived from words it knows (`text.kin`) or said from their letters (`text.letters`).
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from songwright.text.kin import derived, drawn_in
from songwright.text.letters import Letters
from songwright.text.phonemes import bare, without_stress
from songwright.text.phones import is_vowel
from songwright.text.spoken import Said, plain_letters, said
from songwright.text.stress import is_function_word
from songwright.text.sung import LETTER_NAMES, OBJECTS, SUNG_FORMS, WITH_OBJECT
from songwright.text.syllables import CONSONANT, SILENT, letter_syllables, sound_syllables, syllable_stress
from songwright.values.words import Syllable, Word

_THE_BEFORE_VOWEL = ("DH", "IY0")
_SHORT = frozenset(("AE", "AH", "EH", "IH", "UH"))
_CACHE = 20_000


class Pronouncer:
    """Says any line of English; one instance serves a whole song (it remembers words it has said)."""

    def __init__(
        self, lexicon: Mapping[str, tuple[tuple[str, ...], ...]], letters: Mapping[str, Any]
    ) -> None:
        """lexicon: word -> pronunciations ("K AH1 N ..."). letters: arrays of the letters model."""
        self._lexicon = lexicon
        self._letters = Letters(letters)
        self._known: dict[str, tuple[str, ...]] = {}

    def words(self, line_text: str) -> tuple[Word, ...]:
        """The words of a line, in order. A line that says nothing gives ()."""
        pieces = said(line_text)
        words = []
        for n, piece in enumerate(pieces):
            following = pieces[n + 1].words[0] if n + 1 < len(pieces) else ""
            words.append(self._word(piece, following))
        return tuple(words)

    def phones(self, word: str) -> tuple[str, ...]:
        """One spoken word ("country", "t.") as phones with stress digits; at least one."""
        if word not in self._known:
            if len(self._known) > _CACHE:
                self._known.clear()
            self._known[word] = self._find(word)
        return self._known[word]

    def _find(self, word: str) -> tuple[str, ...]:
        for form in (word, *drawn_in(word)):
            if form in SUNG_FORMS:
                return SUNG_FORMS[form]
        name = word[0]
        if word.endswith((".", ".s")) and len(word) < 4 and name in LETTER_NAMES:
            return LETTER_NAMES[name] + (("Z",) if word.endswith("s") else ())
        return _on_one_note(word, derived(word, self._lexicon, self._letters.say)) or ("AH1",)

    def _word(self, piece: Said, following: str) -> Word:
        """A written word, said and cut. following: the next word as it is said ("" at the end)."""
        leans = len(piece.words) == 1 and is_function_word(piece.words[0])
        sounds = []
        for spoken in piece.words:
            phones = self.phones(spoken)
            if spoken == "the" and following and is_vowel(self.phones(following)[0]):
                phones = _THE_BEFORE_VOWEL
            elif following in OBJECTS:
                phones = WITH_OBJECT.get(spoken, phones)
            sounds.append((spoken, sound_syllables(phones)))
        letters = self._written(piece, sounds)
        syllables = []
        for spoken, parts in sounds:
            for part in parts:
                stress = syllable_stress(part)
                if len(parts) == 1:
                    stress = 0 if is_function_word(spoken) else 1
                syllables.append(Syllable(letters[len(syllables)], without_stress(part), stress))
        return Word(piece.text, tuple(syllables), leans)

    def _written(self, piece: Said, sounds: list[tuple[str, list[tuple[str, ...]]]]) -> list[str]:
        """The letters under each note: those of the written word where it is said as written, else of the spoken."""
        visible = plain_letters(piece.text)
        texts, at = [], 0
        for spoken, parts in sounds:
            shown = spoken.rstrip(".")
            found = visible.lower().find(shown, at)
            if found >= 0:
                shown, at = visible[found : found + len(shown)], found + len(shown)
            texts += self._cut(shown if shown.lower() != "w" or len(parts) == 1 else "doubleu", parts)
        return texts

    def _cut(self, shown: str, parts: list[tuple[str, ...]]) -> list[str]:
        """The written letters parted under the syllables; more syllables than letters repeat the last letter."""
        if len(parts) == 1:
            return [shown]
        if len(parts) > len(shown):
            return [*shown, *[shown[-1]] * (len(parts) - len(shown))]
        phones = tuple(phone for part in parts for phone in part)
        syllable_of = [n for n, part in enumerate(parts) for _ in part]
        owners, before = [], 0
        for end in self._letters.align(shown, phones):
            nothing = CONSONANT if end > before else SILENT
            owners.append(next((syllable_of[j] for j in range(before, end) if is_vowel(phones[j])), nothing))
            before = end
        return letter_syllables(shown, owners, [_is_closed(part) for part in parts])


def _on_one_note(word: str, phones: tuple[str, ...]) -> tuple[str, ...]:
    """ "desire" and "ours" are sung like "fire" and "hour", on one note; "higher" and "flower" keep their two."""
    vowel = "AY" if "ire" in word else "AW" if "our" in word else ""
    place = next((n for n, (a, b) in enumerate(pairwise(phones)) if bare(a) == vowel and b == "ER0"), None)
    return phones if place is None else (*phones[: place + 1], "R", *phones[place + 2 :])


def _is_closed(part: tuple[str, ...]) -> bool:
    """Whether the syllable's vowel is short and bears stress."""
    return any(phone[:-1] in _SHORT and phone[-1] in "12" for phone in part)
