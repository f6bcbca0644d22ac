"""Law 6: nothing happens at import, and the door opens at once."""

import subprocess
import sys
import time

HEAVY = {
    "numpy", "scipy", "soundfile", "mido", "torch", "onnxruntime", "matplotlib", "pocketsphinx", "typer", "rich",
}  # fmt: skip


def modules_after(code):
    script = f"{code}\nimport sys; print(*sorted(m.split('.')[0] for m in sys.modules))"
    out = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(out.stdout.split())


def test_import_loads_nothing_heavy():
    assert not modules_after("import songwright") & HEAVY


def test_help_loads_no_numbers():
    loaded = modules_after("import songwright.cli.app")
    assert not loaded & (HEAVY - {"typer", "rich"})


def test_help_is_quick():
    times = []
    for _ in range(3):
        started = time.perf_counter()
        subprocess.run([sys.executable, "-m", "songwright", "--help"], capture_output=True, check=True)
        times.append(time.perf_counter() - started)
    assert min(times) <= 0.5


def test_no_global_statement():
    import ast
    from pathlib import Path

    source = Path(__file__).parents[2] / "src" / "songwright"
    for path in source.rglob("*.py"):
        found = [
            n for n in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(n, ast.Global)
        ]
        assert not found, f"{path} changes a global"
