"""What all tests share: the shelf, a short lyric, a context, and one small song made once."""

from __future__ import annotations

import io
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from songwright.io.shelf import HouseShelf
from songwright.values.brief import SongBrief
from songwright.values.context import Context, Progress
from songwright.values.seed import Seed

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "songwright"
SHORT_LYRICS = """Title: Little Lantern

[Verse]
Little lantern on the water
Tell me where the river goes

[Chorus]
Shine for me, oh shine for me
Till the morning rises slow
"""


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> None:
    """Products of tiny networks are not worth sharing among threads."""
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(1)


@pytest.fixture(scope="session")
def shelf() -> HouseShelf:
    """The shelf of this installation."""
    return HouseShelf()


@pytest.fixture
def ctx(shelf: HouseShelf) -> Context:
    """A context with seed 7."""
    return Context(Seed(7), shelf)


@pytest.fixture(scope="session")
def example_lyrics() -> str:
    """The words of the example song."""
    return (ROOT / "examples" / "leave-the-gate-unlatched.txt").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def short_brief() -> SongBrief:
    """A small country song of 25 seconds."""
    return SongBrief(lyrics=SHORT_LYRICS, genre="country", persona="rusty-hale", duration_s=25.0, seed=7)


@pytest.fixture(scope="session")
def short_told(shelf: HouseShelf, short_brief: SongBrief):
    """The small song, made once for all tests, and the progress that was told meanwhile."""
    from songwright.engines.studio import StudioEngine

    told: list[Progress] = []
    return StudioEngine().record(short_brief, Context(Seed(7), shelf, told.append)), told


@pytest.fixture(scope="session")
def short_take(short_told):
    """The small song."""
    return short_told[0]


@pytest.fixture
def program(monkeypatch, capfd) -> Callable[..., subprocess.CompletedProcess]:
    """The command line without a fresh process, which costs more than most commands do: program("make", "x.txt").

    What comes in and goes out is as of a process of its own; cwd: where it runs; text: what is piped in. How the
    program behaves as a process (start, signals, closed streams) is proved where tests start one.
    """
    from songwright.cli import app, run

    def called(*words: str, cwd: Path | None = None, text: str = "") -> subprocess.CompletedProcess:
        before = signal.getsignal(signal.SIGTERM)
        with monkeypatch.context() as patch:
            patch.setattr(app, "_leave_now", sys.exit)  # nothing may end the process of the tests
            patch.setattr(sys, "argv", ["songwright", *words])
            patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
            if cwd is not None:
                patch.chdir(cwd)
            capfd.readouterr()
            try:
                with pytest.raises(SystemExit) as left:
                    run()
            finally:
                signal.signal(signal.SIGTERM, before)
        return subprocess.CompletedProcess(shlex.join(words), left.value.code, *capfd.readouterr())

    return called
