"""From the lyric sheet to blocks of pronounced lines, and a title when none was given."""

from __future__ import annotations

from dataclasses import dataclass, replace

from songwright.errors import BriefError
from songwright.producer.form import Block
from songwright.text import lyrics as sheet
from songwright.text.correction import shown
from songwright.text.language import LANGUAGES, SUNG, foreign
from songwright.text.tongues import Tongues
from songwright.values.context import Context
from songwright.values.words import LyricLine

_TITLE_WORDS = 6
_OPENER_WORDS = "so and but or oh now well then cause 'cause und aber ach denn doch ja"
_OPENERS = frozenset(_OPENER_WORDS.split())


@dataclass(frozen=True)
class Words:
    """What is sung: blocks of draft lines (no bars yet), the title the sheet suggests, and what was changed.

    language: that of most lines; a line in another one says so itself.
    """

    blocks: tuple[Block, ...]
    title: str
    notes: tuple[str, ...]
    language: str


def read_words(text: str, language: str | None, ctx: Context) -> Words:
    """Parse and pronounce a lyric sheet, each line in its language. Raises BriefError where there is nothing to sing.

    language: a BCP 47 tag that lines without one of their own are sung in; None = found from the words.
    """
    tongues = Tongues(ctx.shelf, language)
    lyrics, main, language_notes = _in_languages(sheet.parse(text), tongues, language)
    blocks: list[Block] = []
    for block in lyrics.blocks:
        if block.same_as is not None:
            lines = blocks[block.same_as].lines
        else:
            lines = tuple(line for raw in block.lines for line in _line(raw, main, tongues))
        blocks.append(Block(block.kind, block.label, lines, block.bars))
    silent = [
        block.label for block, raw in zip(blocks, lyrics.blocks, strict=True) if raw.lines and not block.lines
    ]
    blocks = [block for block, raw in zip(blocks, lyrics.blocks, strict=True) if block.lines or not raw.lines]
    if not any(block.lines for block in blocks):
        raise BriefError("lyrics", "there are no words to sing.", "Write at least one line.")
    notes = lyrics.notes + language_notes
    notes += tuple(f"[{label}] has nothing to sing and was left out." for label in silent)
    return Words(tuple(blocks), lyrics.title or _hook_title(blocks), notes, main)


def _in_languages(
    lyrics: sheet.Lyrics, tongues: Tongues, asked: str | None
) -> tuple[sheet.Lyrics, str, tuple[str, ...]]:
    """The sheet with a language on every line, the language of most of them, and what to tell about it."""
    raws = [raw for block in lyrics.blocks for raw in block.lines]
    found = tongues.languages([raw.text for raw in raws])
    each = [raw.language or language for raw, language in zip(raws, found, strict=True)]
    main = found[0] if asked and found else max(SUNG, key=lambda code: (each.count(code), code == SUNG[0]))
    marked = iter(each)
    blocks = tuple(
        replace(block, lines=tuple(replace(raw, language=next(marked)) for raw in block.lines))
        for block in lyrics.blocks
    )
    notes: tuple[str, ...] = ()
    stranger = foreign("\n".join(shown(raw.text) for raw in raws))
    if stranger is not None:
        known = " and ".join(LANGUAGES[code] for code in SUNG)
        notes = (
            f"The words look {LANGUAGES[stranger]}; songwright sings {known}: it sang them as {LANGUAGES[main]}.",
        )
    return replace(lyrics, blocks=blocks), main, notes


def _line(raw: sheet.RawLine, main: str, tongues: Tongues) -> tuple[LyricLine, ...]:
    """A draft of one line; () when nothing in it can be said. A line of echo alone is sung by the lead."""
    words = tongues.words(raw.text, raw.language)
    echo = tongues.words(raw.echo, raw.language) if raw.echo else ()
    language = "" if raw.language == main else raw.language
    if words:
        return (LyricLine(0, shown(raw.text), words, echo=echo, language=language),)
    return (LyricLine(0, shown(raw.echo), echo, language=language),) if echo else ()


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
