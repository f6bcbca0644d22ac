"""The instruments songwright knows: their names, ranges and General MIDI places."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Instrument:
    """An instrument. program: General MIDI, 0-based. family: who plays it in the built-in band. low, high: MIDI."""

    id: str
    name: str
    program: int
    family: str
    low: int
    high: int


_TABLE = (
    Instrument("voice", "Voice", 52, "voice", 36, 88),
    Instrument("drumkit-acoustic", "Drum Kit", 0, "drums", 27, 87),
    Instrument("drumkit-brush", "Brush Kit", 40, "drums", 27, 87),
    Instrument("drumkit-power", "Power Kit", 16, "drums", 27, 87),
    Instrument("drumkit-electronic", "Electronic Kit", 25, "drums", 27, 87),
    Instrument("drumkit-jazz", "Jazz Kit", 32, "drums", 27, 87),
    Instrument("drumkit-808", "808 Kit", 25, "drums", 27, 87),
    Instrument("drumkit-cinema", "Big Drums", 48, "drums", 27, 87),
    Instrument("bass-finger", "Electric Bass", 33, "bass", 28, 55),
    Instrument("bass-pick", "Picked Bass", 34, "bass", 28, 55),
    Instrument("bass-upright", "Upright Bass", 32, "bass", 28, 55),
    Instrument("bass-synth", "Synth Bass", 38, "bass", 24, 55),
    Instrument("bass-808", "808 Bass", 39, "bass", 24, 60),
    Instrument("guitar-steel", "Steel Guitar", 25, "guitar", 40, 84),
    Instrument("guitar-nylon", "Nylon Guitar", 24, "guitar", 40, 84),
    Instrument("guitar-clean", "Clean Electric Guitar", 27, "guitar", 40, 88),
    Instrument("guitar-muted", "Muted Electric Guitar", 28, "guitar", 40, 84),
    Instrument("guitar-overdrive", "Overdriven Guitar", 29, "guitar", 40, 88),
    Instrument("guitar-distorted", "Distorted Guitar", 30, "guitar", 40, 88),
    Instrument("guitar-pedal-steel", "Pedal Steel", 26, "guitar", 45, 88),
    Instrument("banjo", "Banjo", 105, "guitar", 48, 88),
    Instrument("mandolin", "Mandolin", 105, "guitar", 55, 93),
    Instrument("piano", "Piano", 0, "keys", 21, 108),
    Instrument("piano-electric", "Electric Piano", 4, "keys", 28, 100),
    Instrument("vibraphone", "Vibraphone", 11, "keys", 53, 89),
    Instrument("organ", "Organ", 16, "organ", 36, 96),
    Instrument("accordion", "Accordion", 21, "organ", 48, 93),
    Instrument("harmonica", "Harmonica", 22, "wind", 55, 96),
    Instrument("fiddle", "Fiddle", 110, "strings", 55, 100),
    Instrument("flute", "Flute", 73, "wind", 60, 96),
    Instrument("sax-tenor", "Tenor Sax", 66, "wind", 44, 76),
    Instrument("trumpet", "Trumpet", 56, "wind", 54, 84),
    Instrument("brass", "Brass Section", 61, "wind", 41, 84),
    Instrument("choir", "Choir", 52, "strings", 43, 84),
    Instrument("strings-pizzicato", "Pizzicato Strings", 45, "strings", 36, 96),
    Instrument("strings", "Strings", 48, "strings", 36, 96),
    Instrument("pad-warm", "Warm Pad", 89, "synth", 36, 96),
    Instrument("lead-saw", "Saw Lead", 81, "synth", 40, 100),
    Instrument("pluck-synth", "Synth Pluck", 84, "synth", 40, 100),
    Instrument("stab-synth", "Synth Stab", 62, "synth", 40, 96),
)
INSTRUMENTS = {instrument.id: instrument for instrument in _TABLE}

# General MIDI drum notes that styles and the kit speak of by name.
DRUMS = {
    "kick": 36, "side-stick": 37, "snare": 38, "clap": 39, "hat-closed": 42, "hat-pedal": 44, "hat-open": 46,
    "tom-low": 43, "tom-mid": 47, "tom-high": 50, "crash": 49, "ride": 51, "ride-bell": 53, "tambourine": 54,
    "cowbell": 56, "shaker": 82, "brush-sweep": 40,
}  # fmt: skip

_FAR = 12  # semitones outside its range that an instrument still plays, as well as it can


def within_reach(instrument_id: str, pitch: int) -> int:
    """The pitch an instrument plays for a written one: the same, or, far outside its range, the nearest octave inside.

    Drums beyond their table take the nearest sound of it.
    """
    instrument = INSTRUMENTS[instrument_id]
    if instrument.family == "drums":
        return min(max(pitch, 35), 81) if not instrument.low <= pitch <= instrument.high else pitch
    if instrument.low - _FAR <= pitch <= instrument.high + _FAR:
        return pitch
    if pitch < instrument.low:
        return pitch + -(-(instrument.low - pitch) // 12) * 12
    return pitch - -(-(pitch - instrument.high) // 12) * 12
