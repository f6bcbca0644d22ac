"""Some lines of a section, drawn in one go: their lanes and bars, what the network hears before, who draws."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from songwright.composer.frames import Room
from songwright.composer.lead import SungLine
from songwright.composer.progression import tune_owner
from songwright.composer.setting.asking import asked, landings, metrical, taken_up, tune_line
from songwright.composer.setting.copying import copy_of
from songwright.composer.setting.drafts import Draft, Hand, Network, drafts
from songwright.composer.setting.echoes import OPENING, Echo
from songwright.composer.setting.finest import QUICKNESS
from songwright.composer.setting.likes import STRESS, STUMBLE, Likes, Taste
from songwright.composer.setting.rows import Page
from songwright.composer.setting.ways import EIGHTH, Bounds, line_lane
from songwright.composer.tune import Song, TuneLine
from songwright.music.pitch import pitch_class
from songwright.music.rhythm import ACCENT
from songwright.music.tokens import GRID, VOCABULARY
from songwright.music.tokens.grammar import Frame, Grammar, Sound
from songwright.music.tokens.lanes import Lane
from songwright.values.seed import Seed

_SIZES = frozenset({*range(6), 7, 8, 9, 12})
LEAPS = _SIZES | {-size for size in _SIZES}
_CONTEXT, _WINDOW = 200, 500  # tokens heard before a stretch at least, and in all
_LINE, _CLOSE = VOCABULARY["line"], VOCABULARY["/line"]


@dataclass(frozen=True)
class Idea:
    """What a section's tune is to be. letters: its lines' form. start: ticks to a line's first heavy syllable.

    pace: ticks of an average syllable. models: a known tune to stay close to, () for a new one. stress, stumble: as in
    `Taste`. echoes: what each line takes up of an earlier one, () for nothing. finest: how its quick notes go.
    """

    letters: tuple[str, ...]
    start: int
    pace: float
    models: tuple[TuneLine, ...] = ()
    stress: int = STRESS
    stumble: int = STUMBLE
    echoes: tuple[Echo | None, ...] = ()
    finest: str = "some"


@dataclass(frozen=True)
class Desk:
    """What all stretches of a song share."""

    song: Song
    page: Page
    bounds: Bounds
    taste: Taste
    network: Network
    temperature_percent: int


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
        free = sung[-1][0].window + sung[-1][1].notes[-1][0] + sung[-1][1].notes[-1][1] if sung else 0
        begin = max(rooms[0].window + edges[0][0], free)
        end = rooms[-1].window + edges[-1][1]
        self.base = begin // bar * bar
        self._sung = sung
        self._free = max(0, -(-(free - self.base) // GRID))
        self.lanes = tuple(self._lane(room, edge) for room, edge in zip(rooms, edges, strict=True))
        register = song.registers[rooms[0].section.kind]
        self.spans = desk.page.spans(self.base, end, register.low, register.high)
        self._bars = range(self.base // bar, -(-end // bar))
        self.asked = tuple(
            asked(song, room, lane, self.base, idea.letters[room.number], idea.start, idea.pace, len(group))
            for room, lane in zip(rooms, self.lanes, strict=True)
        )
        self.roomy = self.lanes
        self._agree()

    def _lane(self, room: Room, edge: tuple[int, int]) -> Lane:
        head, marks = self.desk.page.heading(room)
        plan = self.desk.song.plan
        start = max(edge[0], self.base + self._free * GRID - room.window)
        grid = EIGHTH if self.idea.finest == "eighths" else 0
        lane = line_lane(plan, room, (start, edge[1]), self.base, head, marks, grid)
        if lane is None:
            raise ValueError(f"no room for {len(room.sung)} syllables")
        if self.idea.stumble > STUMBLE:
            lane = metrical(room, plan.meter, self.base, lane)
        final = room.number == len(self.group) - 1 and room.section.kind in ("chorus", "outro")
        return replace(lane, home=(pitch_class(plan.key.tonic),)) if final else lane

    def _agree(self) -> None:
        """Lets lines land where their words come to in comfort, and rhymes where all of theirs do."""
        windows = [(room.window - self.base) // GRID for room in self.rooms]
        meter = self.desk.song.plan.meter
        wanted = [
            {place - window for place in landings(room, meter, self.base, ask, lane)}
            for room, window, ask, lane in zip(self.rooms, windows, self.asked, self.lanes, strict=True)
        ]
        together: dict[tuple[str, int], set[int]] = {}
        for room, own in zip(self.rooms, wanted, strict=True):
            name = (room.line.rhyme, room.line.bars)
            if room.line.rhyme and own & together.get(name, own):
                together[name] = own & together.get(name, own)
        found = []
        for room, window, own, lane in zip(self.rooms, windows, wanted, self.lanes, strict=True):
            shared = own & together.get((room.line.rhyme, room.line.bars), own)
            found.append(lane.landed({window + place for place in shared or own}) or lane)
        self.lanes = tuple(found)

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
            Hand(Likes(taste, self.asked, self.spans), seed.luck(), _Reader(self).look) for seed in seeds
        ]
        found = drafts(self.desk.network, prompt, frame, hands, self.desk.temperature_percent)
        return [(self._lines(draft), draft.cost) for draft in found]

    def _room_for_context(self, head: Sequence[int]) -> int:
        own = sum(len(lane.head) + 5 * len(lane.marks) for lane in self.lanes) + 4 * len(self._bars)
        return max(_CONTEXT, _WINDOW - own - len(head))

    def _lines(self, draft: Draft) -> tuple[TuneLine, ...]:
        return tuple(
            tune_line(room, self._held([sound for sound in draft.sounds if sound.line == n], n), self.base)
            for n, room in enumerate(self.rooms)
        )

    def _held(self, sounds: Sequence[Sound], n: int) -> list[Sound]:
        """The notes of a line, its end held until the breath before the next line while the chord bears it."""
        *before, last = sounds
        until = min(self.lanes[n].until[-1], last.start + 2 * self.asked[n].hold)
        bar = self.desk.song.plan.meter.bar_ticks // GRID
        levels = self.desk.taste.levels
        if levels[last.start % bar] < ACCENT:  # an end on a weak beat gives way to the next strong one
            ahead = range(last.start + 1, until)
            until = next((place for place in ahead if levels[place % bar] >= ACCENT), until)
        for span in self.spans:
            if last.end <= span.start < until and last.pitch % 12 not in span.tones:
                until = span.start
        return [*before, replace(last, end=max(last.end, until))]


class _Reader:
    """Looks up, before each line, which earlier line it takes up and where its rhyme landed."""

    def __init__(self, stretch: Stretch) -> None:
        self.stretch = stretch
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
        if stretch.idea.models:
            model = stretch.idea.models[room.number]
            likes.models[n] = taken_up(model, window)
            landing: int | None = _last_onset(model)
        elif (echo := stretch.idea.echoes[room.number] if stretch.idea.echoes else None) is not None:
            model = self._lines[echo.line]
            likes.models[n] = taken_up(model, window, echo)
            likes.copies[n] = copy_of(stretch.desk.song, room, model, n, window, echo)
            landing = self._rhymed(room)
            if echo.part != OPENING and likes.copies[n] is not None:
                landing = _last_onset(model)
        else:
            landing = self._rhymed(room)
        if landing is not None:
            narrowed = stretch.roomy[n].landed({window + landing // GRID})
            if narrowed is not None:
                grammar.follow(narrowed)

    def _rhymed(self, room: Room) -> int | None:
        """Ticks from the window to where the rhyme's last syllable fell."""
        for line in reversed(self._lines):
            if room.line.rhyme and (line.rhyme, line.bars) == (room.line.rhyme, room.line.bars):
                return _last_onset(line)
        return None


def _last_onset(line: TuneLine) -> int:
    """Ticks from the window to where a line's last syllable begins."""
    last = line.notes[-1][3]
    return next(tick for tick, _, _, which, _ in line.notes if which == last)


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
