"""How soon a song begins to be there is measured at the command itself."""

import pytest

from songwright.bench.first_section import first_section, rows
from songwright.errors import BriefError


def test_the_first_section_is_timed_before_the_whole():
    first, whole = rows("The gate is open wide\nAnd I am on my way\n", "folk", 3, runs=1)
    assert (first["stage"], whole["stage"]) == (
        "songwright compose, first section",
        "songwright compose, all",
    )
    assert 0.1 < float(first["seconds"]) < float(whole["seconds"])


def test_a_command_that_fails_gives_no_time():
    with pytest.raises(BriefError, match="compose"):
        first_section("la la la\n", "no such genre", 3, runs=1)
