"""The song as the network reads it: what it is, and its bars as far as they are written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from songwright.composer.frames import Room
from songwright.composer.lead import SungLine, lead_notes
from songwright.music.harmony import chord_pitches, chord_scale
from songwright.music.tokens import GRID, VOCABULARY, Conditions, LineSign, encode
from songwright.music.tokens.conditions import close_of
from songwright.music.tokens.grammar import Span
from songwright.music.tokens.pitches import pitch_name, tonic_pitch
from songwright.music.tokens.sheet import vowel_class
from songwright.music.tokens.vocabulary import LANGUAGES, METERS, MOST_SYLLABLES, RHYMES
from songwright.values.plan import SongPlan
from songwright.values.score import Chord, Part, Score, Section

_BAR, _FORM_END, _END = (VOCABULARY[name] for name in ("bar", "/form", "end"))
_STRESSED = ("en", "de")
# What the genres of the house are called in the songs the network learned from: the nearest with tunes of its own.
_GENRES: Mapping[str, str] = {
    "art": "art", "hymn": "hymn", "carol": "carol", "traditional": "traditional", "standard": "standard",
    "nursery": "nursery", "ballad": "ballad", "folk": "traditional", "country": "traditional", "cinematic": "art",
}  # fmt: skip
_KINDS: Mapping[str, str] = {
    "prechorus": "verse",
    "outro": "chorus",
    "intro": "verse",
    "instrumental": "verse",
}


@dataclass(frozen=True)
class Rows:
    """Tokens of a song. head: what it is and its form. bars: each bar's tokens, its section's name first."""

    head: tuple[int, ...]
    bars: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Page:
    """How a song is written down. shift: semitones its tune is written higher than sung; register: as tokens count."""

    plan: SongPlan
    chords: tuple[Chord, ...]
    shift: int
    register: int

    @property
    def language(self) -> str:
        """The language as tokens know it."""
        base = self.plan.language.split("-")[0].lower()
        return base if base in LANGUAGES else "any"

    def rows(self, sung: Sequence[SungLine]) -> Rows:
        """The song with the lines that have a tune, in order; lines too long for tokens are left out."""
        plan = self.plan
        sung = [line for line in sung if len(line[0].sung) <= MOST_SYLLABLES]
        notes, lines = lead_notes(plan, sung)
        part = Part(
            "lead", "Voice", "lead", "voice", "lead",
            tuple(replace(note, pitch=note.pitch + self.shift) for note in notes),
        )  # fmt: skip
        sections, start = [], 0
        for item in plan.sections:
            length = item.bars * plan.meter.bar_ticks
            kind = _KINDS.get(item.kind, item.kind)
            sections.append(Section(item.id, kind, item.label, start, length, item.energy))
            start += length
        score = Score(
            plan.title, plan.key, plan.meter, plan.tempo_map, tuple(sections), self.chords, tuple(lines), (part,), start
        )  # fmt: skip
        genre = _GENRES.get(plan.genre, "standard")
        conditions = Conditions(genre=genre, language=self.language, register=self.register)
        signs = [LineSign(_rhyme(room.line.rhyme), close_of(room.line.text)) for room, _ in sung]
        return _cut(encode(score, conditions, signs))

    def heading(self, room: Room) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """What a line asks for, as tokens, and the token of each of its syllables. ValueError beyond 64 syllables."""
        count = len(room.sung)
        if not 1 <= count <= MOST_SYLLABLES:
            raise ValueError(f"a line of {count} syllables has no token")
        stressed = self.language in _STRESSED
        kinds = [
            (str(item.syllable.stress) if stressed else "x")
            + ("i" if item.syllabic in ("middle", "end") else "b")
            for item in room.sung
        ]
        names = [
            "line",
            f"nsyl:{count}",
            f"rhyme:{_rhyme(room.line.rhyme) or 'none'}",
            f"close:{close_of(room.line.text)}",
        ]
        names += [
            f"s:{kind}:{vowel_class(item.syllable.phones)}"
            for kind, item in zip(kinds, room.sung, strict=True)
        ]
        return tuple(VOCABULARY[name] for name in names), tuple(VOCABULARY[f"syl:{kind}"] for kind in kinds)

    def spans(self, start: int, end: int, low: int, high: int) -> tuple[Span, ...]:
        """What may be sung from tick to tick, by chord; places count from the first tick. low, high: MIDI."""
        found = []
        for chord in self.chords:
            if chord.start_tick < end and chord.end_tick > start:
                scale = set(chord_scale(chord, self.plan.key))
                notes = tuple(
                    (VOCABULARY[pitch_name(p + self.shift, self.plan.key, self.register)], p)
                    for p in range(low, high + 1)
                    if p % 12 in scale
                )
                place = max(0, (chord.start_tick - start + GRID // 2) // GRID)
                found.append(Span(place, notes, frozenset(chord_pitches(chord))))
        return tuple(found)


def page(plan: SongPlan, chords: tuple[Chord, ...], centre: float) -> Page:
    """A page for a song; centre: MIDI around which its verses lie. ValueError where tokens cannot say its meter.

    The tune is written where songs are written down, a low voice an octave or two above what it sings.
    """
    if str(plan.meter) not in METERS:
        raise ValueError(f"no token for {plan.meter}")
    octave = (int(centre) - tonic_pitch(plan.key, 0)) // 12
    register = min(1, max(0, octave))
    return Page(plan, chords, 12 * (register - octave), register)


def _rhyme(letter: str) -> str:
    return letter if letter in RHYMES else ""


def _cut(ids: Sequence[int]) -> Rows:
    """A row cut into its head and its bars; a section's name belongs to the bar that follows."""
    at = ids.index(_FORM_END) + 1
    head, bars = tuple(ids[:at]), []
    row: list[int] = []
    for token in ids[at:]:
        if token == _END:
            break
        if token == _BAR and _BAR in row:
            bars.append(tuple(row[:-1] if row[-1] in _SECTIONS else row))
            row = row[-1:] if row[-1] in _SECTIONS else []
        row.append(token)
    bars.append(tuple(row))
    return Rows(head, tuple(bars))


_SECTIONS = frozenset(n for name, n in VOCABULARY.items() if name.startswith("sec:"))
