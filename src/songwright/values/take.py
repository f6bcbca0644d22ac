"""What every engine returns: a master, and as much of its making as the engine can show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from songwright.values.audio import Master, Stems
from songwright.values.brief import SongBrief
from songwright.values.originality import Originality
from songwright.values.performance import Performance
from songwright.values.plan import SongPlan
from songwright.values.score import Score


@dataclass(frozen=True)
class Ingredient:
    """Something that can be heard or that chose notes: its licence and whether its results may be sold.

    consent: SHA-256 of the consent of the person whose voice it is, "" where no person's voice was learned.
    """

    kind: str
    id: str
    licence: str
    source: str = ""
    sha256: str = ""
    commercial_use: bool = True
    consent: str = ""


@dataclass(frozen=True)
class EngineCard:
    """What an engine is and may be used for."""

    id: str
    name: str
    about: str
    code_licence: str
    weights_licence: str
    commercial_use: bool
    languages: tuple[str, ...]
    max_duration_s: float
    available: bool = True


@dataclass(frozen=True, eq=False)
class Take:
    """One recording of a song. Insides an engine cannot show are None. timings_s: stage -> seconds.

    originality: what its tune shares with known songs, None where it was not compared.
    """

    brief: SongBrief
    engine: EngineCard
    master: Master
    plan: SongPlan | None = None
    score: Score | None = None
    performance: Performance | None = None
    stems: Stems | None = None
    ingredients: tuple[Ingredient, ...] = ()
    timings_s: Mapping[str, float] = field(default_factory=dict)
    originality: Originality | None = None
