"""The shelf: everything by id, read once, damaged things named in one line."""

from __future__ import annotations

import hashlib
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from songwright.errors import BriefError, ShelfError
from songwright.io import shelf as shelf_module
from songwright.io.shelf import HOUSE, HouseShelf

GENRES = {
    "ballad", "bossa", "cinematic", "country", "electronic", "folk", "hip-hop", "jazz", "metal", "pop", "punk",
    "reggae", "rock", "soul", "trap",
}  # fmt: skip


@pytest.fixture(scope="module")
def house() -> HouseShelf:
    return HouseShelf()


@pytest.fixture
def small(tmp_path: Path) -> HouseShelf:
    """A shelf with two voices of one bank, and nothing else."""
    voices = tmp_path / "voices"
    voices.mkdir()
    np.savez(voices / "bank.npz", frames=np.arange(6, dtype=np.float32))
    digest = hashlib.sha256((voices / "bank.npz").read_bytes()).hexdigest()
    for voice_id in ("alto", "bass"):
        (voices / f"{voice_id}.toml").write_text(
            f'[voice]\nid = "{voice_id}"\nname = "{voice_id}"\nabout = "a test voice"\nlicence = "CC0-1.0"\n'
            f'source = "here"\nlanguage = "en"\nbank = "bank"\nmidi_low = 40\nmidi_high = 60\nsha256 = "{digest}"\n'
        )
    return HouseShelf(tmp_path)


def test_fifteen_styles_with_a_licence(house: HouseShelf) -> None:
    assert {style.id for style in house.styles()} == GENRES
    assert all(style.licence == "CC0-1.0" and style.about for style in house.styles())
    assert "tempo" in house.style("country").tables and "style" not in house.style("country").tables


def test_personas_are_licensed_and_cover_every_genre(house: HouseShelf) -> None:
    personas = house.personas()
    assert len({persona.id for persona in personas}) == len(personas) >= 6
    assert {persona.genres[0] for persona in personas} == GENRES
    for persona in personas:
        assert persona.licence == "CC0-1.0" and len(persona.about) > 40
        assert persona.voice_high - persona.voice_low >= 14
        assert set(persona.genres) <= GENRES
        assert all(0 <= value <= 1 for value in persona.character.values())
    assert house.persona("rusty-hale").voice == "rms-cowboy"
    for genre in GENRES:
        banks = {house.voice(persona.voice).card.bank for persona in personas if genre in persona.genres}
        assert {"rms", "slt"} <= banks, f"{genre} needs a man and a woman"


@pytest.mark.parametrize(
    ("ask", "field", "near"),
    [("style", "genre", "country"), ("persona", "persona", "rusty-hale")],
)
def test_unknown_ids_name_the_nearest(house: HouseShelf, ask: str, field: str, near: str) -> None:
    with pytest.raises(BriefError) as caught:
        getattr(house, ask)(near[:-2] + "x")
    assert caught.value.field == field and near in caught.value.hint and "\n" not in str(caught.value)


def test_unknown_voice_names_the_nearest(small: HouseShelf) -> None:
    with pytest.raises(BriefError, match="Did you mean 'alto'"):
        small.voice("altoo")


def test_everything_is_read_once(house: HouseShelf, small: HouseShelf) -> None:
    assert house.styles() is house.styles()
    assert house.lexicon("en") is house.lexicon("en-US")
    assert small.voice("alto") is small.voice("alto")
    assert small.voice("alto").arrays is small.voice("bass").arrays


def test_many_threads_read_once(small: HouseShelf, monkeypatch: pytest.MonkeyPatch) -> None:
    reads = []
    real = shelf_module._npz
    monkeypatch.setattr(shelf_module, "_npz", lambda *args: reads.append(args) or real(*args))
    with ThreadPoolExecutor(8) as pool:
        voices = list(pool.map(lambda _: small.voice("alto"), range(32)))
    assert len(reads) == 1 and len({id(voice) for voice in voices}) == 1


def test_cards_do_not_read_the_bank(small: HouseShelf, tmp_path: Path) -> None:
    (tmp_path / "voices" / "bank.npz").write_bytes(b"not an archive")
    assert [card.id for card in small.voice_cards()] == ["alto", "bass"]
    with pytest.raises(ShelfError, match="damaged"):
        small.voice("alto")


def test_arrays_are_read_only(small: HouseShelf) -> None:
    with pytest.raises(ValueError, match="read-only"):
        small.voice("alto").arrays["frames"][0] = 1.0


def test_a_bank_without_fingerprint_may_still_be_damaged(small: HouseShelf, tmp_path: Path) -> None:
    card = tmp_path / "voices" / "alto.toml"
    card.write_text("\n".join(line for line in card.read_text().splitlines() if "sha256" not in line))
    whole = (tmp_path / "voices" / "bank.npz").read_bytes()
    for damaged in (b"", b"PK\x03\x04", whole[: len(whole) // 2]):
        (tmp_path / "voices" / "bank.npz").write_bytes(damaged)
        with pytest.raises(ShelfError):
            small.voice("alto")


def test_pickled_objects_are_refused(small: HouseShelf, tmp_path: Path) -> None:
    card = tmp_path / "voices" / "alto.toml"
    card.write_text("\n".join(line for line in card.read_text().splitlines() if "sha256" not in line))
    np.savez(tmp_path / "voices" / "bank.npz", frames=np.array([{"a": 1}], dtype=object))
    with pytest.raises(ShelfError):
        small.voice("alto")


@pytest.mark.parametrize(
    "text", ["[voice", "[voice]\nid = 3\n", "[voice]\nid = 'x'\ncharacter = 'gravel'\n", "voice = 1\n"]
)
def test_a_wrong_card_names_its_file(tmp_path: Path, text: str) -> None:
    (tmp_path / "voices").mkdir()
    (tmp_path / "voices" / "odd.toml").write_text(text)
    with pytest.raises(ShelfError) as caught:
        HouseShelf(tmp_path).voice_cards()
    assert "voices/odd.toml" in str(caught.value) and "\n" not in str(caught.value)


def test_a_style_is_read_without_the_others(house: HouseShelf, tmp_path: Path) -> None:
    (tmp_path / "styles").mkdir()
    country = (HOUSE / "styles" / "country.toml").read_text()
    (tmp_path / "styles" / "country.toml").write_text(country)
    (tmp_path / "styles" / "renamed.toml").write_text(country.replace('id = "country"', 'id = "prairie"'))
    mine = HouseShelf(tmp_path)
    assert mine.style("prairie").id == "prairie"
    with pytest.raises(BriefError, match="renamed"):  # ids name styles, not files
        mine.style("renamed")
    (tmp_path / "styles" / "broken.toml").write_text("[style")
    again = HouseShelf(tmp_path)
    assert again.style("country") == house.style("country")
    with pytest.raises(ShelfError, match="broken"):
        again.styles()


def test_an_empty_shelf_says_so(tmp_path: Path) -> None:
    with pytest.raises(ShelfError, match="styles"):
        HouseShelf(tmp_path).styles()


def test_english_dictionary_has_stress(house: HouseShelf) -> None:
    lexicon = house.lexicon("en")
    assert lexicon["country"][0] == ("K", "AH1", "N", "T", "R", "IY0")
    assert len(lexicon["read"]) == 2
    assert "zzyzxq" not in lexicon and len(house.letters("en")) > 0


def test_unknown_language(house: HouseShelf) -> None:
    with pytest.raises(BriefError, match="language"):
        house.lexicon("tlh")


def test_dictionary_does_not_import_the_recogniser() -> None:
    script = (
        "import sys\nfrom songwright.io.shelf import HouseShelf\nHouseShelf().lexicon('en')['rain']\n"
        "assert 'pocketsphinx' not in sys.modules and '_pocketsphinx' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def test_sampler_can_be_kept_on_the_shelf(house: HouseShelf, monkeypatch: pytest.MonkeyPatch) -> None:
    def never() -> None:
        raise AssertionError("looked for a sampler")

    monkeypatch.setattr(shelf_module, "_find_sampler", never)
    monkeypatch.setenv("SONGWRIGHT_BAND", "builtin")
    assert HouseShelf().sampler() is None


def test_sampler_is_looked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looks = []
    monkeypatch.delenv("SONGWRIGHT_BAND", raising=False)
    monkeypatch.setattr(shelf_module, "_find_sampler", lambda: looks.append(1))
    shelf = HouseShelf()
    assert shelf.sampler() is None and shelf.sampler() is None
    assert len(looks) == 1


def test_a_shelf_can_be_sent_to_another_process(small: HouseShelf) -> None:
    small.voice("alto")
    again = pickle.loads(pickle.dumps(small))
    assert again.voice("alto").card == small.voice("alto").card
