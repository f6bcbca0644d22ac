"""What stands in LilyPond text around the notes: named blocks and how they belong together, words, chords, tempo."""

from __future__ import annotations

import re
from fractions import Fraction

_WHOLE = 1920
ENGLISH = {"": 0, "s": 1, "f": -1, "ss": 2, "ff": -2, "x": 2, "sharp": 1, "flat": -1}
DUTCH = {"": 0, "is": 1, "es": -1, "isis": 2, "eses": -2, "s": -1}
_CHORD = re.compile(
    r"(?<![\w\\])([a-grs])(isis|eses|is|es|ss|ff|s|f)?(\d+\.*(?:\*\d+(?:/\d+)?)*)?(:[^\s/}]*)?"
    r"(?:/\+?([a-g])(is|es|s|f)?)?"
)


def written_length(token: str) -> Fraction | None:
    """A written length ("4.", "8*5", "1*2/3") as a fraction of a whole note; None for anything else."""
    match = re.match(r"(\d+)(\.*)((?:\*\d+(?:/\d+)?)*)$", token)
    if match is None or int(match.group(1)) not in (1, 2, 4, 8, 16, 32, 64):
        return None
    length = Fraction(1, int(match.group(1))) * (2 - Fraction(1, 2 ** len(match.group(2))))
    for factor in re.findall(r"\*(\d+(?:/\d+)?)", match.group(3)):
        length *= Fraction(factor)
    return length


def tempo_of(text: str) -> float:
    """Quarters a minute, 96 where none is written."""
    match = re.search(r'\\tempo(Four|Two)\s*(?:"[^"]*")?\s*(\d+)', text)
    if match:
        return float(match.group(2)) * (2 if match.group(1) == "Two" else 1)
    match = re.search(r"\\tempo\s*(?:\"[^\"]*\")?\s*(\d+)(\.?)\s*=\s*(\d+)", text)
    if match:
        return 4.0 / int(match.group(1)) * (1.5 if match.group(2) else 1.0) * int(match.group(3))
    return 96.0


def blocks_of(text: str) -> dict[str, tuple[str, str]]:
    """Named blocks: name -> (what stands before the brace, what stands inside)."""
    found = {}
    for match in re.finditer(r"^\s*([A-Za-z]\w*)\s*=\s*([^{}\n=#\"]*?)\{", text, flags=re.M):
        depth, end = 1, match.end()
        while depth and end < len(text):
            depth += {"{": 1, "}": -1}.get(text[end], 0)
            end += 1
        found[match.group(1)] = (match.group(2), text[match.end() : end - 1])
    for match in re.finditer(r"^\s*([A-Za-z]\w*)\s*=\s*\\?([a-g](?:s|f|is|es)?)\s*$", text, flags=re.M):
        found.setdefault(match.group(1), ("pitch", match.group(2)))
    return found


def parts_of(text: str, blocks: dict[str, tuple[str, str]]) -> list[tuple[str, str, str]]:
    """Names of (notes, words, chords) that belong together, in the order they are sung."""
    words = [n for n, (head, _) in blocks.items() if "lyricmode" in head or "lyrics" in head]
    chords = [n for n, (head, _) in blocks.items() if "chordmode" in head]
    triples = []
    for stem in ("verse", "refrain"):
        melody, lyrics = f"{stem}Melody", f"{stem}Lyrics"
        if melody in blocks and lyrics in words:
            given = [c for c in chords if c.startswith(stem)]
            best = next((c for c in given if c == f"{stem}Chords"), given[0] if given else "")
            triples.append((melody, lyrics, best))
    if triples:
        return triples
    links: dict[str, list[str]] = {}
    for voice, lyrics in re.findall(r'\\lyricsto\s*#?"?(\w+)"?\s*(?:\\new\s+\w+\s*)?\{?\s*\\(\w+)', text):
        if lyrics in blocks:
            links.setdefault(voice, []).append(lyrics)
    for voice, verses in links.items():
        stave = re.search(r'\\(?:new|context)\s+Voice\s*=\s*"?' + voice + r'"?[^{\\]*\{?([^}]*)', text)
        names = re.findall(r"\\(\w+)", stave.group(1)) if stave else []
        melody = next((n for n in [*names, voice] if n in blocks), "")
        if melody:
            sizes = [len(blocks[v][1].split()) for v in verses]
            lyrics = next(v for v, size in zip(verses, sizes, strict=True) if size >= 0.8 * max(sizes))
            return [(melody, lyrics, chords[0] if chords else "")]
    return []


def syllables_of(body: str) -> list[tuple[str, str, bool]]:
    """(text, syllabic, opens a line) for each note that takes a syllable; text "" skips a note."""
    found: list[tuple[str, str, bool]] = []
    inside = False
    body = re.sub(r'\\markup\s*\{[^{}"]*"([^"]*)"[^{}]*\}', r"\1", body)
    for row in body.splitlines():
        row = re.sub(
            r"\\set\s+\S+\s*=\s*(?:#\S+|\"[^\"]*\")|\\unset\s+\S+|\\override\s.*|#'\([^)]*\)", " ", row
        )
        opens = True
        for token in re.findall(r'"[^"]*"|\\skip\s*[\d.*]+|\\\w+|\S+', row):
            if token == "--":
                text, kind, first = found[-1] if found else ("", "single", False)
                if found:
                    found[-1] = (text, "middle" if kind == "end" else "begin", first)
                inside = True
                continue
            if token == "__" or (token.startswith("\\") and not token.startswith("\\skip")) or token in "{}":
                continue
            skipped = token == "_" or token.startswith("\\skip")
            text = "" if skipped else token.strip('"').replace("~", " ").replace("_", " ").strip()
            found.append((text, "end" if inside else "single", opens and not inside))
            inside, opens = False, False
    return found


def chords_of(body: str, english: bool) -> dict[int, tuple[str, str, str]]:
    """Chord symbols: tick -> (root, quality, bass)."""
    names = ENGLISH if english else DUTCH
    body = re.sub(r"\\\w+\s*\{([^{}]*)\}", r"\1", re.sub(r"\\(?:repeat\s+\w+\s+\d+|volta\s+\d+)", " ", body))
    found: dict[int, tuple[str, str, str]] = {}
    now, length = Fraction(0), Fraction(1, 1)
    for match in _CHORD.finditer(body):
        letter, alter, written, kind, low, low_alter = match.groups()
        if written:
            length = written_length(written) or length
        if letter not in "rs" and (alter or "") in names:
            root = letter.upper() + _signs(names[alter or ""])
            bass = low.upper() + _signs(names.get(low_alter or "", 0)) if low else root
            found[round(now)] = (root, _quality(kind or ""), bass)
        now += length * _WHOLE
    return found


def _signs(alter: int) -> str:
    return "#" * alter if alter > 0 else "b" * -alter


def _quality(kind: str) -> str:
    """A chord modifier of LilyPond as a quality of the score."""
    kind = kind.lstrip(":")
    table = (
        ("m7.5-", "m7b5"), ("dim7", "dim7"), ("dim", "dim"), ("aug", "aug"), ("5+", "aug"), ("maj", "maj7"),
        ("m6", "min6"), ("m7", "min7"), ("m9", "min7"), ("m", "min"), ("sus2", "sus2"), ("sus", "sus4"),
        ("6", "6"), ("7", "7"), ("9", "9"), ("11", "9"), ("13", "9"), ("5", "maj"),
    )  # fmt: skip
    return next((quality for sign, quality in table if kind.startswith(sign)), "maj")
