"""The lead instrument: states the hook where nobody sings, and answers the singer in the gaps.

It never plays while a voice sings. In the intro and in instrumental sections it plays the chorus tune; in the
gaps between sung lines it plays licks, or remembers the first notes of the hook.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from songwright.arranger.cues import Cue, home_of
from songwright.arranger.sheet import Mark, silenced
from songwright.arranger.styles import PAUSE, AnswerSettings
from songwright.arranger.voicing import tones_of
from songwright.music.harmony import INTERVALS, chord_scale
from songwright.music.rhythm import is_strong
from songwright.values.plan import Key
from songwright.values.score import Chord, Score
from songwright.values.seed import Luck, Seed
from songwright.values.time import TICKS_PER_QUARTER

EIGHTH = TICKS_PER_QUARTER // 2
_MIN_ROOM = 2 * EIGHTH
_MAJOR_FIVE, _MINOR_FIVE, _BLUES = (0, 2, 4, 7, 9), (0, 3, 5, 7, 10), (0, 3, 5, 6, 7, 10)
_HOOK_ODDS = 0.3
_SLIDE = 60


@dataclass(frozen=True)
class _Hook:
    """The tune to state: marks from its section's start, and how long that section is."""

    marks: tuple[Mark, ...]
    length: int


def answered(
    part_id: str, score: Score, cues: Sequence[Cue], mine: Sequence[Cue], settings: AnswerSettings, seed: Seed
) -> list[Mark]:
    """All the lead instrument plays, and its note in the last chord."""
    sung = sung_spans(score)
    hook = _hook(score)
    marks: list[Mark] = []
    for cue in mine:
        voice = min((start for start, end in sung if start < cue.end and end > cue.start), default=cue.end)
        alone = (
            voice >= cue.end - score.meter.bar_ticks and voice > cue.start
        )  # a pick-up at most is sung here
        solo = settings.solo and alone and cue.kind == "instrumental" and cue.half == 1
        if alone and hook is not None and not solo:
            marks += _stated(hook, cue, voice, score, settings)
            continue
        for number, (start, end) in enumerate(_gaps(cue, sung, score)):
            luck = seed.child(
                part_id, cue.tune if cue.kind == "chorus" else cue.section.id, cue.half, number
            ).luck()
            if hook is None:  # nobody sings in this song: a tune of its own, A B A C
                motif = seed.child(part_id, cue.tune, "motif", (0, 1, 0, 2)[number % 4]).luck()
                marks += _reply(start, end, cue, score, settings, None, motif)
            elif alone:
                marks += _solo(start, end, cue, score, settings, luck)
            elif luck.chance(settings.busy * (0.75 + 0.35 * cue.energy)):
                marks += _reply(start, end, cue, score, settings, hook, luck)
    marks = silenced(
        doubled(_graced(marks, sung, settings, seed.child(part_id), score), settings, score), cues
    )
    for cue in cues:
        if cue.final is not None and not (marks and any(s < cue.end and e > cue.final for s, e in sung)):
            chord = score.chord_at(cue.final)
            pitch = nearest((settings.low + settings.high) // 2, _chord_tones(chord)[:3])
            marks.append(Mark(cue.final, pitch, cue.end, settings.level * 0.9, "legato"))
    return marks


def sung_spans(score: Score) -> list[tuple[int, int]]:
    """Where somebody sings, phrase by phrase: notes less than a beat apart belong together."""
    notes = sorted((n.start_tick, n.end_tick) for p in score.parts if p.is_sung for n in p.notes)
    joined: list[tuple[int, int]] = []
    for start, end in notes:
        if joined and start - joined[-1][1] < TICKS_PER_QUARTER:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def nearest(pitch: int, pcs: Sequence[int]) -> int:
    """The pitch of these pitch classes that lies nearest (the lower of two)."""
    if not pcs:
        return pitch
    return min((p for p in range(pitch - 7, pitch + 8) if p % 12 in pcs), key=lambda p: (abs(p - pitch), p))


def _hook(score: Score) -> _Hook | None:
    """The lead's tune in the first chorus (else in its fullest section)."""
    lead = [n for p in score.parts if p.role == "lead" for n in p.notes]
    tunes = []
    for section in score.sections:
        notes = [n for n in lead if home_of(n, score) == section.id]
        if notes:
            tunes.append((section.kind != "chorus", section.start_tick, section, notes))
    if not tunes:
        return None
    _, start, section, notes = min(tunes, key=lambda tune: tune[:2])
    marks = tuple(Mark(n.start_tick - start, n.pitch, n.end_tick - start, n.level) for n in notes)
    return _Hook(marks, section.length_ticks)


def _stated(hook: _Hook, cue: Cue, until: int, score: Score, settings: AnswerSettings) -> list[Mark]:
    """The hook played over the chords that are there, from where the section has got to, until somebody sings."""
    shift = _octaves([m.pitch for m in hook.marks], settings)
    home = cue.section.start_tick
    end = until if until == cue.end else until - EIGHTH // 2
    marks = []
    for turn in range((cue.end - home) // hook.length + 1):
        for mark in hook.marks:
            start = home + turn * hook.length + mark.start
            if cue.start <= start < end:
                stop = min(start + mark.end - mark.start, end)
                weight = 0.9 + 0.1 * is_strong(mark.start, score.meter)
                level = settings.level * weight * (0.85 + 0.15 * cue.energy)
                pitch = _fitting(mark.pitch + shift, start, stop, score)
                marks.append(Mark(start, pitch, stop, level, "legato"))
    return _joined(marks)


def _joined(marks: Sequence[Mark]) -> list[Mark]:
    """One note at a time, and no note repeated for each syllable: quick repeats become one longer note."""
    out: list[Mark] = []
    for mark in sorted(marks):
        if out and out[-1].end > mark.start:
            out[-1] = replace(out[-1], end=mark.start)
        if out and out[-1].end <= out[-1].start:
            out.pop()
        again = bool(out) and out[-1].pitch == mark.pitch and mark.start - out[-1].end < 60
        if again and mark.end - mark.start <= EIGHTH and mark.end - out[-1].start <= 2 * TICKS_PER_QUARTER:
            out[-1] = replace(out[-1], end=mark.end)
        else:
            out.append(mark)
    return out


def _gaps(cue: Cue, sung: Sequence[tuple[int, int]], score: Score) -> list[tuple[int, int]]:
    """Free stretches inside a cue, starting on an eighth, at least two eighths long, two bars at most."""
    edges, at = [], cue.start
    for start, end in sung:
        if end > cue.start and start < cue.end:
            edges.append((at, start))
            at = max(at, end)
    edges.append((at, cue.end))
    gaps = []
    for start, end in edges:
        start = cue.start + -(-(start - cue.start) // EIGHTH) * EIGHTH
        while end - start >= _MIN_ROOM:
            stop = min(end, start + 2 * score.meter.bar_ticks)
            if stop - start >= _MIN_ROOM:
                gaps.append((start, stop))
            start = stop
    return gaps


def _reply(
    start: int, end: int, cue: Cue, score: Score, settings: AnswerSettings, hook: _Hook | None, luck: Luck
) -> list[Mark]:
    """One answer: a lick that fits the room, or the head of the hook."""
    level = settings.level * (0.8 + 0.2 * cue.energy)
    room = end - start - _SLIDE  # leave the singer the breath
    if hook is not None and cue.kind != "chorus" and luck.chance(_HOOK_ODDS):
        head = _head(hook, room)
        if len(head) >= 3:
            shift = _octaves([m.pitch for m in head], settings)
            first = head[0].start
            return [
                Mark(s, _fitting(m.pitch + shift, s, e, score), e, level, "legato")
                for m in head
                for s, e in [(start + m.start - first, start + m.end - first)]
            ]
    sizes = [(_least(lick, settings.unit_ticks), lick) for lick in settings.licks]
    fitting = [(size, lick) for size, lick in sizes if size <= room]
    if not fitting:
        return []
    longest = max(size for size, _ in fitting)
    lick = luck.choice([lick for size, lick in fitting if 2 * size >= longest])
    return _licked(lick, start, end, level, score, settings)


def _solo(start: int, end: int, cue: Cue, score: Score, settings: AnswerSettings, luck: Luck) -> list[Mark]:
    """Lick after lick, with a breath between, until the stretch is full."""
    marks: list[Mark] = []
    while end - start >= _MIN_ROOM:
        more = _reply(start, end, cue, score, settings, None, luck)
        if not more:
            break
        marks += more
        start = -(-more[-1].end // EIGHTH) * EIGHTH + EIGHTH * luck.integer(0, 1)
    return marks


def _least(lick: Sequence[tuple[int, int]], unit: int) -> int:
    """The room a lick needs when its last note is cut to a sixteenth."""
    return sum(n for _, n in lick[:-1]) * unit + EIGHTH // 2


def _head(hook: _Hook, room: int) -> list[Mark]:
    """The hook's first notes, as many as fit, to the end of a breath if possible."""
    first = hook.marks[0].start
    head = [m for m in hook.marks if m.end - first <= room]
    for i in range(2, len(head) - 1):
        if head[i + 1].start - head[i].end >= EIGHTH:
            return head[: i + 1]
    return head[:8]


def _licked(
    lick: Sequence[tuple[int, int]],
    start: int,
    end: int,
    level: float,
    score: Score,
    settings: AnswerSettings,
) -> list[Mark]:
    """A lick over the chord it begins on; its last note is a chord tone and rings into the room that is left."""
    chord = score.chord_at(start)
    steps_of = ladder(chord, score.key, settings.scale)
    root = 60 + chord.root % 12
    steps = [divmod(step - 1, len(steps_of)) for step, _ in lick if step != PAUSE]
    root += _octaves([root + 12 * octave + steps_of[place] for octave, place in steps], settings)
    marks, at = [], start
    for i, (step, units) in enumerate(lick):
        stop = at + units * settings.unit_ticks
        last = i == len(lick) - 1
        if last:
            stop = min(end - _SLIDE, stop + TICKS_PER_QUARTER)
        if step != PAUSE:
            octave, place = divmod(step - 1, len(steps_of))
            pitch = root + 12 * octave + steps_of[place]
            if last:
                pitch = nearest(pitch, _chord_tones(score.chord_at(at)))
            elif settings.scale != "blues":  # blue notes stay where they rub
                pitch = scaled(pitch, at, score)
            length = int((stop - at) * settings.gate)
            marks.append(Mark(at, pitch, at + max(30, length), level * (1.0 if i else 0.95), "legato"))
        at = stop
    return marks


def ladder(chord: Chord, key: Key, name: str) -> tuple[int, ...]:
    """The scale of a lick or riff ("pentatonic", "blues" or "key"), in semitones over the chord's root."""
    tones = tones_of(chord)
    if name == "blues":
        return _BLUES
    if name == "pentatonic" or chord.quality not in INTERVALS:
        return _MINOR_FIVE if 3 in tones else _MAJOR_FIVE
    return tuple(sorted((pc - chord.root) % 12 for pc in chord_scale(chord, key)))


def _chord_tones(chord: Chord) -> tuple[int, ...]:
    return tuple((chord.root + tone) % 12 for tone in tones_of(chord))


def scaled(pitch: int, tick: int, score: Score) -> int:
    """The pitch, or its neighbour in the scale of the chord at a tick."""
    chord = score.chord_at(tick)
    return nearest(pitch, chord_scale(chord, score.key)) if chord.quality in INTERVALS else pitch


def _fitting(pitch: int, start: int, end: int, score: Score) -> int:
    """A tune's note over another chord: long or accented notes become chord tones, passing ones stay in the scale."""
    chord = score.chord_at(start)
    bar = start - score.section_at(start).start_tick
    if is_strong(bar, score.meter) or end - start >= TICKS_PER_QUARTER:
        near = nearest(pitch, _chord_tones(chord))
        return near if abs(near - pitch) <= 2 else scaled(pitch, start, score)
    return scaled(pitch, start, score)


def _octaves(pitches: Sequence[int], settings: AnswerSettings) -> int:
    """Whole octaves that bring a tune into the middle of the instrument's register."""
    centre = (min(pitches) + max(pitches)) / 2
    middle = (settings.low + settings.high) / 2
    return min((12 * k for k in range(-4, 5)), key=lambda shift: (abs(centre + shift - middle), shift))


def _graced(
    marks: Sequence[Mark], sung: Sequence[tuple[int, int]], settings: AnswerSettings, seed: Seed, score: Score
) -> list[Mark]:
    """Some longer notes are slid into from the scale step below (fiddle, steel, guitar)."""
    out: list[Mark] = []
    busy = sorted([*sung, *((m.start, m.end) for m in marks)])
    for mark in marks:
        lead_in = mark.start - _SLIDE
        free = lead_in >= 0 and not any(start < mark.start and end > lead_in for start, end in busy)
        if (
            free
            and mark.end - mark.start >= EIGHTH
            and seed.child("grace", mark.start).luck().chance(settings.grace)
        ):
            below = next(
                (p for p in (mark.pitch - 1, mark.pitch - 2) if scaled(p, mark.start, score) == p), None
            )
            if below is not None and score.section_at(lead_in) == score.section_at(mark.start):
                out.append(Mark(lead_in, below, mark.start, mark.level * 0.7, "legato"))
        out.append(mark)
    return out


def doubled(marks: Sequence[Mark], settings: AnswerSettings, score: Score) -> list[Mark]:
    """Long notes in thirds, sixths or octaves, as the instrument likes it."""
    if settings.double == "none":
        return list(marks)
    if settings.double == "chord":
        return [voice for mark in marks for voice in _section(mark, settings, score)]
    reach = {"third": (3, 4, 5), "sixth": (8, 9, 7), "octave": (12,)}[settings.double]
    out = []
    for mark in marks:
        out.append(mark)
        if mark.end - mark.start < (1 if settings.double == "octave" else TICKS_PER_QUARTER):
            continue
        tones = _chord_tones(score.chord_at(mark.start))
        below = next((mark.pitch - r for r in reach if r == 12 or (mark.pitch - r) % 12 in tones), None)
        if below is not None and below >= settings.low - 7:
            out.append(replace(mark, pitch=below, level=mark.level * 0.82))
    return out


def _section(mark: Mark, settings: AnswerSettings, score: Score) -> list[Mark]:
    """A horn section: the tune on top, two chord tones in close position under it; short notes are punched."""
    if mark.end - mark.start < EIGHTH // 2:
        return [mark]
    tones = _chord_tones(score.chord_at(mark.start))
    below = [p for p in range(mark.pitch - 3, mark.pitch - 13, -1) if p % 12 in tones]
    short = mark.end - mark.start <= EIGHTH
    how = "accent" if short else mark.articulation
    voices = [p for p in below if p >= settings.low - 7][:2]
    return [
        replace(mark, articulation=how),
        *(replace(mark, pitch=p, level=mark.level * 0.85, articulation=how) for p in voices),
    ]
