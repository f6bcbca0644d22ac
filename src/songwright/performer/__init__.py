"""The performer plays and sings the written score: timing, dynamics, articulation, phrasing."""

from songwright.performer.perform import perform

__all__ = ["perform"]
