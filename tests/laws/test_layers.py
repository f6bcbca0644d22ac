"""Law 1: a package imports from lower levels only, and the people of level 3 never import each other."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_imports_go_down_only():
    tool = Path(sys.executable).parent / "lint-imports"
    result = subprocess.run([tool], cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout


def test_every_room_is_under_the_law():
    contract = (ROOT / "pyproject.toml").read_text()
    rooms = [p.name for p in (ROOT / "src/songwright").iterdir() if (p / "__init__.py").exists()]
    missing = [room for room in rooms if f"songwright.{room}" not in contract]
    assert not missing
