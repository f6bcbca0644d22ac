"""The band in tokens: what bass, drums and one chord player strike in each bar, after the voice's notes.

    bass register:0 pos:0 b:+0 d:18 pos:18 b:+7 d:6 /bass        the bass: semitones above the chord's root
    pos:0 drum:5 pos:6 drum:4 pos:12 drum:6 drum:1               what the drummer strikes at once, as bits
    pos:0 comp:21 d:12 pos:12 comp:84 d:12                       which steps above the root the chord player strikes

`b` counts from the root between E1 and D#2, or `register` octaves away from it. The bits of `drum` are `DRUM_BANKS`: a
second and third number at the same place are the rarer drums. The bits of `comp` are the seven steps of the chord's
scale, from the root (1) over third (4) and fifth (16) to the seventh (64), so 21 is the triad of any chord. Lengths may
reach over bar lines. What is not said: loudness and articulation, times off the grid, in which octave chords lie,
instruments, further chord players, pads, answers, backing voices, and drums outside the banks.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from songwright.music.harmony import INTERVALS, STEPS, chord_scale
from songwright.music.instruments import DRUMS
from songwright.music.tokens.row import Reader
from songwright.music.tokens.vocabulary import GRID, LONGEST, REGISTERS
from songwright.values.plan import Key
from songwright.values.score import Chord, Note, Part

_LOWEST_ROOT = 28  # E1
_REACH = 12  # semitones the bass goes from its root, up and down
_LOWEST_TONE = 54  # chords are read back between F#3 and F4
_DRUM_PLACES = 3  # how long a stroke is written
_LEVEL = 0.7
_BANKS = (
    ("kick", "snare", "hat-closed", "hat-open", "tom-low", "tom-high", "crash", "ride"),
    ("side-stick", "clap", "hat-pedal", "tom-mid", "ride-bell", "tambourine", "cowbell", "shaker"),
)
# The last bank: brush sweep, and the General MIDI drums a kit has twice (kick, toms, crash, ride) or seldom (splash).
DRUM_BANKS = (*(tuple(DRUMS[name] for name in bank) for bank in _BANKS), (40, 35, 41, 45, 48, 57, 59, 55))
_PLACE_OF_DRUM = {drum: (bank, bit) for bank, row in enumerate(DRUM_BANKS) for bit, drum in enumerate(row)}
_MAJOR = (0, 2, 4, 5, 7, 9, 11)

Struck = list[tuple[int, int, int]]  # (tick, what, length in ticks)


@dataclass
class Band:
    """What a band strikes, by tick. bass: MIDI; drums: MIDI of each drum; chords: bits of the steps above the root."""

    bass: Struck = field(default_factory=list)
    drums: dict[int, set[int]] = field(default_factory=dict)
    comping: Struck = field(default_factory=list)


class Harmony:
    """The chords of a song, asked by tick. chords: from the song's first tick on, at least one."""

    def __init__(self, chords: Sequence[Chord], key: Key) -> None:
        self._chords, self._key = chords, key
        self._starts = [chord.start_tick for chord in chords]
        self._steps: dict[tuple[int, str], tuple[int, ...]] = {}

    def at(self, tick: int) -> Chord:
        """The chord at a tick."""
        return self._chords[max(0, bisect_right(self._starts, tick) - 1)]

    def root(self, tick: int, register: int) -> int:
        """The MIDI pitch that the bass counts from."""
        return _LOWEST_ROOT + (self.at(tick).root - _LOWEST_ROOT) % 12 + 12 * register

    def steps(self, tick: int) -> tuple[int, ...]:
        """The pitch classes of the seven steps above the root, the chord's own tones first of all."""
        chord = self.at(tick)
        name = (chord.root, chord.quality)
        if name not in self._steps:
            self._steps[name] = _steps(chord, self._key)
        return self._steps[name]


def _steps(chord: Chord, key: Key) -> tuple[int, ...]:
    own = dict(zip(STEPS[chord.quality], (up % 12 for up in INTERVALS[chord.quality]), strict=True))
    scale = {(pc - chord.root) % 12 for pc in chord_scale(chord, key)}
    free = [up for up in range(12) if up not in own.values()]
    found = []
    for step, usual in enumerate(_MAJOR):
        up = own.get(step)
        if up is None:
            up = min(free, key=lambda up: (up not in scale or abs(up - usual) > 1, abs(up - usual), up))
            free.remove(up)
        found.append(up)
    return tuple((chord.root + up) % 12 for up in found)


# ------------------------------------------------------------ a score's band on the grid


def band_of(parts: Iterable[Part], harmony: Harmony | None, bar: int, length: int) -> Band:
    """What tokens can say of the band of a score: its first bass and chord player, all its drums.

    harmony: None where the song has no chords: then there is nothing for bass and chords to count from. bar, length:
    ticks.
    """
    parts, band = tuple(parts), Band()
    for part in parts:
        if part.role == "drums":
            for note in part.notes:
                if note.pitch in _PLACE_OF_DRUM:
                    band.drums.setdefault(_near(note.start_tick, length), set()).add(note.pitch)
    bass = next((part.notes for part in parts if part.role == "bass"), ())
    comping = next((part.notes for part in parts if part.role == "comping"), ())
    if harmony is not None:
        band.bass = _line(bass, harmony, bar, length)
        band.comping = _strokes(comping, harmony, length)
    return band


def _near(tick: int, length: int) -> int:
    """The nearest place of the grid inside the song."""
    return min((tick + GRID // 2) // GRID * GRID, length - GRID)


def _ends(note: Note, start: int, length: int) -> int:
    """Where a note ends on the grid: after a place at least, inside the song, no later than lengths can say."""
    end = max(start + GRID, (note.end_tick + GRID // 2) // GRID * GRID)
    return min(end, length, start + LONGEST * GRID)


def _line(notes: Sequence[Note], harmony: Harmony, bar: int, length: int) -> Struck:
    """The bass: one note at a time, each where its bar's register reaches."""
    line: Struck = []
    for note in notes:
        start = _near(note.start_tick, length)
        if line and line[-1][0] >= start:
            continue
        if line:
            tick, pitch, long = line[-1]
            line[-1] = (tick, pitch, min(long, start - tick))
        line.append((start, note.pitch, _ends(note, start, length) - start))
    found: Struck = []
    for here in _by_bar(line, bar).values():
        register = _register(here, harmony)
        for tick, pitch, long in here:
            root = harmony.root(tick, register)
            while pitch > root + _REACH:
                pitch -= 12
            while pitch < root - _REACH:
                pitch += 12
            found.append((tick, pitch, long))
    return found


def _by_bar(struck: Struck, bar: int) -> dict[int, Struck]:
    found: dict[int, Struck] = {}
    for item in struck:
        found.setdefault(item[0] // bar, []).append(item)
    return found


def _register(line: Struck, harmony: Harmony) -> int:
    """The octave from whose roots most of a bar's notes can be said; the middle one if it can."""

    def missed(register: int) -> int:
        return sum(abs(pitch - harmony.root(tick, register)) > _REACH for tick, pitch, _ in line)

    return min(REGISTERS, key=lambda register: (missed(register), abs(register), register))


def _strokes(notes: Sequence[Note], harmony: Harmony, length: int) -> Struck:
    """Chords by the steps they strike; a step struck again cuts the one that still sounds."""
    struck: dict[int, dict[int, int]] = {}
    for note in notes:
        start = _near(note.start_tick, length)
        steps = harmony.steps(start)
        if note.pitch % 12 in steps:
            bit = steps.index(note.pitch % 12)
            held = struck.setdefault(start, {})
            held[bit] = max(held.get(bit, 0), _ends(note, start, length) - start)
    found: Struck = []
    again: dict[int, int] = {}
    for tick in sorted(struck, reverse=True):
        steps = harmony.steps(tick)
        longs = [min(long, again.get(steps[bit], length) - tick) for bit, long in struck[tick].items()]
        found.append((tick, sum(1 << bit for bit in struck[tick]), max(longs)))
        again |= {steps[bit]: tick for bit in struck[tick]}
    return found[::-1]


# ------------------------------------------------------------ as parts


def parts_of(band: Band, harmony: Harmony | None, length: int) -> tuple[Part, ...]:
    """The band as parts: those that strike anything."""
    bass = [(tick, pitch, long) for tick, pitch, long in band.bass]
    drums = [
        (tick, drum, min(_DRUM_PLACES * GRID, length - tick))
        for tick in sorted(band.drums)
        for drum in sorted(band.drums[tick])
    ]
    chords = _voiced(band.comping, harmony) if harmony is not None else []
    rows = (
        ("drums", "Drums", "drumkit-acoustic", drums),
        ("bass", "Bass", "bass-finger", bass),
        ("comping", "Chords", "piano", chords),
    )
    return tuple(_part(role, name, instrument, struck) for role, name, instrument, struck in rows if struck)


def _voiced(comping: Struck, harmony: Harmony) -> Struck:
    """Each step struck as a note in the same octave, until it is struck again."""
    found: Struck = []
    again: dict[int, int] = {}
    for tick, bits, long in reversed(comping):
        steps = harmony.steps(tick)
        pitches = {_LOWEST_TONE + (pc - _LOWEST_TONE) % 12 for n, pc in enumerate(steps) if bits >> n & 1}
        for pitch in sorted(pitches, reverse=True):
            found.append((tick, pitch, min(long, again.get(pitch, tick + long) - tick)))
        again |= dict.fromkeys(pitches, tick)
    return found[::-1]


def _part(role: str, name: str, instrument: str, struck: Struck) -> Part:
    notes = tuple(
        Note(f"{role}/{n}", tick, long, pitch, _LEVEL) for n, (tick, pitch, long) in enumerate(struck)
    )
    return Part(role, name, role, instrument, role, notes)


# ------------------------------------------------------------ as tokens


def band_names(band: Band, harmony: Harmony | None, bar: int) -> dict[int, list[str]]:
    """The tokens of the band by bar."""
    names: dict[int, list[str]] = {}
    if harmony is not None:
        for number, line in _by_bar(band.bass, bar).items():
            register = _register(line, harmony)
            own = names.setdefault(number, [])
            own += ["bass", f"register:{register}"]
            for tick, pitch, long in line:
                own += [
                    _place(tick, bar), f"b:{pitch - harmony.root(tick, register):+d}", f"d:{long // GRID}",
                ]  # fmt: skip
            own.append("/bass")
    for tick, drums in sorted(band.drums.items()):
        names.setdefault(tick // bar, []).extend([_place(tick, bar), *_drum_names(drums)])
    for tick, bits, long in band.comping:
        names.setdefault(tick // bar, []).extend([_place(tick, bar), f"comp:{bits}", f"d:{long // GRID}"])
    return names


def _place(tick: int, bar: int) -> str:
    return f"pos:{tick % bar // GRID}"


def _drum_names(drums: Iterable[int]) -> list[str]:
    masks = [0] * len(DRUM_BANKS)
    for drum in drums:
        bank, bit = _PLACE_OF_DRUM[drum]
        masks[bank] |= 1 << bit
    while not masks[-1]:
        masks.pop()
    return [f"drum:{mask}" for mask in masks]


# ------------------------------------------------------------ from tokens


def read_band(reader: Reader, band: Band, harmony: Harmony | None, start: int, bar: int) -> None:
    """Reads what the band strikes in the bar that begins at tick `start`. TokenError where it makes no sense."""
    if reader.peek() == "bass":
        _read_bass(reader, band, harmony, start, bar)
    before = -1
    while reader.peek(1).startswith("drum:"):
        before = _read_place(reader, before, bar)
        masks = []
        while reader.peek().startswith("drum:"):
            masks.append(int(reader.take("drum")))
        if len(masks) > len(DRUM_BANKS) or not masks[-1]:
            raise reader.fail(f"one to {len(DRUM_BANKS)} banks of drums, the last one not empty")
        band.drums[start + before] = {
            drum for mask, row in zip(masks, DRUM_BANKS, strict=False) for n, drum in enumerate(row) if mask >> n & 1
        }  # fmt: skip
    before = -1
    while reader.peek(1).startswith("comp:"):
        before = _read_place(reader, before, bar)
        bits = int(reader.take("comp"))
        if harmony is None or not bits:
            raise reader.fail("nothing to strike: no step, or no chord to count from")
        band.comping.append((start + before, bits, int(reader.take("d")) * GRID))


def _read_bass(reader: Reader, band: Band, harmony: Harmony | None, start: int, bar: int) -> None:
    reader.take("bass")
    if harmony is None:
        raise reader.fail("a bass without chords has no root to count from")
    register, before = int(reader.take("register")), -1
    while reader.peek() != "/bass":
        before = _read_place(reader, before, bar)
        tick = start + before
        if band.bass and band.bass[-1][0] + band.bass[-1][2] > tick:
            raise reader.fail("the bass plays one note at a time")
        pitch = harmony.root(tick, register) + int(reader.take("b"))
        band.bass.append((tick, pitch, int(reader.take("d")) * GRID))
    reader.take("/bass")
    if before < 0:
        raise reader.fail("a bass that plays nothing is not written")


def _read_place(reader: Reader, before: int, bar: int) -> int:
    """The next place of a player, in ticks of the bar; later than the one before."""
    place = int(reader.take("pos")) * GRID
    if not before < place < bar:
        raise reader.fail("places of a player rise, and lie inside the bar")
    return place
