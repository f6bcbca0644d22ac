"""The raw-audio engine's network at work: told, led, kept, in windows, heard as it comes."""

from importlib.metadata import entry_points

import numpy as np
import pytest

from songwright.dsp import mel
from songwright.errors import BriefError, Cancelled, ShelfError
from songwright.runtime.codec import FFT, HOP, PAD, STRIDE, Codec
from songwright.runtime.jukebox import generator, telling, windows
from songwright.values.seed import Seed

torch = pytest.importorskip("torch")

from jukebox_kit import LATENTS, tiny_codec, tiny_files, tiny_flow, tiny_names, tiny_shelf  # noqa: E402

from songwright.train.codec.export import latents_id  # noqa: E402
from songwright.train.codec.task import load_codec  # noqa: E402
from songwright.train.jukebox import export, hub  # noqa: E402
from songwright.train.jukebox.export import generator_file, something  # noqa: E402
from songwright.train.jukebox.player import from_shelf  # noqa: E402

FRAMES = 60
ASKED = {"genre": "pop", "persona": "rusty-hale", "voice": "", "tempo_bpm": 120.0}


@pytest.fixture(scope="module")
def maker():
    return generator.Generator(tiny_files()["jukebox"])


def conditions(frames=FRAMES, mode="full", **asked):
    """Something is told of each frame."""
    told = {name: value[0].numpy() for name, value in something(tiny_flow(), frames).items()}
    told = {name: told[name] for name in telling.FRAME}
    return telling.left_out(told, mode, (), 0) | telling.whole_of(ASKED | asked, tiny_names(), mode)


def blank(frames=FRAMES):
    return np.zeros((frames, 2 * LATENTS), np.float32), np.zeros((frames, 2), np.float32)


def test_file_and_network_agree_for_one_row_and_two():
    net = tiny_flow()
    maker = generator.Generator(generator_file(net, tiny_names(), whole=False))
    for rows in (1, 2):
        example = something(net, 33, rows)
        said = {name: example[name] for name in (*telling.FRAME, *telling.WHOLE)}
        # one moment and one sound for all rows, as the sampler asks
        sound = [example[name][:1].expand(rows, -1, -1) for name in ("noisy", "kept", "keep")]
        with torch.no_grad():
            wanted, _ = net(sound[0], torch.full((rows,), 0.3), *sound[1:], said)
        one = [part[0].numpy() for part in sound]
        made = maker.velocity(one[0], 0.3, *one[1:], {name: value.numpy() for name, value in said.items()})
        assert np.abs(made - wanted.numpy()).max() < 1e-3 * wanted.std()


def test_whole_numbers_are_near(maker, monkeypatch):
    """The layers' weights take a byte each; what they make is nearly the same, and checked."""
    net = tiny_flow()
    assert 1e-4 < export.apart(net, tiny_files()["jukebox"]) < 0.02
    back, notes = export.from_file(tiny_files()["jukebox"])
    assert {name: tuple(known) for name, known in notes["names"].items()} == tiny_names()
    for name, value in net.state_dict().items():
        if not name.startswith("heads."):  # a file does not need what only learning does
            near = 0.5 / 63 if name.startswith("layers.") and value.ndim == 2 else 1 / 2048
            assert (back.state_dict()[name] - value).abs().max() <= near * value.abs().max() + 1e-6, name
    monkeypatch.setattr(export, "NEAR", 1e-4)
    with pytest.raises(ShelfError, match="differs from the network"):
        generator_file(net, tiny_names())


def test_the_player_is_the_file(maker):
    """PyTorch makes what the file makes, from the same luck."""
    player = from_shelf(tiny_shelf(), "cpu")
    assert player.names == maker.names and player.latents == maker.latents
    assert player.latents_id == maker.latents_id != ""
    made, wanted = (
        one.sample(conditions(), *blank(), steps=3, luck=Seed(1).luck()) for one in (player, maker)
    )
    assert np.sqrt(np.mean((made - wanted) ** 2)) < 0.02 * wanted.std()
    if not torch.cuda.is_available():
        (runner,) = entry_points(group="songwright.runners", name="jukebox")
        with pytest.raises(BriefError, match="no graphics card"):
            runner.load()(tiny_shelf())
    with pytest.raises(ShelfError, match="no generator"):
        export.from_file(tiny_files()["codec-decoder"])


def test_what_is_kept_comes_back_and_the_rest_is_made(maker):
    luck = np.random.Generator(np.random.Philox(1))
    kept, keep = luck.standard_normal((FRAMES, 2 * LATENTS)).astype(np.float32), blank()[1]
    keep[:20] = 1
    keep[40:, 1] = 1
    made = maker.sample(conditions(), kept, keep, steps=3, luck=Seed(1).luck())
    assert np.array_equal(made[:20], kept[:20]) and np.array_equal(made[40:, LATENTS:], kept[40:, LATENTS:])
    assert not np.any(made[20:, :LATENTS] == kept[20:, :LATENTS])
    again = maker.sample(conditions(), kept, keep, steps=3, luck=Seed(1).luck())
    assert np.array_equal(again, made)  # the same seed, the same sound
    other = maker.sample(conditions(), kept, keep, steps=3, luck=Seed(2).luck())
    assert not np.array_equal(other, made) and np.array_equal(other[:20], kept[:20])
    # what is not kept is not heard either
    blind = np.where(np.repeat(keep, LATENTS, axis=1) > 0, kept, 7.0).astype(np.float32)
    assert np.array_equal(maker.sample(conditions(), blind, keep, steps=3, luck=Seed(1).luck()), made)


def test_guidance_leads_away_from_what_is_untold(maker, monkeypatch):
    asked, ask = [], maker.velocity
    monkeypatch.setattr(maker, "velocity", lambda *given: asked.append(len(given[4]["mode"])) or ask(*given))

    def made(guidance, told):
        return maker.sample(told, *blank(), steps=1, guidance=guidance, luck=Seed(1).luck())

    told = conditions()
    plain, led, further = (made(g, told) for g in (1.0, 2.0, 3.0))
    assert asked == [1, 3, 3]  # without guidance nobody asks what would be made untold
    nobody, none = made(1.0, telling.nameless(told)), made(1.0, telling.untold(told))
    others = (nobody + none) / 2, none
    # whole numbers are scaled by all rows together, so a row alone is not quite the row beside another
    stems, taken = np.split(np.arange(2 * LATENTS), 2), (0.65, 0.9)
    for stem, other, share in zip(stems, others, taken, strict=True):  # voice, band
        along = ((plain - maker.centre) / maker.spread)[:, stem]
        away = ((plain - other) / maker.spread)[:, stem]
        along = along * (away * along).sum() / (along**2).sum()  # what only makes more of the same
        for more, before in ((led, plain), (further, led)):
            gone = ((more - before) / maker.spread)[:, stem]
            assert (gone - (away - share * along)).std() < 0.05 * away.std()


def test_a_blend_is_a_sum_of_what_is_known(maker):
    half = telling.shares_of({"pop": 1, "rock": 3}, ("jazz", "pop", "rock"))
    assert half.tolist() == [0, 0, 0.25, 0.75]
    assert telling.shares_of({"polka": 1, "pop": 1}, ("pop",)).tolist() == [0.5, 0.5]
    assert telling.shares_of(None, ("pop",)).tolist() == telling.shares_of("", ("pop",)).tolist() == [1, 0]
    with pytest.raises(ValueError, match="shares"):
        telling.shares_of({"pop": -1, "rock": 2}, ("pop",))

    def velocity(genre):
        said = {name: value[None] for name, value in conditions(genre=genre).items()}
        return maker.velocity(blank()[0], 0.0, *blank(), said)

    pop, rock, both = (velocity(genre) for genre in ("pop", "rock", {"pop": 1, "rock": 1}))
    assert np.abs(pop - rock).max() > 1e-4
    assert np.abs(both - (pop + rock) / 2).max() < 0.5 * np.abs(pop - rock).max()  # between them
    nothing = telling.whole_of(ASKED, tiny_names(), "none")
    assert all(nothing[kind][0] == 1 for kind in telling.GLOBALS) and nothing["tempo"] == 0


def test_nothing_told_is_what_training_shows():
    told = conditions(20)
    nobody = telling.nameless(told)
    assert {name for name in told if not np.array_equal(nobody[name], told[name])} <= {
        *telling.GLOBALS,
        "character",
    }
    assert all(nobody[name][0] == 1 for name in telling.GLOBALS) and not nobody["character"].any()
    assert all(np.array_equal(telling.untold(told)[name], value)
               for name, value in conditions(20, "none").items())  # fmt: skip


def test_noise_is_noise_and_temperature_its_size(maker):
    noise = generator.bell(Seed(3).luck(), (2000, 16))
    assert abs(noise.mean()) < 0.02 and abs(noise.std() - 1) < 0.02 and 3.5 < np.abs(noise).max() < 6
    assert abs((np.abs(noise) < 1).mean() - 0.6827) < 0.01
    cold = maker.sample(conditions(), *blank(), steps=2, temperature=0.0, luck=Seed(1).luck())
    colder = maker.sample(conditions(), *blank(), steps=2, temperature=0.0, luck=Seed(2).luck())
    assert np.array_equal(cold, colder)  # without noise there is no luck
    assert generator.moments(4, 1.0) == [0, 0.25, 0.5, 0.75, 1]
    late = generator.moments(8, 2.0)
    assert late[0] == 0 and late[-1] == 1 and np.all(np.diff(np.diff(late)) > 0)


def test_windows_make_every_frame_once():
    for frames, holes in ((5, [(0, 5)]), (1000, [(0, 1000)]), (3000, [(0, 3000)]), (2000, [(300, 2000)]),
                          (2000, [(900, 960)]), (3000, [(700, 1900), (1950, 1960), (2990, 3000)])):  # fmt: skip
        keep = np.ones((frames, 2))
        for begin, end in holes:
            keep[begin:end, frames % 2] = 0
        done = np.all(keep > 0, axis=1)
        for one in windows.windows_of(keep):
            assert 0 <= one.begin < one.end <= frames and one.end - one.begin == min(512, frames)
            assert not np.all(done[one.begin : one.end])  # there is something to do
            assert (
                one.begin == 0 or done[one.begin : one.begin + 100].all()
            )  # and it follows on what is there
            done[one.begin : one.end] = True
            assert done[: one.ready].all()
        assert done.all() and one.ready == frames
    assert windows.windows_of(np.ones((50, 2))) == []
    (hole,) = windows.windows_of(np.repeat((np.arange(2000) // 60 != 15)[:, None], 2, 1))
    assert hole.begin < 900 - 200 and hole.end > 960 + 200  # sound on both sides


def test_a_long_song_comes_piece_by_piece(maker):
    frames, steps = 150, []
    told = conditions(frames)
    kept, keep = blank(frames)
    kept[:10], keep[:10] = 0.5, 1

    def song(seed, tell=steps.append):
        return list(windows.stretch(maker, told, kept, keep, seed=Seed(seed), window=64, overlap=16, steps=2,
                                    tell=tell))  # fmt: skip

    pieces = song(1)
    assert [first for first, _ in pieces] == [0, 10, 64, 112]
    whole = np.concatenate([latents for _, latents in pieces])
    assert whole.shape == kept.shape and np.array_equal(whole[:10], kept[:10])
    done = [(p.done, p.total) for p in steps]
    assert done == sorted(done) and done[-1] == (6, 6)
    assert np.array_equal(np.concatenate([latents for _, latents in song(1)]), whole)
    assert not np.array_equal(np.concatenate([latents for _, latents in song(2)]), whole)
    # the second window went on from the first
    first, second = maker.sample, []
    begun = np.where(np.arange(64)[:, None] < 16, whole[48:112], 0).astype(np.float32)
    done_here = np.repeat((np.arange(64) < 16)[:, None], 2, 1).astype(np.float32)
    second = first(telling.window_of(told, 48, 112), begun, done_here, steps=2,
                   luck=Seed(1).child("window", 48).luck())  # fmt: skip
    assert np.array_equal(second, whole[48:112])

    def stop(progress):
        if progress.done >= 2:
            raise Cancelled()

    with pytest.raises(Cancelled):
        song(1, stop)


def test_sound_that_comes_in_pieces_has_the_spectra_of_the_whole_and_no_seams():
    codec = Codec(tiny_files()["codec-decoder"])
    latents = generator.bell(Seed(1).luck(), (200, 2 * LATENTS))
    pieces = [(0, latents[:7]), (7, latents[7:90]), (90, latents[90:91]), (91, latents[91:])]
    parts = list(windows.heard(codec, pieces))
    assert len(parts) == 4 and parts[0].shape[1] > 0
    sound = np.concatenate(parts, axis=1)
    whole = np.stack([codec.decode(stem) for stem in np.split(latents, 2, axis=1)])
    assert sound.shape == whole.shape == (2, 200 * STRIDE)
    size, wanted = (
        [np.abs(mel.spectra(stem, FFT, HOP, PAD, "constant")) for stem in both] for both in (sound, whole)
    )
    apart = [np.linalg.norm(a - b) / np.linalg.norm(b) for a, b in zip(size, wanted, strict=True)]
    assert max(apart) < 0.6  # phases are drawn anew, so are the ripples between them
    loud = [np.sqrt(np.mean(both**2)) for both in (sound, whole)]
    assert loud[0] == pytest.approx(loud[1], rel=0.1)
    at = np.cumsum([part.shape[1] for part in parts])[:-1]
    jumps = np.abs(np.diff(sound, axis=1))
    for seam in at:  # nothing jumps where pieces meet
        assert jumps[:, seam - 8 : seam + 8].max() < jumps.max()
    assert list(windows.heard(codec, [])) == []


def test_sound_that_is_given_comes_back():
    codec = Codec(tiny_files()["codec-decoder"])
    latents = generator.bell(Seed(1).luck(), (160, 2 * LATENTS))
    given = np.stack([codec.decode(stem) for stem in np.split(latents, 2, axis=1)])
    pieces = [(0, latents[:50]), (50, latents[50:110]), (110, latents[110:])]
    sound = np.concatenate(list(windows.heard(codec, pieces, given, slice(50, 120))), axis=1)
    inside = slice(50 * STRIDE, 120 * STRIDE)
    outside = np.r_[0 : inside.start, inside.stop : 160 * STRIDE]
    assert sound.shape == given.shape and np.array_equal(sound[:, outside], given[:, outside])
    assert not np.array_equal(sound[:, inside], given[:, inside])
    last = np.concatenate(list(windows.heard(codec, pieces, given, slice(50, None))), axis=1)
    assert np.array_equal(last[:, : inside.start], given[:, : inside.start]) and last.shape == given.shape


def test_other_files_are_refused(maker):
    files = tiny_files()
    for data in (b"", b"no network", files["codec-decoder"]):
        with pytest.raises(ShelfError, match="jukebox"):
            generator.Generator(data)
    with pytest.raises(ValueError, match="fit"):
        maker.sample(conditions(), blank(50)[0], blank()[1], luck=Seed(1).luck())
    codec = Codec(files["codec-decoder"], files["codec-encoder"])
    maker.belongs_to(codec)
    codec.latents_id = "another"
    with pytest.raises(ShelfError, match="another codec"):
        maker.belongs_to(codec)


def test_notes_of_another_version_are_refused():
    good = generator.notes_of(tiny_names(), 2, "", [0] * 4, [1] * 4)
    assert generator.Sampler(good, "jukebox").names["genre"] == tiny_names()["genre"]
    phones = dict(good["numbered"], phones=["SIL"])
    for wrong in (
        {"version": "0"},
        {"numbered": phones},
        {"centre": [0]},
        {"latents": "many"},
        {"names": {}},
    ):
        with pytest.raises(ShelfError, match="jukebox"):
            generator.Sampler(good | wrong, "jukebox")


def test_hub_folders_give_back_what_was_put_in(tmp_path):
    net, coder = tiny_flow(), tiny_codec()
    hub.save_codec(coder, tmp_path / "codec", "# A codec")
    learned = {"source": "songs", "steps": 3}
    hub.save_generator(net, tiny_names(), latents_id(coder), tmp_path / "jukebox", "# A generator", learned)
    back, told = hub.load_generator(tmp_path / "jukebox")
    assert told["latents_id"] == latents_id(coder) == latents_id(load_codec(tmp_path / "codec"))
    assert told["names"]["genre"] == list(tiny_names()["genre"]) and torch.equal(back.centre, net.centre)
    assert back.config == net.config and not back.training
    for name, value in net.state_dict().items():
        assert torch.allclose(back.state_dict()[name], value, rtol=1e-3, atol=1e-6), name
    weights = tmp_path / "jukebox" / "model.safetensors"
    assert weights.stat().st_size < 2.2 * sum(p.numel() for p in net.parameters()) + 20_000
    with pytest.raises(ShelfError, match="no songwright-codec"):
        hub.load_codec(tmp_path / "jukebox")
    weights.write_bytes(weights.read_bytes()[:-1] + b"x")
    with pytest.raises(ShelfError, match="damaged"):
        hub.load_generator(tmp_path / "jukebox")
    weights.unlink()
    with pytest.raises(ShelfError, match=r"no model\.safetensors"):
        hub.load_generator(tmp_path / "jukebox")
