"""What a given score says to a song: its tune in units, where it breathes, its sections, key, words and chords."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from songwright.errors import BriefError
from songwright.music.chord_sheet import HOLD
from songwright.music.harmony import chord_symbol
from songwright.music.keyfinding import durations, find_key
from songwright.music.pitch import fifths, key_on, pitch_class, scale, spell
from songwright.producer.underlay import Unit, phrases
from songwright.values.plan import Key
from songwright.values.score import Chord, Note, Part, Score
from songwright.values.time import Meter

MOST_NOTES = 4000
_OUTSIDE = 0.12  # of the time; a key that leaves more of a tune outside is not believed
_BAND = ("intro", "instrumental", "outro")


@dataclass(frozen=True)
class Stanza:
    """A section of the tune. first_bar, bars: where it stands."""

    kind: str
    label: str
    first_bar: int
    bars: int
    units: tuple[Unit, ...]


@dataclass(frozen=True)
class Source:
    """A tune ready to be given words. words: those of the file as a lyric sheet, "" = it has none."""

    title: str
    key: Key
    meter: Meter
    tempo_bpm: float
    stanzas: tuple[Stanza, ...]
    chords: tuple[Chord, ...]
    words: str
    vocalise: str

    @property
    def pitches(self) -> list[int]:
        """All pitches of the tune."""
        return [tone[2] for stanza in self.stanzas for unit in stanza.units for tone in unit.tones]

    def bars_of_chords(self, first_bar: int, bars: int, key: Key, steps: int) -> tuple[str, ...]:
        """The chords of some bars as a plan writes them, so many semitones away in a key; () where there are none."""
        return bar_texts(self.chords, first_bar, bars, self.meter, key, steps)


def source_of(score: Score) -> Source:
    """The tune of a score. Raises BriefError("melody") where there is none, or it is endless."""
    part = _melody_part(score)
    notes = _one_line(part)
    if not notes:
        raise BriefError("melody", "the file has no notes.", "Give one with a tune.")
    if len(notes) > MOST_NOTES:
        raise BriefError(
            "melody", f"{len(notes)} notes are too many for a song.", f"Give up to {MOST_NOTES}."
        )
    units = _units(notes, score)
    texts = _texts(notes) if part.is_sung else []
    stanzas = _stanzas(score, units)
    return Source(
        score.title, _key(score, notes), score.meter, min(300.0, max(30.0, score.tempo_map.start_bpm)), stanzas,
        score.chords, _sheet(score, stanzas, units, texts), _sheet(score, stanzas, units, ["La"] * len(units)),
    )  # fmt: skip


def _melody_part(score: Score) -> Part:
    """The part with the tune: the lead, else whoever has words, else the highest with notes enough."""
    pitched = [part for part in score.parts if part.role != "drums" and part.notes]
    if not pitched:
        raise BriefError("melody", "the file has no notes.", "Give one with a tune.")
    sung = [part for part in pitched if part.role == "lead" and any(n.syllable for n in part.notes)]
    named = [
        part
        for part in pitched
        if any(w in part.name.lower() for w in ("melod", "voice", "vocal", "lead", "gesang"))
    ]
    most = max(len(part.notes) for part in pitched)
    full = [part for part in pitched if 3 * len(part.notes) >= most]
    return (sung or named or sorted(full, key=lambda p: -sum(n.pitch for n in p.notes) / len(p.notes)))[0]


def _one_line(part: Part) -> list[Note]:
    """One voice: of notes that start together the highest, each ending where the next begins."""
    top: dict[int, Note] = {}
    for note in part.notes:
        held = top.get(note.start_tick)
        if held is None or (note.pitch > held.pitch and held.syllable is None):
            top[note.start_tick] = note
    return [top[tick] for tick in sorted(top)]


def _units(notes: Sequence[Note], score: Score) -> tuple[Unit, ...]:
    """Notes as units: where the file has words, a note without a syllable holds the one before on."""
    worded = any(note.syllable for note in notes)
    groups: list[list[Note]] = []
    for note in notes:
        gap = groups and note.start_tick - groups[-1][-1].end_tick >= 480
        if worded and note.syllable is None and groups and not gap:
            groups[-1].append(note)
        else:
            groups.append([note])
    heads = {line.start_tick for line in score.lines}
    ends = [g[0].start_tick for g in groups[1:]] + [groups[-1][-1].end_tick]
    usual = median(end - g[0].start_tick for g, end in zip(groups, ends, strict=True))
    units = []
    for i, group in enumerate(groups):
        tones = []
        for n, after in zip(group, [*group[1:], None], strict=True):
            limit = after.start_tick if after is not None else ends[i]
            tones.append((n.start_tick, max(1, min(n.length_ticks, limit - n.start_tick)), n.pitch))
        before = groups[i - 1] if i else None
        opens = 3.0 if group[0].start_tick in heads else _opens(before, group, usual) if not heads else 0.0
        units.append(Unit(tuple(tones), opens))
    return tuple(units)


def _opens(before: Sequence[Note] | None, group: Sequence[Note], usual: float) -> float:
    """How clearly a phrase begins with a unit: after a rest, a long note, a full stop, with a capital."""
    if before is None:
        return 3.0
    first, last = group[0], before[-1]
    gap = first.start_tick - last.end_tick
    span = first.start_tick - before[0].start_tick
    points = 1.3 if gap >= 480 else 0.8 if gap >= 120 else 0.0
    points += 1.0 if span >= 2 * usual else 0.5 if span >= 1.5 * usual else 0.0
    told = before[0].syllable.text if before[0].syllable else ""
    text = first.syllable.text if first.syllable else ""
    points += 0.8 if told.rstrip("\"'”’")[-1:] in tuple(".!?;:,") else 0.0
    points += (
        0.7 if text.lstrip("\"'“‘")[:1].isupper() and text not in ("I", "I'm", "I'll", "God", "Lord") else 0.0
    )
    return 0.0 if first.syllabic in ("middle", "end") else min(points, 3.0)


def _stanzas(score: Score, units: Sequence[Unit]) -> tuple[Stanza, ...]:
    """The sections with the units sung in them; an upbeat belongs to the section it leads into."""
    bar = score.meter.bar_ticks
    end = max(1, -(-max(score.length_ticks, units[-1].end) // bar))
    starts = [0, *((section.start_tick + bar // 2) // bar for section in score.sections[1:]), end]
    found = []
    homes = [_home(unit, [start * bar for start in starts[:-1]], bar) for unit in units]
    for i, section in enumerate(score.sections):
        own = tuple(unit for unit, home in zip(units, homes, strict=True) if home == i)
        if starts[i + 1] > starts[i]:
            found.append(Stanza(section.kind, section.label, starts[i], starts[i + 1] - starts[i], own))
    return tuple(found)


def _home(unit: Unit, starts: Sequence[int], bar: int) -> int:
    """The section a unit belongs to."""
    home = max(i for i, start in enumerate(starts) if i == 0 or start <= unit.start)
    after = starts[home + 1] if home + 1 < len(starts) else None
    near = after is not None and after - unit.start <= bar // 2
    return home + 1 if near and unit.opens >= 1.0 else home


def _texts(notes: Sequence[Note]) -> list[str]:
    """The text under each unit, with a hyphen where the word goes on."""
    found: list[str] = []
    for note in notes:
        if note.syllable is None and found:
            continue
        text = note.syllable.text.strip() if note.syllable else ""
        found.append(text + ("-" if note.syllable and note.syllabic in ("begin", "middle") else ""))
    return found if any(found) else []


def _sheet(score: Score, stanzas: Sequence[Stanza], units: Sequence[Unit], texts: Sequence[str]) -> str:
    """The words of the file as a lyric sheet with its sections, "" where it has none."""
    if len(texts) != len(units) or not any(texts):
        return ""
    place = {unit.start: i for i, unit in enumerate(units)}
    written = {line.start_tick: line.text for line in score.lines}
    rows: list[str] = []
    for stanza in stanzas:
        if not stanza.units:
            if stanza.kind in _BAND:
                rows += [f"[{stanza.label}: {stanza.bars} bars]", ""]
            continue
        rows.append(f"[{stanza.label if stanza.kind not in _BAND else 'Verse'}]")
        for first, after in phrases(stanza.units):
            syllables = [texts[place[unit.start]] for unit in stanza.units[first:after]]
            whole = written.get(stanza.units[first].start)
            rows.append(whole or "".join(s[:-1] if s.endswith("-") else s + " " for s in syllables).strip())
        rows.append("")
    return "\n".join(rows)


def _key(score: Score, notes: Sequence[Note]) -> Key:
    """The key the file tells, if the tune lies in it; else the one it sounds like."""
    weights = durations((note.length_ticks, note.pitch) for note in notes)
    told = score.key
    outside = sum(weights) - sum(weights[pc] for pc in scale(told))
    if told.mode in ("dorian", "mixolydian"):
        return told
    if outside <= _OUTSIDE * sum(weights) and not (told == Key("C") and _sounds_elsewhere(weights, notes)):
        relatives = find_key(weights, notes[-1].pitch, None, fifths(told))
        return told if told.mode == "minor" else relatives
    return find_key(weights, notes[-1].pitch)


def _sounds_elsewhere(weights: Sequence[int], notes: Sequence[Note]) -> bool:
    """Whether a tune in a file that tells no key (C major by default) is in another one."""
    found = find_key(weights, notes[-1].pitch)
    inside = sum(weights[pc] for pc in scale(found))
    return inside > sum(weights[pc] for pc in scale(Key("C")))


def bar_texts(
    chords: Sequence[Chord], first_bar: int, bars: int, meter: Meter, key: Key, steps: int
) -> tuple[str, ...]:
    """Some bars of chords as texts; a chord that sounds on from before is named at the beginning. () without chords."""
    if not chords:
        return ()
    start = first_bar * meter.bar_ticks
    texts = [bar_text(chords, start + i * meter.bar_ticks, meter, key, steps) for i in range(bars)]
    if texts and texts[0].split()[0] == HOLD:
        sounding = next((c for c in reversed(chords) if c.start_tick <= start), chords[0])
        texts[0] = " ".join([moved_symbol(sounding, key, steps), *texts[0].split()[1:]])
    return tuple(texts)


def bar_text(chords: Sequence[Chord], start: int, meter: Meter, key: Key, steps: int) -> str:
    """One bar of chords as text: a name where a chord begins, "." where the one before goes on, by beats or finer."""
    inside = [c for c in chords if start <= c.start_tick < start + meter.bar_ticks]
    places = {c.start_tick - start: moved_symbol(c, key, steps) for c in inside}
    beats = meter.bar_ticks // meter.beat_ticks
    for count in (1, beats, 2 * beats, 4 * beats):
        ticks = meter.bar_ticks // count
        if all(place % ticks == 0 for place in places):
            return " ".join(places.get(i * ticks, HOLD) for i in range(count))
    ticks = meter.bar_ticks // (2 * beats)  # the last resort: the nearest half-beat
    near = {min(place // ticks, 2 * beats - 1): name for place, name in sorted(places.items())}
    return " ".join(near.get(i, HOLD) for i in range(2 * beats))


def moved_symbol(chord: Chord, key: Key, steps: int) -> str:
    """A chord's name so many semitones away, spelled in a key."""
    if steps % 12 == 0:
        return chord_symbol(chord)
    root, bass = (chord.root + steps) % 12, (chord.bass + steps) % 12
    return chord_symbol(Chord(0, 0, root, chord.quality, bass, _plain(root, key), _plain(bass, key)))


def _plain(pc: int, key: Key) -> str:
    """A root's name in a key, with one sign at most."""
    name = spell(pc, key)
    return name if len(name) <= 2 else key_on(pc).tonic


def tonic_distance(source: Key, asked: Key) -> int:
    """Semitones from one tonic to another, the nearer way."""
    return (pitch_class(asked.tonic) - pitch_class(source.tonic) + 6) % 12 - 6
