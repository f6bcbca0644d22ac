"""Turns a line of German lyrics into words as they are sung: sounds, syllables, stress.

GermanPronouncer().words("Über den Wolken")
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from songwright.text.german.exceptions import FUNCTION_WORDS, LETTER_NAMES, SAID, Spoken
from songwright.text.german.letters import Sound, sounds
from songwright.text.german.parts import SECOND, UNSTRESSED, Part, take_apart
from songwright.text.german.spoken import plain, said
from songwright.text.german.syllables import letter_cuts, sound_cuts
from songwright.text.spoken import Said
from songwright.values.words import Syllable, Word

_DRAWN = re.compile(r"([a-zäöüß])\1{2,}")
_JOINED = re.compile(r"(?:hin|her|vor|dar|wor)[aeiouäöü]")
_CACHE = 20_000
_LONGEST = 60  # letters; no German word is longer


@dataclass(frozen=True)
class Saying:
    """A spoken word: phones and stress of each syllable, and after which letters the written word is cut."""

    syllables: Spoken
    cuts: tuple[int, ...]


class GermanPronouncer:
    """Says any line of German; one instance serves a whole song (it remembers words it has said)."""

    def __init__(self) -> None:
        self._known: dict[str, Saying] = {}

    def words(self, line_text: str) -> tuple[Word, ...]:
        """The words of a line, in order. A line that says nothing gives ()."""
        return tuple(self._word(piece) for piece in said(line_text))

    def phones(self, word: str) -> tuple[str, ...]:
        """One spoken word as phones without stress; at least one."""
        return tuple(phone for phones, _ in self._say(word).syllables for phone in phones)

    def _word(self, piece: Said) -> Word:
        visible, at = plain(piece.text), 0
        syllables: list[Syllable] = []
        for spoken in piece.words:
            saying = self._say(spoken)
            shown = spoken.rstrip(".")
            found = visible.lower().replace("'", "").find(shown.lower(), at)
            if found >= 0 and "'" not in visible:
                shown, at = visible[found : found + len(shown)], found + len(shown)
            texts = _cut(shown, saying)
            weak = len(saying.syllables) == 1 and spoken.lower() in FUNCTION_WORDS
            for text, (phones, stress) in zip(texts, saying.syllables, strict=True):
                syllables.append(Syllable(text, phones, 0 if weak else stress))
        leans = len(piece.words) == 1 and piece.words[0].lower() in FUNCTION_WORDS
        return Word(piece.text, tuple(syllables), leans)

    def _say(self, word: str) -> Saying:
        if word not in self._known:
            if len(self._known) > _CACHE:
                self._known.clear()
            self._known[word] = _saying(word[:_LONGEST])
        return self._known[word]


def _cut(shown: str, saying: Saying) -> list[str]:
    """The written letters under each syllable; more syllables than letters repeat the last letter."""
    count = len(saying.syllables)
    if count > len(shown):
        return [*shown, *[shown[-1]] * (count - len(shown))]
    cuts = saying.cuts
    if len(cuts) != count - 1 or (cuts and cuts[-1] >= len(shown)):
        cuts = tuple(max(n, round(len(shown) * n / count)) for n in range(1, count))
    return [shown[a:b] for a, b in zip((0, *cuts), (*cuts, len(shown)), strict=True)]


def _saying(word: str) -> Saying:
    """How one word is said: from the table of exceptions, a letter's name, or its letters."""
    low = word.lower()
    if len(low) == 2 and low.endswith(".") and low[0] in LETTER_NAMES:
        return Saying(LETTER_NAMES[low[0]], ())
    low = low.strip(".") or low
    undrawn = _DRAWN.sub(r"\1", low)
    for form in (low, undrawn, _DRAWN.sub(r"\1\1", low)):
        if form in SAID:
            return Saying(SAID[form], _rule_cuts(form) if form == low else ())
    if low.endswith("s") and low[:-1] in SAID:  # "Teams"
        *before, (phones, stress) = SAID[low[:-1]]
        return Saying((*before, ((*phones, "S"), stress)), ())
    if undrawn != low:
        return Saying(_by_rule(undrawn, word[0].isupper()).syllables, ())
    return _by_rule(low, word[0].isupper())


def _rule_cuts(word: str) -> tuple[int, ...]:
    return _by_rule(word, False).cuts


def _by_rule(word: str, capital: bool) -> Saying:
    parts = take_apart(word, capital)
    units: list[Sound] = []
    borders: list[int] = []
    stress: dict[int, int] = {}
    for part in parts:
        if part.kind == "prefix" and not part.stem:
            new = _prefix(part.text, part.start)
        else:
            stressed = -1 if part.text.startswith("chen") else part.vowel
            new = sounds(
                part.text, part.stem, stressed, part.start, lax=part.kind == "prefix" or part.text in SECOND
            )
        nuclei = [n for n, unit in enumerate(new) if unit.is_vowel]
        if part.stress and nuclei:
            stress[len(units) + nuclei[min(part.vowel, len(nuclei) - 1)]] = part.stress
        if part.kind == "stem" and units and new and new[0].is_vowel:
            new = [Sound(("Q",), part.start, part.start), *new]
            stress = {n + (n >= len(units)): s for n, s in stress.items()}
        units += new
        if nuclei:
            borders.append(len(units))
    if not any(unit.is_vowel for unit in units):
        return Saying(_without_vowel(units), ())
    if 1 not in stress.values():
        first = next(n for n, unit in enumerate(units) if unit.is_vowel)
        stress[max(stress, default=first)] = 1
    cuts = sound_cuts(units, borders)
    syllables = []
    for a, b in zip((0, *cuts), (*cuts, len(units)), strict=True):
        phones = tuple(phone for unit in units[a:b] for phone in unit.phones)
        syllables.append((phones, max((stress.get(n, 0) for n in range(a, b)), key=lambda s: (s == 1, s))))
    return Saying(tuple(syllables), _readable(letter_cuts(word, units, borders), parts))


def _readable(cuts: tuple[int, ...], parts: Sequence[Part]) -> tuple[int, ...]:
    """ "hin-aus" and "vor-ü-ber", not "hi-naus", for the eye; the ear joins them."""
    shifted = {part.start + 2 for part in parts if _JOINED.match(part.text) and part.stem == len(part.text)}
    return tuple(cut + (cut in shifted) for cut in cuts)


def _prefix(text: str, start: int) -> list[Sound]:
    """A prefix said as it always is: its one vowel letter is the e."""
    phones = UNSTRESSED[text]
    place = text.index("e")
    result = [Sound((phone,), start + n, start + n + 1, n == place) for n, phone in enumerate(phones)]
    return result


def _without_vowel(units: Sequence[Sound]) -> Spoken:
    """A word without a vowel letter: a hum keeps its m, n or l; any other gets a murmur ("Psst")."""
    phones = tuple(phone for unit in units for phone in unit.phones) or ("AX",)
    if "RR" in phones:
        place = phones.index("RR")
        phones = (*phones[:place], "AR", *phones[place + 1 :])
    elif not any(phone in ("M", "N", "L") for phone in phones) and "AX" not in phones:
        phones = (*phones[:1], "AX", *phones[1:])
    return ((phones, 1),)
