"""Guesses the form of a sheet without tags: what comes back is the chorus, what leads to it the pre-chorus."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from songwright.text.lines import RawLine

_NOT_WORD = re.compile(r"[^\w']+")
_SAME = 0.6  # share of lines two choruses have in common
_ONE_PIECE = 10  # lines; a longer single block is cut into fours

Lines = tuple[RawLine, ...]


def same_words(lines: Sequence[RawLine]) -> tuple[str, ...]:
    """Lines without case and punctuation, for comparing."""
    return tuple(_NOT_WORD.sub(" ", f"{line.text} {line.echo}".lower()).strip() for line in lines)


def guess_kinds(blocks: Sequence[Lines], all_blocks: int) -> list[list[tuple[str, Lines]]]:
    """For each untagged block its kind and lines (one block may become several).

    all_blocks: how many blocks the sheet has with the tagged ones; where there are tags, the rest are verses.
    """
    if all_blocks > len(blocks):
        return [[("verse", block)] for block in blocks]
    parts = [_in_fours(block) if len(blocks) == 1 else [block] for block in blocks]
    flat = [part for block in parts for part in block]
    kinds = iter(_kinds(flat))
    return [[(next(kinds), part) for part in block] for block in parts]


def _in_fours(block: Lines) -> list[Lines]:
    if len(block) < _ONE_PIECE:
        return [block]
    parts = [block[n : n + 4] for n in range(0, len(block), 4)]
    if len(parts[-1]) == 1:
        parts[-2:] = [parts[-2] + parts[-1]]
    return parts


def _kinds(blocks: list[Lines]) -> list[str]:
    families = _families(blocks)
    sizes = Counter(families)
    repeated = [family for family, size in sizes.items() if size > 1]
    if not repeated or len(sizes) == 1:
        return ["verse"] * len(blocks)
    # The chorus comes most often; of two that come equally often, the one that follows the other.
    chorus = max(repeated, key=lambda f: (sizes[f], families.index(f)))
    kinds = ["chorus" if family == chorus else "verse" for family in families]
    for family in repeated:
        places = [n for n, f in enumerate(families) if f == family]
        if family != chorus and all(n + 1 < len(kinds) and kinds[n + 1] == "chorus" for n in places):
            for n in places:
                kinds[n] = "prechorus"
    _mark_bridge(blocks, kinds)
    return kinds


def _families(blocks: list[Lines]) -> list[int]:
    """For each block the first block that shares most of its lines."""
    words = [same_words(block) for block in blocks]
    families: list[int] = []
    for n, lines in enumerate(words):
        family = n
        for m in sorted(set(families)):
            shared = len(set(lines) & set(words[m]))
            if shared >= _SAME * max(len(set(lines)), len(set(words[m]))):
                family = m
                break
        families.append(family)
    return families


def _mark_bridge(blocks: list[Lines], kinds: list[str]) -> None:
    """The last verse, after two choruses and before another, is a bridge when it is built unlike the first verse."""
    verses = [n for n, kind in enumerate(kinds) if kind == "verse"]
    if len(verses) < 3:
        return
    last, first = verses[-1], verses[0]
    follows = kinds[:last].count("chorus") >= 2 and "chorus" in kinds[last:]
    unlike = (
        len(blocks[last]) != len(blocks[first])
        or not 0.75 < _length(blocks[last]) / _length(blocks[first]) < 1.33
    )
    if follows and unlike:
        kinds[last] = "bridge"


def _length(block: Lines) -> float:
    return max(sum(len(line.text) for line in block), 1)
