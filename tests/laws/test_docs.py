"""Law 13: docs run. The manual says what the program says, and the blocks of README work."""

import importlib.machinery
import importlib.util
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def load_tool(name):
    loader = importlib.machinery.SourceFileLoader(name.replace("-", "_"), str(ROOT / "tools" / name))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module


def test_the_manual_is_up_to_date():
    manual = load_tool("write-manual").manual()
    assert (ROOT / "docs" / "commands.md").read_text(encoding="utf-8") == manual


def written_commands():
    """Every `songwright ...` in code of any page, in a line or a block of its own, as words."""
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *ROOT.glob("*/README.md")]
    for page in sorted(set(pages) - {ROOT / "docs" / "commands.md"}):
        text = page.read_text(encoding="utf-8").replace("\\\n", " ")
        for code in re.findall(r"^ *(?:\.venv/bin/)?songwright .*$|`songwright [^`]*`", text, flags=re.M):
            yield page.name, code.strip(" `").split()[1:]


def test_every_command_on_any_page_is_there():
    manual = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    helps = dict(re.findall(r"^## songwright ?([^\n]*)\n(.*?)(?=^## |\Z)", manual, flags=re.S | re.M))
    found = list(written_commands())
    assert len(found) > 60
    for page, words in found:
        name = max((n for n in helps if words[: len(n.split())] == n.split()), key=len)
        rest = words[len(name.split()) :]
        if "COMMAND [ARGS]" in helps[name] and rest and re.fullmatch("[a-z]+", rest[0]):
            pytest.fail(f"{page}: songwright {' '.join(words)}: there is no {rest[0]}")
        for option in re.findall(r"(?<!\S)--[a-z-]+", " ".join(rest)):
            assert re.search(rf"^  {option}\b", helps[name], flags=re.M), f"{page}: {option} of {name}"


def blocks(page, language):
    text = (ROOT / page).read_text(encoding="utf-8")
    return re.findall(rf"```{language}\n(.*?)```", text, flags=re.S)


def shell_lines():
    for page in ("README.md", *sorted(str(p.relative_to(ROOT)) for p in (ROOT / "docs").glob("*.md"))):
        for block in blocks(page, "sh"):
            for line in block.replace("\\\n", " ").splitlines():
                if line.startswith(("songwright ", ".venv/bin/songwright ")):
                    yield pytest.param(line.split("#")[0].strip(), id=f"{page}: {line[:50]}")


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """A folder with the examples in it, where the lines of the docs run one after the other.

    Their song ends with its first chorus here, so that each line is done in a third of the time; tests/golden writes
    the whole song.
    """
    place = tmp_path_factory.mktemp("docs")
    shutil.copytree(ROOT / "examples", place / "examples")
    song = place / "examples" / "leave-the-gate-unlatched.txt"
    title, verse, chorus = song.read_text(encoding="utf-8").split("\n\n")[:3]
    song.write_text(f"{title}\n\n{verse}\n\n{chorus}\n", encoding="utf-8")
    return place


@pytest.mark.parametrize("line", list(shell_lines()))
def test_shell_lines_of_the_docs_run(desk, line, program):
    """The first line of README starts a process, as the reader does; the others run in this one."""
    words = shlex.split(line)[1:]
    if line.startswith(".venv/"):
        done = subprocess.run(
            [sys.executable, "-m", "songwright", *words], cwd=desk, capture_output=True, text=True
        )
    else:
        done = program(*words, cwd=desk)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("page", ["README.md"])
def test_python_blocks_of_the_docs_run(desk, page):
    found = blocks(page, "python")
    assert found
    for block in found:
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", block], cwd=desk, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr


def test_readme_names_the_two_commands():
    lines = {line.split("#")[0].strip() for block in blocks("README.md", "sh") for line in block.splitlines()}
    assert {"make song", "make test"} <= lines


def test_ci_runs_what_readme_says():
    assert "\nmake test\n" in (ROOT / ".ci" / "run").read_text()
