"""Reads a lyric sheet: sections, lines, who answers, what is sung again.

Understood: tags in brackets ("[Verse 1]", "[Chorus x2]", "[Instrumental: 8 bars]"), or none at all, then blank lines
part the blocks and a block that comes back is the chorus. "(words)" in round brackets are answered by the backing
voices. "[lang:de]" on a line of its own or in a section's tag says the language up to the next tag, before words
that of its line. "Name[[IPA]]" says how a word sounds. A first line "Title: ..." or "# ..." names the song.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from songwright.errors import BriefError
from songwright.text.blocks import guess_kinds, same_words
from songwright.text.cleaning import MAX_LINES, checked, cleaned, is_singable
from songwright.text.lines import RawLine, read_line
from songwright.text.tags import Tag, read_tag
from songwright.text.tongues import plain

_TITLE = re.compile(r"^\s*(?:title\s*:\s*|#\s+)(.{1,200})$", re.IGNORECASE)
_CREDIT = re.compile(
    r"^\s*(?:artist|author|writer|by|written by|music|words|lyrics|key|tempo|bpm|capo|genre)\s*:", re.I
)
_LONGEST_BLOCK = 16  # lines; longer ones are cut, so that a section stays a section
_REPEATED_WHEN_EMPTY = ("chorus", "prechorus")
_WORDLESS = ("intro", "instrumental", "outro")


@dataclass(frozen=True)
class Block:
    """A section as written. kind: one of SECTION_KINDS. label: as shown ("Verse 1"). bars: where the sheet says so.

    same_as: index of the first block with the same kind and words, None where this is the first.
    """

    kind: str
    label: str
    lines: tuple[RawLine, ...]
    bars: int | None = None
    same_as: int | None = None


@dataclass(frozen=True)
class Lyrics:
    """A lyric sheet, read. notes: what was changed or left out, for the writer."""

    title: str | None
    blocks: tuple[Block, ...]
    notes: tuple[str, ...] = ()


def parse(text: str) -> Lyrics:
    """The sheet's title, blocks and lines. Raises BriefError("lyrics", ...) where there is nothing to sing."""
    rows = checked(text).split("\n")
    dropped: dict[str, list[str]] = {}
    notes: list[str] = []
    title, rows = _take_title(rows, dropped)
    blocks = _read_blocks(rows, dropped, notes)
    blocks = _fill_repeats(blocks, notes)
    if not any(block.lines for block in blocks):
        raise BriefError(
            "lyrics", "there are no words to sing.", "Write at least one line, or ask for an instrumental."
        )
    if sum(len(block.lines) for block in blocks) > MAX_LINES:
        raise BriefError(
            "lyrics",
            "with repeats and long lines written out there are too many lines.",
            f"The limit is {MAX_LINES}.",
        )
    blocks = _numbered(_cut_long(blocks, notes))
    for what, items in dropped.items():
        shown = " ".join(dict.fromkeys(items))
        notes.append(f"Left out {what}: {shown[:77] + '...' if len(shown) > 80 else shown}")
    return Lyrics(title, _linked(blocks), tuple(notes))


def _take_title(rows: list[str], dropped: dict[str, list[str]]) -> tuple[str | None, list[str]]:
    """The title, if the first lines give one, and the rows after the heading."""
    title = None
    for n, row in enumerate(rows):
        if not row.strip():
            continue
        found = _TITLE.match(row)
        if found and title is None and read_tag(row) is None:
            title = cleaned(found[1], dropped).strip(" \"'“”") or None
        elif _CREDIT.match(row):
            dropped.setdefault("credits", []).append(row.strip())
        else:
            return title, rows[n:]
    return title, []


def _read_blocks(rows: list[str], dropped: dict[str, list[str]], notes: list[str]) -> list[tuple[Block, int]]:
    """Blocks in order, each with how often it comes; untagged ones get their kind by guess."""
    tagged: list[tuple[Tag | None, list[RawLine]]] = [(None, [])]
    language = ""
    for row in rows:
        tag = read_tag(row)
        spoken = plain(tag.language) if tag is not None and tag.language else ""
        if tag is not None and (spoken or tag.kind) and not (spoken and tag.rest and not tag.kind):
            language = (
                spoken  # up to the next tag; a language before words on the same line is that line's alone
            )
        if tag is None or not tag.kind:
            if tag is not None:
                if not spoken:
                    dropped.setdefault("directions", []).append(f"[{tag.label}]")
                row = tag.rest
            elif not row.strip() and tagged[-1][0] is None and tagged[-1][1]:
                tagged.append((None, []))
                continue
        else:
            tagged.append((tag, []))
            row = tag.rest
        row = cleaned(row, dropped)
        if is_singable(row):
            read_line(row, tagged[-1][1], notes, spoken or language)
    tagged = [(tag, lines) for tag, lines in tagged if tag is not None or lines]
    guesses = iter(guess_kinds([tuple(lines) for tag, lines in tagged if tag is None], len(tagged)))
    blocks = []
    for tag, lines in tagged:
        if tag is None:
            blocks += [(Block(kind, "", part), 1) for kind, part in next(guesses)]
        else:
            kind = "bridge" if tag.kind == "instrumental" and lines else tag.kind
            blocks.append((Block(kind, tag.label, tuple(lines), tag.bars), tag.repeats))
    return blocks


def _fill_repeats(blocks: list[tuple[Block, int]], notes: list[str]) -> list[Block]:
    """Empty tags filled with the words they call back, repeats written out, empty ones without words left out."""
    sung = [block for block, _ in blocks if block.lines]
    filled: list[Block] = []
    for block, repeats in blocks:
        if not block.lines and block.kind not in _WORDLESS:
            source = _called_back(block, [b for b in filled if b.lines], sung)
            if source is None:
                notes.append(f"[{block.label}] has no words and was left out.")
                continue
            block = replace(block, lines=source.lines, label=block.label or source.label)
        filled += [block] * (repeats if block.lines else 1)
    return filled


def _called_back(block: Block, before: list[Block], sung: list[Block]) -> Block | None:
    """The block an empty tag means: the last one of that label, else the last chorus, else the first that comes."""
    same_label = [b for b in before if b.label == block.label]
    if same_label:
        return same_label[-1]
    if block.kind not in _REPEATED_WHEN_EMPTY:
        return None
    earlier = [b for b in before if b.kind == block.kind]
    return earlier[-1] if earlier else next((b for b in sung if b.kind == block.kind), None)


def _cut_long(blocks: list[Block], notes: list[str]) -> list[Block]:
    """Blocks of at most 16 lines; a longer one becomes several of eight."""
    result = []
    for block in blocks:
        if len(block.lines) <= _LONGEST_BLOCK:
            result.append(block)
            continue
        notes.append(f"A {block.kind} of {len(block.lines)} lines was cut into parts of eight.")
        parts = [block.lines[n : n + 8] for n in range(0, len(block.lines), 8)]
        if len(parts[-1]) < 3:
            parts[-2:] = [parts[-2] + parts[-1]]
        result += [replace(block, lines=part, bars=None) for part in parts]
    return result


def _numbered(blocks: list[Block]) -> list[Block]:
    """Every block with a label; verses get the numbers they lack."""
    result, verse = [], 0
    first_label: dict[tuple[str, ...], str] = {}
    for block in blocks:
        label = block.label or block.kind.capitalize().replace("Prechorus", "Pre-Chorus")
        if block.kind == "verse" and label == "Verse":
            key = same_words(block.lines)
            if key not in first_label:
                verse += 1
                first_label[key] = f"Verse {verse}"
            label = first_label[key]
        elif block.kind == "verse":
            verse += 1
        result.append(replace(block, label=label))
    return result


def _linked(blocks: list[Block]) -> tuple[Block, ...]:
    """Blocks that point back to the first one of the same kind and words."""
    first: dict[tuple[str, tuple[str, ...]], int] = {}
    linked = []
    for n, block in enumerate(blocks):
        key = (block.kind, same_words(block.lines))
        linked.append(replace(block, same_as=first.get(key) if block.lines else None))
        first.setdefault(key, n)
    return tuple(linked)
