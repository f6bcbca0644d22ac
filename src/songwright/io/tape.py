"""Tape for long songs: past a certain amount of memory, stems lie on the disk and only what is worked on is in memory.

A tape is a temporary file without a name, mapped into memory; it vanishes with the sound that lies on it. Space is
reserved first, so that a full disk is noticed in time; where none can be had, memory serves.
"""

from __future__ import annotations

import mmap
import os
import tempfile
import weakref
from threading import Lock

import numpy as np

IN_MEMORY_BYTES = 160 * 2**20


class DiskTape:
    """Hands out blank tape, in memory at first, on disk when much is in use. Implements `values.context.Tape`."""

    def __init__(self, in_memory_bytes: int = IN_MEMORY_BYTES) -> None:
        self._limit, self._used, self._lock = in_memory_bytes, 0, Lock()

    def __reduce__(self) -> tuple[object, ...]:
        """Sent to another process, it begins anew."""
        return (type(self), (self._limit,))

    def blank(self, channels: int, frames: int) -> np.ndarray:
        """Silence to record on, float32 (channels, frames)."""
        size = channels * frames * 4
        if self._claim(size):
            return self._counted(np.zeros((channels, frames), dtype=np.float32))
        mapped = _on_disk(channels, frames)
        return np.zeros((channels, frames), dtype=np.float32) if mapped is None else mapped

    def keep(self, samples: np.ndarray) -> np.ndarray:
        """The same sound, moved to disk if much is in memory already."""
        if self._claim(samples.nbytes):
            return self._counted(samples)
        mapped = _on_disk(*samples.shape)
        if mapped is None:
            return samples
        mapped[:] = samples
        self.put_by(mapped)
        return mapped

    def put_by(self, samples: np.ndarray) -> None:
        """Let go of the memory of a sound on disk; whoever reads it again gets it back, a little later."""
        let_go(samples)

    def _claim(self, size: int) -> bool:
        with self._lock:
            fits = self._used + size <= self._limit
            self._used += size if fits else 0
        return fits

    def _counted(self, samples: np.ndarray) -> np.ndarray:
        weakref.finalize(samples, self._freed, samples.nbytes)
        return samples

    def _freed(self, size: int) -> None:
        with self._lock:
            self._used -= size


def let_go(samples: np.ndarray) -> None:
    """Release the memory of a sound that lies on a tape; does nothing for others, or where systems cannot."""
    owner: object = samples
    while isinstance(owner, np.ndarray):
        owner = owner.base
    tape = owner.obj if isinstance(owner, memoryview) else owner
    if isinstance(tape, mmap.mmap) and hasattr(tape, "madvise"):
        tape.madvise(mmap.MADV_DONTNEED)


def _on_disk(channels: int, frames: int) -> np.ndarray | None:
    """Blank tape in a temporary file, or None where there is no room for it."""
    size = channels * frames * 4
    if not size or not hasattr(os, "posix_fallocate"):
        return None
    try:
        with tempfile.TemporaryFile(prefix="songwright-") as file:
            os.posix_fallocate(file.fileno(), 0, size)
            mapped = mmap.mmap(file.fileno(), size)
    except (OSError, ValueError):
        return None
    return np.frombuffer(mapped, dtype=np.float32).reshape(channels, frames)
