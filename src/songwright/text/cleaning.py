"""Clears away what nobody can sing: emoji, links, stray signs; refuses what is no song text at all."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from songwright.errors import BriefError
from songwright.text.correction import PATTERN, protected

MAX_LINES = 2000
MAX_CHARACTERS = 100_000
MAX_WORD = 40  # characters

_URL = re.compile(
    r"\b(?:https?://|www\.)\S+|\b[\w.+-]{1,64}@[\w-]{1,64}\.\w{2,}\b|\b[\w-]{1,64}\.(?:com|net|org|io|co|tv|fm|info)\b(?:/\S*)?",
    re.IGNORECASE,
)
_SILENT = str.maketrans("", "", "*_~^`\\|<>{}™®©")
_KEPT_SIGNS = frozenset("+=$£€%°")
_APOSTROPHES = str.maketrans(
    {"ʼ": "’", "ʻ": "’", "`": "'", "´": "'", "′": "'", "⁄": "/", "\u2028": "\n", "\u2029": "\n"}
)
_SCRIPTS = {
    "CYRILLIC": "Cyrillic", "GREEK": "Greek", "ARABIC": "Arabic", "HEBREW": "Hebrew", "CJK": "Chinese",
    "HIRAGANA": "Japanese", "KATAKANA": "Japanese", "KATAKANA-HIRAGANA": "Japanese", "HANGUL": "Korean",
    "DEVANAGARI": "Devanagari", "THAI": "Thai", "ARMENIAN": "Armenian", "GEORGIAN": "Georgian",
}  # fmt: skip
_SPACES = re.compile(r"[^\S\n]+")


def checked(text: str) -> str:
    """The text with plain line ends and blanks. Raises BriefError when it is empty, binary, enormous or unsingable."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").translate(_APOSTROPHES)
    if not text.strip():
        raise BriefError("lyrics", "there are none.", "Write at least one line, or ask for an instrumental.")
    if len(text) > MAX_CHARACTERS:
        raise BriefError("lyrics", f"{len(text)} characters are too many.", f"The limit is {MAX_CHARACTERS}.")
    lines = text.rstrip("\n").count("\n") + 1
    if lines > MAX_LINES:
        raise BriefError("lyrics", f"{lines} lines are too many.", f"The limit is {MAX_LINES}.")
    if any(_is_binary(c) for c in text):
        raise BriefError("lyrics", "this is not a text.", "Give plain text in UTF-8.")
    text = text.replace("\f", "\n").replace("\v", "\n").replace("\x85", "\n").translate(_SILENT_MARKS)
    text = _beside_corrections(_without_tricks, text)
    _refuse_scripts(PATTERN.sub("", text))
    return _SPACES.sub(" ", protected(text))


def _without_tricks(text: str) -> str:
    """Plain letters for wide, joined and invisible ones."""
    text = unicodedata.normalize("NFKC", text).translate(_APOSTROPHES)
    return "".join(c for c in text if unicodedata.category(c) != "Cf")


def _beside_corrections(change: Callable[[str], str], text: str) -> str:
    """The text with everything changed but what stands between double square brackets."""
    kept = [match[0] for match in PATTERN.finditer(text)]
    plain = [change(piece) for piece in PATTERN.split(text)[::2]]
    return "".join(piece + said for piece, said in zip(plain, [*kept, ""], strict=True))


def cleaned(line: str, dropped: dict[str, list[str]]) -> str:
    """A line without links, emoji and decoration; what was taken out is added to `dropped` ("links", "signs")."""

    def drop_link(match: re.Match[str]) -> str:
        dropped.setdefault("links", []).append(match[0])
        return " "

    def drop_signs(text: str) -> str:
        kept = []
        for c in _URL.sub(drop_link, text).translate(_SILENT):
            if unicodedata.category(c) in ("So", "Sk", "Sm", "Sc", "Co", "Cn", "Lm") and c not in _KEPT_SIGNS:
                dropped.setdefault("signs", []).append(c)
                c = " "
            kept.append(c)
        return "".join(kept)

    words = []
    for word in _beside_corrections(drop_signs, line).split():
        if len(word) > MAX_WORD and "[[" not in word:
            dropped.setdefault("ends of endless words", []).append(word[:12] + "…")
            word = word[:MAX_WORD]
        words.append(word)
    return " ".join(words)


def is_singable(line: str) -> bool:
    """Whether there is anything to say: a letter or a digit."""
    return any(c.isalpha() or c.isdecimal() for c in line)


_SILENT_MARKS = str.maketrans("", "", "\ufe0e\ufe0f\u20e3™®©")


def _is_binary(c: str) -> bool:
    category = unicodedata.category(c)
    return (category == "Cc" and c not in "\n\t\f\v\x85") or category == "Cs" or c == "\ufffd"


def _refuse_scripts(text: str) -> None:
    """Only Latin letters can be sung; any other is named together with its line."""
    for number, line in enumerate(text.split("\n"), start=1):
        for c in line:
            if ord(c) > 0x24F and unicodedata.category(c) in ("Lu", "Ll", "Lt", "Lo"):
                first = unicodedata.name(c, "unknown").split()[0]
                if first != "LATIN":
                    script = _SCRIPTS.get(first, first.capitalize())
                    raise BriefError(
                        "lyrics",
                        f"line {number} has {script} letters ({c}), which songwright cannot sing.",
                        "Write them in Latin letters.",
                    )
