"""From plan to score: chords, then the tune of every section, then notes with their words.

Tunes are set by the network where it can be had (`setting`), else by rules (`tune`); both keep the same promises.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from songwright.composer.breaths import with_breaths, with_marks
from songwright.composer.chosen_chords import chosen_chords
from songwright.composer.echo import echo_notes
from songwright.composer.frames import Room, rooms
from songwright.composer.keeping import kept
from songwright.composer.lead import SungLine, lead_notes
from songwright.composer.learned import Successions
from songwright.composer.melody import MelodyWriter
from songwright.composer.progression import tune_owner
from songwright.composer.setting import Manner, Network, Setting
from songwright.composer.setting.ear import Ear
from songwright.composer.setting.leanings import Leanings
from songwright.composer.settings import MelodySettings, harmony_settings, melody_settings
from songwright.composer.tune import Register, Song, TuneLine, fit_tune, write_tune
from songwright.composer.wordless import tune_part
from songwright.errors import BriefError, ShelfError
from songwright.music.known_tunes import KnownTunes
from songwright.runtime.decoder import Decoder
from songwright.runtime.session import is_available
from songwright.values.context import Context, Progress
from songwright.values.plan import SongPlan
from songwright.values.score import Part, Score, ScoreLine, Section
from songwright.values.wishes import CANDIDATES, Wishes

NETWORK = "composer"


def compose(plan: SongPlan, ctx: Context, wishes: Wishes | None = None) -> Score:
    """Writes the song: chords and sections for every bar, the sung part, its echoes.

    The lead is part "lead" (no such part when nothing is sung), answers in brackets are part "echo". Bit-exact: the
    same plan, seed and wishes give the same score on every machine. Progress says where rules stand in for the
    network. Raises ShelfError when the style's tables are wrong, BriefError for wishes that cannot be.
    """
    settings = melody_settings(ctx.shelf.style(plan.style))
    network, note = network_of(plan.composer or settings.composer, ctx)
    return compose_with(network, plan, ctx, wishes or Wishes(), note)


def compose_with(
    network: Network | None, plan: SongPlan, ctx: Context, wishes: Wishes, note: str = ""
) -> Score:
    """As `compose`, with a given network, or by rule without one. note: why there is none, for the listener."""
    ctx.tell(Progress("compose", 0, 2, "chords"))
    style = ctx.shelf.style(plan.style)
    harmony, settings = harmony_settings(style), melody_settings(style)
    if wishes.keep is not None:
        plan, chords = kept(plan, wishes.keep, wishes.rewrite), wishes.keep.chords
    else:
        table = Successions(ctx.shelf.progressions()) if harmony.learned else None
        centre = registers(plan, settings)["verse"].centre
        chords = chosen_chords(plan, harmony, ctx.seed, table, network, centre)
    ctx.tell(Progress("compose", 1, 2, "melody"))
    places = rooms(plan)
    song = Song(
        plan, settings, MelodyWriter(plan.key, plan.meter, settings), chords, registers(plan, settings)
    )
    sung: list[SungLine] = []
    lines: list[ScoreLine] = []
    parts = []
    if places:
        sung, told = _set(song, places, network, ctx, wishes)
        sung, marks = with_breaths(plan, sung, song.bears)
        notes, lines = lead_notes(plan, sung)
        notes = with_marks(plan, sung, notes, marks)
        parts.append(Part("lead", "Voice", "lead", "voice", "lead", notes))
        echoes = echo_notes(plan, places, notes, chords)
        if echoes:
            parts.append(Part("echo", "Echo", "backing", "voice", "backing", echoes))
        note = note or told
    parts += tune_part(plan)
    if note:
        ctx.tell(Progress("compose", note=note))
    ctx.tell(Progress("compose", 2, 2))
    return Score(
        plan.title, plan.key, plan.meter, plan.tempo_map, _sections(plan), chords, tuple(lines), tuple(parts),
        plan.bars * plan.meter.bar_ticks,
    )  # fmt: skip


def network_of(wanted: str, ctx: Context) -> tuple[Decoder | None, str]:
    """The network, or why there is none."""
    if wanted != "network":
        return None, ""
    if not is_available():
        return None, "written by rule: no ONNX Runtime here"
    try:
        return Decoder(ctx.shelf.network(NETWORK), NETWORK), ""
    except ShelfError as problem:
        return None, f"written by rule: {problem}"


def _sections(plan: SongPlan) -> tuple[Section, ...]:
    found, start = [], 0
    for section in plan.sections:
        length = section.bars * plan.meter.bar_ticks
        found.append(Section(section.id, section.kind, section.label, start, length, section.energy))
        start += length
    return tuple(found)


def registers(plan: SongPlan, settings: MelodySettings) -> dict[str, Register]:
    """Where each kind of section lies: verses low, choruses `lift` higher, bridges between or above."""
    low, high = plan.voice_low, plan.voice_high
    span = high - low
    verse = low + 0.36 * span
    chorus = min(verse + min(float(settings.lift), 0.32 * span), high - 0.26 * span)
    half = max(5, int(0.42 * span))
    ceiling = min(high, max(int(verse) + half + 1, low + 7))
    floor = max(low, min(int(chorus) - half, high - 7))
    return {
        "verse": Register(low, ceiling, verse),
        "prechorus": Register(low, high, (verse + chorus) / 2),
        "chorus": Register(floor, high, chorus),
        "bridge": Register(low, high, (verse + 2 * chorus) / 3 + 0.5),
        "intro": Register(low, high, verse),
        "instrumental": Register(low, high, verse),
        "outro": Register(low, high, chorus),
    }


def _set(
    song: Song, places: Sequence[Room], network: Network | None, ctx: Context, wishes: Wishes
) -> tuple[list[SungLine], str]:
    """Every line with its tune, and a word about it where rules stood in for the network."""
    if network is None:
        return _crafted(song, places, ctx), ""
    try:
        setting = Setting(song, places, network, _manner(song.plan, wishes, ctx))
    except ValueError as problem:
        return _crafted(song, places, ctx), f"written by rule: {problem}"
    sung = setting.write(ctx.seed, lambda name, share: ctx.tell(Progress("compose", 1 + share, 2, name)))
    rules = ", ".join(setting.crafted)
    return sung, f"written by rule, words find little room: {rules}" if rules else ""


def _manner(plan: SongPlan, wishes: Wishes, ctx: Context) -> Manner:
    heard, leanings = ctx.shelf.ear(), ctx.shelf.leanings()
    manner = Manner(
        mend_stress=wishes.mend_stress,
        ear=Ear(heard) if heard else None,
        leanings=Leanings(leanings) if leanings else None,
        known=_known(ctx),
    )
    if wishes.candidates:
        if not CANDIDATES[0] <= wishes.candidates <= CANDIDATES[1]:
            raise BriefError("candidates", f"{wishes.candidates} is too many or too few", "1 to 64 are tried")
        manner = replace(manner, candidates=wishes.candidates)
    if plan.temperature is not None:
        percent = round(manner.temperature_percent * plan.temperature)
        manner = replace(manner, temperature_percent=max(1, percent))
    return manner


def _known(ctx: Context) -> KnownTunes | None:
    """The tunes that a new one should not recall; a song is written without them too."""
    try:
        return KnownTunes(ctx.shelf.tunes())
    except ShelfError:
        return None


def _crafted(song: Song, places: Sequence[Room], ctx: Context) -> list[SungLine]:
    """Every line with its tune by rule: a new one for each section that owns one, the same again for the others."""
    groups: dict[str, list[Room]] = {}
    for room in places:
        groups.setdefault(room.section.id, []).append(room)
    tunes: dict[str, tuple[TuneLine, ...]] = {}
    found: list[SungLine] = []
    for section_id, group in groups.items():
        owner = tune_owner(group[0].section)
        seed = ctx.seed.child("tune", owner)
        if owner in tunes:
            lines = fit_tune(song, group, tunes[owner], seed.child(section_id))
        else:
            lines = tunes[owner] = write_tune(song, group, seed)
        found += zip(group, lines, strict=True)
    return found
