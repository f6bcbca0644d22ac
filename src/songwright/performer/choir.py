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
    """Every singer of the song, lead first, in the order of the score; the lead's double last."""
    leads = [part for part in score.parts if part.role == "lead" and part.notes]
    backing = [part for part in score.parts if part.role == "backing" and part.notes]
    singers = [Singer(part.id, part, "lead", plan.voice, part.stem, plan.character) for part in leads]
    cards = _choir(plan, ctx) if backing else []
    voices = [part for part in backing if part.id != "echo"]
    for number, part in enumerate(backing):
        pair = part not in voices or len(voices) == 1  # a line nobody answers is sung by two
        place = voices.index(part) if part in voices else number
        for copy in range(2 if pair else 1):
            singers.append(
                _behind(part, 2 * (place // 2) + (place + copy) % 2, bool(copy), pair, cards, plan)
            )
    for part in leads[:1]:
        double = _last_chorus(part, score)
        if double:
            again = replace(part, notes=double)
            singers.append(
                Singer("lead-double", again, "backing", plan.voice, "backing", plan.character,
                       _DOUBLE_DB, 0.12, 1.015, 0.008, 0.3)
            )  # fmt: skip
    return tuple(singers)


def _behind(
    part: Part, place: int, second: bool, pair: bool, cards: Sequence[VoiceCard], plan: SongPlan
) -> Singer:
    """A backing singer, placed and cast by the height of the line."""
    height = float(np.median([note.pitch for note in part.notes]))
    voice = plan.voice
    if cards:
        # The nearest comfortable middle first; whoever reaches the line may sing it, so a choir has faces.
        order = sorted(cards, key=lambda card: (abs(_middle(card) - height), card.id))
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
