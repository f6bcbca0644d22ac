"""Learning on more machines: a training goes to a cluster as it is, and what went wrong there is told here."""

import builtins
import pickle
import sys
from types import ModuleType, SimpleNamespace

import pytest
from typer.testing import CliRunner

from songwright.cli.app import app
from songwright.errors import BriefError, EngineUnavailable, GuardRefusal, ShelfError, SongwrightError
from songwright.scale.ray import cause, train_together


def training(times: int, size: str = "small"):
    """A training that is soon done."""
    if size != "small":
        raise BriefError("size", f"{size!r} is no size", "Take small.")
    return {"steps": 2 * times}


class Failed(Exception):
    """What Ray raises when processes fail."""

    def __init__(self, worker_failures):
        super().__init__("see below\nworker 1 was killed")
        self.worker_failures = worker_failures


@pytest.fixture
def cluster(monkeypatch):
    """A stand-in for Ray with the doors that are used; it runs the training here and keeps what was asked."""
    asked = SimpleNamespace(up=False, ended=0)
    ray, train, torch = (ModuleType(name) for name in ("ray", "ray.train", "ray.train.torch"))

    def trainer(work, scaling_config, torch_config, run_config):
        def fit():
            assert asked.up
            asked.scaling, asked.torch, asked.run = scaling_config, torch_config, run_config
            try:
                made = work()
            except Exception as problem:
                raise Failed({0: pickle.loads(pickle.dumps(problem))}) from problem
            return SimpleNamespace(return_value=made, metrics=None)

        return SimpleNamespace(fit=fit)

    def up(**wish):
        asked.up = True

    def down():
        asked.up = False
        asked.ended += 1

    ray.init, ray.shutdown, ray.is_initialized, ray.train = up, down, lambda: asked.up, train
    train.RunConfig = train.ScalingConfig = torch.TorchConfig = lambda **wish: wish
    train.TrainingFailedError, torch.TorchTrainer = Failed, trainer
    for module in (ray, train, torch):
        monkeypatch.setitem(sys.modules, module.__name__, module)
    return asked


def test_the_training_goes_to_the_cluster(cluster, tmp_path):
    assert train_together(training, {"times": 3}, 4, True, tmp_path) == {"steps": 6}
    assert cluster.scaling == {"num_workers": 4, "use_gpu": True} and cluster.torch == {"backend": "nccl"}
    assert cluster.run["storage_path"] == str(tmp_path) and not cluster.up
    train_together(training, {"times": 3}, 2, False, tmp_path)
    assert cluster.torch == {"backend": "gloo"}


def test_what_a_process_says_is_said_here(cluster, tmp_path):
    with pytest.raises(BriefError, match=r"'huge' is no size[.] Take small") as caught:
        train_together(training, {"times": 3, "size": "huge"}, 2, False, tmp_path)
    assert caught.value.field == "size" and not cluster.up and cluster.ended == 1
    died = cause(Failed({1: OSError("killed")}))
    assert isinstance(died, ShelfError) and "worker 1 was killed" in str(died)


def test_errors_travel_between_processes():
    for error in (
        BriefError("key", "is wrong", "Take C."),
        EngineUnavailable("Ray", "pip"),
        GuardRefusal(("a", "b")),
    ):
        again = pickle.loads(pickle.dumps(error))
        assert type(again) is type(error) and str(again) == str(error) and vars(again) == vars(error)
    assert isinstance(pickle.loads(pickle.dumps(SongwrightError("so"))), SongwrightError)


def test_without_a_cluster_one_line_says_what_is_missing(monkeypatch, tmp_path):
    real = builtins.__import__

    def without(name, *more):
        if name.split(".")[0] == "ray":
            raise ImportError(name)
        return real(name, *more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(EngineUnavailable, match=r"songwright\[scale\]"):
        train_together(training, {"times": 1}, 2, False, tmp_path)
    pytest.importorskip("torch")
    wish = [
        "train",
        "prior",
        str(tmp_path),
        "--codec",
        str(tmp_path),
        "--out",
        str(tmp_path),
        "--cluster",
        "2",
    ]
    done = CliRunner().invoke(app, wish)
    assert isinstance(done.exception, EngineUnavailable)
