"""A player with an instrument in hand: plays a part note by note.

Every distinct note (pitch, strength, articulation, take) is sounded once, as long as its longest use, and laid
into the part wherever it occurs; levels between the six grades of strength are gains.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.signal import lfilter

from songwright.band.drumkit import DrumKit
from songwright.band.modes import decibels, warp
from songwright.band.patches import LEVEL_DB, Patch
from songwright.band.stroke import Stroke
from songwright.values.audio import RATE_HZ
from songwright.values.performance import PlayedNote, PlayedPart
from songwright.values.seed import Seed

_GRADES = 5  # strengths 0, 0.2 .. 1
_REFERENCE_RMS = 0.12
_CHOKE_S = 0.03
_STOPPED = 0.5  # of the release, where the hand stops a note
_GLIDE_S = 0.09
_LONGEST = 16 * RATE_HZ  # a longer note is prolonged from what was rendered
_HEARD = frozenset({"mute", "legato", "strum-up"})  # articulations that change the sound itself
_POLE = np.float32(1 - 2 * np.pi * 12.0 / RATE_HZ)  # what lies below 12 Hz is no sound
_NO_DC = (np.array([1, -1], np.float32), np.array([1, -_POLE], np.float32))
_Key = tuple[float, int, str, int, float]


def play_part(part: PlayedPart, patch: Patch, frames: int, seed: Seed) -> np.ndarray:
    """The whole part, dry: float32 (2, frames)."""
    notes = [note for note in part.notes if note.level > 0 and 0 <= note.onset_s < frames / RATE_HZ]
    ends = _ends(notes, patch)
    keys = _keys(notes, patch, seed.child(part.id))
    uses: dict[_Key, list[int]] = {}
    for i, key in enumerate(keys):
        uses.setdefault(key, []).append(i)
    out = np.zeros((1, frames), dtype=np.float32)
    for key, places in uses.items():
        size = max(_span(notes[i], ends[i], patch) for i in places)
        sound = _sound(key, size, patch, seed.child(part.instrument))
        if len(sound) > len(out):
            out = np.repeat(out, 2, axis=0)
        for i in places:
            slid = _slid(sound, notes[i], notes[i - 1] if i else None) if patch.slide else sound
            if notes[i].articulation == "slide" and i:
                slid = _glided(sound, notes[i], notes[i - 1])
            _lay(out, slid, notes[i], ends[i], patch)
    if notes:
        for effect in patch.effects:
            out = effect.finish(out)
        out *= np.float32(decibels(LEVEL_DB[part.instrument] + patch.trim_db))
    return out if len(out) == 2 else np.repeat(out, 2, axis=0)


def _strength(note: PlayedNote) -> float:
    return min(1.0, note.level + (0.12 if note.articulation == "accent" else 0.0))


def _keys(notes: Sequence[PlayedNote], patch: Patch, seed: Seed) -> list[_Key]:
    """What each note has to sound like; the same take of a note is not played twice running."""
    last: dict[float, int] = {}
    keys = []
    for note in notes:
        pitch = round(note.pitch, 2)
        take = seed.child(note.note_id).luck().integer(0, patch.takes - 1)
        if patch.takes > 1 and last.get(pitch) == take:
            take = (take + 1) % patch.takes
        last[pitch] = take
        grade = round(min(1.0, max(0.0, _strength(note))) * _GRADES)
        articulation = note.articulation if note.articulation in _HEARD else ""
        swept = isinstance(patch.voice, DrumKit) and patch.voice.piece_name(pitch) == "brush-sweep"
        length = round(note.offset_s - note.onset_s, 1) if swept else 0.0
        keys.append((pitch, grade, articulation, take, length))
    return keys


def _ends(notes: Sequence[PlayedNote], patch: Patch) -> list[float]:
    """When each note is stopped, in seconds: at its offset, or where a drum is choked or has rung out."""
    if not isinstance(patch.voice, DrumKit):
        return [max(note.offset_s, note.onset_s + 0.02) for note in notes]
    ends = []
    next_onset: dict[str, float] = {}
    for note in reversed(notes):
        piece = patch.voice.piece(note.pitch)
        end = note.onset_s + max(piece.length_s, note.offset_s - note.onset_s if piece.length_s > 1 else 0.0)
        if piece.choke:
            end = min(end, next_onset.get(piece.choke, end))
            next_onset[piece.choke] = note.onset_s
        ends.append(end)
    return ends[::-1]


def _span(note: PlayedNote, end: float, patch: Patch) -> int:
    """Samples a note needs, release included."""
    if isinstance(patch.voice, DrumKit):
        return int((end - note.onset_s + _CHOKE_S) * RATE_HZ)
    seconds = end - note.onset_s + _release_s(note, patch)
    if patch.ring_s:
        seconds = min(seconds, patch.ring_s)
    return int(seconds * RATE_HZ) + 64


def _release_s(note: PlayedNote, patch: Patch) -> float:
    """How long a note takes to end: a short one is stopped by the hand, not let go."""
    return patch.release_s * (_STOPPED if note.articulation in ("staccato", "mute") else 1.0)


def _sound(key: _Key, size: int, patch: Patch, seed: Seed) -> np.ndarray:
    """The note itself at its reference level, float32 (1 or 2, size)."""
    pitch, grade, articulation, take, length = key
    frames = min(size, _LONGEST)
    stroke = Stroke(pitch, grade / _GRADES, articulation, length or frames / RATE_HZ, frames)
    luck = seed.child(f"{pitch:.2f}", grade, articulation, take).luck()
    sound = lfilter(*_NO_DC, np.atleast_2d(patch.voice.note(stroke, luck)).astype(np.float32))
    if isinstance(patch.voice, DrumKit):
        return sound
    # The strongest 50 ms decide how loud a note is; short notes are judged by what there is of them.
    hop = min(frames, RATE_HZ // 20)
    count = max(1, frames // hop)
    power = np.square(sound[:, : count * hop]).mean(axis=0).reshape(count, hop).mean(axis=1).max()
    sound *= np.float32(_REFERENCE_RMS / (np.sqrt(power) + 1e-9))
    return sound if size <= frames else _prolonged(sound, size)


def _prolonged(sound: np.ndarray, size: int) -> np.ndarray:
    """A held note made longer by repeating its second half, each time faded over a second."""
    fade = RATE_HZ
    slope = np.linspace(0, 1, fade, dtype=np.float32)
    again = sound[:, sound.shape[1] // 2 :]
    out = np.zeros((len(sound), size + again.shape[1]), dtype=np.float32)
    end = sound.shape[1]
    out[:, :end] = sound
    while end < size:
        start = end - fade
        out[:, start:end] *= np.sqrt(1 - slope)
        out[:, start:end] += again[:, :fade] * np.sqrt(slope)
        out[:, end : start + again.shape[1]] = again[:, fade:]
        end = start + again.shape[1]
    return out[:, :size]


def _lay(out: np.ndarray, sound: np.ndarray, note: PlayedNote, end: float, patch: Patch) -> None:
    """Adds a note to the part, faded where it is let go."""
    start = round(note.onset_s * RATE_HZ)
    size = min(_span(note, end, patch), sound.shape[1], out.shape[1] - start)
    if size <= 0:
        return
    fade_s = _CHOKE_S if isinstance(patch.voice, DrumKit) else _release_s(note, patch)
    fade = min(size, max(64, int(fade_s * RATE_HZ)))
    gain = np.float32(decibels(patch.range_db * (note.level - 0.7)))
    target = out[:, start : start + size]
    target[:, : size - fade] += gain * sound[:, : size - fade]
    slope = (0.5 + 0.5 * np.cos(np.pi * (np.arange(fade, dtype=np.float32) + 1) / fade)) ** 1.5
    target[:, size - fade :] += (gain * slope) * sound[:, size - fade : size]


def _glided(sound: np.ndarray, note: PlayedNote, before: PlayedNote) -> np.ndarray:
    """A finger that slides along the string, or a machine's glide: the pitch comes from the note before."""
    reach = float(np.clip(before.pitch - note.pitch, -12.0, 12.0))
    time = np.arange(sound.shape[1]) / RATE_HZ
    ratio = 2.0 ** (reach * (0.5 + 0.5 * np.cos(np.pi * np.clip(time / _GLIDE_S, 0, 1))) / 12.0)
    return np.stack([warp(side, ratio) for side in sound])


def _slid(sound: np.ndarray, note: PlayedNote, before: PlayedNote | None) -> np.ndarray:
    """The bar on the strings: slides in from the note before, or from just below, and trembles on long notes."""
    frames = sound.shape[1]
    time = np.arange(frames) / RATE_HZ
    semitones = -0.35
    if before is not None and note.onset_s - before.offset_s < 0.08:
        semitones = float(np.clip(before.pitch - note.pitch, -2.0, 2.0)) or -0.2
    slide = 100 * semitones * (0.5 + 0.5 * np.cos(np.pi * np.clip(time / 0.11, 0, 1)))
    tremble = 13.0 * np.clip((time - 0.35) / 0.4, 0, 1) * np.sin(2 * np.pi * 5.3 * time)
    ratio = 2.0 ** ((slide + tremble) / 1200.0)
    return np.stack([warp(side, ratio) for side in sound])
