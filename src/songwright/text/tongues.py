"""Says each line in the language it is written in, and words between double brackets as their signs say.

tongues = Tongues(shelf)
tongues.words("Über den Wolken")                       # finds that it is German
tongues.words("The Lorelei[[loːʁəˈlaɪ]]", "en")
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from songwright.errors import BriefError
from songwright.text.correction import pieces, said_word, shown
from songwright.text.language import LANGUAGES, SUNG, Judge
from songwright.values.words import Word


class Words(Protocol):
    """Says a line of one language."""

    def words(self, line_text: str) -> tuple[Word, ...]: ...


class Shelf(Protocol):
    """What the tongues need from the shelf."""

    def lexicon(self, language: str) -> Mapping[str, tuple[tuple[str, ...], ...]]: ...
    def letters(self, language: str) -> Mapping[str, Any]: ...
    def languages(self) -> Mapping[str, Any]: ...


class Tongues:
    """Speaks all languages songwright has sounds for; each is learned when it is first needed."""

    def __init__(self, shelf: Shelf, language: str | None = None) -> None:
        """language: a BCP 47 tag that every line is said in; None = each line in its own."""
        self._shelf = shelf
        self._asked = plain(language) if language else None
        self._speakers: dict[str, Words] = {}
        self._judge: Judge | None = None

    def words(self, line: str, language: str = "") -> tuple[Word, ...]:
        """The words of a line, in order; () when it says nothing. language: "" = find out.

        Raises BriefError where a correction has a sign that is none, or the language cannot be sung.
        """
        found: list[Word] = []
        speaker = self._speaker(plain(language) if language else self.languages((line,))[0])
        for piece in pieces(line):
            found += speaker.words(piece.text) if piece.said is None else (said_word(piece),)
        return tuple(found)

    def languages(self, lines: Sequence[str]) -> tuple[str, ...]:
        """The language of each line: the one asked for, else found from its letters and the lines around it."""
        if self._asked:
            return (self._asked,) * len(lines)
        if self._judge is None:
            self._judge = Judge(self._shelf.languages())
        return self._judge.languages([shown(line) for line in lines])

    def _speaker(self, language: str) -> Words:
        if language not in self._speakers:
            self._speakers[language] = self._learned(language)
        return self._speakers[language]

    def _learned(self, language: str) -> Words:
        if language == "de":
            from songwright.text.german.speech import GermanPronouncer

            return GermanPronouncer()
        from songwright.text.speech import Pronouncer

        return Pronouncer(self._shelf.lexicon(language), self._shelf.letters(language))


def plain(tag: str) -> str:
    """The plain language of a BCP 47 tag or an English name ("de-AT", "German" -> "de").

    Raises BriefError where songwright has no sounds for it.
    """
    low = tag.strip().lower()
    names = {name.lower(): code for code, name in LANGUAGES.items()} | {"deutsch": "de", "englisch": "en"}
    code = names.get(low, low.replace("_", "-").split("-")[0])
    if code not in SUNG:
        known = ", ".join(f"{c} ({LANGUAGES[c]})" for c in SUNG)
        raise BriefError("language", f"{LANGUAGES.get(code, tag)!r} cannot be sung yet.", f"Known: {known}.")
    return code
