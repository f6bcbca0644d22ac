"""What is written, as it is said: abbreviations, signs, initials and numbers become words."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from songwright.text.numbers import spoken_number

_ABBREVIATIONS = {
    "mr": "mister", "mrs": "missus", "ms": "miz", "dr": "doctor", "jr": "junior", "sr": "senior", "vs": "versus",
    "etc": "etcetera", "ft": "featuring", "feat": "featuring", "mt": "mount", "prof": "professor",
    "sgt": "sergeant", "capt": "captain", "gen": "general", "rev": "reverend", "hwy": "highway", "rt": "route",
    "blvd": "boulevard", "ave": "avenue",
}  # fmt: skip
_NEEDS_DOT = frozenset(("gen", "rev", "mt", "ft", "rt", "ave", "ms", "capt", "prof", "sr", "jr"))
_SIGNS = {
    "&": "and",
    "+": "plus",
    "%": "percent",
    "=": "equals",
    "@": "at",
    "#": "number",
    "n'": "'n",
    "w/": "with",
}
_INITIALS = (
    "tv tvs usa nyc la cd dj mc dvd ufo fbi cia abc atm am fm pm suv gps bff ufo vip diy lp ep uk rv cb b.b. "
    "p.s. omg wtf lol rip id iou phd dna bmw gt gto"
)
_LOWER_INITIALS = "tv tvs usa nyc dj mc cd dvd fbi cia suv gps bff vip dna bmw rv"
_SPELLED = frozenset(_INITIALS.split())
_LOWER_SPELLED = frozenset(_LOWER_INITIALS.split())
_TYPOGRAPHY = str.maketrans(
    {"’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'", "′": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"',
     "–": "—", "‐": "-", "‑": "-", "…": "...", "ß": "ss", "æ": "ae", "Æ": "Ae", "œ": "oe", "Œ": "Oe", "ø": "o",
     "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "½": "1/2", "¼": "1/4", "¾": "3/4"}
)  # fmt: skip
_CHUNK = re.compile(r"[^\s—]+")
_RUN_ON = re.compile(r"([^\W\d_](?:[,;!?…]+|\.{2,}))(?=[^\W\d_])")
_PART = re.compile(
    r"[$£€]?\d[\d,.:/-]*\d*[a-z%']*|'?\d+'?s?|[a-z']+(?:\.[a-z']+)*\.?|[&+%=@#]", re.IGNORECASE
)


@dataclass(frozen=True)
class Said:
    """text: as written, with its punctuation. words: how it is said, lower case; a letter name is written "t."."""

    text: str
    words: tuple[str, ...]


def plain_letters(text: str) -> str:
    """The text with straight quotes and without accents: "Café" -> "Cafe"."""
    text = unicodedata.normalize("NFKD", text.translate(_TYPOGRAPHY))
    return "".join(c for c in text if not unicodedata.combining(c)).translate(_TYPOGRAPHY)


def said(line: str) -> tuple[Said, ...]:
    """A line's words as written and as said. What says nothing (a lone dash, "...") is left with the word before."""
    shouted = _is_shouted(line)
    found: list[Said] = []
    for text in _chunks(line):
        words = _words(plain_letters(text), shouted)
        if words:
            found.append(Said(text, words))
        elif found:
            found[-1] = Said(f"{found[-1].text} {text}", found[-1].words)
    return tuple(found)


def _chunks(line: str) -> list[str]:
    """Pieces of the line between blanks and long dashes; "wait...what" and "what,what" are two."""
    line = line.replace("–", "—").replace("--", "—")
    return _CHUNK.findall(_RUN_ON.sub(r"\1 ", line))


def _is_shouted(line: str) -> bool:
    """Whether the line is all capitals, so that capitals do not mean initials."""
    letters = [c for c in line if c.isalpha()]
    return len(letters) > 5 and all(c.isupper() for c in letters)


def _words(text: str, shouted: bool) -> tuple[str, ...]:
    """How a piece is said."""
    stripped = text.strip('"()[]{}*~_!?,;:<>|^\\').lower()
    if stripped in _SIGNS:
        return (_SIGNS[stripped],)
    for number in (stripped, stripped.rstrip(".'")):
        spoken = spoken_number(number)
        if spoken:
            return spoken
    words: list[str] = []
    for match in _PART.finditer(text.strip('"()[]{}*~_!?,;:<>|^\\')):
        words += _part(match[0], shouted)
    return tuple(words)


def _part(part: str, shouted: bool) -> tuple[str, ...]:
    """How one unbroken part is said: a number, a sign, an abbreviation, initials or a plain word."""
    low = part.lower()
    if low in _SIGNS:
        return (_SIGNS[low],)
    if low[0].isdigit() or low[0] in "$£€" or (low[0] == "'" and low[1:2].isdigit()):
        return _number_part(low)
    bare = low.strip(".")
    if bare == "st" and low.endswith("."):
        return ("saint",)
    if bare in _ABBREVIATIONS and (low.endswith(".") or bare not in _NEEDS_DOT):
        return (_ABBREVIATIONS[bare],)
    if "." in bare or bare in _LOWER_SPELLED or (not shouted and _are_initials(part.strip("."))):
        return _spelled(bare)
    word = bare.lstrip("'") if bare.startswith("''") else bare
    return (word,) if any(c.isalpha() for c in word) else ()


def _are_initials(part: str) -> bool:
    """Capitals that are known to be said letter by letter, or their plural: "DJ", "DJs"."""
    stem = part[:-1] if part.endswith("s") else part
    return stem.isupper() and stem.lower() in _SPELLED


def _spelled(initials: str) -> tuple[str, ...]:
    """Letter by letter: tv -> t. v. A longer piece between dots ("x.com") is a word."""
    pieces = [piece for piece in initials.split(".") if piece]
    if len(pieces) == 1:
        plural = initials.endswith("s") and initials[:-1] in _SPELLED
        letters = [c + "." for c in (initials[:-1] if plural else initials) if c.isalpha()]
        return (*letters[:-1], letters[-1] + "s") if plural and letters else tuple(letters)
    return tuple(f"{piece}." if len(piece) == 1 else piece for piece in pieces if piece.strip("'"))


def _number_part(part: str) -> tuple[str, ...]:
    """A number inside a longer piece; what follows it as letters is said after it."""
    for text in (part, part.rstrip(".,:/-'")):
        spoken = spoken_number(text)
        if spoken:
            return spoken
    words: list[str] = []
    for piece in re.findall(r"[$£€]?\d+(?:st|nd|rd|th)?|[a-z']+|%", part):
        spoken = spoken_number(piece)
        words += spoken if spoken else ["percent"] if piece == "%" else [piece] if piece.strip("'") else []
    return tuple(words)
