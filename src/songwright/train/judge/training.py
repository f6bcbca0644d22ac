"""Learning to judge: crops of voices, bands and both, and what is to be said of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from songwright.errors import ShelfError
from songwright.train.judge.excerpts import Heard, Manner, crop
from songwright.train.judge.targets import UNASKED
from songwright.train.nets.judge import FRAME_HEADS, WHOLE_HEADS, Judge
from songwright.values.seed import Seed

_WEIGHTS = {"phone": 1.0, "pitch": 0.3, "chord": 0.6, "genre": 0.4, "persona": 0.5}
_ASKED = {
    "voice": ("phone", "pitch"),
    "band": ("chord",),
    "both": ("chord", *WHOLE_HEADS),
    "solo": ("persona",),
}
"""What is asked of each kind of sound."""
_SMOOTH = 0.05
Names = Mapping[str, Sequence[str]]
Batch = tuple[np.ndarray, dict[str, np.ndarray]]


class JudgeTask:
    """A judge and what it learns from, for `train.run`."""

    averaged = ("judge",)

    def __init__(
        self, net: Judge, learned: Sequence[Heard], held: Sequence[Heard], names: Names, manner: Manner,
        rate: float, half: bool, seed: Seed,
    ) -> None:  # fmt: skip
        self.networks: dict[str, torch.nn.Module] = {"judge": net}
        self._net, self._held, self._names, self._manner = net, held, names, manner
        self._half, self._seed = half, seed
        self._kinds = {kind: [one for one in learned if one.kind == kind] for kind in _ASKED}
        if not all(self._kinds.values()):
            raise ShelfError("renders", "hold nothing to judge")
        self.optimisers: dict[str, torch.optim.Optimizer] = {
            "judge": torch.optim.AdamW(net.parameters(), rate, betas=(0.9, 0.98), weight_decay=0.05)
        }
        self._ahead: tuple[int, Future[Batch]] | None = None
        self._hand = ThreadPoolExecutor(1)

    def step(self, step: int, progress: float) -> Mapping[str, float]:
        """One batch: listen, answer, learn."""
        frames, targets = self._batch(step)
        torch.manual_seed(self._seed.child("dropout", step).key() % 2**63)
        figures = self.losses(frames, targets)
        loss = torch.stack([_WEIGHTS[name] * value for name, value in figures.items()]).sum()
        self.optimisers["judge"].zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self._net.parameters(), 1.0)
        self.optimisers["judge"].step()
        return {name: float(value.detach()) for name, value in figures.items()}

    def check(self) -> Mapping[str, float]:
        """Of held-out pieces: the share of frames, or pieces, of which the right thing is said."""
        right: dict[str, list[float]] = {}
        for one in self._held:
            with torch.no_grad():
                said = self._net(torch.from_numpy(one.frames.astype(np.float32))[None])
            for name in _ASKED[one.kind]:
                answer = said[name][0].argmax(-1).numpy()
                wanted = one.targets[name] if name in FRAME_HEADS else self._place(one, name)
                asked = np.asarray(wanted) != UNASKED
                if np.any(asked):
                    right.setdefault(name, []).append(float(np.mean((answer == wanted)[asked])))
        return {name: float(np.mean(values)) for name, values in right.items()}

    def losses(self, frames: np.ndarray, targets: Mapping[str, np.ndarray]) -> dict[str, Tensor]:
        """Cross entropy of every answer."""
        with torch.autocast("cpu", torch.bfloat16, enabled=self._half):
            said = self._net(torch.from_numpy(frames))
        found = {}
        for name, logits in said.items():
            wanted = torch.from_numpy(targets[name])
            found[name] = functional.cross_entropy(
                logits.float().flatten(0, -2), wanted.flatten(), ignore_index=UNASKED, label_smoothing=_SMOOTH
            )
        return found

    def _batch(self, step: int) -> Batch:
        """The crops of this step, and those of the next are begun meanwhile."""
        now = self._ahead[1].result() if self._ahead and self._ahead[0] == step else self._crops(step)
        self._ahead = (step + 1, self._hand.submit(self._crops, step + 1))
        return now

    def _crops(self, step: int) -> Batch:
        manner, rows = self._manner, []
        counts = {"voice": manner.voices, "band": manner.bands, "both": manner.both, "solo": manner.solo}
        for kind, count in counts.items():
            for n in range(count):
                luck = self._seed.child(step, kind, n).luck()
                one = luck.choice(self._kinds[kind])
                frames, targets = crop(one, manner.frames, manner.softest_db, luck)
                for name in FRAME_HEADS:
                    if name not in _ASKED[kind]:
                        targets[name][:] = UNASKED
                for name in WHOLE_HEADS:
                    asked = name in _ASKED[kind]
                    targets[name] = np.array(self._place(one, name) if asked else UNASKED)
                rows.append((frames, targets))
        stacked = {name: np.stack([targets[name] for _, targets in rows]) for name in rows[0][1]}
        return np.stack([frames for frames, _ in rows]), stacked

    def _place(self, one: Heard, name: str) -> int:
        """The number of a genre or persona; UNASKED where it is not known."""
        known = self._names[name]
        return known.index(one.about[name]) if one.about[name] in known else UNASKED
