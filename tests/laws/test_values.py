"""Law 2: values are frozen, unit-named, serialisable."""

import dataclasses
import importlib
import pickle
import pkgutil
import typing
from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import songwright.values
from songwright.values import wire
from songwright.values.audio import Audio, Stems
from songwright.values.context import Context
from songwright.values.digest import digest
from songwright.values.shelf import Voice

UNITS = ("_s", "_hz", "_db", "_cents", "_lufs", "_dbtp", "_lu", "_bpm")
# Plain numbers without a unit: ratios and positions whose range their docstring gives.
UNITLESS = {
    "level", "energy", "swing", "pitch", "pan", "formant_scale", "bpm", "done", "total", "effort", "breathiness",
    "value",
}  # fmt: skip


def value_classes():
    found = {}
    for module in pkgutil.iter_modules(songwright.values.__path__):
        for item in vars(importlib.import_module(f"songwright.values.{module.name}")).values():
            if dataclasses.is_dataclass(item) and isinstance(item, type):
                found[item.__qualname__] = item
    return [found[name] for name in sorted(found)]


@pytest.mark.parametrize("cls", value_classes(), ids=lambda cls: cls.__name__)
def test_frozen_and_unit_named(cls):
    assert cls.__dataclass_params__.frozen
    assert cls.__doc__ and not cls.__doc__.startswith(cls.__name__ + "(")
    for name, hint in typing.get_type_hints(cls).items():
        if hint is float:
            assert name.endswith(UNITS) or name in UNITLESS, f"{cls.__name__}.{name} does not say its unit"
        if name.endswith(("tick", "ticks")):
            assert hint is int, f"{cls.__name__}.{name}: ticks are whole"


NOT_DATA = (Context, Voice)  # hold the shelf or raw banks, never travel
finite = st.floats(-1e6, 1e6, allow_nan=False)


def strategy(hint):
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if dataclasses.is_dataclass(hint):
        return instances(hint)
    if origin is tuple:
        return st.lists(strategy(args[0]), max_size=2).map(tuple)
    if origin is not None and isinstance(origin, type) and issubclass(origin, Mapping):
        return st.dictionaries(st.text(max_size=5), strategy(args[1]), max_size=2)
    if origin is not None:
        return st.one_of([st.none() if a is type(None) else strategy(a) for a in args])
    simple = {int: st.integers(0, 2**40), float: finite, str: st.text(max_size=8), bool: st.booleans()}
    if hint is np.ndarray:
        return st.lists(st.floats(-1e3, 1e3, width=32), max_size=4).map(lambda v: np.array(v, np.float32))
    return simple.get(hint, st.text(max_size=4))


def sound(frames=16):
    values = st.lists(st.floats(-1, 1, width=32), min_size=frames, max_size=frames)
    return values.map(lambda v: Audio(np.array([v, v], np.float32)))


def instances(cls):
    if cls is Audio:
        return sound()
    if cls is Stems:
        return st.builds(lambda a, b: Stems(("a", "b"), (a, b)), sound(), sound())
    hints = typing.get_type_hints(cls)
    return st.builds(cls, **{f.name: strategy(hints[f.name]) for f in dataclasses.fields(cls)})


@pytest.mark.parametrize("cls", [c for c in value_classes() if c not in NOT_DATA], ids=lambda c: c.__name__)
def test_json_round_trip(cls):
    @settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(instances(cls))
    def check(value):
        text = wire.to_json(value)
        back = wire.from_json(cls, text)
        assert wire.to_json(back) == text
        assert digest(back) == digest(value)

    check()


def test_wrong_data_is_named():
    from songwright.values.plan import SongPlan

    with pytest.raises(ValueError, match="title is missing"):
        wire.from_json(SongPlan, "{}")
    with pytest.raises(ValueError, match="no such field"):
        wire.from_json(SongPlan, '{"nonsense": 1}')


def test_audio_stays_read_only_through_copies():
    import copy

    audio = Audio(np.zeros((2, 8), np.float32)[:, 2:])
    for same in (audio, pickle.loads(pickle.dumps(audio)), copy.deepcopy(audio)):
        with pytest.raises(ValueError):
            same.samples[0, 0] = 1.0


def test_stems_must_agree():
    with pytest.raises(ValueError):
        Stems(("a", "b"), (Audio(np.zeros((2, 8))), Audio(np.zeros((2, 9)))))
