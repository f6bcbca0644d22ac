"""Some lines of a section, drawn in one go: their lanes and bars, what the network hears before, who draws."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from songwright.composer.breaths import breath_ticks, gives, limit_ticks, sung_since
from songwright.composer.frames import Room, ticks_of_ms
from songwright.composer.lead import SungLine
from songwright.composer.progression import tune_owner
from songwright.composer.setting.asking import asked, metrical, taken_up, tune_line
from songwright.composer.setting.copying import copy_of
from songwright.composer.setting.drafts import Draft, Hand, Network, drafts
from songwright.composer.setting.echoes import OPENING, WHOLE, Echo
from songwright.composer.setting.finest import EIGHTHS, QUARTERS, QUICKNESS
from songwright.composer.setting.likes import STRESS, STUMBLE, Likes, Taste
from songwright.composer.setting.rows import Page
from songwright.composer.setting.spine import Landing, held_eighths, last_onset
from songwright.composer.setting.ways import EIGHTH, QUARTER, Bounds, Edge, line_lane
from songwright.composer.tune import Song, TuneLine
from songwright.music.harmony import turns
from songwright.music.pitch import pitch_class
from songwright.music.rhythm import ACCENT, strength
from songwright.music.tokens import GRID, VOCABULARY
from songwright.music.tokens.grammar import Frame, Grammar, Sound
from songwright.music.tokens.lanes import Lane
from songwright.values.seed import Luck, Seed

_SIZES = frozenset({*range(11), 12})
LEAPS = _SIZES | {-size for size in _SIZES}
_CONTEXT, _WINDOW = 200, 500  # tokens heard before a stretch at least, and in all
_SIXTEENTH, _FINE = 120, 3  # ticks, places
_BEYOND = 480  # ticks a line is long at most after its last syllable begins
_LONGEST = 72  # places an end is held at most
_HURRIED_MS = 170.0  # a syllable of a line on average: who sings quicker is hard to follow
_HOLD = 120  # ticks an end is sung at least where that leaves a breath
_HOLE = 24  # places of silence inside a line that are rather held
_LINE, _CLOSE = VOCABULARY["line"], VOCABULARY["/line"]


@dataclass(frozen=True)
class Idea:
    """What a section's tune is to be. letters: its lines' form.

    models: a known tune to stay close to, () for a new one. stress, stumble: as in `Taste`. echoes: what each line
    takes up of an earlier one, () for nothing. finest: how its quick notes go. pulls: how much each line is drawn up,
    nats x 1024 a semitone, () for not at all.
    """

    letters: tuple[str, ...]
    models: tuple[TuneLine, ...] = ()
    stress: int = STRESS
    stumble: int = STUMBLE
    echoes: tuple[Echo | None, ...] = ()
    finest: str = "some"
    pulls: tuple[int, ...] = ()


@dataclass(frozen=True)
class Desk:
    """What all stretches of a song share. holds: draws how long ends are held."""

    song: Song
    page: Page
    bounds: Bounds
    taste: Taste
    network: Network
    temperature_percent: int
    holds: Seed


class Stretch:
    """Lines of one section, in places from the bar line `base` (a tick) on.

    group: the section's lines; rooms: those to be drawn; done: those of the section that have a tune already; sung:
    all lines of the song that have one. ValueError where the words find no room or tokens cannot say them.
    """

    def __init__(
        self, desk: Desk, idea: Idea, group: Sequence[Room], rooms: Sequence[Room],
        done: Sequence[TuneLine], sung: Sequence[SungLine],
    ) -> None:  # fmt: skip
        self.desk, self.idea, self.group, self.rooms, self.done = desk, idea, group, rooms, done
        song = desk.song
        bar = song.plan.meter.bar_ticks
        edges = [desk.bounds[tune_owner(room.section), room.number] for room in rooms]
        self.edges = edges
        free = sung[-1][0].window + sung[-1][1].notes[-1][0] + sung[-1][1].notes[-1][1] if sung else 0
        begin = max(rooms[0].window + edges[0].start, free)
        end = max(room.window + edge.stop for room, edge in zip(rooms, edges, strict=True))
        self.base = begin // bar * bar
        self._sung, self._turned = sung, turns(song.chords)
        self._free = max(0, -(-(free - self.base) // GRID))
        self.lanes = tuple(self._lane(room, edge) for room, edge in zip(rooms, edges, strict=True))
        register = song.registers[rooms[0].section.kind]
        self.spans = desk.page.spans(self.base, end, register.low, register.high)
        self._bars = range(self.base // bar, -(-end // bar))
        self.asked = tuple(
            replace(
                asked(song, room, idea.letters[room.number], len(group)),
                pull=idea.pulls[room.number] if idea.pulls else 0,
                rings=0 if edge.after is None else (room.window - self.base + edge.after) // GRID,
            )
            for room, edge in zip(rooms, edges, strict=True)
        )

    def _lane(self, room: Room, edge: Edge) -> Lane:
        """Where the words stumbled before, one that sets stresses on beats, if need be with quicker notes."""
        head, marks = self.desk.page.heading(room)
        plan = self.desk.song.plan
        start = max(edge.start, self.base + self._free * GRID - room.window)
        grids = {QUARTERS: (QUARTER, EIGHTH, 0), EIGHTHS: (EIGHTH, 0)}.get(self.idea.finest, (0,))
        found = [line_lane(plan, room, (start, edge.stop), self.base, head, marks, grid) for grid in grids]
        lane = found[0]
        if lane is None:
            raise ValueError(f"no room for {len(room.sung)} syllables")
        if self.idea.stumble > STUMBLE:
            firm = (metrical(room, plan.meter, self.base, one) for one in found if one is not None)
            lane = next((one for one in firm if one is not None), lane)
        final = room.number == len(self.group) - 1 and room.section.kind in ("chorus", "outro")
        return replace(lane, home=(pitch_class(plan.key.tonic),)) if final else lane

    def landed(self, n: int, known: Sequence[TuneLine], wanted: int | None, luck: Luck) -> Lane:
        """The lane of a line with the place of its last syllable. wanted: ticks from its window, None to draw one."""
        room, edge = self.rooms[n], self._breathing(n, known)
        lane = self.lanes[n] if edge is self.edges[n] else self._ending(room, edge) or self.lanes[n]
        window = (room.window - self.base) // GRID
        if wanted is not None:
            found = lane.landed({window + wanted // GRID})
            if found is not None:
                return found
        options = [(place - window) * GRID for place in lane.onsets[-1]]
        options = [tick for tick in options if tick % _SIXTEENTH == 0] or options
        start = (lane.onsets[0][0] - window) * GRID
        song = self.desk.song
        least = int(ticks_of_ms(song.plan, _HURRIED_MS))
        turned = [tick - room.window for tick in self._turned]
        landing = Landing(song.plan.meter, room, start, edge.after, self.idea.finest, known, least, turned)
        place = landing.drawn(options, luck)
        near = place + _BEYOND < edge.stop
        found = self._ending(room, replace(edge, stop=place + _BEYOND)) if near else None
        if found is not None and found.grid == lane.grid:
            lane = found.landed({window + place // GRID}) or lane
        return lane.landed({window + place // GRID}) or lane

    def _breathing(self, n: int, known: Sequence[TuneLine]) -> Edge:
        """The edge of a line, with a breath left after it where one breath cannot hold the next line as well."""
        room, edge = self.rooms[n], self.edges[n]
        if edge.after is None or edge.beyond is None:
            return edge
        plan = self.desk.song.plan
        breath = breath_ticks(plan)
        sung = [*self._sung, *zip(self.rooms, known[len(self.done) :], strict=False)]
        since = sung_since(sung, self.base + self.lanes[n].onsets[0][0] * GRID, breath)
        if room.window + edge.beyond - since <= limit_ticks(plan):
            return edge
        return replace(edge, stop=min(edge.stop, edge.after - breath))

    def _ending(self, room: Room, edge: Edge) -> Lane | None:
        """The lane of a line that is over earlier: its breaths are cut from what is sung; None without room for it."""
        try:
            return self._lane(room, edge)
        except ValueError:
            return None

    def drawn(self, seeds: Sequence[Seed]) -> list[tuple[tuple[TuneLine, ...], int]]:
        """A draft for each seed: its lines and what they cost the network, 1/1024 nats."""
        rows = self.desk.page.rows(self._sung)
        places = self.desk.song.plan.meter.bar_ticks // GRID
        frame = Frame(
            rows.bars[self._bars.start : self._bars.stop], places, self._free, self.lanes, self.spans, LEAPS,
            before=self._sung[-1][1].notes[-1][2] if self._sung else None,
        )  # fmt: skip
        prompt = [*rows.head, *_before(rows.bars[: self._bars.start], self._room_for_context(rows.head))]
        idea = self.idea
        quick, dotted = QUICKNESS[idea.finest]
        taste = replace(self.desk.taste, stress=idea.stress, stumble=idea.stumble, quick=quick, dotted=dotted)
        hands = [
            Hand(Likes(taste, self.asked, self.spans), seed.luck(), _Reader(self, seed).look)
            for seed in seeds
        ]
        found = drafts(self.desk.network, prompt, frame, hands, self.desk.temperature_percent)
        return [(self._lines(draft), draft.cost) for draft in found]

    def _room_for_context(self, head: Sequence[int]) -> int:
        own = sum(len(lane.head) + 5 * len(lane.marks) for lane in self.lanes) + 4 * len(self._bars)
        return max(_CONTEXT, _WINDOW - own - len(head))

    def _lines(self, draft: Draft) -> tuple[TuneLine, ...]:
        known = list(self.done)
        for n, room in enumerate(self.rooms):
            sounds = [sound for sound in draft.sounds if sound.line == n]
            known.append(tune_line(room, self._held(sounds, n, known), self.base))
        return tuple(known[len(self.done) :])

    def _held(self, sounds: Sequence[Sound], n: int, known: Sequence[TuneLine]) -> list[Sound]:
        """The notes of a line, its end often held while the chord bears it: up to the next line where that gives a
        breath, else up to a breath before it if that leaves anything to sing.

        Lines that take up another end as that one does. Long silence inside is held as well. known: the section's
        lines before it.
        """
        last = sounds[-1]
        room, edge = self.rooms[n], self.edges[n]
        window = (room.window - self.base) // GRID
        held = self._drawn_end(n, last)
        again = self._again(room.number, known, (last.start - window) * GRID)
        wanted = last.start + min(held, _LONGEST) if again is None else window + again // GRID
        until = window + edge.hold // GRID
        breath = breath_ticks(self.desk.song.plan)
        free = until if edge.after is None else min(until, window + (edge.after - breath) // GRID)
        if wanted < until or not gives((until - last.start) * GRID, breath):
            free = free if (free - last.start) * GRID >= _HOLD else until
            until = min(self.lanes[n].until[-1], free, wanted)
        even = until // _FINE * _FINE
        last = self._sounding(last, even if even > last.start else until)
        filled = [
            self._sounding(here, min(following.start, here.start + _LONGEST))
            if following.start - here.end >= _HOLE
            else here
            for here, following in pairwise(sounds)
        ]
        return [*filled, last]

    def _again(self, number: int, known: Sequence[TuneLine], landing: int) -> int | None:
        """Where the line ends that is sung again in a line of this number, ticks from its window; None where none is or
        it ends on another place."""
        echo = self.idea.echoes[number] if self.idea.echoes else None
        if echo is None or echo.part != WHOLE or last_onset(known[echo.line]) != landing:
            return None
        tick, length, *_ = known[echo.line].notes[-1]
        return tick + length

    def _drawn_end(self, n: int, last: Sound) -> int:
        """How many places the last note of a line is held if nothing keeps it from that."""
        room, edge = self.rooms[n], self.edges[n]
        if edge.after is None:
            return (room.window_end - self.base) // GRID - last.start
        held = (room.window - self.base + edge.after) // GRID - last.start
        accented = strength(self.base + last.start * GRID, self.desk.song.plan.meter) >= ACCENT
        holds = self.desk.holds.child(held // EIGHTH, accented).luck()
        return EIGHTH * held_eighths(held // EIGHTH, accented, holds)

    def _sounding(self, sound: Sound, until: int) -> Sound:
        """A note held up to a place, as long as the chord bears it."""
        for span in self.spans:
            if sound.end <= span.start < until and sound.pitch % 12 not in span.tones:
                until = span.start
        return replace(sound, end=max(sound.end, until))


class _Reader:
    """Looks up, before each line, which earlier line it takes up, and draws where its last syllable comes."""

    def __init__(self, stretch: Stretch, seed: Seed) -> None:
        self.stretch, self._seed = stretch, seed
        self._seen = -1
        self._lines: list[TuneLine] = list(stretch.done)

    def look(self, grammar: Grammar, likes: Likes) -> None:
        """Prepares the grammar's next line, once."""
        stretch, n = self.stretch, grammar.line
        if n == self._seen:
            return
        self._seen = n
        if n:
            sounds = [sound for sound in grammar.sounds if sound.line == n - 1]
            self._lines.append(tune_line(stretch.rooms[n - 1], sounds, stretch.base))
        room = stretch.rooms[n]
        window = (room.window - stretch.base) // GRID
        landing: int | None = None
        if stretch.idea.models:
            model = stretch.idea.models[room.number]
            likes.models[n] = taken_up(model, window)
            landing = last_onset(model)
        elif (echo := stretch.idea.echoes[room.number] if stretch.idea.echoes else None) is not None:
            model = self._lines[echo.line]
            likes.models[n] = taken_up(model, window, echo)
            likes.copies[n] = copy = copy_of(stretch.desk.song, room, model, n, window, echo)
            if echo.part != OPENING and copy is not None:
                landing = (copy.landing - window) * GRID
        grammar.follow(
            stretch.landed(n, self._lines, landing, self._seed.child("landing", room.number).luck())
        )


def _before(bars: Sequence[Sequence[int]], room: int) -> list[int]:
    """The bars just before, as many as there is room for, from one that no line runs into."""
    inside = False
    opens = []
    for bar in bars:
        opens.append(not inside)
        for token in bar:
            inside = (inside or token == _LINE) and token != _CLOSE
    start, used = len(bars), 0
    for n in range(len(bars) - 1, -1, -1):
        used += len(bars[n])
        if used > room:
            break
        if opens[n]:
            start = n
    return [token for bar in bars[start:] for token in bar]
