"""The bass player: patterns of roots, fifths and octaves that lead to the next chord.

Signs of a row: R root (r softer), 5 fifth, 8 octave, 3 third, 7 seventh or sixth of the chord, o the octave softly,
2 4 6 steps of the scale above the root, A approach note to the next chord (the fifth, if the chord stays), W step of a
walk towards it, w walking note that finds its own way to the next root (see `walking`), x dead note, ~ the root and
/ the octave, slid into from the note before. Whatever is written, the first note of a new chord is its bass note.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from songwright.arranger.cues import Cue
from songwright.arranger.patterns import Event, chosen, events, too_fast
from songwright.arranger.sheet import Mark, silenced
from songwright.arranger.styles import BassSettings
from songwright.arranger.walking import Stride, walk
from songwright.music.harmony import INTERVALS, chord_scale
from songwright.music.rhythm import is_strong
from songwright.values.plan import Key
from songwright.values.score import Chord, Score
from songwright.values.seed import Luck, Seed

_SOFT = 0.8


def bass_line(
    part_id: str, score: Score, cues: Sequence[Cue], mine: Sequence[Cue], settings: BassSettings, seed: Seed
) -> list[Mark]:
    """The line through all stretches the bass plays, and the long last root."""
    marks: list[Mark] = []
    before = settings.low + 7
    relaxed = too_fast(score, settings.half_time_bpm)
    for cue in mine:
        luck = seed.child(part_id, cue.tune, cue.half).luck()
        slow = relaxed or cue.half_time
        pattern = chosen(settings.patterns, score.meter, cue.energy, cue.kind, luck, relaxed=slow)
        line = led(events(pattern, "line", cue.start, cue.end, score.meter), score.chords)
        ways: dict[int, int] = {}
        for i, event in enumerate(line):
            if event.sign == "w" and i not in ways:
                ways |= _way(line, i, cue, score, settings, marks[-1].pitch if marks else before, luck)
            pitch = ways.get(i)
            if pitch is None:
                pitch = _pitch(event, _walk_left(line, i), score, settings, before)
            marks.append(_mark(event, pitch, cue, score, settings))
            if event.sign != "x":  # fifths, octaves and walks do not move the hand; roots do
                before = root_near(score.chord_at(event.start), before, settings)
    marks = silenced(marks, cues)
    for cue in cues:
        if cue.final is not None:
            root = root_near(score.chord_at(cue.final), settings.low + 5, settings)
            marks.append(Mark(cue.final, root, cue.end, settings.level * (0.8 + 0.2 * cue.energy), "accent"))
    return marks


def led(line: Sequence[Event], chords: Sequence[Chord]) -> list[Event]:
    """The line cut at chord changes, with the bass note (R) at the first stroke of each chord."""
    out: list[Event] = []
    fresh_from = -1
    for event in line:
        changes = [c.start_tick for c in chords if event.start < c.start_tick < event.end]
        edges = [event.start, *changes, event.end]
        for i, (start, end) in enumerate(pairwise(edges)):
            chord_start = _chord_start(chords, start)
            fresh = chord_start > fresh_from
            sign = event.sign
            if (fresh or i) and sign != "x":
                sign = "r" if sign in "ro" else "~" if sign in "~/" and not i else "R"
            if sign != "x":
                fresh_from = max(fresh_from, chord_start)
            out.append(replace(event, start=start, end=end, sign=sign))
    return out


def root_near(chord: Chord, near: int, settings: BassSettings) -> int:
    """The chord's bass note in the octave that lies best under the hand: near the last note, and rather low."""
    home = settings.low + 6
    options = [p for p in range(settings.low, settings.high + 1) if p % 12 == chord.bass % 12]
    return min(options, key=lambda p: (abs(p - near) + 2 * max(0, abs(p - home) - 6), p))


def _chord_start(chords: Sequence[Chord], tick: int) -> int:
    """Start of the chord that sounds at a tick; neighbours of the same name count as one."""
    start, name = 0, None
    for chord in chords:
        if chord.start_tick > tick:
            break
        if (chord.root, chord.quality, chord.bass) != name:
            start, name = chord.start_tick, (chord.root, chord.quality, chord.bass)
    return start


def _next_chord(score: Score, tick: int) -> tuple[Chord, int] | None:
    """The next different chord and when it comes."""
    now = score.chord_at(tick)
    for chord in score.chords:
        if chord.start_tick > tick and (chord.root, chord.bass) != (now.root, now.bass):
            return chord, chord.start_tick
    return None


def _walk_left(line: Sequence[Event], i: int) -> int:
    """How many walking notes are left in this run, this one included (0 = this is none)."""
    count = 0
    while i + count < len(line) and line[i + count].sign in "WA":
        count += 1
    return count


def _way(
    line: Sequence[Event],
    i: int,
    cue: Cue,
    score: Score,
    settings: BassSettings,
    before: int,
    luck: Luck,
) -> dict[int, int]:
    """The pitches of the run of walking notes that begins at place i, by place in the line."""
    run = [i]
    while run[-1] + 1 < len(line) and line[run[-1] + 1].sign == "w":
        run.append(run[-1] + 1)
    strides = []
    for place in run:
        chord = score.chord_at(line[place].start)
        tones = INTERVALS.get(chord.quality, (0, 4, 7))
        scale = chord_scale(chord, score.key) if chord.quality in INTERVALS else range(12)
        strong = is_strong(line[place].start - cue.start, score.meter)
        strides.append(Stride(frozenset((chord.root + t) % 12 for t in tones), frozenset(scale), strong))
    goal = root_near(score.chord_at(line[run[-1]].end), before, settings)
    return dict(zip(run, walk(strides, before, goal, settings.low, settings.high, luck), strict=True))


def _pitch(event: Event, walk: int, score: Score, settings: BassSettings, before: int) -> int:
    """The pitch a sign means where it stands."""
    chord = score.chord_at(event.start)
    root = root_near(chord, before, settings)
    sign = event.sign
    if sign in "WA":
        return _leading(event, walk, chord, score, settings, before, root)
    if sign == "5" and chord.bass == chord.root:
        fifth = next((i for i in INTERVALS.get(chord.quality, (0, 4, 7)) if i in (6, 7, 8)), 7)
        below = root + fifth - 12
        return below if below >= settings.low else root + fifth
    if sign in "246":
        pitch = stepped(root, int(sign) - 1, chord, score.key)
        return pitch if pitch <= settings.high else max(settings.low, pitch - 12)
    if sign in "8o/":
        return root + 12 if root + 12 <= settings.high else max(settings.low, root - 12)
    if sign in "37":
        return _inner(sign, chord, root, settings)
    if sign == "x":
        return before
    return root


def _inner(sign: str, chord: Chord, root: int, settings: BassSettings) -> int:
    """Third or seventh (sixth, fifth where there is none) above the root."""
    tones = [i % 12 for i in INTERVALS.get(chord.quality, (0, 4, 7))]
    wanted = (3, 4, 5, 2) if sign == "3" else (10, 11, 9, 7, 8, 6)
    step = next((w for w in wanted if w in tones), 7)
    pitch = root + (chord.root - chord.bass) % 12 + step
    while pitch > settings.high:
        pitch -= 12
    return max(pitch, settings.low)


def _leading(
    event: Event, walk: int, chord: Chord, score: Score, settings: BassSettings, before: int, root: int
) -> int:
    """A note that leads by step to the next chord's bass note, `walk` notes before it comes."""
    follows = _next_chord(score, event.start)
    room = score.meter.beat_ticks
    if follows is None or follows[1] > event.end + room * max(0, walk - 1):
        fifth = root - 5 if root - 5 >= settings.low else root + 7
        return fifth if event.sign == "A" and chord.bass == chord.root else root
    target = root_near(follows[0], before, settings)
    rising = before < target or (before == target and target - settings.low < 4)
    if settings.approach == "chromatic" and walk <= 1:
        pitch = target - 1 if rising else target + 1
    else:
        pitch = stepped(target, -walk if rising else walk, chord, score.key)
    if pitch < settings.low:
        pitch = stepped(target, walk, chord, score.key)
    return min(max(pitch, settings.low), settings.high)


def stepped(pitch: int, steps: int, chord: Chord, key: Key) -> int:
    """The pitch so many scale steps away (scale of the key, bent by the chord)."""
    notes = set(chord_scale(chord, key)) if chord.quality in INTERVALS else set(range(12))
    way = 1 if steps > 0 else -1
    left = abs(steps)
    while left:
        pitch += way
        if pitch % 12 in notes:
            left -= 1
    return pitch


def _mark(event: Event, pitch: int, cue: Cue, score: Score, settings: BassSettings) -> Mark:
    length = event.end - event.start
    level = settings.level * (0.88 + 0.14 * cue.energy)
    level *= 1.0 if is_strong(event.start - cue.start, score.meter) else 0.9
    if event.sign == "x":
        return Mark(event.start, pitch, event.start + min(length, 60), level * 0.5, "mute")
    if event.sign in "ro":
        level *= _SOFT
    end = event.start + max(30, int(length * settings.gate))
    if event.sign in "~/":
        return Mark(event.start, pitch, end, level, "slide")
    return Mark(event.start, pitch, end, level, "legato" if settings.gate > 0.97 else "")
