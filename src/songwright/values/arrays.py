"""Arrays that nobody can change after they were handed over."""

from __future__ import annotations

import numpy as np


def frozen_array(data: object, dtype: type) -> np.ndarray:
    """A read-only, contiguous array that owns its memory, so no other reference can change it."""
    array = np.array(data, dtype=dtype, order="C", copy=True)
    array.flags.writeable = False
    return array
