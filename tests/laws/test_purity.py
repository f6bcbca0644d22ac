"""Laws 3 and 4: people open no file and ask no clock, and chance has a name."""

import ast
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from songwright.engines import studio
from songwright.values.context import Context
from songwright.values.digest import digest
from songwright.values.plan import PartPlan
from songwright.values.seed import Seed

SOURCE = Path(__file__).parents[2] / "src" / "songwright"
PURE = (
    "values", "music", "text", "dsp", "runtime", "producer", "composer", "arranger", "performer", "singer", "band",
    "desk", "guard", "label",
)  # fmt: skip
IMPURE_MODULES = {"os", "socket", "pathlib", "time", "datetime", "random", "tempfile", "shutil", "urllib"}
IMPURE_CALLS = {"open", "print", "input", "exec", "eval"}


def pure_modules():
    return sorted(path for room in PURE for path in (SOURCE / room).rglob("*.py"))


@pytest.mark.parametrize("path", pure_modules(), ids=lambda p: str(p.relative_to(SOURCE)))
def test_no_door_in_pure_rooms(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names = {(node.module or "").split(".")[0]}
        else:
            names = set()
        assert not names & IMPURE_MODULES, f"{path.name} imports {names & IMPURE_MODULES}"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in IMPURE_CALLS, f"{path.name}:{node.lineno} calls {node.func.id}"


def test_no_nameless_chance():
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr == "random" and isinstance(node.value, ast.Name):
                assert path.name == "seed.py", f"{path}:{node.lineno} draws from {node.value.id}.random"


class Guarded:
    """While it is armed, opening anything raises (audit hooks cannot be removed, so it is switched)."""

    armed = False

    @classmethod
    def hook(cls, event: str, args: tuple) -> None:
        if cls.armed and event in ("open", "socket.connect", "subprocess.Popen"):
            if isinstance(args[0], str) and args[0].endswith((".py", ".pyc", ".so")):
                return  # the interpreter loading a module
            raise AssertionError(f"a pure room opened {args[0]!r}")


def test_writing_and_performing_open_nothing(shelf, short_brief):
    from songwright import performer, producer

    sys.addaudithook(Guarded.hook)
    ctx = Context(Seed(7), shelf)
    plan = producer.plan(short_brief, ctx.child("producer"))  # the shelf reads what it needs once
    performer.perform(studio.write(plan, ctx), plan, ctx.child("performer"))
    Guarded.armed = True
    try:
        plan = producer.plan(short_brief, ctx.child("producer"))
        score = studio.write(plan, ctx)
        performer.perform(score, plan, ctx.child("performer"))
    finally:
        Guarded.armed = False


@pytest.fixture(scope="module")
def written(shelf, short_brief):
    """The plan of the small song, its score, and the context of both."""
    from songwright import producer

    ctx = Context(Seed(7), shelf)
    plan = producer.plan(short_brief, ctx.child("producer"))
    return plan, studio.write(plan, ctx), ctx


def test_one_more_part_changes_no_other(written):
    plan, before, ctx = written
    extra = PartPlan("tambourine-organ", "comping", "organ", "organ")
    after = studio.write(replace(plan, parts=(*plan.parts, extra)), ctx)
    assert {part.id for part in after.parts} == {part.id for part in before.parts} | {extra.id}
    for part in before.parts:
        assert digest(after.part(part.id)) == digest(part), f"{part.id} changed"


def test_one_part_less_changes_no_tune(written):
    plan, before, ctx = written
    after = studio.write(replace(plan, parts=tuple(p for p in plan.parts if p.role != "bass")), ctx)
    assert digest(after.part("lead")) == digest(before.part("lead"))
    assert digest(after.part("drums")) == digest(before.part("drums"))
