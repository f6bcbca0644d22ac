"""The tune of a section, line by line: statement, development, answer; and the same tune fitted to other words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import fsum

from songwright.composer.choice import points_against
from songwright.composer.frames import Room, line_pace, section_pace, shortest_ticks, ticks_of_ms
from songwright.composer.melody import CONTOURS, LineTask, MelodyWriter, Spot
from songwright.composer.placement import Frame, Placed, place
from songwright.composer.prosody import STRESSED, Sung
from songwright.composer.settings import MelodySettings
from songwright.music.form import line_form
from songwright.music.harmony import chord_pitches
from songwright.music.pitch import pitch_class
from songwright.music.rhythm import strength
from songwright.values.plan import SongPlan
from songwright.values.score import Chord
from songwright.values.seed import Luck, Seed

_CONTOURS = {
    "verse": {"A": ("arch", "level", "rise"), "B": ("fall", "valley", "crest"), "C": ("fall", "arch")},
    "prechorus": {"A": ("rise", "level"), "B": ("rise", "crest"), "C": ("rise",)},
    "chorus": {"A": ("crest", "fall", "arch"), "B": ("crest", "rise", "valley"), "C": ("fall", "crest")},
    "bridge": {"A": ("valley", "rise"), "B": ("rise", "crest"), "C": ("rise", "arch")},
}
_HOOK_LEAPS = (5, 7, 4, 9, 5)
_SAME_WORDS = 0.7  # lines that share so much of their words share their tune
_TRIES = 5


@dataclass(frozen=True)
class TuneLine:
    """A line of a tune, ready to be sung again. All ticks count from the line's window.

    words: what it was sung to. notes: (tick, length, pitch, which syllable, weight). landing: last heavy syllable.
    """

    words: tuple[str, ...]
    rhyme: str
    bars: int
    notes: tuple[tuple[int, int, int, int, float], ...]
    landing: int
    first: int

    def pitch_at(self, tick: int) -> int:
        """The pitch the tune has at a tick (its first before it begins)."""
        found = self.notes[0][2]
        for start, _length, pitch, _which, _weight in self.notes:
            if start > tick:
                break
            found = pitch
        return found


@dataclass(frozen=True)
class Register:
    """Where a section lies in the voice. low, high: MIDI, kept to; centre: where it lives."""

    low: int
    high: int
    centre: float


@dataclass(frozen=True)
class Song:
    """What all tunes of a song share. chord_at: the chords, by tick. registers: by kind of section."""

    plan: SongPlan
    settings: MelodySettings
    writer: MelodyWriter
    chords: tuple[Chord, ...]
    registers: Mapping[str, Register]

    def chord_at(self, tick: int) -> Chord:
        """The chord that sounds at a tick."""
        low, high = 0, len(self.chords) - 1
        while low < high:
            middle = (low + high) // 2
            if tick < self.chords[middle].end_tick:
                high = middle
            else:
                low = middle + 1
        return self.chords[low]

    def bears(self, tick: int, pitch: int, ends: bool) -> bool:
        """Whether the chord at a tick bears a pitch (MIDI): as a tone of its scale, of itself where it ends a line."""
        tones, scale = self.writer.harmony(self.chord_at(max(0, tick)))
        return pitch % 12 in (tones if ends else scale)


def write_tune(song: Song, group: Sequence[Room], seed: Seed) -> tuple[TuneLine, ...]:
    """A new tune for the lines of a section: the most memorable of a few; seed is keyed by the section."""
    kind = group[0].section.kind
    centre = song.registers[kind].centre
    best: tuple[float, tuple[TuneLine, ...]] | None = None
    for number in range(_TRIES):
        letters, lines, cost = _one_tune(song, group, seed.child("try", number))
        points = points_against(lines, letters, kind, centre, cost / sum(len(line.notes) for line in lines))
        if best is None or points < best[0]:
            best = (points, lines)
    assert best is not None
    return best[1]


def _one_tune(
    song: Song, group: Sequence[Room], seed: Seed
) -> tuple[tuple[str, ...], tuple[TuneLine, ...], float]:
    """One tune for the lines of a section: its form in letters, its lines, what its search cost."""
    kind = group[0].section.kind if group[0].section.kind in _CONTOURS else "verse"
    luck = seed.child("form").luck()
    forms = song.settings.forms.get(kind) or song.settings.forms["bridge"]
    letters = letters_of(group, line_form(luck.choice(forms), len(group)))
    contours = {letter: luck.choice(_CONTOURS[kind].get(letter, ("fall",))) for letter in "ABCDEFG"}
    start = "on" if kind == "chorus" else luck.choice(song.settings.starts)
    groove = _groove(song, seed.child("groove").luck())
    moods = {pc: luck.uniform(0.0, 0.3) for pc in range(12)}
    pushed = {letter for letter in "ABC" if luck.chance(song.settings.syncopation)}
    pace = section_pace(song.plan, group, song.settings)
    lines: list[TuneLine] = []
    total = 0.0
    for j, room in enumerate(group):
        if room.line.notes:
            lines.append(given_line(room))
            continue
        model = _model(lines, letters, j)
        frame = _tune_frame(song, room, lines, letters[j], model, groove, start, pace)
        placed = place(room.sung, replace(frame, pushed=frame.pushed or letters[j][0] in pushed))
        shape = _Shape(
            letters[j], contours[letters[j][0]], model, lines[-1].notes[-1][2] if lines else None, moods
        )
        cost, pitches = _new_pitches(song, room, placed, shape, (j, len(group)), seed)
        total += cost
        lines.append(_tune_line(room, placed, pitches, song, seed.child("melisma", j).luck()))
    return letters, tuple(lines), total


def _tune_frame(
    song: Song, room: Room, lines: Sequence[TuneLine], letter: str, model: TuneLine | None,
    groove: Mapping[int, float], start: str, pace: float,
) -> Frame:  # fmt: skip
    """The frame of a line of a new tune: it begins and lands where its model, its rhyme and the groove would."""
    line = room.line
    mates = [
        known for known in lines if known.rhyme and known.rhyme == line.rhyme and known.bars == line.bars
    ]
    liked = dict(groove)
    for tick, *_ in model.notes if model else ():
        liked[tick] = liked.get(tick, 0.0) + (0.9 if len(letter) == 1 else 0.7)
    first = model.first if model else lines[0].first if lines else first_heavy(song.plan, room, start, pace)
    landing = mates[-1].landing if mates else model.landing if model else None
    if room.section.kind == "chorus" and room.number == len(room.section.lines) - 1:
        home = (line.bars - 1) * song.plan.meter.bar_ticks  # the last word comes home with the last chord
        landing = home if pace * fsum(item.length for item in room.sung) >= 0.6 * home else landing
    return _frame(song, room, pace, first, landing, liked)


def fit_tune(song: Song, group: Sequence[Room], tune: Sequence[TuneLine], seed: Seed) -> tuple[TuneLine, ...]:
    """A tune sung to other words: the same notes where the words are the same, else its rhythm and line refitted."""
    pace = section_pace(song.plan, group, song.settings)
    lines: list[TuneLine] = []
    for j, room in enumerate(group):
        model = tune[j % len(tune)]
        if room.line.notes:
            lines.append(given_line(room))
            continue
        if model.words == words_of(room.sung) and model.bars == room.line.bars:
            lines.append(model)
            continue
        liked = {tick: 1.8 for tick, *_ in model.notes}
        placed = place(room.sung, _frame(song, room, pace, model.first, model.landing, liked))
        spots = _spots(song, placed)
        wanted = tuple((model.pitch_at(spot.tick - room.window), 2.5) for spot in spots[:-1])
        wanted += ((model.notes[-1][2], 6.0),)
        register = song.registers[room.section.kind]
        task = LineTask(register.low, register.high, register.centre, CONTOURS["level"],
                        dict.fromkeys(range(12), 0.0), wanted,
                        before=lines[-1].notes[-1][2] if lines else None)  # fmt: skip
        _, pitches = song.writer.write(spots, task, seed.child("fit", j).luck())
        lines.append(_tune_line(room, placed, pitches, song, seed.child("melisma", j).luck()))
    return tuple(lines)


def given_line(room: Room) -> TuneLine:
    """A line whose tune is given."""
    notes = tuple(
        (note.start_tick, note.length_ticks, note.pitch, note.syllable, room.sung[note.syllable].weight)
        for note in room.line.notes
    )
    return sung_line(room, notes)


def sung_line(room: Room, notes: tuple[tuple[int, int, int, int, float], ...]) -> TuneLine:
    """Notes as a line of a tune, with the words of a room."""
    heavy = [i for i, item in enumerate(room.sung) if item.weight >= STRESSED] or [0]
    begin = {which: tick for tick, _, _, which, _ in reversed(notes)}
    return TuneLine(
        words_of(room.sung), room.line.rhyme, room.line.bars, notes, begin[heavy[-1]], begin[heavy[0]]
    )


def words_of(sung: Sequence[Sung]) -> tuple[str, ...]:
    """The syllables of a line as sung, in small letters."""
    return tuple(item.syllable.text.lower() for item in sung)


def alike(first: Sequence[str], second: Sequence[str]) -> float:
    """How much of two lines is the same words from the end backwards, 0..1: "But I'm walking" and "I'm walking"."""
    same = 0
    for a, b in zip(reversed(first), reversed(second), strict=False):
        if a != b:
            break
        same += 1
    return same / max(len(first), len(second), 1)


def letters_of(group: Sequence[Room], form: Sequence[str]) -> tuple[str, ...]:
    """The form, bent so that lines with (nearly) the same words share their idea."""
    letters = list(form)
    for j, room in enumerate(group):
        for i in range(j):
            if alike(words_of(group[i].sung), words_of(room.sung)) >= _SAME_WORDS:
                letters[j] = letters[i][0] + ("'" if j == len(group) - 1 else "")
                break
    return tuple(letters)


def _model(lines: Sequence[TuneLine], letters: Sequence[str], j: int) -> TuneLine | None:
    """The first earlier line with the same letter."""
    for i in range(j):
        if letters[i][0] == letters[j][0]:
            return lines[i]
    return None


def _groove(song: Song, luck: Luck) -> dict[int, float]:
    """A small liking of this tune for some places in the bar, so that its lines move alike."""
    bar = song.plan.meter.bar_ticks
    likes = {tick: luck.uniform(0.0, 0.6) for tick in range(0, bar, 240)}
    return {tick + bar * n: likes[tick] for n in range(-1, 8) for tick in likes}


def first_heavy(plan: SongPlan, room: Room, start: str, pace: float) -> int:
    """Where the first heavy syllable should fall, from the window."""
    late = plan.meter.beat_ticks
    wanted = pace * fsum(item.length for item in room.sung)
    roomy = wanted + late < 0.75 * (room.latest - room.window)
    return late if start == "late" and roomy and plan.meter.beats >= 4 else 0


def _frame(
    song: Song, room: Room, pace: float, first: int | None, landing: int | None, liked: Mapping[int, float]
) -> Frame:
    plan = song.plan
    own = line_pace(plan, room, pace)
    beat = plan.meter.beat_ticks if not plan.meter.is_compound else 480
    hold = int(max(1.5 * beat, 1.6 * pace, ticks_of_ms(plan, 450.0)))
    hold = min(-(-hold // 240) * 240, 2 * plan.meter.bar_ticks)
    pushed = landing is not None and strength(landing, plan.meter) < 4 <= strength(landing + 240, plan.meter)
    return Frame(plan.meter, room.earliest, room.window, room.latest, own, shortest_ticks(plan), hold,
                 first, landing, liked, song.settings.syncopation, pushed)  # fmt: skip


def _spots(song: Song, placed: Sequence[Placed]) -> tuple[Spot, ...]:
    """The notes of a line without pitches; each over the chord under most of it."""
    return tuple(
        Spot(p.start, p.length, p.sung.weight, p.sung.syllabic in ("middle", "end"),
             song.chord_at(max(0, p.start + p.length * 2 // 5)))
        for p in placed
    )  # fmt: skip


@dataclass(frozen=True)
class _Shape:
    """What a line's melody starts from: its letter, its contour, its model, the pitch before, the tune's moods."""

    letter: str
    contour: str
    model: TuneLine | None
    before: int | None
    moods: Mapping[int, float]


def _new_pitches(
    song: Song,
    room: Room,
    placed: Sequence[Placed],
    shape: _Shape,
    place_in_section: tuple[int, int],
    seed: Seed,
) -> tuple[float, tuple[int, ...]]:
    """Pitches of a line that states (no model) or develops an idea; a developed one may move to another step."""
    spots = _spots(song, placed)
    kind = room.section.kind
    register = song.registers[kind]
    letter, model = shape.letter, shape.model
    lift = {"A": 0.0, "B": 1.5, "C": 0.5}.get(letter[0], 0.0)
    ending = _ending(song, spots[-1].chord, kind, *place_in_section)
    hook = (
        _hook(song, spots, placed, seed) if kind == "chorus" and model is None and letter[0] == "A" else None
    )
    same_words = model is not None and alike(model.words, words_of(room.sung)) >= _SAME_WORDS
    best: tuple[float, tuple[int, ...]] | None = None
    for shift in (0, 2, -2, 4, -3) if model and len(letter) > 1 and not same_words else (0,):
        task = LineTask(
            register.low, register.high, register.centre + lift, CONTOURS[shape.contour], ending,
            _developed(model, letter, spots, room, shift), shape.before, hook, shape.moods,
        )  # fmt: skip
        cost, pitches = song.writer.write(spots, task, seed.child("line", place_in_section[0]).luck())
        cost += 0.8 * abs(shift)
        if best is None or cost < best[0]:
            best = (cost, pitches)
    assert best is not None
    return best


def _developed(
    model: TuneLine | None, letter: str, spots: Sequence[Spot], room: Room, shift: int
) -> tuple[tuple[int, float] | None, ...]:
    """What the model asks of each spot: all of it for an exact return, its opening for a variation."""
    if model is None:
        return ()
    primes = len(letter) - 1
    wanted: list[tuple[int, float] | None] = []
    for i, spot in enumerate(spots):
        part = i / max(1, len(spots) - 1)
        weight = (
            1.8
            if primes == 0
            else (1.6 if part < 0.65 else 0.0)
            if primes == 1
            else 1.6
            if part < 0.5
            else 0.0
        )
        wanted.append((model.pitch_at(spot.tick - room.window) + shift, weight) if weight else None)
    return tuple(wanted)


def _hook(song: Song, spots: Sequence[Spot], placed: Sequence[Placed], seed: Seed) -> tuple[int, int] | None:
    """Where the chorus leaps: onto a heavy syllable in the first two thirds, of the title if it is there."""
    last = max(2, len(spots) * 2 // 3)
    heavy = [i for i in range(1, min(last, len(spots))) if spots[i].weight >= STRESSED]
    title = {word.strip(".,!?").lower() for word in song.plan.title.split()}
    named = [i for i in heavy if placed[i].sung.word.strip(".,!?").lower() in title]
    if not heavy:
        return None
    luck = seed.child("hook").luck()
    return luck.choice((named or heavy)[:2]), luck.choice(_HOOK_LEAPS)


def _ending(song: Song, chord: Chord, kind: str, j: int, count: int) -> dict[int, float]:
    """Where a line may rest: questions away from home, answers at home or on the chord."""
    tonic = pitch_class(song.plan.key.tonic)
    tones = chord_pitches(chord)
    costs = {pc: 0.4 * i for i, pc in enumerate(tones[:3])}
    final = j == count - 1
    answer = j % 2 == 1
    if final and kind in ("chorus", "outro") and tonic in tones:
        return {tonic: 0.0, **{pc: 4.0 for pc in tones if pc != tonic}}
    if (final or answer) and tonic in tones:
        return {**costs, tonic: 0.0}
    return {**costs, tonic: 2.5} if tonic in tones else costs


def _tune_line(
    room: Room, placed: Sequence[Placed], pitches: Sequence[int], song: Song, luck: Luck
) -> TuneLine:
    """Keeps a line for singing it again; now and then a long last syllable turns over two notes."""
    notes: list[tuple[int, int, int, int, float]] = []
    for i, (p, pitch) in enumerate(zip(placed, pitches, strict=True)):
        notes.append((p.start - room.window, p.length, pitch, i, p.sung.weight))
    turns = luck.chance(song.settings.melisma)
    start, length, pitch, which, weight = notes[-1]
    beat = song.plan.meter.beat_ticks if not song.plan.meter.is_compound else 480
    if turns and length >= 3 * beat // 2 and len(notes) > 1 and shortest_ticks(song.plan) <= beat // 2:
        above = _step_above(song, placed[-1].start, pitch, song.registers[room.section.kind].high)
        half = beat // 2
        if abs(above - notes[-2][2]) <= 5:  # the turn must not be leapt to
            notes[-1:] = [
                (start, half, above, which, weight),
                (start + half, length - half, pitch, which, weight),
            ]
    return sung_line(room, tuple(notes))


def _step_above(song: Song, tick: int, pitch: int, high: int) -> int:
    """The next note of the scale above a pitch, or the pitch where the voice ends."""
    scale = song.writer.harmony(song.chord_at(max(0, tick)))[1]
    for above in (pitch + 1, pitch + 2, pitch + 3):
        if above % 12 in scale and above <= high:
            return above
    return pitch
