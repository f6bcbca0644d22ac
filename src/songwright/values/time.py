"""Musical time and the one place where ticks become seconds."""

from __future__ import annotations

from dataclasses import dataclass

TICKS_PER_QUARTER = 480


@dataclass(frozen=True)
class Meter:
    """How bars are counted: 4/4, 3/4, 6/8. unit is the note value that gets one count (4 = quarter)."""

    beats: int = 4
    unit: int = 4

    @property
    def unit_ticks(self) -> int:
        """Length of one counted note in ticks."""
        return TICKS_PER_QUARTER * 4 // self.unit

    @property
    def bar_ticks(self) -> int:
        """Length of a bar in ticks."""
        return self.beats * self.unit_ticks

    @property
    def is_compound(self) -> bool:
        """True for 6/8, 9/8, 12/8: three counts to a felt beat."""
        return self.unit == 8 and self.beats % 3 == 0

    @property
    def beat_ticks(self) -> int:
        """Length of one felt beat in ticks (a dotted quarter in 6/8)."""
        return self.unit_ticks * (3 if self.is_compound else 1)

    def __str__(self) -> str:
        return f"{self.beats}/{self.unit}"


@dataclass(frozen=True)
class TempoChange:
    """From `tick` on, this many quarter notes a minute."""

    tick: int
    bpm: float


@dataclass(frozen=True)
class TempoMap:
    """Tempo as a staircase over ticks; the only authority that turns ticks into seconds.

    The first change stands at tick 0; ticks rise. bpm counts quarter notes.
    """

    changes: tuple[TempoChange, ...]

    @classmethod
    def constant(cls, bpm: float) -> TempoMap:
        """One tempo from start to end."""
        return cls((TempoChange(0, float(bpm)),))

    @property
    def start_bpm(self) -> float:
        """The tempo the song opens with."""
        return self.changes[0].bpm

    def seconds_at(self, tick: float) -> float:
        """The time in seconds at which a tick falls; before tick 0 the first tempo counts backwards."""
        seconds = 0.0
        for here, after in zip(self.changes, (*self.changes[1:], None), strict=True):
            if after is None or tick < after.tick:
                return seconds + (tick - here.tick) * 60.0 / (here.bpm * TICKS_PER_QUARTER)
            seconds += (after.tick - here.tick) * 60.0 / (here.bpm * TICKS_PER_QUARTER)
        return seconds

    def tick_at(self, seconds: float) -> float:
        """The (fractional) tick at a time in seconds: the inverse of `seconds_at`."""
        passed = 0.0
        for here, after in zip(self.changes, (*self.changes[1:], None), strict=True):
            rate = here.bpm * TICKS_PER_QUARTER / 60.0
            span = float("inf") if after is None else (after.tick - here.tick) / rate
            if seconds < passed + span:
                return here.tick + (seconds - passed) * rate
            passed += span
        return float(self.changes[-1].tick)
