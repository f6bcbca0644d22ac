"""A tune that came with the brief: in which key it lands, whose words it takes, where its notes stand in the song."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from songwright.errors import BriefError
from songwright.music.chord_sheet import key_of_chords, strangers
from songwright.music.pitch import key_on, parse_key, pitch_class
from songwright.producer.asked_chords import GivenHarmony, chords_named
from songwright.producer.form import Block, syllables
from songwright.producer.length import Pulse
from songwright.producer.set_to_tune import (
    SHORTEST_MS,
    Fitting,
    in_reach,
    set_to_tune,
    sung_notes,
    transposition,
    window_bar,
)
from songwright.producer.tune_source import Source, source_of, tonic_distance
from songwright.producer.underlay import NEVER, runs
from songwright.producer.windows import Layout
from songwright.values.brief import SongBrief
from songwright.values.plan import Key, PartPlan, SectionPlan
from songwright.values.time import TICKS_PER_QUARTER, Meter
from songwright.values.words import LyricLine

_MOST_LINES = 4  # of a first phrase
_SHORTEST_NOTE = 60  # ticks left of a note that another line's upbeat cuts


@dataclass(frozen=True)
class GivenTune:
    """A tune of a brief. whole: it is the whole song's, else its first phrase.

    steps, key: how many semitones up it lands, and in which key. notes: what to tell about that.
    """

    source: Source
    whole: bool
    steps: int = 0
    key: Key | None = None
    notes: tuple[str, ...] = ()

    def filled(self, brief: SongBrief) -> tuple[SongBrief, tuple[str, ...]]:
        """The brief with what the tune decides: its meter, and words where none were given; and notes."""
        source = self.source
        if brief.meter is not None and brief.meter.replace(" ", "") != str(source.meter):
            raise BriefError("meter", f"the tune is in {source.meter}.", "Leave the meter out.")
        brief = replace(brief, meter=str(source.meter))
        if not self.whole or brief.lyrics.strip():
            return brief, ()
        title = brief.title if brief.title is not None else source.title or None
        words = source.words or source.vocalise
        told = (
            ""
            if brief.instrumental
            else "Words: those of the tune's file."
            if source.words
            else "No words: sung on la."
        )
        language = brief.language or (None if source.words else "en")
        return replace(brief, lyrics=words, title=title, language=language), (told,) if told else ()

    def landed(self, asked: str | None, harmony: GivenHarmony, low: int, high: int) -> GivenTune:
        """The tune in the key asked for, else where it lies best in a voice. Raises BriefError for a key."""
        own, pitches = self.source.key, self.source.pitches
        wanted = self._asked(asked, harmony)
        if wanted is not None:
            shift = tonic_distance(own, wanted)
            steps = min(
                (shift + 12 * octave for octave in range(-4, 5)),
                key=lambda s: _misplaced(pitches, s, low, high),
            )
        else:
            steps = transposition(pitches, low, high)
        key = key_on((pitch_class(own.tonic) + steps) % 12, own.mode) if steps % 12 else own
        if steps % 12:
            notes = (f"Tune {_told(steps)}, from {own} to {key}: there it lies in the voice.",)
        elif steps:
            notes = (f"Tune {_told(steps)}: there it lies in the voice.",)
        else:
            notes = (f"Tune in {own} as it is written.",)
        outside = sum(not low <= pitch + steps <= high for pitch in pitches)
        if outside:
            far = any(in_reach(pitch + steps) != pitch + steps for pitch in pitches)
            notes += (
                f"{outside} of {len(pitches)} notes of the tune lie outside the comfortable range of the voice"
                f"{'; those no voice reaches move by octaves' if far else ''}.",
            )
        return replace(self, steps=steps, key=key, notes=notes)

    def _asked(self, asked: str | None, harmony: GivenHarmony) -> Key | None:
        """The key the tune has to land in: the one asked for, or that of chords asked for by name."""
        own = self.source.key
        if asked is not None:
            try:
                key = parse_key(asked)
            except ValueError as problem:
                raise BriefError("key", f"{problem}.") from problem
            minor = ("minor", "dorian")
            if (key.mode in minor) != (own.mode in minor):
                raise BriefError("key", f"the tune is in {own}.", f"Ask for a key in {own.mode}.")
            return key
        if not harmony.names:
            return None
        chords = chords_named(harmony.names)
        found = key_of_chords(chords)
        return found if strangers(chords, own) and found.mode == own.mode else own

    def placed(self, blocks: Sequence[Block], pulse: Pulse, harmony: GivenHarmony) -> tuple[Block, ...]:
        """The blocks with the tune under their lines."""
        shortest = max(1, int(SHORTEST_MS * pulse.high_bpm * TICKS_PER_QUARTER / 60_000.0))
        own_chords = harmony.asked is None and harmony.sheet is None
        fitting = Fitting(self.steps, self.key or self.source.key, shortest, own_chords)
        if self.whole:
            return set_to_tune(blocks, self.source, fitting)
        return self._opening(blocks, fitting)

    def _opening(self, blocks: Sequence[Block], fitting: Fitting) -> tuple[Block, ...]:
        """The first lines of the first sung block on the phrase: as many as take it best."""
        place = next(i for i, block in enumerate(blocks) if block.lines)
        block = blocks[place]
        units = tuple(unit for stanza in self.source.stanzas for unit in stanza.units)
        counts = [syllables(line) for line in block.lines[:_MOST_LINES]]
        ways = [runs(units, counts[: n + 1]) for n in range(len(counts))]
        points, spans = min(ways, key=lambda way: way[0])
        if points >= NEVER:
            raise BriefError(
                "first_phrase",
                "the first line cannot be sung on it.",
                "Give a longer phrase, or fewer words.",
            )
        meter = self.source.meter
        bar = meter.bar_ticks
        windows = [window_bar(units[a].start, units[b - 1].end, bar) for a, b in spans]
        ends = [*windows[1:], max(windows[-1] + 1, -(-units[-1].end // bar))]
        sizes = [max(1, after - here) for here, after in zip(windows, ends, strict=True)]
        lines = [
            replace(line, notes=sung_notes(line, units[a:b], window, meter, fitting))
            for line, (a, b), window in zip(block.lines, spans, windows, strict=False)
        ]
        given = replace(block, lines=(*lines, *block.lines[len(lines) :]), given=Layout(tuple(sizes), 0))
        return tuple(given if i == place else other for i, other in enumerate(blocks))


def given_tune(brief: SongBrief) -> GivenTune | None:
    """The tune that came with a brief, None where there is none. Raises BriefError for two, or one without notes."""
    if brief.melody is not None and brief.first_phrase is not None:
        raise BriefError("first_phrase", "stands beside a melody.", "Give one of them.")
    score = brief.melody or brief.first_phrase
    return None if score is None else GivenTune(source_of(score), brief.melody is not None)


def _misplaced(pitches: Sequence[int], steps: int, low: int, high: int) -> tuple[int, float]:
    outside = sum(not low <= pitch + steps <= high for pitch in pitches)
    return outside, abs(sum(pitches) / len(pitches) + steps - (low + high) / 2)


def _told(steps: int) -> str:
    """A move in words: "an octave down", "3 semitones up"."""
    way = "up" if steps > 0 else "down"
    octaves, rest = divmod(abs(steps), 12)
    if rest == 0:
        return f"{'an octave' if octaves == 1 else f'{octaves} octaves'} {way}"
    return f"{abs(steps)} semitone{'s' if abs(steps) > 1 else ''} {way}"


def apart(sections: Sequence[SectionPlan], meter: Meter) -> tuple[SectionPlan, ...]:
    """The sections with given notes that end where the next line begins, be it with an upbeat."""
    begins: list[int] = []
    start = 0
    for section in sections:
        begins += [_first_tick(line, start, meter) for line in section.lines]
        start += section.bars * meter.bar_ticks
    limits = iter([*begins[1:], start])
    found, start = [], 0
    for section in sections:
        lines = tuple(_cut(line, start, next(limits), meter) for line in section.lines)
        found.append(replace(section, lines=lines))
        start += section.bars * meter.bar_ticks
    return tuple(found)


def _first_tick(line: LyricLine, section_start: int, meter: Meter) -> int:
    window = section_start + line.start_bar * meter.bar_ticks
    return window + min((note.start_tick for note in line.notes), default=0)


def _cut(line: LyricLine, section_start: int, limit: int, meter: Meter) -> LyricLine:
    """A line whose last notes make room for the next one."""
    window = section_start + line.start_bar * meter.bar_ticks
    notes = []
    for note in line.notes:
        room = limit - (window + note.start_tick)
        notes.append(replace(note, length_ticks=min(note.length_ticks, max(room, _SHORTEST_NOTE))))
    return replace(line, notes=tuple(notes)) if line.notes else line


def played(sections: Sequence[SectionPlan], meter: Meter) -> tuple[SectionPlan, ...]:
    """The sections without words, their tune left to an instrument."""
    found = []
    for section in sections:
        tune = tuple(
            replace(note, start_tick=note.start_tick + line.start_bar * meter.bar_ticks)
            for line in section.lines
            for note in line.notes
        )
        found.append(replace(section, lines=(), tune=tune))
    return tuple(found)


def settled(
    sections: Sequence[SectionPlan], meter: Meter, wordless: bool
) -> tuple[tuple[SectionPlan, ...], tuple[str, ...]]:
    """The sections with their tunes in order, left to an instrument where nobody sings; and what to tell."""
    found = apart(sections, meter)
    return (played(found, meter), ()) if wordless else (found, laid_note(found))


def laid_note(sections: Sequence[SectionPlan]) -> tuple[str, ...]:
    """Where the tune has more notes than the words have syllables, that some are held over several notes."""
    lines = [line for section in sections for line in section.lines if line.notes]
    sung = sum(line.notes[-1].syllable + 1 for line in lines)
    notes = sum(len(line.notes) for line in lines)
    return (f"{notes} notes for {sung} syllables: some are held over several notes.",) if notes > sung else ()


def with_tune_chair(parts: tuple[PartPlan, ...], sections: Sequence[SectionPlan]) -> tuple[PartPlan, ...]:
    """The band with one more chair where a tune has to be played: the instrument that answers, else a flute."""
    if not any(section.tune for section in sections):
        return parts
    instrument = next((part.instrument for part in parts if part.role == "answer"), "flute")
    return (*parts, PartPlan("tune", "answer", instrument, "tune"))
