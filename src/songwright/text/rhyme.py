"""Hears which lines rhyme, and gives them the same letter.

Two lines rhyme when their last words sound alike from the last stressed vowel on: perfectly ("rain", "train"), or
nearly, as songs allow ("time", "mine": the same vowel before consonants of one family; Zwicky 1976).
"""

from __future__ import annotations

from collections.abc import Sequence

from songwright.text.phones import VOWELS
from songwright.values.words import Syllable, Word

# Consonants that song rhymes treat as alike: stops, fricatives, nasals, voiced and voiceless together.
_CLASSES = ("P T K B D G Q", "F V TH DH S Z SH ZH HH CH JH C X TS PF", "M N NG", "L", "R RR", "W Y")
_CLASS_OF = {phone: n for n, phones in enumerate(_CLASSES) for phone in phones.split(" ")}
# Vowels that some singers merge, and how well they pass for one another.
_VOWEL_PAIRS = {
    frozenset(pair): value
    for value, pairs in (
        (0.85, ("AA AO", "AH UH", "A AL", "EH EL", "EE EL")),
        # German poets rhyme "Liebe" with "trübe", "schön" with "gehn", "Freude" with "Heide"
        (0.75, ("IY UE", "IH UEH", "EE OE", "EH OEH", "AY OY", "OE EL")),
        (0.65, ("EH EY", "OH OO", "AX AR")),
        (0.55, ("IH IY", "UH UW", "EH AE", "AH ER")),
    )
    for pair in (text.split() for text in pairs)
}
_NEAR = 0.62
_MEMORY = 8  # lines; a rhyme further away is not heard

Tail = tuple[tuple[str, tuple[str, ...]], ...]


def rhyme_letters(lines: Sequence[tuple[Word, ...]]) -> tuple[str, ...]:
    """One letter a line, in order: "A", "B" ...; lines with the same letter rhyme, "" rhymes with none."""
    tails = [rhyme_tail(line) for line in lines]
    partner: list[int] = list(range(len(tails)))
    for n, tail in enumerate(tails):
        best, best_score = n, _NEAR
        for m in range(max(0, n - _MEMORY), n):
            score = likeness(tails[m], tail)
            # The nearer line wins among equals; a rhyme with itself repeated is still one.
            if score >= best_score:
                best, best_score = m, score
        partner[n] = partner[best] if best != n else n
    sizes = {root: partner.count(root) for root in partner}
    letters: dict[int, str] = {}
    for root in partner:
        if sizes[root] > 1 and root not in letters:
            letters[root] = _letter(len(letters))
    return tuple(letters.get(root, "") for root in partner)


def rhyme_tail(line: Sequence[Word]) -> Tail:
    """From the last stressed vowel of the line's last word on: (vowel, consonants after it) for each syllable."""
    if not line:
        return ()
    syllables = line[-1].syllables
    start = next((n for n in range(len(syllables) - 1, -1, -1) if syllables[n].stress), len(syllables) - 1)
    return _tail(syllables[start:])


def likeness(a: Tail, b: Tail) -> float:
    """How well two tails rhyme: 1 perfectly, from 0.62 on a song rhyme, 0 not at all."""
    if not a or not b:
        return 0.0
    if a == b:
        return 1.0
    if len(a) != len(b):  # "away" may rhyme with the last syllable of "yesterday"
        shorter = min(len(a), len(b))
        return 0.85 * likeness(a[-shorter:], b[-shorter:])
    parts = [_syllable_likeness(x, y) for x, y in zip(a, b, strict=True)]
    return min(parts[0], sum(parts) / len(parts))


def _tail(syllables: Sequence[Syllable]) -> Tail:
    phones = [phone for syllable in syllables for phone in syllable.phones]
    for n in range(len(phones) - 1, 0, -1):  # "desire" rhymes with "fire", however many notes each takes
        if phones[n] == "ER" and phones[n - 1] in ("AY", "AW"):
            phones[n] = "R"
    nuclei = [n for n, phone in enumerate(phones) if phone in VOWELS]
    if not nuclei:
        return (("", tuple(phones)),)
    ends = [*nuclei[1:], len(phones)]
    return tuple((phones[n], tuple(phones[n + 1 : end])) for n, end in zip(nuclei, ends, strict=True))


def _syllable_likeness(a: tuple[str, tuple[str, ...]], b: tuple[str, tuple[str, ...]]) -> float:
    """The vowel must be the same, or nearly; consonants count by family."""
    if a[0] != b[0]:
        vowel = _VOWEL_PAIRS.get(frozenset((a[0], b[0])), 0.0)
    else:
        vowel = 1.0
    return vowel * (0.5 + 0.5 * _coda_likeness(a[1], b[1]))


def _coda_likeness(a: tuple[str, ...], b: tuple[str, ...]) -> float:
    if a == b:
        return 1.0
    if not a or not b:  # "go" and "home": the vowel alone
        return 0.1
    if len(a) != len(b):  # "heart" and "hearts", "mine" and "mind": one more at the end
        longer, shorter = (a, b) if len(a) > len(b) else (b, a)
        return 0.7 if longer[: len(shorter)] == shorter else 0.2
    return sum(_consonants(x, y) for x, y in zip(a, b, strict=True)) / len(a)


def _consonants(x: str, y: str) -> float:
    if x == y:
        return 1.0
    return 0.6 if _CLASS_OF.get(x, -1) == _CLASS_OF.get(y, -2) else 0.0


def _letter(n: int) -> str:
    """A, B ... Z, AA, AB ..."""
    return chr(65 + n) if n < 26 else _letter(n // 26 - 1) + chr(65 + n % 26)
