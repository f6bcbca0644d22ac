"""The arranger's tables of a style, turned into settings: who enters when, and the rhythms they know.

Tables (see any file in `styles/`): [arrangement], [drums] with [[drums.groove]] and [[drums.fill]], [bass] with
[[bass.pattern]], [comping.PART] with [[comping.PART.pattern]], [pad], [answer], [riff], [backing]. Everything wrong
in them raises ShelfError with file, table and field.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from songwright.arranger.patterns import HOLD, REST, Pattern, bars_of
from songwright.music.instruments import DRUMS
from songwright.music.rhythm import felt_beats
from songwright.music.tables import Table
from songwright.values.plan import SECTION_KINDS
from songwright.values.shelf import Style
from songwright.values.time import Meter

DRUM_SIGNS = "Xxog?" + REST + HOLD
BASS_SIGNS = "Rr5837246AWwxo~/" + REST + HOLD
COMPING_SIGNS = "DdUuxMmPpqCcSsBbLlKk123456" + REST + HOLD
STEPS_PER_BEAT = (1, 2, 3, 4, 6, 8)
VOICINGS = ("close", "open", "shell", "rootless")
HALF_TIME_BPM = 172.0  # a sixteenth is then 87 ms
PAUSE = -99  # the step of a rest in a lick


@dataclass(frozen=True)
class Fill:
    """A drum break that leads into the next section. size: 1 a nod .. 3 all out. rows: drum -> steps."""

    name: str
    beats: int
    size: int
    compound: bool
    rows: Mapping[str, str]


@dataclass(frozen=True)
class DrumSettings:
    """What the drummer knows. crash: section kinds that open with a crash. build_bars: snare roll before a chorus.

    nod_bars: every so many bars inside a section a small fill (0 = never). ending: the last hit, drum names.
    """

    enters: float
    level: float
    grooves: tuple[Pattern, ...]
    fills: tuple[Fill, ...]
    crash: tuple[str, ...]
    build_bars: int
    nod_bars: int
    ending: tuple[str, ...]
    half_time_bpm: float = HALF_TIME_BPM


@dataclass(frozen=True)
class BassSettings:
    """What the bass player knows. low, high: MIDI. gate: how much of its length a note sounds, 0..1."""

    enters: float
    level: float
    low: int
    high: int
    gate: float
    approach: str
    patterns: tuple[Pattern, ...]
    half_time_bpm: float = HALF_TIME_BPM


@dataclass(frozen=True)
class CompingSettings:
    """What a chord player knows. hand: how chords are gripped ("guitar", "power", "keys").

    low, high: MIDI, where the chord lies. ring: plucked notes sound on until the chord changes. chord_notes: voices
    of a keyboard chord. voicing: how it is spread (one of VOICINGS; see `voicing`). listen: 0..1, how often a stroke
    off the beat is left out while somebody sings.
    """

    enters: float
    level: float
    hand: str
    low: int
    high: int
    gate: float
    ring: bool
    chord_notes: int
    patterns: tuple[Pattern, ...]
    voicing: str = "close"
    listen: float = 0.0
    half_time_bpm: float = HALF_TIME_BPM


@dataclass(frozen=True)
class PadSettings:
    """How the pad lies. low, high: MIDI. voices: notes at once. A style without the table has the usual pad."""

    enters: float
    level: float
    low: int
    high: int
    voices: int


@dataclass(frozen=True)
class AnswerSettings:
    """How the lead instrument answers. licks: scale steps with lengths in units. busy: 0..1, how many gaps it takes.

    grace: 0..1, how often a note is slid into from the step below. scale: "pentatonic", "blues" or "key". double: the
    interval in which long notes are doubled ("none", "third", "sixth", "octave"), or "chord": a section of horns under
    every note. solo: True if it improvises in the second half of an instrumental section.
    """

    enters: float
    level: float
    low: int
    high: int
    busy: float
    grace: float
    scale: str
    double: str
    gate: float
    solo: bool
    unit_ticks: int
    licks: tuple[tuple[tuple[int, int], ...], ...]


@dataclass(frozen=True)
class FigureNote:
    """A note of a riff: step of the scale over the chord (PAUSE = rest), length in units, "" or "mute" or "accent"."""

    step: int
    units: int
    articulation: str = ""


@dataclass(frozen=True)
class RiffSettings:
    """A figure of one or two bars that some chairs play together and keep.

    players: their part ids. odds: 0..1, in how many songs there is one. kinds: sections it is for. enters: energy from
    which on. under: True if it goes on while somebody sings; else it fills the gaps. scale, unit_ticks: as in answers.
    """

    players: tuple[str, ...]
    odds: float
    kinds: tuple[str, ...]
    enters: float
    under: bool
    scale: str
    unit_ticks: int
    figures: tuple[tuple[FigureNote, ...], ...]


@dataclass(frozen=True)
class BackingSettings:
    """Who sings along. interval: where the first harmony lies; second: energy from which a second voice joins."""

    enters: float
    level: float
    interval: str
    kinds: tuple[str, ...]
    second: float


@dataclass(frozen=True)
class Settings:
    """All the arranger knows of a style.

    intro: parts that open the song (empty = by energy). breakdown: kinds whose first half thins out.
    stops: 0..1, chance that the band stops short before a chorus. lift: energy gained by a section's second half.
    key_lift: semitones the last chorus rises by; key_lift_odds: 0..1, in how many songs. drops, builds: 0..1, chance
    that drums and bass fall out, that the band swells before a chorus. half_time: kinds of sections that may be felt
    half as fast; half_time_odds: in how many songs.
    """

    intro: tuple[str, ...]
    breakdown: tuple[str, ...]
    stops: float
    lift: float
    tables: Mapping[str, object]
    key_lift: int = 0
    key_lift_odds: float = 0.0
    drops: float = 0.0
    builds: float = 0.0
    half_time: tuple[str, ...] = ()
    half_time_odds: float = 1.0


def settings_of(style: Style) -> Settings:
    """Read and check the arranger's tables of a style."""
    arrangement = Table(style.id, "arrangement", style.tables.get("arrangement", {}))
    half_time = arrangement.number("half_time_bpm", 120, 400, HALF_TIME_BPM)
    tables: dict[str, object] = {}
    readers = {
        "drums": _drums, "bass": _bass, "pad": _pad, "answer": _answer, "riff": _riff, "backing": _backing,
    }  # fmt: skip
    for name, read in readers.items():
        if name in style.tables:
            tables[name] = read(Table(style.id, name, style.tables[name]))
    tables.setdefault("pad", _pad(Table(style.id, "pad", {})))
    comping = Table(style.id, "comping", style.tables.get("comping", {}))
    for part_id in comping.rest():
        table = Table(style.id, f"comping.{part_id}", style.tables["comping"][part_id])
        tables[f"comping.{part_id}"] = _comping(table)
    for name, table in tables.items():
        if hasattr(table, "half_time_bpm"):
            tables[name] = replace(table, half_time_bpm=half_time)
    settings = Settings(
        intro=arrangement.texts("intro", tuple(style.tables.get("parts", {}))),
        breakdown=arrangement.texts("breakdown", SECTION_KINDS),
        stops=arrangement.number("stops", 0, 1, 0.3),
        lift=arrangement.number("lift", 0, 0.5, 0.05),
        tables=tables,
        key_lift=arrangement.whole("key_lift", 0, 4, 0),
        key_lift_odds=arrangement.number("key_lift_odds", 0, 1, 1.0),
        drops=arrangement.number("drops", 0, 1, 0.0),
        builds=arrangement.number("builds", 0, 1, 0.0),
        half_time=arrangement.texts("half_time", SECTION_KINDS),
        half_time_odds=arrangement.number("half_time_odds", 0, 1, 1.0),
    )
    arrangement.close()
    return settings


def _drums(table: Table) -> DrumSettings:
    grooves = _patterns(table, "groove", tuple(DRUMS), DRUM_SIGNS)
    settings = DrumSettings(
        enters=table.number("enters", 0, 1, 0.0),
        level=table.number("level", 0, 1, 0.8),
        grooves=grooves,
        fills=tuple(_fill(fill) for fill in table.tables("fill")),
        crash=table.texts("crash", SECTION_KINDS),
        build_bars=table.whole("build_bars", 0, 8, 0),
        nod_bars=table.whole("nod_bars", 0, 16, 0),
        ending=table.texts("ending", tuple(DRUMS), ("kick", "crash")),
    )
    table.close()
    return settings


def _fill(table: Table) -> Fill:
    beats = table.whole("beats", 1, 4)
    compound = table.choice("feel", ("simple", "compound"), "simple") == "compound"
    per_beat = 6 if compound else 4
    name, size = table.text("name", ""), table.whole("size", 1, 3)
    rows = {}
    for drum in table.rest():
        row = "".join(table.text(drum).split()).replace("|", "")
        if drum not in DRUMS:
            raise table.wrong(drum, f"is no drum; there are {', '.join(DRUMS)}")
        if len(row) not in (beats * per_beat, beats * per_beat // 2 * 3):
            raise table.wrong(drum, f"has {len(row)} steps; {beats} beats need {beats * per_beat}")
        _check_signs(table, drum, row, DRUM_SIGNS)
        rows[drum] = row
    return Fill(name, beats, size, compound, rows)


def _bass(table: Table) -> BassSettings:
    settings = BassSettings(
        enters=table.number("enters", 0, 1, 0.2),
        level=table.number("level", 0, 1, 0.75),
        low=table.whole("low", 20, 60, 28),
        high=table.whole("high", 30, 72, 50),
        gate=table.number("gate", 0.1, 1, 0.92),
        approach=table.choice("approach", ("chromatic", "scale"), "scale"),
        patterns=_patterns(table, "pattern", ("line",), BASS_SIGNS),
    )
    if settings.high - settings.low < 14:
        raise table.wrong("high", "should lie at least 14 semitones above low")
    table.close()
    return settings


def _comping(table: Table) -> CompingSettings:
    settings = CompingSettings(
        enters=table.number("enters", 0, 1, 0.2),
        level=table.number("level", 0, 1, 0.7),
        hand=table.choice("hand", ("guitar", "power", "keys"), "keys"),
        low=table.whole("low", 28, 84, 52),
        high=table.whole("high", 40, 100, 76),
        gate=table.number("gate", 0.1, 1, 0.95),
        ring=table.choice("ring", ("yes", "no"), "no") == "yes",
        chord_notes=table.whole("chord_notes", 2, 5, 3),
        patterns=_patterns(table, "pattern", ("play",), COMPING_SIGNS),
        voicing=table.choice("voicing", VOICINGS, "close"),
        listen=table.number("listen", 0, 1, 0.0),
    )
    if settings.high - settings.low < 16:
        raise table.wrong("high", "should lie at least 16 semitones above low")
    table.close()
    return settings


def _pad(table: Table) -> PadSettings:
    settings = PadSettings(
        enters=table.number("enters", 0, 1, 0.5),
        level=table.number("level", 0, 1, 0.55),
        low=table.whole("low", 36, 84, 52),
        high=table.whole("high", 48, 100, 79),
        voices=table.whole("voices", 2, 5, 3),
    )
    if settings.high - settings.low < 16:
        raise table.wrong("high", "should lie at least 16 semitones above low")
    table.close()
    return settings


def _answer(table: Table) -> AnswerSettings:
    settings = AnswerSettings(
        enters=table.number("enters", 0, 1, 0.2),
        level=table.number("level", 0, 1, 0.7),
        low=table.whole("low", 36, 90, 60),
        high=table.whole("high", 48, 100, 84),
        busy=table.number("busy", 0, 1, 0.7),
        grace=table.number("grace", 0, 1, 0.0),
        scale=table.choice("scale", ("pentatonic", "blues", "key"), "pentatonic"),
        double=table.choice("double", ("none", "third", "sixth", "octave", "chord"), "none"),
        gate=table.number("gate", 0.1, 1, 0.95),
        solo=table.choice("solo", ("yes", "no"), "yes") == "yes",
        unit_ticks=1920 // (16 if table.whole("unit", 8, 16, 8) == 16 else 8),
        licks=tuple(_lick(table, text) for text in table.texts("licks")),
    )
    if not settings.licks:
        raise table.wrong("licks", 'should hold at least one lick, such as "1:1 2:1 3:2"')
    if settings.high - settings.low < 16:
        raise table.wrong("high", "should lie at least 16 semitones above low")
    table.close()
    return settings


def _lick(table: Table, text: str, field: str = "licks") -> tuple[tuple[int, int], ...]:
    """A lick is written "step:length ...": step of the scale over the chord (1 = root, 0 and below under it)."""
    notes = []
    for item in text.split():
        step, _, length = item.partition(":")
        if (
            (step != REST and not step.lstrip("-").isdigit())
            or not length.isdigit()
            or not 1 <= int(length) <= 16
        ):
            raise table.wrong(field, f'should read "step:eighths", such as 5:2 or .:1, not {item!r}')
        notes.append((PAUSE if step == REST else int(step), int(length)))
    if field == "licks" and all(step == PAUSE for step, _ in notes):
        raise table.wrong(field, f"holds a lick without a note: {text!r}")
    return tuple(notes)


def _riff(table: Table) -> RiffSettings:
    unit = 1920 // (16 if table.whole("unit", 8, 16, 8) == 16 else 8)
    settings = RiffSettings(
        players=table.texts("players", (), None),
        odds=table.number("odds", 0, 1, 1.0),
        kinds=table.texts("kinds", SECTION_KINDS, ("intro", "instrumental")),
        enters=table.number("enters", 0, 1, 0.0),
        under=table.choice("under", ("voice", "gaps"), "gaps") == "voice",
        scale=table.choice("scale", ("pentatonic", "blues", "key"), "pentatonic"),
        unit_ticks=unit,
        figures=tuple(_figure(table, text, unit) for text in table.texts("figures", (), None)),
    )
    table.close()
    return settings


def _figure(table: Table, text: str, unit: int) -> tuple[FigureNote, ...]:
    """A riff is written like a lick, and lasts one or two bars of 4/4; "m" after a length mutes, "!" accents."""
    notes = []
    for item in text.replace("|", " ").split():
        how = {"m": "mute", "!": "accent"}.get(item[-1], "")
        [(step, units)] = _lick(table, item[:-1] if how else item, "figures")
        notes.append(FigureNote(step, units, how))
    length = sum(note.units for note in notes) * unit
    if length not in (1920, 3840):
        raise table.wrong(
            "figures", f"should last one or two bars of 4/4, not {length / 480:g} beats: {text!r}"
        )
    if all(note.step == PAUSE for note in notes):
        raise table.wrong("figures", f"holds a riff without a note: {text!r}")
    return tuple(notes)


def _backing(table: Table) -> BackingSettings:
    settings = BackingSettings(
        enters=table.number("enters", 0, 1, 0.5),
        level=table.number("level", 0, 1, 0.6),
        interval=table.choice("interval", ("above", "below"), "above"),
        kinds=table.texts("kinds", SECTION_KINDS, ("chorus",)),
        second=table.number("second", 0, 2, 0.9),
    )
    table.close()
    return settings


def _patterns(table: Table, field: str, rows: tuple[str, ...], signs: str) -> tuple[Pattern, ...]:
    """The patterns written as [[table.field]]; one at least is for 4/4, from which other meters are made."""
    patterns = []
    for entry in table.tables(field):
        meter = entry.meter("meter", "4/4")
        if meter.beats not in (2, 3, 4, 6, 9, 12) or (meter.unit == 8 and not meter.is_compound):
            raise entry.wrong(
                "meter", "should be 4/4, 3/4, 2/4, 6/8, 9/8 or 12/8; other meters are made from 4/4"
            )
        steps = entry.whole("steps", 1, 96, meter.bar_ticks // 120)
        if steps % felt_beats(meter) or steps // felt_beats(meter) not in STEPS_PER_BEAT:
            raise entry.wrong(
                "steps", f"should be 1, 2, 3, 4, 6 or 8 to each of the {felt_beats(meter)} beats"
            )
        name, weight = entry.text("name", ""), entry.number("weight", 0.01, 100, 1.0)
        enters, kinds = entry.number("from", 0, 1, 0.0), entry.texts("kinds", SECTION_KINDS)
        written = {}
        for row in rows:
            if not entry.has(row):
                continue
            text = entry.text(row)
            try:
                written[row] = bars_of(text, steps)
            except ValueError as problem:
                raise entry.wrong(row, str(problem)) from None
            _check_signs(entry, row, "".join(written[row]), signs)
        entry.close(rows)
        if not written:
            raise entry.wrong(rows[0], "is missing: the pattern plays nothing")
        patterns.append(Pattern(name, meter, steps, enters, kinds, written, weight))
    if not any(pattern.meter == Meter(4, 4) for pattern in patterns):
        raise table.wrong(field, "needs at least one pattern in 4/4")
    return tuple(patterns)


def _check_signs(table: Table, row: str, text: str, signs: str) -> None:
    for sign in text:
        if sign not in signs:
            raise table.wrong(row, f"holds {sign!r}; the signs are {' '.join(signs)}")
