"""The house shelf: styles, personas, voices and dictionaries that travel along, read once and kept."""

from __future__ import annotations

import datetime as dt
import difflib
import hashlib
import importlib.util
import io
import os
import tomllib
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, replace
from pathlib import Path
from threading import RLock
from typing import Any, TypeVar

import numpy as np

from songwright.errors import BriefError, ShelfError
from songwright.producer.blending import blended as mixed
from songwright.producer.blending import is_blend as is_mixture
from songwright.producer.blending import shares_of
from songwright.singer.blend import asked_shares, blended, is_blend
from songwright.values.shelf import Persona, Sampler, Style, Voice, VoiceCard, WeightsCard
from songwright.values.wire import from_plain

T = TypeVar("T")
HOUSE = Path(__file__).resolve().parent.parent
BAND_VARIABLE = "SONGWRIGHT_BAND"  # "builtin" keeps the sampler on the shelf
OWN_STYLE = ".toml"  # a style named by its path
OWN_VOICE = ".toml"  # a voice named by the path of its card
_DICTIONARY = Path("model", "en-us", "cmudict-en-us.dict")  # inside the pocketsphinx wheel, BSD licence


class HouseShelf:
    """What songwright brings along; each thing is read when it is first asked for, by whichever thread.

    root: folder with styles/, personas/, voices/ and weights/ (the package itself by default). weights: folder of
    networks with their cards, root/weights by default.
    Unknown ids raise BriefError with the nearest id; missing or damaged files raise ShelfError.
    """

    def __init__(self, root: str | Path | None = None, weights: str | Path | None = None) -> None:
        self._root = Path(root) if root is not None else HOUSE
        self._learned = Path(weights) if weights is not None else self._root / "weights"
        self._kept: dict[tuple[str, ...], Any] = {}
        self._lock = RLock()

    def __reduce__(self) -> tuple[object, ...]:
        """A shelf sent to another process reads its things there anew."""
        return (type(self), (str(self._root), str(self._learned)))

    def style(self, style_id: str) -> Style:
        """The style of that id.

        "country:0.6,electronic:0.4" is a mixture (`producer.blending`); "FOLDER/my.toml" is a style of one's own.
        """
        if is_mixture(style_id):
            (lead, share), (other, _) = shares_of(style_id)
            both = [_named(name, self.styles(), "blend") for name in (lead, other)]
            return self._once(("mixture", style_id), lambda: mixed(style_id, *both, share))
        if style_id.endswith(OWN_STYLE):
            return self._once(("own style", style_id), lambda: own_style(Path(style_id)))
        return self._alone(style_id) or _named(style_id, self.styles(), "genre")

    def styles(self) -> tuple[Style, ...]:
        """All styles, by id."""
        return self._once(("styles",), lambda: self._all("styles", _style))

    def persona(self, persona_id: str) -> Persona:
        """The persona of that id."""
        return _named(persona_id, self.personas(), "persona")

    def personas(self) -> tuple[Persona, ...]:
        """All personas, by id."""
        return self._once(("personas",), lambda: self._all("personas", _card_of(Persona, "persona")))

    def voice_cards(self) -> tuple[VoiceCard, ...]:
        """The cards of all voices, by id; no sound is read for this."""
        return self._once(("voices",), lambda: self._all("voices", _card_of(VoiceCard, "voice")))

    def voice(self, voice_id: str) -> Voice:
        """A voice with the arrays of its bank, read-only. Voices of one bank share its arrays.

        "kathleen:0.6,kerstin:0.4" is a blend (`singer.blend`); "FOLDER/voice.toml" is a voice of one's own, as
        `songwright train voice` makes it. Raises ShelfError where the consent of such a voice has ended.
        """
        if voice_id.endswith(OWN_VOICE):
            card = self._once(("own", voice_id), lambda: _own_voice(Path(voice_id)))
        elif is_blend(voice_id):
            shares = asked_shares(voice_id)
            card = blended(voice_id, [_named(name, self.voice_cards(), "voice") for name in shares], shares)
        else:
            card = _named(voice_id, self.voice_cards(), "voice")
        arrays = self._once(("bank", card.bank, card.sha256), lambda: self._bank(card))
        return self._once(("voice", voice_id), lambda: Voice(card, arrays))

    def lexicon(self, language: str) -> Mapping[str, tuple[tuple[str, ...], ...]]:
        """Lower-case word -> its pronunciations, phones with stress digits ("AH0"): the CMU dictionary.

        The copy inside the pocketsphinx wheel has no stress digits; songwright's own table gives them back.
        """
        return self._once(("lexicon", _spelled_out(language)), self._english)

    def letters(self, language: str) -> Mapping[str, Any]:
        """Weights of the letter-to-sound model of a language."""
        return self._weights(f"letters-{_spelled_out(language)}")

    def languages(self) -> Mapping[str, Any]:
        """Weights that tell languages apart."""
        return self._weights("language")

    def progressions(self) -> Mapping[str, Any]:
        """Counts of which chord follows which in songs."""
        return self._weights("progressions")

    def instruments(self) -> Mapping[str, Any]:
        """Portraits of recorded instruments: levels of their partials and noise, no sample."""
        return self._weights("instruments")

    def network(self, name: str) -> bytes:
        """The bytes of weights/NAME.onnx, after its fingerprint was checked against weights/NAME.toml."""
        return self._once(("network", name), lambda: self._network(name))

    def ear(self) -> Mapping[str, Any]:
        """What tells tunes people write from drafts of the composer, checked against its card."""
        return self._once(("ear",), lambda: self._carded("ear", "weights of the ear"))

    def leanings(self) -> Mapping[str, Any]:
        """What people's notes are likelier to do than the composer's, checked against its card."""
        return self._once(("leanings",), lambda: self._carded("leanings", "leanings of the composer"))

    def tunes(self) -> Mapping[str, Any]:
        """An index of the tunes the composer learned from, checked against its card."""
        return self._once(("tunes",), lambda: self._carded("tunes", "index of tunes"))

    def weights_card(self, name: str) -> WeightsCard:
        """The card of a network: weights/NAME.toml."""
        return self._once(("card", name), lambda: self._weights_card(name))

    def sampler(self) -> Sampler | None:
        """FluidSynth and a soundfont if both are here; None when not, or when SONGWRIGHT_BAND=builtin."""
        if os.environ.get(BAND_VARIABLE, "").strip().lower() == "builtin":
            return None
        return self._once(("sampler",), _find_sampler)

    def _once(self, key: tuple[str, ...], read: Callable[[], T]) -> T:
        """What is kept under a key; read it if nobody did yet."""
        with self._lock:
            if key not in self._kept:
                self._kept[key] = read()
            return self._kept[key]

    def _alone(self, style_id: str) -> Style | None:
        """The style whose file is named like it; no other is read for it."""
        for path in (self._root / "styles").glob("*.toml"):
            if path.stem == style_id:
                style = self._once(("style", style_id), lambda path=path: _style(path, _toml(path)))
                return style if style.id == style_id else None
        return None

    def _all(self, folder: str, read: Callable[[Path, Mapping[str, Any]], T]) -> tuple[T, ...]:
        """Every TOML file of a folder as a value, sorted by id."""
        values = [read(path, _toml(path)) for path in sorted((self._root / folder).glob("*.toml"))]
        if not values:
            raise ShelfError(folder, "nothing stands on this shelf; install songwright again")
        return tuple(sorted(values, key=lambda value: value.id))

    def _bank(self, card: VoiceCard) -> Mapping[str, np.ndarray]:
        """The arrays of a voice's bank, after its fingerprint was checked."""
        path = self._root / "voices" / f"{card.bank}.npz"
        return _npz(path, f"voice bank {card.bank}", card.sha256)

    def _weights_card(self, name: str) -> WeightsCard:
        document = _toml(self._learned / f"{name}.toml")
        known = {field.name for field in fields(WeightsCard)}
        return from_plain(WeightsCard, {key: value for key, value in document.items() if key in known})

    def _carded(self, name: str, said: str) -> Mapping[str, np.ndarray]:
        """Arrays with a card beside them. said: what messages call them."""
        path = self._learned / f"{name}.npz"
        return _npz(path, said, str(_toml(path.with_suffix(".toml")).get("sha256", "nowhere")))

    def _network(self, name: str) -> bytes:
        path = self._learned / f"{name}.onnx"
        sha256 = str(_toml(path.with_suffix(".toml")).get("sha256", "nowhere"))
        return _checked(path, f"network {name}", sha256)

    def _weights(self, name: str) -> Mapping[str, np.ndarray]:
        path = self._learned / f"{name}.npz"
        return self._once(("weights", name), lambda: _npz(path, f"weights {name}"))

    def _english(self) -> Mapping[str, tuple[tuple[str, ...], ...]]:
        """The CMU dictionary with its stress digits put back."""
        from songwright.text.lexicon import parse_dictionary, with_stress

        return with_stress(parse_dictionary(_read(_dictionary_path())), self._weights("stress-en"))


def nearest(word: str, known: Iterable[str]) -> str:
    """A hint for a word nobody knows: the most similar one, and the whole choice."""
    names = sorted(known)
    close = difflib.get_close_matches(word.strip().lower(), names, n=1, cutoff=0.5)
    choice = "Known: " + ", ".join(names) + "."
    return f"Did you mean {close[0]!r}? {choice}" if close else choice


def _named(wanted: str, things: tuple[Any, ...], field: str) -> Any:
    """The thing of that id, or a BriefError that names the nearest."""
    for thing in things:
        if thing.id == wanted:
            return thing
    raise BriefError(field, f"there is no {field} {wanted!r}.", nearest(str(wanted), (t.id for t in things)))


def _spelled_out(language: str) -> str:
    """The plain language of a BCP 47 tag ("en-US" -> "en") if it has a dictionary; German is said by rule."""
    code = language.replace("_", "-").split("-")[0].lower()
    if code != "en":
        raise BriefError("language", f"there is no dictionary for {language!r}.", "Known: en.")
    return code


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as problem:
        raise ShelfError(path.name, f"cannot be read ({problem.strerror})") from problem
    except UnicodeDecodeError as problem:
        raise ShelfError(path.name, "is not UTF-8 text") from problem


def _short(path: Path) -> str:
    """A file as errors name it: with its folder, where it is named with one."""
    return f"{path.parent.name}/{path.name}".lstrip("/")


def _toml(path: Path) -> Mapping[str, Any]:
    try:
        return tomllib.loads(_read(path))
    except tomllib.TOMLDecodeError as problem:
        raise ShelfError(_short(path), f"is not TOML: {problem}") from problem


def own_style(path: Path) -> Style:
    """A style from a file of somebody's own; its id is the path. Raises ShelfError when it cannot be read."""
    if not path.is_file():
        raise ShelfError(str(path), "there is no such style file")
    return replace(_style(path, _toml(path)), id=str(path))


def _style(path: Path, document: Mapping[str, Any]) -> Style:
    """A style from its file: the [style] table is its card, every other table belongs to a room."""
    item = _short(path)
    tables = {name: table for name, table in document.items() if name != "style"}
    for name, table in tables.items():
        if not isinstance(table, Mapping):
            raise ShelfError(item, f"{name} stands outside every table")
    try:
        return from_plain(Style, {**document.get("style", {}), "tables": tables})
    except (ValueError, TypeError, AttributeError) as problem:
        raise ShelfError(item, f"[style] {problem}") from problem


def _own_voice(path: Path) -> VoiceCard:
    """The card of a voice outside the house; its id is its path, its network stands beside it."""
    card = _card_of(VoiceCard, "voice")(path, _toml(path))
    if card.consent_until and card.consent_until < dt.date.today().isoformat():
        raise ShelfError(f"voice {card.id}", f"the consent to use it ended on {card.consent_until}")
    return replace(card, id=str(path), network=str(path.resolve().parent / card.network))


def _card_of(cls: type[T], table: str) -> Callable[[Path, Mapping[str, Any]], T]:
    """A reader of files that are one table, the fields of a value class."""

    def read(path: Path, document: Mapping[str, Any]) -> T:
        try:
            return from_plain(cls, document.get(table, document))
        except (ValueError, TypeError, AttributeError) as problem:
            raise ShelfError(_short(path), str(problem)) from problem

    return read


def _npz(path: Path, item: str, sha256: str = "") -> Mapping[str, np.ndarray]:
    """The arrays of an npz file, read-only; nothing in it is executed."""
    data = _checked(path, item, sha256)
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
    except (ValueError, KeyError, EOFError, zipfile.BadZipFile) as problem:
        raise ShelfError(item, f"{path.name} is damaged ({problem})") from problem
    for array in arrays.values():
        array.flags.writeable = False
    return arrays


def _checked(path: Path, item: str, sha256: str = "") -> bytes:
    """A file whose sha256 is that of its card ("" = nothing to compare with)."""
    try:
        data = path.read_bytes()
    except OSError as problem:
        raise ShelfError(item, f"{path.name} cannot be read ({problem.strerror or problem})") from problem
    if sha256 and hashlib.sha256(data).hexdigest() != sha256.lower():
        raise ShelfError(item, f"{path.name} is damaged (its sha256 is not that of its card)")
    return data


def _dictionary_path() -> Path:
    """Where the pocketsphinx wheel keeps the CMU dictionary; the package itself is not imported."""
    found = importlib.util.find_spec("pocketsphinx")
    if found is None or not found.submodule_search_locations:
        raise ShelfError("English dictionary", "the pocketsphinx package that carries it is not installed")
    return Path(found.submodule_search_locations[0]) / _DICTIONARY


def _find_sampler() -> Sampler | None:
    from songwright.io.fluidsynth import FluidSampler

    return FluidSampler.find()
