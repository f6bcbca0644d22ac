"""Networks that learned to compose, side by side: what each guesses wrong, how large it is, how long it learned."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from songwright.errors import BriefError, EngineUnavailable, ShelfError

Row = dict[str, object]
KINDS = ("pos", "mark", "pitch", "dur", "chord", "form", "frame", "voice", "found", "voice_per_note")


def network_rows(runs: Sequence[Path], pictures: Path | None = None, part: str = "test") -> list[Row]:
    """A row a run, best voice first: nats a token by kind on held-out songs, parameters, steps, seconds, speed.

    runs: folders of `songwright train composer`. part: "valid" or "test". pictures: folder for `composer-loss.png`.
    """
    if not runs:
        raise BriefError("runs", "no runs are given.", "Name folders written by `songwright train composer`.")
    rows = [_row(run, part) for run in runs]
    if pictures is not None:
        pictures.mkdir(parents=True, exist_ok=True)
        (pictures / "composer-loss.png").write_bytes(loss_picture(runs))
    return sorted(rows, key=lambda row: float(str(row["voice"])))


def _row(run: Path, part: str) -> Row:
    figures = _figures(run)
    log = _log(run)
    found = figures.get(part, {})
    row: Row = {"network": _name(figures)}
    row |= {kind: round(float(found[kind]), 3) for kind in KINDS if kind in found}
    row |= {
        "parameters": figures.get("parameters", ""), "steps": figures.get("steps", ""),
        "seconds": figures.get("seconds", ""),
        "tokens_s": round(_speed(log)) if log else "",
    }  # fmt: skip
    return row


def _name(figures: Mapping[str, Any]) -> str:
    size = figures.get("size", "")
    return f"{figures.get('net', '?')}{' ' + size if size else ''}"


def _figures(run: Path) -> Mapping[str, Any]:
    try:
        found = json.loads((run / "figures.json").read_text(encoding="utf-8"))
    except OSError as problem:
        raise ShelfError(str(run), "holds no figures.json; let the training come to its end") from problem
    except ValueError as problem:
        raise ShelfError(str(run / "figures.json"), f"is no JSON ({problem})") from problem
    if not isinstance(found, dict) or "voice" not in found.get("test", {}):
        raise ShelfError(str(run / "figures.json"), "is not of a composer")
    return found


def _log(run: Path) -> list[dict[str, float]]:
    path = run / "run" / "log.jsonl"
    if not path.is_file():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def _speed(log: Sequence[Mapping[str, float]]) -> float:
    """Tokens learned from in a second, over the whole run."""
    tokens = before = 0.0
    for line in log:
        tokens += line.get("tokens", 0.0) * (line["step"] - before)
        before = line["step"]
    return tokens / max(1e-9, log[-1]["seconds"])


def markdown(rows: Sequence[Row]) -> str:
    """The rows as a Markdown table."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    lines = ["| " + " | ".join(columns) + " |", "|---" + "|---:" * (len(columns) - 1) + "|"]
    for row in rows:
        lines.append("| " + " | ".join(_shown(row.get(name, "")) for name in columns) + " |")
    return "\n".join(lines) + "\n"


def _shown(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def loss_picture(runs: Sequence[Path]) -> bytes:
    """Nats a token while learning (thin) and on held-out songs (thick), over minutes; a PNG.

    EngineUnavailable where matplotlib is not installed.
    """
    try:
        import matplotlib
    except ImportError:
        raise EngineUnavailable("matplotlib", "pip install 'songwright[picture]'") from None
    matplotlib.use("Agg")
    import io

    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(8.0, 4.5), dpi=120)
    for n, run in enumerate(runs):
        log, name, colour = _log(run), _name(_figures(run)), f"C{n}"
        if not log:
            axes.axhline(_figures(run)["valid"]["found"], color=colour, linestyle=":", label=name)
            continue
        axes.plot(
            [r["seconds"] / 60 for r in log], [r["nats"] for r in log], color=colour, linewidth=0.6, alpha=0.6
        )
        held = [r for r in log if "held_found" in r]
        axes.plot(
            [r["seconds"] / 60 for r in held],
            [r["held_found"] for r in held],
            color=colour,
            linewidth=2,
            label=name,
        )
    axes.set(xlabel="minutes of learning (one CPU thread)", ylabel="nats a token", ylim=(0.6, 2.0))
    axes.grid(alpha=0.3)
    axes.legend()
    axes.set_title("Learning (thin) and held-out songs (thick); dotted: counting, 5-gram", fontsize=10)
    buffer = io.BytesIO()
    figure.tight_layout()
    figure.savefig(buffer, format="png", metadata={"Software": None})
    plt.close(figure)
    return buffer.getvalue()
