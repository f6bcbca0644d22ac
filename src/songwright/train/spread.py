"""One training on several devices: each process learns from crops of its own, gradients are shared, weights stay equal.

Started with `torchrun --nproc-per-node N -m songwright train ...`, or on a cluster by `songwright.scale`; without
either, nothing here does anything. Networks too large for one device are cut up (`shard`): each process then keeps a
part of every weight, of its gradient and of its optimiser's memory (Zhao et al. 2023, fully sharded data parallel).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import distributed
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import fully_shard
from torch.distributed.tensor import DTensor, distribute_tensor

from songwright.errors import ShelfError


@contextmanager
def spread(device: str) -> Iterator[str]:
    """The device this process should use, while the processes of torchrun, or of a cluster, belong together."""
    together = _together()  # whoever brought the processes together also parts them
    if "RANK" not in os.environ or not distributed.is_available():
        yield device
        return
    if device.startswith("cuda"):
        device = f"cuda:{os.environ.get('LOCAL_RANK', '0')}"
        torch.cuda.set_device(device)
    if together:
        yield device
        return
    distributed.init_process_group("nccl" if device.startswith("cuda") else "gloo")
    try:
        yield device
        distributed.barrier()  # nobody leaves while another still speaks to it
    finally:
        distributed.destroy_process_group()


def rank() -> int:
    """Which process this is: 0 writes and speaks."""
    return distributed.get_rank() if _together() else 0


def world() -> int:
    """How many processes learn together."""
    return distributed.get_world_size() if _together() else 1


def shard(net: torch.nn.Module) -> None:
    """Cut a network's weights up among the processes, layer by layer; alone, it stays whole.

    Each layer of `net.layers` is put together only while it is computed. To be done before optimisers are made.
    """
    if not _together():
        return
    mesh = init_device_mesh(_place(), (world(),))
    for layer in net.layers:  # type: ignore[union-attr]
        fully_shard(layer, mesh=mesh)
    fully_shard(net, mesh=mesh)


def whole(value: Any) -> Any:
    """A state (dicts and lists of tensors) with every cut-up tensor put together; a matter of all processes."""
    if isinstance(value, dict):
        return {key: whole(part) for key, part in value.items()}
    if isinstance(value, list):
        return [whole(part) for part in value]
    return value.full_tensor().cpu() if isinstance(value, DTensor) else value


def parted(value: torch.Tensor, pattern: torch.Tensor) -> torch.Tensor:
    """A whole tensor on the device of another one of its shape, and cut up as that is."""
    if not isinstance(pattern, DTensor) or value.shape != pattern.shape:
        return value.to(pattern.device)
    value = value.to(pattern.device)
    return distribute_tensor(value, pattern.device_mesh, pattern.placements, src_data_rank=None)


def share_gradients(net: torch.nn.Module) -> None:
    """Put the mean of all processes' gradients into each; parameters without one are left alone."""
    if not _together() or _sharded(net):  # what is cut up has done it already
        return
    grads = [part.grad for part in net.parameters() if part.grad is not None]
    flat = torch.cat([grad.flatten() for grad in grads])
    distributed.all_reduce(flat)
    flat /= world()
    for grad, part in zip(grads, flat.split([grad.numel() for grad in grads]), strict=True):
        grad.copy_(part.view_as(grad))


def of_first(value: float) -> float:
    """The first process's number, in all of them."""
    if not _together():
        return value
    number = torch.tensor([value], dtype=torch.float64, device=_place())
    distributed.broadcast(number, 0)
    return float(number)


def any_of(value: bool) -> bool:
    """Whether it is so in any process."""
    if not _together():
        return value
    number = torch.tensor([float(value)], device=_place())
    distributed.all_reduce(number, distributed.ReduceOp.MAX)
    return bool(number > 0)


def wait() -> None:
    """Go on when all processes are here."""
    if _together():
        distributed.barrier()


def check_same(net: torch.nn.Module) -> None:
    """Raises ShelfError where the processes' weights have drifted apart."""
    if not _together() or _sharded(net):
        return
    sums = torch.stack([part.detach().double().abs().sum() for part in net.parameters()])
    first = sums.clone()
    distributed.broadcast(first, 0)
    if any_of(not torch.allclose(sums, first, rtol=1e-6)):
        raise ShelfError("training", "the processes' weights drifted apart")


def _together() -> bool:
    return distributed.is_available() and distributed.is_initialized()


def _sharded(net: torch.nn.Module) -> bool:
    return any(isinstance(part, DTensor) for part in net.parameters())


def _place() -> str:
    return "cuda" if distributed.get_backend() == "nccl" else "cpu"
