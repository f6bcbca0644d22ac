"""The fingerprint of a value."""

from __future__ import annotations

import hashlib
from typing import Any

from songwright.values.wire import to_json


def digest(value: Any) -> str:
    """32 hex digits that stand for a value's JSON (BLAKE2b, 128 bits): same value, same digest, on any machine."""
    return hashlib.blake2b(to_json(value).encode(), digest_size=16).hexdigest()
