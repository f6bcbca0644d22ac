"""How a song's syllables sound: words put together again, said, and laid back under their notes."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from songwright.io.shelf import HouseShelf
from songwright.io.written import Tone
from songwright.text.german.speech import GermanPronouncer
from songwright.text.speech import Pronouncer
from songwright.values.words import Syllable, Word

_BARE = re.compile(r"[^\w'’]+", re.UNICODE)
_VERSE_NUMBER = re.compile(r"^\s*\(?\d+[.)]?\s*")
# Written vowels of French and Italian as the nearest English vowel; longest first.
_VOWELS = (
    ("eau", "OW"), ("oeu", "UH"), ("œu", "UH"), ("oui", "IY"), ("ou", "UW"), ("où", "UW"), ("oi", "AA"), ("oî", "AA"),
    ("au", "OW"), ("ai", "EH"), ("ei", "EH"), ("eu", "UH"), ("ui", "IY"), ("ie", "IY"), ("an", "AA"), ("am", "AA"),
    ("en", "AA"), ("em", "AA"), ("on", "AO"), ("om", "AO"), ("in", "EH"), ("un", "UH"), ("é", "EY"), ("è", "EH"),
    ("ê", "EH"), ("à", "AA"), ("â", "AA"), ("î", "IY"), ("ô", "OW"), ("û", "UW"), ("ò", "AO"), ("ì", "IY"),
    ("ù", "UW"), ("a", "AA"), ("i", "IY"), ("o", "AO"), ("u", "UW"), ("y", "IY"), ("e", "AX"),
)  # fmt: skip


class Sounds:
    """Says the words of a song in its language; remembers what it has said."""

    def __init__(self) -> None:
        self._say: dict[str, Callable[[str], tuple[Word, ...]] | None] = {}
        self._known: dict[tuple[str, str], tuple[Syllable, ...]] = {}

    def syllables(self, voice: Sequence[Tone], language: str) -> dict[int, Syllable]:
        """Tone index -> its syllable with phones and stress; without a pronouncer the vowel alone, stress 0."""
        found: dict[int, Syllable] = {}
        for word in _words(voice):
            texts = [_clean(voice[i].text) for i in word]
            for i, syllable in zip(word, self._sung("".join(texts), texts, language), strict=True):
                found[i] = syllable
        return found

    def _sung(self, word: str, texts: Sequence[str], language: str) -> list[Syllable]:
        said = self._said(word, language)
        if not said:
            return [Syllable(text, (_vowel(text),), 0) for text in texts]
        count, have = len(texts), len(said)
        spread = []
        for n, text in enumerate(texts):
            group = said[n * have // count : max(n * have // count + 1, (n + 1) * have // count)]
            strongest = max(group, key=lambda s: {1: 2, 2: 1}.get(s.stress, 0))
            spread.append(Syllable(text, strongest.phones, strongest.stress))
        return spread

    def _said(self, word: str, language: str) -> tuple[Syllable, ...]:
        """The syllables of a word as it is said; () where nobody here speaks the language."""
        if language not in self._say:
            self._say[language] = _speaker(language)
        say = self._say[language]
        bare = _BARE.sub("", word)
        if say is None or not bare:
            return ()
        if (language, bare) not in self._known:
            words = say(bare)
            self._known[language, bare] = tuple(s for w in words for s in w.syllables)
        return self._known[language, bare]


def _speaker(language: str) -> Callable[[str], tuple[Word, ...]] | None:
    shelf = HouseShelf()
    if language == "en":
        return Pronouncer(shelf.lexicon("en"), shelf.letters("en")).words
    if language == "de":
        return GermanPronouncer().words
    return None


def _clean(text: str) -> str:
    """A syllable as shown: without verse numbers and stray blanks."""
    return _VERSE_NUMBER.sub("", text).replace("\xa0", " ").strip() or text.strip()


def _words(voice: Sequence[Tone]) -> list[list[int]]:
    """Tone indices of each word's syllables."""
    words: list[list[int]] = []
    open_word = False
    for i, tone in enumerate(voice):
        if not tone.text:
            continue
        if open_word and tone.syllabic in ("middle", "end"):
            words[-1].append(i)
        else:
            words.append([i])
        open_word = tone.syllabic in ("begin", "middle")
    return words


def _vowel(text: str) -> str:
    """The vowel a syllable is sung on, guessed from its letters."""
    low = text.lower()
    found = [(low.find(letters), -len(letters), sound) for letters, sound in _VOWELS if letters in low]
    heavy = [f for f in found if f[2] != "AX"] or found
    return min(heavy)[2] if heavy else "AX"
