"""The guard listens to the finished song and measures it: quality, words, pitch, originality."""

from songwright.guard.report import compare, judge

__all__ = ["compare", "judge"]
