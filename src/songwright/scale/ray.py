"""A training by several processes of a Ray cluster, each with a processor or a graphics card of its own.

Ray Train (Moritz et al. 2018) starts the processes, brings them together and watches them; what they do is a function
of `songwright.train`, the same as alone or under torchrun, and `train.spread` finds the others. Folders in its
arguments must be seen by all machines under the same path.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from songwright.errors import EngineUnavailable, ShelfError, SongwrightError

Training = Callable[..., dict[str, Any]]


def train_together(
    training: Training,
    arguments: Mapping[str, Any],
    processes: int,
    graphics: bool,
    folder: Path,
    address: str = "",
) -> dict[str, Any]:
    """The figures of a training done by several processes: what the first of them returns.

    training, arguments: such as `train.jukebox.task.train_jukebox` and what it takes. graphics: a graphics card for
    each process, else a processor. folder: where the cluster writes down how it went. address: of a running cluster;
    "" = the one this machine belongs to, or else one of this machine alone, for the time of the training. Raises
    EngineUnavailable where Ray is not installed, what the training itself raises, and ShelfError where processes die.
    """
    try:
        import ray
        from ray.train import RunConfig, ScalingConfig
        from ray.train.torch import TorchConfig, TorchTrainer
    except ImportError as problem:
        raise EngineUnavailable("Ray", "pip install 'songwright[scale]'") from problem

    def work() -> dict[str, Any]:
        return training(**arguments)

    own = not ray.is_initialized()
    if own:
        ray.init(address=address or None, logging_level="ERROR")
    try:
        trainer = TorchTrainer(
            work,
            scaling_config=ScalingConfig(num_workers=processes, use_gpu=graphics),
            torch_config=TorchConfig(backend="nccl" if graphics else "gloo"),
            run_config=RunConfig(storage_path=str(folder.resolve())),
        )
        return dict(trainer.fit().return_value or {})
    except ray.train.TrainingFailedError as problem:
        raise cause(problem) from problem
    finally:
        if own:
            ray.shutdown()


def cause(problem: BaseException) -> SongwrightError:
    """What songwright itself said in one of the processes, or that they died."""
    for failure in getattr(problem, "worker_failures", {}).values():
        for inner in (failure, getattr(failure, "_base_exc", None)):
            if isinstance(inner, SongwrightError):
                return inner
    lines = str(problem).strip().splitlines() or [type(problem).__name__]
    return ShelfError("training", f"a process of the cluster failed ({lines[-1]})")
