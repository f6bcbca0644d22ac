"""What the guard measured, figure by figure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One measurement. bound: what is asked, in words. passed: None where there is no bound."""

    name: str
    value: float | str | None
    unit: str = ""
    bound: str = ""
    passed: bool | None = None
    note: str = ""


@dataclass(frozen=True)
class Verdict:
    """All figures of a take; `passed` is False when one of them failed."""

    figures: tuple[Figure, ...]

    @property
    def passed(self) -> bool:
        """True unless a figure with a bound misses it."""
        return all(figure.passed is not False for figure in self.figures)
