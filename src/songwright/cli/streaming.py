"""Raw sound handed on while it is made: 48 kHz, two channels, 16 bit, no header (`... --stream - | aplay -f dat`)."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from songwright.errors import BriefError, Cancelled, ShelfError

if TYPE_CHECKING:
    from songwright.values.audio import Audio

STDOUT = "-"


def check_stream(target: str | None, json: bool, force: bool) -> None:
    """Raises BriefError, before any work, where sound cannot be handed on there."""
    from songwright.io import claims

    if target == STDOUT and json:
        raise BriefError("stream", "standard output cannot carry sound and --json.", "Stream into a file.")
    if target == STDOUT and sys.stdout is None:
        raise BriefError("stream", "there is no standard output.", "Stream into a file.")
    if target not in (None, STDOUT) and not _is_pipe(Path(target)):
        claims.claim(Path(target), force)


@contextmanager
def handing_on(target: str | None) -> Iterator[Callable[[Audio], None]]:
    """Writes each piece it is called with. target: a file (whole or not at all), a pipe, "-", None = nowhere."""
    if target is None:
        yield lambda piece: None
    elif target == STDOUT:
        yield lambda piece: _write(sys.stdout.buffer, piece, "stdout")
    elif _is_pipe(Path(target)):
        pipe = Path(target).open("wb")  # noqa: SIM115
        try:
            yield lambda piece: _write(pipe, piece, target)
        finally:
            with suppress(BrokenPipeError):  # said already where it was written
                pipe.close()
    else:
        place = Path(target)
        aside = place.with_name(f".{place.name}.part")
        try:
            with aside.open("wb") as file:
                yield lambda piece: _write(file, piece, target)
            os.replace(aside, place)
        except OSError as problem:
            raise ShelfError(target, f"could not be written ({problem.strerror})") from problem
        finally:
            aside.unlink(missing_ok=True)


def _write(file: BinaryIO, piece: Audio, name: str) -> None:
    import numpy as np

    whole = np.clip(np.round(piece.samples.T * 32767.0), -32768, 32767).astype("<i2")
    try:
        file.write(whole.tobytes())
        file.flush()
    except BrokenPipeError:
        raise Cancelled("stopped, since nobody listens any more; no song was written") from None
    except OSError as problem:
        raise ShelfError(name, f"could not be written ({problem.strerror})") from problem


def _is_pipe(place: Path) -> bool:
    return place.exists() and not place.is_file() and not place.is_dir()
