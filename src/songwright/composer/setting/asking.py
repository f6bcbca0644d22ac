"""What each line of a tune asks for, from its words, its room, its place in the section and the style."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from songwright.composer.frames import Room
from songwright.composer.prosody import Sung
from songwright.composer.setting.echoes import OPENING, RHYTHM, Echo
from songwright.composer.setting.likes import UNIT, Asked, Model, Taste, nats
from songwright.composer.tune import Song, TuneLine, sung_line, words_of
from songwright.music.pitch import pitch_class
from songwright.music.rhythm import ACCENT, BEAT, strength
from songwright.music.tokens import GRID
from songwright.music.tokens.grammar import Sound
from songwright.music.tokens.lanes import Lane
from songwright.values.time import Meter

_LIFTS = {"A": 0, "B": 1536, "C": 512}  # semitones x 1024 a line of that letter lies higher
_HOME, _AWAY = 1.0, 1.5  # nats: an answer comes home, a question does not
_AWAY_OF_MANY, _AWAY_ALONE = 80, 1500  # squared semitones a nat
_CLOSE = (3.5, 4.0)  # what places and pitches of a line that is taken up gain, nats
_CLEARLY = 0.25  # difference of weight that is heard as stress


def taste(song: Song, alone: bool = False) -> Taste:
    """What the style and the key like. alone: only one kind of section is sung, whose tune may use the whole voice."""
    plan, settings = song.plan, song.settings
    tonic = pitch_class(plan.key.tonic)
    minor = plan.key.mode in ("minor", "dorian")
    return Taste(
        tuple(strength(tick, plan.meter) for tick in range(0, plan.meter.bar_ticks, GRID)),
        frozenset((tonic + step) % 12 for step in ((2, 8, 9) if minor else (5, 10, 11))),
        frozenset({(tonic + 8) % 12, (tonic + 11) % 12} if minor else ()),
        nats(0.15 * settings.pentatonic),
        nats(0.5 * (settings.repeats - 0.8)),
        nats(0.5 * (settings.leaps - 0.3)),
        nats(6.0 * settings.melisma - 0.4),
        nats(max(0.4, 1.4 - 1.4 * settings.syncopation)),
        _AWAY_ALONE if alone else _AWAY_OF_MANY,
        tonic=tonic,
        minor=minor,
    )


def asked(song: Song, room: Room, letter: str, count: int) -> Asked:
    """What a line asks of its notes; the section has `count` lines."""
    sung = room.sung
    register = song.registers[room.section.kind]
    tonic = pitch_class(song.plan.key.tonic)
    closes = room.number % 2 == 1 or room.number == count - 1
    return Asked(
        tuple(nats(item.weight) for item in sung),
        tuple(item.pause for item in sung),
        int(register.centre * UNIT) + _LIFTS.get(letter[0], 0),
        register.low,
        register.high,
        tuple(bool(item.syllable.stress) for item in sung),
        {tonic: nats(_HOME) if closes else -nats(_AWAY)},
        room.section.kind == "chorus" and letter == "A",
    )


def metrical(room: Room, meter: Meter, base: int, lane: Lane) -> Lane | None:
    """A lane whose stressed syllables stand on beats and the unstressed ones beside them on no accent; None where the
    words have no room for that. Where it begins is settled."""

    def level(place: int) -> int:
        return strength(base + place * GRID, meter)

    bears = [bool(item.syllable.stress) for item in room.sung]
    suits: list[Callable[[int], bool]] = []
    for n, here in enumerate(bears):
        beside = [bears[k] for k in (n - 1, n + 1) if 0 <= k < len(bears)]
        if n == 0 or all(other == here for other in beside):
            suits.append(lambda _: True)
        elif here:
            suits.append(lambda place: level(place) >= BEAT)
        else:
            suits.append(lambda place: level(place) < ACCENT)
    return lane.narrowed(suits)


def taken_up(line: TuneLine, window: int, echo: Echo | None = None) -> Model:
    """An earlier line as the model of one whose window opens at a place; echo: what is taken up, None for all of it."""
    notes = [(window + tick // GRID, pitch) for tick, _, pitch, *_ in line.notes]
    first, last = notes[0][0], notes[-1][0]
    beat, tone = _CLOSE
    until = last + 1
    if echo is not None:
        tone = 0.0 if echo.part == RHYTHM else tone
        until = last + 1 if echo.part != OPENING else first + echo.share * (last - first) // 16
    return Model(frozenset(place for place, _ in notes), tuple(notes), nats(beat), nats(tone), until)


def tune_line(room: Room, sounds: Sequence[Sound], base: int) -> TuneLine:
    """The notes of a line as a line of a tune."""
    notes = tuple(
        (base + sound.start * GRID - room.window, (sound.end - sound.start) * GRID, sound.pitch, sound.syllable,
         room.sung[sound.syllable].weight)
        for sound in sounds
    )  # fmt: skip
    return sung_line(room, notes)


def known_line(song: Song, room: Room, model: TuneLine) -> TuneLine | None:
    """A known line sung to a line's words on the same notes; None where they ask for others.

    They do where syllables differ in number, where a word would have a hole, where more stresses would be misplaced, or
    where the chords are others and bear the notes no more.
    """
    if model.bars != room.line.bars:
        return None
    if model.words == words_of(room.sung):
        return model
    if len(model.words) != len(room.sung):
        return None
    for (tick, length, *_), (after, _, _, which, _) in pairwise(model.notes):
        if room.sung[which].syllabic in ("middle", "end") and tick + length < after:
            return None
    meter = song.plan.meter
    if misplaced(meter, model.notes, [item.weight for item in room.sung]) > misplaced_now(meter, model):
        return None
    chords = [song.chord_at(room.window + tick) for tick, *_ in model.notes]
    scales = [song.writer.harmony(chord)[1] for chord in chords]
    if any(note[2] % 12 not in scale for note, scale in zip(model.notes, scales, strict=True)):
        return None
    if model.notes[-1][2] % 12 not in song.writer.harmony(chords[-1])[0]:
        return None
    notes = tuple(
        (tick, length, pitch, which, room.sung[which].weight) for tick, length, pitch, which, _ in model.notes
    )
    return sung_line(room, notes)


def misplaced_now(meter: Meter, line: TuneLine) -> int:
    """How many neighbouring syllables of a line have their stresses the wrong way round."""
    weights = {which: weight for _, _, _, which, weight in line.notes}
    return misplaced(meter, line.notes, [weights[n] for n in range(len(weights))])


def misplaced(
    meter: Meter, notes: Sequence[tuple[int, int, int, int, float]], weights: Sequence[float]
) -> int:
    """How many neighbours would have their stresses the wrong way round, were syllables of these weights sung."""
    begin = {which: tick for tick, _, _, which, _ in reversed(notes)}
    count = 0
    for n in range(1, len(weights)):
        heavier = weights[n] - weights[n - 1]
        rise = strength(begin[n], meter) - strength(begin[n - 1], meter)
        count += (heavier > _CLEARLY and rise <= 0) or (heavier < -_CLEARLY and rise >= 0)
    return count


def stress_pairs(sung: Sequence[Sung]) -> int:
    """How many neighbouring syllables differ clearly in weight."""
    return sum(abs(b.weight - a.weight) > _CLEARLY for a, b in pairwise(sung))


def stumbles(meter: Meter, room: Room, notes: Sequence[tuple[int, int, int, int, float]]) -> tuple[int, int]:
    """Neighbours of which one is stressed and one is not: those that have no stronger beat for it, and all of them.

    notes: of a line as far as they go.
    """
    begin = {which: tick for tick, _, _, which, _ in reversed(notes)}
    missed = count = 0
    for n in range(1, len(begin)):
        first, second = (bool(room.sung[k].syllable.stress) for k in (n - 1, n))
        rise = strength(begin[n], meter) - strength(begin[n - 1], meter)
        if first != second:
            count += 1
            missed += rise >= 0 if first else rise <= 0
    return missed, count
