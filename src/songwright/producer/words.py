"""From the lyric sheet to blocks of pronounced lines, and a title when none was given."""

from __future__ import annotations

from dataclasses import dataclass

from songwright.errors import BriefError
from songwright.producer.form import Block
from songwright.text import lyrics as sheet
from songwright.text.speech import Pronouncer
from songwright.values.context import Context
from songwright.values.words import LyricLine

_TITLE_WORDS = 6


@dataclass(frozen=True)
class Words:
    """What is sung: blocks of draft lines (no bars yet), the title the sheet suggests, and what was changed."""

    blocks: tuple[Block, ...]
    title: str
    notes: tuple[str, ...]


def read_words(text: str, language: str, ctx: Context) -> Words:
    """Parse and pronounce a lyric sheet. Raises BriefError where there is nothing to sing."""
    lyrics = sheet.parse(text)
    speaker = Pronouncer(ctx.shelf.lexicon(language), ctx.shelf.letters(language))
    blocks: list[Block] = []
    for block in lyrics.blocks:
        if block.same_as is not None:
            lines = blocks[block.same_as].lines
        else:
            lines = tuple(line for raw in block.lines for line in _line(raw, speaker))
        blocks.append(Block(block.kind, block.label, lines, block.bars))
    silent = [
        block.label for block, raw in zip(blocks, lyrics.blocks, strict=True) if raw.lines and not block.lines
    ]
    blocks = [block for block, raw in zip(blocks, lyrics.blocks, strict=True) if block.lines or not raw.lines]
    if not any(block.lines for block in blocks):
        raise BriefError("lyrics", "there are no words to sing.", "Write at least one line.")
    notes = lyrics.notes + tuple(f"[{label}] has nothing to sing and was left out." for label in silent)
    return Words(tuple(blocks), lyrics.title or _hook_title(blocks), notes)


def _line(raw: sheet.RawLine, speaker: Pronouncer) -> tuple[LyricLine, ...]:
    """A draft of one line; () when nothing in it can be said. A line of echo alone is sung by the lead."""
    words, echo = speaker.words(raw.text), speaker.words(raw.echo) if raw.echo else ()
    if words:
        return (LyricLine(0, raw.text, words, echo=echo),)
    return (LyricLine(0, raw.echo, echo),) if echo else ()


def _hook_title(blocks: list[Block]) -> str:
    """The opening of the chorus, else of the song, as a title."""
    first = [block for block in blocks if block.lines and block.kind == "chorus"]
    first += [block for block in blocks if block.lines]
    phrase = first[0].lines[0].text.replace(";", ",").split(",")[0]
    words = phrase.split()[:_TITLE_WORDS]
    title = " ".join(words).strip(" .,;:!?-—–'\"“”‘’…")
    return title[:1].upper() + title[1:] if title else "Untitled"
