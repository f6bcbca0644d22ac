"""Which instrument is played how: one patch for each id of `music.instruments`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from songwright.band import fitted
from songwright.band.amp import Amplifier, Rotary, Tremolo
from songwright.band.drumkit import DrumKit
from songwright.band.held import Held, Organ, accordion, bowed, brassy, flute, harmonica, hummed, saxophone
from songwright.band.keys import ElectricPiano, Piano, Vibraphone
from songwright.band.plucked import PluckedString
from songwright.band.stroke import Stroke
from songwright.band.synth import ClosingSaw, DeepBass, SawLead, Section, SynthBass
from songwright.values.seed import Luck


class Voice(Protocol):
    """Something that can sound a note: float32 (frames,) or (2, frames)."""

    def note(self, stroke: Stroke, luck: Luck) -> np.ndarray:
        """The stroke as sound, stroke.frames long."""
        ...


class Effect(Protocol):
    """Something a whole part runs through."""

    def finish(self, sound: np.ndarray) -> np.ndarray:
        """The part (channels, frames) after the effect, same length."""
        ...


@dataclass(frozen=True)
class Patch:
    """How a part is played. range_db: how much louder level 1 is than level 0.

    release_s: how fast a note ends when let go. ring_s: longest a note can sound (0 = as long as it is held).
    takes: how many variations of each note. slide: glides from note to note. trim_db: on top of LEVEL_DB.
    """

    voice: Voice
    range_db: float = 24.0
    release_s: float = 0.08
    ring_s: float = 6.0
    takes: int = 2
    effects: tuple[Effect, ...] = ()
    slide: bool = False
    trim_db: float = 0.0


# Body of a flat-top steel-string guitar, of a classical guitar, of a double bass: air, top, higher plates.
_FLAT_TOP = ((105, 6, 0.18), (195, 5, 0.16), (390, 2, 0.2), (2600, 3, 0.7))
_CLASSICAL = ((98, 6, 0.18), (190, 6, 0.16), (400, 3, 0.3))
_GUITAR_KNOCK = ((104, 0.16, -19), (196, 0.12, -20), (285, 0.08, -25), (402, 0.06, -27))
_BANJO_HEAD = ((310, 5, 0.35), (640, 5, 0.35), (1250, 4, 0.5), (2600, 3, 0.5))

_ELECTRIC = PluckedString("guitar-electric", pluck=0.16, pickup=0.22, slope=4.0, bright_hz=(1800.0, 4200.0),
    ring_s=8.0, damp_hz=3200.0, pick=-30.0, pick_hz=(1200.0, 5000.0), pick_s=0.02)  # fmt: skip
_LEAD_STRING = PluckedString("guitar-lead", pluck=0.12, pickup=0.12, slope=3.0, bright_hz=(2500.0, 5000.0),
    ring_s=11.0, damp_hz=4000.0, pick=-28.0, pick_hz=(1200.0, 5000.0), pick_s=0.02)  # fmt: skip

PATCHES: dict[str, Patch] = {
    "voice": Patch(
        Held(
            hummed,
            (0.09, 0.05),
            scoop_cents=30.0,
            vibrato_cents=16.0,
            tremble=0.15,
            air_db=-36.0,
            voices=(-4.0, 3.0),
        ),
        release_s=0.12,
        ring_s=0,
        range_db=16,
    ),
    "drumkit-acoustic": Patch(DrumKit("acoustic"), range_db=26, ring_s=4, takes=4),
    "drumkit-brush": Patch(DrumKit("brush"), range_db=24, ring_s=4, takes=4),
    "drumkit-power": Patch(DrumKit("power"), range_db=26, ring_s=4, takes=4),
    "drumkit-electronic": Patch(DrumKit("electronic"), range_db=20, ring_s=4, takes=2),
    "drumkit-jazz": Patch(DrumKit("jazz"), range_db=24, ring_s=4, takes=4),
    "drumkit-808": Patch(DrumKit("808"), range_db=20, ring_s=4, takes=2),
    "drumkit-cinema": Patch(DrumKit("cinema"), range_db=26, ring_s=4, takes=4),
    "bass-finger": Patch(
        PluckedString(
            "bass-finger",
            fitted.BASS_SOFT,
            fitted.BASS_LOUD,
            stiffness=1e-4,
            bright_hz=(500.0, 1500.0),
            pick=-38.0,
            pick_hz=(200.0, 1500.0),
            pick_s=0.04,
        ),
        release_s=0.08,
        ring_s=5,
        range_db=18,
        effects=(Amplifier("bass"),),
    ),
    "bass-pick": Patch(
        PluckedString(
            "bass-pick",
            pluck=0.09,
            pickup=0.14,
            slope=3.5,
            bright_hz=(1100.0, 2600.0),
            ring_s=7.0,
            damp_hz=1500.0,
            stiffness=1e-4,
            pick=-27.0,
            pick_hz=(900.0, 4500.0),
            pick_s=0.018,
        ),
        release_s=0.08,
        ring_s=5,
        range_db=18,
        effects=(Amplifier("bass", drive=2.0, tight_hz=25.0),),
    ),
    "bass-upright": Patch(
        PluckedString(
            "bass-upright",
            fitted.UPRIGHT_SOFT,
            fitted.UPRIGHT_LOUD,
            bright_hz=(9e3, 9e3),
            stiffness=4e-5,
            knock=((98, 0.15, -20), (165, 0.1, -24), (230, 0.08, -28)),
            pick=-34.0,
            pick_hz=(150.0, 1800.0),
            pick_s=0.05,
        ),
        release_s=0.14,
        ring_s=4,
        range_db=18,
    ),
    "bass-synth": Patch(SynthBass(), release_s=0.03, ring_s=0, takes=1, range_db=14),
    "bass-808": Patch(DeepBass(), release_s=0.05, ring_s=0, takes=1, range_db=12),
    "guitar-steel": Patch(
        PluckedString(
            "guitar-steel",
            pluck=0.19,
            slope=4.6,
            bright_hz=(2600.0, 6500.0),
            ring_s=5.5,
            damp_hz=3000.0,
            body=_FLAT_TOP,
            knock=_GUITAR_KNOCK,
            pick=-24.0,
            pick_hz=(1500.0, 8000.0),
            pick_s=0.02,
        ),
        release_s=0.18,
    ),
    "guitar-nylon": Patch(
        PluckedString(
            "guitar-nylon",
            pluck=0.24,
            slope=7.0,
            bright_hz=(1300.0, 3200.0),
            ring_s=3.6,
            damp_hz=1300.0,
            stiffness=3e-5,
            body=_CLASSICAL,
            knock=_GUITAR_KNOCK,
            pick=-30.0,
            pick_hz=(300.0, 3000.0),
            pick_s=0.03,
        ),
        release_s=0.2,
    ),
    "guitar-clean": Patch(
        PluckedString(
            "guitar-clean",
            fitted.GUITAR_SOFT,
            fitted.GUITAR_LOUD,
            bright_hz=(9e3, 9e3),
            pick=-30.0,
            pick_hz=(1200.0, 6000.0),
            pick_s=0.02,
        ),
        release_s=0.12,
        effects=(Amplifier("combo", drive=0.9),),
    ),
    "guitar-muted": Patch(
        PluckedString(
            "guitar-muted",
            pluck=0.14,
            pickup=0.1,
            slope=4.0,
            bright_hz=(1500.0, 4000.0),
            ring_s=0.45,
            damp_hz=1500.0,
            pick=-20.0,
            pick_hz=(600.0, 4500.0),
            pick_s=0.02,
        ),
        release_s=0.04,
        ring_s=1,
        effects=(Amplifier("combo", drive=0.9),),
    ),
    "guitar-overdrive": Patch(
        _LEAD_STRING, release_s=0.05, effects=(Amplifier("combo", drive=9.0),), range_db=14
    ),
    "guitar-distorted": Patch(
        _ELECTRIC,
        release_s=0.04,
        effects=(Amplifier("stack", drive=22.0, bias=0.2, tight_hz=160.0),),
        range_db=14,
    ),
    "guitar-pedal-steel": Patch(
        PluckedString(
            "guitar-pedal-steel",
            pluck=0.13,
            pickup=0.09,
            slope=6.0,
            bright_hz=(1500.0, 3600.0),
            ring_s=9.0,
            damp_hz=2200.0,
            pick=-32.0,
            pick_hz=(800.0, 4000.0),
            pick_s=0.02,
        ),
        release_s=0.14,
        ring_s=8,
        effects=(Amplifier("combo"),),
        slide=True,
    ),
    "banjo": Patch(
        PluckedString(
            "banjo",
            pluck=0.08,
            slope=2.5,
            bright_hz=(3200.0, 6500.0),
            ring_s=1.9,
            damp_hz=2600.0,
            body=_BANJO_HEAD,
            knock=((310, 0.06, -16), (640, 0.05, -18)),
            pick=-27.0,
            pick_hz=(1500.0, 7000.0),
            pick_s=0.015,
        ),
        release_s=0.12,
        ring_s=3,
    ),
    "mandolin": Patch(
        PluckedString(
            "mandolin",
            pluck=0.13,
            slope=3.6,
            bright_hz=(2800.0, 6500.0),
            ring_s=2.4,
            damp_hz=2800.0,
            body=((200, 5, 0.2), (420, 5, 0.25), (1100, 2, 0.4), (2800, 4, 0.6)),
            knock=((205, 0.08, -22), (430, 0.06, -22)),
            pick=-26.0,
            pick_hz=(1800.0, 9000.0),
            pick_s=0.015,
            courses_cents=1.6,
        ),
        release_s=0.14,
        ring_s=3,
    ),
    "piano": Patch(Piano(), release_s=0.3, ring_s=9, range_db=26, takes=1),
    "piano-electric": Patch(ElectricPiano(), release_s=0.22, ring_s=7, takes=1, effects=(Tremolo(),)),
    "vibraphone": Patch(Vibraphone(), release_s=0.4, ring_s=8, takes=1, range_db=20),
    "organ": Patch(Organ(), release_s=0.03, ring_s=0, takes=1, range_db=10, effects=(Rotary(),)),
    "accordion": Patch(
        Held(accordion, (0.05, 0.03), voices=(-5.0, 4.0), air_db=-46.0, sway_cents=0.5),
        release_s=0.05,
        ring_s=0,
        range_db=16,
    ),
    "harmonica": Patch(
        Held(
            harmonica,
            (0.045, 0.02),
            scoop_cents=35.0,
            vibrato_cents=12.0,
            tremble=0.3,
            air_db=-38.0,
            air_hz=(1500.0, 9000.0),
            chiff_db=6.0,
        ),
        release_s=0.05,
        ring_s=0,
        range_db=18,
    ),
    "fiddle": Patch(
        Held(
            bowed,
            (0.07, 0.03),
            scoop_cents=25.0,
            vibrato_cents=18.0,
            vibrato_hz=5.8,
            tremble=0.2,
            air_db=-34.0,
            air_hz=(1500.0, 9000.0),
            chiff_db=5.0,
            sway_cents=2.0,
        ),
        release_s=0.09,
        ring_s=0,
        range_db=18,
    ),
    "flute": Patch(
        Held(
            flute,
            (0.08, 0.04),
            scoop_cents=15.0,
            vibrato_cents=12.0,
            vibrato_hz=5.1,
            tremble=0.35,
            air_db=-27.0,
            air_hz=(900.0, 7000.0),
            chiff_db=8.0,
        ),
        release_s=0.08,
        ring_s=0,
        range_db=18,
    ),
    "sax-tenor": Patch(
        Held(
            saxophone,
            (0.06, 0.025),
            scoop_cents=40.0,
            vibrato_cents=16.0,
            vibrato_hz=5.2,
            tremble=0.2,
            air_db=-32.0,
            air_hz=(700.0, 7000.0),
            chiff_db=6.0,
            sway_cents=2.0,
        ),
        release_s=0.07,
        ring_s=0,
        range_db=20,
    ),
    "trumpet": Patch(
        Held(
            brassy,
            (0.05, 0.02),
            scoop_cents=30.0,
            vibrato_cents=10.0,
            vibrato_hz=5.3,
            tremble=0.2,
            air_db=-40.0,
            chiff_db=6.0,
        ),
        release_s=0.06,
        ring_s=0,
        range_db=18,
    ),
    "brass": Patch(
        Held(
            brassy,
            (0.06, 0.025),
            scoop_cents=25.0,
            vibrato_cents=5.0,
            air_db=-40.0,
            chiff_db=6.0,
            voices=(-6.0, 0.0, 7.0),
        ),
        release_s=0.06,
        ring_s=0,
        range_db=18,
    ),
    "choir": Patch(
        Held(
            hummed,
            (0.16, 0.09),
            vibrato_cents=14.0,
            tremble=0.15,
            air_db=-34.0,
            voices=(-9.0, -3.0, 4.0, 8.0),
            sway_cents=3.0,
        ),
        release_s=0.3,
        ring_s=0,
        range_db=16,
    ),
    "strings-pizzicato": Patch(
        PluckedString(
            "strings-pizzicato",
            pluck=0.22,
            slope=6.0,
            bright_hz=(1200.0, 3000.0),
            ring_s=0.9,
            damp_hz=1300.0,
            stiffness=3e-5,
            body=((275, 7, 0.12), (460, 7, 0.14), (1000, 2, 0.3)),
            knock=((275, 0.08, -18), (460, 0.06, -20)),
            pick=-30.0,
            pick_hz=(300.0, 2500.0),
            pick_s=0.03,
        ),
        release_s=0.12,
        ring_s=2,
    ),
    "strings": Patch(Section("strings", (0.22, 0.1), 7.0), release_s=0.35, ring_s=0, takes=1, range_db=18),
    "pad-warm": Patch(Section("pad", (0.5, 0.25), 9.0), release_s=0.7, ring_s=0, takes=1, range_db=14),
    "lead-saw": Patch(SawLead(), release_s=0.06, ring_s=0, takes=1, range_db=14),
    "pluck-synth": Patch(
        ClosingSaw((-4.0, 4.0), (1800.0, 8000.0), 0.6, 1.1), release_s=0.18, ring_s=2, takes=1, range_db=18
    ),
    "stab-synth": Patch(
        ClosingSaw((-11.0, 0.0, 11.0), (2200.0, 8000.0), 1.8, 2.2),
        release_s=0.06,
        ring_s=3,
        takes=1,
        range_db=18,
    ),
}

# What brings each instrument to -20 LUFS (BS.1770) with peaks below -6 dBFS on a plain pattern at level 0.7, dB.
LEVEL_DB: dict[str, float] = {
    "voice": -5.7, "drumkit-acoustic": -11.5, "drumkit-brush": -7.0, "drumkit-power": -14.0,
    "drumkit-electronic": -12.5, "bass-finger": -2.5, "bass-pick": -7.6, "bass-upright": -1.8,
    "bass-synth": -0.8, "guitar-steel": -5.4, "guitar-nylon": -4.4, "guitar-clean": -4.8,
    "guitar-muted": -5.5, "guitar-overdrive": -19.5, "guitar-distorted": -20.8, "guitar-pedal-steel": -3.2,
    "banjo": -6.3, "mandolin": -3.7, "piano": -6.5, "piano-electric": -7.6, "organ": -8.4,
    "accordion": -6.7, "harmonica": -4.6, "fiddle": -4.2, "flute": -3.0, "sax-tenor": -3.5,
    "strings": -6.1, "drumkit-jazz": -9.7, "drumkit-808": -12.7, "drumkit-cinema": -16.0, "bass-808": 0.2,
    "vibraphone": -5.7, "trumpet": -7.0, "brass": -5.6, "choir": -2.2, "strings-pizzicato": -1.8,
    "pad-warm": -4.9, "lead-saw": -1.2, "pluck-synth": -6.5, "stab-synth": -5.2,
}  # fmt: skip

# With a sampler, driven guitars are sampled clean and run through the band's own amplifier, so that the notes of a
# chord growl against each other as they do in a valve. The gain lifts the sampled strings to the level of our own.
SAMPLED_CLEAN = {"guitar-overdrive": "guitar-clean", "guitar-distorted": "guitar-clean"}
SAMPLED_CLEAN_GAIN_DB = 8.0

# Played by the built-in band even where a sampler stands by: here synthesis is the
# real thing, or General MIDI has no such instrument.
OWN = frozenset({"drumkit-electronic", "drumkit-808", "drumkit-cinema", "bass-808", "bass-synth", "pad-warm",
                 "lead-saw", "pluck-synth", "stab-synth",
                 "guitar-pedal-steel", "mandolin"})  # fmt: skip
