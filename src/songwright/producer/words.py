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
_OPENERS = frozenset(["so", "and", "but", "or", "oh", "now", "well", "then", "cause", "'cause"])


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
    """The opening of the chorus, else of the song, as a title: a few whole words, no loose end."""
    first = [block for block in blocks if block.lines and block.kind == "chorus"]
    first += [block for block in blocks if block.lines]
    line = first[0].lines[0]
    words = list(line.words)
    phrase = next((i + 1 for i, word in enumerate(words) if word.text[-1:] in ",;.!?"), len(words))
    words = words[: max(2, phrase)]
    while len(words) > 2 and words[0].text.lower().strip(",") in _OPENERS:
        words = words[1:]
    if len(words) > _TITLE_WORDS:
        words = words[:_TITLE_WORDS]
        while len(words) > 2 and words[-1].is_function_word:
            words.pop()
    title = " ".join(word.text for word in words).strip(' .,;:!?-—–"“”…')
    return title[:1].upper() + title[1:] if title else "Untitled"
