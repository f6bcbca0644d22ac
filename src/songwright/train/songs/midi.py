"""Songs out of MIDI with lyrics: the voice whose notes bear a lyric track's syllables, and all that sounds beside it.

Lyric tracks may stand apart from the notes ("lyrics:VOICE:VERSE"); a syllable that ends in "-" goes on. MIDI shows
no bar lines, only a meter, so an upbeat is found later (`bars.upbeat`).
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

import mido

from songwright.io.midi import open_midi
from songwright.io.score_names import meter_from
from songwright.io.written import Measure, Tone, Unusable, Written, one_voice
from songwright.values.time import TICKS_PER_QUARTER, Meter

_DRUMS = 9
_SYLLABIC = {(False, False): "single", (False, True): "begin", (True, True): "middle", (True, False): "end"}
_NAMES = "Cb Gb Db Ab Eb Bb F C G D A E B F# C#"
_FIFTHS = {name: n - 7 for n, name in enumerate(_NAMES.split(" "))}
_Sound = tuple[int, int, int]


def read_midi_song(path: str | os.PathLike[str]) -> Written:
    """The song in a MIDI file. Unusable where there are no words or no voice fits them."""
    file = open_midi(path)
    tracks = [_absolute(track, TICKS_PER_QUARTER / file.ticks_per_beat) for track in file.tracks]
    notes = [_sounds(track) for track in tracks]
    lyrics = [
        {tick: m.text for tick, m in track if m.type == "lyrics" and m.text.strip()} for track in tracks
    ]
    names = [next((m.name for _, m in track if m.type == "track_name"), "") for track in tracks]
    words = _verse(lyrics, names)
    singer = _singer(notes, words)
    syllables = _syllables(words)
    voice = one_voice([Tone(*sound, *syllables.get(sound[0], ("", "single"))) for sound in notes[singer]])
    kept = {(t.tick, t.pitch) for t in voice}
    others = [s for i, sounds in enumerate(notes) for s in sounds if i != singer or (s[0], s[2]) not in kept]
    meta = sorted(((t, m) for track in tracks for t, m in track if m.is_meta), key=lambda event: event[0])
    tempo = next((mido.tempo2bpm(m.tempo) for _, m in meta if m.type == "set_tempo" and m.tempo > 0), 96.0)
    title = next((name for name in names if name.strip() and ":" not in name), Path(path).stem)
    end = max((s[0] + s[1] for sounds in notes for s in sounds), default=0)
    return Written(title, "", _measures(meta, end), voice, tuple(sorted(others)), bpm=tempo, barred=False)


def _absolute(track: mido.MidiTrack, scale: float) -> list[tuple[int, mido.Message]]:
    now, events = 0, []
    for message in track:
        now += message.time
        events.append((round(now * scale), message))
    return events


def _sounds(track: list[tuple[int, mido.Message]]) -> list[_Sound]:
    """(tick, ticks, pitch) of a track, drums left out."""
    open_at: dict[tuple[int, int], list[int]] = defaultdict(list)
    sounds = []
    for tick, m in track:
        if m.type == "note_on" and m.velocity > 0 and m.channel != _DRUMS:
            open_at[m.channel, m.note].append(tick)
        elif m.type in ("note_on", "note_off") and open_at[m.channel, m.note]:
            start = open_at[m.channel, m.note].pop(0)
            if tick > start:
                sounds.append((start, tick - start, m.note))
    return sorted(sounds)


def _verse(lyrics: list[dict[int, str]], names: list[str]) -> dict[int, str]:
    """The words to sing: the first verse that has nearly as many syllables as the fullest."""
    most = max((len(words) for words in lyrics), default=0)
    if most == 0:
        raise Unusable("no lyric events")
    full = [i for i, words in enumerate(lyrics) if len(words) >= 0.8 * most]
    return lyrics[min(full, key=lambda i: (names[i].rsplit(":", 1)[-1], -len(lyrics[i])))]


def _singer(notes: list[list[_Sound]], words: Mapping[int, str]) -> int:
    """The track that sings: its notes begin where syllables do; of several that fit, the highest."""
    fits = [len({s[0] for s in sounds} & set(words)) / len(words) for sounds in notes]
    if max(fits) < 0.9:
        raise Unusable(f"no voice fits the words (best {max(fits):.0%})")
    good = [i for i, fit in enumerate(fits) if fit >= 0.95 * max(fits)]
    return max(good, key=lambda i: _mean_top(notes[i], words))


def _mean_top(sounds: list[_Sound], words: Mapping[int, str]) -> float:
    top: dict[int, int] = {}
    for tick, _, pitch in sounds:
        if tick in words:
            top[tick] = max(pitch, top.get(tick, 0))
    return sum(top.values()) / len(top)


def _syllables(words: Mapping[int, str]) -> dict[int, tuple[str, str]]:
    found, inside = {}, False
    for tick in sorted(words):
        text = words[tick].replace("\\", " ").replace("/", " ").replace("‿", " ").strip()
        bare = text.rstrip("-").strip()
        if bare:
            goes_on = text.endswith("-")
            found[tick] = (bare, _SYLLABIC[inside, goes_on])
            inside = goes_on
    return found


def _measures(meta: list[tuple[int, mido.MetaMessage]], end: int) -> tuple[Measure, ...]:
    """Bars counted from each meter sign on; the last one is whole."""
    meters = [(t, meter_from(m.numerator, m.denominator)) for t, m in meta if m.type == "time_signature"]
    if not meters or meters[0][0] > 0:
        meters.insert(0, (0, Meter()))
    keys = {t: m.key for t, m in reversed(meta) if m.type == "key_signature"}
    bars: list[Measure] = []
    for (start, meter), stop in zip(meters, [*(t for t, _ in meters[1:]), end], strict=True):
        tick = start
        while tick < stop:
            told = [keys[t] for t in sorted(keys) if t <= tick]
            fifths, mode = _signature(told[-1]) if told else (None, "")
            bars.append(Measure(tick, min(meter.bar_ticks, max(stop - tick, 1)), meter, fifths, mode))
            tick += meter.bar_ticks
    if bars:
        last = bars[-1]
        bars[-1] = Measure(last.tick, last.meter.bar_ticks, last.meter, last.fifths, last.mode)
    return tuple(bars)


def _signature(name: str) -> tuple[int, str]:
    """The sharps of a MIDI key name, and its mode."""
    tonic = name.rstrip("m")
    if name.endswith("m"):
        return _FIFTHS.get(tonic, {"G#": 8, "D#": 9, "A#": 10}.get(tonic, 0)) - 3, "minor"
    return _FIFTHS.get(tonic, 0), "major"
