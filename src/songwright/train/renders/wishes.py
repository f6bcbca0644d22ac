"""What each rendered piece is to be: drawn by luck from everything the studio has, the same for the same number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from songwright.desk.settings import settings_of
from songwright.errors import ShelfError
from songwright.music.pitch import key_on
from songwright.train.renders.verses import Verses, dictionary_stanza
from songwright.values.brief import CHARACTER, SongBrief
from songwright.values.plan import SectionPlan, SongPlan
from songwright.values.seed import Luck, Seed
from songwright.values.shelf import Persona, Sampler, Shelf, Style

PIECE_S = (20.0, 40.0)
_MODES = (("major", 5.0), ("minor", 4.0), ("dorian", 1.0), ("mixolydian", 1.0))
_DICTIONARY = 0.15  # share of stanzas whose words are drawn from the dictionary
_WORDLESS = 0.06
_AT_HOME = 0.6
_OWN_VOICE = 0.55
_OWN_KEY = 0.5
_OWN_TEMPO = 0.4
_OWN_METER = 0.75
_COLOURED = 0.5
_SAMPLED = 0.6  # share of pieces a sampler may play where the machine has one
_COMPOSED = 0.2  # share of pieces a trained composer may write: it takes longer
_STEM_DB = 2.5
_VOICE_DB = 2.0
# How far each figure of a genre's mix may stray, and where it must stay.
_MIX = {
    "room_s": (0.15, 0.2, 1.0), "plate_s": (0.4, 0.6, 3.0), "room_db": (3.0, -40.0, -8.0),
    "plate_db": (3.0, -40.0, -6.0), "kick_duck_db": (1.0, 0.0, 6.0), "warmth_db": (1.5, -4.0, 4.0),
    "brightness_db": (1.5, -4.0, 4.0), "spread": (0.15, 0.0, 0.9), "drums": (1.5, -12.0, 2.0),
    "bass": (1.5, -12.0, 2.0), "comping": (1.5, -16.0, 2.0), "pad": (1.5, -20.0, 2.0), "answer": (1.5, -14.0, 2.0),
    "backing": (1.5, -16.0, 0.0),
}  # fmt: skip


@dataclass(frozen=True)
class Wish:
    """One piece: the brief, how long it should be, how it is played and mixed. stem_db, voice_db: spread of levels."""

    brief: SongBrief
    seconds: float
    sampled: bool
    composed: bool
    seed: Seed


def draw(number: int, attempt: int, split: str, verses: Verses, words: Sequence[str], ctx_shelf: Shelf,
         seed: Seed, faithful: bool = False) -> Wish:  # fmt: skip
    """The wish for a piece by its number. attempt: 0, 1, ... another one where the studio could not meet the first.

    faithful: personas sing in their own voice and character.
    """
    seed = seed.child("renders", split, number, attempt)
    luck = seed.luck()
    styles = ctx_shelf.styles()
    # all genres come around once in as many pieces, in an order of their own each time
    turn, place = divmod(number, len(styles))
    order = sorted(range(len(styles)), key=seed_key(Seed(seed.value).child("genres", turn)))
    style = styles[order[place]]
    persona = _persona(ctx_shelf.personas(), style.id, luck)
    voice = None if faithful or luck.chance(_OWN_VOICE) else _voice(ctx_shelf, luck)
    wordless = luck.chance(_WORDLESS)
    brief = SongBrief(
        lyrics="" if wordless else _lyrics(verses.parts[split], words, ctx_shelf, luck),
        title=f"Piece {number}",
        genre=style.id,
        persona=persona,
        voice=voice,
        key=None if luck.chance(_OWN_KEY) else str(_key(luck)),
        tempo_bpm=None if luck.chance(_OWN_TEMPO) else _tempo(style, luck),
        meter=None if luck.chance(_OWN_METER) else luck.choice(style.tables["tempo"].get("meters", ["4/4"])),
        character=_character(luck) if not faithful and luck.chance(_COLOURED) else None,
        seed=seed.child("song").key() >> 1,
        instrumental=wordless,
    )
    return Wish(brief, luck.uniform(*PIECE_S), luck.chance(_SAMPLED), luck.chance(_COMPOSED), seed)


def seed_key(seed: Seed) -> Any:
    """A key function that sorts numbers into an order of luck."""
    return lambda number: seed.child(number).key()


def cut(plan: SongPlan, seconds: float, seed: Seed) -> SongPlan:
    """The plan with some sections in a row, one that is sung among them, as near to a length as can be."""
    bar_s = plan.tempo_map.seconds_at(plan.bars * plan.meter.bar_ticks) / max(1, plan.bars)
    runs: list[tuple[float, tuple[SectionPlan, ...]]] = []
    count = len(plan.sections)
    sung = any(section.lines for section in plan.sections)
    for first in range(count):
        for last in range(first + 1, count + 1):
            some = plan.sections[first:last]
            if any(section.lines for section in some) == sung:
                length = sum(section.bars for section in some) * bar_s + plan.tail_s
                runs.append((abs(length - seconds), some))
    nearest = sorted(runs, key=lambda run: run[0])[:3]
    chosen = seed.child("cut").luck().choice(nearest)[1]
    names = {section.id for section in chosen}
    kept = tuple(replace(s, tune_of=s.tune_of if s.tune_of in names else None) for s in chosen)
    return replace(plan, sections=_with_first_tunes(kept, plan))


def stem_gain_db(name: str, seed: Seed) -> float:
    """How much louder or softer than the desk's balance a stem of the band is in this piece."""
    return seed.child("gain", name).luck().normal(0.0, _STEM_DB)


def voice_gain_db(seed: Seed) -> float:
    """The same for everything that is sung."""
    return seed.child("gain of voices").luck().normal(0.0, _VOICE_DB)


class VariedShelf:
    """The shelf as one piece sees it: another mix, perhaps no sampler, perhaps no trained composer."""

    def __init__(self, shelf: Shelf, wish: Wish) -> None:
        self._shelf, self._wish = shelf, wish

    def __getattr__(self, name: str) -> Any:
        return getattr(self._shelf, name)

    def style(self, style_id: str) -> Style:
        """The style with the figures of its mix moved by luck."""
        style = self._shelf.style(style_id)
        usual = settings_of(style)
        luck = self._wish.seed.child("mix").luck()
        moved: Mapping[str, Any] = {
            name: min(high, max(low, getattr(usual, name) + luck.normal(0.0, spread)))
            for name, (spread, low, high) in _MIX.items()
        }
        tables = {**style.tables, "mix": {**style.tables.get("mix", {}), **moved}}
        return replace(style, tables=tables)

    def sampler(self) -> Sampler | None:
        """The machine's sampler, for some pieces."""
        return self._shelf.sampler() if self._wish.sampled else None

    def network(self, name: str) -> bytes:
        """A network; the composer's only for some pieces."""
        if name == "composer" and not self._wish.composed:
            raise ShelfError("network composer", "is not asked in this piece")
        return self._shelf.network(name)


def _with_first_tunes(sections: tuple[SectionPlan, ...], plan: SongPlan) -> tuple[SectionPlan, ...]:
    """The first section of each tune that is left carries it; later ones of the same tune sing it again."""
    tune = {section.id: section.tune_of or section.id for section in plan.sections}
    first: dict[str, str] = {}
    out = []
    for section in sections:
        leader = first.setdefault(tune[section.id], section.id)
        out.append(replace(section, tune_of=None if leader == section.id else leader))
    return tuple(out)


def _lyrics(stanzas: Sequence[Sequence[str]], words: Sequence[str], shelf: Shelf, luck: Luck) -> str:
    """Two or three tagged stanzas, each from anywhere; the chorus perhaps comes back."""

    def one() -> str:
        if not stanzas or luck.chance(_DICTIONARY):
            return "\n".join(dictionary_stanza(shelf, luck, words))
        return "\n".join(luck.choice(stanzas))

    parts = [f"[Verse]\n{one()}", f"[Chorus]\n{one()}"]
    if luck.chance(0.3):
        parts.append(f"[{luck.choice(('Bridge', 'Verse'))}]\n{one()}")
    if luck.chance(0.25):
        parts.insert(1, f"[Pre-Chorus]\n{one()}")
    return "\n\n".join(parts)


def _persona(personas: Sequence[Persona], genre: str, luck: Luck) -> str:
    home = [persona for persona in personas if genre in persona.genres]
    return luck.choice(home if home and luck.chance(_AT_HOME) else personas).id


def _voice(shelf: Shelf, luck: Luck) -> str:
    return luck.choice(shelf.voice_cards()).id


def _key(luck: Luck) -> object:
    mode = luck.weighted([name for name, _ in _MODES], [weight for _, weight in _MODES])
    return key_on(luck.integer(0, 11), mode)


def _tempo(style: Style, luck: Luck) -> float:
    table = style.tables["tempo"]
    return float(round(luck.uniform(0.94 * float(table["low"]), 1.06 * float(table["high"]))))


def _character(luck: Luck) -> dict[str, float]:
    return {luck.choice(CHARACTER): round(luck.uniform(0.1, 0.8), 2) for _ in range(luck.integer(1, 2))}
