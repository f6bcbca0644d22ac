"""What is sung and played in every frame of a piece, taken from the score and the performance: exact, not heard.

A frame is `HOP` samples at 32 kHz (8 ms, four to a frame of the codec); what stands in it is what sounds at its middle.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from songwright.music.harmony import INTERVALS
from songwright.music.instruments import INSTRUMENTS
from songwright.text.phones import PHONES, SILENCE
from songwright.values.performance import Performance, SungPart
from songwright.values.plan import SECTION_KINDS
from songwright.values.score import Score

RATE_HZ = 32_000
HOP = 256
FRAME_S = HOP / RATE_HZ
SYMBOLS = (SILENCE, *(symbol for symbol in PHONES if symbol != SILENCE))
"""Phones by number: 0 is silence."""
QUALITIES = ("none", *INTERVALS)
"""Kinds of chord by number: 0 is no chord."""
SECTIONS = (*SECTION_KINDS, "tail")
PLAYERS = (*INSTRUMENTS, "backing")
"""Who may sound: bit n of `playing` is PLAYERS[n]; "voice" is the lead."""
_KIT = {
    "kick": (35, 36), "snare": (38, 40), "stick": (27, 28, 31, 37, 39), "hat": (42, 44), "hat-open": (46,),
    "ride": (51, 53, 59), "crash": (49, 52, 55, 57), "tom": (41, 43, 45, 47, 48, 50),
}  # fmt: skip
_DRUM = {number: name for name, numbers in _KIT.items() for number in numbers}
_SHAKEN = "shaken"  # all other drums: tambourine, cowbell, shaker
_FAMILIES = tuple(
    dict.fromkeys(one.family for one in INSTRUMENTS.values() if one.family not in ("voice", "drums"))
)
STRIKERS = (*_KIT, _SHAKEN, *_FAMILIES, "backing")
"""What may begin to sound: bit n of `struck` is STRIKERS[n], drums (General MIDI) first, then families of players."""
LOWEST_TONE, TONES = 28, 64
"""Bit n of `tones` is MIDI LOWEST_TONE + n; what lies outside is moved there by octaves."""
NO_ROOT = 12
_FIELDS = {
    "phone": np.uint8, "place": np.float16, "f0_hz": np.float32, "voiced": np.uint8, "root": np.uint8,
    "bass": np.uint8, "quality": np.uint8, "bar": np.float16, "beat": np.float16, "section": np.uint8,
    "playing": np.uint64, "struck": np.uint32, "tones": np.uint64,
}  # fmt: skip
FIELDS = tuple(_FIELDS)


@dataclass(frozen=True, eq=False)
class Labels:
    """T frames. phone: of the lead, number in SYMBOLS. place: 0..1 inside that phone. f0_hz: 0 where nothing is voiced.

    root, bass: pitch classes, NO_ROOT = no chord. quality: number in QUALITIES. bar, beat: 0..1 through the bar, the
    felt beat. section: number in SECTIONS. playing: bits in the order of PLAYERS, who sounds. struck: bits in the
    order of STRIKERS, what begins to sound here. tones: bits of the pitches the band and backing singers sound.
    """

    phone: np.ndarray
    place: np.ndarray
    f0_hz: np.ndarray
    voiced: np.ndarray
    root: np.ndarray
    bass: np.ndarray
    quality: np.ndarray
    bar: np.ndarray
    beat: np.ndarray
    section: np.ndarray
    playing: np.ndarray
    struck: np.ndarray
    tones: np.ndarray

    def __len__(self) -> int:
        return len(self.phone)

    def part(self, begin: int, end: int) -> Labels:
        """Frames begin..end of all fields."""
        return Labels(*(getattr(self, name)[begin:end] for name in FIELDS))


def labels_of(score: Score, performance: Performance, frames: int) -> Labels:
    """The labels of a piece of `frames` frames."""
    times = (np.arange(frames) + 0.5) * FRAME_S
    made = dict(zip(("phone", "place", "f0_hz", "voiced"), _sung(performance, times), strict=True))
    made |= _written(score, times)
    made["playing"] = _playing(performance, times)
    made["struck"], made["tones"] = _played(performance, times)
    return Labels(**{name: made[name].astype(kind) for name, kind in _FIELDS.items()})


def _sung(performance: Performance, times: np.ndarray) -> tuple[np.ndarray, ...]:
    """Phone, place in it, pitch and voicing of the lead."""
    phone, place = np.zeros(len(times)), np.zeros(len(times))
    f0, voiced = np.zeros(len(times)), np.zeros(len(times))
    for part in _leads(performance):
        for phrase in part.phrases:
            when = phrase.onset_s + np.arange(len(phrase.f0_hz)) / phrase.rate_hz
            for sung in phrase.phones:
                here = slice(*np.searchsorted(times, (sung.onset_s, sung.offset_s)))
                phone[here] = SYMBOLS.index(sung.symbol)
                place[here] = (times[here] - sung.onset_s) / max(sung.offset_s - sung.onset_s, 1e-6)
                if PHONES[sung.symbol].voiced:
                    voiced[here] = 1
                    f0[here] = np.interp(times[here], when, phrase.f0_hz)
    return phone, place, f0, voiced


def _leads(performance: Performance) -> Sequence[SungPart]:
    return [part for part in performance.sung if part.role == "lead"]


def _written(score: Score, times: np.ndarray) -> dict[str, np.ndarray]:
    """Chord, place in bar and beat, section."""
    changes = score.tempo_map.changes
    # ticks as a straight line between changes of tempo, the last tempo going on
    marks = [*(change.tick for change in changes), max(score.length_ticks, changes[-1].tick) + 100_000]
    seconds = [score.tempo_map.seconds_at(tick) for tick in marks]
    ticks = np.interp(times, seconds, marks)
    out = {
        "root": np.full(len(times), NO_ROOT), "bass": np.full(len(times), NO_ROOT), "quality": np.zeros(len(times)),
        "section": np.full(len(times), SECTIONS.index("tail")),
    }  # fmt: skip
    for chord in score.chords:
        here = slice(*np.searchsorted(ticks, (chord.start_tick, chord.end_tick)))
        out["root"][here], out["bass"][here] = chord.root, chord.bass
        out["quality"][here] = QUALITIES.index(chord.quality)
    for section in score.sections:
        here = slice(*np.searchsorted(ticks, (section.start_tick, section.end_tick)))
        out["section"][here] = SECTIONS.index(section.kind)
    meter = score.meter
    out["bar"] = ticks % meter.bar_ticks / meter.bar_ticks
    out["beat"] = ticks % meter.beat_ticks / meter.beat_ticks
    return out


def _playing(performance: Performance, times: np.ndarray) -> np.ndarray:
    """Who sounds, as bits."""
    bits = np.zeros(len(times), np.uint64)
    spans: list[tuple[str, float, float]] = []
    for part in performance.played:
        spans += [(part.instrument, note.onset_s, note.offset_s) for note in part.notes]
    for part in performance.sung:
        name = "voice" if part.role == "lead" else "backing"
        spans += [(name, f.onset_s, f.offset_s) for phrase in part.phrases for f in phrase.phones]
    for name, onset_s, offset_s in spans:
        begin, end = np.searchsorted(times, (onset_s, max(offset_s, onset_s + FRAME_S)))
        bits[begin:end] |= np.uint64(1) << np.uint64(PLAYERS.index(name))
    return bits


def _played(performance: Performance, times: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What the band begins to sound, and which pitches, as bits."""
    struck, tones = np.zeros(len(times), np.uint32), np.zeros(len(times), np.uint64)
    for who, onset_s, offset_s, pitch in _strokes(performance):
        begin, end = np.searchsorted(times, (onset_s - FRAME_S / 2, max(offset_s, onset_s + FRAME_S)))
        if begin < len(times):
            struck[begin] |= np.uint32(1 << STRIKERS.index(who))
        if pitch is not None:
            tones[begin:end] |= np.uint64(1 << _tone(pitch))
    return struck, tones


def _strokes(performance: Performance) -> Iterator[tuple[str, float, float, float | None]]:
    """Everything the band and backing singers begin: who of STRIKERS, from, to, MIDI pitch (None for drums)."""
    for part in performance.played:
        family = INSTRUMENTS[part.instrument].family
        for note in part.notes:
            if family == "drums":
                yield _DRUM.get(round(note.pitch), _SHAKEN), note.onset_s, note.offset_s, None
            elif family in _FAMILIES:
                yield family, note.onset_s, note.offset_s, note.pitch
    for sung in performance.sung:
        if sung.role != "lead":
            for phrase in sung.phrases:
                for held in phrase.notes:
                    yield "backing", held.onset_s, held.offset_s, held.pitch


def _tone(pitch: float) -> int:
    """The bit of a pitch, in another octave if need be."""
    number = round(pitch) - LOWEST_TONE
    if number < 0:
        return number % 12
    return number if number < TONES else TONES - 12 + (number - TONES) % 12
