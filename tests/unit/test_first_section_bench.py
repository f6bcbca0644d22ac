"""How soon a song begins to be there is measured at the command itself."""

import pytest

from songwright.bench.first_section import first_section, rows
from songwright.errors import BriefError


def test_the_first_section_is_timed_before_the_whole():
    told = rows("The gate is open wide\nAnd I am on my way\n", "folk", 3, runs=2)
    assert [row["stage"] for row in told] == [
        f"songwright compose, {name}, {what}"
        for name in ("first section", "all")
        for what in ("median of 2", "slowest")
    ]
    first, slow, whole, slowest = (float(str(row["seconds"])) for row in told)
    assert 0.1 < first <= slow < slowest and first < whole <= slowest


def test_a_command_that_fails_gives_no_time():
    with pytest.raises(BriefError, match="compose"):
        first_section("la la la\n", "no such genre", 3, runs=1)
