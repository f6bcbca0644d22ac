"""What the names in a score from elsewhere mean: which chair a part sits on, which section a mark opens."""

from __future__ import annotations

from collections.abc import Mapping

from songwright.music.instruments import INSTRUMENTS
from songwright.values.score import Section
from songwright.values.time import Meter

DRUM_CHAIR = ("drums", "drumkit-acoustic")
_BACKING = ("backing", "harmony", "echo", "double", "choir")
_KINDS = {
    "pre": "prechorus", "chorus": "chorus", "refrain": "chorus", "bridge": "bridge", "intro": "intro",
    "outro": "outro", "ending": "outro", "solo": "instrumental", "instrumental": "instrumental",
}  # fmt: skip
_ENERGY = {"intro": 0.45, "chorus": 0.8, "bridge": 0.6, "instrumental": 0.65, "outro": 0.5}
_PAD_FAMILIES = (6, 11)  # General MIDI: ensembles and synthesizer pads


def sung_chair(name: str) -> tuple[str, str, str]:
    """Role, instrument and stem of a sung part, by its name: backing where it says so, else a lead."""
    role = "backing" if any(word in name.lower() for word in _BACKING) else "lead"
    return role, "voice", role


def band_chair(program: int) -> tuple[str, str]:
    """Role and nearest instrument for a General MIDI program, 0..127, of its own family where there is one."""
    pitched = [i for i in INSTRUMENTS.values() if i.family not in ("drums", "voice")]
    same_kind = [i for i in pitched if i.program // 8 == program // 8] or pitched
    nearest = min(same_kind, key=lambda i: abs(i.program - program))
    role = "bass" if nearest.family == "bass" else "pad" if program // 8 in _PAD_FAMILIES else "comping"
    return role, nearest.id


def meter_from(beats: int, unit: int) -> Meter:
    """The meter a score states; common time where no bar could be counted so."""
    if 1 <= beats <= 64 and unit in (1, 2, 4, 8, 16, 32, 64):
        return Meter(beats, unit)
    return Meter()


def section_kind(label: str) -> str:
    """The kind of section a label speaks of; a verse where it is not clear."""
    return next((kind for word, kind in _KINDS.items() if word in label.lower()), "verse")


def sections_from(marks: Mapping[int, str], length_ticks: int) -> tuple[Section, ...]:
    """Sections that begin at marks (tick -> label) and together fill the score."""
    inside = {tick: label for tick, label in marks.items() if 0 <= tick < length_ticks}
    inside.setdefault(0, "Intro" if inside else "Verse")
    starts = sorted(inside)
    sections = []
    for number, (start, end) in enumerate(zip(starts, [*starts[1:], length_ticks], strict=True), start=1):
        kind = section_kind(inside[start])
        energy = _ENERGY.get(kind, 0.6)
        sections.append(Section(f"{kind}-{number}", kind, inside[start], start, end - start, energy))
    return tuple(sections)
