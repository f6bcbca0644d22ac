"""Long songs: windows that overlap, each made to fit what was made before it, finished sound as it comes.

The network hears a window of about 16 s. A window begins with frames that are finished already and is made to go on
from there (and, where a part is repainted, to lead back into what follows): a seam is music, not a crossfade.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from songwright.runtime.codec import STRIDE, Codec
from songwright.runtime.jukebox.generator import STAGE, Sampler
from songwright.runtime.jukebox.telling import window_of
from songwright.values.context import Progress, silent
from songwright.values.seed import Seed

WINDOW, OVERLAP = 512, 128
"""Frames of 32 ms: 16.4 s as in training, and about 4 s that a window knows of the one before."""
_AROUND = 32  # frames the decoder hears before and behind a piece: more than its kernels reach


@dataclass(frozen=True)
class Window:
    """Frames begin .. end, made at once; after it all frames before `ready` are finished."""

    begin: int
    end: int
    ready: int


def windows_of(keep: np.ndarray, window: int = WINDOW, overlap: int = OVERLAP) -> list[Window]:
    """The windows that make all frames of which not everything is kept. keep: (T, 2), 1 = stays.

    A window begins `overlap` frames before what is still to be made, earlier if all of it then has sound around it.
    """
    if not 0 <= overlap < window:
        raise ValueError("windows overlap by less than their length")
    total, missing = len(keep), ~np.all(keep > 0, axis=1)
    found: list[Window] = []
    while missing.any():
        first = int(missing.argmax())
        after = first + int((~np.append(missing[first:], False)).argmax())  # of this hole
        begin = first - overlap
        if after - begin <= window:
            begin = min(begin, (first + after - window) // 2)
        begin = max(0, min(begin, total - window))
        end = min(total, begin + window)
        missing[begin:end] = False
        found.append(Window(begin, end, int(missing.argmax()) if missing.any() else total))
    return found


def stretch(
    generator: Sampler, told: Mapping[str, np.ndarray], kept: np.ndarray, keep: np.ndarray, *, seed: Seed,
    window: int = WINDOW, overlap: int = OVERLAP, tell: Callable[[Progress], None] = silent, **manner: Any,
) -> Iterator[tuple[int, np.ndarray]]:  # fmt: skip
    """Latents of a song of any length as they become final: (first frame, (frames, 2 latents)), every frame once.

    told, kept, keep, manner (steps, guidance, temperature, shift): as `Sampler.sample` takes them, for all T frames.
    seed: the luck of a window is named after its first frame. tell: hears of steps of all windows together.
    """
    made, done = np.array(kept, np.float32), np.array(keep, np.float32)
    plan, given = windows_of(keep, window, overlap), 0
    for number, one in enumerate([Window(0, 0, _first_missing(keep)), *plan]):
        if number:
            here = slice(one.begin, one.end)
            made[here] = generator.sample(
                window_of(told, one.begin, one.end), made[here], done[here],
                luck=seed.child("window", one.begin).luck(), tell=_of_all(tell, number - 1, len(plan)), **manner,
            )  # fmt: skip
            done[here] = 1
        if one.ready > given:
            yield given, made[given : one.ready]
            given = one.ready


def heard(
    codec: Codec, pieces: Iterable[tuple[int, np.ndarray]], given: np.ndarray | None = None,
    hole: slice = slice(0, None),
) -> Iterator[np.ndarray]:  # fmt: skip
    """The sound of finished latents as soon as it is known: float32 (2: voice and band, samples) at 32 kHz.

    pieces: what `stretch` gives. Each piece of sound goes on in the phases of the one before. given: sound of the same
    frames that is there already; outside of `hole` (frames) it comes back as it is, and phases in the hole fit it.
    """
    ear = _Ear(codec, given, hole)
    for _, latents in pieces:
        ear.held = np.concatenate([ear.held, latents]) if len(ear.held) else latents
        if ear.end - _AROUND > ear.sounded:
            yield ear.listen(ear.end - _AROUND)
    if ear.end > ear.sounded:
        yield ear.listen(ear.end)


class _Ear:
    """Decodes piece by piece. Frames: `begin` is the first of `held`, `sounded` the first not heard yet."""

    def __init__(self, codec: Codec, given: np.ndarray | None, hole: slice) -> None:
        self._codec = codec
        self._given = np.zeros((2, 0), np.float32) if given is None else given
        whole = self._given.shape[1] // STRIDE
        self._first = 0 if given is None else hole.start or 0
        self._last = None if given is None or hole.stop is None or hole.stop >= whole else hole.stop
        self.held = np.zeros((0, 0), np.float32)
        self.begin = self.sounded = 0
        self._before = np.zeros((2, 0), np.float32)  # sound of begin .. sounded
        self._ahead = np.zeros((2, 0), np.float32)  # what was made of the frame after it

    @property
    def end(self) -> int:
        """The first frame not held yet."""
        return self.begin + len(self.held)

    def listen(self, last: int) -> np.ndarray:
        """The sound of frames sounded .. last, both stems; forgets what the next piece does not need."""
        bounds = sorted(
            {min(max(edge, self.sounded), last) for edge in (self._first, self._last or last, last)}
        )
        parts = []
        for bound in bounds:
            if bound > self.sounded:
                made = self._first <= self.sounded and (self._last is None or self.sounded < self._last)
                new = self._made(bound) if made else self._there(self.sounded, bound)
                self._forget(bound, new)
                parts.append(new)
        return np.concatenate(parts, axis=1)

    def _made(self, last: int) -> np.ndarray:
        """The sound of frames sounded .. last, from their latents."""
        stop = min(self.end, last + _AROUND)
        stems = np.split(self.held[: stop - self.begin], 2, axis=1)
        after = [None, None] if self._last is None else list(self._there(self._last, max(self._last, stop)))
        both = zip(stems, self._before, after, strict=True)
        sound = np.stack([self._codec.decode(*stem) for stem in both])
        first, end = ((frame - self.begin) * STRIDE for frame in (self.sounded, last))
        new = sound[:, first:end]
        if self._ahead.size:
            rise = np.linspace(0, 1, STRIDE, dtype=np.float32)
            new[:, :STRIDE] = (1 - rise) * self._ahead + rise * new[:, :STRIDE]
        self._ahead = sound[:, end : end + STRIDE]
        return new

    def _there(self, first: int, last: int) -> np.ndarray:
        """The given sound of these frames."""
        return self._given[:, first * STRIDE : last * STRIDE]

    def _forget(self, last: int, new: np.ndarray) -> None:
        """Frames until `last` are heard now, as `new`."""
        begin = max(self.begin, last - _AROUND)
        dropped = (begin - self.begin) * STRIDE
        self._before = np.concatenate([self._before, new], axis=1)[:, dropped:]
        self.held = self.held[begin - self.begin :]
        self.begin, self.sounded = begin, last


def _first_missing(keep: np.ndarray) -> int:
    """How many frames from the beginning on are kept whole."""
    return int((~np.append(np.all(keep > 0, axis=1), False)).argmax())


def _of_all(tell: Callable[[Progress], None], number: int, count: int) -> Callable[[Progress], None]:
    """Steps of one window as steps of all."""

    def told(progress: Progress) -> None:
        done = number * progress.total + progress.done
        tell(replace(progress, stage=STAGE, done=done, total=count * progress.total))

    return told
