"""`songwright train instruments`: from recorded notes to portraits with a card."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from songwright.band.drumportrait import DrumPortrait
from songwright.band.portrait import Portrait
from songwright.train.instruments.drums import sit_drum
from songwright.train.instruments.samples import Sample, read_samples
from songwright.train.instruments.sitting import sit


def train_instruments(folder: Path, out: Path, tell: Callable[[str], None]) -> dict[str, object]:
    """Portraits of all instruments in a folder of samples, as out/instruments.npz with its card; returns the card.

    What is written has heard every note; `songwright bench instruments` measures portraits that did not hear the
    held-out ones. The same recordings give the same bytes on one machine.
    """
    samples = read_samples(folder)
    arrays = portraits(samples, tell)
    data = packed(arrays)
    out.mkdir(parents=True, exist_ok=True)
    (out / "instruments.npz").write_bytes(data)
    card = _card(data, arrays, samples)
    (out / "instruments.toml").write_text(card, encoding="utf-8")
    return {"bytes": len(data), "notes": len(samples), "sha256": hashlib.sha256(data).hexdigest()}


def portraits(samples: Sequence[Sample], tell: Callable[[str], None]) -> dict[str, np.ndarray]:
    """Arrays by "NAME/FIELD" of every instrument in the samples."""
    arrays: dict[str, np.ndarray] = {}
    for name in dict.fromkeys(s.portrait for s in samples if not s.portrait.startswith("drum/")):
        mine = [sample for sample in samples if sample.portrait == name]
        tell(f"{name}: {len(mine)} notes")
        portrait = sit(mine)
        for field in Portrait.__dataclass_fields__:
            arrays[f"{name}/{field}"] = np.asarray(getattr(portrait, field))
    for name in dict.fromkeys(s.portrait for s in samples if s.portrait.startswith("drum/")):
        mine = [sample for sample in samples if sample.portrait == name]
        tell(f"{name}: {len(mine)} strokes")
        drum = sit_drum(mine)
        arrays |= {f"{name}/{field}": getattr(drum, field) for field in DrumPortrait.__dataclass_fields__}
    return arrays


def packed(arrays: Mapping[str, np.ndarray]) -> bytes:
    """An npz whose bytes depend on the arrays alone (no time of day in it)."""
    heap = io.BytesIO()
    with zipfile.ZipFile(heap, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, array in sorted(arrays.items()):
            held = io.BytesIO()
            np.save(held, array, allow_pickle=False)
            archive.writestr(
                zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0)), held.getvalue(), zipfile.ZIP_DEFLATED
            )
    return heap.getvalue()


def _card(data: bytes, arrays: Mapping[str, np.ndarray], samples: Sequence[Sample]) -> str:
    sources = sorted({f"{s.source} ({s.licence})" for s in samples})
    counts = {
        name: sum(s.portrait == name for s in samples) for name in sorted({s.portrait for s in samples})
    }
    rows = "\n".join(f'"{name}" = {count}' for name, count in counts.items())
    return f'''id = "instruments"
name = "Portraits of instruments"
about = "How loud partials and noise of recorded instruments are, moment by moment; no sample is kept."
licence = "Apache-2.0 (statistics); learned from CC0, CC-BY-4.0 and Unlicense recordings"
source = "{"; ".join(sources)}"
commercial_use = true
recipe = "songwright train instruments FOLDER --out DIR"
bytes = {len(data)}
sha256 = "{hashlib.sha256(data).hexdigest()}"

[notes]
{rows}
'''
