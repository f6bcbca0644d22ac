"""The shape of a song: which sections follow each other, and every length each of them may have.

A form is a row of slots. Slots that share a tune stand in one group and take one option together, so that the
second verse has the bars of the first. Each option has a price: 0 is what a band would do by habit, more is a
liberty taken to meet a length that was asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from songwright.errors import BriefError
from songwright.producer.settings import Break, FormSettings
from songwright.producer.windows import Layout, Pace, mirrored, natural_layout, tight_layout, wide_layout
from songwright.values.seed import Seed
from songwright.values.words import LyricLine

TUNEFUL = ("verse", "prechorus", "chorus", "bridge")
# Prices, in points. Their order is the order in which liberties are taken: bars for the band first, then room
# after the lines, then closer or wider lines, and the chorus once more than written as a last means.
_RANK = 4.0  # each place further down a style's list of lengths
_SHORT_INTRO = {2: 6.0, 1: 12.0, 0: 30.0}
_SHORT_OUTRO = {2: 6.0, 1: 14.0}
_NO_BREAK = 7.0
_NO_ESSENTIAL_BREAK = 45.0
_ROOM = {0: 0.0, 2: 3.0, 4: 8.0, 6: 14.0, 8: 20.0, 1: 12.0}  # bars for the band at the end of each section
_WIDE = 24.0
_TIGHT = 18.0
_HOOK = 6.0  # the chorus keeps its width longest
_RAGGED = 9.0  # lines of one section in unlike windows
_ODD = 3.0
_ROOMY_BARS = 8  # shorter sections look empty sooner with room after their lines
_FIRST_REPRISE = 20.0
_MORE_REPRISES = 35.0  # each
_WORDLESS = ((8, 0.0), (16, 6.0), (4, 8.0), (2, 24.0), (1, 40.0))
_INTERLUDE = (0, 8, 4, 16)
_OWN_BREAK = (8, 4, 16)

Prices = tuple[tuple[int, float], ...]


@dataclass(frozen=True)
class Block:
    """A section as the lyrics give it. lines: drafts without bars. bars: the length its tag asks for.

    given: bars of its first lines and (where all lines have some) of the section, when a tune was given for it;
    chords: the tune's, a text a bar.
    """

    kind: str
    label: str
    lines: tuple[LyricLine, ...] = ()
    bars: int | None = None
    given: Layout | None = None
    chords: tuple[str, ...] = ()


@dataclass(frozen=True)
class Slot:
    """A place in the form.

    tune: slots of one tune share their layout. lengths: what a slot without words may last, with prices.
    bars: the length asked for. energy: None = the style's for its kind. reprise: sung more often than written.
    given, chords: as in `Block`.
    """

    kind: str
    label: str
    tune: str
    lines: tuple[LyricLine, ...] = ()
    lengths: Prices = ()
    bars: int | None = None
    energy: float | None = None
    reprise: bool = False
    given: Layout | None = None
    chords: tuple[str, ...] = ()


@dataclass(frozen=True)
class Option:
    """One way to lay out all slots of a group, and its price."""

    price: float
    layouts: tuple[Layout, ...]

    @property
    def bars(self) -> int:
        """Bars of all slots of the group."""
        return sum(layout.bars for layout in self.layouts)


@dataclass(frozen=True)
class Group:
    """Slots (by place) of one tune, and what they may choose from; the first option is the habit."""

    slots: tuple[int, ...]
    options: tuple[Option, ...]


@dataclass(frozen=True)
class Form:
    """All slots and their groups. price: of the form itself. reprises: choruses sung more than written."""

    slots: tuple[Slot, ...]
    groups: tuple[Group, ...]
    price: float = 0.0
    reprises: int = 0

    @property
    def fewest_bars(self) -> int:
        """The shortest this form can be."""
        return sum(min(option.bars for option in group.options) for group in self.groups)


def draft(
    blocks: Sequence[Block],
    settings: FormSettings,
    pace: Pace,
    seed: Seed,
    reprises: int = 0,
    price: float = 0.0,
) -> Form:
    """The form of some blocks of lyrics, with the chorus sung `reprises` times more at the end."""
    slots = tuple(_slots(blocks, settings, seed, reprises))
    members: dict[str, list[int]] = {}
    for place, slot in enumerate(slots):
        members.setdefault(slot.tune, []).append(place)
    groups = tuple(
        Group(tuple(places), _options([slots[place] for place in places], pace))
        for places in members.values()
    )
    if reprises:
        price += _FIRST_REPRISE + _MORE_REPRISES * (reprises - 1)
    return Form(slots, groups, price, reprises)


def wordless(kinds: Sequence[str]) -> tuple[Block, ...]:
    """Blocks for a song without words, from the kinds a style names."""
    return tuple(Block(kind, "") for kind in kinds)


def _slots(blocks: Sequence[Block], settings: FormSettings, seed: Seed, reprises: int) -> Iterator[Slot]:
    """The row of slots: intro, the blocks with breaks between them, reprises, ending."""
    own_breaks = any(block.kind == "instrumental" for block in blocks)
    breaks = _placed(settings.breaks, blocks)
    hook = _hook(blocks)
    yield _edge("intro", blocks, settings.intro, _SHORT_INTRO, seed)
    for place, block in enumerate([*blocks, None]):
        if place in breaks:
            gap = breaks[place]
            bars = (0, *(n for n in gap.bars if n)) if own_breaks else gap.bars
            lengths = _break_prices(bars, _NO_ESSENTIAL_BREAK if gap.essential else _NO_BREAK)
            yield Slot("instrumental", gap.label, f"break {place}", lengths=lengths, energy=gap.energy)
        if block is None:
            break
        if block.lines or block.kind not in ("intro", "outro"):
            yield _slot(block, place)
        for again in range(reprises if place == hook else 0):
            yield Slot("instrumental", "Interlude", f"interlude {again}", lengths=_break_prices(_INTERLUDE))
            yield _slot(block, place, reprise=True)
    yield _edge("outro", blocks, settings.outro, _SHORT_OUTRO, seed)


def _slot(block: Block, place: int, reprise: bool = False) -> Slot:
    """The slot of a block. Verses share one tune, choruses another; anything else is alone."""
    tune = block.kind if block.kind in TUNEFUL else f"{block.kind} {place}"
    if block.lines and block.given and block.given.bars:  # a tune of its own decides its bars
        tune = f"given {place}"
    if block.lines:
        return Slot(block.kind, block.label, tune, block.lines, bars=block.bars, reprise=reprise,
                    given=block.given, chords=block.chords)  # fmt: skip
    lengths = _break_prices(_OWN_BREAK)[:-1] if block.kind == "instrumental" else _WORDLESS
    if block.bars is not None:
        lengths, tune = ((block.bars, 0.0),), f"{tune} {place}"
    return Slot(block.kind, block.label, tune, lengths=lengths, reprise=reprise)


def _edge(
    kind: str, blocks: Sequence[Block], habit: Sequence[int], short: Mapping[int, float], seed: Seed
) -> Slot:
    """Intro or ending for the band; its habitual length is drawn from the first two of the style."""
    for block in blocks:
        if block.kind == kind and not block.lines and block.bars is not None:
            return Slot(kind, block.label, f"band {kind}", lengths=((block.bars, 0.0),))
    first = seed.child(kind).luck().weighted(habit[:2], (2.0, 1.0)[: len(habit)])
    order = [first, *(n for n in habit if n != first)]
    prices = {bars: rank * _RANK for rank, bars in enumerate(order)}
    for bars, price in short.items():
        prices.setdefault(bars, price)
    if kind == "intro" and any(note.start_tick < 0 for line in blocks[0].lines for note in line.notes):
        prices.pop(0, None)  # somewhere the upbeat has to sound
    return Slot(kind, "", f"band {kind}", lengths=tuple(prices.items()))


def _break_prices(bars: Sequence[int], none: float = _NO_BREAK) -> Prices:
    """Prices of a break's lengths: the habit, then the others by rank; none at all costs something."""
    prices = {length: rank * _RANK for rank, length in enumerate(bars)}
    prices.setdefault(0, none)
    return tuple(prices.items())


def _hook(blocks: Sequence[Block]) -> int:
    """The block that may come back at the end: the last chorus, else the last section with a tune."""
    for kinds in (("chorus",), TUNEFUL):
        places = [i for i, block in enumerate(blocks) if block.kind in kinds]
        if places:
            return places[-1]
    return len(blocks) - 1


def _placed(breaks: Sequence[Break], blocks: Sequence[Block]) -> dict[int, Break]:
    """Which break stands before which block (len(blocks) = after the last); the first named has the place."""
    placed: dict[int, Break] = {}
    for gap in breaks:
        places = [i for i, block in enumerate(blocks) if block.kind == gap.kind]
        if gap.which == "last":
            places = places[-1:]
        elif gap.which != "every":
            places = places[int(gap.which) - 1 : int(gap.which)]
        for place in places:
            placed.setdefault(place + (not gap.before), gap)
    return placed


def _options(slots: Sequence[Slot], pace: Pace) -> tuple[Option, ...]:
    """All ways to lay out the slots of one tune, the habit first."""
    if not any(slot.lines for slot in slots):
        return tuple(Option(price, (Layout((), bars),) * len(slots)) for bars, price in slots[0].lengths)
    if slots[0].given and slots[0].given.bars:
        return (Option(0.0, tuple(slots[0].given for _ in slots)),)
    counts = mirrored([[syllables(line) for line in slot.lines] for slot in slots])
    natural = tuple(natural_layout(count, pace) for count in counts)
    found = {natural: 0.0}
    hook = _HOOK if slots[0].kind == "chorus" else 0.0
    small = max(1.0, _ROOMY_BARS * len(slots) / sum(layout.bars for layout in natural))
    for extra, price in _ROOM.items():
        found.setdefault(tuple(layout.padded(extra) for layout in natural), price * small)
    tight = tuple(tight_layout(count, pace) for count in counts)
    ragged = _RAGGED if any(len(set(layout.windows)) > 1 for layout in tight) else 0.0
    odd = _ODD if any(layout.bars % 2 for layout in tight) else 0.0
    for extra in (0, 1, 2):
        price = _TIGHT + hook + ragged + odd + extra
        found.setdefault(tuple(layout.padded(extra) for layout in tight), price)
    wide = [wide_layout(count, pace) for count in counts]
    if all(wide):
        for extra in (0, 2, 4):
            found.setdefault(tuple(layout.padded(extra) for layout in wide if layout), _WIDE + hook + extra)
    options = tuple(Option(price, layouts) for layouts, price in found.items())
    given = next((slot.given for slot in slots if slot.given), None)
    if given is not None:
        options = tuple(_opened(option, given) for option in options)
    return _asked(options, slots) if any(slot.bars for slot in slots) else options


def _opened(option: Option, given: Layout) -> Option:
    """An option whose first lines have the bars of a given opening."""
    count = len(given.windows)
    layouts = []
    for layout in option.layouts:
        windows = (*given.windows, *layout.windows[count:])[: len(layout.windows)]
        bars = layout.bars + sum(windows) - sum(layout.windows)
        layouts.append(Layout(windows, bars + bars % 2))
    return Option(option.price, tuple(layouts))


def _asked(options: Sequence[Option], slots: Sequence[Slot]) -> tuple[Option, ...]:
    """The options with sections brought to the bars their tags ask for; BriefError where the words need more."""
    kept: dict[tuple[Layout, ...], float] = {}
    for option in options:
        pairs = list(zip(slots, option.layouts, strict=True))
        if all(slot.bars is None or sum(layout.windows) <= slot.bars for slot, layout in pairs):
            fixed = tuple(Layout(layout.windows, slot.bars or layout.bars) for slot, layout in pairs)
            kept.setdefault(fixed, option.price)
    if not kept:
        fewest = {
            slot: min(sum(option.layouts[i].windows) for option in options) for i, slot in enumerate(slots)
        }
        slot = next(slot for slot in slots if slot.bars is not None and fewest[slot] > slot.bars)
        problem = f"[{slot.label}] cannot be sung in {slot.bars} bars."
        raise BriefError("lyrics", problem, f"At this tempo it needs {fewest[slot]}.")
    return tuple(Option(price, layouts) for layouts, price in sorted(kept.items(), key=lambda kv: kv[1]))


def syllables(line: LyricLine) -> int:
    """What there is to sing in a line: its syllables, or those of its echo where it has no others; at least 1."""
    words = line.words or line.echo
    return max(1, sum(len(word.syllables) for word in words))
