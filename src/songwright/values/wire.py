"""Values to JSON and back, exactly."""

from __future__ import annotations

import base64
import dataclasses
import json
import types
import typing
from collections.abc import Mapping
from typing import Any

import numpy as np

from songwright.values.audio import Audio

SPARSE: Mapping[str, bool] = {"sparse": True}
"""Metadata of a field that is written only where it says something, so that old files and digests stay as they are."""


def to_plain(value: Any) -> Any:
    """A value as dicts, lists and numbers that JSON knows. Arrays become lists; audio becomes base64 float32."""
    if isinstance(value, Audio):
        data = base64.b64encode(value.samples.astype("<f4").tobytes()).decode()
        return {"rate_hz": value.rate_hz, "channels": value.channels, "float32": data}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        told = [f for f in dataclasses.fields(value) if not (f.metadata.get("sparse") and _unsaid(value, f))]
        return {f.name: to_plain(getattr(value, f.name)) for f in told}
    if isinstance(value, np.ndarray):
        return [float(x) for x in value.tolist()]
    if isinstance(value, Mapping):
        return {str(k): to_plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [to_plain(v) for v in value]
    if isinstance(value, np.generic):
        return value.item()
    return value


def _unsaid(value: Any, field: dataclasses.Field[Any]) -> bool:
    """Whether a field stands at its default."""
    default = field.default_factory() if callable(field.default_factory) else field.default
    return bool(getattr(value, field.name) == default)


def to_json(value: Any, indent: int | None = None) -> str:
    """A value as JSON text: keys in field order, no NaN."""
    return json.dumps(to_plain(value), ensure_ascii=False, indent=indent, allow_nan=False)


def from_json(cls: type, text: str) -> Any:
    """The value of class `cls` that `to_json` wrote. Raises ValueError with the path of what does not fit."""
    return from_plain(cls, json.loads(text))


def from_plain(cls: Any, plain: Any, path: str = "") -> Any:
    """The value of type `cls` from dicts and lists. Raises ValueError naming the place that does not fit."""
    origin, args = typing.get_origin(cls), typing.get_args(cls)
    if origin in (typing.Union, types.UnionType):
        return _one_of(args, plain, path)
    if cls is Audio:
        samples = np.frombuffer(base64.b64decode(plain["float32"]), "<f4").reshape(plain["channels"], -1)
        return Audio(samples.copy(), plain["rate_hz"])
    if dataclasses.is_dataclass(cls):
        return _dataclass(cls, plain, path)
    if origin is tuple:
        if not isinstance(plain, list):
            raise ValueError(f"{path or 'value'} should be a list")
        return tuple(from_plain(args[0], item, f"{path}[{i}]") for i, item in enumerate(plain))
    if origin is not None and isinstance(origin, type) and issubclass(origin, Mapping):
        if not isinstance(plain, Mapping):
            raise ValueError(f"{path or 'value'} should be a table of names")
        return {key: from_plain(args[1], item, f"{path}.{key}") for key, item in plain.items()}
    if cls is np.ndarray:
        return np.asarray(plain, dtype=np.float32)
    return _scalar(cls, plain, path)


def _one_of(options: tuple[Any, ...], plain: Any, path: str) -> Any:
    """The first type of a union that fits."""
    if plain is None and type(None) in options:
        return None
    problems = []
    for option in options:
        if option is type(None):
            continue
        try:
            return from_plain(option, plain, path)
        except ValueError as problem:
            problems.append(str(problem))
    raise ValueError(problems[0] if problems else f"{path} does not fit")


def _dataclass(cls: Any, plain: Any, path: str) -> Any:
    if not isinstance(plain, Mapping):
        raise ValueError(f"{path or cls.__name__} should be a table of fields")
    hints = typing.get_type_hints(cls)
    known = {f.name: f for f in dataclasses.fields(cls)}
    for name in plain:
        if name not in known:
            raise ValueError(f"{path}.{name}: there is no such field".lstrip("."))
    values = {}
    for name, spec in known.items():
        if name in plain:
            values[name] = from_plain(hints[name], plain[name], f"{path}.{name}".lstrip("."))
        elif spec.default is dataclasses.MISSING and spec.default_factory is dataclasses.MISSING:
            raise ValueError(f"{path}.{name} is missing".lstrip("."))
    return cls(**values)


def _scalar(cls: Any, plain: Any, path: str) -> Any:
    if cls is Any:
        return plain
    if cls is float and isinstance(plain, int | float) and not isinstance(plain, bool):
        return float(plain)
    if cls in (int, str, bool) and type(plain) is cls:
        return plain
    raise ValueError(f"{path} should be {getattr(cls, '__name__', cls)}, not {plain!r}")
