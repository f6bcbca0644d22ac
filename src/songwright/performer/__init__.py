"""The performer plays and sings the written score: timing, dynamics, articulation, phrasing."""

from songwright.performer.perform import perform
from songwright.performer.singable import singable

__all__ = ["perform", "singable"]
