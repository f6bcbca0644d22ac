"""The producer: hears what is wished for and decides the whole song before a note is written."""

from songwright.producer.edited import checked
from songwright.producer.from_score import plan_for_score
from songwright.producer.resolve import plan

__all__ = ["checked", "plan", "plan_for_score"]
