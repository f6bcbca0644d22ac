"""Words whose sound the writer gives: `Siobhan[[ʃɪˈvɔːn]]` is shown as Siobhan and sung as the signs say.

Between double square brackets stand IPA or X-SAMPA signs, `ˈ ˌ` (X-SAMPA `" %`) before stressed syllables and dots
between syllables where they matter. Brackets right after a word say that word; alone they show their own signs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from songwright.errors import BriefError
from songwright.text.phones import BORDER, CONSONANTS, PHONES, PRIMARY, SECONDARY, VOWELS, signs
from songwright.values.words import Syllable, Word

PATTERN = re.compile(r"\[\[([^\[\]\n]{0,120})\]\]")
_WORD = re.compile(r"(\S*)\[\[([^\[\]\n]{0,120})\]\]([^\s\[]*)")
_SYLLABIC = ("M", "N", "L", "NG")
# What may stand before a vowel in most tongues: one consonant, or a stop or fricative with a liquid or glide.
_RISING = frozenset(("L", "R", "RR", "W", "Y"))
_SECOND_AFTER_S = frozenset(("P", "T", "K", "M", "N", "L", "V", "W", "F", "RR"))


@dataclass(frozen=True)
class Piece:
    """A stretch of a line: plain text (said = None), or a word with the signs that say it."""

    text: str
    said: str | None = None


def pieces(line: str) -> list[Piece]:
    """The line in plain stretches and corrected words."""
    found, at = [], 0
    for match in _WORD.finditer(line):
        before = line[at : match.start()].strip()
        if before:
            found.append(Piece(before))
        written = f"{match[1]}{match[3]}"
        if not any(c.isalnum() for c in match[1]):
            written = f"{match[1]}{_in_ipa(match[2])}{match[3]}"
        found.append(Piece(written, match[2].strip()))
        at = match.end()
    rest = line[at:].strip()
    if rest or not found:
        found.append(Piece(rest))
    return found


def _in_ipa(said: str) -> str:
    """Signs as people read them where no word stands before: IPA as it is, X-SAMPA in IPA."""
    said = said.strip().strip("_")
    if not said.isascii():
        return said.replace("_", "")
    try:
        found = signs(said, xsampa=True)
    except ValueError:
        return said
    return "".join(PHONES[sign].ipa if sign in PHONES else sign for sign in found)


def shown(line: str) -> str:
    """The line as people read it: corrected words without their brackets."""
    return " ".join(piece.text for piece in pieces(line)) if "[[" in line else line


def protected(line: str) -> str:
    """The line with blanks inside its double brackets written `_`, so that it may be cut at blanks."""
    return PATTERN.sub(lambda match: f"[[{'_'.join(match[1].split())}]]", line)


def said_word(piece: Piece) -> Word:
    """A corrected word with its syllables. Raises BriefError with the sign that is none."""
    syllables = _syllables(piece)
    if _in_ipa(piece.said or "") in piece.text:
        letters = ["".join(PHONES[phone].ipa for phone in phones) for phones, _ in syllables]
    else:
        letters = _letters(piece.text, len(syllables))
    return Word(
        piece.text,
        tuple(
            Syllable(text, phones, stress) for text, (phones, stress) in zip(letters, syllables, strict=True)
        ),
    )


def _syllables(piece: Piece) -> list[tuple[tuple[str, ...], int]]:
    said = piece.said or ""
    try:
        found = signs(said, xsampa=said.isascii())
    except ValueError as stranger:
        raise BriefError(
            "lyrics",
            f"[[{said}]]: {str(stranger)!r} is no sign of IPA or X-SAMPA.",
            'Write [[ʃɪˈvɔːn]] or [[SI"vO:n]].',
        ) from stranger
    if not any(sign in VOWELS | CONSONANTS for sign in found):
        raise BriefError("lyrics", f"[[{said}]] says nothing.", "Write the sounds between the brackets.")
    parts = [part for mark in _marked(found) for part in _cut(*mark)]
    if not any(stress == 1 for _, stress in parts):
        parts[0] = (parts[0][0], 1)
    return parts


def _marked(found: Sequence[str]) -> list[tuple[list[str], int]]:
    """Stretches between the writer's marks, each with the stress its first syllable was given."""
    stretches: list[tuple[list[str], int]] = [([], 0)]
    for sign in found:
        if sign in (PRIMARY, SECONDARY, BORDER):
            stretches.append(([], {PRIMARY: 1, SECONDARY: 2}.get(sign, 0)))
        else:
            stretches[-1][0].append(sign)
    stretches = [stretch for stretch in stretches if stretch[0]]
    joined: list[tuple[list[str], int]] = []
    for phones, stress in stretches:  # "s.t": a stretch without a vowel goes with the one before
        if joined and not _sings(phones):
            joined[-1][0].extend(phones)
        elif joined and not _sings(joined[-1][0]):
            joined[-1] = (joined[-1][0] + phones, stress or joined[-1][1])
        else:
            joined.append((phones, stress))
    return joined


def _sings(phones: Sequence[str]) -> bool:
    return any(phone in VOWELS for phone in phones)


def _cut(phones: list[str], stress: int) -> list[tuple[tuple[str, ...], int]]:
    """A stretch cut before each further vowel with the consonants that lead into it; one vowel a syllable."""
    nuclei = [n for n, phone in enumerate(phones) if phone in VOWELS]
    if not nuclei:
        hums = any(phone in _SYLLABIC for phone in phones)
        return [(tuple(phones) if hums else (*phones[:1], "AX", *phones[1:]), stress)]
    cuts = [0]
    for left, right in pairwise(nuclei):
        lead = right
        if right - left > 1:
            lead = right - 1
            two = phones[right - 2 : right] if right - left > 2 else []
            if two and _leads(two[0], two[1]):
                lead = right - 2
        cuts.append(lead)
    ends = [*cuts[1:], len(phones)]
    return [
        (tuple(phones[a:b]), stress if n == 0 else 0) for n, (a, b) in enumerate(zip(cuts, ends, strict=True))
    ]


def _leads(first: str, second: str) -> bool:
    if first in ("S", "SH"):
        return second in _SECOND_AFTER_S
    return second in _RISING and first not in _RISING and first not in ("M", "N", "NG", "HH")


def _letters(written: str, count: int) -> list[str]:
    """The written word in as many pieces as it has syllables, cut before consonants that lead into vowels."""
    text = written.strip(" .,;:!?\"'“”„()") or written
    groups = [match.start() for match in re.finditer(r"[aeiouyäöüáéíóúàèìòùâêîôû]+", text.lower())]
    if count == 1:
        return [text]
    if len(groups) >= count:
        cuts = [max(1, at - 1) for at in groups[1:count]]
    else:
        cuts = [round(len(text) * n / count) for n in range(1, count)]
    if sorted(set(cuts)) != cuts or cuts[-1] >= len(text) or cuts[0] < 1:
        cuts = [min(n, len(text)) for n in range(1, count)]
    pieces_ = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    return [piece or text[-1] for piece in pieces_]
