"""How the command line talks: progress and notes on stderr, data on stdout, errors as one line."""

from __future__ import annotations

import json
import math
import os
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import wraps
from typing import TYPE_CHECKING, Any

from songwright.errors import Cancelled, ShelfError

if TYPE_CHECKING:
    from songwright.values.context import Progress


class Listener:
    """Shows each stage with its time as it ends, and how far it is where there is a terminal."""

    def __init__(self, quiet: bool = False) -> None:
        self._quiet = quiet or sys.stderr is None
        self._live = not self._quiet and sys.stderr.isatty()
        self._began: dict[str, float] = {}
        self._ended: set[str] = set()
        self._lock = threading.Lock()
        self._stop = False
        self._start = time.perf_counter()

    def stop(self) -> None:
        """From now on every stage that reports is told to give up."""
        self._stop = True

    def __call__(self, progress: Progress) -> None:
        if self._stop:
            raise Cancelled
        if self._quiet:
            return
        with self._lock:
            self._show(progress)

    def _show(self, progress: Progress) -> None:
        if progress.note and not progress.total:
            say(f"  note: {progress.note}")
            return
        now = time.perf_counter()
        began = self._began.setdefault(progress.stage, now)
        if progress.total and progress.done >= progress.total and not progress.note:
            if progress.stage in self._ended:
                return
            self._ended.add(progress.stage)
            start = "\r" if self._live else ""
            say(f"{start}  {progress.stage:<8} {now - began:6.1f} s   (at {now - self._start:5.1f} s)")
        elif self._live and progress.total:
            percent = int(100 * progress.done / progress.total)
            with suppress(OSError):
                sys.stderr.write(f"\r  {progress.stage:<8} {percent:3d} %  {progress.note[:50]:<50}\r")
                sys.stderr.flush()


def keeping(command: Callable[..., None]) -> Callable[..., None]:
    """A command that keeps what it has finished, and says so when it is stopped."""

    @wraps(command)
    def run(*words: Any, **options: Any) -> None:
        try:
            command(*words, **options)
        except KeyboardInterrupt:
            raise Cancelled("stopped; what was finished is kept") from None

    return run


def say(text: str) -> None:
    """A line for a person, on stderr; where nobody listens any more, work goes on."""
    if sys.stderr is not None:
        with suppress(OSError):
            sys.stderr.write(text + "\n")


def give(data: str) -> None:
    """A line of data, on stdout. Raises ShelfError where that is closed or full."""
    if sys.stdout is None:
        raise ShelfError("stdout", "is closed, so the answer cannot be given")
    try:
        sys.stdout.write(_in_letters(data, sys.stdout.encoding) + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as problem:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for what is left in its buffer
        raise ShelfError("stdout", f"cannot be written ({problem.strerror})") from problem


def _in_letters(data: str, encoding: str) -> str:
    """The text in the letters that stdout has; others as JSON spells them: "\\u00e9"."""
    try:
        data.encode(encoding)
        return data
    except UnicodeEncodeError:
        return "".join(letter if _fits(letter, encoding) else json.dumps(letter)[1:-1] for letter in data)


def _fits(letter: str, encoding: str) -> bool:
    try:
        return bool(letter.encode(encoding))
    except UnicodeEncodeError:
        return False


def give_json(value: Any) -> None:
    """A value as indented JSON on stdout; what is no number (the level of silence) is null."""
    from songwright.values.wire import to_plain

    give(json.dumps(_numbers(to_plain(value)), ensure_ascii=False, indent=2, allow_nan=False))


def _numbers(plain: Any) -> Any:
    if isinstance(plain, dict):
        return {name: _numbers(one) for name, one in plain.items()}
    if isinstance(plain, list):
        return [_numbers(one) for one in plain]
    return None if isinstance(plain, float) and not math.isfinite(plain) else plain


def table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> str:
    """Rows as aligned text with a heading; the last column may be long."""
    cells = [[str(row.get(column, "")) for column in columns] for row in rows]
    widths = [max([len(column), *(len(r[i]) for r in cells)]) for i, column in enumerate(columns)]
    lines = [[column.upper() for column in columns], *cells]
    return "\n".join(
        "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )
