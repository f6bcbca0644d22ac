"""Several tunes for the same words at once, drawn from the network step by step, each step one the grammar allows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from songwright.composer.setting.likes import Likes
from songwright.music.tokens.grammar import Frame, Grammar, Sound
from songwright.runtime.drawing import draw, surprise
from songwright.values.seed import Luck

# Percent of the temperature for when, how long and how high: what is drawn is heard again, and oddities breed others.
_STEADY = {"open": 80, "length": 80, "pitch": 90}


class Listening(Protocol):
    """Rows of tokens that a network follows (`runtime.decoder.Session`)."""

    logits: np.ndarray

    def push(self, tokens: Sequence[Sequence[int]]) -> None:
        """Each row hears its tokens."""
        ...


class Network(Protocol):
    """A network that continues rows of tokens (`runtime.decoder.Decoder`)."""

    def open(self, prompt: Sequence[int], count: int = 1) -> Listening:
        """`count` rows that have heard a prompt."""
        ...

    def costs(self, rows: Sequence[Sequence[int]]) -> list[np.ndarray]:
        """What every token of given rows costs after those before it, 1024 to a nat."""
        ...


@dataclass(frozen=True)
class Draft:
    """Notes for all lines of a stretch. cost: what they cost the network, 1/1024 nats in all."""

    sounds: tuple[Sound, ...]
    cost: int


@dataclass(frozen=True)
class Hand:
    """Who writes one draft: its likes, its luck, what it does before each line (choose what to take up)."""

    likes: Likes
    luck: Luck
    before_line: Callable[[Grammar, Likes], None]


def drafts(
    network: Network, prompt: Sequence[int], frame: Frame, hands: Sequence[Hand], temperature_percent: int
) -> list[Draft]:
    """A draft of each hand. They differ by their luck and likes alone; how many there are changes none of them."""
    grammars = [Grammar(frame) for _ in hands]
    opened = [_forced(grammar, hand) for grammar, hand in zip(grammars, hands, strict=True)]
    same = min(len(row) for row in opened)
    same = next((n for n in range(same) if len({row[n] for row in opened}) > 1), same)
    session = network.open([*prompt, *opened[0][:same]], len(hands))
    if any(len(row) > same for row in opened):
        session.push([row[same:] for row in opened])
    costs = [0] * len(hands)
    while not all(grammar.ended for grammar in grammars):
        going = [n for n, grammar in enumerate(grammars) if not grammar.ended]
        chosen = [_drawn(session.logits[n], grammars[n], hands[n], temperature_percent) for n in going]
        for n, cost in zip(going, surprise(session.logits[going], chosen), strict=True):
            costs[n] += int(cost)
        tokens: list[list[int]] = [[] for _ in hands]
        for n, token in zip(going, chosen, strict=True):
            grammars[n].push(token)
            tokens[n] = [token, *_forced(grammars[n], hands[n])]
            if grammars[n].ended:
                tokens[n] = []
        if any(tokens):
            session.push(tokens)
    return [Draft(tuple(g.sounds), cost) for g, cost in zip(grammars, costs, strict=True)]


def _drawn(logits: np.ndarray, grammar: Grammar, hand: Hand, temperature_percent: int) -> int:
    temperature_percent = temperature_percent * _STEADY.get(grammar.stage, 100) // 100
    return draw(
        logits, grammar.allowed(), hand.luck, hand.likes.of(grammar), temperature_percent=temperature_percent
    )


def _forced(grammar: Grammar, hand: Hand) -> list[int]:
    """All tokens up to the next choice; between lines the hand looks up what to take up."""
    found: list[int] = []
    while not grammar.ended:
        if grammar.between:
            hand.before_line(grammar, hand.likes)
        repeat, allowed = hand.likes.copies[grammar.line], grammar.allowed()
        token = allowed[0] if len(allowed) == 1 else repeat.token(grammar) if repeat is not None else None
        if token is None:
            break
        grammar.push(token)
        found.append(token)
    return found
