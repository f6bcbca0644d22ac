"""Voices between voices: a blend of two or more speakers of one network is a person of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from songwright.errors import BriefError
from songwright.values.shelf import VoiceCard


def shares_of(text: str) -> dict[str, float]:
    """ "kathleen:0.6,kerstin:0.4" as name -> share; a name alone has share 1. Raises ValueError if it is neither."""
    shares: dict[str, float] = {}
    for piece in text.split(","):
        name, _, share = piece.partition(":")
        shares[name.strip()] = float(share) if share.strip() else 1.0
    if "" in shares or not all(0 <= share <= 100 for share in shares.values()) or not sum(shares.values()):
        raise ValueError(text)
    return shares


def is_blend(voice: str) -> bool:
    """Whether a voice's name asks for a blend."""
    return ":" in voice or "," in voice


def asked_shares(voice: str) -> dict[str, float]:
    """The shares a user asked for; BriefError where they cannot be read."""
    try:
        return shares_of(voice)
    except ValueError as problem:
        raise BriefError(
            "voice", f"{voice!r} is no blend.", "Write it like kathleen:0.6,kerstin:0.4."
        ) from problem


def blended(voice: str, cards: Sequence[VoiceCard], shares: Mapping[str, float]) -> VoiceCard:
    """The card of a blend: everything in proportion, every source and licence named.

    cards: of the voices with a share, in its order. Raises BriefError where one of them is sung by no network, or by
    another one. The bank that would stand in is that of the strongest voice.
    """
    for card in cards:
        if not card.network or card.network != cards[0].network:
            raise BriefError(
                "voice", f"{card.id} cannot be blended with {cards[0].id}.", "Blend voices of one network."
            )
    total = sum(shares.values())
    weight = {card.id: shares[card.id] / total for card in cards}
    strongest = max(cards, key=lambda card: weight[card.id])
    speakers: dict[str, float] = {}
    character: dict[str, float] = {}
    for card in cards:
        own = shares_of(card.speaker)
        for name, share in own.items():
            speakers[name] = speakers.get(name, 0.0) + weight[card.id] * share / sum(own.values())
        for name, amount in card.character.items():
            character[name] = character.get(name, 0.0) + weight[card.id] * amount
    return replace(
        strongest,
        id=voice,
        name=" + ".join(card.name for card in cards),
        about="A blend of " + ", ".join(f"{weight[card.id]:.0%} {card.name}" for card in cards) + ".",
        licence="; ".join(dict.fromkeys(card.licence for card in cards)),
        source="; ".join(dict.fromkeys(card.source for card in cards)),
        midi_low=round(sum(weight[card.id] * card.midi_low for card in cards)),
        midi_high=round(sum(weight[card.id] * card.midi_high for card in cards)),
        formant_scale=sum(weight[card.id] * card.formant_scale for card in cards),
        character=character,
        commercial_use=all(card.commercial_use for card in cards),
        speaker=",".join(f"{name}:{share:.4f}" for name, share in speakers.items()),
    )
