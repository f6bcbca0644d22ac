"""Clears away what nobody can sing: emoji, links, stray signs; refuses what is no song text at all."""

from __future__ import annotations

import re
import unicodedata

from songwright.errors import BriefError

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
    text = unicodedata.normalize("NFKC", text).translate(_APOSTROPHES)
    text = "".join(c for c in text if unicodedata.category(c) != "Cf")
    _refuse_scripts(text)
    return _SPACES.sub(" ", text)


def cleaned(line: str, dropped: dict[str, list[str]]) -> str:
    """A line without links, emoji and decoration; what was taken out is added to `dropped` ("links", "signs")."""

    def drop_link(match: re.Match[str]) -> str:
        dropped.setdefault("links", []).append(match[0])
        return " "

    line = _URL.sub(drop_link, line).translate(_SILENT)
    kept = []
    for c in line:
        if unicodedata.category(c) in ("So", "Sk", "Sm", "Sc", "Co", "Cn", "Lm") and c not in _KEPT_SIGNS:
            dropped.setdefault("signs", []).append(c)
            c = " "
        kept.append(c)
    words = []
    for word in "".join(kept).split():
        if len(word) > MAX_WORD:
            dropped.setdefault("ends of endless words", []).append(word[:12] + "…")
        words.append(word[:MAX_WORD])
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
