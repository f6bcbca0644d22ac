"""Sampled instruments: FluidSynth with a General MIDI soundfont, where a machine has both.

An own, small binding to the C library (version 2 or 3 of its interface) through ctypes; nothing is bundled. The
font is loaded once and lent to a synthesizer for each part, so a part sounds the same whoever plays beside it.
FluidSynth is LGPL-2.1-or-later and loaded dynamically; the soundfont keeps its own licence.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import os
import struct
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from songwright.errors import ShelfError
from songwright.music.instruments import INSTRUMENTS
from songwright.values.audio import Audio
from songwright.values.performance import PlayedNote, PlayedPart

_BLOCK = 64  # FluidSynth computes in blocks of 64 frames; events fall on their edges (within 0.7 ms)
_RANGE_DB = 24.0  # level 0..1; the fonts' own velocity range of 30-37 dB is too wide for a mix
_LIBRARIES = ("libfluidsynth.so.3", "libfluidsynth.so.2", "libfluidsynth.3.dylib", "libfluidsynth.dylib",
              "libfluidsynth-3.dll", "fluidsynth.dll")  # fmt: skip
_FOLDERS = ("/usr/share/sounds/sf3", "/usr/share/sounds/sf2", "/usr/share/soundfonts",
            "/usr/local/share/soundfonts", "/opt/homebrew/share/soundfonts")  # fmt: skip
_FONTS = ("MuseScore_General*.sf3", "MuseScore_General*.sf2", "FluidR3*.sf3", "FluidR3*.sf2", "default-GM.sf3",
          "default-GM.sf2")  # fmt: skip
_GUITARS = ("guitar-steel", "guitar-nylon", "guitar-clean", "guitar-overdrive", "guitar-distorted")
# What a part of each instrument needs to come out as loud as the others at level 0.7 (measured with
# MuseScore_General on a plain pattern, BS.1770 loudness -20 LUFS), dB.
_TRIM_DB: Mapping[str, float] = {
    "voice": 8.7, "drumkit-acoustic": 3.8, "drumkit-brush": -1.0,
    "drumkit-power": 0.6, "bass-finger": 6.8, "bass-pick": 7.1, "bass-upright": 5.8,
    "guitar-steel": 8.2, "guitar-nylon": 5.0, "guitar-clean": 2.1, "guitar-muted": 4.0,
    "guitar-overdrive": 8.7, "guitar-distorted": 5.9, "banjo": 8.3, "piano": 7.0,
    "piano-electric": 3.4, "organ": 9.3, "accordion": 8.6, "harmonica": 11.5, "fiddle": 12.8, "flute": 7.3,
    "sax-tenor": 8.0, "strings": 4.6, "drumkit-jazz": -0.7, "vibraphone": 7.0,
    "trumpet": 3.5, "brass": 6.0, "choir": 9.0, "strings-pizzicato": 10.0,
}  # fmt: skip


@dataclass(frozen=True)
class FluidSampler:
    """Plays parts with the soundfont at `font`. Implements `values.shelf.Sampler`."""

    font: Path

    @classmethod
    def find(cls) -> FluidSampler | None:
        """The sampler of this machine, or None when the library or a soundfont is missing.

        The variable SONGWRIGHT_SOUNDFONT names a font and comes first; "none" turns the sampler off.
        """
        wish = os.environ.get("SONGWRIGHT_SOUNDFONT", "")
        if wish.lower() in ("none", "off") or library() is None:
            return None
        if wish:
            return cls(Path(wish))
        return next((cls(path) for path in _fonts()), None)

    def describe(self) -> str:
        """Name and licence of the sounds, one line."""
        info = font_info(self.font)
        name = info.get("INAM") or self.font.stem
        rights = " ".join((info.get("ICOP") or "see the font's own notice").split())
        return f"{name} ({self.font.name}; {rights[:160]}) through FluidSynth (LGPL-2.1-or-later)"

    def play(
        self,
        parts: tuple[PlayedPart, ...],
        frames: int,
        rate_hz: int,
        keep: Callable[[np.ndarray], np.ndarray] | None = None,
    ) -> Mapping[str, Audio]:
        """Each part id -> dry stereo sound of exactly `frames` frames. Raises ShelfError when it cannot.

        keep: takes each sound as it is done and says where it lies from now on (a tape); None = in memory.
        """
        fluid = library()
        if fluid is None:
            raise ShelfError(
                "FluidSynth", "the library is not installed (Debian: apt install libfluidsynth3)"
            )
        check_font(self.font)
        with _loaded(fluid, self.font, rate_hz) as font:
            sounds = ((part.id, _alone(fluid, font, part, frames, rate_hz)) for part in parts)
            return {name: Audio(keep(sound) if keep else sound, rate_hz) for name, sound in sounds}


@contextmanager
def _loaded(fluid: ctypes.CDLL, font: Path, rate_hz: int) -> Iterator[int]:
    """The font in memory for as long as parts are played from it. Raises ShelfError when it cannot be read."""
    with _synthesizer(fluid, rate_hz) as synth:
        number = fluid.fluid_synth_sfload(synth, os.fsencode(font), 1)
        if number < 0:
            raise ShelfError(str(font), "FluidSynth cannot read this soundfont")
        yield fluid.fluid_synth_get_sfont_by_id(synth, number)


@contextmanager
def _synthesizer(fluid: ctypes.CDLL, rate_hz: int) -> Iterator[int]:
    settings = fluid.new_fluid_settings()
    synth = None
    try:
        _configure(fluid, settings, rate_hz)
        synth = fluid.new_fluid_synth(settings)
        if not synth:
            raise ShelfError("FluidSynth", "cannot make a synthesizer; is there enough memory?")
        fluid.fluid_synth_set_interp_method(synth, -1, 4)
        yield synth
    finally:
        if synth:
            fluid.delete_fluid_synth(synth)
        fluid.delete_fluid_settings(settings)


def _alone(fluid: ctypes.CDLL, font: int, part: PlayedPart, frames: int, rate_hz: int) -> np.ndarray:
    """One part on a synthesizer of its own, so that nothing another part plays can colour its voices."""
    with _synthesizer(fluid, rate_hz) as synth:
        fluid.fluid_synth_add_sfont(synth, font)
        try:
            _seat(fluid, synth, 0, part.instrument)
            if _has_palm(part):
                _seat(fluid, synth, 1, "guitar-muted")
            return _render(fluid, synth, part, frames, rate_hz)
        finally:
            fluid.fluid_synth_remove_sfont(synth, font)


@cache
def library() -> ctypes.CDLL | None:
    """The FluidSynth library with its functions declared and its log silenced, or None."""
    names = [name for name in _LIBRARIES if name.endswith((".dll",)) == (sys.platform == "win32")]
    found = ctypes.util.find_library("fluidsynth")
    for name in ([found] if found else []) + names:
        try:
            fluid = ctypes.CDLL(name)
        except OSError:
            continue
        try:
            _declare(fluid)
        except AttributeError:
            continue  # too old
        for level in range(5):
            fluid.fluid_set_log_function(level, None, None)
        return fluid
    return None


def _declare(fluid: ctypes.CDLL) -> None:
    """Types of the functions used (FluidSynth 2 API)."""
    pointer, integer, number, text = ctypes.c_void_p, ctypes.c_int, ctypes.c_double, ctypes.c_char_p
    table = {
        "fluid_set_log_function": (pointer, (integer, pointer, pointer)),
        "new_fluid_settings": (pointer, ()),
        "delete_fluid_settings": (None, (pointer,)),
        "fluid_settings_setint": (integer, (pointer, text, integer)),
        "fluid_settings_setnum": (integer, (pointer, text, number)),
        "new_fluid_synth": (pointer, (pointer,)),
        "delete_fluid_synth": (None, (pointer,)),
        "fluid_synth_sfload": (integer, (pointer, text, integer)),
        "fluid_synth_get_sfont_by_id": (pointer, (pointer, integer)),
        "fluid_synth_add_sfont": (integer, (pointer, pointer)),
        "fluid_synth_remove_sfont": (integer, (pointer, pointer)),
        "fluid_synth_set_interp_method": (integer, (pointer, integer, integer)),
        "fluid_synth_set_channel_type": (integer, (pointer, integer, integer)),
        "fluid_synth_bank_select": (integer, (pointer, integer, integer)),
        "fluid_synth_program_change": (integer, (pointer, integer, integer)),
        "fluid_synth_noteon": (integer, (pointer, integer, integer, integer)),
        "fluid_synth_noteoff": (integer, (pointer, integer, integer)),
        "fluid_synth_pitch_bend": (integer, (pointer, integer, integer)),
        "fluid_synth_process": (integer, (pointer, integer, integer, pointer, integer, pointer)),
    }
    for name, (result, arguments) in table.items():
        function = getattr(fluid, name)
        function.restype, function.argtypes = result, list(arguments)


def _configure(fluid: ctypes.CDLL, settings: int, rate_hz: int) -> None:
    whole = {"synth.reverb.active": 0, "synth.chorus.active": 0, "synth.dynamic-sample-loading": 1,
             "synth.audio-channels": 1, "synth.audio-groups": 1, "synth.midi-channels": 16,
             "synth.polyphony": 1024, "synth.cpu-cores": 1}  # fmt: skip
    for name, value in whole.items():
        fluid.fluid_settings_setint(settings, name.encode(), value)
    fluid.fluid_settings_setnum(settings, b"synth.sample-rate", float(rate_hz))
    fluid.fluid_settings_setnum(settings, b"synth.gain", 0.6)


def _seat(fluid: ctypes.CDLL, synth: int, channel: int, instrument_id: str) -> None:
    """Gives a channel its instrument; drums make it a drum channel, whatever its number."""
    instrument = INSTRUMENTS.get(instrument_id)
    drums = instrument is not None and instrument.family == "drums"
    fluid.fluid_synth_set_channel_type(synth, channel, 1 if drums else 0)
    fluid.fluid_synth_bank_select(synth, channel, 128 if drums else 0)
    fluid.fluid_synth_program_change(synth, channel, instrument.program if instrument else 0)


def _has_palm(part: PlayedPart) -> bool:
    """True when some notes of a guitar are muted by the palm: those sound on a second channel of its group."""
    return part.instrument in _GUITARS and any(note.articulation == "mute" for note in part.notes)


def _velocity(level: float) -> int:
    """Level 0..1 as a MIDI velocity whose loudness spans 24 dB (loudness goes with velocity squared)."""
    return int(min(127, max(1, round(127 * 10 ** (_RANGE_DB * (min(1.0, level) - 1.0) / 40.0)))))


def _events(part: PlayedPart, frames: int, rate_hz: int) -> list[tuple[int, int, int, int, PlayedNote]]:
    """(block, 0 off | 1 on, channel, key, note) in playing order; an off belongs to one on."""
    last = (frames - 1) // _BLOCK
    palm = _has_palm(part)
    events = []
    for note in part.notes:
        channel = int(palm and note.articulation == "mute")
        on = round(note.onset_s * rate_hz / _BLOCK)
        key = round(note.pitch)
        if note.level <= 0 or not (0 <= on <= last and 0 <= key <= 127):
            continue
        off = max(on + 1, round(note.offset_s * rate_hz / _BLOCK))
        events.append((on, 1, channel, key, note))
        events.append((off, 0, channel, key, note))
    return sorted(events, key=lambda event: event[:4])


def _render(fluid: ctypes.CDLL, synth: int, part: PlayedPart, frames: int, rate_hz: int) -> np.ndarray:
    """The part from start to end, float32 (2, frames)."""
    sound = np.zeros((2, frames), dtype=np.float32)
    pointers = (ctypes.c_void_p * 2)()
    sounding: dict[tuple[int, int], PlayedNote] = {}
    bends: dict[int, int] = {}
    here = 0

    def advance(until: int) -> None:
        nonlocal here
        if until > here:
            for side in (0, 1):
                pointers[side] = sound[side].ctypes.data + here * 4
            fluid.fluid_synth_process(synth, until - here, 0, None, 2, pointers)
            here = until

    for block, is_on, channel, key, note in _events(part, frames, rate_hz):
        advance(min(block * _BLOCK, frames))
        held = sounding.get((channel, key))
        if held is not None and (is_on or held is note):
            fluid.fluid_synth_noteoff(synth, channel, key)
            del sounding[channel, key]
        if is_on:
            bend = round(8192 + (note.pitch - key) * 4096)
            if bends.get(channel, 8192) != bend:
                fluid.fluid_synth_pitch_bend(synth, channel, min(16383, bend))
                bends[channel] = bend
            fluid.fluid_synth_noteon(synth, channel, key, _velocity(note.level))
            sounding[channel, key] = note
    advance(frames)
    sound *= np.float32(10.0 ** (_TRIM_DB.get(part.instrument, 0.0) / 20.0))
    return sound


def _fonts() -> Iterator[Path]:
    """Soundfonts in the usual places, best first."""
    data = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    folders = [Path(data) / "soundfonts", Path(data) / "sounds" / "sf3", Path(data) / "sounds" / "sf2",
               *(Path(folder) for folder in _FOLDERS)]  # fmt: skip
    for pattern in _FONTS:
        for folder in folders:
            yield from sorted(
                (path for path in folder.glob(pattern) if path.is_file()), key=lambda p: len(p.name)
            )


def check_font(path: Path) -> None:
    """Raises ShelfError unless the file is a whole soundfont (RIFF sfbk, SoundFont 2.04 section 3)."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(24)
    except OSError as problem:
        raise ShelfError(str(path), f"cannot open this soundfont ({problem.strerror})") from None
    if len(head) < 24 or head[:4] != b"RIFF" or head[8:16] != b"sfbkLIST":
        raise ShelfError(str(path), "this is not a soundfont (.sf2 or .sf3)")
    if struct.unpack("<I", head[4:8])[0] + 8 > size + 1:
        raise ShelfError(str(path), "this soundfont is cut short; install it again")


def font_info(path: Path) -> dict[str, str]:
    """The texts of a soundfont's INFO list (INAM name, ICOP rights ...); empty when there are none."""
    try:
        with path.open("rb") as file:
            head = file.read(65536)
    except OSError:
        return {}
    if head[12:16] != b"LIST" or head[20:24] != b"INFO":
        return {}
    end = min(len(head), 20 + struct.unpack("<I", head[16:20])[0])
    texts, at = {}, 24
    while at + 8 <= end:
        name, size = head[at : at + 4].decode("latin-1"), struct.unpack("<I", head[at + 4 : at + 8])[0]
        texts[name] = head[at + 8 : at + 8 + size].split(b"\0")[0].decode("utf-8", "replace").strip()
        at += 8 + size + size % 2
    return texts
