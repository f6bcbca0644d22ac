"""What can go wrong, as one tree.

    SongwrightError                   anything songwright itself reports
    ├── BriefError(field, hint)       what was asked cannot be done: which field, and what would work
    ├── EngineUnavailable(extra)      an engine or tool needs something that is not installed
    ├── ShelfError(item)              a voice, style, persona, weight or input file is missing or damaged
    ├── GuardRefusal(reasons)         the song may not be released as it is
    └── Cancelled                     the caller asked to stop

Each message is one line that says what is wrong and what to do. The command line turns each class into its
own exit status (`exit_status`).
"""

from __future__ import annotations

from typing import Any


class SongwrightError(Exception):
    """Something songwright can explain in one line."""

    exit_status = 1

    def __reduce__(self) -> tuple[Any, ...]:
        """One process can tell another what went wrong."""
        return _again, (type(self), self.args, vars(self))


class BriefError(SongwrightError):
    """What was asked cannot be done; `field` says which wish, `hint` what would work."""

    exit_status = 2

    def __init__(self, field: str, problem: str, hint: str = "") -> None:
        self.field, self.problem, self.hint = field, problem, hint
        stop = "" if problem.endswith((".", "?", "!")) else "."
        super().__init__(f"{field}: {problem}" + (f"{stop} {hint}" if hint else ""))


class EngineUnavailable(SongwrightError):
    """An engine or tool needs something that is not installed; `extra` is the command that brings it."""

    exit_status = 3

    def __init__(self, what: str, extra: str) -> None:
        self.what, self.extra = what, extra
        super().__init__(f"{what} is not installed. To mend it: {extra}")


class ShelfError(SongwrightError):
    """Something on the shelf, or a file that was given, is missing or damaged; `item` names it."""

    exit_status = 4

    def __init__(self, item: str, problem: str) -> None:
        self.item, self.problem = item, problem
        super().__init__(f"{item}: {problem}")


class GuardRefusal(SongwrightError):
    """The guard will not let this song out; `reasons` lists why."""

    exit_status = 5

    def __init__(self, reasons: tuple[str, ...]) -> None:
        self.reasons = reasons
        super().__init__("not released: " + "; ".join(reasons))


class Cancelled(SongwrightError):
    """The caller asked to stop; nothing was left half-written."""

    exit_status = 130

    def __init__(self, message: str = "stopped; nothing was written") -> None:
        super().__init__(message)


def why(problem: BaseException) -> str:
    """What Python found wrong with a file, in words for who gave it."""
    if isinstance(problem, UnicodeDecodeError):
        return "it is no text in UTF-8"
    if isinstance(problem, KeyError) and problem.args:
        return f"it has no {problem.args[0]}"
    return getattr(problem, "strerror", None) or str(problem) or "it ends too soon"


def _again(kind: type[SongwrightError], words: tuple[Any, ...], about: dict[str, Any]) -> SongwrightError:
    error = kind.__new__(kind, *words)
    vars(error).update(about)
    return error
