"""The label: what a song carries when it leaves the house. `release(take)` gives tags, rights and disclosure."""

from songwright.label.release import release

__all__ = ["release"]
