"""The songwriter: from a plan to a written song, chords first, then words set to a tune that stays."""

from songwright.composer.compose import compose

__all__ = ["compose"]
