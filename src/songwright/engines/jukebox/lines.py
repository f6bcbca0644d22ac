"""Lines of lyrics on the clock: where only their starts are told, each has to be sung somewhere.

"[0:12.5] Walk with me" begins where it says; without such times lines follow each other, each with room for its
sounds.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from songwright.errors import BriefError
from songwright.io.lyrics import timed_lines
from songwright.producer.words import read_words
from songwright.text.correction import shown
from songwright.text.tongues import Tongues
from songwright.values.context import Context
from songwright.values.take import Take
from songwright.values.words import Word

PHONE_S = 0.15
"""An easy pace: seconds a phone takes, sung (half of all lines of rendered songs are slower)."""
FASTEST_PHONE_S = 0.07
"""Fourteen phones a second: one line in a thousand of rendered songs is faster."""
_BREATH_S = 0.6
_LEAD_IN_S, _TAIL_S = 2.0, 2.0
_WORDLESS_S = 20.0
_TIMED = re.compile(r"^\s*\[(\d{1,2}):(\d{1,2}(?:\.\d{1,3})?)\]\s*(.*)$")


@dataclass(frozen=True)
class TimedWords:
    """A line and when it is to begin, in seconds; `about` is what the generator is told of it."""

    text: str
    phones: tuple[str, ...]
    from_s: float

    def moved(self, seconds: float) -> TimedWords:
        """The same line, later."""
        return replace(self, from_s=self.from_s + seconds)

    @property
    def about(self) -> dict[str, object]:
        """As `runtime.jukebox.telling.spread_lines` reads it."""
        return {"text": self.text, "phones": " ".join(self.phones), "from": self.from_s}


def lines_of(take: Take, ctx: Context) -> list[TimedWords]:
    """The lines of a take and when they begin: as its score says, else as its lyrics were laid out."""
    if take.plan is not None and take.score is not None:
        words = {line.index: line.words for line in take.plan.lines}
        return [
            TimedWords(line.text, phones_of(words[line.index]), line.onset_s)
            for line in timed_lines(take.score)
        ]
    try:
        return list(timed_words(take.brief.lyrics, take.brief.language, ctx, take.master.audio.duration_s)[0])
    except BriefError:  # words of a take that was made another way
        return []


def timed_text(lines: Sequence[TimedWords]) -> str:
    """Lines as lyrics that say when each begins."""
    clocks = [divmod(round(line.from_s, 2), 60.0) for line in lines]
    return "\n".join(
        f"[{int(minutes)}:{seconds:05.2f}] {line.text}"
        for (minutes, seconds), line in zip(clocks, lines, strict=True)
    )


def is_timed(lyrics: str) -> bool:
    """Whether lines say themselves when they begin."""
    return any(_TIMED.match(row) for row in lyrics.splitlines())


def timed_words(
    lyrics: str, language: str | None, ctx: Context, seconds: float | None, lead_in_s: float = _LEAD_IN_S
) -> tuple[tuple[TimedWords, ...], float]:
    """Lines with their starts, and how long the sound is. Raises BriefError("lyrics") where words do not fit.

    seconds: of the whole sound, None = as long as the words need. lead_in_s: before the first word.
    """
    if not lyrics.strip():
        return (), seconds or _WORDLESS_S
    if is_timed(lyrics):
        return _given(lyrics, language, ctx, seconds)
    blocks = read_words(lyrics, language, ctx).blocks
    lines = [(line.text, phones_of(line.words)) for block in blocks for line in block.lines]
    easy = [len(phones) * PHONE_S + _BREATH_S for _, phones in lines]
    whole = seconds or lead_in_s + sum(easy) + _TAIL_S
    _check_room(sum(len(phones) for _, phones in lines), whole)
    tail_s = min(_TAIL_S, whole / 8) if lead_in_s else 0.0
    lead_in_s = min(lead_in_s, whole / 8)
    scale = (whole - lead_in_s - tail_s) / sum(easy)
    placed, now = [], lead_in_s
    for (text, phones), length in zip(lines, easy, strict=True):
        placed.append(TimedWords(text, phones, round(now, 3)))
        now += length * scale
    return tuple(placed), whole


def _given(
    lyrics: str, language: str | None, ctx: Context, seconds: float | None
) -> tuple[tuple[TimedWords, ...], float]:
    """Lines that say themselves when they begin."""
    tongues = Tongues(ctx.shelf, language)
    placed: list[TimedWords] = []
    for row in (row for row in lyrics.splitlines() if row.strip()):
        found = _TIMED.match(row)
        if found is None:
            raise BriefError(
                "lyrics", f"{row.strip()[:40]!r} does not say when it begins.", "Begin it like [0:12.5]."
            )
        phones = phones_of(tongues.words(found[3]))
        if phones:
            placed.append(TimedWords(shown(found[3]), phones, 60 * int(found[1]) + float(found[2])))
    if not placed:
        raise BriefError("lyrics", "there are no words to sing.", "Write at least one line.")
    whole = seconds or placed[-1].from_s + len(placed[-1].phones) * PHONE_S + _TAIL_S
    ends = [line.from_s for line in placed[1:]] + [whole]
    for line, end in zip(placed, ends, strict=True):
        if line.from_s + len(line.phones) * FASTEST_PHONE_S > end:
            raise BriefError(
                "lyrics",
                f"{line.text[:40]!r} does not fit between {line.from_s:g} and {end:g} s.",
                "Let lines begin one after the other, with time to be sung.",
            )
    return tuple(placed), whole


def _check_room(phones: int, seconds: float) -> None:
    if phones * FASTEST_PHONE_S > seconds:
        raise BriefError(
            "lyrics",
            f"{phones} sounds do not fit {seconds:g} s.",
            f"Ask for at least {phones * PHONE_S:.0f} s, or sing fewer words.",
        )


def phones_of(words: Sequence[Word]) -> tuple[str, ...]:
    """All sounds of some words."""
    return tuple(phone for word in words for syllable in word.syllables for phone in syllable.phones)
