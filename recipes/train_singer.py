"""Train the singing network of the built-in voices: from recordings to weights/singer.onnx and its card.

    python recipes/train_singer.py speak rms LYRICS SPOKEN/rms --minutes 25     # synthetic speech, needs `flite`
    python recipes/train_singer.py features VOICES/kathleen FEATURES/kathleen --low 90 --high 400
    songwright train align VOICES/kathleen --out ALIGNED/kathleen               # when each phone sounds
    python recipes/train_singer.py pack corpus.npz kathleen:en:FEATURES/kathleen:ALIGNED/kathleen ...
    python recipes/train_singer.py train corpus.npz RUN --max-seconds 4500      # resumes where it stopped
    python recipes/train_singer.py finish corpus.npz RUN                        # weights, card, loss curve

On a GPU the same, larger, from one shard that travels (`pack --small`, under 60 MiB for Kathleen and Kerstin):
`train shard.npz RUN --small --size gpu --device cuda --batch 64 --max-seconds 1200`, then `finish --size gpu`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
WEIGHTS = ROOT / "src" / "songwright" / "weights"
PICTURE = ROOT / "docs" / "singer-loss.png"
VOICELESS = frozenset(("P", "T", "K", "CH", "F", "TH", "S", "SH", "HH", "PAU"))
SEED = 3


def say(line: str) -> None:
    """Progress, on stderr."""
    print(line, file=sys.stderr, flush=True)


# -- synthetic speech ------------------------------------------------------------------------------------------------


def lines_of(folder: Path) -> list[str]:
    """Short, plain lines of verse, in an order that depends on nothing but the lines."""
    found = set()
    for path in sorted(folder.rglob("*.txt")):
        if path.name.startswith("LICENSE"):
            continue
        for raw in path.read_text(encoding="utf-8", errors="ignore").splitlines():
            line = raw.strip(" ,;:-\"'")
            words = line.split()
            plain = re.fullmatch(r"[A-Za-z ,;'!?.]+", line) and not line.isupper()
            if plain and 5 <= len(words) <= 10 and sum(word[0].isupper() for word in words) < 3:
                found.add(line)
    return sorted(found, key=lambda line: hashlib.sha256(line.encode()).digest())


def speak(voice: str, lyrics: Path, out: Path, minutes: float, skip: int) -> None:
    """Let the program flite read lines of verse: recordings, metadata.csv and exact phone times in out/align."""
    import soundfile

    (out / "align").mkdir(parents=True, exist_ok=True)
    rows, total = [], 0.0
    for line in lines_of(lyrics)[skip:]:
        name = f"{voice}-{hashlib.sha256(line.encode()).hexdigest()[:10]}"
        stretch = (1.0, 1.12, 1.3)[int(name[-1], 16) % 3]
        with tempfile.NamedTemporaryFile(suffix=".wav") as file:
            said = subprocess.run(
                ["flite", "-voice", voice, "--setf", f"duration_stretch={stretch}", "-psdur", "-t", line,
                 "-o", file.name],
                capture_output=True, text=True, check=True,
            ).stdout  # fmt: skip
            sound, rate = soundfile.read(file.name)
        ends = [(item.split(":")[0].upper(), float(item.split(":")[1])) for item in said.split()]
        soundfile.write(out / f"{name}.flac", sound, rate)
        told = {"text": line, "phones": _phones(settle_borders(ends, sound, rate))}
        (out / "align" / f"{name}.json").write_text(json.dumps(told))
        rows.append(f"{name}|{line}|{len(sound) / rate:.3f}")
        total += len(sound) / rate
        if total > 60 * minutes:
            break
    (out / "metadata.csv").write_text("id|text|seconds\n" + "\n".join(rows) + "\n")
    say(f"{voice}: {len(rows)} lines, {total / 60:.1f} minutes")


def _phones(ends: Sequence[tuple[str, float]]) -> list[list]:
    """Rows of symbol, onset, offset; neighbouring silences are one."""
    rows: list[list] = []
    start = 0.0
    for symbol, end in ends:
        if rows and rows[-1][0] == symbol == "PAU":
            rows[-1][2] = round(end, 4)
        else:
            rows.append([symbol, round(start, 4), round(end, 4)])
        start = end
    return rows


def settle_borders(
    ends: Sequence[tuple[str, float]], sound: np.ndarray, rate: int
) -> list[tuple[str, float]]:
    """Move a border between a voiced and a voiceless phone to where the body of the voice comes or goes nearby.

    The body is the energy below 1 kHz; 22 dB (before a vowel) or 30 dB under its maximum it is taken as gone.
    """
    from scipy.signal import butter, sosfilt

    from songwright.text.phones import VOWELS

    hop = rate // 400
    body = sosfilt(butter(2, (100, 1000), "bandpass", fs=rate, output="sos"), sound) ** 2
    window = np.hanning(rate // 100)
    level = 10 * np.log10(np.convolve(body, window / window.sum(), mode="same")[::hop] + 1e-12)
    times = np.arange(len(level)) * hop / rate
    settled = list(ends)
    for k in range(len(settled) - 1):
        (a, border), (b, end) = settled[k], settled[k + 1]
        before, after = a not in VOICELESS, b not in VOICELESS
        if before == after:
            continue
        margin = 22.0 if (b if after else a) in VOWELS else 30.0
        there = level > level[np.abs(times - border) < 0.15].max() - margin
        change = (np.abs(times - border) < 0.05)[1:] & (there[1:] == after) & (there[:-1] == before)
        places = times[1:][change]
        floor = settled[k - 1][1] if k else 0.0
        places = places[(places > floor + 0.02) & (places < end - 0.02)]
        if len(places):
            settled[k] = (a, float(places[np.argmin(np.abs(places - border))]))
    return settled


# -- features and corpus ---------------------------------------------------------------------------------------------


def features(folder: Path, out: Path, low: float, high: float, workers: int) -> None:
    """Take every recording of a folder apart; what is done already is kept."""
    out.mkdir(parents=True, exist_ok=True)
    paths = [p for p in sorted(folder.iterdir()) if p.suffix in (".opus", ".flac", ".wav", ".ogg")]
    todo = [path for path in paths if not (out / f"{path.stem}.npz").exists()]
    with ProcessPoolExecutor(workers) as pool:
        for count, name in enumerate(
            pool.map(partial(_features, out=out, pitch=(low, high)), todo, chunksize=4)
        ):
            if count % 100 == 0:
                say(f"{count} of {len(todo)}: {name}")


def _features(path: Path, out: Path, pitch: tuple[float, float]) -> str:
    from songwright.train.voice import features as taking

    sound, rate = taking.read_recording(path)
    taking.save(out / f"{path.stem}.npz", taking.analyse(sound, rate, pitch))
    return path.stem


def pack(out: Path, specs: Sequence[str], small: bool) -> None:
    """One corpus of several speakers; a spec is speaker:language:features:alignment[:share]; flite's are narrow."""
    from songwright.train.voice import corpus, features, shard

    sources = []
    for spec in specs:
        name, language, taken, aligned, *share = spec.split(":")
        top = features.FULL_TOP_HZ if name in ("kathleen", "kerstin") else features.NARROW_TOP_HZ
        sources.append(
            corpus.Source(name, language, Path(taken), Path(aligned), top, float(share[0]) if share else 1.0)
        )
    packed = corpus.pack(sources, say)
    (shard.save_shard if small else corpus.save)(out, packed)
    say(f"{out}: {out.stat().st_size / 2**20:.1f} MiB, {packed.minutes()}, sha256 {packed.digest()}")


# -- training and what comes of it -----------------------------------------------------------------------------------


def train(args: argparse.Namespace) -> None:
    """Train, or go on training, within a budget of seconds."""
    import torch

    from songwright.train import run
    from songwright.train.nets import acoustic
    from songwright.train.voice import corpus, shard, singing
    from songwright.values.seed import Seed

    torch.set_num_threads(args.threads)
    packed = (shard.load_shard if args.small else corpus.load)(args.corpus)
    dials = singing.Dials(batch=args.batch)
    task = singing.SingingTask(
        packed, acoustic.sized(args.size, args.rows), Seed(SEED), dials, device=args.device
    )
    args.run.mkdir(parents=True, exist_ok=True)
    notes = {"corpus": packed.digest(), "minutes": packed.minutes(), "size": args.size, "device": args.device,
             "rows": args.rows}  # fmt: skip
    with (args.run / "corpora.jsonl").open("a") as diary:
        diary.write(json.dumps(notes) + "\n")
    run.train(task, args.run, run.Budget(max_seconds=args.max_seconds), say)


def finish(packed_path: Path, run_folder: Path, rows: int, size: str) -> None:
    """Export the averaged network, measure it on held-out sentences, write weights, card and loss curve."""
    import torch

    from songwright.runtime.session import Network
    from songwright.train.nets import acoustic
    from songwright.train.voice import corpus, export, measure

    torch.set_num_threads(1)
    packed = corpus.load(packed_path)
    kept = torch.load(run_folder / "checkpoint.pt", map_location="cpu", weights_only=True)
    network = acoustic.Acoustic(acoustic.sized(size, rows))
    network.load_state_dict(kept["averages"]["acoustic"])
    names = [str(name) for name in packed.speakers]
    names += [f"spare{k}" for k in range(rows - len(names))]
    data = export.to_onnx(network, names)
    run = Network(data, "singer")
    heard = measure.held_out(run, packed, clips_each=24, speakers=rows)
    for name in ("kathleen", "rms"):
        if name in heard:
            clips = packed.clips(corpus.TEST)
            clips = clips[packed.speaker[clips] == names.index(name)][:20]
            found = measure.words(run, packed, name, clips, rows)
            heard[name] |= {f"phone_error_{key}": value for key, value in found.items() if key != "lines"}
    (WEIGHTS / "singer.onnx").write_bytes(data)
    numbers = sum(parameter.numel() for parameter in network.parameters())
    (WEIGHTS / "singer.toml").write_text(card(data, numbers, packed, kept, heard))
    draw(run_folder / "log.jsonl", PICTURE)
    say(json.dumps(heard, indent=1))


def card(data: bytes, numbers: int, packed: object, kept: dict, heard: dict[str, dict[str, float]]) -> str:
    """The card of the weights as TOML."""
    lines = [
        'id = "singer"',
        'name = "The singing network"',
        'about = "Phones, pitch, effort and a speaker in; vocal tract from 0 to 24 kHz, air and voicing out."',
        'licence = "Apache-2.0 (weights); learned from CC0 recordings and BSD-like synthetic speech"',
        'source = "Kathleen and Kerstin voices, Rhasspy (CC0); speech of the program flite, (c) Carnegie Mellon '
        'University (BSD-like, see voices/LICENSE-flite.txt)"',
        'languages = ["en", "de"]',
        "commercial_use = true",
        'recipe = "recipes/train_singer.py"',
        f"parameters = {numbers}",
        f"bytes = {len(data)}",
        f'sha256 = "{hashlib.sha256(data).hexdigest()}"',
        "",
        "[data]",
        f'corpus = "{packed.digest()}"',
    ]
    lines += [f"{name}_minutes = {minutes:.1f}" for name, minutes in packed.minutes().items()]
    lines += ["", "[training]", f"seconds = {kept['seconds']:.0f}", f"steps = {kept['step']}",
              'device = "one thread of a CPU"', f"seed = {SEED}"]  # fmt: skip
    for name, figures in heard.items():
        lines += ["", f"[held_out.{name}]"]
        lines += [f"{key} = {value:g}" for key, value in ((k, round(v, 4)) for k, v in figures.items())]
    return "\n".join(lines) + "\n"


def draw(log: Path, picture: Path) -> None:
    """The loss curve as a picture."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    rows = [json.loads(line) for line in log.read_text().splitlines()]
    figure, panels = plt.subplots(3, 1, figsize=(8, 8), sharex=True, layout="constrained")
    for panel, keys, label in zip(
        panels,
        (("envelope", "change"), ("held_db",), ("held_variance", "held_step")),
        ("training distance (ln power)", "held-out distance (dB)", "made / recorded"),
        strict=True,
    ):
        for key in keys:
            points = [(row["step"], row[key]) for row in rows if key in row]
            panel.plot(*zip(*points, strict=True), label=key)
        panel.set_ylabel(label)
        panel.legend()
    panels[-1].set_xlabel("step")
    figure.savefig(picture, dpi=80)
    plt.close(figure)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    tasks = parser.add_subparsers(dest="task", required=True)
    task = tasks.add_parser("speak")
    task.add_argument("voice")
    task.add_argument("lyrics", type=Path)
    task.add_argument("out", type=Path)
    task.add_argument("--minutes", type=float, default=25.0)
    task.add_argument("--skip", type=int, default=0)
    task = tasks.add_parser("features")
    task.add_argument("folder", type=Path)
    task.add_argument("out", type=Path)
    task.add_argument("--low", type=float, default=60.0)
    task.add_argument("--high", type=float, default=400.0)
    task.add_argument("--workers", type=int, default=2)
    task = tasks.add_parser("pack")
    task.add_argument("out", type=Path)
    task.add_argument("specs", nargs="+")
    task.add_argument("--small", action="store_true", help="write a shard that can travel")
    for name in ("train", "finish"):
        task = tasks.add_parser(name)
        task.add_argument("corpus", type=Path)
        task.add_argument("run", type=Path)
        task.add_argument("--size", choices=("tiny", "cpu", "gpu"), default="cpu")
        task.add_argument("--rows", type=int, default=4, help="speakers the network has room for")
    task = tasks.choices["train"]
    task.add_argument("--max-seconds", type=float, default=4500.0)
    task.add_argument("--batch", type=int, default=12)
    task.add_argument("--small", action="store_true", help="the corpus is a shard")
    task.add_argument("--device", default="cpu")
    task.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    match args.task:
        case "speak":
            speak(args.voice, args.lyrics, args.out, args.minutes, args.skip)
        case "features":
            features(args.folder, args.out, args.low, args.high, args.workers)
        case "pack":
            pack(args.out, args.specs, args.small)
        case "train":
            train(args)
        case "finish":
            finish(args.corpus, args.run, args.rows, args.size)


if __name__ == "__main__":
    main()
