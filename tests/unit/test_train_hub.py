"""The composer's network in the hub's layout: written, read back, refused where it is not ours."""

import json

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("safetensors")

from songwright.errors import ShelfError  # noqa: E402
from songwright.train.nets.composer import tiny  # noqa: E402
from songwright.train.songs.hub import load_hub, save_hub  # noqa: E402


def test_what_is_written_is_read_back(tmp_path):
    net = tiny().eval()
    assert set(save_hub(net, tmp_path, half=False)) == {path.name for path in tmp_path.iterdir()}
    rows = torch.arange(24).reshape(2, 12)
    assert torch.equal(load_hub(tmp_path)(rows), net(rows))
    config = json.loads((tmp_path / "config.json").read_text())
    assert config["architectures"] == ["Qwen3ForCausalLM"] and config["torch_dtype"] == "float32"


def test_half_the_size_is_near_the_same(tmp_path):
    net = tiny().eval()
    save_hub(net, tmp_path / "whole", half=False)
    save_hub(net, tmp_path / "half")
    sizes = [(tmp_path / name / "model.safetensors").stat().st_size for name in ("half", "whole")]
    assert sizes[0] < 0.6 * sizes[1]
    rows = torch.arange(12)[None]
    assert torch.allclose(load_hub(tmp_path / "half").eval()(rows), net(rows), atol=0.02)


def test_runtimes_that_know_the_architecture_give_the_same_logits(tmp_path):
    transformers = pytest.importorskip("transformers")
    net = tiny().eval()
    save_hub(net, tmp_path, half=False)
    other = transformers.AutoModelForCausalLM.from_pretrained(tmp_path).eval()
    rows = torch.arange(40).reshape(2, 20)
    with torch.no_grad():
        assert torch.allclose(other(rows).logits, net(rows), atol=1e-4)


@pytest.mark.parametrize("name", ["model.safetensors", "config.json", "vocabulary.json"])
def test_damaged_and_missing_files_are_named(tmp_path, name):
    save_hub(tiny(), tmp_path)
    (tmp_path / name).write_bytes(b"{}")
    with pytest.raises(ShelfError):
        load_hub(tmp_path)
    (tmp_path / name).unlink()
    with pytest.raises(ShelfError, match=name):
        load_hub(tmp_path)
