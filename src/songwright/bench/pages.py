"""Figures as pages of the docs: Markdown to read, and every figure as JSON beside it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

Row = dict[str, object]


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """The lines of a Markdown table; the first column names the rows."""
    first, *rest = (
        "|" + "|".join(f" {cell} " if cell else " " for cell in row) + "|" for row in (head, *rows)
    )
    return [first, "|---" * len(head) + "|", *rest]


def write(path: Path, text: str, rows: Sequence[Row], about: Mapping[str, object]) -> None:
    """Write the page, and its figures as JSON beside it. about: what was measured on, in words."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    told = {"about": dict(about), "rows": list(rows)}
    path.with_suffix(".json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
