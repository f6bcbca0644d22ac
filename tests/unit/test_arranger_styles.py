"""Style tables: rhythms read as written, laid out for any meter, and every slip named by file, table and field."""

from __future__ import annotations

import copy

import pytest

from songwright.arranger.patterns import Pattern, bars_of, chosen, events, fitted
from songwright.arranger.styles import settings_of
from songwright.errors import ShelfError
from songwright.io.shelf import HouseShelf
from songwright.values.seed import Seed
from songwright.values.shelf import Style
from songwright.values.time import Meter


def pattern(text: str, meter: Meter | None = None, steps: int = 16, enters: float = 0.0) -> Pattern:
    return Pattern("", meter or Meter(), steps, enters, (), {"line": bars_of(text, steps)})


def test_a_row_reads_as_it_is_written() -> None:
    found = events(pattern("R---|--..|5---|----"), "line", 0, 1920, Meter())
    assert [(e.start, e.end, e.sign) for e in found] == [(0, 720, "R"), (960, 1920, "5")]


def test_a_note_can_sound_over_the_bar_line() -> None:
    found = events(pattern("R---|----|----|8--- ----|----|5---|----"), "line", 0, 3840, Meter())
    assert [(e.start, e.end) for e in found] == [(0, 1440), (1440, 2880), (2880, 3840)]


@pytest.mark.parametrize(
    ("meter", "expected"),
    [
        (Meter(3, 4), "R-x-5-x-o-x-"),
        (Meter(2, 4), "R-x-5-x-"),
        (Meter(6, 8), "R---x-5---x-"),
        (Meter(12, 8), "R---x-5---x-8---x-o---x-"),
        (Meter(7, 8), "R-x-5-x-8-x-o-"),
        (Meter(2, 2), "R-x-5-x-8-x-o-x-"),
    ],
)
def test_a_pattern_fits_other_meters(meter: Meter, expected: str) -> None:
    moved = fitted(pattern("R-x-5-x-8-x-o-x-"), meter, holds=True)
    assert moved.bar("line", 0) == expected and meter.bar_ticks % moved.steps == 0


def test_energy_chooses_the_pattern() -> None:
    known = [pattern("R...............", enters=0.0), pattern("R.R.R.R.R.R.R.R.", enters=0.6)]
    luck = Seed(1).luck()
    assert chosen(known, Meter(), 0.5, "verse", luck) is known[0]
    assert chosen(known, Meter(), 0.6, "chorus", luck) is known[1]


@pytest.mark.parametrize("style", HouseShelf().styles(), ids=lambda style: style.id)
def test_shipped_styles_are_sound(style: Style) -> None:
    settings = settings_of(style)
    for name, part in style.tables["parts"].items():
        table = f"comping.{name}" if part["role"] == "comping" else part["role"]
        assert table in settings.tables
    assert len(settings.tables["drums"].grooves) >= 5
    assert {fill.size for fill in settings.tables["drums"].fills if not fill.compound} == {1, 2, 3}


def broken(change: object) -> Style:
    style = HouseShelf().style("country")
    tables = copy.deepcopy(dict(style.tables))
    change(tables)
    return Style("country", "Country", "", "CC0-1.0", tables)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda t: t["drums"]["groove"][0].update(kick="x..."), ["[drums.groove 1] kick", "4 steps"]),
        (lambda t: t["drums"]["groove"][0].update(kick="y" * 16), ["[drums.groove 1] kick", "'y'"]),
        (lambda t: t["drums"]["groove"][0].update(kik="x" * 16), ["[drums.groove 1] kik", "kick"]),
        (lambda t: t["drums"]["groove"][0].update(meter="4"), ["[drums.groove 1] meter"]),
        (lambda t: t["drums"]["groove"][0].update(steps=7), ["[drums.groove 1] steps"]),
        (lambda t: t["drums"]["groove"][0].update({"from": 2}), ["[drums.groove 1] from", "0..1"]),
        (lambda t: t["drums"].update(groove=[]), ["[drums] groove", "4/4"]),
        (lambda t: t["drums"].update(crash=["refrain"]), ["[drums] crash", "refrain"]),
        (lambda t: t["drums"]["fill"][0].update(beats=9), ["[drums.fill 1] beats"]),
        (lambda t: t["drums"]["fill"][0].update(snare="x"), ["[drums.fill 1] snare", "1 steps"]),
        (lambda t: t["bass"].update(high=30), ["[bass] high"]),
        (lambda t: t["bass"].update(low="C"), ["[bass] low", "whole number"]),
        (lambda t: t["bass"].update(lo=28), ["[bass] lo", "low"]),
        (lambda t: t["answer"].update(licks=["1-2"]), ["[answer] licks", "1-2"]),
        (lambda t: t["answer"].update(licks=[".:2"]), ["[answer] licks"]),
        (lambda t: t["answer"].update(licks=[]), ["[answer] licks"]),
        (lambda t: t["comping"]["keys"].update(hand="foot"), ["[comping.keys] hand", "guitar"]),
        (lambda t: t["backing"].update(interval="beside"), ["[backing] interval"]),
        (lambda t: t["arrangement"].update(stops="often"), ["[arrangement] stops"]),
    ],
)
def test_a_slip_is_named(change: object, words: list[str]) -> None:
    with pytest.raises(ShelfError) as caught:
        settings_of(broken(change))
    message = str(caught.value)
    assert "country" in message and "\n" not in message
    for word in words:
        assert word in message
