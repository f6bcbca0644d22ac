"""One written line becomes sung lines: answers in round brackets, "x2" at the end, a line too long for one breath."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from songwright.text.cleaning import is_singable
from songwright.text.correction import PATTERN

MAX_WORDS = 14
MAX_LENGTH = 90  # characters
MAX_LINE_REPEATS = 8
MAX_ECHO_WORDS = 8

_ECHO = re.compile(r"\(([^()]*)\)")
_TIMES = re.compile(r"\s*[\[(]?\s*(?:[x×]\s?(\d)|(\d)\s?[x×])\s*[\])]?\s*$", re.IGNORECASE)
_AFTER = re.compile(r"[,;:.!?—]['\"”’]?$")
_JOINT_WORDS = "and but or when while where because 'cause if that so then till until like as for with"
_JOINTS = frozenset(_JOINT_WORDS.split())


@dataclass(frozen=True)
class RawLine:
    """A line of lyrics as written. text: what the lead sings. echo: what the backing voices answer ("" = nothing).

    language: where the sheet says it ("de"), else "".
    """

    text: str
    echo: str = ""
    language: str = ""


def read_line(row: str, lines: list[RawLine], notes: list[str], language: str = "") -> None:
    """Add the sung lines of a cleaned row to `lines`.

    A row wholly in brackets answers the line before it; where there is none, or its answer grows long, the lead
    sings it.
    """
    times = _TIMES.search(row)
    repeats = 1
    if times and is_singable(row[: times.start()]):
        repeats = max(1, min(int(times[1] or times[2]), MAX_LINE_REPEATS))
        row = row[: times.start()]
    echoes = []
    while found := _ECHO.search(row):
        echoes.append(found[1].strip())
        row = row[: found.start()] + " " + row[found.end() :]
    text = _tidy(row)
    echo = " ".join(_tidy(part) for part in echoes if is_singable(part))
    if not is_singable(text):
        if not echo:
            return
        joined = f"{lines[-1].echo} {echo}".strip() if lines else ""
        if joined and repeats == 1 and len(joined.split()) <= MAX_ECHO_WORDS:
            lines[-1] = replace(lines[-1], echo=joined)
            return
        text, echo = echo, ""
    pieces = split_long(text)
    if len(pieces) > 1:
        notes.append(f"A long line was parted: {text[:40].rstrip()}...")
    echo_pieces = split_long(echo)
    for _ in range(repeats):
        lines += [RawLine(piece, language=language) for piece in pieces[:-1]]
        lines.append(RawLine(pieces[-1], echo_pieces[0], language))


def split_long(text: str) -> list[str]:
    """The text in pieces of at most 14 words and 90 characters: cut after a comma, before a joint, or midway."""
    words = text.split()
    if len(words) < 2 or (len(words) <= MAX_WORDS and len(text) <= MAX_LENGTH):
        return [text]
    middle = len(words) / 2

    def price(cut: int) -> float:
        far = abs(cut - middle) / len(words)
        if _AFTER.search(words[cut - 1]):
            return far
        return far + (0.12 if words[cut].lower().strip("\"'") in _JOINTS else 0.3)

    cut = min(range(1, len(words)), key=price)
    return split_long(" ".join(words[:cut])) + split_long(" ".join(words[cut:]))


def _tidy(text: str) -> str:
    """Single blanks, no stray brackets, no blank before a comma."""
    said = PATTERN.findall(text)
    plain = [re.sub(r"[()\[\]]", " ", piece) for piece in PATTERN.split(text)[::2]]
    text = "".join(a + b for a, b in zip(plain, [*(f"[[{signs}]]" for signs in said), ""], strict=True))
    text = " ".join(text.split())
    return re.sub(r" ([,.;:!?])", r"\1", text).strip(" -—")
