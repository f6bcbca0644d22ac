"""The arranger gives every chair of the band its part: drums, bass, chords, answers, and the harmony singers."""

from songwright.arranger.tutti import arrange

__all__ = ["arrange"]
