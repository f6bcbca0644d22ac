"""How chords are gripped: guitar shapes that four fingers can hold, keyboard chords that move as little as they can."""

from __future__ import annotations

from functools import lru_cache
from itertools import product

from songwright.music.harmony import INTERVALS, chord_scale
from songwright.music.pitch import pitch_class
from songwright.values.plan import Key
from songwright.values.score import Chord

# Open strings, low to high, MIDI.
TUNINGS = {
    "mandolin": (55, 62, 69, 76),
    "banjo": (50, 55, 59, 62),
    "guitar": (40, 45, 50, 55, 59, 64),
}
_CAPO_GUITARS = ("guitar-steel", "guitar-nylon")
_OPEN_KEYS = {
    "major": (0, 7, 2, 9, 4),
    "minor": (9, 4, 2),
}  # tonics whose chords lie open: C G D A E, Am Em Dm
_SPAN = 4  # frets a hand covers
MUTED = -1


def tones_of(chord: Chord) -> tuple[int, ...]:
    """Semitones of the chord above its root, within the octave, root first; an unknown quality sounds as major."""
    return tuple(dict.fromkeys(i % 12 for i in INTERVALS.get(chord.quality, INTERVALS["maj"])))


def tuning_of(instrument: str, key: Key) -> tuple[int, ...]:
    """The open strings of an instrument; acoustic guitars put a capo where the key has open chords."""
    tuning = TUNINGS.get(instrument, TUNINGS["guitar"])
    if instrument not in _CAPO_GUITARS:
        return tuning
    friendly = _OPEN_KEYS["minor" if key.mode in ("minor", "dorian") else "major"]
    tonic = pitch_class(key.tonic)
    fret = next((f for f in range(6) if (tonic - f) % 12 in friendly), 0)
    return tuple(string + fret for string in tuning)


def grip(root: int, tones: tuple[int, ...], bass: int, tuning: tuple[int, ...], near: int) -> tuple[int, ...]:
    """The pitches of the best playable shape of a chord, low to high (see `shape`)."""
    frets = shape(root, tones, bass, tuning, near)
    return tuple(open_ + fret for open_, fret in zip(tuning, frets, strict=True) if fret != MUTED)


@lru_cache(maxsize=4096)
def shape(
    root: int, tones: tuple[int, ...], bass: int, tuning: tuple[int, ...], near: int
) -> tuple[int, ...]:
    """The fret on each string, low to high (`MUTED` = not played), of the best shape of a chord that a hand can hold.

    near: fret the hand is at. The lowest note is the bass where it can be; every tone sounds (the fifth may be left
    out); a shape spans four frets and needs at most four fingers, a barre counting as one.
    """
    wanted = frozenset((root + t) % 12 for t in tones)
    best: tuple[float, tuple[int, ...]] | None = None
    for needed in (
        wanted - {(root + 7) % 12},
        wanted & {root, bass, (root + tones[1]) % 12},
        frozenset({root}),
    ):
        for position in range(0, 10):
            for frets in _shapes(position, wanted | {bass}, bass, tuning):
                cost = _cost(frets, position, near, needed, root, bass, tuning)
                if cost is not None and (best is None or (cost, frets) < best):
                    best = (cost, frets)
        if best is not None:
            return best[1]
    return tuple((root - open_) % 12 if i == 0 else MUTED for i, open_ in enumerate(tuning))


def power(root: int, low: int) -> tuple[int, int, int]:
    """A power chord: root, fifth, octave, from `low` up."""
    bottom = low + (root - low) % 12
    return (bottom, bottom + 7, bottom + 12)


def close_chord(chord: Chord, before: tuple[int, ...], low: int, high: int, voices: int) -> tuple[int, ...]:
    """A keyboard chord of `voices` notes in low..high that moves least from the one before (empty = the first).

    The fifth is left out first, then the root, which the bass has anyway. Low to high.
    """
    return _nearest_to(before, _weighed(chord, voices), low, high)


def spread_chord(
    chord: Chord, key: Key, voicing: str, before: tuple[int, ...], low: int, high: int, voices: int
) -> tuple[int, ...]:
    """A keyboard chord as a style spreads it, moving least from the one before. Low to high.

    "close": see `close_chord`. "open": its second voice from the top an octave lower, where there is room. "shell":
    third and seventh alone (sixth or fifth where there is no seventh). "rootless": third and seventh with the ninth
    and fifth of the chord's scale, as pianists play beside a bass.
    """
    if voicing == "close":
        return close_chord(chord, before, low, high, voices)
    if voicing == "open":
        notes = close_chord(chord, before, low, high, voices)
        if len(notes) >= 3 and notes[-2] - 12 >= low - 5:
            return tuple(sorted((notes[-2] - 12, *notes[:-2], notes[-1])))
        return notes
    count = 2 if voicing == "shell" else voices
    return _nearest_to(before, _guides(chord, key)[:count], low, high)


def _guides(chord: Chord, key: Key) -> list[int]:
    """Third, seventh, ninth, fifth (and a minor chord's eleventh) as pitch classes: the bass has the root."""
    tones = tones_of(chord)
    third = next((t for t in (4, 3, 5, 2) if t in tones), 7)
    seventh = next((t for t in (10, 11, 9) if t in tones), 7)
    fifth = next((t for t in (7, 6, 8) if t in tones), 7)
    found = [third, seventh]
    if chord.quality in INTERVALS:
        scale = {(pc - chord.root) % 12 for pc in chord_scale(chord, key)}
        ninth = 2 if 2 in scale else 1 if 1 in scale and chord.quality in ("7", "9") else None
        found += [ninth] if ninth is not None else []
    found += [fifth, *([5] if third == 3 else []), 0]
    return [(chord.root + t) % 12 for t in dict.fromkeys(found)]


def shell_grip(chord: Chord, tuning: tuple[int, ...], near: int) -> tuple[int, ...]:
    """Three strings of a guitar: the bass on the fifth or sixth, third and seventh on the third and fourth.

    A sixth or fifth stands in for a missing seventh. The easiest under one hand: at most four frets apart, near fret
    `near`; an ordinary `grip` where there is none.
    """
    tones = tones_of(chord)
    third = next((t for t in (4, 3, 5, 2) if t in tones), 7)
    seventh = next((t for t in (10, 11, 9) if t in tones), 7)
    pair = [(chord.root + third) % 12, (chord.root + seventh) % 12]
    best: tuple[float, tuple[int, ...]] | None = None
    for string in (0, 1) if len(tuning) == 6 else ():
        for fret in range(1, 13):
            if (tuning[string] + fret) % 12 != chord.bass % 12:
                continue
            for low_pc, high_pc in (pair, pair[::-1]):
                inner = [
                    f
                    for open_, pc in ((tuning[2], low_pc), (tuning[3], high_pc))
                    for f in range(max(1, fret - 3), fret + 4)
                    if (open_ + f) % 12 == pc
                ]
                span = max((fret, *inner)) - min((fret, *inner))
                if len(inner) != 2 or span > 3:
                    continue
                cost = 0.8 * abs(fret - near) + span + (1.5 if string else 0.0)
                notes = (tuning[string] + fret, tuning[2] + inner[0], tuning[3] + inner[1])
                if best is None or (cost, notes) < best:
                    best = (cost, notes)
    return best[1] if best else grip(chord.root, tones, chord.bass, tuning, near)


def _nearest_to(before: tuple[int, ...], pcs: list[int], low: int, high: int) -> tuple[int, ...]:
    """The position of these pitch classes inside low..high that moves least from the chord before."""
    options = _inversions(tuple(sorted(pcs)), low, high)
    middle = (low + high) / 2
    options = options or (tuple(sorted(low + (pc - low) % 12 for pc in pcs)),)

    def cost(notes: tuple[int, ...]) -> tuple[float, tuple[int, ...]]:
        centre = sum(notes) / len(notes)
        drift = abs(centre - middle)
        if not before:
            return drift, notes
        travel = sum(min(abs(n - b) for b in before) for n in notes) + 0.5 * abs(notes[-1] - before[-1])
        return travel + 0.35 * max(0.0, drift - 3), notes

    return min(options, key=cost)


def _weighed(chord: Chord, voices: int) -> list[int]:
    """The pitch classes that matter most, as many as there are voices."""
    tones = tones_of(chord)
    fifths = [t for t in tones if t == 7]
    colours = [t for t in tones if t not in (0, 7)]
    order = [*colours[-2:], *([0] if 0 in tones else []), *fifths, *colours[:-2]]
    if len(tones) <= voices:
        order = list(tones)
    return [(chord.root + t) % 12 for t in order[:voices]]


@lru_cache(maxsize=4096)
def _inversions(pcs: tuple[int, ...], low: int, high: int) -> tuple[tuple[int, ...], ...]:
    """All close positions (and those with the second voice from the top dropped) inside a range."""
    found = []
    for bottom in range(low, high + 1):
        if bottom % 12 not in pcs:
            continue
        notes = tuple(sorted(bottom + (pc - bottom) % 12 for pc in pcs))
        if notes[-1] <= high:
            found.append(notes)
    return tuple(found)


def _shapes(
    position: int, wanted: frozenset[int], bass: int, tuning: tuple[int, ...]
) -> list[tuple[int, ...]]:
    """Frets for every string (-1 = not played), with the hand at a position."""
    options = []
    for open_ in tuning:
        frets = [f for f in range(max(1, position), position + _SPAN) if (open_ + f) % 12 in wanted]
        if position <= 3 and open_ % 12 in wanted:
            frets.insert(0, 0)
        options.append(tuple(frets[:2]) or (MUTED,))
    shapes = []
    for first in range(len(tuning) - 2):
        muted = ((MUTED,),) * first
        basses = tuple(f for f in options[first] if f != MUTED and (tuning[first] + f) % 12 == bass)
        shapes += product(*muted, basses or options[first], *options[first + 1 :])
    return shapes


def _cost(
    frets: tuple[int, ...],
    position: int,
    near: int,
    needed: frozenset[int],
    root: int,
    bass: int,
    tuning: tuple[int, ...],
) -> float | None:
    """How awkward a shape is; None if no hand can play it or a needed tone is missing."""
    played = [open_ + f for open_, f in zip(tuning, frets, strict=True) if f != MUTED]
    sounding = {p % 12 for p in played}
    if len(played) < 3 or not needed <= sounding or played != sorted(set(played)):
        return None
    pressed = [f for f in frets if f > 0]
    lowest = min(pressed, default=0)
    barred = pressed.count(lowest) > 1 and 0 not in frets
    fingers = len(pressed) - (pressed.count(lowest) - 1 if barred else 0)
    if fingers > 4 or max(pressed, default=0) - lowest >= _SPAN:
        return None
    inner = frets[next(i for i, f in enumerate(frets) if f != MUTED) :]
    cost = 4.5 * inner.count(MUTED) + 0.6 * fingers + 0.8 * abs(lowest - near) + (2.0 if barred else 0.0)
    cost += 2.0 if barred and inner[0] != lowest else 0.0  # a barre that does not carry the bass
    cost += 2.2 if 0 in frets and max(frets) >= 4 else 0.0  # open strings belong to first position
    cost += 8.0 if played[0] % 12 != bass else 0.0
    return cost + 1.8 * (len(tuning) - len(played)) + (1.0 if (root + 7) % 12 not in sounding else 0.0)
