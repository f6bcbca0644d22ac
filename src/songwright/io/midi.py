"""Standard MIDI files: the score with tempo, meter, markers and, in the sung tracks, its syllables.

Type 1, 480 ticks a quarter (the score's own grid, so ticks are exact). A syllable is a lyric event at its
note's tick; it ends in "-" where the word goes on. Text is UTF-8.
"""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

import mido

from songwright.errors import ShelfError, why
from songwright.io.score_names import DRUM_CHAIR, band_chair, meter_from, sections_from, sung_chair
from songwright.music.instruments import INSTRUMENTS
from songwright.values.plan import Key
from songwright.values.score import Note, Part, Score
from songwright.values.time import TICKS_PER_QUARTER, Meter, TempoChange, TempoMap
from songwright.values.words import Syllable

_DRUM_CHANNEL = 9
_MAX_NOTES = 200_000
_HELD_TEXTS = frozenset("_~+")  # a syllable written so goes on with the one before
# (inside a word, the word goes on) -> what MusicXML calls the syllable
_SYLLABIC = {
    (False, False): "single",
    (False, True): "begin",
    (True, True): "middle",
    (True, False): "end",
}


def write_midi(score: Score, path: str | os.PathLike[str]) -> None:
    """Write the whole score as a type 1 MIDI file."""
    midi_file(score).save(os.fspath(path))


def midi_file(score: Score) -> mido.MidiFile:
    """The score as a mido file: a conductor track, then one named track a part."""
    file = mido.MidiFile(type=1, ticks_per_beat=TICKS_PER_QUARTER, charset="utf-8")
    file.tracks.append(_conductor(score))
    channels = [channel for channel in range(16) if channel != _DRUM_CHANNEL]
    for index, (part, name) in enumerate(zip(score.parts, _track_names(score.parts), strict=True)):
        channel = _DRUM_CHANNEL if part.role == "drums" else channels[index % len(channels)]
        file.tracks.append(_track(part, name, channel))
    return file


def _track_names(parts: Sequence[Part]) -> list[str]:
    """A name of its own for each part: the second of two guitars is "Guitar 2"."""
    seen = Counter[str]()
    names = []
    for part in parts:
        seen[part.name] += 1
        names.append(part.name if seen[part.name] == 1 else f"{part.name} {seen[part.name]}")
    return names


def tempo_file(score: Score) -> mido.MidiFile:
    """Tempo, meter, key and the names of sections alone: what an audio workstation lays its grid by."""
    file = mido.MidiFile(type=1, ticks_per_beat=TICKS_PER_QUARTER, charset="utf-8")
    file.tracks.append(_conductor(score))
    return file


def _conductor(score: Score) -> mido.MidiTrack:
    events: list[tuple[int, mido.MetaMessage]] = [
        (0, mido.MetaMessage("track_name", name=score.title)),
        (0, mido.MetaMessage("time_signature", numerator=score.meter.beats, denominator=score.meter.unit)),
    ]
    if name := _midi_key(score.key):
        events.append((0, mido.MetaMessage("key_signature", key=name)))
    for change in score.tempo_map.changes:
        events.append((change.tick, mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(change.bpm))))
    for section in score.sections:
        events.append((section.start_tick, mido.MetaMessage("marker", text=section.label)))
    return _in_order(events, score.length_ticks)


def _midi_key(key: Key) -> str | None:
    """The key as MIDI spells it; modes borrow the signature of major or minor."""
    name = key.tonic + ("m" if key.mode in ("minor", "dorian") else "")
    spec = mido.midifiles.meta._key_signature_encode
    return name if name in spec else None


def _track(part: Part, name: str, channel: int) -> mido.MidiTrack:
    events: list[tuple[int, object]] = [
        (0, mido.MetaMessage("track_name", name=name)),
        (0, mido.Message("program_change", channel=channel, program=INSTRUMENTS[part.instrument].program)),
    ]
    for note in part.notes:
        if note.syllable is not None:
            text = note.syllable.text + ("-" if note.syllabic in ("begin", "middle") else "")
            events.append((note.start_tick, mido.MetaMessage("lyrics", text=text)))
        velocity = max(1, min(127, round(note.level * 127)))
        events.append((note.end_tick, mido.Message("note_off", channel=channel, note=note.pitch, velocity=0)))
        on = mido.Message("note_on", channel=channel, note=note.pitch, velocity=velocity)
        events.append((note.start_tick, on))
    return _in_order(events)


def _in_order(events: list, end_tick: int = 0) -> mido.MidiTrack:
    """Events as a track with delta times: at one tick offs before lyrics before ons."""
    rank = {"note_off": 1, "lyrics": 2, "note_on": 3}
    track, now = mido.MidiTrack(), 0
    for tick, message in sorted(events, key=lambda event: (event[0], rank.get(event[1].type, 0))):
        track.append(message.copy(time=tick - now))
        now = tick
    track.append(mido.MetaMessage("end_of_track", time=max(0, end_tick - now)))
    return track


def read_midi(path: str | os.PathLike[str], tell: Callable[[str], None] = lambda _: None) -> Score:
    """Read any MIDI file as a score; syllables carry text only (their phones are found by who sings them).

    tell: hears where chords are thinned to one voice. Raises ShelfError where the file is missing, damaged, without
    notes or beyond 200,000 notes.
    """
    return _score_of(open_midi(path), os.fspath(path), tell)


def open_midi(path: str | os.PathLike[str]) -> mido.MidiFile:
    """A MIDI file as its events; text is UTF-8 or, failing that, Latin 1. ShelfError if missing or damaged."""
    item = os.fspath(path)
    try:
        try:
            file = mido.MidiFile(item, charset="utf-8", clip=True)
        except UnicodeDecodeError:
            file = mido.MidiFile(item, charset="latin1", clip=True)
    except FileNotFoundError:
        raise ShelfError(item, "there is no such file") from None
    except (OSError, EOFError, ValueError, IndexError, KeyError, AttributeError, TypeError) as problem:
        raise ShelfError(item, f"is not a readable MIDI file ({why(problem)})") from None
    if not file.ticks_per_beat:
        raise ShelfError(item, "is not a readable MIDI file (it counts no ticks)")
    return file


def _score_of(file: mido.MidiFile, item: str, tell: Callable[[str], None]) -> Score:
    scale = TICKS_PER_QUARTER / file.ticks_per_beat
    tracks = [_absolute(track, scale) for track in file.tracks]
    parts = [part for index, track in enumerate(tracks) for part in _parts_of(track, index, tell)]
    if not parts:
        raise ShelfError(item, "has no notes")
    if sum(len(part.notes) for part in parts) > _MAX_NOTES:
        raise ShelfError(item, f"has more than {_MAX_NOTES:,} notes")
    parts = _with_loose_lyrics(parts, tracks, tell)
    meta = sorted(((tick, m) for track in tracks for tick, m in track if m.is_meta), key=lambda e: e[0])
    signs = ((m.numerator, m.denominator) for _, m in meta if m.type == "time_signature")
    meter = next((meter_from(beats, unit) for beats, unit in signs), Meter())
    key = next((_key_of(m.key) for _, m in meta if m.type == "key_signature"), Key("C"))
    end = max(note.end_tick for part in parts for note in part.notes)
    length = -(-end // meter.bar_ticks) * meter.bar_ticks
    title = next((m.name for _, m in meta if m.type == "track_name" and m.name.strip()), Path(item).stem)
    marks = {tick: m.text.strip() for tick, m in meta if m.type == "marker" and m.text.strip()}
    sections = sections_from(marks, length)
    return Score(title, key, meter, _tempo_map(meta), sections, (), (), tuple(parts), length)


def _absolute(track: mido.MidiTrack, scale: float) -> list[tuple[int, mido.Message]]:
    now, events = 0, []
    for message in track:
        now += message.time
        events.append((round(now * scale), message))
    return events


def _parts_of(track: list, index: int, tell: Callable[[str], None]) -> list[Part]:
    """The parts in one track: one a channel that plays."""
    name = next((m.name.strip() for _, m in track if m.type == "track_name"), "") or f"Track {index}"
    open_notes: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    played: dict[int, list[tuple[int, int, int, int]]] = defaultdict(list)
    programs: dict[int, int] = {}
    for tick, m in track:
        if m.type == "program_change":
            programs.setdefault(m.channel, m.program)
        elif m.type == "note_on" and m.velocity > 0:
            open_notes[m.channel, m.note].append((tick, m.velocity))
        elif m.type in ("note_on", "note_off") and open_notes[m.channel, m.note]:
            start, velocity = open_notes[m.channel, m.note].pop(0)
            played[m.channel].append((start, max(1, tick - start), m.note, velocity))
    lyrics = {tick: m.text for tick, m in track if m.type == "lyrics" and m.text.strip()}
    parts = []
    for channel, notes in sorted(played.items()):
        part_id = f"track-{index}" + (f"-{channel}" if len(played) > 1 else "")
        part = _part(part_id, name, channel, programs.get(channel, 0), sorted(notes), lyrics)
        _tell_chords(part, len(notes), tell)
        parts.append(part)
    return parts


def _part(part_id: str, name: str, channel: int, program: int, notes: list, lyrics: dict[int, str]) -> Part:
    if lyrics and channel != _DRUM_CHANNEL:
        return Part(part_id, name, *sung_chair(name), _sung(part_id, notes, lyrics))
    role, instrument = DRUM_CHAIR if channel == _DRUM_CHANNEL else band_chair(program)
    written = tuple(
        Note(f"{part_id}/{i}", start, length, pitch, velocity / 127)
        for i, (start, length, pitch, velocity) in enumerate(notes)
    )
    return Part(part_id, name, role, instrument, part_id, written)


def _sung(part_id: str, notes: list, lyrics: dict[int, str]) -> tuple[Note, ...]:
    """Notes with their syllables, one voice: where notes start together the highest is sung."""
    line: dict[int, tuple[int, int, int, int]] = {}
    for note in notes:
        if note[0] not in line or note[2] > line[note[0]][2]:
            line[note[0]] = note
    starts = sorted(line)
    sung, inside_word = [], False
    for i, start in enumerate(starts):
        _, length, pitch, velocity = line[start]
        if i + 1 < len(starts):
            length = min(length, starts[i + 1] - start)
        text = lyrics.get(start, "").replace("\\", " ").replace("/", " ").strip()
        text = "" if text in _HELD_TEXTS else text
        goes_on = text.endswith("-")
        syllable = Syllable(text.rstrip("-"), ()) if text.rstrip("-") else None
        kind = _SYLLABIC[inside_word, goes_on] if syllable else "single"
        if syllable:
            inside_word = goes_on
        sung.append(Note(f"{part_id}/{i}", start, length, pitch, velocity / 127, syllable, kind))
    return tuple(sung)


def _tell_chords(part: Part, played: int, tell: Callable[[str], None]) -> None:
    """Say where a sung part has fewer notes than were written, since one mouth sings no chords."""
    if part.is_sung and len(part.notes) < played:
        tell(f"{part.name}: of chords the top note is sung.")


def _with_loose_lyrics(parts: list[Part], tracks: list, tell: Callable[[str], None]) -> list[Part]:
    """Lyrics in a track of their own go to the part whose notes start with them most often."""
    if any(part.is_sung for part in parts):
        return parts
    loose = [{tick: m.text for tick, m in track if m.type == "lyrics" and m.text.strip()} for track in tracks]
    lyrics = max(loose, key=len, default={})
    if not lyrics:
        return parts
    fits = [_agreement(part, lyrics) for part in parts]
    best = fits.index(max(fits))
    notes = [(n.start_tick, n.length_ticks, n.pitch, round(n.level * 127)) for n in parts[best].notes]
    part = parts[best]
    parts[best] = Part(part.id, part.name, *sung_chair(part.name), _sung(part.id, notes, lyrics))
    _tell_chords(parts[best], len(notes), tell)
    return parts


def _agreement(part: Part, lyrics: dict[int, str]) -> float:
    """How many syllables start with a note of this part; fewer notes without a syllable breaks a tie."""
    return len({note.start_tick for note in part.notes} & set(lyrics)) - 0.01 * len(part.notes)


def _key_of(name: str) -> Key:
    return Key(name.rstrip("m"), "minor" if name.endswith("m") else "major")


def _tempo_map(meta: list) -> TempoMap:
    changes: dict[int, float] = {}
    for tick, message in meta:
        if message.type == "set_tempo" and message.tempo > 0:
            changes[tick] = mido.tempo2bpm(message.tempo)
    if 0 not in changes:
        changes[0] = 120.0
    return TempoMap(tuple(TempoChange(tick, bpm) for tick, bpm in sorted(changes.items())))
