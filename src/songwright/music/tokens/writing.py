"""From score to tokens."""

from __future__ import annotations

from collections.abc import Sequence

from songwright.music.tokens.band import Harmony, band_names, band_of
from songwright.music.tokens.conditions import Conditions, LineSign, tempo_class
from songwright.music.tokens.pitches import pitch_name, register_of, root_name
from songwright.music.tokens.sheet import representable, vowel_class
from songwright.music.tokens.vocabulary import (
    GRID,
    MOST_SYLLABLES,
    NAMES,
    QUALITIES,
    RHYMES,
    VOCABULARY,
)
from songwright.values.score import Chord, Note, Score

_STRESSED = ("en", "de")  # languages whose stress the score knows; elsewhere it is written as unknown


def encode(score: Score, conditions: Conditions | None = None, signs: Sequence[LineSign] = ()) -> list[int]:
    """The tokens of a song. signs: for its lines in order (fewer leave the rest plain).

    ValueError where something has no token: a meter, a chord quality, a pitch nine octaves off, a line of more
    than 64 syllables.
    """
    return [VOCABULARY[name] for name in names_of(score, conditions or Conditions(), signs)]


def names_of(score: Score, conditions: Conditions, signs: Sequence[LineSign]) -> list[str]:
    """The tokens of a song by name."""
    sheet = representable(score)
    notes = next((part.notes for part in sheet.parts if part.role == "lead"), ())
    register = conditions.register
    if register is None:
        register = register_of([note.pitch for note in notes], sheet.key)
    names = _opening(sheet, conditions, register)
    stressed = conditions.language in _STRESSED
    events = _events(sheet, notes, register, stressed, signs)
    bar, at = sheet.meter.bar_ticks, 0
    band = _band(sheet)
    section_at = {section.start_tick: section.kind for section in sheet.sections}
    for start in range(0, sheet.length_ticks, bar):
        if start in section_at:
            names.append(f"sec:{section_at[start]}")
        names.append("bar")
        names += _chords(sheet, start, start + bar)
        while at < len(events) and events[at][0] < start + bar:
            names += events[at][1]
            at += 1
        names += band.get(start // bar, [])
    names.append("end")
    unknown = [name for name in names if name not in VOCABULARY]
    if unknown:
        raise ValueError(f"no token for {unknown[0]}")
    return names


def _band(sheet: Score) -> dict[int, list[str]]:
    """What the band strikes, by bar."""
    harmony = Harmony(sheet.chords, sheet.key) if sheet.chords else None
    struck = band_of(sheet.parts, harmony, sheet.meter.bar_ticks, sheet.length_ticks)
    return band_names(struck, harmony, sheet.meter.bar_ticks)


def _opening(sheet: Score, conditions: Conditions, register: int) -> list[str]:
    tempo = tempo_class(sheet.tempo_map.start_bpm) if conditions.tempo else "any"
    return [
        "song", f"genre:{conditions.genre}", f"mood:{conditions.mood}", f"tempo:{tempo}", f"meter:{sheet.meter}",
        f"mode:{sheet.key.mode}", f"key:{sheet.key.tonic if conditions.key else 'any'}",
        f"lang:{conditions.language}", f"persona:{conditions.persona}", f"register:{register}", "form",
        *(f"sec:{section.kind}" for section in sheet.sections), "/form",
    ]  # fmt: skip


def _chords(sheet: Score, start: int, end: int) -> list[str]:
    """The chords of a bar: the one that holds at its start, and every change inside."""
    names: list[str] = []
    for chord in sheet.chords:
        if chord.start_tick < end and chord.end_tick > start:
            place = (max(chord.start_tick, start) - start) // GRID
            names += [f"pos:{place}", *_chord(chord, sheet)]
    return names


def _chord(chord: Chord, sheet: Score) -> list[str]:
    if chord.quality not in QUALITIES:
        raise ValueError(f"no token for the chord {chord.quality}")
    names = [f"c:{root_name(chord.root, sheet.key)}:{chord.quality}"]
    return names + ([f"over:{root_name(chord.bass, sheet.key)}"] if chord.bass != chord.root else [])


def _events(
    sheet: Score, notes: Sequence[Note], register: int, stressed: bool, signs: Sequence[LineSign]
) -> list[tuple[int, list[str]]]:
    """What happens when: (tick, tokens), notes cut at bar lines, line heads before and line ends after them."""
    bar = sheet.meter.bar_ticks
    events: list[tuple[int, list[str]]] = []
    for n, note in enumerate(notes):
        opens = note.line is not None and (n == 0 or notes[n - 1].line != note.line)
        closes = note.line is not None and (n + 1 == len(notes) or notes[n + 1].line != note.line)
        head = _head(notes, note.line, stressed, signs) if opens and note.line is not None else []
        place, first = note.start_tick, True
        while place < note.end_tick:
            end = min(note.end_tick, (place // bar + 1) * bar)
            pitch = [_mark(note, stressed), pitch_name(note.pitch, sheet.key, register)] if first else ["tie"]
            tokens = [f"pos:{place % bar // GRID}", *pitch, f"d:{(end - place) // GRID}"]
            tail = ["/line"] if closes and end == note.end_tick else []
            events.append((place, [*(head if first else []), *tokens, *tail]))
            place, first = end, False
    return events


def _kind(note: Note, stressed: bool) -> str:
    """Stress and place in the word: "1b"."""
    if note.syllable is None:
        raise ValueError("a note without a syllable has no kind")
    stress = str(note.syllable.stress) if stressed else "x"
    return stress + ("i" if note.syllabic in ("middle", "end") else "b")


def _mark(note: Note, stressed: bool) -> str:
    return "mel" if note.syllable is None else f"syl:{_kind(note, stressed)}"


def _head(notes: Sequence[Note], line: int, stressed: bool, signs: Sequence[LineSign]) -> list[str]:
    """What a line asks for: how many syllables, its rhyme, how it ends, and each syllable's weight and vowel."""
    sung = [n for n in notes if n.line == line and n.syllable is not None]
    if not 1 <= len(sung) <= MOST_SYLLABLES:
        raise ValueError(f"a line of {len(sung)} syllables has no token")
    sign = signs[line] if line < len(signs) else LineSign()
    rhyme = sign.rhyme if sign.rhyme in RHYMES else "none"
    says = [f"s:{_kind(n, stressed)}:{vowel_class(n.syllable.phones)}" for n in sung if n.syllable]
    return ["line", f"nsyl:{len(sung)}", f"rhyme:{rhyme}", f"close:{sign.close}", *says]


def readable(ids: Sequence[int]) -> str:
    """Tokens as text, a line for each bar, section and line head."""
    text, in_form = "", False
    for token in ids:
        name = NAMES[token]
        in_form = (in_form or name == "form") and name != "/form"
        fresh = name in ("bar", "line", "form", "end") or (name.startswith("sec:") and not in_form)
        text += ("\n" if fresh and text else " " if text else "") + name
        text += "\n" if name in ("/form", "/line") else ""
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())
