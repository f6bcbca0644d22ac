"""Who sings what: the lead, its double in the last chorus, and the voices behind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from songwright.values.context import Context
from songwright.values.plan import SongPlan
from songwright.values.score import Note, Part, Score
from songwright.values.shelf import VoiceCard

_HARMONY_DB = -7.0
_PAIR_DB = -3.0  # two singers on one line are each this much softer
_DOUBLE_DB = -9.0
_FOREIGN = 8.0
_ALIKE = 3.0  # what it costs that a voice sings a second part
_ABREAST = 0.35  # how far apart leads stand
_PLACES = (-0.45, 0.45, -0.7, 0.7, -0.25, 0.25)
_HEADS = (0.975, 1.025, 1.045, 0.965, 1.01, 0.99)


@dataclass(frozen=True)
class Singer:
    """One voice on one line: the written part it sings, and its place and colouring.

    late_s: how far it leans back behind the lead. softer: 0 soloist .. 1 blends, straight and quiet.
    """

    id: str
    part: Part
    role: str
    voice: str
    stem: str
    character: Mapping[str, float] = field(default_factory=dict)
    gain_db: float = 0.0
    pan: float = 0.0
    formant_scale: float = 1.0
    late_s: float = 0.0
    softer: float = 0.0


def cast(score: Score, plan: SongPlan, ctx: Context) -> tuple[Singer, ...]:
    """Every singer of the song, leads first, in the order of the score; the lead's double last.

    Of several leads (a duet, a choir of four parts) the one nearest to the plan's range is sung by the plan's voice,
    the others by whoever on the shelf has their height, standing apart.
    """
    leads = [part for part in score.parts if part.role == "lead" and part.notes]
    backing = [part for part in score.parts if part.role == "backing" and part.notes]
    voices = lead_voices(leads, plan, ctx)
    singers = [
        _in_front(part, voice, number, len(leads), plan)
        for number, (part, voice) in enumerate(zip(leads, voices, strict=True))
    ]
    cards = _choir(plan, ctx) if backing else []
    lines = [part for part in backing if part.id != "echo"]
    for number, part in enumerate(backing):
        pair = part not in lines or len(lines) == 1  # a line nobody answers is sung by two
        place = lines.index(part) if part in lines else number
        for copy in range(2 if pair else 1):
            singers.append(
                _behind(part, 2 * (place // 2) + (place + copy) % 2, bool(copy), pair, cards, plan)
            )
    for part in leads[:1]:
        double = _last_chorus(part, score)
        if double and len(leads) == 1:
            again = replace(part, notes=double)
            singers.append(
                Singer("lead-double", again, "backing", plan.voice, "backing", plan.character,
                       _DOUBLE_DB, 0.12, 1.015, 0.008, 0.3)
            )  # fmt: skip
    return tuple(singers)


def lead_voices(leads: Sequence[Part], plan: SongPlan, ctx: Context) -> tuple[str, ...]:
    """Who sings each lead part: ids on the shelf. One lead is the plan's voice."""
    if len(leads) < 2:
        return (plan.voice,) * len(leads)
    middle = 0.5 * (plan.voice_low + plan.voice_high)
    own = min(range(len(leads)), key=lambda n: abs(_height(leads[n]) - middle))
    cards, taken = ctx.shelf.voice_cards(), {plan.voice}
    voices = []
    for number, part in enumerate(leads):
        if number == own:
            voices.append(plan.voice)
            continue
        best = min(cards, key=lambda card: (_strain(part, card, plan) + _ALIKE * (card.id in taken), card.id))
        taken.add(best.id)
        voices.append(best.id)
    return tuple(voices)


def _height(part: Part) -> float:
    """Where a part lies: its middle pitch, MIDI."""
    return float(np.median([note.pitch for note in part.notes]))


def _foreign(card: VoiceCard, plan: SongPlan) -> float:
    """What it costs that a voice learned another language than the song's, in semitones of unease."""
    return _FOREIGN * (card.language.partition("-")[0] != plan.language.partition("-")[0])


def _strain(part: Part, card: VoiceCard, plan: SongPlan) -> float:
    """How ill a part suits a voice: semitones from its middle, far more for what it cannot reach, its language."""
    outside = [max(card.midi_low - note.pitch, note.pitch - card.midi_high, 0) for note in part.notes]
    return abs(_height(part) - _middle(card)) + 6.0 * float(np.mean(outside)) + _foreign(card, plan)


def _in_front(part: Part, voice: str, number: int, count: int, plan: SongPlan) -> Singer:
    """A lead singer; several stand beside each other, and from three on they blend as a choir."""
    if count == 1:
        return Singer(part.id, part, "lead", voice, part.stem, plan.character)
    pan = _ABREAST * (2.0 * number / (count - 1) - 1.0)
    choir = count >= 3
    character = plan.character if voice == plan.voice else {}
    return Singer(
        part.id,
        part,
        "lead",
        voice,
        part.stem,
        character,
        -3.0 if choir else -1.5,
        pan,
        1.0,
        0.002 * number,
        0.6 if choir else 0.0,
    )


def _behind(
    part: Part, place: int, second: bool, pair: bool, cards: Sequence[VoiceCard], plan: SongPlan
) -> Singer:
    """A backing singer, placed and cast by the height of the line."""
    height = _height(part)
    voice = plan.voice
    if cards:
        # The nearest comfortable middle first; whoever reaches the line may sing it, so a choir has faces.
        order = sorted(cards, key=lambda card: (abs(_middle(card) - height) + _foreign(card, plan), card.id))
        near = [c for c in order if c.midi_low <= height <= c.midi_high] or order[:1]
        voice = near[place % len(near)].id
    return Singer(
        f"{part.id}.2" if second else part.id,
        part,
        "backing",
        voice,
        part.stem,
        {name: 0.5 * value for name, value in plan.character.items()},
        _HARMONY_DB + (_PAIR_DB if pair else 0.0),
        _PLACES[place % len(_PLACES)],
        _HEADS[place % len(_HEADS)],
        0.007 + 0.003 * (place % 3),
        1.0,
    )


def _middle(card: VoiceCard) -> float:
    """The middle of a voice's range, MIDI."""
    return 0.5 * (card.midi_low + card.midi_high)


def _choir(plan: SongPlan, ctx: Context) -> list[VoiceCard]:
    """Cards of the persona's backing voices; without a persona, or without a choir, none."""
    wanted = set(ctx.shelf.persona(plan.persona).choir) if plan.persona else set()
    return [card for card in ctx.shelf.voice_cards() if card.id in wanted] if wanted else []


def _last_chorus(part: Part, score: Score) -> tuple[Note, ...]:
    """The lead's notes of the last chorus, when the song has more than one."""
    choruses = [section for section in score.sections if section.kind == "chorus"]
    if len(choruses) < 2:
        return ()
    last = choruses[-1]
    return tuple(note for note in part.notes if last.start_tick <= note.start_tick < last.end_tick)
