"""What a song and a line are asked to be, as tokens say it."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from songwright.music.tokens.vocabulary import (
    GENRES,
    LANGUAGES,
    MOODS,
    PERSONAS,
    REGISTERS,
    TEMPO_EDGES,
    TEMPO_MIDDLES,
)


@dataclass(frozen=True)
class Conditions:
    """What holds for the whole song; "any" leaves it open. The rest (meter, mode, key, tempo) stands in the score.

    tempo, key: False leaves them open in the tokens. register: octaves the middle of the tune lies above the one
    around middle C, -2..2, None to find it from the notes.
    """

    genre: str = "any"
    mood: str = "any"
    language: str = "any"
    persona: str = "any"
    register: int | None = None
    tempo: bool = True
    key: bool = True

    def __post_init__(self) -> None:
        checks = (
            ("genre", self.genre, GENRES), ("mood", self.mood, MOODS), ("language", self.language, LANGUAGES),
            ("persona", self.persona, PERSONAS), ("register", self.register, (None, *REGISTERS)),
        )  # fmt: skip
        for what, value, known in checks:
            if value not in known:
                raise ValueError(f"{what} {value!r} is none of {', '.join(map(str, known))}")


@dataclass(frozen=True)
class LineSign:
    """What a line of text asks of its tune. rhyme: "" or A..H. close: "none", "comma", "stop", "question"."""

    rhyme: str = ""
    close: str = "none"


def close_of(text: str) -> str:
    """How a line of text ends, by its last sign."""
    tail = text.rstrip("\"'”’)» ")[-1:]
    if tail and tail in "?":
        return "question"
    if tail and tail in ".!;:":
        return "stop"
    return "comma" if tail and tail in ",-–—" else "none"


def tempo_class(bpm: float) -> int:
    """The tempo class 0..11 of quarters a minute."""
    return bisect_right(TEMPO_EDGES, int(bpm))


def tempo_middle(number: int) -> int:
    """The tempo that stands for a class."""
    return TEMPO_MIDDLES[number]
