"""How a genre wants to be mixed: the [mix] table of a style, checked."""

from __future__ import annotations

from dataclasses import dataclass

from songwright.music.tables import Table
from songwright.values.shelf import Style


@dataclass(frozen=True)
class Settings:
    """Levels of the roles in LU against the lead; sends in dB; what moves with voice and kick in dB.

    lead_over_band_db: lead against everything else between 1 and 4 kHz while it sings. chorus_lift_lu: how
    much louder choruses are than verses. room_s, plate_s: how long the two spaces ring. room_db, plate_db:
    how much the lead is heard in them (other roles follow at their own distance). echo_db: echo thrown after
    sung lines, -60 none; echo_beats: its delay. kick_duck_db: bass under the kick; pump_db: chords and pads
    under the kick, let go over pump_beats. vocal_duck_db: chords, pads and answers under the voice.
    crush: how much of the drums comes through a second, hard-working compressor beside them, 0..1. bass_drive_db:
    how hard the bass is driven, so that small loudspeakers hear it by its overtones, 0 = clean.
    warmth_db, brightness_db, scoop_db: the curve of the genre, lows and highs more and low middle less than the
    usual balance of records. spread: how far chords stand left and right, 0..1.
    """

    lead_over_band_db: float = 4.0
    chorus_lift_lu: float = 2.5
    drums: float = -4.0
    bass: float = -5.0
    comping: float = -8.0
    pad: float = -12.0
    answer: float = -6.0
    backing: float = -9.0
    room_s: float = 0.4
    plate_s: float = 1.3
    room_db: float = -20.0
    plate_db: float = -15.0
    echo_db: float = -60.0
    echo_beats: float = 1.0
    kick_duck_db: float = 2.0
    pump_db: float = 0.0
    pump_beats: float = 0.5
    vocal_duck_db: float = 1.5
    warmth_db: float = 0.0
    brightness_db: float = 0.0
    scoop_db: float = 0.0
    crush: float = 0.3
    bass_drive_db: float = 0.0
    spread: float = 0.45

    def level_lu(self, role: str) -> float:
        """The level of a role against the lead (0 for the lead itself; unknown roles play like comping)."""
        if role == "lead":
            return 0.0
        return float(getattr(self, role if role in _ROLES else "comping"))


_ROLES = ("drums", "bass", "comping", "pad", "answer", "backing")
_RANGES = {
    "lead_over_band_db": (0.0, 10.0),
    "chorus_lift_lu": (0.0, 6.0),
    "room_s": (0.1, 1.5),
    "plate_s": (0.3, 4.0),
    "room_db": (-60.0, 0.0),
    "plate_db": (-60.0, 0.0),
    "echo_db": (-60.0, 0.0),
    "echo_beats": (0.25, 4.0),
    "kick_duck_db": (0.0, 12.0),
    "pump_db": (0.0, 12.0),
    "pump_beats": (0.1, 2.0),
    "vocal_duck_db": (0.0, 6.0),
    "warmth_db": (-6.0, 6.0),
    "brightness_db": (-6.0, 6.0),
    "scoop_db": (-6.0, 6.0),
    "crush": (0.0, 1.0),
    "bass_drive_db": (0.0, 18.0),
    "spread": (0.0, 1.0),
    **dict.fromkeys(_ROLES, (-30.0, 6.0)),
}


def settings_of(style: Style) -> Settings:
    """The checked [mix] table of a style; fields it does not name keep their usual value.

    Raises ShelfError naming file, table and field.
    """
    table = Table(style.id, "mix", style.tables.get("mix", {}))
    usual = Settings()
    found = {
        name: table.number(name, low, high, getattr(usual, name)) for name, (low, high) in _RANGES.items()
    }
    table.close()
    return Settings(**found)
