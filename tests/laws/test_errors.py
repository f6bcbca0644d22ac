"""Law 7: errors teach, and each kind has its own status."""

import inspect

import pytest

from songwright import errors
from songwright.errors import (
    BriefError,
    Cancelled,
    EngineUnavailable,
    GuardRefusal,
    ShelfError,
    SongwrightError,
)

EXAMPLES = [
    BriefError("tempo", "400 is too fast.", "Ask for 30 to 300."),
    EngineUnavailable("matplotlib", "pip install 'songwright[picture]'"),
    ShelfError("voice.npz", "is damaged"),
    GuardRefusal(("no consent",)),
    Cancelled(),
]


def test_the_tree_is_drawn_and_whole():
    classes = [c for _, c in inspect.getmembers(errors, inspect.isclass) if issubclass(c, SongwrightError)]
    assert {type(e) for e in EXAMPLES} | {SongwrightError} == set(classes)
    for cls in classes:
        assert cls.__name__ in (errors.__doc__ or "")


def test_what_python_says_becomes_words():
    assert (
        str(BriefError("size", "'huge' is no size", "Take small.")) == "size: 'huge' is no size. Take small."
    )
    told = [
        errors.why(problem)
        for problem in (IsADirectoryError(21, "Is a directory", "x"), KeyError("plan"), EOFError())
    ]
    assert told == ["Is a directory", "it has no plan", "it ends too soon"]
    with pytest.raises(UnicodeDecodeError) as caught:
        b"\xff".decode()
    assert errors.why(caught.value) == "it is no text in UTF-8"


@pytest.mark.parametrize("problem", EXAMPLES, ids=lambda e: type(e).__name__)
def test_one_line_and_own_status(problem):
    assert str(problem) and "\n" not in str(problem)
    assert problem.exit_status not in {other.exit_status for other in EXAMPLES if other is not problem}
