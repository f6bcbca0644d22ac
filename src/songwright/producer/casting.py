"""Who plays and who sings: style, persona, voice, character, and the key that lets the voice shine."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from songwright.errors import BriefError, ShelfError
from songwright.music.pitch import key_on, parse_key
from songwright.producer.blending import is_blend, shares_of
from songwright.producer.wishes import check_character
from songwright.values.brief import SongBrief
from songwright.values.context import Context
from songwright.values.plan import Key
from songwright.values.seed import Seed
from songwright.values.shelf import Persona, Style, VoiceCard

# A melody spans about an eleventh: from a fourth below its tonic to a ninth or tenth above.
_TOP_ABOVE_TONIC = 14
_TONIC_LEEWAY = 3  # semitones the tonic may lie off its best place
_MIN_RANGE = 12
_COMFORT = 19  # an untrained use of a voice keeps to a twelfth of its range
_LIKED = 8.0  # how much likelier a key is that lies well in the hands of the style's players


@dataclass(frozen=True)
class Cast:
    """Who makes the song. low, high: the sung range, MIDI. genre: what was asked for. character: colouring 0..1."""

    genre: str
    style: Style
    persona: Persona
    voice: VoiceCard
    low: int
    high: int
    character: Mapping[str, float]
    notes: tuple[str, ...]


def cast(brief: SongBrief, ctx: Context, language: str) -> Cast:
    """Everybody a brief names, and somebody fitting for every chair it leaves open. Raises BriefError.

    language: of the words; whose voice learned it is drawn before others.
    """
    notes: list[str] = []
    asked = _find("persona", brief.persona, ctx.shelf.personas()) if brief.persona is not None else None
    genre, style = _style(brief, asked, ctx, notes)
    cards = ctx.shelf.voice_cards()
    wanted = _voice(brief.voice, cards, ctx) if brief.voice is not None else None
    persona = asked or _persona(style.id, wanted, _native(ctx, cards, language), ctx, notes)
    if asked and not set(_homes(style.id)) & set(asked.genres):
        notes.append(f"{asked.name} is a guest in {style.name}: at home in {', '.join(asked.genres)}.")
    voice = wanted or _find("voice", persona.voice, cards)
    low, high = comfortable_range(persona, voice)
    character = _character(brief, persona, style)
    return Cast(genre, style, persona, voice, low, high, character, tuple(notes))


def _voice(wanted: str, cards: Sequence[VoiceCard], ctx: Context) -> VoiceCard:
    """The voice of that id or name; the shelf finds blends ("one:0.6,other:0.4") and paths of cards."""
    outside = ":" in str(wanted) or str(wanted).endswith(".toml")
    return ctx.shelf.voice(str(wanted)).card if outside else _find("voice", wanted, cards)


def _find(field: str, wanted: Any, things: Sequence[Any]) -> Any:
    """The thing of that id (or name), or a BriefError with the nearest."""
    names = {thing.id: thing for thing in things}
    by_name = {thing.name.lower(): thing for thing in things}
    text = str(wanted).strip().lower()
    found = names.get(text) or by_name.get(text)
    if found is not None:
        return found
    close = difflib.get_close_matches(text, sorted(names), n=1, cutoff=0.5)
    hint = f"Did you mean {close[0]!r}? " if close else ""
    raise BriefError(
        field, f"there is no {field} {str(wanted)[:60]!r}.", f"{hint}Known: {', '.join(sorted(names))}."
    )


def _style(brief: SongBrief, persona: Persona | None, ctx: Context, notes: list[str]) -> tuple[str, Style]:
    """The genre and the style that serves it: as asked, else the persona's home, else drawn by luck."""
    genre = _wished("genre", brief.genre, ctx) if brief.genre is not None else None
    asked = _wished("style", brief.style, ctx) if brief.style is not None else genre
    if asked is not None:
        if is_blend(asked.id):
            notes.append(f"Blend: {asked.about}")
        return (genre or asked).name if _is_outside(asked.id) else (genre or asked).id, asked
    styles = ctx.shelf.styles()
    known = {style.id: style for style in styles}
    homes = [home for home in persona.genres if home in known] if persona else []
    if persona and homes:
        notes.append(f"Genre {known[homes[0]].name}: where {persona.name} is at home.")
        return homes[0], known[homes[0]]
    style = ctx.seed.child("genre").luck().choice(styles)
    notes.append(f"Genre {style.name}: drawn, since none was asked for.")
    return style.id, style


def _wished(field: str, wanted: str, ctx: Context) -> Style:
    """The style of that id or name; the shelf finds mixtures ("one:0.6,other:0.4") and paths of style files."""
    if _is_outside(str(wanted)):
        return ctx.shelf.style(str(wanted))
    try:
        return ctx.shelf.style(str(wanted).strip().lower())  # one file is read, not all
    except BriefError:
        return _find(field, wanted, ctx.shelf.styles())


def _is_outside(style_id: str) -> bool:
    """Whether a style stands on nobody's shelf: a mixture, or a file of one's own."""
    return is_blend(style_id) or style_id.endswith(".toml")


def _homes(style_id: str) -> tuple[str, ...]:
    """The genres whose singers feel at home in a style: both of a mixture, the leader first."""
    return tuple(name for name, _ in shares_of(style_id)) if is_blend(style_id) else (style_id,)


def _native(ctx: Context, cards: Sequence[VoiceCard], language: str) -> frozenset[str]:
    """The personas whose voice learned the language of the words; of languages by their first part ("de-AT")."""
    spoken = {card.id: card.language for card in cards}
    wanted = language.partition("-")[0]
    return frozenset(p.id for p in ctx.shelf.personas() if spoken.get(p.voice, wanted) == wanted)


def _persona(
    style_id: str, voice: VoiceCard | None, native: Collection[str], ctx: Context, notes: list[str]
) -> Persona:
    """A persona at home in the style, with the asked voice if there is one, drawn by luck.

    native: ids of those whose voice learned the language; they come first wherever the style welcomes one of them.
    """
    personas = ctx.shelf.personas()
    if not personas:
        raise ShelfError("personas", "nobody stands on this shelf")
    fitting = [p for p in personas if voice is None or p.voice == voice.id] or list(personas)
    home = _homes(style_id)[0]
    if voice is None and any(home in p.genres for p in fitting if p.id in native):
        fitting = [p for p in fitting if p.id in native]
    at_home = [p for p in fitting if p.genres[:1] == (home,)]
    welcome = [p for p in fitting if home in p.genres]
    persona = ctx.seed.child("persona").luck().choice(at_home or welcome or fitting)
    drawn = f"drawn from those at home in {home}" if at_home or welcome else "drawn from all"
    notes.append(f"Sung by {persona.name}, {drawn}.")
    return persona


def comfortable_range(persona: Persona, voice: VoiceCard) -> tuple[int, int]:
    """The sung range, MIDI: the persona's comfort inside the voice's limits, or the middle of a borrowed voice."""
    low, high = max(persona.voice_low, voice.midi_low), min(persona.voice_high, voice.midi_high)
    if persona.voice == voice.id and high - low >= _MIN_RANGE:
        return low, high
    spare = max(0, voice.midi_high - voice.midi_low - _COMFORT)
    low = voice.midi_low + spare // 2
    return low, min(voice.midi_high, low + _COMFORT)


def _character(brief: SongBrief, persona: Persona, style: Style) -> Mapping[str, float]:
    """The colouring of the voice: the style's, under the persona's, under what was asked."""
    table = style.tables.get("voice", {}).get("character", {})
    check_character(brief.character or {}, "character")
    merged = {**table, **persona.character, **(brief.character or {})}
    return {name: float(merged[name]) for name in sorted(merged)}


def choose_key(
    asked: str | None, people: Cast, modes: Sequence[str], liked: Sequence[int], seed: Seed
) -> tuple[Key, tuple[str, ...]]:
    """The key asked for, or one in which the chorus lies high in the voice; and a note where it was a choice.

    modes: the likeliest first. liked: tonics the players like, pitch classes. Raises BriefError for no key.
    """
    if asked is not None:
        try:
            return parse_key(asked), ()
        except ValueError as problem:
            raise BriefError("key", f"{problem}.") from problem
    luck = seed.child("key").luck()
    mode = luck.weighted(modes, [1.0 / (rank + 1) ** 2 for rank in range(len(modes))])
    best = max(people.low, people.high - _TOP_ABOVE_TONIC)
    tonics = range(best - _TONIC_LEEWAY, best + _TONIC_LEEWAY + 1)
    weights = [(_LIKED if tonic % 12 in liked else 1.0) / (2 + abs(tonic - best)) for tonic in tonics]
    key = key_on(luck.weighted(tonics, weights) % 12, mode)
    return key, (f"Key {key}: the chorus lies in the upper part of the voice.",)
