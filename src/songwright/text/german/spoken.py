"""What is written in German, as it is said: abbreviations, signs, initials and numbers become words."""

from __future__ import annotations

import re
import unicodedata

from songwright.text.german.numbers import spoken_number
from songwright.text.spoken import Said

_ABBREVIATIONS = {
    "z. b.": "zum beispiel", "d. h.": "das heißt", "u. a.": "unter anderem", "o. ä.": "oder ähnliches",
    "v. chr.": "vor christus", "n. chr.": "nach christus", "u. s. w.": "und so weiter", "usw.": "und so weiter",
    "bzw.": "beziehungsweise", "dr.": "doktor", "prof.": "professor", "nr.": "nummer", "st.": "sankt", "str.": "straße",
    "hr.": "herr", "fr.": "frau", "ca.": "zirka", "evtl.": "eventuell", "vgl.": "vergleiche", "etc.": "et cetera",
    "mr.": "mister", "mrs.": "missis", "std.": "stunden", "min.": "minuten", "mio.": "millionen",
    "mrd.": "milliarden", "ggf.": "gegebenenfalls", "inkl.": "inklusive", "jh.": "jahrhundert", "geb.": "geboren",
}  # fmt: skip
_SIGNS = {
    "&": "und",
    "+": "plus",
    "%": "prozent",
    "=": "gleich",
    "@": "ät",
    "§": "paragraf",
    "€": "euro",
    "$": "dollar",
}
_WORDS_IN_CAPITALS = ("NATO", "UNO", "UFO", "OPEC", "AIDS", "NASA", "IKEA", "OH", "ACH", "JA", "DU", "ICH")
_TYPOGRAPHY = str.maketrans(
    {"’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'", "′": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"',
     "‚": '"', "–": "—", "‐": "-", "‑": "-", "…": "...", "æ": "ä", "œ": "ö", "ø": "ö", "å": "o", "ł": "l", "đ": "d",
     "ð": "d", "þ": "th", "ı": "i", "½": "1/2", "¼": "1/4"}
)  # fmt: skip
_DOTTED = "|".join(re.escape(a).replace(r"\ ", r"\s?") for a in sorted(_ABBREVIATIONS, key=len, reverse=True))
_CHUNK = re.compile(rf"(?<![^\W\d_])(?:{_DOTTED})(?!\w)|[^\s—]+", re.IGNORECASE)
_PART = re.compile(
    r"[€$£]?\d[\d.,:/]*(?:er(?:n)?\b)?[€$£%]?|'?\d+er\b|[^\W\d_]+(?:'[^\W\d_]+)*'?|'[^\W\d_]+|[&+%=@§€$]"
)
_EDGE = '"()[]{}*~_!?,;:<>|^\\'
_KEPT = frozenset("äöüß'")


def said(line: str) -> tuple[Said, ...]:
    """A line's words as written and as said, lower case; capitals are kept on the first letter of a noun.

    What says nothing (a lone dash, "...") is left with the word before.
    """
    line = unicodedata.normalize("NFC", line)
    letters = [c for c in line if c.isalpha()]
    shouted = len(letters) > 5 and all(c.isupper() for c in letters)
    found: list[Said] = []
    for text in _CHUNK.findall(line.replace("–", "—").replace("--", "—")):
        words = _words(text.translate(_TYPOGRAPHY), shouted)
        if words:
            found.append(Said(text, words))
        elif found:
            found[-1] = Said(f"{found[-1].text} {text}", found[-1].words)
    return tuple(found)


def plain(text: str) -> str:
    """The text with straight quotes and no accents but German ones: "Café" -> "Cafe", "Müller" as it is."""
    result = []
    for c in unicodedata.normalize("NFC", text).translate(_TYPOGRAPHY):
        if c.lower() in _KEPT:
            result.append(c)
        else:
            result += [d for d in unicodedata.normalize("NFKD", c) if not unicodedata.combining(d)]
    return "".join(result)


def _words(text: str, shouted: bool) -> tuple[str, ...]:
    """How a piece is said."""
    known = _ABBREVIATIONS.get(re.sub(r"\.(?=\w)", ". ", re.sub(r"\s+", " ", text.lower())))
    if known:
        return tuple(known.split())
    stripped = text.strip(_EDGE)
    for number in (stripped, stripped.rstrip(".'")):
        spoken = spoken_number(number.lower())
        if spoken:
            return spoken
    words: list[str] = []
    for match in _PART.finditer(plain(stripped)):
        words += _part(match[0], shouted)
    return tuple(words)


def _part(part: str, shouted: bool) -> tuple[str, ...]:
    if part in _SIGNS:
        return (_SIGNS[part],)
    if any(c.isdigit() for c in part):
        for text in (part.lower(), part.lower().rstrip(".,:/-'")):
            spoken = spoken_number(text)
            if spoken:
                return spoken
        words: list[str] = []
        for piece in re.findall(r"\d+|[^\W\d_]+", part.lower()):
            words += spoken_number(piece) or (piece,)
        return tuple(words)
    word = part.strip("'")
    if not word:
        return ()
    if _is_spelled(word) and not shouted:
        return tuple(f"{c.lower()}." for c in word)
    return (word.replace("'", "") if shouted is False else word.replace("'", "").lower(),)


def _is_spelled(word: str) -> bool:
    """Capitals said letter by letter: "USA", "WM", but not "NATO"."""
    return 2 <= len(word) <= 4 and word.isupper() and word.isascii() and word not in _WORDS_IN_CAPITALS
